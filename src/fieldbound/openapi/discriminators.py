"""A schema with a discriminator goes in; the schemas that extend it and how to choose come out.

The schemas that extend one by `allOf` are known by their names, or by those that the mapping of
the discriminator gives them. Which of them a value is of, is chosen where the schema is referred
to, other than by those that extend it: they would choose among themselves without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from fieldbound.model import Node, members, percent_decoded

from .composition import Address, Family, Tokens

#: Under which keys schemas stand by names that others call them by.
_SHELVES: Final = ("schemas", "$defs", "definitions")
_UNKNOWN: Final = "which schema a value is of by its {name!r} is not documented"

Follow = Callable[[str, Tokens, str, str], Address]


def fault(said: Any) -> tuple[Tokens, str] | None:
    """Return what is wrong with a discriminator, and the path to it in there."""
    if not isinstance(said, dict):
        return (), "a discriminator is an object"
    if not isinstance(said.get("propertyName"), str):
        at = ("propertyName",) if "propertyName" in said else ()
        return at, "a discriminator has a propertyName, which is a text"
    mapping = said.get("mapping", {})
    if not isinstance(mapping, dict):
        return ("mapping",), "the mapping of a discriminator is an object"
    for value, target in mapping.items():
        if not isinstance(target, str):
            return ("mapping", value), "a mapping leads to the name of a schema, or a reference"
    return None


class _Choice(NamedTuple):
    """The subtypes of a schema, each with the values that mean it."""

    name: str
    values: list[Any]  # all, those that mean the schema itself among them, unless it names them
    subtypes: dict[Address, list[Any]]


class Subtypes:
    """The subtypes of schemas, among those beside them and those of the document at *main*."""

    def __init__(self, family: Family, follow: Follow, main: str) -> None:
        self._family = family
        self._follow = follow
        self._main = main
        self._choices: dict[Address, _Choice | None] = {}
        self._apart: dict[Address, set[Address]] = {}

    def demand(self, site: Address) -> tuple[dict[str, Any], list[Address]] | None:
        """Return what a schema demands by the choice that is to be made there, if one is.

        With it come the schemas that it refers to. Raises BrokenContract.
        """
        parent = self._family.target(site) or site
        if parent == site and is_named(site):
            return None
        choice = self._choice(parent)
        if choice is None or site in self._without_choice(parent):
            return None
        if not choice.subtypes:
            return {"x-unspecified": _UNKNOWN.format(name=choice.name)}, []
        if _extends(site):
            return None
        at = Node(None, parent[0], (*parent[1], "discriminator")).location
        tag = {"enum": choice.values, "x-source": {"of": "enum", "at": at}}
        told = [
            {"if": _if(choice.name, values), "then": {"$ref": _location(target)}}
            for target, values in choice.subtypes.items()
        ]
        tags = {"properties": {choice.name: tag}} if choice.values else {}
        return {**tags, "allOf": told}, list(choice.subtypes)

    def _choice(self, parent: Address) -> _Choice | None:
        if parent not in self._choices:
            self._choices[parent] = self._found(parent)
        return self._choices[parent]

    def _found(self, parent: Address) -> _Choice | None:
        schema = self._family.schema(parent)
        said: Any = schema.get("discriminator")
        if "oneOf" in schema or "anyOf" in schema or fault(said) is not None:
            return None
        name, found = said["propertyName"], dict[Address, list[Any]]()
        names = dict(self._names(parent))
        for value, target in said.get("mapping", {}).items():
            at = (*parent[1], "discriminator", "mapping", value)
            address = names.get(target) or self._follow(parent[0], at, parent[0], target)
            found.setdefault(self._end(address), []).append(value)
        for each, address in names.items():
            end = self._end(address)
            if end != parent and (end in found or parent in self._family.members(end)):
                found.setdefault(end, []).append(each)
        found[parent] = found.pop(parent, []) + self._own(parent, names)
        for child in found:
            found[child] = self._pinned(child, parent, name, found[child])
        allowed = self._enum(self._family.members(parent), name)
        if allowed is not None:
            found = {at: [each for each in found[at] if each in allowed] for at in found}
        union = dict.fromkeys(value for each in found.values() for value in each)
        subtypes = {at: [*dict.fromkeys(each)] for at, each in found.items() if each}
        subtypes.pop(parent, None)
        return _Choice(name, list(union) if allowed is None else [], subtypes)

    def _names(self, parent: Address) -> Iterator[tuple[str, Address]]:
        """Yield the schemas that have names: those beside one, and those of the document."""
        uri, tokens = parent
        for name, _ in members(self._family.schema((self._main, ("components", "schemas")))):
            yield name, (self._main, ("components", "schemas", name))
        if tokens and is_named(parent):
            for name, _ in members(self._family.schema((uri, tokens[:-1]))):
                yield name, (uri, (*tokens[:-1], name))
        elif not tokens:
            yield percent_decoded(uri.rpartition("/")[2]).partition(".")[0], parent

    def _own(self, parent: Address, names: Mapping[str, Address]) -> list[Any]:
        """Return the names of a schema itself."""
        return [each for each, address in names.items() if self._end(address) == parent]

    def _end(self, address: Address) -> Address:
        """Return what a schema that does no more than refer to another leads to in the end."""
        for _ in range(len(self._family.members(address))):
            target = self._family.target(address)
            if target is None or len(self._family.schema(address)) > 1:
                break
            address = target
        return address

    def _pinned(self, address: Address, parent: Address, name: str, values: list[Any]) -> list[Any]:
        """Return which values mean a subtype: those that it takes, if it names them itself."""
        shared = self._family.members(parent)
        own = self._enum(
            (each for each in self._family.members(address) if each not in shared), name
        )
        return values if own is None else [each for each in values if each in own] or own

    def _enum(self, addresses: Iterable[Address], name: str) -> list[Any] | None:
        """Return the values that schemas name for an attribute, if they do."""
        for uri, tokens in addresses:
            for each in self._family.members((uri, (*tokens, "properties", name))):
                schema = self._family.schema(each)
                if isinstance(schema.get("enum"), list):
                    return [value for value in schema["enum"] if isinstance(value, str)]
                if isinstance(schema.get("const"), str):
                    return [schema["const"]]
        return None

    def _without_choice(self, parent: Address) -> set[Address]:
        """Return the schemas that judge a value that has been chosen for: there none is chosen."""
        if parent not in self._apart:
            choice = self._choice(parent)
            self._apart[parent] = self._family.in_place(
                choice.subtypes if choice else (), self._led_to
            )
        return self._apart[parent]

    def _led_to(self, address: Address) -> list[Address]:
        choice = self._choice(address)
        return list(choice.subtypes) if choice else []


def is_named(address: Address) -> bool:
    """Return whether a schema stands where others call it by a name."""
    tokens = address[1]
    return not tokens[:-1] or tokens[-2] in _SHELVES


def _extends(site: Address) -> bool:
    """Return whether a reference is that of a schema with a name to the one that it extends."""
    uri, tokens = site
    while tokens[-2:-1] == ("allOf",):
        tokens = tokens[:-2]
    return tokens != site[1] and is_named((uri, tokens))


def _if(name: str, values: list[Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"enum": values}}, "required": [name]}


def _location(address: Address) -> str:
    return Node(None, *address).location
