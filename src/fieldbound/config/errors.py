"""The exception for a configuration that is invalid, or names what is not there."""

from __future__ import annotations

from dataclasses import dataclass

from fieldbound.model import FieldboundError


@dataclass(eq=False)
class BrokenConfig(FieldboundError, ValueError):
    """An invalid configuration: the *file* it is in, and the *reason*."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"
