"""Errors within errors: of `anyOf` and `oneOf` the engine makes all errors of each alternative.

Where an alternative has alternatives itself, they multiply: of a hundred bytes by a schema that
refers to itself twice it would make millions. They are estimated before it is asked for any.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias

from fieldbound.model import Node, SchemaRegistry

from .expansion import IN_PLACE, applied_schemas, targets
from .one_error import has_keyword

ALTERNATIVES: Final = ("anyOf", "oneOf")
UNEVALUATED: Final = ("unevaluatedProperties", "unevaluatedItems")
#: Errors that the engine may make of an instance: ten times as many take seconds, and gigabytes.
MOST_ERRORS: Final = 50_000
#: So many for each subschema that applies to a value are no more than there may be to say.
_FEW: Final = 20
#: Keywords whose subschemas apply to the same value; of others there are no errors within errors.
_IN_PLACE: Final = IN_PLACE - {"if", "not"}
_OF_MEMBERS: Final = frozenset(
    "patternProperties additionalProperties unevaluatedProperties".split()
)
_OF_ITEMS: Final = frozenset("items prefixItems additionalItems contains unevaluatedItems".split())
#: Stands for any value.
_ANY: Final = object()

#: A subschema and a value, by their ids.
_Key: TypeAlias = "tuple[int, str, int]"


class MultipliedErrors:
    """Tells of instances whether the engine would make far too many errors of them."""

    def __init__(self, references: SchemaRegistry) -> None:
        self._references = references
        documents = references.documents
        #: Whether there is any such instance.
        self.possible = any(
            has_keyword(each, ALTERNATIVES) for each in documents
        ) and self.are_many(_ANY)

    def are_many(self, instance: Any) -> bool:
        """Return whether there may be far too many errors in an instance, as it is nested."""
        sizes: dict[_Key, int | None] = {}
        visited = 0
        stack = [self._enter(self._references.root, instance, sizes)]
        while stack:
            key, parts, size = stack[-1]
            if not parts:
                sizes[key] = size
                stack.pop()
                continue
            part = _key(*parts[-1])
            if part not in sizes:
                stack.append(self._enter(*parts[-1], sizes))
                continue
            known = sizes[part]
            if known is None and instance is _ANY:
                return True  # it leads back to itself
            size += known or 0
            visited += 1 if part[2] else known or 0  # scalars do not multiply
            if size > MOST_ERRORS and size > _FEW * visited:
                return True
            parts.pop()
            stack[-1] = key, parts, size
        return False

    def _enter(
        self, node: Node, value: Any, sizes: dict[_Key, int | None]
    ) -> tuple[_Key, list[tuple[Node, Any]], int]:
        key = _key(node, value)
        sizes[key] = None
        return key, list(self._applied(node, value)), 1

    def _applied(self, node: Node, value: Any) -> Iterator[tuple[Node, Any]]:
        """Yield the subschemas that apply to a value, and to those in it, each with its value."""
        yield from ((target, value) for target in targets(node, self._references))
        for path, child in applied_schemas(node, self._references):
            yield from ((child, each) for each in _values(path, value))


def _key(node: Node, value: Any) -> _Key:
    """Return a key by which all scalars are one: what applies to them is not nested."""
    is_nested = value is _ANY or isinstance(value, (dict, list, tuple))
    return id(node.schema), node.uri, id(value) if is_nested else 0


def _values(path: tuple[str, ...], value: Any) -> Any:
    """Return the values within a value, or the value itself, to which a subschema applies."""
    keyword = path[0]
    if keyword in _IN_PLACE:
        return (value,)
    if value is _ANY:
        return (value,) if keyword in {"properties", *_OF_MEMBERS, *_OF_ITEMS} else ()
    if isinstance(value, dict):
        if keyword == "properties":
            return (value[path[1]],) if path[1] in value else ()
        return value.values() if keyword in _OF_MEMBERS else ()
    return value if isinstance(value, (list, tuple)) and keyword in _OF_ITEMS else ()
