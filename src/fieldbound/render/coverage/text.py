"""Limit coverage: a summary line, a table for a terminal, JSON, and an HTML page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.model import escaped, pluralize
from fieldbound.render.details import limit_text, pointer_text
from fieldbound.render.escape import ascii_json, display_width
from fieldbound.render.table import fit, limits_table

from .status import at_count, missing, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.coverage import Coverage, Row

_HEADER: Final = ("FIELD", "LIMIT", "INSIDE", "AT", "BEYOND", "MISSING")
_NUMBERS: Final = (2, 3, 4)  # columns that are aligned right
_MIN_WIDTH: Final = 12


def coverage_summary(coverage: Coverage) -> str:
    """Return one line: how many limits are covered."""
    contracts = coverage.contracts
    if not contracts:
        return "limit coverage: no limits checked"
    covered = _ratio(coverage.covered, coverage.total)
    return f"limit coverage: {covered} in {pluralize(len(contracts), 'contract')}"


def coverage_text(coverage: Coverage, width: int | None = None) -> Iterator[str]:
    """Yield lines for each contract: the limits that were checked, how often, then the others.

    No line is wider than *width* cells where that is possible; None is no limit.
    """
    for number, (name, rows) in enumerate(coverage.contracts.items()):
        checked = [row for row in rows if row.exercised]
        unchecked = [row.limit for row in rows if not row.exercised]
        yield "\n" if number else ""
        yield f"{escaped(name)}: {_ratio(sum(row.covered for row in rows), len(rows))}\n"
        if checked:
            yield "\n"
            yield from _aligned([_HEADER, *map(_cells, checked)], width)
        if unchecked:
            yield f"\n{pluralize(len(unchecked), 'limit')} not reached by any test:\n\n"
            yield from limits_table(unchecked, width)


def coverage_json(coverage: Coverage) -> str:
    """Return the coverage as JSON, which can be merged with other runs."""
    return ascii_json(coverage.to_json())


def coverage_html(coverage: Coverage) -> str:
    """Return the coverage as a self-contained HTML page."""
    from .page import page

    return page(coverage, coverage_summary(coverage))


def _ratio(part: int, total: int) -> str:
    return f"{part} of {pluralize(total, 'limit')} ({percent(part, total)} %)"


def _cells(row: Row) -> tuple[str, ...]:
    counts = str(row.inside), at_count(row), str(row.beyond)
    return pointer_text(row.limit.pointer), limit_text(row.limit), *counts, missing(row)


def _aligned(rows: Sequence[tuple[str, ...]], width: int | None) -> Iterator[str]:
    """Yield rows as lines; where they are too wide, limits are cut, then fields."""
    widths = [max(map(display_width, column)) for column in zip(*rows, strict=True)]
    for number in (1, 0):
        excess = 0 if width is None else sum(widths) + 2 * (len(widths) - 1) - width
        widths[number] -= max(0, min(excess, widths[number] - _MIN_WIDTH))
    for row in rows:
        yield "  ".join(_padded(row, widths)).rstrip() + "\n"


def _padded(row: Iterable[str], widths: Sequence[int]) -> Iterator[str]:
    for number, (cell, width) in enumerate(zip(row, widths, strict=True)):
        yield cell.rjust(width) if number in _NUMBERS else fit(cell, width)
