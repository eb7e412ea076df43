"""Rows of cells go in, lines of aligned columns come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from . import cells, cited, escaped, rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Limit

_GAP: Final = "  "

#: What a column keeps at least when the terminal is narrow, in cells.
_LEAST: Final = 12


def limits(limits: Iterable[Limit], width: int | None) -> Iterator[str]:
    """Give a line for each limit: its field, the limit, what is said and where."""
    rows = [("FIELD", "LIMIT", "SOURCE")]
    rows.extend(
        (escaped(each.pointer) or "(the whole)", rule(each), _said(each)) for each in limits
    )
    return _lines(rows, width)


def _said(limit: Limit) -> str:
    return cited(limit) or escaped(": ".join(filter(None, (limit.says, limit.note))))


def _lines(rows: Sequence[tuple[str, ...]], width: int | None) -> Iterator[str]:
    """Align *rows* to *width* cells, cutting the last columns first; None: no bound."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    if width is not None:
        over = sum(widths) + len(_GAP) * (len(widths) - 1) - width
        for number in reversed(range(len(widths))):
            less = max(0, min(over, widths[number] - _LEAST))
            widths[number] -= less
            over -= less
    for row in rows:
        fitted = (_fit(each, room) for each, room in zip(row, widths, strict=True))
        yield _GAP.join(fitted).rstrip() + "\n"


def _fit(text: str, room: int) -> str:
    if cells(text) > room:
        while cells(text) > room - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (room - cells(text))
