"""Tables: aligned columns, which fit the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from fieldbound.model import escaped
from fieldbound.render.escape import display_width
from fieldbound.render.table import fit, wrapped

_GAP: Final = "  "
_MIN_WIDTH: Final = 8


def columns(rows: Sequence[Sequence[str]], width: int | None) -> Iterator[str]:
    """Yield the lines of a table, no wider than *width* cells where possible; None is no limit.

    Columns without text are left out. Where lines are too wide, the last column is wrapped, then
    the widest of the others are cut.
    """
    head, *rest = ([escaped(cell) for cell in row] for row in rows)
    kept = [index for index in range(len(head)) if any(row[index] for row in rest)]
    table = [[row[index] for index in kept] for row in (head, *rest)]
    widths = [max(map(display_width, column)) for column in zip(*table, strict=True)]
    if width is not None:
        _narrow(widths, width)
    for row in table:
        *first, last = row
        start = _GAP.join(fit(cell, size) for cell, size in zip(first, widths, strict=False))
        lines = wrapped(last, widths[-1]) if width is not None else [last]
        for number, line in enumerate(lines):
            before = " " * display_width(start) if number else start
            # a line may begin with any word of a text
            yield escaped((f"{before}{_GAP}{line}" if first else line).rstrip()) + "\n"


def _narrow(widths: list[int], width: int) -> None:
    """Narrow columns to a width: the last one to thrice the least, then the widest of all."""
    excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
    cut = max(0, min(excess, widths[-1] - 3 * _MIN_WIDTH))
    widths[-1] -= cut
    excess -= cut
    while excess > 0 and max(widths) > _MIN_WIDTH:
        widths[widths.index(max(widths))] -= 1
        excess -= 1
