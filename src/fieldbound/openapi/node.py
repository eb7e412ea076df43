"""Nodes of an OpenAPI document: a value, the URI of its file and the pointer to it there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from fieldbound.model import Node, members, resolve_uri

#: The reference tokens of a JSON Pointer (RFC 6901).
PointerTokens: TypeAlias = tuple[str, ...]

#: The fields of a path item that are operations.
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")


class SpecNode(NamedTuple):
    """A value in a document, the pointer to it, and the URI of the document."""

    value: Any
    tokens: PointerTokens = ()
    uri: str = ""

    def get(self, *tokens: str) -> SpecNode | None:
        """Return the descendant at some property names, or None if there is none."""
        value = self.value
        for token in tokens:
            if not isinstance(value, dict) or token not in value:
                return None
            value = value[token]
        return SpecNode(value, (*self.tokens, *tokens), self.uri)

    def children(self, *tokens: str) -> Iterator[tuple[str, SpecNode]]:
        """Yield the properties or items of the descendant at some property names."""
        parent = self.get(*tokens)
        for token, value in members(parent.value) if parent else ():
            yield token, SpecNode(value, (*self.tokens, *tokens, token), self.uri)

    @property
    def location(self) -> str:
        """The absolute location: the URI of the document, and the JSON Pointer as its fragment."""
        return Node(self.value, self.uri, self.tokens).location


def is_reference(schema: SpecNode) -> bool:
    """Return whether a schema is only a $ref."""
    is_only = isinstance(schema.value, dict) and schema.value.keys() == {"$ref"}
    return is_only and isinstance(schema.value["$ref"], str)


def reference_to(schema: SpecNode) -> str:
    """Return the reference to a schema; for one that is only a $ref, the target of that."""
    if is_reference(schema):
        return resolve_uri(schema.uri, schema.value["$ref"])
    return schema.location
