"""Limit coverage goes in; lines for a terminal, JSON, or a page for a browser come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .coverage_status import percent, reached, still_open
from .details import rule
from .escape import ascii_json, cells, escaped
from .table import fit, limits_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.coverage import Coverage, Row

_HEAD: Final = ("FIELD", "LIMIT", "INSIDE", "AT", "BEYOND", "STILL OPEN")
_NUMBERS: Final = (2, 3, 4)  # columns that stand to the right
_LEAST: Final = 12


def coverage_summary(coverage: Coverage) -> str:
    """Say in one line how many limits are covered."""
    contracts = coverage.contracts
    if not contracts:
        return "limit coverage: no limit of any contract was judged by"
    many = f"{len(contracts)} contract{'s' * (len(contracts) != 1)}"
    return f"limit coverage: {_of(coverage.covered, coverage.total)} in {many}"


def coverage_text(coverage: Coverage, width: int | None = None) -> Iterator[str]:
    """Give lines for each contract: the limits touched, how often, and then those no test touches.

    None is wider than *width* cells if it can be; None is no bound.
    """
    for number, (name, rows) in enumerate(coverage.contracts.items()):
        touched = [row for row in rows if row.touched]
        untouched = [row.limit for row in rows if not row.touched]
        yield "\n" if number else ""
        yield f"{escaped(name)}: {_of(sum(row.covered for row in rows), len(rows))}\n"
        if touched:
            yield "\n"
            yield from _aligned([_HEAD, *map(_cells, touched)], width)
        if untouched:
            yield f"\nno test touches {len(untouched)} of them:\n\n"
            yield from limits_table(untouched, width)


def coverage_json(coverage: Coverage) -> str:
    """Give all of it as JSON, which other runs can be merged with."""
    return ascii_json(coverage.to_json())


def coverage_html(coverage: Coverage) -> str:
    """Give all of it as a page that needs nothing beside itself."""
    from .page import page

    return page(coverage, coverage_summary(coverage))


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} limit{'s' * (whole != 1)} ({percent(part, whole)} %)"


def _cells(row: Row) -> tuple[str, ...]:
    limit = row.limit
    field = escaped(limit.pointer) or "(the whole)"
    counts = str(row.inside), reached(row), str(row.beyond)
    return field, rule(limit), *counts, still_open(row)


def _aligned(rows: Sequence[tuple[str, ...]], width: int | None) -> Iterator[str]:
    """Give rows as lines; where there is too little room limits are cut, then fields."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    for number in (1, 0):
        over = 0 if width is None else sum(widths) + 2 * (len(widths) - 1) - width
        widths[number] -= max(0, min(over, widths[number] - _LEAST))
    for row in rows:
        yield "  ".join(_placed(row, widths)).rstrip() + "\n"


def _placed(row: Iterable[str], widths: Sequence[int]) -> Iterator[str]:
    for number, (word, room) in enumerate(zip(row, widths, strict=True)):
        if number in _NUMBERS:
            yield word.rjust(room)
        else:
            yield fit(word, room)
