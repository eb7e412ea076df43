"""`nullable: true` of OpenAPI 3.0 where it has no effect, written so that null is accepted."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote

from fieldbound.importers.evidence import value_at
from fieldbound.model import percent_decoded, pointer_of, tokens_of
from fieldbound.openapi import (
    MEANT_NULLABLE,
    PointerTokens,
    SchemaGraph,
    Upgrade,
    positions,
    refuses_null,
)

#: The schema of OpenAPI 3.0 that accepts null alone.
NULL: Final = {"type": "string", "nullable": True, "enum": [None]}
_IN_PLACE: Final = ("allOf", "anyOf", "oneOf")


def accept_nulls(document: Any) -> list[str]:
    """Write what is meant into the schemas of a document; return the pointers to them."""
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(version, str) or not version.startswith("3.0"):
        return []
    schemas = {each.tokens: each.value for each in positions(document) if each.kind == "schema"}
    upgraded, upgrade = copy.deepcopy(document), Upgrade(marks_nullable=True)
    for tokens in schemas:
        upgrade.apply(value_at(upgraded, tokens, None))

    def read(uri: str, tokens: PointerTokens) -> Any:
        return None if uri else value_at(upgraded, tokens, None)

    graph = SchemaGraph(lambda uri: read(uri, ()), read)
    found = [
        tokens
        for tokens in schemas
        if MEANT_NULLABLE in graph.schema(("", tokens)) and refuses_null(graph, ("", tokens))
    ]
    moved = {tokens: _accept_null(schemas[tokens]) for tokens in found}
    for schema in schemas.values():
        if isinstance(schema, dict) and isinstance(schema.get("$ref"), str):
            schema["$ref"] = _redirected(schema["$ref"], moved)
    return [pointer_of((*tokens, "nullable")) for tokens in found]


def _redirected(reference: str, moved: Mapping[PointerTokens, Collection[str]]) -> str:
    """Return a reference to what was moved to where it is now."""
    if not reference.startswith("#/"):
        return reference
    tokens = tokens_of(percent_decoded(reference[1:]))
    now: list[str] = []
    for index, token in enumerate(tokens):
        now += ["anyOf", "0"] * (token in moved.get(tokens[:index], ()))
        now.append(token)
    return reference if len(now) == len(tokens) else f"#{quote(pointer_of(now), safe='/~')}"


def _accept_null(schema: dict[str, Any]) -> Collection[str]:
    """Write into a schema that it accepts null; return the keywords that were moved."""
    if "$ref" in schema:  # what is beside it is ignored
        reference = schema["$ref"]
        schema.clear()
        schema["anyOf"] = [{"$ref": reference}, dict(NULL)]
        return ()
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        schema["enum"] = [*schema["enum"], None]
    moved = {keyword: schema.pop(keyword) for keyword in _IN_PLACE if keyword in schema}
    if moved:
        schema["anyOf"] = [moved, dict(NULL)]
    if "type" not in schema:
        del schema["nullable"]
    return moved.keys()
