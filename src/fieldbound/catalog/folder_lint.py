"""Lint of a contracts folder: the structure of its OpenAPI document and its sources.json.

Both are checked by contracts, which are the JSON Schemas below.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

from fieldbound.documents import Document
from fieldbound.model import (
    NOT_CHECKED,
    SAYS,
    BrokenContract,
    Path,
    pointer_of,
    tokens_of,
)
from fieldbound.openapi import (
    ENFORCED,
    METHODS,
    PointerTokens,
    SpecNode,
    is_ignored,
    positions,
)
from fieldbound.validation import Contract, checker_of

from .export.product_schemas import product_schema
from .lint import EXTENSIONS, did_you_mean

UNKNOWN_KEY: Final = "unknown key"
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
    # An object that could not be read as it was imported has neither: it says why instead.
    others = [{"required": [each]} for each in ("$ref", NOT_CHECKED)]
    condition = {"if": {"not": {"anyOf": others}}, "then": {"required": list(required)}}
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


def check_openapi(document: Document) -> None:
    """Raise BrokenContract for the first structural error in an OpenAPI document.

    Unknown keys are errors, too: a misspelled one would drop a limit silently.
    """
    for error in openapi_errors(document):
        raise error


def check_sources(document: Document) -> None:
    """Raise BrokenContract for the first error in a sources.json."""
    for error in sources_errors(document):
        raise error


def openapi_errors(document: Document) -> Iterator[BrokenContract]:
    """Yield the structural errors in an OpenAPI document."""
    yield from _errors_by(document, _openapi_contract())
    found = [(_path_of(document.value, at), why) for at, why in _errors_in(document.value)]
    places = document.places((path, True) for path, _ in found) if found else {}
    for path, reason in found:
        yield BrokenContract(reason, document.name, places[path, True], pointer_of(path))


def sources_errors(document: Document) -> Iterator[BrokenContract]:
    """Yield the errors in a sources.json."""
    yield from _errors_by(document, Contract(product_schema("sources"), name="sources.json"))


@cache
def _openapi_contract() -> Contract:
    return Contract(_OPENAPI, name="OpenAPI")


def _errors_by(document: Document, contract: Contract) -> Iterator[BrokenContract]:
    for violation in checker_of(contract).check(document):
        name = (tokens_of(violation.pointer) or ("",))[-1]
        reason = violation.message
        if violation.code == "additionalProperties":
            reason = f"{UNKNOWN_KEY} {name!r}{did_you_mean(name, violation.known)}"
        elif violation.pointer:
            reason = reason.replace(violation.pointer, name, 1)
        yield BrokenContract(reason, document.name, violation.place, violation.pointer or None)


def _errors_in(document: Any) -> Iterator[tuple[PointerTokens, str]]:
    """Yield extension keys that are close to those of fieldbound, and headers that are ignored."""
    for position in positions(document):
        if position.kind == "schema" or not isinstance(position.value, dict):
            continue  # each schema is checked with the contract that needs it
        for key in () if position.kind == "callback" else position.value:
            if key.startswith("x-") and key not in EXTENSIONS:
                suggestion = did_you_mean(key, EXTENSIONS)
                if suggestion:
                    yield (*position.tokens, key), f"unknown extension{suggestion}"
        if position.kind == "parameter" and is_ignored(SpecNode(position.value)):
            name = position.value["name"]
            reason = f"OpenAPI ignores a header parameter {name}: to enforce it, add {ENFORCED}"
            yield (*position.tokens, "name"), f"{reason}: true"


def _path_of(document: Any, tokens: PointerTokens) -> Path:
    """Return a pointer as the path of a document."""
    path: list[str | int] = []
    for token in tokens:
        path.append(int(token) if isinstance(document, list) else token)
        document = document[path[-1]]
    return tuple(path)
