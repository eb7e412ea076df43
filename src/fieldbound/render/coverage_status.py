"""How much of a limit is covered, in a few words: what was reached, and what is still open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.coverage import member
from fieldbound.model import to_json

from .escape import escaped

if TYPE_CHECKING:
    from fieldbound.coverage import Row

_MEMBERS_SHOWN: Final = 3
_WHOLE: Final = 100


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


def _unseen(row: Row) -> str:
    values = row.limit.value if row.limit.keyword == "enum" else [row.limit.value]
    unseen = [value for value in values if member(row.limit, value) not in row.members]
    words = [escaped(to_json(value)) for value in unseen]
    more = len(words) - _MEMBERS_SHOWN
    shown = ", ".join(words[:_MEMBERS_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
