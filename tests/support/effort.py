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
    """Return how many examples of so many are tried in this run, ten at least."""
    return thorough if is_thorough() else min(thorough, max(10, thorough // 5))


def sampled(items: Sequence[Item]) -> Sequence[Item]:
    """Return every fourth of what is tried in a thorough run, and all of few."""
    return items if is_thorough() or len(items) < 4 else items[::4]
