"""Strings of headers and parameters, coerced to the JSON types that their schema asks for.

A string becomes a number, true or false only where it is written as JSON writes them: `TRUE`, `+5`
and `007` stay strings, and are reported as such.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from fieldbound.model import Node, SchemaRegistry, json_type

Types = frozenset[str]

_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,400})", re.ASCII)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,400})(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_WORDS: Final = {"true": ("boolean", True), "false": ("boolean", False), "null": ("null", None)}
_MOST: Final = 20


class Coercion(NamedTuple):
    """The JSON types of a schema, None being any, and those of its items and properties."""

    types: Types | None = None
    items: Coercion | None = None
    named: Mapping[str, Coercion] = {}
    others: Coercion | None = None

    @property
    def structure(self) -> str:
        """How a string is split: as an "array", an "object", or "" for not at all."""
        types = self.types or frozenset()
        return next((each for each in ("array", "object") if each in types), "")

    def cast(self, value: Any) -> Any:
        """Return strings, alone or in lists and dicts, as values of the types asked for."""
        if isinstance(value, str):
            return self._read(value)
        if isinstance(value, list):
            return [self.items.cast(each) if self.items else each for each in value]
        if isinstance(value, dict):
            return {name: self.of(name).cast(each) for name, each in value.items()}
        return value

    def of(self, name: str) -> Coercion:
        """Return the coercion of a property."""
        return self.named.get(name) or self.others or _ANY

    def _read(self, text: str) -> Any:
        types = self.types
        if types is None or types == _STRING:
            return text
        if "integer" in types and _INTEGER.fullmatch(text):
            return int(text)
        if "number" in types and _NUMBER.fullmatch(text):
            number = int(text) if _INTEGER.fullmatch(text) else float(text)
            return number if math.isfinite(number) else text
        kind, value = _WORDS.get(text, ("", None))
        return value if kind in types and (kind != "null" or "string" not in types) else text


_ANY: Final = Coercion()
_STRING: Final = frozenset(("string",))


def json_value(text: str) -> Any:
    """Return the value of a text that is JSON, else the text itself."""
    from fieldbound.documents import parse

    document = parse(text)
    return document.value if document.readable else text


def coercion_of(references: SchemaRegistry, node: Node, depth: int = 0) -> Coercion:
    """Return the coercion of a subschema, and of its items and properties."""
    nodes = list(_applying(references, node, 0))
    if depth > _MOST:
        return _ANY
    named: dict[str, Coercion] = {}
    items = others = None
    for each in nodes:
        schema = each.schema
        properties = schema.get("properties")
        if isinstance(properties, dict):
            within = references.child(each, "properties")
            for name in properties:
                named.setdefault(
                    name, coercion_of(references, references.child(within, name), depth + 1)
                )
        if isinstance(schema.get("items"), dict):
            items = coercion_of(references, references.child(each, "items"), depth + 1)
        if isinstance(schema.get("additionalProperties"), dict):
            others = coercion_of(
                references, references.child(each, "additionalProperties"), depth + 1
            )
    return Coercion(_types_of(references, node, 0), items, named, others)


def _applying(references: SchemaRegistry, node: Node, depth: int) -> Any:
    """Yield a subschema and all others that apply to the same value."""
    schema = node.schema
    if not isinstance(schema, dict) or depth > _MOST:
        return
    yield node
    for target in _referenced(references, node):
        yield from _applying(references, target, depth + 1)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for each in _branches(references, node, keyword):
            yield from _applying(references, each, depth + 1)


def _types_of(references: SchemaRegistry, node: Node, depth: int) -> Types | None:
    """Return the JSON types that a subschema accepts, None for any."""
    schema = node.schema
    if not isinstance(schema, dict) or depth > _MOST:
        return None
    found = _own_types(schema)
    for target in (*_referenced(references, node), *_branches(references, node, "allOf")):
        found = _intersection(found, _types_of(references, target, depth + 1))
    for keyword in ("anyOf", "oneOf"):
        branches = [
            _types_of(references, each, depth + 1) for each in _branches(references, node, keyword)
        ]
        if branches and all(each is not None for each in branches):
            found = _intersection(found, frozenset().union(*(each or () for each in branches)))
    return found


def _own_types(schema: Mapping[str, Any]) -> Types | None:
    types = schema.get("type")
    if isinstance(types, str):
        return frozenset((types,))
    if isinstance(types, list):
        return frozenset(types)
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return frozenset(map(json_type, values)) if isinstance(values, list) else None


def _intersection(one: Types | None, other: Types | None) -> Types | None:
    if one is None or other is None:
        return other if one is None else one
    shared = one & other
    if "integer" in one | other and "number" in one | other:
        shared |= {"integer"}
    return shared


def _referenced(references: SchemaRegistry, node: Node) -> list[Node]:
    reference = node.schema.get("$ref")
    try:
        return [references.resolve(node, reference)] if isinstance(reference, str) else []
    except (KeyError, IndexError, TypeError, ValueError):
        return []


def _branches(references: SchemaRegistry, node: Node, keyword: str) -> list[Node]:
    listed = node.schema.get(keyword)
    if not isinstance(listed, list):
        return []
    within = references.child(node, keyword)
    return [references.child(within, index) for index in range(len(listed))]
