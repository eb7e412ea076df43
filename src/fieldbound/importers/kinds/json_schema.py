"""JSON Schemas of any draft, as they are; those of NetSuite's metadata catalogue among them.

A schema is the body of a request, and of an answer. One that only has definitions is several:
each definition is one.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from fieldbound.catalog import kind_of
from fieldbound.importers.documents.repair import OPENAPI_FILE, repaired, value_of
from fieldbound.importers.draft import Draft
from fieldbound.importers.folder import source_entry
from fieldbound.model import (
    DIALECTS,
    DRAFT_4,
    OPERATIONS_WITHOUT_PATH,
    child_schemas,
    draft_of,
    escape_token,
)
from fieldbound.openapi import Upgrade, kebab_case, unused_name

if TYPE_CHECKING:
    from fieldbound.importers.options import Options
    from fieldbound.importers.source import SourceDocument

#: Keywords that limit nothing by themselves.
_HEAD: Final = frozenset(
    "$schema $id id title description $comment $vocabulary $anchor $defs definitions default "
    "examples".split()
)
_HYPER: Final = "/hyper-schema"
_DRAFT_6: Final = "http://json-schema.org/draft-06/schema#"
#: In draft 4 a bound is exclusive by another keyword, which is true or false.
_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
#: An extension of NetSuite: its schemas have `nullable`, as those of OpenAPI 3.0 do.
_NETSUITE: Final = b'"x-ns-'


def matches(document: SourceDocument) -> bool:
    """Return whether a document is a JSON Schema."""
    value = document.value
    if not isinstance(value, dict) or not value:
        return False
    return "openapi" not in value and "swagger" not in value and kind_of(value) == "schema"


def read(document: SourceDocument, options: Options) -> Draft:
    """Return the draft of the contracts of a schema. Raises BrokenSource."""
    given = value_of(document)
    if not isinstance(given, dict):
        raise document.error("a JSON Schema that limits something is an object")
    schema = copy.deepcopy(given)
    is_one = bool(schema.keys() - _HEAD)
    definitions = {} if is_one else dict(_definitions(schema))
    if not is_one and not definitions:
        raise document.error("the schema limits nothing, and has no definitions")
    if _NETSUITE in document.data:
        Upgrade().apply(schema)
    if isinstance(schema.get("$schema"), str):
        schema["$schema"] = schema["$schema"].replace(_HYPER, "/schema")
        if schema["$schema"].partition("#")[0] not in DIALECTS:
            reason = f"$schema {given['$schema']!r} is not supported: it is no draft from 4 on"
            raise document.error(reason, "$schema")
    if draft_of(schema) == DRAFT_4:
        _upgrade(schema)
    name = _name(document, schema, options if is_one else None)
    chosen = _chosen(document, definitions, options) if definitions else {name: ""}
    key = f"schema-{name}"
    source = {"says": "stated", "from": key}
    file = f"{unused_name(name, ('openapi', 'sources'))}.json"
    title = schema.get("title")
    about = title if isinstance(title, str) and title else name
    entry = source_entry(document, about)
    files, omitted = repaired(
        options.vendor,
        {
            OPENAPI_FILE: _openapi(options, source, file, chosen),
            file: {**schema, "x-source": source},
            "sources.json": {key: {**entry, "read": "2000-01-01"}},
        },
        document,
    )
    files["sources.json"] = {key: entry}
    return Draft(options.vendor, key, files, tuple(omitted), document)


def _upgrade(schema: dict[str, Any]) -> None:
    """Rewrite a schema of draft 4 as one of draft 6, to which OpenAPI documents can refer."""
    schema["$schema"] = _DRAFT_6
    pending: list[Any] = [schema]
    while pending:
        each = pending.pop()
        if not isinstance(each, dict):
            continue
        if isinstance(each.get("id"), str):
            each["$id"] = each.pop("id")
        for exclusive, bound in _BOUNDS.items():
            if isinstance(each.get(exclusive), bool) and each.pop(exclusive) and bound in each:
                each[exclusive] = each.pop(bound)
        pending += [child for _, child in child_schemas(each)]


def _definitions(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the definitions of a schema, each with the pointer to it."""
    for keyword in ("$defs", "definitions"):
        found = schema.get(keyword)
        for name in sorted(found) if isinstance(found, dict) else ():
            yield name, f"/{keyword}/{escape_token(name)}"


def _chosen(
    document: SourceDocument, definitions: Mapping[str, str], options: Options
) -> dict[str, str]:
    for name in options.resources:
        if name not in definitions:
            listed = ", ".join(definitions)
            raise document.error(f"there is no definition {name!r}: must be one of {listed}")
    return {name: definitions[name] for name in options.resources or definitions}


def _name(document: SourceDocument, schema: Mapping[str, Any], options: Options | None) -> str:
    """Return the name of the contract: the one asked for, by title, by $id, or by the file."""
    names = [*(options.resources[:1] if options else ()), schema.get("title")]
    for word in ("$id", "id"):
        address = schema.get(word)
        if isinstance(address, str):
            names.append(_stem(urlsplit(address).path if "://" in address else address))
    names.append(_stem(document.name))
    found = (kebab_case(each) for each in names if isinstance(each, str))
    return next(filter(None, found), "schema")[:80]


def _stem(path: str) -> str:
    return os.path.basename(path).partition(".")[0]  # noqa: PTH119 - an address is no path


def _openapi(
    options: Options, source: dict[str, str], file: str, chosen: Mapping[str, str]
) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for name, pointer in chosen.items():
        reference = quote(file) + (f"#{quote(pointer)}" if pointer else "")
        content = {"application/json": {"schema": {"$ref": reference}}}
        operation = unused_name(kebab_case(name) or "schema", operations)
        operations[operation] = {
            "operationId": operation,
            "requestBody": {"required": True, "content": content},
            "responses": {"200": {"description": "The answer.", "content": content}},
        }
    return {
        "openapi": "3.1.0",
        "info": {"title": options.vendor, "version": "1"},
        "x-source": source,
        OPERATIONS_WITHOUT_PATH: operations,
    }
