"""Limit coverage goes in; lines for a terminal, JSON, or a page for a browser come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import ascii_json, cells, escaped, rule
from .table import fit, limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.coverage import Coverage, Row

_HEAD: Final = ("FIELD", "LIMIT", "INSIDE", "AT", "BEYOND", "STILL OPEN")
_NUMBERS: Final = (2, 3, 4)  # columns that stand to the right
_LEAST: Final = 12
_MEMBERS_SHOWN: Final = 3
_WHOLE: Final = 100


def summary(coverage: Coverage) -> str:
    """Say in one line how many limits are covered."""
    contracts = coverage.contracts
    if not contracts:
        return "limit coverage: no limit of any contract was judged by"
    many = f"{len(contracts)} contract{'s' * (len(contracts) != 1)}"
    return f"limit coverage: {_of(coverage.covered, coverage.total)} in {many}"


def text(coverage: Coverage, width: int | None = None) -> Iterator[str]:
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
            yield from limits(untouched, width)


def json(coverage: Coverage) -> str:
    """Give all of it as JSON, which other runs can be merged with."""
    return ascii_json(coverage.to_json())


def html(coverage: Coverage) -> str:
    """Give all of it as a page that needs nothing beside itself."""
    from .page import page

    return page(coverage, summary(coverage))


def percent(part: int, whole: int) -> int:
    """Return a part in percent: 100 is all of it, 0 is nothing, all else in between."""
    if part in (0, whole):
        return _WHOLE if part else 0
    return min(_WHOLE - 1, max(1, round(_WHOLE * part / whole)))


def still_open(row: Row) -> str:
    """Say what no test has sent that would cover a limit; nothing where it is covered."""
    if row.covered:
        return ""
    if row.choices and not row.limit.sensitive:
        return f"never {_unseen(row)}"
    return "never beyond it" if row.reached is None else "never at it"


def reached(row: Row) -> str:
    """Say how often a value stood at a limit, or how many of its members were seen."""
    if row.choices:
        return f"{row.reached}/{row.choices}"
    return "-" if row.reached is None else str(row.reached)


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole} limit{'s' * (whole != 1)} ({percent(part, whole)} %)"


def _unseen(row: Row) -> str:
    from fieldbound.reach import member
    from fieldbound.wording import quoted

    values = row.limit.value if row.limit.keyword == "enum" else [row.limit.value]
    unseen = [value for value in values if member(row.limit, value) not in row.members]
    words = [escaped(quoted(value)) for value in unseen]
    more = len(words) - _MEMBERS_SHOWN
    shown = ", ".join(words[:_MEMBERS_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


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
