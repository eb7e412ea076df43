"""Rows of the table of benchmarks: what was compared, what was measured, and its bound."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TextIO

HEADER = "| fieldbound against | measured | must be |\n|---|---|---|\n"


class Row(NamedTuple):
    """What was compared, what was measured, and its bound, which may be missed."""

    what: str
    measured: str
    bound: str = "-"
    missed: bool = False


def at_most(what: str, measured: float, bound: float, unit: str = "x") -> Row:
    """Return the row of what must not be more."""
    return Row(what, f"{measured:.3g} {unit}", f"<= {bound:.3g} {unit}", measured > bound)


def at_least(what: str, measured: float, bound: float, unit: str = "x") -> Row:
    """Return the row of what must not be less."""
    return Row(what, f"{measured:.3g} {unit}", f">= {bound:.3g} {unit}", measured < bound)


def ratio(times: Sequence[float], others: Sequence[float]) -> float:
    """Return the median of the ratios of runs that followed each other."""
    return statistics.median(a / b for a, b in zip(times, others, strict=True))


def alternate(
    rounds: int, clock: Callable[[], float], *sides: Callable[[], object]
) -> list[list[float]]:
    """Return the seconds of the alternating runs of each side, without the warm-up run."""
    seconds_of: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds + 1):
        for seconds, side in zip(seconds_of, sides, strict=True):
            started = clock()
            side()
            seconds.append(clock() - started)
    return [seconds[1:] for seconds in seconds_of]


def write(rows: Iterable[Row], out: TextIO) -> int:
    """Write rows as they come, as a Markdown table, and return how many miss their bounds."""
    missed = 0
    out.write(HEADER)
    for row in rows:
        missed += row.missed
        mark = " **missed**" if row.missed else ""
        out.write(f"| {row.what} | {row.measured}{mark} | {row.bound} |\n")
        out.flush()
    return missed
