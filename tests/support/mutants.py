"""Judges that are wrong in one limit, made of a contract: tests have to tell them from it.

Each differs from the contract in one place, in a way in which a limit is easily got wrong; those
that take just what the contract takes are left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import jsonschema_rs

from fieldbound import Contract
from fieldbound.model.pointers import pointer_of
from fieldbound.validation.inline import inlined
from fieldbound.validation.limits import FORMATS

Path = tuple[str, ...]
Fault = tuple[str, dict[str, Any]]


class Mutant(NamedTuple):
    """A judge that is wrong in one limit: the pointer to what it misjudges, and how."""

    pointer: str
    fault: str
    is_valid: Callable[[Any], bool]


def mutants(contract: Contract, most: int | None = None) -> list[Mutant]:
    """Return faulty judges of a contract, evenly chosen where there are more than *most*."""
    schema = inlined(contract._limits.references)
    faults = [
        (path, pointer, name, changed)
        for path, pointer, node in _nodes(schema, (), "")
        for name, changed in _faults(node)
        if _differ(node, changed)
    ]
    if most is not None and len(faults) > most:
        faults = [faults[index * len(faults) // most] for index in range(most)]
    return [
        Mutant(pointer, name, _judge(_with(schema, path, changed)))
        for path, pointer, name, changed in faults
    ]


def _judge(schema: Any) -> Callable[[Any], bool]:
    return jsonschema_rs.validator_for(schema, validate_formats=True, offline=True).is_valid


def _nodes(schema: Any, path: Path, pointer: str) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    """Yield every subschema with its path and the pointer to what it judges."""
    if not isinstance(schema, dict):
        return
    yield path, pointer, schema
    for name, inner in schema.get("properties", {}).items():
        yield from _nodes(inner, (*path, "properties", name), pointer + pointer_of((name,)))
    for index, inner in enumerate(schema.get("allOf", ())):
        yield from _nodes(inner, (*path, "allOf", str(index)), pointer)
    if "items" in schema:
        yield from _nodes(schema["items"], (*path, "items"), f"{pointer}/*")


def _with(schema: Any, path: Path, changed: Any) -> Any:
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


def _differ(node: dict[str, Any], changed: dict[str, Any]) -> bool:
    """Return whether two subschemas take different values, as far as can be told."""
    try:
        one, other = (
            jsonschema_rs.canonicalize(each, validate_formats=True, offline=True)
            for each in (node, changed)
        )
    except ValueError:
        return False  # no schema any more
    return one != other


def _faults(node: dict[str, Any]) -> Iterator[Fault]:
    for keyword in ("maxLength", "minLength", "maximum", "minimum", "maxItems", "minItems"):
        if keyword in node:
            yield f"{keyword} one more", {**node, keyword: node[keyword] + 1}
            less = node[keyword] - 1 if keyword.endswith("imum") else max(node[keyword] - 1, 0)
            yield f"{keyword} one less", {**node, keyword: less}
            yield f"no {keyword}", _less(node, keyword)
    yield from _choices(node)
    yield from _types(node)
    yield from _patterns(node)
    yield from _objects(node)
    for keyword in ("format", "multipleOf", "not"):
        if keyword in node and (keyword != "format" or node["format"] in FORMATS):
            yield f"no {keyword}", _less(node, keyword)


def _choices(node: dict[str, Any]) -> Iterator[Fault]:
    members = node.get("enum", [])
    kinds = _kinds(node)
    for member in members:
        yield (
            f"without {json.dumps(member)}",
            {
                **node,
                "enum": [each for each in members if each != member],
            },
        )
    if members:
        wider = {"type": [*kinds, "boolean"]} if kinds else {}
        yield "takes true", {**node, **wider, "enum": [*members, True]}
        yield (
            "in lower case too",
            {**node, "enum": [*members, *(str(each).lower() for each in members)]},
        )
        yield "any value of the type", _less(node, "enum")


def _kinds(node: dict[str, Any]) -> list[str]:
    kind = node.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


def _types(node: dict[str, Any]) -> Iterator[Fault]:
    kinds = _kinds(node)
    if not kinds:
        return
    if "null" in kinds:
        yield "not null", {**node, "type": [each for each in kinds if each != "null"]}
    else:
        members = {"enum": [*node["enum"], None]} if "enum" in node else {}
        yield "null too", {**node, **members, "type": [*kinds, "null"]}
    swapped = {"integer": "number", "number": "integer"}
    for kind in kinds:
        others = [each for each in kinds if each != kind]
        if kind in swapped:
            yield f"{swapped[kind]} for {kind}", {**node, "type": [*others, swapped[kind]]}
            yield "digits as a string too", {**node, "type": [*kinds, "string"]}
        if kind == "string" and "enum" not in node:
            yield "a number too", {**node, "type": [*kinds, "integer"]}
        if kind == "boolean":
            yield "a string too", {**node, "type": [*kinds, "string"]}
            yield "only true", {**node, "not": {"const": False}}
    yield "any type", _less(node, "type")


def _patterns(node: dict[str, Any]) -> Iterator[Fault]:
    pattern = node.get("pattern")
    if pattern is None:
        return
    yield "no pattern", _less(node, "pattern")
    if pattern.startswith("^"):
        yield "pattern without ^", {**node, "pattern": pattern[1:]}
    if pattern.endswith("$"):
        yield "pattern without $", {**node, "pattern": pattern[:-1]}
    if "+$" in pattern:
        yield "pattern takes nothing", {**node, "pattern": pattern.replace("+$", "*$")}
    if "{24}" in pattern:
        yield "one fewer", {**node, "pattern": pattern.replace("{24}", "{23,24}")}
        yield "one more", {**node, "pattern": pattern.replace("{24}", "{24,25}")}


def _objects(node: dict[str, Any]) -> Iterator[Fault]:
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
        yield "any attribute", _less(node, "additionalProperties")
    if "patternProperties" in node and node.get("additionalProperties") is False:
        yield "no attribute by pattern", _less(node, "patternProperties")


def _less(node: dict[str, Any], keyword: str) -> dict[str, Any]:
    return {name: each for name, each in node.items() if name != keyword}
