"""SQL tables: CREATE TABLE statements, and exports of INFORMATION_SCHEMA.COLUMNS.

The dialect is recognised by what only one has; a first line `-- dialect: mysql` names it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from fieldbound.importers.draft import Omitted
from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.folder import Citation, draft_of
from fieldbound.importers.resources import Resource
from fieldbound.importers.sql.catalogue import catalogue_tables, is_catalogue
from fieldbound.importers.sql.types import Column, attribute_of

if TYPE_CHECKING:
    from fieldbound.importers.draft import Draft
    from fieldbound.importers.options import Options
    from fieldbound.importers.source import SourceDocument

_CREATE: Final = re.compile(rb"\bcreate\s[^;(]{0,60}?\btable\b", re.IGNORECASE)
_SUFFIXES: Final = (".sql", ".ddl")


def matches(document: SourceDocument) -> bool:
    """Return whether a document has CREATE TABLE, or is an export of a catalogue of columns."""
    if document.suffix in _SUFFIXES:
        return _CREATE.search(document.data) is not None
    return is_catalogue(document)


def read(document: SourceDocument, options: Options) -> Draft:
    """Return the draft of the tables of a document. Raises BrokenSource."""
    omitted: list[Omitted] = []
    if is_catalogue(document):
        tables, dialect = catalogue_tables(document)
    else:
        try:
            from fieldbound.importers.sql.ddl import ddl_tables
        except ImportError:
            reason = "SQL is read by sqlglot: pip install 'fieldbound[import]'"
            raise BrokenSource(reason, document.name) from None
        tables, dialect = ddl_tables(document, omitted)
    for name in options.resources:
        if name not in tables:
            listed = ", ".join(sorted(tables)) or "none"
            raise BrokenSource(f"there is no table {name!r}: there are {listed}", document.name)
    chosen = {name: tables[name] for name in sorted(options.resources or tables)}
    if not chosen:
        raise BrokenSource("there is no table with columns in it", document.name)
    resources = [_resource(name, chosen[name], dialect, omitted) for name in chosen]
    is_named = bool(options.resources) or len(chosen) == 1
    citation = Citation(
        f"tables-{'-'.join(chosen)}" if is_named else "tables", f"Tables {', '.join(chosen)}"
    )
    return draft_of(document, options, resources, citation, omitted)


def _resource(
    name: str, columns: Mapping[str, Column], dialect: str, omitted: list[Omitted]
) -> Resource:
    reasons: dict[str, list[str]] = defaultdict(list)

    def omit(column: str, reason: str) -> None:
        reasons[reason].append(column)

    attributes: list[Any] = [attribute_of(each, dialect, omit) for each in columns.values()]
    for reason, names in reasons.items():
        omitted.append(Omitted(f"{name}: {', '.join(names)}", reason))
    return Resource(name, tuple(attributes), closed_note="The table has no other column.")
