"""The tables in grids: where their headings are, and what their rows say of which resource."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from fieldbound.importers.draft import Omitted
from fieldbound.importers.tables.attributes import Names, path_of
from fieldbound.importers.tables.grid import Grid, Row
from fieldbound.importers.tables.headings import Columns, Headings, is_known, plain
from fieldbound.importers.tables.row_limits import limits_of
from fieldbound.importers.tables.type_cells import date_in, type_of

_UNREAD: Final = "not read: if it limits something, say what by --column MEANING=HEADING"
_PAGE: Final = re.compile(r"(?:(?:page|seite|p[aá]gina)\b.*)|[-\s0-9/]*", re.IGNORECASE)
_NUMBER: Final = re.compile(r"^[0-9]+\.(?:[0-9]+\.?)*\s+")


@dataclass
class Table:
    """Rows below a row of headings, and the title above it."""

    columns: Columns
    headings: tuple[str, ...]
    title: str | None
    place: str
    rows: list[Row] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)


def tables_in(grid: Grid, headings: Headings) -> Iterator[Table]:
    """Yield the tables of a grid: another one begins with headings below a blank row or a title."""
    table: Table | None = None
    title, is_apart, may_begin = unnumbered(grid.title or "") or None, True, True
    for row in grid.rows:
        texts = {*filter(None, row.cells)}
        if len(texts) <= 1:
            # A blank row, or a title: one text, maybe in merged cells.
            is_own_row = table is not None and texts and not is_apart and not _is_merged(row)
            if is_own_row and table is not None:
                table.rows.append(row)
                continue
            title, may_begin = (unnumbered(next(iter(texts))) if texts else title), True
            is_within = len(row.cells) > 1 and texts and _is_merged(row)
            is_apart = is_apart or not is_within
            continue
        is_same = table is not None and (title == table.title or _PAGE.fullmatch(title or ""))
        if is_same and table is not None and row.cells == table.headings:
            title = table.title
            continue  # they are there again, as on the next page
        is_first = table is None or not table.rows
        columns = headings.columns(row.cells, row.place) if may_begin or is_first else None
        if columns is not None and table is not None and _is_second(table, columns, row):
            table.columns, table.headings = columns, row.cells
        elif columns is not None:
            if table is not None:
                yield table
            table = Table(columns, row.cells, title, row.place)
        elif table is not None:
            table.rows.append(row)
        is_apart = may_begin = False
    if table is not None:
        table.broken += grid.broken
        yield table


def unnumbered(title: str) -> str:
    """Return a title without the number of its section: 3.2 Shipment."""
    return _NUMBER.sub("", title, count=1) or title


def _is_merged(row: Row) -> bool:
    """Return whether one text is all of a row, as a title within a table is."""
    text = row.cells[0]
    is_type = len(row.cells) > 1 and (type_of(text) or date_in(text))
    return len({*row.cells}) == 1 and not is_type  # a field `date` of the type `date` is none


def _is_second(table: Table, columns: Columns, row: Row) -> bool:
    """Return whether a row is the second of two of headings, of which cells span both."""
    first = table.columns.text(table.headings, "name")
    return not table.rows and columns.text(row.cells, "name") == first


class Resources:
    """The names of resources, as tables add them, and what is omitted."""

    def __init__(self) -> None:
        self.names: dict[str, Names] = {}
        self.omitted: list[Omitted] = []
        self.not_whole: set[str] = set()

    def add(self, table: Table, resource: str | None) -> None:
        """Add the rows of a table to a resource, or to those that a column names."""
        for index, heading in enumerate(table.headings):
            is_empty = all(not any(row.cells[index : index + 1]) for row in table.rows)
            is_read = index in table.columns.read or is_known(heading)
            if plain(heading) and not (is_read or is_empty):
                self.omitted.append(Omitted(f"{table.place}: {heading}", _UNREAD))
        for row in table.rows:
            name = table.columns.text(row.cells, "name")
            of = resource
            if of is None:
                of = table.columns.text(row.cells, "resource")
            if not name or not of:
                missing = "name" if not name else "resource"
                self.omitted.append(Omitted(row.place, f"there is no {missing} in the row"))
                self.not_whole |= {of} if of else set()
            else:
                self._add(self.names.setdefault(of, Names()), row, table.columns, of)
        for place, reason in table.broken:
            self.omitted.append(Omitted(place, reason))
            self.not_whole |= {resource} if resource else set(self.names)

    def _add(self, names: Names, row: Row, columns: Columns, resource: str) -> None:
        name = columns.text(row.cells, "name")
        path = path_of(name.rstrip("*").strip())
        if path is None:
            self.omitted.append(Omitted(row.place, f"the name {name!r} is not clear"))
            self.not_whole.add(resource)
            return
        limits = limits_of(columns, row.cells)
        if name.endswith("*"):
            limits.told.append("the * behind the name: what it means is not said")
        told, limits.told = limits.told, []
        reason = names.add(path, limits)
        for each in [*told, *([reason] if reason else [])]:
            self.omitted.append(Omitted(row.place, f"{name}: {each}"))

    def tell_conflicts(self) -> None:
        """Add what names say that have others within them."""
        for resource, names in self.names.items():
            for name, reason in names.conflicts():
                self.omitted.append(Omitted(f"{resource}, {name}", reason))


def headings_of(grids: Iterable[Grid]) -> Iterator[tuple[str, ...]]:
    """Yield the rows that may be headings: the first of each grid that has several cells."""
    for grid in grids:
        for row in grid.rows:
            if len({*filter(None, row.cells)}) > 1:
                yield row.cells
                break
