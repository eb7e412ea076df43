"""How many alternatives a schema has once those that meet in `allOf` are multiplied out.

An estimate, made before the engine multiplies: its time and its memory grow with their number. A
reference that leads back to itself counts once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache, reduce
from operator import mul
from typing import Any, Final

import jsonschema_rs

from fieldbound.model import members

#: Maximum number of alternatives to calculate with. The engine compares each with each: patterns of
#: 2**10 take it less than 0.1 s, of 2**12 a second, of 2**13 four, and of 2**14 over 14.
MAX_ALTERNATIVES: Final = 2**10
#: Maximum number of references within each other; a deeper one counts once.
_MAX_DEPTH: Final = 40
#: Numbers beyond the maximum are all the same, and stay small.
_MANY: Final = MAX_ALTERNATIVES + 1
_ALTERNATIVES: Final = ("anyOf", "oneOf")
_DEPENDENCIES: Final = ("dependentRequired", "dependentSchemas", "dependencies")
#: Keywords that have more alternatives than one, or may have.
_WIDENING: Final = frozenset(("if", "then", "else", "not", *_ALTERNATIVES, *_DEPENDENCIES))
#: Keywords of the values within a value, on which the schemas that meet say something together.
_PARTS_BY_NAME: Final = ("properties", "patternProperties", "prefixItems")
_PARTS: Final = ("additionalProperties", "items", "propertyNames")
#: Keywords whose negation adds no alternative: annotations, and types, which are taken together.
_UNCOUNTED: Final = frozenset("$schema $id $defs definitions title description type".split())


def is_wide(
    schema: Any, registry: jsonschema_rs.Registry | None = None, base_uri: str = ""
) -> bool:
    """Return whether a schema has more alternatives than are calculated with, at some place."""
    counter = _counter_of(registry) if registry is not None else _Counter(None)
    try:
        return counter.shape(schema, base_uri).widest > MAX_ALTERNATIVES
    except RecursionError:
        return True


def with_fewer_alternatives(
    schema: Any, registry: jsonschema_rs.Registry | None, base_uri: str
) -> list[Any]:
    """Return schemas that are not wide, in place of one that is.

    One whose values are likely to be valid, with the first of all alternatives, and one that
    accepts every valid value, with none. Those that are wide nevertheless are left out.
    """
    fewer = (_first_alternatives(schema), without_keywords(schema, _WIDENING))
    return [each for each in fewer if not is_wide(each, registry, base_uri)]


def without_keywords(schema: Any, names: frozenset[str]) -> Any:
    """Return a schema without keywords of some names, wherever they are."""
    if isinstance(schema, dict):
        rest = {name: each for name, each in schema.items() if name not in names}
        return {name: without_keywords(each, names) for name, each in rest.items()}
    if isinstance(schema, list):
        return [without_keywords(each, names) for each in schema]
    return schema


def _first_alternatives(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_first_alternatives(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _first_alternatives(
            part[:1] if name in _ALTERNATIVES and isinstance(part, list) else part
        )
        for name, part in schema.items()
    }


class _Shape:
    """The alternatives of a schema: how many, those of each part of a value, and the most."""

    __slots__ = ("count", "parts", "widest")

    def __init__(self, count: int = 1, parts: Mapping[Any, _Shape] | None = None) -> None:
        self.count = count
        self.parts = parts or {}
        self.widest: int = max([count, *[each.widest for each in self.parts.values()]])


_ONE: Final = _Shape()


class _Counter:
    """Counts the alternatives of schemas that refer to those of one registry, each target once."""

    def __init__(self, registry: jsonschema_rs.Registry | None) -> None:
        self._registry = registry
        self._targets: dict[tuple[str, str], tuple[Any, str]] = {}
        self._shapes: dict[tuple[str, str], _Shape] = {}
        self._negated: dict[tuple[str, str], int] = {}
        self._depth = 0
        #: What two shapes are together, with the two, which keeps their identity theirs.
        self._combined: dict[tuple[int, int, Any], tuple[_Shape, _Shape, _Shape]] = {}

    def shape(self, schema: Any, uri: str) -> _Shape:
        """Return the alternatives of a schema."""
        if not isinstance(schema, dict):
            return _ONE
        return self._all(
            shape for keyword in schema for shape in self._of_keyword(schema, keyword, uri)
        )

    def _of_keyword(self, schema: Any, keyword: str, uri: str) -> Iterator[_Shape]:
        value = schema[keyword]
        if keyword == "$ref" and isinstance(value, str):
            yield self._of_target(value, uri)
        elif keyword == "allOf":
            yield from (self.shape(each, uri) for _, each in members(value))
        elif keyword in _ALTERNATIVES:
            shapes = [self.shape(each, uri) for _, each in members(value)]
            yield reduce(self._either, shapes) if shapes else _ONE
        elif keyword == "if":
            then, other = (self.shape(schema.get(each), uri) for each in ("then", "else"))
            unmet = self._both(_Shape(self.negated(value, uri)), other)
            yield self._either(self._both(self.shape(value, uri), then), unmet)
        elif keyword == "not":
            yield _Shape(self.negated(value, uri))
        elif keyword in _DEPENDENCIES:
            for _, each in members(value):
                yield self._either(_ONE, self.shape(each, uri))
        elif keyword in _PARTS and isinstance(value, dict):
            yield _Shape(parts={keyword: self.shape(value, uri)})
        elif keyword in (*_PARTS_BY_NAME, "items"):
            parts = {(keyword, name): self.shape(each, uri) for name, each in members(value)}
            yield _Shape(parts=parts)

    def negated(self, schema: Any, uri: str) -> int:
        """Return how many alternatives the negation of a schema has."""
        if not isinstance(schema, dict):
            return 1
        count = sum(self._negated_keyword(schema, keyword, uri) for keyword in schema)
        return min(max(count, 1), _MANY)

    def _negated_keyword(self, schema: Any, keyword: str, uri: str) -> int:
        value = schema[keyword]
        if keyword in _UNCOUNTED:
            return 0
        if keyword == "$ref" and isinstance(value, str):
            return self._negated_target(value, uri)
        if keyword == "not":
            return self.shape(value, uri).count
        if keyword == "allOf":
            return sum(self.negated(each, uri) for _, each in members(value))
        if keyword in _ALTERNATIVES:
            counts = (self.negated(each, uri) for _, each in members(value))
            return reduce(lambda one, other: min(one * other, _MANY), counts, 1)
        if keyword in ("required", *_PARTS_BY_NAME) and isinstance(value, (list, dict)):
            return 1 + len(value)  # the value has another type, or fails one of them
        return 1

    # -- references ----------------------------------------------------------------------------

    def _of_target(self, reference: str, uri: str) -> _Shape:
        key = (uri, reference)
        if key not in self._shapes:
            if self._depth == _MAX_DEPTH:
                return _ONE
            self._shapes[key] = _ONE  # of a reference within itself
            self._depth += 1
            try:
                self._shapes[key] = self.shape(*self._target(key))
            finally:
                self._depth -= 1
        return self._shapes[key]

    def _negated_target(self, reference: str, uri: str) -> int:
        key = (uri, reference)
        if key not in self._negated:
            self._negated[key] = 1
            self._negated[key] = self.negated(*self._target(key))
        return self._negated[key]

    def _target(self, key: tuple[str, str]) -> tuple[Any, str]:
        """Return the target of a reference and its URI; one that is missing accepts everything."""
        if key not in self._targets:
            self._targets[key] = (True, "")
            if self._registry is not None:
                try:
                    found = self._registry.resolver(key[0]).lookup(key[1])
                    self._targets[key] = (found.contents, found.resolver.base_uri)
                except jsonschema_rs.ReferencingError:
                    pass  # reported where it is resolved
        return self._targets[key]

    # -- schemas that meet, and schemas of which one applies -----------------------------------

    def _all(self, shapes: Iterable[_Shape]) -> _Shape:
        return reduce(self._both, shapes, _ONE)

    def _both(self, one: _Shape, other: _Shape) -> _Shape:
        return self._combine(one, other, mul)

    def _either(self, one: _Shape, other: _Shape) -> _Shape:
        count = min(one.count + other.count, _MANY)
        return _Shape(count, self._combine(one, other, max).parts)

    def _combine(self, one: _Shape, other: _Shape, of_counts: Callable[[int, int], int]) -> _Shape:
        if one is _ONE or other is _ONE:
            return other if one is _ONE else one
        key = (id(one), id(other), of_counts)
        if key not in self._combined:
            parts = {**one.parts, **other.parts}
            for name in one.parts.keys() & other.parts.keys():
                parts[name] = self._combine(one.parts[name], other.parts[name], of_counts)
            combined = _Shape(min(of_counts(one.count, other.count), _MANY), parts)
            self._combined[key] = (one, other, combined)
        return self._combined[key][2]


@lru_cache(maxsize=4)
def _counter_of(registry: jsonschema_rs.Registry) -> _Counter:
    return _Counter(registry)
