"""A table of limits: CSV, a workbook of Excel, Markdown, an HTML page, text copied from a PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.importers.draft import Omitted
from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.folder import Citation, draft_of
from fieldbound.importers.resources import Resource
from fieldbound.importers.tables.forms import form_of, grids_of
from fieldbound.importers.tables.grid import TooLarge
from fieldbound.importers.tables.headings import Headings, plain
from fieldbound.importers.tables.tables import Resources, Table, headings_of, tables_in, unnumbered

if TYPE_CHECKING:
    from fieldbound.importers.draft import Draft
    from fieldbound.importers.options import Options
    from fieldbound.importers.source import SourceDocument

#: A column of INFORMATION_SCHEMA, whose exports are tables of a kind of their own.
_CATALOG: Final = b"character_maximum_length"
_NOT_WHOLE: Final = "unknown attributes are not refused: not all rows could be read"


def matches(document: SourceDocument) -> bool:
    """Return whether a document has a table whose headings are known."""
    form = form_of(document)
    if form is None or form == "xlsx" or _CATALOG in document.start.lower():
        return form == "xlsx"
    try:
        headings = Headings({}, document.name)
        grids, _ = grids_of(document)
        return any(table for grid in grids for table in tables_in(grid, headings))
    except TooLarge:
        return True
    except BrokenSource:
        return False


def read(document: SourceDocument, options: Options) -> Draft:
    """Return the draft of the resources in the tables of a document. Raises BrokenSource."""
    headings = Headings(options.columns, document.name)
    grids, note = grids_of(document)
    tables = [table for grid in grids for table in tables_in(grid, headings)]
    if not tables:
        raise headings.not_found(headings_of(grids))
    found = Resources()
    if note is not None:
        found.omitted.append(Omitted("encoding", note))
    for table, resource in _named(document, options, tables):
        found.add(table, resource)
    found.tell_conflicts()
    names = _wanted(document, options, found)
    resources = [
        Resource(
            name,
            tuple(found.names[name].attributes()),
            refuses_unknown=name not in found.not_whole,
            closed_note="The table has no other attribute.",
        )
        for name in names
    ]
    not_whole = [Omitted(each, _NOT_WHOLE) for each in sorted(found.not_whole & {*names})]
    about = ", ".join(names)
    citation = Citation(f"table-{'-'.join(plain(each).replace(' ', '-') for each in names)}", about)
    return draft_of(document, options, resources, citation, [*found.omitted, *not_whole])


def _named(
    document: SourceDocument, options: Options, tables: list[Table]
) -> list[tuple[Table, str | None]]:
    """Return the tables to take, each with its resource, None where a column names it."""
    if all("resource" in table.columns for table in tables):
        return [(table, None) for table in tables]
    asked = {plain(unnumbered(name)): name for name in options.resources}
    titled = [(table, asked[key]) for table in tables if (key := plain(table.title or "")) in asked]
    if len({name for _, name in titled}) == len(asked) > 0:
        return [*titled]
    if len(tables) == 1 and len(options.resources) == 1:
        return [(tables[0], options.resources[0])]
    untitled = [table for table in tables if not plain(table.title or "")]
    if len(untitled) > 1:
        reason = f"{len(untitled)} tables have no title: write one above each, or leave one of them"
        raise BrokenSource(reason, document.name, untitled[0].place)
    titles = ", ".join(repr(table.title) for table in tables if table.title) or "none"
    if options.resources:
        others = [each for each in options.resources if each not in {name for _, name in titled}]
        reason = f"no table has the title {' or '.join(others)}: the titles are {titles}"
        raise BrokenSource(reason, document.name)
    if untitled:
        reason = "the table has no title: say what it is of by --resource NAME"
        raise BrokenSource(reason, document.name, untitled[0].place)
    return [(table, table.title) for table in tables]


def _wanted(document: SourceDocument, options: Options, found: Resources) -> list[str]:
    """Return the names of the resources to take."""
    if not found.names:
        reasons = "; ".join(map(str, found.omitted[:3])) or "it has headings alone"
        raise BrokenSource(f"no row of the table can be read: {reasons}", document.name)
    for name in options.resources:
        if name not in found.names:
            reason = f"there is no resource {name!r}: must be one of {', '.join(found.names)}"
            raise BrokenSource(reason, document.name)
    return sorted(set(options.resources) or found.names)
