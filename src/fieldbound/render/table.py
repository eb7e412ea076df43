"""Tables of limits: aligned columns with the field, the limit, and where it is documented."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Final

from fieldbound.model import escaped

from .details import limit_text, pointer_text, source_text
from .escape import display_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Limit

_GAP: Final = "  "

#: The least width of a column when the terminal is narrow, in cells; the last column has its own.
_MIN_WIDTH: Final = 12
_MIN_SOURCE_WIDTH: Final = 24


def limits_table(limits: Sequence[Limit], width: int | None) -> Iterator[str]:
    """Yield lines for each limit, no wider than *width* cells where possible; None is no limit.

    Where lines are too wide, addresses are omitted and sources wrapped, never cut; then limits and
    fields are cut.
    """
    rows = _rows(limits, address=True)
    if width is not None and _excess(_widths(rows), width) > 0:
        rows = _rows(limits, address=False)
    widths = _widths(rows)
    for number, least in (
        (2, _MIN_SOURCE_WIDTH),
        (1, _MIN_WIDTH),
        (0, _MIN_WIDTH),
        (2, _MIN_WIDTH),
    ):
        excess = 0 if width is None else _excess(widths, width)
        widths[number] -= max(0, min(excess, widths[number] - least))
    for row in rows:
        yield from _lines(row, widths)


def _rows(limits: Iterable[Limit], *, address: bool) -> list[tuple[str, str, str]]:
    rows = [("FIELD", "LIMIT", "SOURCE")]
    rows += ((pointer_text(each.pointer), _limit(each), _source(each, address)) for each in limits)
    return rows


def _limit(limit: Limit) -> str:
    """Return a limit, and on a line of its own where it applies."""
    if limit.condition is None:
        return limit_text(limit)
    return f"{limit_text(limit)}\nwhere {escaped(limit.condition)}"


def _source(limit: Limit, address: bool) -> str:
    if limit.source is not None:
        return source_text(limit, address=address) or ""
    return escaped(": ".join(filter(None, (limit.says, limit.note)))) or "no source"


def _widths(rows: Iterable[tuple[str, ...]]) -> list[int]:
    return [
        max(display_width(line) for cell in column for line in cell.split("\n"))
        for column in zip(*rows, strict=True)
    ]


def _excess(widths: Sequence[int], width: int) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1) - width


def _lines(row: tuple[str, str, str], widths: Sequence[int]) -> Iterator[str]:
    field, limit, source = row
    limit, _, condition = limit.partition("\n")
    limits = [limit, *(wrapped(condition, widths[1]) if condition else ())]
    for part, line in zip_longest(limits, wrapped(source, widths[2]), fillvalue=""):
        start = fit(field, widths[0]) + _GAP + fit(part, widths[1]) + _GAP
        # a line may begin with any word of a source
        yield escaped((start + line).rstrip()) + "\n"
        field = ""


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text that are no wider than *width* cells."""
    if display_width(text) <= width:
        return [text.lstrip(" ")]
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if display_width(longer) <= width:
            lines[-1] = longer
            continue
        lines.append("")
        for char in word:
            if display_width(lines[-1] + char) > width:
                lines.append("")
            lines[-1] += char
    return [line for line in lines if line] or [""]


def fit(text: str, width: int) -> str:
    """Return *text* cut or padded to just *width* cells."""
    if display_width(text) > width:
        while display_width(text) > width - 1:
            text = text[:-1]
        text += "…"
    return text + " " * (width - display_width(text))
