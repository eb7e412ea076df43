"""Discriminators: which of several schemas an instance is meant for.

A discriminator of OpenAPI changes no verdict: it selects the branch whose violations are reported.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .pointers import percent_decoded
from .subschemas import Node, SchemaRegistry, resolve_uri


class Selection(NamedTuple):
    """Which alternative a discriminator selects: by *name* of the property, its *branches*."""

    name: str
    branches: Mapping[str, int | None]

    def branch(self, instance: Any) -> int | None:
        """Return the index of the alternative that is selected for an instance, or None."""
        value = instance.get(self.name) if isinstance(instance, dict) else None
        return self.branches.get(value) if isinstance(value, str) else None


def selection_of(
    references: SchemaRegistry, alternatives: Node, discriminator: Any
) -> Selection | None:
    """Return what a discriminator selects by, or None.

    *alternatives* are those of oneOf or anyOf. Where they fix the property by themselves, that
    counts, else the mapping and the names of the schemas do. What selects several selects none.
    """
    name = discriminator.get("propertyName") if isinstance(discriminator, dict) else None
    if not isinstance(name, str) or not isinstance(alternatives.schema, list):
        return None
    branches = [references.child(alternatives, index) for index in range(len(alternatives.schema))]
    fixed = [list(_values(references, each, name)) for each in branches]
    if not any(fixed):
        fixed = list(_names(branches, alternatives.uri, discriminator.get("mapping")))
    found: dict[str, int | None] = {}
    for index, values in enumerate(fixed):
        for value in values:
            if isinstance(value, str):
                found[value] = index if found.get(value, index) == index else None
    return Selection(name, found)


def _values(
    references: SchemaRegistry, node: Node, name: str, seen: frozenset[str] = frozenset()
) -> Iterator[Any]:
    """Yield the values that a schema fixes a property to, itself or by what it refers to."""
    schema = node.schema
    if not isinstance(schema, dict) or node.location in seen:
        return
    seen |= {node.location}
    target = _target(references, node)
    if target is not None:
        yield from _values(references, target, name, seen)
    properties = schema.get("properties")
    if isinstance(properties, dict) and name in properties:
        own = references.child(references.child(node, "properties"), name)
        yield from _allowed(references, own, frozenset())
    for index in range(len(schema["allOf"]) if isinstance(schema.get("allOf"), list) else 0):
        child = references.child(references.child(node, "allOf"), index)
        yield from _values(references, child, name, seen)


def _allowed(references: SchemaRegistry, node: Node, seen: frozenset[str]) -> Iterator[Any]:
    """Yield the values of the enum or const of a schema, or of the one it refers to."""
    schema = node.schema
    if not isinstance(schema, dict) or node.location in seen:
        return
    yield from schema["enum"] if isinstance(schema.get("enum"), list) else ()
    if "const" in schema:
        yield schema["const"]
    target = _target(references, node)
    if target is not None:
        yield from _allowed(references, target, seen | {node.location})


def _target(references: SchemaRegistry, node: Node) -> Node | None:
    """Return what the $ref of a schema refers to, if that is there."""
    reference = node.schema.get("$ref")
    if not isinstance(reference, str):
        return None
    try:
        return references.resolve(node, reference)
    except (KeyError, IndexError, TypeError, ValueError):
        return None


def _names(branches: Iterable[Node], base: str, mapping: Any) -> Iterator[list[str]]:
    """Yield the values that name each alternative: those mapped to it, and its schema's name."""
    mapping = mapping if isinstance(mapping, dict) else {}
    by_name: dict[str, list[str]] = {}
    by_target: dict[str, list[str]] = {}
    for value, given in mapping.items():
        if isinstance(given, str):
            by_name.setdefault(given, []).append(value)
            by_target.setdefault(resolve_uri(base, given), []).append(value)
    for branch in branches:
        reference = branch.schema.get("$ref") if isinstance(branch.schema, dict) else None
        if not isinstance(reference, str):
            yield []
            continue
        name = percent_decoded(reference).rpartition("/")[2].partition(".")[0]
        mapped = by_target.get(resolve_uri(branch.uri, reference), ())
        yield [*by_name.get(name, ()), *mapped, *([] if name in mapping else [name])]
