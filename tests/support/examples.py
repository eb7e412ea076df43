"""Examples drawn by Hypothesis, as a list."""

from __future__ import annotations

from typing import Any

from hypothesis import Phase, given, seed, settings, strategies as st


def drawn(strategy: st.SearchStrategy[Any], count: int = 100, start: int = 0) -> list[Any]:
    """Return the examples of a run, as in a test of a user."""
    found: list[Any] = []

    @seed(start)
    @settings(max_examples=count, database=None, phases=[Phase.generate])
    @given(strategy)
    def run(example: Any) -> None:
        found.append(example)

    run()
    return found
