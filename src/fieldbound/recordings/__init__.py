"""Checking recorded HTTP traffic: HAR files, VCR cassettes and logs of exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .check import Recording as Recording, Traffic as Traffic

__getattr__, __all__ = lazy(
    __name__,
    {
        ".check": "Recording Traffic",
    },
)
