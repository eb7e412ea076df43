"""How much a run of the tests tries, by the Hypothesis profile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from hypothesis import settings

Item = TypeVar("Item")

#: The examples of a property that says nothing else, by profile.
PROFILES: Final = {"quick": 20, "thorough": 100, "explore": 100}


def is_thorough() -> bool:
    """Return whether everything is tried."""
    return settings.default.max_examples >= PROFILES["thorough"]  # type: ignore[union-attr]


def examples(thorough: int) -> int:
    """Return how many examples of so many are tried in this run: in a quick one, 10 to 60."""
    return thorough if is_thorough() else min(thorough, max(10, min(thorough // 5, 60)))


def sampled(items: Sequence[Item]) -> Sequence[Item]:
    """Return every fourth of what is tried in a thorough run, every eighth of many, all of few."""
    if is_thorough() or len(items) < 4:
        return items
    return items[:: 4 if len(items) < 60 else 8]
