"""Discriminators written as limits, where that is asked for: what selects each schema.

OpenAPI takes a discriminator for a hint, which changes no verdict. Those who enforce it have it as
limits: of the alternatives of oneOf and anyOf, and of schemas that others extend by `allOf`.

A subtype is selected by its schema name, or by the values that the discriminator's mapping has for
it. The selection applies where the base schema is referenced, but not where a subtype itself
extends it: the subtypes would select among themselves without end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from fieldbound.model import Node, percent_decoded, resolve_uri

from .composition import SchemaGraph, SchemaLocation
from .node import PointerTokens

#: The keys under which schemas have names.
_NAMED_UNDER: Final = ("schemas", "$defs", "definitions")
_ALTERNATIVES: Final = ("oneOf", "anyOf")
_UNDOCUMENTED: Final = "which schema applies for each value of {name!r} is not documented"

#: Resolve a reference at a pointer in a file, relative to a base URI.
Resolve = Callable[[str, PointerTokens, str, str], SchemaLocation]


def discriminator_error(discriminator: Any) -> tuple[PointerTokens, str] | None:
    """Return what is wrong with a discriminator and the pointer to it there, or None if valid."""
    if not isinstance(discriminator, dict):
        return (), "a discriminator must be an object"
    if not isinstance(discriminator.get("propertyName"), str):
        at = ("propertyName",) if "propertyName" in discriminator else ()
        return at, "propertyName of a discriminator must be a string"
    mapping = discriminator.get("mapping", {})
    if not isinstance(mapping, dict):
        return ("mapping",), "the mapping of a discriminator must be an object"
    for value, target in mapping.items():
        if not isinstance(target, str):
            return ("mapping", value), "a mapping value must be a schema name or a reference"
    return None


class _Selection(NamedTuple):
    """The subtypes of a schema, and the property values that select each."""

    property_name: str
    values: list[Any]  # all that are allowed; none where the schema lists them itself
    subtypes: dict[SchemaLocation, list[Any]]


class Subtypes:
    """The subtypes of schemas, among those beside them and those of the document at *main*."""

    def __init__(self, graph: SchemaGraph, resolve: Resolve, main: str) -> None:
        self._graph = graph
        self._resolve = resolve
        self._main = main
        self._selections: dict[SchemaLocation, _Selection | None] = {}
        self._excluded: dict[SchemaLocation, set[SchemaLocation]] = {}

    def conditions(
        self, site: SchemaLocation
    ) -> tuple[dict[str, Any], list[SchemaLocation]] | None:
        """Return the schema that selects a subtype at a site, and the subtypes it refers to.

        None if there is nothing to select there. Raises BrokenContract.
        """
        parent = self._graph.target(site) or site
        if parent == site and has_name(site):
            return None
        selection = self._selection(parent)
        if selection is None or site in self._sites_without_selection(parent):
            return None
        if not selection.subtypes:
            return {"x-unspecified": _UNDOCUMENTED.format(name=selection.property_name)}, []
        if _extends(site):
            return None
        location = _uri_reference((parent[0], (*parent[1], "discriminator")))
        enum = {"enum": selection.values, "x-source": {"of": "enum", "at": location}}
        conditions = [
            {
                "if": _has_value(selection.property_name, values),
                "then": {"$ref": _uri_reference(subtype)},
            }
            for subtype, values in selection.subtypes.items()
        ]
        properties = {"properties": {selection.property_name: enum}} if selection.values else {}
        return {**properties, "allOf": conditions}, list(selection.subtypes)

    def _selection(self, parent: SchemaLocation) -> _Selection | None:
        if parent not in self._selections:
            self._selections[parent] = self._find_selection(parent)
        return self._selections[parent]

    def _find_selection(self, parent: SchemaLocation) -> _Selection | None:
        schema = self._graph.schema(parent)
        discriminator: Any = schema.get("discriminator")
        if "oneOf" in schema or "anyOf" in schema or discriminator_error(discriminator) is not None:
            return None
        name, found = discriminator["propertyName"], dict[SchemaLocation, list[Any]]()
        named = dict(self._named_schemas(parent))
        for value, target in discriminator.get("mapping", {}).items():
            tokens = (*parent[1], "discriminator", "mapping", value)
            location = named.get(target) or self._resolve(parent[0], tokens, parent[0], target)
            found.setdefault(self._without_aliases(location), []).append(value)
        for schema_name, location in named.items():
            subtype = self._without_aliases(location)
            if subtype != parent and (subtype in found or parent in self._graph.conjuncts(subtype)):
                found.setdefault(subtype, []).append(schema_name)
        found[parent] = found.pop(parent, []) + self._names_of(parent, named)
        for subtype in found:
            found[subtype] = self._selecting_values(subtype, parent, name, found[subtype])
        allowed = self._enum(self._graph.conjuncts(parent), name)
        if allowed is not None:
            found = {each: [value for value in found[each] if value in allowed] for each in found}
        union = dict.fromkeys(value for values in found.values() for value in values)
        subtypes = {each: [*dict.fromkeys(values)] for each, values in found.items() if values}
        subtypes.pop(parent, None)
        return _Selection(name, list(union) if allowed is None else [], subtypes)

    def _named_schemas(self, parent: SchemaLocation) -> Iterator[tuple[str, SchemaLocation]]:
        """Yield the schemas that have names: those of the document, and those beside one."""
        uri, tokens = parent
        for name in self._graph.names((self._main, ("components", "schemas"))):
            yield name, (self._main, ("components", "schemas", name))
        if tokens and has_name(parent):
            for name in self._graph.names((uri, tokens[:-1])):
                yield name, (uri, (*tokens[:-1], name))
        elif not tokens:
            yield percent_decoded(uri.rpartition("/")[2]).partition(".")[0], parent

    def _names_of(self, location: SchemaLocation, named: Mapping[str, SchemaLocation]) -> list[Any]:
        return [name for name, each in named.items() if self._without_aliases(each) == location]

    def _without_aliases(self, location: SchemaLocation) -> SchemaLocation:
        """Return the target of a schema that is only a $ref, through a chain of such; else it."""
        for _ in range(len(self._graph.conjuncts(location))):
            target = self._graph.target(location)
            if target is None or len(self._graph.schema(location)) > 1:
                break
            location = target
        return location

    def _selecting_values(
        self, subtype: SchemaLocation, parent: SchemaLocation, name: str, values: list[Any]
    ) -> list[Any]:
        """Return which values select a subtype: those of its own enum or const, if it has one."""
        shared = self._graph.conjuncts(parent)
        own = self._enum(
            (each for each in self._graph.conjuncts(subtype) if each not in shared), name
        )
        return values if own is None else [each for each in values if each in own] or own

    def _enum(self, locations: Iterable[SchemaLocation], name: str) -> list[Any] | None:
        """Return the strings that the enum or const of a property allows, or None without one."""
        for uri, tokens in locations:
            for each in self._graph.conjuncts((uri, (*tokens, "properties", name))):
                schema = self._graph.schema(each)
                if isinstance(schema.get("enum"), list):
                    return [value for value in schema["enum"] if isinstance(value, str)]
                if isinstance(schema.get("const"), str):
                    return [schema["const"]]
        return None

    def _sites_without_selection(self, parent: SchemaLocation) -> set[SchemaLocation]:
        """Return the schemas that apply to an instance after its subtype has been selected."""
        if parent not in self._excluded:
            selection = self._selection(parent)
            self._excluded[parent] = self._graph.applied_in_place(
                selection.subtypes if selection else (), self._subtypes_of
            )
        return self._excluded[parent]

    def _subtypes_of(self, location: SchemaLocation) -> list[SchemaLocation]:
        selection = self._selection(location)
        return list(selection.subtypes) if selection else []


def has_name(location: SchemaLocation) -> bool:
    """Return whether a schema is where it has a name: under components, in $defs or a file."""
    tokens = location[1]
    is_property = tokens[-3:-2] in (("properties",), ("patternProperties",))
    return not tokens[:-1] or (tokens[-2] in _NAMED_UNDER and not is_property)


def _extends(site: SchemaLocation) -> bool:
    """Return whether a reference is in the allOf of a schema with a name, which it extends."""
    uri, tokens = site
    while tokens[-2:-1] == ("allOf",):
        tokens = tokens[:-2]
    return tokens != site[1] and has_name((uri, tokens))


def _has_value(name: str, values: list[Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: {"enum": values}}, "required": [name]}


def _uri_reference(location: SchemaLocation) -> str:
    return Node(None, *location).location


def apply_discriminator(
    copy: dict[str, Any], schema: dict[str, Any], uri: str, tokens: PointerTokens
) -> dict[str, Any]:
    """Return the *copy* of a schema with its discriminator written as limits.

    Each alternative of oneOf or anyOf then requires the property values that select it.
    """
    discriminator = schema.get("discriminator")
    name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    if not isinstance(name, str):
        return copy
    for keyword in _ALTERNATIVES:
        alternatives = copy.get(keyword)
        if isinstance(alternatives, list):
            selected = [
                _selected(each, name, discriminator, Node(each, uri, (*tokens, keyword, str(i))))
                for i, each in enumerate(alternatives)
            ]
            copy = {**copy, keyword: selected}
    return copy


def _selected(alternative: Any, name: str, discriminator: Any, node: Node) -> Any:
    """Return an alternative that requires the property values that select it."""
    if not isinstance(alternative, dict) or alternative.keys() != {"$ref"}:
        return alternative
    reference = alternative["$ref"]
    mapping = discriminator.get("mapping")
    schema_name = percent_decoded(reference).rpartition("/")[2].partition(".")[0]
    values = [
        value
        for value, target in (mapping.items() if isinstance(mapping, dict) else ())
        if isinstance(target, str)
        and (
            resolve_uri(node.uri, target) == resolve_uri(node.uri, reference)
            or target == schema_name
        )
    ]
    values += [schema_name] if schema_name not in values else []
    source = {"at": node.location}
    return {
        **alternative,
        "properties": {name: {"enum": values, "x-source": {"of": "enum", **source}}},
        "required": [name],
        "x-source": {"of": f"required/{name}", **source},
    }
