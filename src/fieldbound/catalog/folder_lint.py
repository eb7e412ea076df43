"""Lint of a contracts folder: the structure of its OpenAPI document and its sources.json.

Both are checked by contracts, which are the JSON Schemas below.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from fieldbound.documents import Document
from fieldbound.model import (
    SAYS,
    VALUE_KEYWORDS,
    BrokenContract,
    Path,
    Violation,
    members,
    pointer_of,
    tokens_of,
)
from fieldbound.openapi import METHODS
from fieldbound.validation import Contract, checker_of

from .lint import EXTENSIONS, did_you_mean

_STRING: Final = {"type": "string"}
_BOOLEAN: Final = {"type": "boolean"}
_OBJECT: Final = {"type": "object"}
_ARRAY: Final = {"type": "array"}
_ANY: Final[dict[str, Any]] = {}
_SCHEMA: Final = {"type": ["object", "boolean"], "properties": {"$ref": _STRING}}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _map(name: str) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": _ref(name)}


def _extensible_map(name: str) -> dict[str, Any]:
    """Return the schema of a map that may have extensions, too."""
    return {**_map(name), "patternProperties": {"^x-": {}}}


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    """Return the schema of an object with just these properties, and extensions."""
    own = {
        name.replace("_", "$", 1) if name == "_ref" else name: each
        for name, each in properties.items()
    }
    return {
        "type": "object",
        "properties": {
            **own,
            "description": _STRING,
            "summary": _STRING,
            "x-source": _ref("xSource"),
        },
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
        "required": list(required),
    }


def _or_reference(*required: str, **properties: Any) -> dict[str, Any]:
    condition = {"if": {"not": {"required": ["$ref"]}}, "then": {"required": list(required)}}
    return {**_object(**properties, _ref=_STRING), **condition}


_PARAMETER: Final = {
    "deprecated": _BOOLEAN,
    "required": _BOOLEAN,
    "schema": _SCHEMA,
    "content": _map("media"),
    "style": _STRING,
    "explode": _BOOLEAN,
    "allowReserved": _BOOLEAN,
    "allowEmptyValue": _BOOLEAN,
    "example": _ANY,
    "examples": _OBJECT,
}
_STRINGS: Final = {"anyOf": [_STRING, {"type": "array", "items": _STRING, "minItems": 1}]}
_OPENAPI: Final = {
    **_object(
        "openapi",
        openapi=_STRING,
        info=_OBJECT,
        jsonSchemaDialect=_STRING,
        servers=_ARRAY,
        paths=_extensible_map("pathItem"),
        webhooks=_OBJECT,
        components=_ref("components"),
        security=_ARRAY,
        tags=_ARRAY,
        externalDocs=_OBJECT,
        **{"$self": _STRING, "x-operations-without-path": _map("operation")},
    ),
    "$defs": {
        "xSource": {"anyOf": [_ref("entry"), {"type": "array", "items": _ref("entry")}]},
        "entry": {
            "type": "object",
            "properties": {
                "says": {"enum": list(SAYS)},
                "from": _STRINGS,
                "of": _STRINGS,
                "note": _STRING,
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
            _ref=_STRING,
            **dict.fromkeys(METHODS, _ref("operation")),
        ),
        "operation": _object(
            operationId=_STRING,
            tags=_ARRAY,
            externalDocs=_OBJECT,
            parameters={"type": "array", "items": _ref("parameter")},
            requestBody=_ref("body"),
            responses=_extensible_map("response"),
            callbacks=_OBJECT,
            deprecated=_BOOLEAN,
            security=_ARRAY,
            servers=_ARRAY,
        ),
        "parameter": _or_reference(
            "name",
            "in",
            name=_STRING,
            **{"in": {"enum": ["header", "query", "path", "cookie", "querystring"]}},
            **_PARAMETER,
        ),
        "header": _or_reference(**_PARAMETER),
        "body": _or_reference("content", content=_map("media"), required=_BOOLEAN),
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
        "properties": {"title": _STRING, "address": {"type": ["string", "null"]}, "read": _STRING},
        "required": ["title"],
        "additionalProperties": False,
    },
}


def check_openapi(document: Document, *, strict: bool) -> None:
    """Raise BrokenContract for the first structural error in an OpenAPI document.

    Where *strict*, unknown keys are errors, too: a misspelled one would drop a limit silently.
    """
    _raise_first(document, _openapi_contract(strict))
    if strict:
        for path, suggestion in _misspelled_extensions(document.value, ()):
            key = (path, True)
            place = document.places([key])[key]
            reason = f"unknown extension{suggestion}"
            raise BrokenContract(reason, document.name, place, pointer_of(path))


def check_sources(document: Document) -> None:
    """Raise BrokenContract for the first error in a sources.json."""
    _raise_first(document, Contract(_SOURCES, name="sources.json"))


@cache
def _openapi_contract(strict: bool) -> Contract:
    return Contract(_OPENAPI if strict else _without_closed_objects(_OPENAPI), name="OpenAPI")


def _without_closed_objects(part: Any) -> Any:
    """Return a schema that allows unknown properties."""
    if isinstance(part, dict):
        return {
            key: _without_closed_objects(each)
            for key, each in part.items()
            if (key, each) != ("additionalProperties", False)
        }
    return [_without_closed_objects(each) for each in part] if isinstance(part, list) else part


def _raise_first(document: Document, contract: Contract) -> None:
    violation: Violation | None = next(iter(checker_of(contract).check(document)), None)
    if violation is not None:
        reason = violation.message.removeprefix(violation.pointer).strip()
        if violation.known:
            reason += did_you_mean(tokens_of(violation.pointer)[-1], violation.known)
        raise BrokenContract(reason, document.name, violation.place, violation.pointer or None)


def _misspelled_extensions(part: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Yield the paths of extension keys that are close to those of fieldbound."""
    for token, child in members(part):
        step: str | int = int(token) if isinstance(part, list) else token
        if isinstance(step, str) and step.startswith("x-") and step not in EXTENSIONS:
            suggestion = did_you_mean(step, EXTENSIONS)
            if suggestion:
                yield (*path, step), suggestion
        if token not in VALUE_KEYWORDS and isinstance(child, (dict, list)):
            yield from _misspelled_extensions(child, (*path, step))
