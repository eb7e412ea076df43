"""Which kind of object stands at each position of an OpenAPI document.

A key is a field only where its object has fields; in a map, such as that of responses or of
schemas, it is a name, whatever it reads like.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Literal, NamedTuple

from fieldbound.model import OPERATIONS_WITHOUT_PATH, child_schemas, members

from .node import METHODS, PointerTokens

_Shape = Literal["object", "list", "map"]


class Position(NamedTuple):
    """An object of a *kind* in a document, and the pointer to it there."""

    kind: str
    tokens: PointerTokens
    value: Any


_PARAMETER: Final[dict[str, tuple[_Shape, str]]] = {
    "schema": ("object", "schema"),
    "content": ("map", "media type"),
}
_ENCODINGS: Final[dict[str, tuple[_Shape, str]]] = {
    "encoding": ("map", "encoding"),
    "prefixEncoding": ("list", "encoding"),
    "itemEncoding": ("object", "encoding"),
}
_OPERATION: Final = ("object", "operation")
#: The fields of each kind of object that hold other objects: how, and of which kind.
_FIELDS: Final[dict[str, dict[str, tuple[_Shape, str]]]] = {
    "document": {
        "paths": ("map", "path item"),
        "webhooks": ("map", "path item"),
        "components": ("object", "components"),
        OPERATIONS_WITHOUT_PATH: ("map", "operation"),
    },
    "components": {
        "schemas": ("map", "schema"),
        "responses": ("map", "response"),
        "parameters": ("map", "parameter"),
        "requestBodies": ("map", "request body"),
        "headers": ("map", "header"),
        "callbacks": ("map", "callback"),
        "pathItems": ("map", "path item"),
        "mediaTypes": ("map", "media type"),
    },
    "path item": {
        **dict.fromkeys(METHODS, _OPERATION),
        "additionalOperations": ("map", "operation"),
        "parameters": ("list", "parameter"),
    },
    "operation": {
        "parameters": ("list", "parameter"),
        "requestBody": ("object", "request body"),
        "responses": ("map", "response"),
        "callbacks": ("map", "callback"),
    },
    "parameter": _PARAMETER,
    "header": _PARAMETER,
    "request body": {"content": ("map", "media type")},
    "response": {"headers": ("map", "header"), "content": ("map", "media type")},
    "media type": {
        "schema": ("object", "schema"),
        "itemSchema": ("object", "schema"),
        **_ENCODINGS,
    },
    "encoding": {"headers": ("map", "header"), **_ENCODINGS},
}


def positions(document: Any) -> Iterator[Position]:
    """Yield every object in a document, each before those in it."""
    pending = [Position("document", (), document)]
    while pending:
        each = pending.pop()
        yield each
        pending += reversed(list(_inner(each)))


def _inner(position: Position) -> Iterator[Position]:
    kind, tokens, value = position
    if kind == "schema":
        for at, child in child_schemas(value):
            yield Position("schema", (*tokens, *at), child)
        return
    if kind == "callback":  # its keys are URLs
        yield from (Position("path item", (*tokens, key), each) for key, each in members(value))
        return
    for field, (shape, inner) in _FIELDS.get(kind, {}).items():
        part = value.get(field) if isinstance(value, dict) else None
        if shape == "object" and part is not None:
            yield Position(inner, (*tokens, field), part)
        elif isinstance(part, list if shape == "list" else dict):
            for name, each in members(part):
                if not (inner in ("path item", "response") and name.startswith("x-")):
                    yield Position(inner, (*tokens, field, name), each)
