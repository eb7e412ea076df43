"""Checked instances in, counts out: which limits a test run reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .boundaries import member as member, reach as reach
    from .limit_coverage import (
        BrokenCoverage as BrokenCoverage,
        Coverage as Coverage,
        Row as Row,
        loaded as loaded,
    )
    from .recorder import Recorder as Recorder

__getattr__, __all__ = lazy(
    __name__,
    {
        ".boundaries": "member reach",
        ".limit_coverage": "BrokenCoverage Coverage Row loaded",
        ".recorder": "Recorder",
    },
)
