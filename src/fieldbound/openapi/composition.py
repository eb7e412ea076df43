"""The graph of schemas that `$ref`, `allOf` and other in-place applicators connect, across files.

Schemas that apply to the same instance are seen as one: a property that one of them requires may
be read-only by another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, TypeAlias

from fieldbound.model import (
    BrokenContract,
    members,
    percent_decoded,
    resolve_uri,
    tokens_of,
)

from .node import PointerTokens

#: A schema's file, by its URI, and the pointer to it there.
SchemaLocation: TypeAlias = tuple[str, PointerTokens]

_ALTERNATIVES: Final = ("oneOf", "anyOf")
_BRANCHES: Final = (*_ALTERNATIVES, "then", "else")
_IN_PLACE: Final = ("allOf", *_BRANCHES, "if", "not", "dependentSchemas")
_WITH_SUBSCHEMAS: Final = frozenset(("allOf", *_ALTERNATIVES, "dependentSchemas"))
_CACHE_SIZE: Final = 10_000


class SchemaGraph:
    """The schemas of files: *read* returns the one at a location, *load* a whole file."""

    def __init__(
        self, load: Callable[[str], Any], read: Callable[[str, PointerTokens], Any]
    ) -> None:
        self._load = load
        self._read = read
        self.conjuncts = lru_cache(_CACHE_SIZE)(self._conjuncts)
        self._circular: dict[SchemaLocation, bool] = {}

    def schema(self, location: SchemaLocation) -> dict[str, Any]:
        """Return the schema at a location; {} for a boolean or a missing one."""
        try:
            part = self._read(*location)
        except (BrokenContract, LookupError, ValueError, TypeError):
            return {}  # an unresolved $ref is reported where it is resolved
        return part if isinstance(part, dict) else {}

    def names(self, location: SchemaLocation) -> list[str]:
        """Return the names in a map of schemas; none for a missing one."""
        part = self._load(location[0])
        for token in location[1]:
            part = part.get(token) if isinstance(part, dict) else None
        return list(part) if isinstance(part, dict) else []

    def target(self, location: SchemaLocation) -> SchemaLocation | None:
        """Return the target of the $ref in a schema, or None without one."""
        reference = self.schema(location).get("$ref")
        if not isinstance(reference, str):
            return None
        uri, _, fragment = resolve_uri(location[0], reference).partition("#")
        if fragment and not fragment.startswith("/"):
            return None  # an anchor, which schemas of OpenAPI documents don't have
        return uri, tokens_of(percent_decoded(fragment))

    def is_circular(self, location: SchemaLocation) -> bool:
        """Return whether the chain of references from a schema is a cycle."""
        seen = set[SchemaLocation]()
        current: SchemaLocation | None = location
        while current is not None and current not in seen and current not in self._circular:
            seen.add(current)
            current = self.target(current)
        found = current is not None and self._circular.get(current, True)
        self._circular.update(dict.fromkeys(seen, found))
        return found

    def _conjuncts(self, location: SchemaLocation) -> tuple[SchemaLocation, ...]:
        """Return a schema and those that apply with it to every instance, by $ref and allOf."""
        return tuple(self._reachable([location], lambda each: self._adjacent(each, ("allOf",))))

    def applied_in_place(
        self,
        start: Iterable[SchemaLocation],
        more: Callable[[SchemaLocation], Iterable[SchemaLocation]],
    ) -> set[SchemaLocation]:
        """Return schemas, all that may apply to the same instance, and what *more* adds to each."""

        def adjacent(each: SchemaLocation) -> Iterator[SchemaLocation]:
            yield from self._adjacent(each, _IN_PLACE)
            yield from more(each)

        return set(self._reachable(start, adjacent))

    def _adjacent(
        self, location: SchemaLocation, keywords: Iterable[str]
    ) -> Iterator[SchemaLocation]:
        """Yield the $ref target of a schema, and its subschemas under some keywords."""
        target = self.target(location)
        if target is not None:
            yield target
        schema, (uri, tokens) = self.schema(location), location
        for keyword in keywords:
            if keyword in _WITH_SUBSCHEMAS:
                for token, _ in members(schema.get(keyword)):
                    yield uri, (*tokens, keyword, token)
            elif isinstance(schema.get(keyword), dict):
                yield uri, (*tokens, keyword)

    def _reachable(
        self,
        start: Iterable[SchemaLocation],
        adjacent: Callable[[SchemaLocation], Iterable[SchemaLocation]],
    ) -> dict[SchemaLocation, None]:
        found: dict[SchemaLocation, None] = {}
        pending = list(start)
        while pending:
            each = pending.pop()
            if each not in found:
                found[each] = None
                pending += adjacent(each)
        return found

    # -- readOnly and writeOnly ------------------------------------------------------------------

    def marked_by(self, location: SchemaLocation, keyword: str) -> SchemaLocation | None:
        """Return the schema among its conjuncts that sets readOnly or writeOnly to true."""
        conjuncts = self.conjuncts(location)
        return next((each for each in conjuncts if self.schema(each).get(keyword) is True), None)

    def forbidden_required(
        self, location: SchemaLocation, keyword: str
    ) -> Iterator[tuple[SchemaLocation, frozenset[str]]]:
        """Yield the conjuncts and branches of a schema that require forbidden properties.

        Those are marked by *keyword*, readOnly or writeOnly. An alternative that is nothing but
        such a `required` is not yielded: it stays, and never matches. A schema that is yielded is
        changed for all messages of that direction, also where it is used on its own.
        """
        schema = self.schema(location)
        is_mixed = "required" in schema and not schema.keys().isdisjoint(("properties", "$ref"))
        if "allOf" not in schema and not is_mixed:
            return
        conjuncts = self.conjuncts(location)
        required_by = {
            each: {name for name in required if isinstance(name, str)}
            for each in self._with_branches(conjuncts)
            if isinstance(required := self.schema(each).get("required"), list)
        }
        names = set(self._marked_properties(conjuncts, keyword)) if required_by else set[str]()
        for each, required in required_by.items():
            is_alternative = (
                each not in conjuncts and each[1][-2:-1] and each[1][-2] in _ALTERNATIVES
            )
            is_bare = is_alternative and self.schema(each).keys() == {"required"}
            if not (is_bare and required <= names) and not required.isdisjoint(names):
                yield each, frozenset(required & names)

    def _with_branches(self, conjuncts: Iterable[SchemaLocation]) -> dict[SchemaLocation, None]:
        return self._reachable(conjuncts, lambda each: self._adjacent(each, ("allOf", *_BRANCHES)))

    def _marked_properties(self, schemas: Iterable[SchemaLocation], keyword: str) -> Iterator[str]:
        for uri, tokens in schemas:
            properties = self.schema((uri, tokens)).get("properties")
            for name in properties if isinstance(properties, dict) else ():
                if self.marked_by((uri, (*tokens, "properties", name)), keyword) is not None:
                    yield name
