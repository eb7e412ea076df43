"""Mutants of a contract: validators that are wrong in one limit, which tests have to detect.

Each differs from the contract in one subschema, by a typical mistake; equivalent ones are omitted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import jsonschema_rs

from fieldbound import Contract
from fieldbound.model.pointers import pointer_of
from fieldbound.validation import checker_of
from fieldbound.validation.inline import inlined
from fieldbound.validation.schema.formats import FORMATS

Path = tuple[str, ...]
Change = tuple[str, dict[str, Any]]


class Mutant(NamedTuple):
    """A validator that is wrong in one limit: the pointer to the value, and the change."""

    pointer: str
    change: str
    keywords: frozenset[str]  # that differ
    is_valid: Callable[[Any], bool]


def mutants(contract: Contract, limit: int | None = None) -> list[Mutant]:
    """Return the mutants of a contract: if there are more than *limit*, some of each part of it."""
    schema = inlined(checker_of(contract).references)
    changes = [
        (path, pointer, name, changed, _differing(node, changed))
        for path, pointer, node in _nodes(schema, (), "")
        for name, changed in _changes(node)
        if _is_different(node, changed)
    ]
    if limit is not None and len(changes) > limit:
        changes = [changes[index * len(changes) // limit] for index in range(limit)]
    return [
        Mutant(pointer, name, keywords, _validator(_replaced(schema, path, changed)))
        for path, pointer, name, changed, keywords in changes
    ]


def _differing(node: dict[str, Any], changed: dict[str, Any]) -> frozenset[str]:
    return frozenset(each for each in {**node, **changed} if node.get(each) != changed.get(each))


def _validator(schema: Any) -> Callable[[Any], bool]:
    return jsonschema_rs.validator_for(schema, validate_formats=True, offline=True).is_valid


def _nodes(schema: Any, path: Path, pointer: str) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Yield every subschema with its path and the pointer to the values it applies to."""
    if not isinstance(schema, dict):
        return
    yield path, pointer, schema
    for name, inner in schema.get("properties", {}).items():
        yield from _nodes(inner, (*path, "properties", name), pointer + pointer_of((name,)))
    for index, inner in enumerate(schema.get("allOf", ())):
        yield from _nodes(inner, (*path, "allOf", str(index)), pointer)
    if "items" in schema:
        yield from _nodes(schema["items"], (*path, "items"), f"{pointer}/*")


def _replaced(schema: Any, path: Path, changed: Any) -> Any:
    copy = deepcopy(schema)
    holder, last = copy, None
    for step in path:
        if last is not None:
            holder = holder[int(last) if isinstance(holder, list) else last]
        last = step
    if last is None:
        return changed
    holder[int(last) if isinstance(holder, list) else last] = changed
    return copy


def _is_different(node: dict[str, Any], changed: dict[str, Any]) -> bool:
    """Return whether two subschemas accept different values, as far as the engine knows."""
    try:
        one, other = (
            jsonschema_rs.canonicalize(each, validate_formats=True, offline=True)
            for each in (node, changed)
        )
    except ValueError:
        return False  # not a valid schema
    return one != other


def _changes(node: dict[str, Any]) -> Iterator[Change]:
    for keyword in ("maxLength", "minLength", "maximum", "minimum", "maxItems", "minItems"):
        if keyword in node:
            yield f"{keyword} one more", {**node, keyword: node[keyword] + 1}
            less = node[keyword] - 1 if keyword.endswith("imum") else max(node[keyword] - 1, 0)
            yield f"{keyword} one less", {**node, keyword: less}
            yield f"no {keyword}", _without(node, keyword)
    yield from _enum_changes(node)
    yield from _type_changes(node)
    yield from _pattern_changes(node)
    yield from _object_changes(node)
    for keyword in ("format", "multipleOf", "not"):
        if keyword in node and (keyword != "format" or node["format"] in FORMATS):
            yield f"no {keyword}", _without(node, keyword)


def _enum_changes(node: dict[str, Any]) -> Iterator[Change]:
    members = node.get("enum", [])
    types = _type_names(node)
    for member in members:
        yield (
            f"without {json.dumps(member)}",
            {
                **node,
                "enum": [each for each in members if each != member],
            },
        )
    if members:
        wider = {"type": [*types, "boolean"]} if types else {}
        yield "accepts true", {**node, **wider, "enum": [*members, True]}
        yield (
            "accepts lower case",
            {**node, "enum": [*members, *(str(each).lower() for each in members)]},
        )
        yield "any value of the type", _without(node, "enum")


def _type_names(node: dict[str, Any]) -> list[str]:
    type_name = node.get("type", [])
    return [type_name] if isinstance(type_name, str) else list(type_name)


def _type_changes(node: dict[str, Any]) -> Iterator[Change]:
    types = _type_names(node)
    if not types:
        return
    if "null" in types:
        yield "rejects null", {**node, "type": [each for each in types if each != "null"]}
    else:
        members = {"enum": [*node["enum"], None]} if "enum" in node else {}
        yield "accepts null", {**node, **members, "type": [*types, "null"]}
    swapped = {"integer": "number", "number": "integer"}
    for type_name in types:
        others = [each for each in types if each != type_name]
        if type_name in swapped:
            yield (
                f"{swapped[type_name]} for {type_name}",
                {**node, "type": [*others, swapped[type_name]]},
            )
            yield "accepts digits as a string", {**node, "type": [*types, "string"]}
        if type_name == "string" and "enum" not in node:
            yield "accepts a number", {**node, "type": [*types, "integer"]}
        if type_name == "boolean":
            yield "accepts a string", {**node, "type": [*types, "string"]}
            yield "only true", {**node, "not": {"const": False}}
    yield "any type", _without(node, "type")


def _pattern_changes(node: dict[str, Any]) -> Iterator[Change]:
    pattern = node.get("pattern")
    if pattern is None:
        return
    yield "no pattern", _without(node, "pattern")
    if pattern.startswith("^"):
        yield "pattern without ^", {**node, "pattern": pattern[1:]}
    if pattern.endswith("$"):
        yield "pattern without $", {**node, "pattern": pattern[:-1]}
    if "+$" in pattern:
        yield "pattern accepts the empty string", {**node, "pattern": pattern.replace("+$", "*$")}
    if "{24}" in pattern:
        yield "one fewer", {**node, "pattern": pattern.replace("{24}", "{23,24}")}
        yield "one more", {**node, "pattern": pattern.replace("{24}", "{24,25}")}


def _object_changes(node: dict[str, Any]) -> Iterator[Change]:
    required = node.get("required", [])
    for name in required:
        yield (
            f"{name} not required",
            {
                **node,
                "required": [each for each in required if each != name],
            },
        )
    for name, inner in node.get("properties", {}).items():
        if name not in required and inner is not False and "not" not in inner:
            yield f"{name} required", {**node, "required": [*required, name]}
    if node.get("additionalProperties") is False:
        yield "any property", _without(node, "additionalProperties")
    if "patternProperties" in node and node.get("additionalProperties") is False:
        yield "no property by pattern", _without(node, "patternProperties")


def _without(node: dict[str, Any], keyword: str) -> dict[str, Any]:
    return {name: each for name, each in node.items() if name != keyword}
