"""A schema in a file goes in; those it is judged with, by `allOf` and references, come out.

What is written apart is one schema: what one part requires, another may say is not sent at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, TypeAlias

from fieldbound.model import BrokenContract, members, percent_decoded, resolve_uri, tokens_of

Tokens: TypeAlias = tuple[str, ...]
#: A schema's file, by its URI, and the path to it there.
Address: TypeAlias = tuple[str, Tokens]

_ALTERNATIVES: Final = ("oneOf", "anyOf")
_BRANCHES: Final = (*_ALTERNATIVES, "then", "else")
_IN_PLACE: Final = ("allOf", *_BRANCHES, "if", "not", "dependentSchemas")
_SEVERAL: Final = frozenset(("allOf", *_ALTERNATIVES, "dependentSchemas"))
_REMEMBERED: Final = 10_000


class Family:
    """The schemas of files, which are *load*ed by URI, as they belong together."""

    def __init__(self, load: Callable[[str], Any]) -> None:
        self._load = load
        self.members = lru_cache(_REMEMBERED)(self._members)

    def schema(self, address: Address) -> dict[str, Any]:
        """Return the schema at an address; none that is no object demands anything here."""
        try:
            part = self._load(address[0])
            for token in address[1]:
                part = part[int(token)] if isinstance(part, list) else part[token]
        except (BrokenContract, LookupError, ValueError, TypeError):
            return {}  # a reference that leads nowhere is told where it is followed
        return part if isinstance(part, dict) else {}

    def target(self, address: Address) -> Address | None:
        """Return what the reference in a schema leads to, if it has one."""
        reference = self.schema(address).get("$ref")
        if not isinstance(reference, str):
            return None
        uri, _, fragment = resolve_uri(address[0], reference).partition("#")
        if fragment and not fragment.startswith("/"):
            return None  # by a name of its own, as schemas of an API have none
        return uri, tokens_of(percent_decoded(fragment))

    def circles(self, address: Address) -> bool:
        """Return whether references lead from a schema to no end."""
        seen = set[Address]()
        at: Address | None = address
        while at is not None and at not in seen:
            seen.add(at)
            at = self.target(at)
        return at is not None

    def _members(self, address: Address) -> tuple[Address, ...]:
        """Return a schema and those that judge with it, whatever the value."""
        return tuple(self._walked([address], lambda each: self._inner(each, ("allOf",))))

    def in_place(
        self, start: Iterable[Address], also: Callable[[Address], Iterable[Address]]
    ) -> set[Address]:
        """Return schemas and all that may judge the same value with them, and what *also* does."""

        def further(each: Address) -> Iterator[Address]:
            yield from self._inner(each, _IN_PLACE)
            yield from also(each)

        return set(self._walked(start, further))

    def _inner(self, address: Address, keywords: Iterable[str]) -> Iterator[Address]:
        """Yield what a schema refers to, and what is within it under some keywords."""
        target = self.target(address)
        if target is not None:
            yield target
        schema, (uri, tokens) = self.schema(address), address
        for keyword in keywords:
            if keyword in _SEVERAL:
                for token, _ in members(schema.get(keyword)):
                    yield uri, (*tokens, keyword, token)
            elif isinstance(schema.get(keyword), dict):
                yield uri, (*tokens, keyword)

    def _walked(
        self, start: Iterable[Address], further: Callable[[Address], Iterable[Address]]
    ) -> dict[Address, None]:
        found: dict[Address, None] = {}
        waiting = list(start)
        while waiting:
            each = waiting.pop()
            if each not in found:
                found[each] = None
                waiting += further(each)
        return found

    # -- what is required, but not carried -------------------------------------------------------

    def refusal(self, address: Address, refused: str) -> Address | None:
        """Return what says that a schema is readOnly or writeOnly: it, or one it is judged with."""
        own = self.members(address)
        return next((each for each in own if self.schema(each).get(refused) is True), None)

    def lifted(self, address: Address, refused: str) -> Iterator[tuple[Address, frozenset[str]]]:
        """Yield schemas that require attributes that are *refused*, by it or one it is part of.

        *refused* is readOnly or writeOnly. An alternative that says no more than that it is the
        one with such an attribute is left: it is not the one to choose. What is lifted is so
        wherever the same message refers to that schema, also on its own.
        """
        schema = self.schema(address)
        beside = "required" in schema and not schema.keys().isdisjoint(("properties", "$ref"))
        if "allOf" not in schema and not beside:
            return
        members = self.members(address)
        demanding = {
            each: set(required)
            for each in self._branched(members)
            if isinstance(required := self.schema(each).get("required"), list)
        }
        names = set(self._refused(members, refused)) if demanding else set[str]()
        for each, required in demanding.items():
            one_of = each not in members and each[1][-2:-1] and each[1][-2] in _ALTERNATIVES
            only = one_of and self.schema(each).keys() == {"required"} and required <= names
            if not only and not required.isdisjoint(names):
                yield each, frozenset(required & names)

    def _branched(self, members: Iterable[Address]) -> dict[Address, None]:
        """Return schemas, and those by which they may judge: their alternatives."""
        return self._walked(members, lambda each: self._inner(each, ("allOf", *_BRANCHES)))

    def _refused(self, members: Iterable[Address], refused: str) -> Iterator[str]:
        for uri, tokens in members:
            properties = self.schema((uri, tokens)).get("properties")
            for name in properties if isinstance(properties, dict) else ():
                if self.refusal((uri, (*tokens, "properties", name)), refused) is not None:
                    yield name
