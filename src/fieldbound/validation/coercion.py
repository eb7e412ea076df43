"""Texts go in, as headers and parameters are; the values a schema takes them for come out.

A text becomes a number, true or false only where it is written as JSON writes them: `TRUE`, `+5`
and `007` stay texts, and are told as such.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from fieldbound.model import Node, References, json_type

Kinds = frozenset[str]

_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,400})", re.ASCII)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,400})(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_WORDS: Final = {"true": ("boolean", True), "false": ("boolean", False), "null": ("null", None)}
_MOST: Final = 20


class Shape(NamedTuple):
    """What a schema takes values for: of which *kinds*, None being any, and what is in them."""

    kinds: Kinds | None = None
    items: Shape | None = None
    named: Mapping[str, Shape] = {}
    others: Shape | None = None

    @property
    def structure(self) -> str:
        """How a text is taken apart: as an "array", an "object", or "" for not at all."""
        kinds = self.kinds or frozenset()
        return next((each for each in ("array", "object") if each in kinds), "")

    def cast(self, value: Any) -> Any:
        """Return texts, alone or in lists and dicts, as the values they are taken for."""
        if isinstance(value, str):
            return self._read(value)
        if isinstance(value, list):
            return [self.items.cast(each) if self.items else each for each in value]
        if isinstance(value, dict):
            return {name: self.of(name).cast(each) for name, each in value.items()}
        return value

    def of(self, name: str) -> Shape:
        """Return the shape of an attribute."""
        return self.named.get(name) or self.others or _ANY

    def _read(self, text: str) -> Any:
        kinds = self.kinds
        if kinds is None or kinds == _STRING:
            return text
        if "integer" in kinds and _INTEGER.fullmatch(text):
            return int(text)
        if "number" in kinds and _NUMBER.fullmatch(text):
            number = int(text) if _INTEGER.fullmatch(text) else float(text)
            return number if math.isfinite(number) else text
        kind, value = _WORDS.get(text, ("", None))
        return value if kind in kinds and (kind != "null" or "string" not in kinds) else text


_ANY: Final = Shape()
_STRING: Final = frozenset(("string",))


def json_of(text: str) -> Any:
    """Return the value of a text that is JSON; of any other the text itself."""
    from fieldbound.documents import parse

    document = parse(text)
    return document.value if document.readable else text


def shape(references: References, node: Node, depth: int = 0) -> Shape:
    """Return the shape of a subschema, and of what is in it."""
    nodes = list(_together(references, node, 0))
    if depth > _MOST:
        return _ANY
    named: dict[str, Shape] = {}
    items = others = None
    for each in nodes:
        schema = each.schema
        properties = schema.get("properties")
        if isinstance(properties, dict):
            within = references.child(each, "properties")
            for name in properties:
                named.setdefault(name, shape(references, references.child(within, name), depth + 1))
        if isinstance(schema.get("items"), dict):
            items = shape(references, references.child(each, "items"), depth + 1)
        if isinstance(schema.get("additionalProperties"), dict):
            others = shape(references, references.child(each, "additionalProperties"), depth + 1)
    return Shape(_kinds(references, node, 0), items, named, others)


def _together(references: References, node: Node, depth: int) -> Any:
    """Yield a subschema and all that judge the same value."""
    schema = node.schema
    if not isinstance(schema, dict) or depth > _MOST:
        return
    yield node
    for target in _referred(references, node):
        yield from _together(references, target, depth + 1)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for each in _branches(references, node, keyword):
            yield from _together(references, each, depth + 1)


def _kinds(references: References, node: Node, depth: int) -> Kinds | None:
    """Return the JSON types that a subschema takes, as far as it says; None: any."""
    schema = node.schema
    if not isinstance(schema, dict) or depth > _MOST:
        return None
    found = _own(schema)
    for target in (*_referred(references, node), *_branches(references, node, "allOf")):
        found = _both(found, _kinds(references, target, depth + 1))
    for keyword in ("anyOf", "oneOf"):
        branches = [
            _kinds(references, each, depth + 1) for each in _branches(references, node, keyword)
        ]
        if branches and all(each is not None for each in branches):
            found = _both(found, frozenset().union(*(each or () for each in branches)))
    return found


def _own(schema: Mapping[str, Any]) -> Kinds | None:
    kinds = schema.get("type")
    if isinstance(kinds, str):
        return frozenset((kinds,))
    if isinstance(kinds, list):
        return frozenset(kinds)
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    return frozenset(map(json_type, values)) if isinstance(values, list) else None


def _both(one: Kinds | None, other: Kinds | None) -> Kinds | None:
    if one is None or other is None:
        return other if one is None else one
    shared = one & other
    if "integer" in one | other and "number" in one | other:
        shared |= {"integer"}
    return shared


def _referred(references: References, node: Node) -> list[Node]:
    reference = node.schema.get("$ref")
    try:
        return [references.resolved(node, reference)] if isinstance(reference, str) else []
    except (KeyError, IndexError, TypeError, ValueError):
        return []


def _branches(references: References, node: Node, keyword: str) -> list[Node]:
    listed = node.schema.get(keyword)
    if not isinstance(listed, list):
        return []
    within = references.child(node, keyword)
    return [references.child(within, index) for index in range(len(listed))]
