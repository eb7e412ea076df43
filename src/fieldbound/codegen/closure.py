"""Which names an object may have, and how many items an array, as its contract says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from fieldbound.model import Limit
from fieldbound.validation import Contract, checker_of

#: Keywords that let an object have names, so that unevaluatedProperties allows these.
_ALLOWING: Final = frozenset(
    "properties patternProperties additionalProperties unevaluatedProperties".split()
)
_ITEMS: Final = frozenset(("prefixItems", "items"))
#: The keywords of limits that close an array behind its first items.
END_OF_ITEMS: Final = ("items", "additionalItems")
#: The keywords of limits that close an object.
CLOSERS: Final = ("additionalProperties", "unevaluatedProperties")


class Closure(NamedTuple):
    """Whether an object is *closed* but for the *known* names, and those of the *patterns*."""

    closed: bool = False
    known: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()


class Closures:
    """The closures of the objects and arrays of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._limits = checker_of(contract).compiled.limits
        self._always: dict[str, list[Mapping[str, Any]]] = {}
        self._conditional: set[str] = set()
        self._arrays: dict[str, list[Mapping[str, Any]]] = {}
        for trail in self._limits.trails(include_conditions=True):
            schema = trail.node.schema
            if not isinstance(schema, dict):
                continue
            if not _ITEMS.isdisjoint(schema):
                self._arrays.setdefault(trail.pointer, []).append(schema)
            if _ALLOWING.isdisjoint(schema):
                continue
            if trail.conditions:
                self._conditional.add(trail.pointer)
            else:
                self._always.setdefault(trail.pointer, []).append(schema)

    def at(self, pointer: str, closers: list[Limit]) -> Closure:
        """Return the closure at a pointer, of the limits there that close it without a condition.

        An object with several, or one that depends on a condition, is taken as open.
        """
        if len(closers) != 1 or closers[0].value is not False:
            return Closure()
        if closers[0].keyword == "additionalProperties":
            return _closure([self._limits.schema_with(closers[0]) or {}])
        schemas = self._always.get(pointer, [])
        is_open = any("additionalProperties" in each for each in schemas)
        if is_open or pointer in self._conditional:
            return Closure()
        return _closure(schemas)

    def is_map(self, pointer: str) -> bool:
        """Return whether an object has any names, and values that are all of one schema."""
        schemas = self._always.get(pointer, [])
        is_one = len(schemas) == 1 and pointer not in self._conditional
        return is_one and _map_alone(schemas[0])

    def has_first(self, pointer: str) -> bool:
        """Return whether some of an array's items have a schema of their own."""
        found = self._arrays.get(pointer, [])
        return any(isinstance(each.get(word), list) for each in found for word in _ITEMS)

    def size_at(self, pointer: str, limits: Iterable[Limit]) -> int:
        """Return how many items an array has, each with a schema of its own; 0 if not so."""
        schemas = self._arrays.get(pointer, [])
        if len(schemas) != 1:
            return 0
        (schema,) = schemas
        first = schema.get("prefixItems", schema.get("items"))
        size = len(first) if isinstance(first, list) else 0
        ends = [each.value for each in limits if each.keyword in (*END_OF_ITEMS, "maxItems")]
        least = [each.value for each in limits if each.keyword == "minItems"]
        is_fixed = bool(least) and max(least) == size and (False in ends or size in ends)
        return size if is_fixed else 0


def _map_alone(schema: Mapping[str, Any]) -> bool:
    return _ALLOWING & schema.keys() == {"additionalProperties"} and isinstance(
        schema["additionalProperties"], dict
    )


def _closure(schemas: list[Mapping[str, Any]]) -> Closure:
    known = {name for each in schemas for name in each.get("properties", ())}
    patterns = [name for each in schemas for name in each.get("patternProperties", ())]
    return Closure(True, frozenset(known), tuple(dict.fromkeys(patterns)))
