"""Inputs from which each door is tried, with those of the public suites where they are at hand."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from support.doors import document_of_styles
from support.line_by_line import ndjson
from support.mutator import MAX_SIZE
from support.paths import CASES

SUITES = Path(os.environ.get("FIELDBOUND_SUITES", "/nonexistent"))
#: An input from every so many groups and files of the suites.
_EVERY = 9
_PAYLOADS = (
    {"name": "a", "n": 10, "tags": ["abcd", None], "in": {"x": 1.5}},
    {"a": "abcd", "b": 10, "c": [1, 1.0], "d": {"x": True, "": None}},
    [{"\u00e9": "\U0001f600"}, [], {}, -0.0, 1e25, '\\"\n'],
)
_JSON = (
    b'{"a": 1, "a": [2, {"b": null}]}',
    b'["\\ud83d\\ude00", "\\u00e9", "\xc3\xa9", 1.5e3, -0, 10000000000000000000000]',
    b'\xef\xbb\xbf{"":""}',
    b"[1,]\n",
)
_YAML = (
    b"a: &x\n  b: [1, 0o7, .5, 1e3, ~, yes]\nc: *x\n? d\n: |\n  text\n  more\n",
    b"# c\n- 'it''s'\n- \"\\u00e9\\x41\"\n- {a: b, ? c : d}\n- !!str 1\n-   - x\n    - >-\n"
    b"      y\n",
    b"%YAML 1.1\n---\na: 2026-11-28\nb: 07010\n...\n",
    b"<<: {a: 1}\nb: !!int '1'\n",
)
_SCHEMAS: tuple[list[Any], ...] = (
    [
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$defs": {"a": {"type": "string", "maxLength": 2, "pattern": "^a"}},
            "properties": {"x": {"$ref": "#/$defs/a"}, "y": {"enum": [1, "b"]}},
            "required": ["x"],
            "unevaluatedProperties": False,
            "dependentRequired": {"y": ["x"]},
        },
        {"x": "abc", "y": 2, "z": 1},
        {},
    ],
    [
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "if": {"properties": {"t": {"const": "a"}}},
            "then": {"required": ["n"]},
            "else": {"not": {"required": ["n"]}},
            "oneOf": [{"properties": {"t": {"const": "a"}}}, {"properties": {"t": {"const": "b"}}}],
        },
        {"t": "a"},
        {"t": "b", "n": 1},
    ],
    [
        {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "id": "http://x.example/a",
            "definitions": {"n": {"minimum": 0, "exclusiveMinimum": True, "multipleOf": 0.1}},
            "items": [{"$ref": "#/definitions/n"}],
            "additionalItems": {"format": "date-time"},
            "uniqueItems": True,
        },
        [0, "2026-11-28T00:00:00Z", 1, 1],
        [10**25],
    ],
)
_MESSAGES = (
    b"POST https://x.example/companyGroup/create\nContent-Type: application/json\n\n"
    b'{"name": "a", "company": [], "status": true, "productGroups": {"type": "include"}}',
    b"POST /bodies\nContent-Type: application/x-www-form-urlencoded\n\nname=a&n=1&tags=a&tags=b%E9",
    b"POST /bodies\nContent-Type: multipart/form-data; boundary=b\n\n--b\r\nContent-Disposition: "
    b'form-data; name="name"\r\n\r\nabc\r\n--b--\r\n',
    b"POST /bodies 200\nContent-Type: text/plain; charset=utf-8\n\nabcdef",
    b"GET /query-deepobject-exploded-object?v[R]=1&v[name]=abcde&w=%2\n",
    b"GET /path-matrix-exploded-object/;R=100;name=a\n",
    b"GET /cookie-form-whole-texts\nCookie: v=a,b; w=1\n",
    b"GET /crmRestApi/resources/11.13.18.05/setupSalesCatalogs?q=a&limit=x 200\n"
    b"REST-Framework-Version: 3\nContent-Type: application/json\nContent-Encoding: gzip\n\n{}",
)
_CONFIGS = (
    b'[tool.fieldbound]\nfolders = ["contracts"]\nfail-on = "stated"\nrecordings = ["*.har"]\n'
    b'[tool.fieldbound.files]\n"*.json" = "a/b"\n"orders/**/[!a]?.json" = "x/y.json#/a"\n'
    b'[tool.fieldbound.apis]\n"*.example" = "axim-commerce"\n',
    b'[project]\nname = "x"\n[tool]\nfieldbound = {files = {"a" = "b"}}\n',
)
_CSV = (
    b'a,b,c/0,d/x\nxx,1,2.5,true\n"y,""\nz",,,\n\n1;2\n',
    b"\xef\xbb\xbfa;b\r\nabcd;10\r\n;x\r\n",
)


def _exchange(data: bytes) -> dict[str, Any]:
    return {
        "request": {
            "method": "POST",
            "url": "https://x.example/companyGroup/create",
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "postData": {"mimeType": "application/json", "text": data.decode()},
        },
        "response": {
            "status": 200,
            "headers": [{"name": "Content-Type", "value": "application/json"}],
            "content": {"mimeType": "application/json", "text": "{}", "encoding": "base64"},
        },
    }


def _recordings() -> list[bytes]:
    body = b'{"name": "a", "status": 1}'
    exchange = _exchange(body)
    har = {"log": {"version": "1.2", "entries": [exchange]}}
    line = {
        "request": {
            "method": "POST",
            "url": "https://x.example/companyGroup/create",
            "headers": {"Content-Type": "application/json"},
            "body": json.loads(body),
        },
        "response": {"status": 201, "headers": [["A", "b"]], "body": "{}"},
    }
    cassette = (
        b"interactions:\n- request:\n    method: POST\n    uri: https://x.example/companyGroup/create\n"
        b"    body: !!binary eyJuYW1lIjogMX0=\n    headers: {Content-Type: [application/json]}\n"
        b"  response:\n    status: {code: 200, message: OK}\n    headers: {}\n"
        b"    body: {string: '{}'}\nversion: 1\n"
    )
    return [
        b"\0" + json.dumps(har).encode(),
        b"\1" + cassette,
        b"\2" + ndjson([line, line]),
        b"\3" + json.dumps([line, exchange]).encode(),
    ]


def _openapi() -> list[bytes]:
    paths = document_of_styles()
    few = {**paths, "paths": dict(list(paths["paths"].items())[:4])}
    pet = {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"type": "string"}, "id": {"type": "integer", "format": "int32"}},
        "discriminator": {"propertyName": "type", "mapping": {"a": "#/components/schemas/A"}},
        "nullable": True,
    }
    old = {
        "openapi": "3.0.3",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": "https://{h}.example/v1", "variables": {"h": {"default": "a"}}}],
        "components": {
            "schemas": {
                "Pet": pet,
                "A": {"allOf": [{"$ref": "#/components/schemas/Pet"}, {"required": ["id"]}]},
            }
        },
        "paths": {
            "/pets/{id}": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "put": {
                    "requestBody": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}
                        }
                    },
                    "responses": {"default": {"description": "d"}},
                    "callbacks": {"done": {"{$request.body#/url}": {"post": {"responses": {}}}}},
                },
            }
        },
    }
    text = (
        b"openapi: 3.2.0\ninfo: {title: t, version: '1'}\npaths:\n  /a/{x}:\n"
        b"    $ref: '#/paths/~1b'\n  /b:\n    get:\n      parameters:\n"
        b"      - {name: q, in: query, schema: {type: integer}}\n      responses:\n"
        b"        2XX: {description: d, headers: {X-A: {schema: {maxLength: 1}}}}\n"
        b"webhooks:\n  w: {post: {responses: {}}}\n"
    )
    message = b'\0PUT /v1/pets/a%2Fb?x=1\nContent-Type: application/json\n\n{"type": "a"}'
    documents = [
        json.dumps(few).encode() + b"\0" + _MESSAGES[1],
        json.dumps(old).encode() + message,
    ]
    return [*documents, text + b"\0GET /b?q=x\n"]


def _records() -> list[bytes]:
    lines = ndjson(_PAYLOADS) + b"\r\n" + ndjson([{"a": "x", "b": 1}, {"b": "", "e": []}, 1])
    found = [
        bytes([48 + contract, 48 + form]) + lines for contract in range(4) for form in range(3)
    ]
    tables = (
        (contract, 4 + form, text) for contract in (0, 1) for form in range(3) for text in _CSV
    )
    return found + [bytes([48 + contract, 48 + form]) + text for contract, form, text in tables]


def _suite_schemas() -> list[bytes]:
    """Return schemas of the public suite, each with the instances of its tests."""
    found = []
    for path in sorted(SUITES.glob("json-schema-test-suite/tests/*/*.json")):
        for group in json.loads(path.read_text("utf-8")):
            schema = group["schema"]
            found.append(json.dumps([schema, *(each["data"] for each in group["tests"])]).encode())
    return [each for each in found[::_EVERY] if len(each) < MAX_SIZE]


def _suite_texts() -> list[bytes]:
    """Return JSON texts of the public suite, valid and invalid."""
    files = sorted(SUITES.glob("json-test-suite/test_parsing/*.json"))[::_EVERY]
    return [each.read_bytes() for each in files if each.stat().st_size < MAX_SIZE]


@cache
def seeds(door: str) -> Sequence[bytes]:
    """Return the seeds of a door."""
    cases = [each.read_bytes() for each in sorted(CASES.glob("*/*/*/*/*.json"))]
    documents = [*_JSON, *(json.dumps(each).encode() for each in _PAYLOADS), *cases[::12]]
    found: dict[str, Sequence[bytes]] = {
        "json": [*documents, *_suite_texts()],
        "yaml": [*_YAML, *documents],
        "schema": [*(json.dumps(each).encode() for each in _SCHEMAS), *_suite_schemas()],
        "openapi": _openapi(),
        "message": _MESSAGES,
        "recording": _recordings(),
        "config": _CONFIGS,
        "records": _records(),
    }
    return tuple(found[door])
