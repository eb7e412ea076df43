"""A grid of cells: what every form of a table is read as."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from fieldbound.importers.errors import BrokenSource

#: More cells than this are no table of limits.
MAX_CELLS: Final = 2_000_000
_BLANKS: Final = re.compile(r"[^\S\n]+")
#: Characters that show nothing, as spreadsheets and web pages have them.
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


class TooLarge(BrokenSource):
    """A table has more cells than one of limits has."""


def require_few(count: int, file: str, place: str | None = None) -> None:
    """Raise TooLarge if a table has so many cells that it is none of limits."""
    if count > MAX_CELLS:
        raise TooLarge(f"a table has more than {MAX_CELLS} cells", file, place)


@dataclass(frozen=True)
class Row:
    """The cells of a row; *place* says where it is, such as "line 7"."""

    place: str
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell has text."""
        return not any(self.cells)


@dataclass(frozen=True)
class Grid:
    """Some rows, with the *title* above them; *broken* are rows that are no such cells."""

    rows: tuple[Row, ...]
    title: str | None = None
    broken: tuple[tuple[str, str], ...] = field(default=())


def cell(text: str) -> str:
    """Return the text of a cell: blanks are single, lines are those that have text."""
    plain = text.translate(_INVISIBLE).replace("\r\n", "\n").replace("\r", "\n")
    lines = (_BLANKS.sub(" ", line).strip() for line in plain.split("\n"))
    return "\n".join(filter(None, lines))
