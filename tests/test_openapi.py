"""OpenAPI documents of any vendor: what their versions write in their own ways, across files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

import fieldbound
from fieldbound import API, BrokenContract, Message

VERSIONS = ("3.0.4", "3.1.2", "3.2.0")
DONE = {"204": {"description": "Done"}}


def head(version: str = "3.1.0") -> dict[str, Any]:
    """Return what every document begins with."""
    return {"openapi": version, "info": {"title": "T", "version": "1"}}


def taking(schema: Any, version: str = "3.1.0", **schemas: Any) -> dict[str, Any]:
    """Return a document with one operation, `do`, that takes and answers a body."""
    body = {"content": {"application/json": {"schema": schema}}}
    do = {"operationId": "do", "requestBody": {"required": True, **body}}
    do["responses"] = {"200": {"description": "Done", **body}}
    return {**head(version), "paths": {"/do": {"post": do}}, "components": {"schemas": schemas}}


def write(path: Path, document: Any) -> Path:
    """Write a document to a file, in JSON or in YAML, as the file is named."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document) if path.suffix == ".json" else yaml.safe_dump(document)
    path.write_text(text)
    return path


def opened(folder: Path, document: Any) -> API:
    """Return the API of a document."""
    return fieldbound.api(write(folder / "openapi.json", document))


def sent(api: API, body: Any, url: str = "/do") -> list[str]:
    """Return what is wrong with a request that has a body."""
    return [str(each.message) for each in api.check_request(posted(body, url))]


def posted(body: Any, url: str = "/do", status: int | None = None) -> Message:
    """Return a message with a body."""
    data = json.dumps(body).encode()
    return Message("POST", f"https://h{url}", {"Content-Type": "application/json"}, data, status)


# -- versions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        ({"type": "string", "nullable": True}, [None, "a"], [1]),
        ({"type": "string", "nullable": False}, ["a"], [None]),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": True}, [1], [0]),
        ({"type": "integer", "minimum": 0, "exclusiveMinimum": False}, [0], [-1]),
        ({"type": "number", "maximum": 5, "exclusiveMaximum": True}, [4.9], [5]),
        ({"type": "string", "nullable": True, "enum": ["a", None]}, ["a", None], ["b"]),
        ({"type": "string", "nullable": True, "enum": ["a"]}, ["a"], [None, "b"]),
        ({"$ref": "#/components/schemas/Other", "maxLength": 1}, ["long"], [1]),
        ({"items": {"type": "string", "nullable": True}, "type": "array"}, [[None]], [[1]]),
        ({"nullable": True, "allOf": [{"type": "string"}]}, ["a"], [None]),
        ({"properties": {"nullable": {"type": "string"}}}, [{"nullable": "a"}], [{"nullable": 1}]),
    ],
)
def test_a_document_of_3_0_means_what_it_says(
    schema: Any, valid: list[Any], invalid: list[Any], tmp_path: Path
) -> None:
    """3.0 writes null, excluded bounds and references in its own way."""
    api = opened(tmp_path, taking(schema, "3.0.3", Other={"type": "string"}))
    assert [sent(api, each) for each in valid] == [[]] * len(valid)
    assert all(sent(api, each) for each in invalid)


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_from_3_1_on_a_schema_is_json_schema(version: str, tmp_path: Path) -> None:
    """From 3.1 on what stands beside a reference counts, and null is a type."""
    schema = {"$ref": "#/components/schemas/Other", "maxLength": 2}
    api = opened(tmp_path, taking(schema, version, Other={"type": ["string", "null"]}))
    assert sent(api, None) == []
    assert sent(api, "abc") == ["/body has 3 characters, the limit is 2"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("suffix", [".json", ".yaml", ".yml"])
def test_yaml_is_the_same_as_json(version: str, suffix: str, tmp_path: Path) -> None:
    """A document in YAML, its statuses unquoted, is the same as one in JSON."""
    document = taking({"type": "object", "required": ["a"]}, version)
    path = write(tmp_path / f"openapi{suffix}", document)
    if suffix != ".json":
        path.write_text(path.read_text().replace("'200'", "200"))
    api = fieldbound.api(path)
    assert api.operations == ("do",)
    assert sent(api, {"a": 1}) == []
    assert sent(api, {}) == ["/body/a is missing"]
    assert api.check_response(posted({"a": 1}, status=200)).ok


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"swagger": "2.0"}, "1:2: at /swagger: this is a Swagger 2.0 document: convert it"),
        ({"openapi": "4.0.0"}, "1:2: at /openapi: OpenAPI 4.0.0 is not known here: 3.0, 3.1 and"),
        ({"openapi": "2.9"}, "OpenAPI 2.9 is not known here"),
        ({"openapi": "3.10.0"}, "OpenAPI 3.10.0 is not known here"),
        ({"info": {}}, "this is no OpenAPI document: it has no openapi version"),
        ([], "this is no OpenAPI document"),
    ],
)
def test_what_is_no_document_of_a_known_version_is_told(
    document: Any, message: str, tmp_path: Path
) -> None:
    """Swagger 2.0, a version nobody knows, and what is no document are errors that say so."""
    with pytest.raises(BrokenContract) as told:
        opened(tmp_path, document)
    assert message in str(told.value)
    assert str(tmp_path) in str(told.value)


@pytest.mark.parametrize("version", ["3.1.0", "3.2.0"])
@pytest.mark.parametrize("where", ["jsonSchemaDialect", "$schema"])
@pytest.mark.parametrize(
    "dialect",
    [
        "https://spec.openapis.org/oas/3.1/dialect/base",
        "https://spec.openapis.org/oas/3.1/dialect/2024-11-10",
        "https://spec.openapis.org/oas/3.2/dialect/2025-09-17",
        "https://json-schema.org/draft/2020-12/schema",
    ],
)
def test_the_dialect_of_openapi_is_that_of_2020_12(
    version: str, where: str, dialect: str, tmp_path: Path
) -> None:
    """OpenAPI's own dialect judges as JSON Schema 2020-12 does, wherever it is named."""
    schema = {"type": "array", "prefixItems": [{"type": "integer"}]}
    if where == "$schema":
        document = taking({"$schema": dialect, **schema}, version)
    else:
        document = {**taking(schema, version), where: dialect}
    api = opened(tmp_path, document)
    assert sent(api, [1]) == []
    assert sent(api, ["a"]) == ['/body/0 is "a" (a string), but must be an integer']


def test_another_dialect_is_refused(tmp_path: Path) -> None:
    """A document whose schemas are of an older draft is refused by the name of that, and where."""
    older = "http://json-schema.org/draft-07/schema#"
    with pytest.raises(BrokenContract, match=r"of the dialect 'http:.*draft-07.* are not"):
        opened(tmp_path, {**taking({"type": "string"}), "jsonSchemaDialect": older})


# -- discriminators and allOf ----------------------------------------------------------------------

KINDS = {
    name: {"type": "object", "properties": {"kind": {"type": "string"}, each: {"type": "integer"}}}
    for name, each in (("Cat", "lives"), ("Dog", "legs"))
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize("mapping", [None, {"cat": "#/components/schemas/Cat", "dog": "Dog"}])
def test_a_discriminator_chooses(version: str, keyword: str, mapping: Any, tmp_path: Path) -> None:
    """The value of the attribute says which schema judges; any other value offers the choices."""
    said = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    references = [{"$ref": f"#/components/schemas/{name}"} for name in KINDS]
    api = opened(tmp_path, taking({keyword: references, "discriminator": said}, version, **KINDS))
    cat, dog = ("cat", "dog") if mapping else ("Cat", "Dog")
    assert sent(api, {"kind": cat, "lives": 9}) == []
    assert sent(api, {"kind": dog, "legs": 4}) == []
    (wrong,) = api.check_request(posted({"kind": dog, "legs": "x"}))
    assert (wrong.pointer, wrong.code) == ("/body/legs", "type")
    (unknown,) = api.check_request(posted({"kind": "Cow"}))
    assert unknown.pointer == "/body/kind"
    assert f'"{cat}"' in unknown.message
    assert f'"{dog}"' in unknown.message
    (missing,) = api.check_request(posted({}))
    assert (missing.pointer, missing.code) == ("/body/kind", "required")


@pytest.mark.parametrize("version", VERSIONS)
def test_all_of_beside_additional_properties(version: str, tmp_path: Path) -> None:
    """Attributes that are named in allOf are additional ones to the schema beside it."""
    base = {"type": "object", "properties": {"a": {"type": "integer"}}}
    schema = {
        "allOf": [{"$ref": "#/components/schemas/Base"}],
        "properties": {"b": {"type": "integer"}},
        "additionalProperties": False,
    }
    api = opened(tmp_path, taking(schema, version, Base=base))
    assert sent(api, {"b": 1}) == []
    assert sent(api, {"a": 1, "b": 1}) == ["/body/a is not known here"]
    assert len(sent(api, {"b": "x"})) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_read_only_and_write_only_count_by_direction(version: str, tmp_path: Path) -> None:
    """What is readOnly is not sent, what is writeOnly not answered; required is neither there."""
    properties = {"id": {"readOnly": True}, "code": {"writeOnly": True}}
    schema = {"type": "object", "required": ["id", "code"], "properties": properties}
    api = opened(tmp_path, taking(schema, version))
    assert sent(api, {"code": 1}) == []
    assert [each.code for each in api.check_request(posted({"code": 1, "id": 1}))] == ["readOnly"]
    assert api.check_response(posted({"id": 1}, status=200)).ok
    answer = api.check_response(posted({"id": 1, "code": 1}, status=200))
    assert [each.code for each in answer] == ["writeOnly"]


# -- files -----------------------------------------------------------------------------------------


def scattered(folder: Path) -> Path:
    """Write a document whose every part is in another file, some of them above it."""
    write(
        folder / "shared" / "schemas.yaml",
        {"Name": {"type": "string", "maxLength": 3}, "Count": {"type": "integer"}},
    )
    write(
        folder / "shared" / "parts.json",
        {
            "parameters": {
                "Limit": {"name": "limit", "in": "query", "schema": {"$ref": "schemas.yaml#/Count"}}
            },
            "headers": {"Left": {"required": True, "schema": {"$ref": "./schemas.yaml#/Count"}}},
            "bodies": {
                "Do": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "schemas.yaml#/Name"}}},
                }
            },
            "responses": {
                "Done": {
                    "description": "Done",
                    "headers": {"X-Left": {"$ref": "#/headers/Left"}},
                    "content": {"application/json": {"schema": {"$ref": "schemas.yaml#/Name"}}},
                }
            },
        },
    )
    write(
        folder / "api" / "paths" / "do.yml",
        {
            "post": {
                "operationId": "do",
                "parameters": [{"$ref": "../../shared/parts.json#/parameters/Limit"}],
                "requestBody": {"$ref": "../../shared/parts.json#/bodies/Do"},
                "responses": {"200": {"$ref": "../../shared/parts.json#/responses/Done"}},
            }
        },
    )
    whole = {**head(), "paths": {"/do": {"$ref": "paths/do.yml"}}}
    return write(folder / "api" / "openapi.json", whole)


@pytest.mark.parametrize("here", [".", "api", "shared", "elsewhere"])
def test_references_lead_across_files(
    here: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Path items, parameters, bodies, responses, headers and schemas are found in other files."""
    path = scattered(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / here)
    api = fieldbound.api(path)
    report = api.check_request(posted("abcd", "/do?limit=x"))
    assert [each.pointer for each in report] == ["/query/limit", "/body"]
    answer = api.check_response(posted("abcd", status=200))
    assert [each.pointer for each in answer] == ["/headers/X-Left", "/body"]
    assert "shared/schemas.yaml#/Name" in report.violations[1].limit.location


def test_a_reference_that_leads_nowhere_has_its_place(tmp_path: Path) -> None:
    """A reference to a file or a part that is not there is told in the file that has it."""
    path = scattered(tmp_path)
    parts = tmp_path / "shared" / "parts.json"
    parts.write_text(parts.read_text().replace("schemas.yaml#/Name", "schemas.yaml#/Nam"))
    with pytest.raises(BrokenContract) as told:
        fieldbound.api(path).check_request(posted("a"))
    assert "shared/parts.json:1:" in str(told.value)
    assert "'schemas.yaml#/Nam' leads to nothing in schemas.yaml" in str(told.value)


# -- what is broken, and what is not used ----------------------------------------------------------


def many(count: int, pad: str = "") -> dict[str, Any]:
    """Return a document with many operations, each with a schema of its own."""
    paths = {}
    schemas = {}
    for number in range(count):
        named = f"Thing{number}"
        schemas[named] = {
            "type": "object",
            "description": pad,
            "properties": {"name": {"type": "string", "maxLength": number % 9 + 1}},
        }
        body = {
            "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{named}"}}}
        }
        operation = {"operationId": f"do{number}", "requestBody": body, "responses": DONE}
        paths[f"/do{number}"] = {"post": operation}
    return {**head(), "paths": paths, "components": {"schemas": schemas}}


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_a_broken_schema_is_told_when_it_is_used(suffix: str, tmp_path: Path) -> None:
    """A broken schema is told with file, line and column; the other operations are of use."""
    document = many(3)
    document["components"]["schemas"]["Thing1"]["properties"]["name"]["type"] = "boolean,"
    path = write(tmp_path / f"openapi{suffix}", document)
    api = fieldbound.api(path)
    assert sent(api, {"name": "abc"}, "/do2") == []
    assert sent(api, {"name": "ab"}, "/do0") == ["/body/name has 2 characters, the limit is 1"]
    with pytest.raises(BrokenContract, match="boolean,") as told:
        sent(api, {"name": "a"}, "/do1")
    assert told.value.file.endswith(path.name)
    text = path.read_text().splitlines()[told.value.place.line - 1]
    assert text[told.value.place.column - 1 :].lstrip('"').startswith("type")
    assert told.value.pointer == "/components/schemas/Thing1/properties/name/type"
    with pytest.raises(BrokenContract):
        sent(api, {"name": "a"}, "/do1")
    assert sent(api, {"name": "abc"}, "/do2") == []


def test_only_what_is_used_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a document of 3 MB with 300 operations only those used are compiled, and that once."""
    from fieldbound import engine, judge

    compiled: list[str] = []

    def counting(schema: Any, uri: str, *rest: Any) -> Any:
        compiled.append(uri)
        return engine.compiled(schema, uri, *rest)

    monkeypatch.setattr(judge, "compiled", counting)
    path = write(tmp_path / "openapi.json", many(300, "x" * 9_700))
    assert path.stat().st_size > 3_000_000
    api = fieldbound.api(path)
    assert len(api.operations) == 300
    assert api.operation_of(posted({}, "/do299")) == "do299"
    assert compiled == []
    assert sent(api, {"name": "a"}, "/do7") == []
    first = list(compiled)
    assert len(first) == 1
    assert "do7" in first[0]
    assert sent(api, {"name": "b"}, "/do7") == []
    assert compiled == first
    assert sent(api, {"name": "b"}, "/do8") == []
    assert len(compiled) == 2


# -- 3.2 -------------------------------------------------------------------------------------------


def test_methods_of_3_2(tmp_path: Path) -> None:
    """QUERY is a method, and additionalOperations have methods of any name."""
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    item = {
        "query": {"operationId": "ask", "requestBody": body, "responses": DONE},
        "additionalOperations": {"COPY": {"operationId": "copy", "responses": DONE}},
    }
    api = opened(tmp_path, {**head("3.2.0"), "paths": {"/things": item}})
    assert set(api.operations) == {"ask", "copy"}
    assert api.operation_of(Message("COPY", "https://h/things")) == "copy"
    assert api.check_request(Message("QUERY", "https://h/things")).ok
    (wrong,) = api.check_request(Message("GET", "https://h/things"))
    assert wrong.pointer == "/method"
    assert wrong.limit.value == ["QUERY", "COPY"]


def test_a_whole_query_string_is_said_not_to_be_judged(tmp_path: Path) -> None:
    """A parameter that is the whole query string is not judged, and that is said."""
    content = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
    named = {"name": "all", "in": "querystring", "content": content}
    item = {"get": {"operationId": "ask", "parameters": [named], "responses": DONE}}
    api = opened(tmp_path, {**head("3.2.0"), "paths": {"/things": item}})
    report = api.check_request(Message("GET", "https://h/things?a=1&b=2"))
    assert report.ok
    assert list(report.unjudged) == ["/query"]
    assert list(api.check_request(Message("GET", "https://h/things")).unjudged) == ["/query"]


def test_cookies_of_3_2(tmp_path: Path) -> None:
    """The style `cookie` of 3.2 writes each item of an array as a cookie of its own."""
    named = {
        "name": "size",
        "in": "cookie",
        "style": "cookie",
        "schema": {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
    }
    item = {"get": {"operationId": "ask", "parameters": [named], "responses": DONE}}
    api = opened(tmp_path, {**head("3.2.0"), "paths": {"/things": item}})
    for cookie, expected in (("size=1; size=2", 0), ("size=1; size=2; size=3", 1), ("size=x", 1)):
        report = api.check_request(Message("GET", "https://h/things", {"Cookie": cookie}))
        assert len(report) == expected
