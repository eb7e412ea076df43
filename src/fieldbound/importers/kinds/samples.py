"""Samples: payloads and answers as JSON, an array or a line each, and HAR files of traffic.

Limits made of them say `observed`: they are what is usual, not what a vendor documents.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from fieldbound.documents import parse
from fieldbound.importers.draft import Omitted
from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.folder import Citation, draft_of
from fieldbound.importers.resources import Attribute, Evidence, Resource
from fieldbound.importers.sampling.traffic import draft_of_traffic
from fieldbound.importers.sampling.values import (
    is_map,
    longest_note,
    observed,
    required_of,
    schema_of,
)
from fieldbound.openapi import kebab_case

if TYPE_CHECKING:
    from fieldbound.importers.draft import Draft
    from fieldbound.importers.options import Options
    from fieldbound.importers.source import SourceDocument

_OBSERVED: Final = Evidence("observed")
_LINES: Final = (".ndjson", ".jsonl")
#: Names of columns of a catalogue: its records describe data, and are none.
_CATALOGUE: Final = frozenset(("column_name", "data_type"))


def matches(document: SourceDocument) -> bool:
    """Return whether a document is a HAR file, an array of records, or a record on each line."""
    if document.suffix in _LINES:
        return document.start.lstrip().startswith(b"{")
    if not document.start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"[", b"{")):
        return False
    value = document.value
    if isinstance(value, list):
        first = value[0] if value else None
        return isinstance(first, dict) and not {each.lower() for each in first} >= _CATALOGUE
    return _is_har(value)


def read(document: SourceDocument, options: Options) -> Draft:
    """Return the draft of what samples have in common. Raises BrokenSource."""
    if document.suffix in _LINES:
        return _draft(document, options, list(_lines(document)))
    value = document.require_value()
    if _is_har(value):
        return draft_of_traffic(document, options, value["log"]["entries"])
    return _draft(document, options, value if isinstance(value, list) else [value])


def _is_har(value: Any) -> bool:
    log = value.get("log") if isinstance(value, dict) else None
    return isinstance(log, dict) and isinstance(log.get("entries"), list)


def _lines(document: SourceDocument) -> Iterator[Any]:
    """Yield the record on each line."""
    for number, line in enumerate(document.text.split("\n"), 1):
        if not line.strip():
            continue
        found = parse(line.encode(), name=document.name)
        if not found.readable:
            error = found.errors[0]
            column = f", column {error.place.column}" if error.place else ""
            raise BrokenSource(error.message, document.name, f"line {number}{column}")
        yield found.value


def _draft(document: SourceDocument, options: Options, records: list[Any]) -> Draft:
    omitted = []
    others = [index for index, each in enumerate(records) if not isinstance(each, dict)]
    if others:
        omitted.append(Omitted(f"record {others[0]} of {len(others)}", "it is no object"))
    seen = observed(each for each in records if isinstance(each, dict))
    if not seen.properties:
        raise BrokenSource("there is no record with a property in it", document.name)
    if is_map(seen):
        raise BrokenSource("the names in the records are keys of a map", document.name)
    name = _name(document, options)
    required = {*required_of(seen)}
    attributes = []
    for each, inner in sorted(seen.properties.items()):
        schema = schema_of(inner, each)
        if not schema:
            omitted.append(Omitted(each, "always null: no type was seen"))
        note = longest_note(inner)
        attributes.append(
            Attribute(
                each,
                schema,
                required=each in required,
                evidence={"type": Evidence("observed", note)} if note else {},
            )
        )
    resource = Resource(name, tuple(attributes), refuses_unknown=False)
    citation = Citation(f"samples-{kebab_case(name) or 'record'}", f"Samples of {name}", _OBSERVED)
    return draft_of(document, options, (resource,), citation, omitted)


def _name(document: SourceDocument, options: Options) -> str:
    stem = os.path.basename(document.name).partition(".")[0]  # noqa: PTH119 - a name is no path
    return (options.resources or (kebab_case(stem) or "record",))[0]
