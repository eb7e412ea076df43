"""The tables of an HTML page, each with the caption or the heading above it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.tables.grid import Grid, Row, cell, require_few
from fieldbound.importers.values import whole_number

_HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
#: Elements at which a line begins: of a list of values, each is on its own.
_LINES: Final = ("br", "li", "p", "div", "dd", "dt")
#: Elements whose text is none of the page's.
_SILENT: Final = ("script", "style", "template")
#: The most columns that a cell may span, as browsers have it.
_MAX_SPAN: Final = 1000


def html_grids(text: str, name: str) -> list[Grid]:
    """Return the tables of a page; those within tables are apart from those around them."""
    try:
        from lxml import etree
    except ImportError:
        reason = "reading it needs lxml: pip install 'fieldbound[import]'"
        raise BrokenSource(reason, name) from None
    page = _Page()
    parser = etree.HTMLParser(target=page, encoding="utf-8", no_network=True, huge_tree=True)
    try:
        parser.feed(text.encode())
        parser.close()
    except (etree.LxmlError, UnicodeEncodeError) as error:
        raise BrokenSource(f"no HTML: {error}", name) from None
    return [
        Grid(tuple(_rows(each.rows, f"table {number}", name)), each.title)
        for number, each in enumerate(page.tables, 1)
    ]


@dataclass
class _Cell:
    columns: int
    rows: int
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return cell("".join(self.parts))


@dataclass
class _Table:
    title: str | None
    rows: list[list[_Cell]] = field(default_factory=list)
    is_in_cell: bool = False


class _Page:
    """Collects the cells of tables, as a parser calls it."""

    def __init__(self) -> None:
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._silent = ""
        self._title: str | None = None
        self._heading: list[str] | None = None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Begin a table, a row, a cell, a heading or a line."""
        if tag in _SILENT:
            self._silent = tag
        elif tag == "table":
            self._open.append(_Table(self._title))
            self.tables.append(self._open[-1])
        elif tag in _HEADINGS or tag == "caption":
            self._heading = []
        elif tag == "tr" and self._open:
            self._open[-1].rows.append([])
            self._open[-1].is_in_cell = False
        elif tag in ("td", "th") and self._open:
            self._begin_cell(attributes)
        elif tag in _LINES:
            self._write("\n")

    def _begin_cell(self, attributes: Mapping[str, str]) -> None:
        table = self._open[-1]
        if not table.rows:
            table.rows.append([])
        columns, rows = map(attributes.get, ("colspan", "rowspan"))
        table.rows[-1].append(_Cell(whole_number(columns) or 1, whole_number(rows) or 1))
        table.is_in_cell = True

    def end(self, tag: str) -> None:
        """End a table, a cell or a heading."""
        if tag == self._silent:
            self._silent = ""
        elif tag == "table" and self._open:
            self._open.pop()
        elif tag in ("td", "th") and self._open:
            self._open[-1].is_in_cell = False
        elif (tag in _HEADINGS or tag == "caption") and self._heading is not None:
            title = cell("".join(self._heading)).replace("\n", " ") or None
            self._heading = None
            if tag == "caption" and self._open:
                self._open[-1].title = title
            else:
                self._title = title

    def data(self, text: str) -> None:
        """Add a text to the heading or the cell that it is in."""
        if not self._silent:
            self._write(text.replace("\n", " "))

    def close(self) -> None:
        """Do nothing: the tables are there."""

    def _write(self, text: str) -> None:
        if self._heading is not None:
            self._heading.append(text)
        elif self._open and self._open[-1].is_in_cell:
            self._open[-1].rows[-1][-1].parts.append(text)


def _rows(given: Iterable[list[_Cell]], table: str, name: str) -> Iterator[Row]:
    """Yield the rows of a table; what spans several has its text in each of them."""
    spanning: dict[int, tuple[int, str]] = {}  # by column: in how many rows more, and the text
    count = 0
    for number, cells in enumerate(given, 1):
        found: list[str] = []
        waiting = iter(cells)
        while True:
            if len(found) in spanning:
                left, text = spanning.pop(len(found))
                if left > 1:
                    spanning[len(found)] = (left - 1, text)
                found.append(text)
                continue
            each = next(waiting, None)
            if each is None:
                break
            text = each.text
            for _ in range(min(each.columns, _MAX_SPAN)):
                if each.rows > 1:
                    spanning[len(found)] = (each.rows - 1, text)
                found.append(text)
        count += len(found)
        require_few(count, name)
        yield Row(f"{table}, row {number}", tuple(found))
