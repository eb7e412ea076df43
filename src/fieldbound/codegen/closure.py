"""Which names an object may have, where its contract says that it may have no others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from fieldbound.model import Limit
from fieldbound.validation import Contract, checker_of

#: Keywords that let an object have names, so that unevaluatedProperties allows these.
_ALLOWING: Final = frozenset(
    "properties patternProperties additionalProperties unevaluatedProperties".split()
)
#: The keywords of limits that close an object.
CLOSERS: Final = ("additionalProperties", "unevaluatedProperties")


class Closure(NamedTuple):
    """Whether an object is *closed* but for the *known* names, and those of the *patterns*."""

    closed: bool = False
    known: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = ()


class Closures:
    """The closures of the objects of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._limits = checker_of(contract).compiled.limits
        self._always: dict[str, list[Mapping[str, Any]]] = {}
        self._conditional: set[str] = set()
        for trail in self._limits.trails(include_conditions=True):
            schema = trail.node.schema
            if not isinstance(schema, dict) or _ALLOWING.isdisjoint(schema):
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


def _closure(schemas: list[Mapping[str, Any]]) -> Closure:
    known = {name for each in schemas for name in each.get("properties", ())}
    patterns = [name for each in schemas for name in each.get("patternProperties", ())]
    return Closure(True, frozenset(known), tuple(dict.fromkeys(patterns)))
