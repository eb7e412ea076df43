"""Strings of headers, parameters and cells, coerced to the JSON types that their schema asks for.

A string becomes a number, true or false only where it is written as JSON writes them: `TRUE`, `+5`
and `007` stay strings, and are reported as such. A cell is read as the same text in JSON would be:
`10.0` is a number where an integer is asked for, and so is any number that has a limit.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final

from fieldbound.model import DRAFT_4, Node, SchemaRegistry, json_type, type_names

Types = frozenset[str]

_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,400})", re.ASCII)
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,400})(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
#: Keywords that limit numbers alone.
_OF_NUMBERS: Final = frozenset(
    ("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf")
)
_WORDS: Final = {"true": ("boolean", True), "false": ("boolean", False), "null": ("null", None)}


class Coercion:
    """The JSON types of a schema, None being any, and those of its items and properties.

    These are looked up when they are asked for: a schema may refer to itself.
    """

    def __init__(
        self, references: SchemaRegistry | None = None, nodes: Sequence[Node] = ()
    ) -> None:
        self._references, self._nodes = references, nodes

    @cached_property
    def types(self) -> Types | None:
        """The JSON types that the schema accepts, None for any."""
        known: dict[str, Types | None] = {}
        found: Types | None = None
        for node in self._nodes[:1]:  # the others are part of it
            found = _types_of(self._known, node, known)
        return found

    @cached_property
    def cell_types(self) -> Types | None:
        """The JSON types of a cell, numbers among them if they alone are limited, None for any."""
        if self.types is None and any(_OF_NUMBERS.intersection(at.schema) for at in self._nodes):
            return _NUMBER_OR_STRING
        return self.types

    @cached_property
    def items(self) -> Coercion | None:
        """The coercion of the items, None where the schema says nothing of them."""
        return self._last("items")

    @cached_property
    def others(self) -> Coercion | None:
        """The coercion of properties that have no name, None where the schema says nothing."""
        return self._last("additionalProperties")

    @cached_property
    def named(self) -> Mapping[str, Coercion]:
        """The coercions of the properties by name."""
        found: dict[str, Coercion] = {}
        for each in self._nodes:
            if isinstance(each.schema.get("properties"), dict):
                within = self._known.child(each, "properties")
                for name in within.schema:
                    if name not in found:
                        found[name] = coercion_of(self._known, self._known.child(within, name))
        return found

    @property
    def _known(self) -> SchemaRegistry:
        assert self._references is not None  # noqa: S101 - there is no node without it
        return self._references

    def _last(self, keyword: str) -> Coercion | None:
        found = [each for each in self._nodes if isinstance(each.schema.get(keyword), dict)]
        return coercion_of(self._known, self._known.child(found[-1], keyword)) if found else None

    @property
    def structure(self) -> str:
        """How a string is split: as an "array", an "object", or "" for not at all."""
        types = self.types or frozenset()
        return next((each for each in ("array", "object") if each in types), "")

    def cast(self, value: Any) -> Any:
        """Return strings, alone or in lists and dicts, as values of the types asked for."""
        if isinstance(value, str):
            return _read(value, self.types)
        if isinstance(value, list):
            return [self.items.cast(each) if self.items else each for each in value]
        if isinstance(value, dict):
            return {name: self.of(name).cast(each) for name, each in value.items()}
        return value

    def of(self, name: str) -> Coercion:
        """Return the coercion of a property."""
        return self.named.get(name) or self.others or _ANY

    def cast_cell(self, text: str) -> Any:
        """Return the text of a cell as a value of its types, a number as JSON has it."""
        types = self.cell_types or _STRING
        may_be_text = "string" in types
        if may_be_text and text in self._choices:
            return text
        value = _read(text, types | _NUMBER_ALONE if "integer" in types else types)
        if may_be_text and "number" not in types and isinstance(value, float):
            return value if value.is_integer() and not self._refuses_points else text
        return value

    @cached_property
    def _refuses_points(self) -> bool:
        """Whether an integer has no point: in draft 4, but not in a list of values."""
        named = [type_names(each.schema) for each in self._nodes if each.draft == DRAFT_4]
        return any("integer" in each for each in named)

    @cached_property
    def _choices(self) -> frozenset[str]:
        """The strings that the schema lists."""
        listed = [each.schema.get("enum") for each in self._nodes]
        values = [each.schema.get("const") for each in self._nodes]
        values += [each for some in listed if isinstance(some, list) for each in some]
        return frozenset(each for each in values if isinstance(each, str))


_ANY: Final = Coercion()
_STRING: Final = frozenset(("string",))
_NUMBER_ALONE: Final = frozenset(("number",))
_NUMBER_OR_STRING: Final = _STRING | _NUMBER_ALONE


def _read(text: str, types: Types | None) -> Any:
    """Return a text as a value of one of some types, else the text itself."""
    if types is None or types == _STRING:
        return text
    if "integer" in types and _INTEGER.fullmatch(text):
        return int(text)
    if "number" in types and _NUMBER.fullmatch(text):
        number = int(text) if _INTEGER.fullmatch(text) else float(text)
        return number if math.isfinite(number) else text
    kind, value = _WORDS.get(text, ("", None))
    return value if kind in types and (kind != "null" or "string" not in types) else text


def json_value(text: str) -> Any:
    """Return the value of a text that is JSON, else the text itself."""
    from fieldbound.documents import parse

    document = parse(text)
    return document.value if document.readable else text


def coercion_of(references: SchemaRegistry, node: Node) -> Coercion:
    """Return the coercion of a subschema, and of its items and properties."""
    return Coercion(references, [*_applying(references, node, set())])


def _applying(references: SchemaRegistry, node: Node, seen: set[str]) -> Iterator[Node]:
    """Yield a subschema and all others that apply to the same value, each once."""
    if not isinstance(node.schema, dict) or node.location in seen:
        return
    seen.add(node.location)
    yield node
    for target in _referenced(references, node):
        yield from _applying(references, target, seen)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for each in _branches(references, node, keyword):
            yield from _applying(references, each, seen)


def _types_of(
    references: SchemaRegistry, node: Node, known: dict[str, Types | None]
) -> Types | None:
    """Return the JSON types that a subschema accepts, None for any, and add them to *known*."""
    schema, at = node.schema, node.location
    if not isinstance(schema, dict):
        return None
    if at in known:
        return known[at]
    known[at] = None  # where it refers to itself
    found = _own_types(schema)
    for target in (*_referenced(references, node), *_branches(references, node, "allOf")):
        found = _intersection(found, _types_of(references, target, known))
    for keyword in ("anyOf", "oneOf"):
        branches = [
            _types_of(references, each, known) for each in _branches(references, node, keyword)
        ]
        if branches and all(each is not None for each in branches):
            found = _intersection(found, frozenset().union(*(each or () for each in branches)))
    known[at] = found
    return found


def _own_types(schema: Mapping[str, Any]) -> Types | None:
    if names := type_names(schema):
        return frozenset(names)
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
