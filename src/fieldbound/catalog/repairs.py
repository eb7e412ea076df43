"""What is taken out of the schemas of a foreign document, so that the rest can be checked.

A schema without one of its limits accepts more than it should. Where that would reject an instance
after all, as in `not` or among the alternatives of oneOf, what cannot be decided is taken out, too:
nothing is rejected because of a limit that is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from fieldbound.model import NOT_CHECKED, BrokenContract, child_schemas
from fieldbound.openapi import PointerTokens, SchemaLocation

_DECIDES: Final = ("not", "if")
_IN_PLACE: Final = frozenset(
    "$ref $dynamicRef $recursiveRef allOf anyOf oneOf not if then else dependentSchemas".split()
)
#: Keywords that say which properties or items there are, and those that reject any other.
_CLOSED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "properties": ("additionalProperties",),
    "patternProperties": ("additionalProperties",),
    "prefixItems": ("items",),
    "items": ("additionalItems",),
}
_UNEVALUATED: Final = ("unevaluatedProperties", "unevaluatedItems")
#: A schema whose number of matching items is bounded from above.
_UPPER_BOUND: Final = {"contains": "maxContains"}


class Repair(NamedTuple):
    """What is taken out of a schema, by the path within it (() is all of it), and why."""

    path: PointerTokens
    error: BrokenContract
    weakens: bool = True
    is_reported: bool = True


class Repairs:
    """The repairs of the schemas at some locations."""

    def __init__(self) -> None:
        self._repairs: dict[SchemaLocation, dict[PointerTokens, Repair]] = {}
        #: Schemas in which a keyword cannot be decided: the keyword, and the reasons.
        self._undecided: dict[SchemaLocation, dict[str, tuple[str, ...]]] = {}
        self.errors: list[BrokenContract] = []
        self._reported = set[str]()

    def __bool__(self) -> bool:
        return bool(self._repairs)

    def add(self, location: SchemaLocation, repair: Repair) -> bool:
        """Add a repair; return whether it is a new one."""
        known = self._repairs.setdefault(location, {})
        if repair.path in known:
            return False
        known[repair.path] = repair
        if repair.is_reported and str(repair.error) not in self._reported:
            self.report(repair.error)
        return True

    def report(self, error: BrokenContract) -> None:
        """Add an error to those that are reported."""
        self.errors.append(error)
        self._reported.add(str(error))

    def items(self) -> Iterator[tuple[SchemaLocation, Repair]]:
        """Yield every repair with the location of its schema."""
        for location, repairs in self._repairs.items():
            yield from ((location, each) for each in repairs.values())

    def apply(self, location: SchemaLocation, schema: Any) -> Any:
        """Return a schema without what is taken out of it, with the reasons."""
        repairs = [*self._repairs.get(location, {}).values()]
        undecided = self._undecided.get(location)
        if not repairs and undecided is None:
            return schema
        reasons = [str(each.error) for each in repairs if each.is_reported]
        result = dict(schema) if isinstance(schema, dict) else {}
        for each in sorted(repairs, key=_by_index, reverse=True):
            result = _without(result, each.path) if each.path else _annotations(result)
            if each.weakens:
                _open(result, each.path)
        for keyword, why in (undecided or {}).items():
            _undecide(result, keyword)
            reasons += why
        if reasons:
            result[NOT_CHECKED] = list(dict.fromkeys([*result.get(NOT_CHECKED, ()), *reasons]))
        return result

    def finish(self, location: SchemaLocation, copy: dict[str, Any]) -> dict[str, Any]:
        """Return the copy of a schema that decides between alternatives only where it can.

        A weak one that matches may not match as a whole: then another may be the one.
        """
        if "oneOf" not in self._undecided.get(location, ()) or "oneOf" not in copy:
            return copy
        rest = {keyword: each for keyword, each in copy.items() if keyword != "oneOf"}
        if "anyOf" in rest:
            return {**rest, "allOf": [*rest.get("allOf", ()), {"anyOf": copy["oneOf"]}]}
        return {**rest, "anyOf": copy["oneOf"]}

    def decide(
        self,
        schemas: Mapping[SchemaLocation, Any],
        references: Mapping[SchemaLocation, SchemaLocation],
    ) -> None:
        """Find what cannot be decided in *schemas*, which have *references* to each other."""
        weak = {
            location: [str(each.error) for each in repairs.values() if each.weakens]
            for location, repairs in self._repairs.items()
        }
        self._undecided = {}
        reasons = _spread({at: why for at, why in weak.items() if why}, schemas, references)
        for location, schema in schemas.items() if reasons else ():
            for keyword, why in _undecidable(location, schema, reasons):
                self._undecided.setdefault(location, {})[keyword] = why


def _by_index(repair: Repair) -> tuple[Any, ...]:
    """Return the key by which the later items of a list come after the earlier ones."""
    return tuple(
        (token.isdecimal(), int(token) if token.isdecimal() else 0) for token in repair.path
    )


def _without(part: Any, path: PointerTokens) -> Any:
    """Return a part of a schema without what is at a path in it."""
    token = path[0]
    if isinstance(part, list):
        index = int(token)
        if index >= len(part):  # one that `finish` adds
            return part
        inner = [_without(part[index], path[1:])] if path[1:] else []
        return [*part[:index], *inner, *part[index + 1 :]]
    if not isinstance(part, dict) or token not in part:
        return part
    rest = {key: each for key, each in part.items() if key != token}
    if not path[1:]:
        return rest
    inner = _without(part[token], path[1:])
    return {**rest, token: inner} if inner else rest


def _annotations(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what describes a schema, and constrains nothing."""
    kept = ("title", "description", "x-source", NOT_CHECKED, "x-sensitive", "$defs", "definitions")
    return {keyword: each for keyword, each in schema.items() if keyword in kept}


def _open(schema: dict[str, Any], path: PointerTokens) -> None:
    """Keep a schema from rejecting what only the part taken out would have allowed."""
    keyword = path[0] if path else "$ref"
    for closer in _CLOSED_BY.get(keyword, ()):
        schema.pop(closer, None)
    if keyword in _IN_PLACE or keyword in _CLOSED_BY:
        schema.update(dict.fromkeys(_UNEVALUATED, True))


def _undecide(schema: dict[str, Any], keyword: str) -> None:
    """Take what a keyword decides out of a schema."""
    if keyword == "oneOf":
        return  # `finish` does, when the alternatives are copied
    for each in ("if", "then", "else") if keyword == "if" else (keyword,):
        schema.pop(each, None)
    _open(schema, (keyword,))


def _undecidable(
    location: SchemaLocation, schema: Any, reasons: Mapping[SchemaLocation, tuple[str, ...]]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the keywords of a schema that a weak subschema leaves undecided, with the reasons."""
    uri, tokens = location
    if not isinstance(schema, dict):
        return
    for keyword in _DECIDES:
        if (uri, (*tokens, keyword)) in reasons:
            yield keyword, reasons[uri, (*tokens, keyword)]
    for keyword, bound in _UPPER_BOUND.items():
        if bound in schema and (uri, (*tokens, keyword)) in reasons:
            yield bound, reasons[uri, (*tokens, keyword)]
    branches = schema.get("oneOf")
    count = len(branches) if isinstance(branches, list) else 0
    if any((uri, (*tokens, "oneOf", str(index))) in reasons for index in range(count)):
        yield "oneOf", ()


def _spread(
    weak: Mapping[SchemaLocation, Iterable[str]],
    schemas: Mapping[SchemaLocation, Any],
    references: Mapping[SchemaLocation, SchemaLocation],
) -> dict[SchemaLocation, tuple[str, ...]]:
    """Return the schemas that a weak one is part of, or referred to by, with its reasons."""
    if not weak:
        return {}
    used_by: dict[SchemaLocation, list[SchemaLocation]] = {}
    for location, schema in schemas.items():
        uri, tokens = location
        for at, _ in child_schemas(schema):
            used_by.setdefault((uri, (*tokens, *at)), []).append(location)
    for location, target in references.items():
        used_by.setdefault(target, []).append(location)
    found: dict[SchemaLocation, dict[str, None]] = {}
    pending = [(location, tuple(why)) for location, why in weak.items()]
    while pending:
        location, why = pending.pop()
        known = found.setdefault(location, {})
        if not known.keys() >= set(why):
            known.update(dict.fromkeys(why))
            pending += [(user, why) for user in used_by.get(location, ())]
    return {location: tuple(why) for location, why in found.items()}
