"""Cells of a row of limit coverage: how often the limit was reached, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.coverage import member_index
from fieldbound.model import escaped, to_json

if TYPE_CHECKING:
    from fieldbound.coverage import Row

_MAX_MEMBERS: Final = 3
_ALL: Final = 100


def percent(part: int, total: int) -> int:
    """Return a part in percent: 100 only for all of it, 0 only for none."""
    if part in (0, total):
        return _ALL if part else 0
    return min(_ALL - 1, max(1, round(_ALL * part / total)))


def missing(row: Row) -> str:
    """Return the values that would cover a limit and that no test has sent; empty if covered."""
    if row.covered:
        return ""
    if row.member_count and not row.limit.sensitive:
        return _missing_members(row)
    return "beyond limit" if row.reached is None else "at limit"


def at_count(row: Row) -> str:
    """Return how often a value was exactly at a limit, or how many of its members were seen."""
    if row.member_count:
        return f"{row.reached}/{row.member_count}"
    return "-" if row.reached is None else str(row.reached)


def _missing_members(row: Row) -> str:
    values = row.limit.value if row.limit.keyword == "enum" else [row.limit.value]
    unseen = [value for value in values if member_index(row.limit, value) not in row.members]
    texts = [escaped(to_json(value)) for value in unseen]
    more = len(texts) - _MAX_MEMBERS
    shown = ", ".join(texts[:_MAX_MEMBERS])
    return f"{shown} and {more} more" if more > 0 else shown
