"""Which violations of a report fail: their severity, what is ignored, and what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .baseline import (
        Baseline as Baseline,
        BrokenBaseline as BrokenBaseline,
        baseline_key as baseline_key,
        known_key as known_key,
    )
    from .ignore import NOTHING_IGNORED as NOTHING_IGNORED, Ignore as Ignore
    from .known_records import Digests as Digests
    from .patterns import pattern_error as pattern_error
    from .severity import LEVELS as LEVELS, Severity as Severity

__getattr__, __all__ = lazy(
    __name__,
    {
        ".baseline": "Baseline BrokenBaseline baseline_key known_key",
        ".ignore": "Ignore NOTHING_IGNORED",
        ".known_records": "Digests",
        ".patterns": "pattern_error",
        ".severity": "LEVELS Severity",
    },
)
