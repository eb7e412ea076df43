"""OpenAPI 3 documents, and Swagger 2.0 ones converted: their operations as they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from fieldbound.importers.documents.neighbours import Neighbours, with_neighbours
from fieldbound.importers.documents.repair import OPENAPI_FILE, repaired, value_of
from fieldbound.importers.documents.swagger import converted
from fieldbound.importers.draft import Draft, Omitted
from fieldbound.importers.evidence import value_at
from fieldbound.importers.folder import source_entry
from fieldbound.model import percent_decoded, tokens_of
from fieldbound.openapi import METHODS, kebab_case

if TYPE_CHECKING:
    from fieldbound.importers.options import Options
    from fieldbound.importers.source import SourceDocument

_SWAGGER: Final = "swagger"


def matches(document: SourceDocument) -> bool:
    """Return whether a document is of OpenAPI, or of Swagger 2.0."""
    if not any(word in document.data for word in (b"openapi", b"swagger")):
        return False
    value = document.value
    return isinstance(value, dict) and ("openapi" in value or _SWAGGER in value)


def read(document: SourceDocument, options: Options) -> Draft:
    """Return the draft of the operations of a document. Raises BrokenSource."""
    given = value_of(document)
    if not isinstance(given, dict) or not ("openapi" in given or _SWAGGER in given):
        raise document.error("no OpenAPI document: it has neither openapi nor swagger")
    omitted: list[Omitted] = []
    value = dict(given)
    if _SWAGGER in given:
        if given[_SWAGGER] not in ("2.0", 2.0, 2):
            reason = f"Swagger {given[_SWAGGER]} is not supported: must be 2.0"
            raise document.error(reason, _SWAGGER)
        value, omitted = converted(given)
    neighbours = Neighbours({OPENAPI_FILE: value}, {}, [])
    if _SWAGGER not in given:
        neighbours = with_neighbours(document, value)
        value = neighbours.files[OPENAPI_FILE]
    if options.resources:
        value["paths"] = dict(_chosen(document, value, options.resources))
    info = value.get("info")
    title = info.get("title") if isinstance(info, dict) else None
    name = title if isinstance(title, str) and title else options.vendor
    key = f"openapi-{kebab_case(name)}".rstrip("-")
    value["x-source"] = {"says": "stated", "from": key}
    entries = {each: source_entry(one, one.name) for each, one in neighbours.sources.items()}
    entries = {key: source_entry(document, name), **dict(sorted(entries.items()))}
    sources = {each: {**entry, "read": "2000-01-01"} for each, entry in entries.items()}
    written = {**neighbours.files, "sources.json": sources}
    files, taken = repaired(options.vendor, written, document, neighbours.nulls)
    files["sources.json"] = entries
    more = (*omitted, *taken)
    return Draft(options.vendor, key, files, more, document, neighbours.sources)


def _chosen(
    document: SourceDocument, value: dict[str, Any], names: tuple[str, ...]
) -> Iterator[tuple[str, Any]]:
    """Yield the path items with only the operations that are named, by name or by a tag."""
    paths = value.get("paths")
    found = set[str]()
    for path, item in paths.items() if isinstance(paths, dict) else ():
        if isinstance(item, dict) and isinstance(item.get("$ref"), str):
            item = value_at(value, tokens_of(percent_decoded(item["$ref"].partition("#")[2])))  # noqa: PLW2901 - what it refers to
        if not isinstance(item, dict):
            continue
        dropped = set()
        for method in METHODS:
            known = _names_of(item.get(method)) & {*names}
            found |= known
            if not known:
                dropped.add(method)
        if any(method in item and method not in dropped for method in METHODS):
            yield path, {name: each for name, each in item.items() if name not in dropped}
    if missing := [each for each in names if each not in found]:
        reason = f"there is no operation, and no tag of one, named {missing[0]!r}"
        raise document.error(reason, *(("paths",) if "paths" in document.value else ()))


def _names_of(operation: Any) -> set[str]:
    if not isinstance(operation, dict):
        return set()
    tags = operation.get("tags")
    names = {each for each in tags if isinstance(each, str)} if isinstance(tags, list) else set()
    given = operation.get("operationId")
    return {*names, given, kebab_case(given)} if isinstance(given, str) else names
