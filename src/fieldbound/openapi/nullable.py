"""`nullable` of OpenAPI 3.0 where it has no effect, and a schema that is read as it means.

By the specification, `nullable: true` adds null to the `type` beside it and changes nothing else:
`$ref`, `allOf`, `anyOf`, `oneOf` or `enum` in the same schema may refuse null nevertheless. Vendors
who write it there mean that null is allowed, and send it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from fieldbound.model import members, type_names

from .composition import SchemaGraph, SchemaLocation

#: What an upgraded schema has for a `nullable: true` beside one of the following.
MEANT_NULLABLE: Final = "x-meant-nullable"
#: Keywords that may refuse null whatever the type beside them allows.
MAY_REFUSE_NULL: Final = ("$ref", "allOf", "anyOf", "oneOf", "enum")
_LISTS: Final = ("allOf", "anyOf", "oneOf")
_NULL: Final = {"type": "null"}
_DEEPEST: Final = 100  # references within one another that are followed


def refuses_null(graph: SchemaGraph, location: SchemaLocation) -> str | None:
    """Return the keyword by which an upgraded schema refuses null; None if it accepts null.

    Of a schema that is meant to be nullable, what it says besides that counts; those that it refers
    to, or that are within it, are read as they are meant.
    """
    return _refusing(graph, location, {}, 0)


def _refusing(
    graph: SchemaGraph,
    location: SchemaLocation,
    known: dict[SchemaLocation, str | None],
    depth: int,
) -> str | None:
    schema, target = graph.schema(location), graph.target(location)
    if depth > _DEEPEST:
        return None

    def accepts(other: SchemaLocation) -> bool:
        if other not in known:
            known[other] = None  # of one that refers to itself
            if MEANT_NULLABLE not in graph.schema(other):
                known[other] = _refusing(graph, other, known, depth + 1)
        return known[other] is None

    if target is not None and not accepts(target):
        return "$ref"
    if "type" in schema and "null" not in type_names(schema):
        return "type"
    if isinstance(schema.get("enum"), list) and None not in schema["enum"]:
        return "enum"
    for keyword in _LISTS:
        branches = _branches(schema, location, keyword)
        if keyword in schema and not _is_satisfied(keyword, [accepts(each) for each in branches]):
            return keyword
    return None


def accepting_null(
    graph: SchemaGraph, location: SchemaLocation, schema: dict[str, Any]
) -> dict[str, Any]:
    """Return a copy of the schema at a location that accepts null, too.

    The subschemas in it keep their places, as other schemas may refer to them.
    """
    if "$ref" in schema:
        return {"anyOf": [schema, _NULL]}
    found = dict(schema)
    if "type" in found:
        found["type"] = list(dict.fromkeys((*type_names(found), "null")))
    if isinstance(found.get("enum"), list) and None not in found["enum"]:
        found["enum"] = [*found["enum"], None]
    for keyword in _LISTS:
        if isinstance(found.get(keyword), list):
            found[keyword] = list(_accepting(graph, location, keyword, found[keyword]))
    return found


def _accepting(
    graph: SchemaGraph, location: SchemaLocation, keyword: str, branches: list[Any]
) -> Iterator[Any]:
    """Yield branches of which all, one or more accept null, as their keyword demands."""
    uri, tokens = location
    accepted = 0
    for index, branch in enumerate(branches):
        at = (uri, (*tokens, keyword, str(index)))
        is_accepted = refuses_null(graph, at) is None or MEANT_NULLABLE in graph.schema(at)
        if keyword == "allOf" and not is_accepted and isinstance(branch, dict):
            yield accepting_null(graph, at, branch)
        elif keyword == "oneOf" and is_accepted and accepted:
            yield {**(branch if isinstance(branch, dict) else {}), "not": _NULL}
        else:
            yield branch
        accepted += is_accepted
    if keyword != "allOf" and not accepted:
        yield _NULL


def _branches(
    schema: dict[str, Any], location: SchemaLocation, keyword: str
) -> list[SchemaLocation]:
    uri, tokens = location
    return [(uri, (*tokens, keyword, token)) for token, _ in members(schema.get(keyword))]


def _is_satisfied(keyword: str, accepting: list[bool]) -> bool:
    if keyword == "oneOf":
        return accepting.count(True) == 1
    return any(accepting) if keyword == "anyOf" else all(accepting)
