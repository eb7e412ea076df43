"""Limit coverage: which limits a test run reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .boundaries import boundary_position as boundary_position, member_index as member_index
    from .limit_coverage import (
        BrokenCoverage as BrokenCoverage,
        Coverage as Coverage,
        Row as Row,
        load_coverage as load_coverage,
    )
    from .recorder import Recorder as Recorder

__getattr__, __all__ = lazy(
    __name__,
    {
        ".boundaries": "boundary_position member_index",
        ".limit_coverage": "BrokenCoverage Coverage Row load_coverage",
        ".recorder": "Recorder",
    },
)
