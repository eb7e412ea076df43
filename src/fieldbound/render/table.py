"""Limits go in, lines of aligned columns come out: the field, the limit, what is said and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .details import cited, rule
from .escape import cells, escaped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Limit

_GAP: Final = "  "

#: What a column keeps at least when the terminal is narrow, in cells: the others', the last one's.
_LEAST: Final = 12
_LEAST_SOURCE: Final = 24


def limits_table(limits: Sequence[Limit], width: int | None) -> Iterator[str]:
    """Give lines for each limit, none wider than *width* cells if they can be: None is no bound.

    Where there is too little room, sources go without their address, and what is said of them is
    wrapped, never cut; then limits and fields are cut.
    """
    rows = _rows(limits, address=True)
    if width is not None and _over(_widths(rows), width) > 0:
        rows = _rows(limits, address=False)
    widths = _widths(rows)
    for number, least in ((2, _LEAST_SOURCE), (1, _LEAST), (0, _LEAST), (2, _LEAST)):
        over = 0 if width is None else _over(widths, width)
        widths[number] -= max(0, min(over, widths[number] - least))
    for row in rows:
        yield from _lines(row, widths)


def _rows(limits: Iterable[Limit], *, address: bool) -> list[tuple[str, str, str]]:
    rows = [("FIELD", "LIMIT", "SOURCE")]
    rows += (
        (escaped(each.pointer) or "(the whole)", rule(each), _said(each, address))
        for each in limits
    )
    return rows


def _said(limit: Limit, address: bool) -> str:
    if limit.source is not None:
        return cited(limit, address=address) or ""
    return escaped(": ".join(filter(None, (limit.says, limit.note)))) or "no source"


def _widths(rows: Iterable[tuple[str, ...]]) -> list[int]:
    return [max(map(cells, column)) for column in zip(*rows, strict=True)]


def _over(widths: Sequence[int], width: int) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1) - width


def _lines(row: tuple[str, str, str], widths: Sequence[int]) -> Iterator[str]:
    field, limit, source = row
    start = fit(field, widths[0]) + _GAP + fit(limit, widths[1]) + _GAP
    for line in _wrapped(source, widths[2]):
        yield (start + line).rstrip() + "\n"
        start = " " * cells(start)


def _wrapped(text: str, room: int) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cells(longer) <= room:
            lines[-1] = longer
            continue
        lines.append("")
        for char in word:
            if cells(lines[-1] + char) > room:
                lines.append("")
            lines[-1] += char
    return [line for line in lines if line] or [""]


def fit(text: str, room: int) -> str:
    """Return a text of just as many cells, cut or filled up."""
    if cells(text) > room:
        while cells(text) > room - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (room - cells(text))
