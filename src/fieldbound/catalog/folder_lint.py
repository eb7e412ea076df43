"""A document of a contract folder goes in; what is not of its kind in it is told, with its place.

What an OpenAPI document and a sources.json may hold is itself a contract, judged as any other.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from fieldbound.documents import Document
from fieldbound.model import (
    SAYS,
    VALUE_KEYWORDS,
    BrokenContract,
    Violation,
    closest,
    members,
    pointer_of,
)
from fieldbound.openapi import METHODS
from fieldbound.validation import Contract

from .lint import EXTENSIONS

_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_OBJECT: Final = {"type": "object"}
_ARRAY: Final = {"type": "array"}
_ANY: Final[dict[str, Any]] = {}
_SCHEMA: Final = {"type": ["object", "boolean"], "properties": {"$ref": _TEXT}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _map(name: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _ref(name)}


def _extended(name: str) -> dict[str, Any]:
    """Return the schema of a map that may have extensions beside what it maps."""
    return {**_map(name), "patternProperties": {"^x-": {}}}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object that has these keys, and extensions; no others."""
    given = {
        name.replace("_", "$", 1) if name == "_ref" else name: each
        for name, each in properties.items()
    }
    return {
        "type": "object",
        "properties": {**given, "description": _TEXT, "summary": _TEXT, "x-source": _ref("said")},
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "required": list(required),
    }


def _or_reference(*required: str, **properties: Any) -> dict[str, Any]:
    whole = _object(**properties, _ref=_TEXT)
    needs = {"if": {"not": {"required": ["$ref"]}}, "then": {"required": list(required)}}
    return {**whole, **needs}


_VALUE: Final = {
    "deprecated": _FLAG,
    "required": _FLAG,
    "schema": _SCHEMA,
    "content": _map("media"),
    "style": _TEXT,
    "explode": _FLAG,
    "allowReserved": _FLAG,
    "allowEmptyValue": _FLAG,
    "example": _ANY,
    "examples": _OBJECT,
}
_TEXTS: Final = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_OPENAPI: Final = {
    **_object(
        "openapi",
        openapi=_TEXT,
        info=_OBJECT,
        jsonSchemaDialect=_TEXT,
        servers=_ARRAY,
        paths=_extended("pathItem"),
        webhooks=_OBJECT,
        components=_ref("components"),
        security=_ARRAY,
        tags=_ARRAY,
        externalDocs=_OBJECT,
        **{"$self": _TEXT, "x-operations-without-path": _map("operation")},
    ),
    "$defs": {
        "said": {"anyOf": [_ref("entry"), {"type": "array", "items": _ref("entry")}]},
        "entry": {
            "type": "object",
            "properties": {
                "says": {"enum": list(SAYS)},
                "from": _TEXTS,
                "of": _TEXTS,
                "note": _TEXT,
            },
            "required": ["says", "from"],
            "additionalProperties": False,
        },
        "components": _object(
            schemas=_OBJECT,
            responses=_map("response"),
            parameters=_map("parameter"),
            requestBodies=_map("body"),
            headers=_map("header"),
            examples=_OBJECT,
            securitySchemes=_OBJECT,
            links=_OBJECT,
            callbacks=_OBJECT,
            pathItems=_OBJECT,
            mediaTypes=_OBJECT,
        ),
        "pathItem": _object(
            servers=_ARRAY,
            parameters={"type": "array", "items": _ref("parameter")},
            additionalOperations=_OBJECT,
            _ref=_TEXT,
            **dict.fromkeys(METHODS, _ref("operation")),
        ),
        "operation": _object(
            operationId=_TEXT,
            tags=_ARRAY,
            externalDocs=_OBJECT,
            parameters={"type": "array", "items": _ref("parameter")},
            requestBody=_ref("body"),
            responses=_extended("response"),
            callbacks=_OBJECT,
            deprecated=_FLAG,
            security=_ARRAY,
            servers=_ARRAY,
        ),
        "parameter": _or_reference(
            "name",
            "in",
            name=_TEXT,
            **{"in": {"enum": ["header", "query", "path", "cookie", "querystring"]}},
            **_VALUE,
        ),
        "header": _or_reference(**_VALUE),
        "body": _or_reference("content", content=_map("media"), required=_FLAG),
        "media": _object(
            schema=_SCHEMA,
            itemSchema=_ANY,
            example=_ANY,
            examples=_OBJECT,
            encoding=_OBJECT,
            prefixEncoding=_ARRAY,
            itemEncoding=_ANY,
        ),
        "response": _or_reference(headers=_map("header"), content=_map("media"), links=_OBJECT),
    },
}
_SOURCES: Final = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "properties": {"title": _TEXT, "address": {"type": ["string", "null"]}, "read": _TEXT},
        "required": ["title"],
        "additionalProperties": False,
    },
}


def check_openapi(document: Document, *, strict: bool) -> None:
    """Raise BrokenContract for the first thing in *document* that is not of an OpenAPI document.

    Where it is *strict*, keys that OpenAPI does not know are such things: a misspelt one would
    take a limit away that nobody misses.
    """
    _raise(document, _judge(strict))
    if strict:
        for tokens, meant in _misspelt(document.value, ()):
            at = (tokens, True)
            reason = f"is no extension known here: is {meant!r} meant?"
            raise BrokenContract(
                reason, document.name, document.places([at])[at], pointer_of(tokens)
            )


def check_sources(document: Document) -> None:
    """Raise BrokenContract for the first thing in *document* that is not of a sources.json."""
    _raise(document, Contract(_SOURCES, name="sources.json"))


@cache
def _judge(strict: bool) -> Contract:
    return Contract(_OPENAPI if strict else _open(_OPENAPI), name="OpenAPI")


def _open(part: Any) -> Any:
    """Return a schema that takes unknown keys as well."""
    if isinstance(part, dict):
        return {
            key: _open(each)
            for key, each in part.items()
            if (key, each) != ("additionalProperties", False)
        }
    return [_open(each) for each in part] if isinstance(part, list) else part


def _raise(document: Document, contract: Contract) -> None:
    violation: Violation | None = next(iter(contract.unrecorded_check(document)), None)
    if violation is not None:
        reason = violation.message.removeprefix(violation.pointer).strip()
        meant = f": {violation.hint} is meant?" if violation.known and violation.hint else ""
        raise BrokenContract(
            f"{reason}{meant}", document.name, violation.place, violation.pointer or None
        )


def _misspelt(part: Any, tokens: tuple[str | int, ...]) -> Any:
    """Yield extension keys that are nearly those of fieldbound, wherever they stand."""
    for token, child in members(part):
        at: str | int = int(token) if isinstance(part, list) else token
        if isinstance(at, str) and at.startswith("x-") and at not in EXTENSIONS:
            meant = closest(at, EXTENSIONS)
            if meant is not None:
                yield (*tokens, at), meant
        if token not in VALUE_KEYWORDS and isinstance(child, (dict, list)):
            yield from _misspelt(child, (*tokens, at))
