"""Keywords where keywords stand: conversion from 3.0, readOnly, references, headers, anchors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import API, BrokenContract, Message

JSON = {"Content-Type": "application/json"}
DONE = {"200": {"description": "Done"}}
NAMES = ("default", "example", "examples", "enum", "const", "x-source", "properties", "allOf")


def document(version: str = "3.1.0", **fields: Any) -> dict[str, Any]:
    """Return a document with the required fields, and others."""
    return {"openapi": version, "info": {"title": "T", "version": "1"}, **fields}


def with_body(schema: Any, version: str = "3.1.0", **schemas: Any) -> dict[str, Any]:
    """Return a document with one operation whose request and response have a body."""
    content = {"content": {"application/json": {"schema": schema}}}
    do = {"requestBody": content, "responses": {"200": {"description": "Done", **content}}}
    return document(version, paths={"/do": {"post": do}}, components={"schemas": schemas})


def api_of(folder: Path, whole: Any, **options: Any) -> API:
    """Return the API of a document."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(whole))
    return fieldbound.api(path, **options)


def post(body: Any, url: str = "/do", status: int | None = None) -> Message:
    """Return a POST request with a JSON body or, with a status, its response."""
    return Message("POST", f"https://h{url}", JSON, json.dumps(body), status)


def codes(api: API, body: Any, url: str = "/do", status: int | None = None) -> list[Any]:
    """Return code and pointer of each violation of a request or response."""
    check = api.check_request if status is None else api.check_response
    return [(each.code, each.pointer) for each in check(post(body, url, status))]


# -- conversion from 3.0 ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_schema_of_any_name_is_converted(name: str, tmp_path: Path) -> None:
    """A schema of 3.0 is converted under any name: of a component, a property, a response."""
    number = {"type": "integer", "nullable": True, "minimum": 0, "exclusiveMinimum": True}
    schema = {"type": "object", "properties": {name: number}}
    whole = with_body({"$ref": f"#/components/schemas/{name}"}, "3.0.3", **{name: schema})
    responses = whole["paths"]["/do"]["post"]["responses"]
    responses["default"] = responses["200"]
    api = api_of(tmp_path, whole)
    for status in (None, 200, 500):
        assert codes(api, {name: None}, status=status) == []
        assert codes(api, {name: 0}, status=status) == [("exclusiveMinimum", f"/body/{name}")]


def test_values_are_not_converted(tmp_path: Path) -> None:
    """A value of enum, const or default stays as it is, whatever its names are."""
    value = {"type": "string", "nullable": True, "minimum": 1, "exclusiveMinimum": True}
    schema = {"enum": [value], "default": value}
    api = api_of(tmp_path, with_body(schema, "3.0.3"))
    assert codes(api, value) == []
    assert codes(api, {**value, "type": ["string", "null"]}) == [("enum", "/body")]


def test_schema_is_converted_in_the_file_it_is_in(tmp_path: Path) -> None:
    """A file of schemas, which has no version itself, has that of the document."""
    shared = {"default": {"type": "string", "nullable": True}, "Other": {"type": "integer"}}
    (tmp_path / "shared.json").write_text(json.dumps(shared))
    api = api_of(tmp_path, with_body({"$ref": "shared.json#/default"}, "3.0.3"))
    assert codes(api, None) == []
    assert codes(api, 1) == [("type", "/body")]


@pytest.mark.parametrize(("own", "other"), [("3.0.3", "3.1.0"), ("3.1.0", "3.0.3")])
def test_document_of_another_version_has_its_own(own: str, other: str, tmp_path: Path) -> None:
    """A schema is one of the version that its document has, whoever refers to it."""
    schema = {"$ref": "#/components/schemas/Any", "maxLength": 1}
    shared = document(other, components={"schemas": {"Any": {}, "One": schema}})
    (tmp_path / "shared.json").write_text(json.dumps(shared))
    api = api_of(tmp_path, with_body({"$ref": "shared.json#/components/schemas/One"}, own))
    expected = [] if other == "3.0.3" else [("maxLength", "/body")]
    assert codes(api, "ab") == expected


def test_media_types_of_one_schema_have_one_contract(tmp_path: Path) -> None:
    """Two media types with the same schema of 3.0 have one contract, before and after its use."""
    schema = {"type": "object", "properties": {"a": {"type": "string", "nullable": True}}}
    content = {
        kind: {"schema": json.loads(json.dumps(schema))}
        for kind in ("application/json", "application/x-www-form-urlencoded")
    }
    do = {"operationId": "do", "requestBody": {"content": content}, "responses": DONE}
    api = api_of(tmp_path, document("3.0.3", paths={"/do": {"post": do}}))
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    for _ in range(2):
        assert codes(api, {"a": None}) == []
        assert api.check_request(Message("POST", "https://h/do", form, b"a=b")).ok


# -- readOnly and writeOnly ------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["3.0.4", "3.1.1", "3.2.0"])
def test_read_only_counts_in_property_definitions_alone(version: str, tmp_path: Path) -> None:
    """A parameter, an item or a schema as such may be marked readOnly: that forbids nothing."""
    number = {"type": "integer", "readOnly": True}
    ref = {"$ref": "#/components/schemas/Number"}
    schema = {
        "type": "object",
        "properties": {
            "list": {"type": "array", "items": ref},
            "map": {"type": "object", "additionalProperties": ref},
            "id": ref,
            "all": {"allOf": [ref]},
        },
    }
    named = {"name": "n", "in": "path", "required": True, "schema": ref}
    whole = with_body(schema, version, Number=number)
    do = whole["paths"].pop("/do")["post"]
    whole["paths"]["/do/{n}"] = {"post": {**do, "parameters": [named]}}
    api = api_of(tmp_path, whole)
    assert codes(api, {"list": [1], "map": {"a": 1}}, "/do/1") == []
    assert codes(api, {"list": ["x"]}, "/do/1") == [("type", "/body/list/0")]
    assert codes(api, {"id": 1, "all": 1}, "/do/1") == [
        ("readOnly", "/body/id"),
        ("readOnly", "/body/all"),
    ]
    assert codes(api, {"id": 1, "all": 1}, "/do/1", 200) == []


def test_body_that_is_read_only_as_such_is_checked(tmp_path: Path) -> None:
    """A schema marked readOnly as a whole is a body like any other."""
    whole = {"type": "object", "readOnly": True, "required": ["a"]}
    api = api_of(tmp_path, with_body({"$ref": "#/components/schemas/Whole"}, Whole=whole))
    assert codes(api, {"a": 1}) == []
    assert codes(api, {}) == [("required", "/body/a")]


# -- references ------------------------------------------------------------------------------------


def test_everything_may_be_a_reference(tmp_path: Path) -> None:
    """Operations, lists of parameters, bodies, content and responses are followed across files."""
    (tmp_path / "parts").mkdir()
    name = {"type": "object", "properties": {"a": {"type": "string"}}}
    content = {"application/json": {"schema": {"$ref": "schemas.json#/Name"}}}
    query = [{"name": "q", "in": "query", "schema": {"type": "integer"}}]
    header = {"required": True, "schema": {"type": "integer"}}
    operation = {
        "operationId": "do",
        "parameters": {"$ref": "others.json#/query"},
        "requestBody": {"content": {"$ref": "others.json#/content"}},
        "responses": {"$ref": "others.json#/responses"},
    }
    responses = {
        "200": {
            "description": "Done",
            "headers": {"$ref": "#/headers"},
            "content": {"$ref": "#/content"},
        }
    }
    others = {"query": query, "content": content, "responses": responses}
    for file, value in (
        ("schemas", {"Name": name}),
        ("others", {**others, "headers": {"X-Left": header}}),
        ("operation", operation),
    ):
        (tmp_path / "parts" / f"{file}.json").write_text(json.dumps(value))
    item = {"post": {"$ref": "parts/operation.json"}}
    api = api_of(tmp_path, document("3.0.3", paths={"/do": item}))
    assert codes(api, {"a": 1}, "/do?q=x") == [("type", "/query/q"), ("type", "/body/a")]
    assert codes(api, {"a": "b"}, "/do?q=1") == []
    assert codes(api, {"a": 1}, status=200) == [
        ("required", "/headers/X-Left"),
        ("type", "/body/a"),
    ]


def test_fields_beside_the_reference_of_a_path_item_count(tmp_path: Path) -> None:
    """A path item may have operations and parameters beside its $ref."""
    query = [{"name": "q", "in": "query", "schema": {"type": "integer"}}]
    shared = {"parameters": query, "get": {"operationId": "get", "responses": DONE}}
    item = {"$ref": "#/components/pathItems/Shared", "post": {"operationId": "add"}}
    components = {"pathItems": {"Shared": shared}}
    api = api_of(tmp_path, document(paths={"/do": item}, components=components))
    assert set(api.operations) == {"add", "get"}
    for method in ("GET", "POST"):
        (found,) = api.check_request(Message(method, "https://h/do?q=x"))
        assert found.pointer == "/query/q"


@pytest.mark.parametrize(
    ("reference", "other"),
    [
        ("#name", {"$anchor": "name", "type": "integer"}),
        ("https://v.example/b", {"$id": "https://v.example/b", "type": "integer"}),
        (
            "https://v.example/b#/$defs/c",
            {"$id": "https://v.example/b", "$defs": {"c": {"type": "integer"}}},
        ),
    ],
)
def test_reference_by_id_or_anchor(reference: str, other: Any, tmp_path: Path) -> None:
    """From 3.1 on, a schema may be referred to by its $id or $anchor."""
    schema = {"type": "object", "properties": {"x": {"$ref": reference}}}
    api = api_of(tmp_path, with_body({"$ref": "#/components/schemas/A"}, A=schema, B=other))
    assert codes(api, {"x": 1}) == []
    assert codes(api, {"x": "s"}) == [("type", "/body/x")]


# -- headers ---------------------------------------------------------------------------------------


def test_header_declared_twice_is_one_header(tmp_path: Path) -> None:
    """Two declarations of a header, in any case, both hold."""
    twice = [
        {"name": "X-Key", "in": "header", "schema": {"type": "string", "minLength": 2}},
        {"name": "x-key", "in": "header", "required": True, "schema": {"maxLength": 3}},
    ]
    item = {"get": {"parameters": twice, "responses": DONE}}
    api = api_of(tmp_path, document("3.0.3", paths={"/do": item}))
    for headers, expected in [
        ({"X-Key": "ab"}, []),
        ({"X-KEY": "a"}, ["minLength"]),
        ({"x-key": "abcd"}, ["maxLength"]),
        ({}, ["required"]),
    ]:
        report = api.check_request(Message("GET", "https://h/do", headers))
        assert [each.code for each in report] == expected


@pytest.mark.parametrize("name", ["Accept", "content-type", "Authorization"])
def test_ignored_headers_are_enforced_by_a_mark_alone(name: str, tmp_path: Path) -> None:
    """OpenAPI ignores three header parameters; `x-enforced` means them all the same."""
    header = {"name": name, "in": "header", "required": True, "schema": {"const": "a/b"}}
    for mark, expected in (({}, []), ({"x-enforced": True}, ["required"])):
        item = {"get": {"parameters": [{**header, **mark}], "responses": DONE}}
        api = api_of(tmp_path, document(paths={"/do": item}))
        report = api.check_request(Message("GET", "https://h/do"))
        assert [each.code for each in report] == expected


def test_ignored_header_in_a_contracts_folder_is_an_error(tmp_path: Path) -> None:
    """In a contracts folder, a header that OpenAPI would ignore must be marked."""
    header = {"name": "Accept", "in": "header", "schema": {"type": "string"}}
    item = {"get": {"operationId": "get", "parameters": [header], "responses": DONE}}
    (tmp_path / "acme").mkdir()
    api_of(tmp_path / "acme", document(paths={"/do": item}))
    with pytest.raises(BrokenContract, match="OpenAPI ignores a header parameter Accept"):
        fieldbound.contracts([tmp_path])


def test_extension_like_names_are_no_misspellings(tmp_path: Path) -> None:
    """A header or a schema may be named like an extension of fieldbound."""
    response = {"description": "Done", "headers": {"x-sourc": {"schema": {"type": "string"}}}}
    body = {
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/x-sensitve"}}}
    }
    item = {"post": {"operationId": "do", "requestBody": body, "responses": {"200": response}}}
    schemas = {"x-sensitve": {"type": "object", "properties": {"x-sorce": {"type": "string"}}}}
    (tmp_path / "acme").mkdir()
    source = {"x-source": {"says": "inferred", "from": "https://a.example"}}
    whole = document(paths={"/do": item}, components={"schemas": schemas}, **source)
    api_of(tmp_path / "acme", whole)
    assert "acme/do" in fieldbound.contracts([tmp_path])
    assert fieldbound.contract("acme/do", [tmp_path]).is_valid({"x-sorce": "a"})
