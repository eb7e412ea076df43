"""Schemas that apply to one value by in-place applicators: they must end, and not be too many.

A schema that leads back to itself without going to a property or an item never ends; the engine
stops there without a word. One that refers twice to a schema that refers twice to another doubles
with each: it is refused by its count before anything is checked by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fieldbound.model import (
    BrokenContract,
    Node,
    SchemaRegistry,
    child_schemas,
    pointer_of,
)

#: Keywords whose subschemas apply to the same value.
IN_PLACE: Final = frozenset(
    "allOf anyOf oneOf not if then else dependentSchemas dependencies".split()
)
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
#: Subschemas that may apply to one value, those referred to counted each time.
MAX_IN_PLACE: Final = 50_000
_ENDLESS: Final = (
    "endless recursion: this refers back to itself without going to a property or an item"
)
_TOO_MANY: Final = (
    f"more than {MAX_IN_PLACE:,} subschemas apply to one value: references to references multiply"
)


#: A subschema, and the base URI of its references.
_Key = tuple[int, str]


def _key(node: Node) -> _Key:
    return id(node.schema), node.uri


class _Step:
    """A subschema on the way: the parts that are not counted yet, and the size so far."""

    __slots__ = ("node", "parts", "size")

    def __init__(self, node: Node, parts: list[Node]) -> None:
        self.node, self.parts, self.size = node, parts, 1


def refuse_endless(references: SchemaRegistry) -> None:
    """Raise BrokenContract where a schema applies itself, or far too many, to the same value."""
    _Expansion(references).visit_all()


class _Expansion:
    def __init__(self, references: SchemaRegistry) -> None:
        self._references = references
        #: How many subschemas apply to a value by each one; None while they are being counted.
        self._sizes: dict[_Key, int | None] = {}
        self._elsewhere: list[Node] = []  # subschemas of properties and items

    def visit_all(self) -> None:
        """Count the expansion of every subschema that can be reached."""
        self._elsewhere.append(self._references.root)
        while self._elsewhere:
            node = self._elsewhere.pop()
            if _key(node) not in self._sizes:
                self._count(node)

    def _count(self, root: Node) -> None:
        """Count what applies in place by a subschema, and by all that apply there."""
        stack = [self._enter(root)]
        while stack:
            step = stack[-1]
            if not step.parts:
                self._sizes[_key(step.node)] = step.size
                stack.pop()
                continue
            part = step.parts[-1]
            if _key(part) not in self._sizes:
                stack.append(self._enter(part))
                continue
            known = self._sizes[_key(part)]
            if known is None:
                raise _error(self._references.root, step.node, _ENDLESS)
            step.size += known
            if step.size > MAX_IN_PLACE:
                raise _error(self._references.root, step.node, _TOO_MANY)
            step.parts.pop()

    def _enter(self, node: Node) -> _Step:
        self._sizes[_key(node)] = None
        parts = list(targets(node, self._references))
        for path, child in applied_schemas(node, self._references):
            (parts if path[0] in IN_PLACE else self._elsewhere).append(child)
        return _Step(node, parts)


def applied_schemas(
    node: Node, references: SchemaRegistry
) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield the subschemas within one that may apply, each with its path, but no booleans."""
    schema = node.schema
    if not isinstance(schema, dict) or (node.draft and "$ref" in schema):
        return
    for path, child in child_schemas(schema):
        is_unused = path[0] in ("then", "else") and "if" not in schema
        if isinstance(child, dict) and not is_unused and path[0] not in ("$defs", "definitions"):
            within = references.child(node, path[0]) if len(path) > 1 else node
            yield path, references.child(within, path[-1])


def targets(node: Node, references: SchemaRegistry) -> Iterator[Node]:
    """Yield the targets of references, of dynamic ones where only one is possible."""
    schema = node.schema
    for keyword in _REFERENCES if isinstance(schema, dict) else ():
        reference = schema.get(keyword)
        is_certain = keyword == "$ref" or references.has_one_resource
        if isinstance(reference, str) and is_certain:
            try:
                yield references.resolve(node, reference)
            except (KeyError, IndexError, TypeError, ValueError):
                continue  # reported by the engine already


def _error(root: Node, node: Node, reason: str) -> BrokenContract:
    """Return the error at a subschema, with its pointer in the whole schema if that embeds it."""
    tokens = node.tokens
    if node.uri != root.uri:
        holders = [
            each for each in ("$defs", "definitions") if node.uri in root.schema.get(each, {})
        ]
        tokens = (*holders[:1], node.uri, *tokens) if holders else ()
        reason = reason if holders else f"{node.location}: {reason}"
    return BrokenContract(reason, pointer=pointer_of(tokens) or None)
