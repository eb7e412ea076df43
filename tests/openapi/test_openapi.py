"""OpenAPI documents: versions, discriminators, allOf, operations, references across files."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import yaml

import fieldbound
from fieldbound import API, BrokenContract, Message

VERSIONS = ("3.0.4", "3.1.2", "3.2.0")
RESPONSES = {"204": {"description": "Done"}}


def head(version: str = "3.1.0") -> dict[str, Any]:
    """Return a document with the required fields except paths."""
    return {"openapi": version, "info": {"title": "T", "version": "1"}}


def with_body(schema: Any, version: str = "3.1.0", **schemas: Any) -> dict[str, Any]:
    """Return a document with one operation, `do`, with a request and response body."""
    body = {"content": {"application/json": {"schema": schema}}}
    do = {"operationId": "do", "requestBody": {"required": True, **body}}
    do["responses"] = {"200": {"description": "Done", **body}}
    return {**head(version), "paths": {"/do": {"post": do}}, "components": {"schemas": schemas}}


def write(path: Path, document: Any) -> Path:
    """Write a document to a file, in JSON or YAML by its suffix."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(document) if path.suffix == ".json" else yaml.safe_dump(document)
    path.write_text(text)
    return path


def api_of(folder: Path, document: Any, **options: Any) -> API:
    """Return the API of a document."""
    return fieldbound.api(write(folder / "openapi.json", document), **options)


def enforcing(folder: Path, document: Any) -> API:
    """Return the API of a document with discriminators that are limits."""
    return api_of(folder, document, discriminator="enforce")


def request_messages(api: API, body: Any, url: str = "/do") -> list[str]:
    """Return the messages of the violations of a request with a body."""
    return [str(each.message) for each in api.check_request(post(body, url))]


def post(body: Any, url: str = "/do", status: int | None = None) -> Message:
    """Return a POST request or, with a status, its response."""
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
        ({"$ref": "#/components/schemas/Other", "maxLength": 1}, ["long"], [1]),
        ({"items": {"type": "string", "nullable": True}, "type": "array"}, [[None]], [[1]]),
        ({"properties": {"nullable": {"type": "string"}}}, [{"nullable": "a"}], [{"nullable": 1}]),
    ],
)
def test_openapi_3_0_schemas(
    schema: Any, valid: list[Any], invalid: list[Any], tmp_path: Path
) -> None:
    """OpenAPI 3.0 has nullable, boolean exclusive bounds, and ignores siblings of $ref."""
    api = api_of(tmp_path, with_body(schema, "3.0.3", Other={"type": "string"}))
    assert [request_messages(api, each) for each in valid] == [[]] * len(valid)
    assert all(request_messages(api, each) for each in invalid)


@pytest.mark.parametrize("version", VERSIONS[1:])
def test_openapi_3_1_schemas_are_json_schema(version: str, tmp_path: Path) -> None:
    """From OpenAPI 3.1 on, siblings of $ref apply, and null is a type."""
    schema = {"$ref": "#/components/schemas/Other", "maxLength": 2}
    api = api_of(tmp_path, with_body(schema, version, Other={"type": ["string", "null"]}))
    assert request_messages(api, None) == []
    assert request_messages(api, "abc") == ["/body has 3 characters, the limit is 2"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("suffix", [".json", ".yaml", ".yml"])
def test_yaml_is_equivalent_to_json(version: str, suffix: str, tmp_path: Path) -> None:
    """A document in YAML, with unquoted status codes, is equivalent to one in JSON."""
    document = with_body({"type": "object", "required": ["a"]}, version)
    path = write(tmp_path / f"openapi{suffix}", document)
    if suffix != ".json":
        path.write_text(path.read_text().replace("'200'", "200"))
    api = fieldbound.api(path)
    assert api.operations == ("do",)
    assert request_messages(api, {"a": 1}) == []
    assert request_messages(api, {}) == ["/body/a is missing"]
    assert api.check_response(post({"a": 1}, status=200)).ok


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (
            {"swagger": "2.0"},
            "1:2: at /swagger: Swagger 2.0 is not supported: convert the document",
        ),
        (
            {"openapi": "4.0.0"},
            "1:2: at /openapi: OpenAPI 4.0.0 is not supported: must be one of 3.0, 3.1, 3.2",
        ),
        ({"openapi": "2.9"}, "OpenAPI 2.9 is not supported"),
        ({"openapi": "3.10.0"}, "OpenAPI 3.10.0 is not supported"),
        ({"info": {}}, "not an OpenAPI document: the openapi version is missing"),
        ([], "not an OpenAPI document"),
    ],
)
def test_unsupported_document_is_an_error(document: Any, message: str, tmp_path: Path) -> None:
    """Swagger 2.0, an unknown version, and another kind of document are errors."""
    with pytest.raises(BrokenContract) as caught:
        api_of(tmp_path, document)
    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)


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
def test_openapi_dialect_is_supported(
    version: str, where: str, dialect: str, tmp_path: Path
) -> None:
    """OpenAPI's own dialects are checked as JSON Schema 2020-12, wherever they are declared."""
    schema = {"type": "array", "prefixItems": [{"type": "integer"}]}
    if where == "$schema":
        document = with_body({"$schema": dialect, **schema}, version)
    else:
        document = {**with_body(schema, version), where: dialect}
    api = api_of(tmp_path, document)
    assert request_messages(api, [1]) == []
    assert request_messages(api, ["a"]) == ['/body/0 is "a" (a string), but must be an integer']


def test_other_dialect_is_an_error(tmp_path: Path) -> None:
    """A document whose jsonSchemaDialect is an older draft is an error that names it."""
    older = "http://json-schema.org/draft-07/schema#"
    with pytest.raises(BrokenContract, match=r"jsonSchemaDialect 'http:.*draft-07.* is not"):
        api_of(tmp_path, {**with_body({"type": "string"}), "jsonSchemaDialect": older})


# -- discriminators and allOf ----------------------------------------------------------------------

KINDS = {
    name: {"type": "object", "properties": {"kind": {"type": "string"}, each: {"type": "integer"}}}
    for name, each in (("Cat", "lives"), ("Dog", "legs"))
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
@pytest.mark.parametrize("mapping", [None, {"cat": "#/components/schemas/Cat", "dog": "Dog"}])
def test_discriminator_selects_an_alternative(
    version: str, keyword: str, mapping: Any, tmp_path: Path
) -> None:
    """An enforced property value selects the schema; the error for another lists the choices."""
    discriminator = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    references = [{"$ref": f"#/components/schemas/{name}"} for name in KINDS]
    api = enforcing(
        tmp_path, with_body({keyword: references, "discriminator": discriminator}, version, **KINDS)
    )
    cat, dog = ("cat", "dog") if mapping else ("Cat", "Dog")
    assert request_messages(api, {"kind": cat, "lives": 9}) == []
    assert request_messages(api, {"kind": dog, "legs": 4}) == []
    (violation,) = api.check_request(post({"kind": dog, "legs": "x"}))
    assert (violation.pointer, violation.code) == ("/body/legs", "type")
    (unknown,) = api.check_request(post({"kind": "Cow"}))
    assert unknown.pointer == "/body/kind"
    assert f'"{cat}"' in unknown.message
    assert f'"{dog}"' in unknown.message
    (missing,) = api.check_request(post({}))
    assert (missing.pointer, missing.code) == ("/body/kind", "required")


@pytest.mark.parametrize("version", VERSIONS)
def test_all_of_beside_additional_properties(version: str, tmp_path: Path) -> None:
    """Properties of an allOf are additional properties to the schema beside it."""
    base = {"type": "object", "properties": {"a": {"type": "integer"}}}
    schema = {
        "allOf": [{"$ref": "#/components/schemas/Base"}],
        "properties": {"b": {"type": "integer"}},
        "additionalProperties": False,
    }
    api = api_of(tmp_path, with_body(schema, version, Base=base))
    assert request_messages(api, {"b": 1}) == []
    assert request_messages(api, {"a": 1, "b": 1}) == ["/body/a is not a documented property"]
    assert len(request_messages(api, {"b": "x"})) == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_read_only_and_write_only_depend_on_direction(version: str, tmp_path: Path) -> None:
    """A request must not have readOnly, a response not writeOnly; neither is required there."""
    properties = {"id": {"readOnly": True}, "code": {"writeOnly": True}}
    schema = {"type": "object", "required": ["id", "code"], "properties": properties}
    api = api_of(tmp_path, with_body(schema, version))
    assert request_messages(api, {"code": 1}) == []
    assert [each.code for each in api.check_request(post({"code": 1, "id": 1}))] == ["readOnly"]
    assert api.check_response(post({"id": 1}, status=200)).ok
    answer = api.check_response(post({"id": 1, "code": 1}, status=200))
    assert [each.code for each in answer] == ["writeOnly"]


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def codes(api: API, body: Any, status: int | None = None) -> list[tuple[str, str]]:
    """Return code and pointer of each violation of a request or response."""
    check = api.check_request if status is None else api.check_response
    return [(each.code, each.pointer) for each in check(post(body, status=status))]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("keyword", "status"), [("readOnly", None), ("writeOnly", 200)])
@pytest.mark.parametrize(
    "schema",
    [
        {"allOf": [ref("Base"), {"required": ["id", "name"]}]},
        {"allOf": [ref("Base")], "required": ["id"]},
        {"allOf": [ref("Base"), ref("Required")]},
        {"allOf": [ref("Base")], "oneOf": [{"required": ["id", "name"]}, {"required": ["no"]}]},
        {"allOf": [ref("Base")], "oneOf": [{"required": ["id"]}, {"required": ["name"]}]},
        {"properties": {"id": {"allOf": [ref("Id")]}}, "required": ["id"]},
        {"properties": {"id": {"allOf": [ref("Id"), {"minimum": 0}]}}, "required": ["id"]},
        ref("Whole"),
    ],
)
def test_forbidden_property_is_not_required_by_another_part(
    version: str, keyword: str, status: int | None, schema: Any, tmp_path: Path
) -> None:
    """A property that is readOnly or writeOnly in one part of a schema is required by none."""
    number = {"type": "integer", keyword: True}
    base = {"type": "object", "properties": {"id": number, "name": {"type": "string"}}}
    whole = {"allOf": [ref("Base"), {"required": ["id", "name"]}]}
    others = {"Id": number, "Whole": whole, "Required": {"required": ["id"]}}
    api = api_of(tmp_path, with_body(schema, version, Base=base, **others))
    assert codes(api, {"name": "a"}, status) == []
    assert (keyword, "/body/id") in codes(api, {"id": 1, "name": "a"}, status)
    other = 200 if status is None else None
    assert codes(api, {"id": 1}, other) in ([], [("required", "/body/name")])


@pytest.mark.parametrize(("keyword", "status"), [("readOnly", None), ("writeOnly", 200)])
def test_forbidden_property_is_one_violation(
    keyword: str, status: int | None, tmp_path: Path
) -> None:
    """A forbidden property is one violation, at its pointer, wherever readOnly is."""
    named = {"type": "integer", keyword: True}
    base = {"properties": {"id": {"allOf": [ref("Id"), {"minimum": 5}]}}}
    schema = {"allOf": [base, {"required": ["id"]}]}
    api = api_of(tmp_path, with_body(schema, Id=named))
    (violation,) = (
        api.check_request(post({"id": 1}))
        if status is None
        else api.check_response(post({"id": 1}, status=status))
    )
    assert (violation.code, violation.pointer) == (keyword, "/body/id")
    assert violation.limit.location.endswith(f"#/components/schemas/Id/{keyword}")


# -- discriminators and subtypes -------------------------------------------------------------------

PET = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}, "name": {"type": "string"}},
}
SUBTYPES: dict[str, Any] = {
    "Cat": {
        "allOf": [
            ref("Pet"),
            {
                "type": "object",
                "required": ["lives"],
                "properties": {"lives": {"type": "integer"}, "friend": ref("Pet")},
            },
        ]
    },
    "Dog": {"allOf": [ref("Pet"), {"type": "object", "required": ["legs"]}]},
    "Poodle": {"allOf": [ref("Dog"), {"required": ["curls"]}]},
    "Alias": ref("Pet"),
}


def pets(schema: Any, version: str = "3.1.0", **discriminator: Any) -> dict[str, Any]:
    """Return a document with a schema that others extend by allOf."""
    pet = {**PET, "discriminator": {"propertyName": "kind", **discriminator}}
    return with_body(schema, version, **deepcopy({"Pet": pet, **SUBTYPES}))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mapping", [None, {"cat": "#/components/schemas/Cat", "dog": "Dog"}])
@pytest.mark.parametrize("within", ["itself", "items", "alias", "allOf"])
def test_discriminator_selects_a_subtype(
    version: str, mapping: Any, within: str, tmp_path: Path
) -> None:
    """Where a schema is referenced, an enforced property selects which of its subtypes applies."""
    schema = {
        "itself": ref("Pet"),
        "items": {"type": "array", "items": ref("Pet")},
        "alias": ref("Alias"),
        "allOf": {"allOf": [ref("Pet")], "description": "A pet"},
    }[within]
    api = enforcing(tmp_path, pets(schema, version, **({"mapping": mapping} if mapping else {})))
    contract = fieldbound.contract(f"{tmp_path}/openapi.json#do", discriminator="enforce")
    reference = contract.jsonschema_validator()
    at = "/body/0" if within == "items" else "/body"
    cat, dog = ("cat", "dog") if mapping else ("Cat", "Dog")
    for body, expected in [
        ({"kind": cat, "lives": 9}, []),
        ({"kind": "Cat", "lives": 9, "friend": {"kind": dog, "legs": 4}}, []),
        ({"kind": "Pet"}, []),
        ({"kind": cat}, [("required", "/lives")]),
        ({"kind": dog, "lives": 9}, [("required", "/legs")]),
        ({"kind": "Poodle", "legs": 4}, [("required", "/curls")]),
        ({"kind": "Cow"}, [("enum", "/kind")]),
        ({"name": "a"}, [("required", "/kind")]),
        ({"kind": cat, "lives": "x"}, [("type", "/lives")]),
        ({"kind": cat, "lives": 1, "friend": {"kind": cat}}, [("required", "/friend/lives")]),
        (5, [("type", "")]),
    ]:
        given = [body] if within == "items" else body
        assert codes(api, given) == [(code, at + pointer) for code, pointer in expected], body
        assert codes(api, given, 200) == [(code, at + pointer) for code, pointer in expected], body
        assert reference.is_valid(given) == (not expected)
    given = {"kind": "Cow"}
    (unknown,) = api.check_request(post([given] if within == "items" else given))
    assert all(f'"{each}"' in unknown.message for each in (cat, dog, "Poodle", "Pet"))
    assert unknown.limit.location.endswith("#/components/schemas/Pet/discriminator")


def test_messages_are_generated_for_subtypes(tmp_path: Path) -> None:
    """Messages are generated for schemas with a discriminator, even recursive ones."""
    from hypothesis import HealthCheck, given, settings

    from fieldbound import strategies

    deep = {"type": "object", "properties": {"in": {"allOf": [ref("Deep"), {"type": "object"}]}}}
    document = pets({"type": "array", "items": ref("Pet")})
    document["components"]["schemas"]["Deep"] = deep
    document["paths"]["/deep"] = with_body(ref("Deep"))["paths"]["/do"]
    document["paths"]["/deep"]["post"]["operationId"] = "deep"
    api = enforcing(tmp_path, document)
    few_examples = settings(max_examples=15, database=None, suppress_health_check=list(HealthCheck))
    for operation in ("do", "deep"):

        @few_examples
        @given(strategies.requests(api, operation))
        def check(message: Message) -> None:
            assert api.check_request(message).ok

        check()


def test_const_and_enum_select_a_subtype(tmp_path: Path) -> None:
    """The values of a subtype's own const or enum select it, instead of its name."""
    document = pets(ref("Pet"))
    document["components"]["schemas"]["Cat"]["allOf"][1]["properties"]["kind"] = {"const": "cat"}
    api = enforcing(tmp_path, document)
    assert codes(api, {"kind": "cat"}) == [("required", "/body/lives")]
    assert codes(api, {"kind": "cat", "lives": 9}) == []
    document["components"]["schemas"]["Pet"]["properties"]["kind"] = {"enum": ["cat", "cow"]}
    api = enforcing(tmp_path, document)
    assert codes(api, {"kind": "cat"}) == [("required", "/body/lives")]
    assert codes(api, {"kind": "cow"}) == []
    assert codes(api, {"kind": "dog"}) == [("enum", "/body/kind")]


def test_discriminator_selects_across_files(tmp_path: Path) -> None:
    """Subtypes are found in other files, by the mapping and by their names."""
    discriminator = {"propertyName": "kind", "mapping": {"cat": "./cat.yaml"}}
    write(tmp_path / "schemas" / "pet.yaml", {**PET, "discriminator": discriminator})
    for name, needed in (("cat", "lives"), ("dog", "legs")):
        more = {"required": [needed]}
        write(tmp_path / "schemas" / f"{name}.yaml", {"allOf": [{"$ref": "pet.yaml"}, more]})
    dog = {"$ref": "schemas/dog.yaml"}
    api = enforcing(tmp_path, with_body({"$ref": "schemas/pet.yaml"}, "3.0.3", Dog=dog))
    assert codes(api, {"kind": "cat"}) == [("required", "/body/lives")]
    assert codes(api, {"kind": "Dog"}) == [("required", "/body/legs")]
    assert codes(api, {"kind": "Dog", "legs": 4}) == []
    assert codes(api, {"kind": "Cow"}) == [("enum", "/body/kind")]


def test_discriminator_without_subtypes_is_unspecified(tmp_path: Path) -> None:
    """A schema without subtypes is reported as unspecified."""
    pet = {**PET, "discriminator": {"propertyName": "kind"}}
    report = enforcing(tmp_path, with_body(ref("Pet"), Pet=pet)).check_request(
        post({"kind": "cow"})
    )
    assert report.ok
    assert report.unspecified == {
        "/body": "which schema applies for each value of 'kind' is not documented"
    }


@pytest.mark.parametrize("keyword", ["oneOf", "allOf"])
@pytest.mark.parametrize(
    ("discriminator", "at", "reason"),
    [
        (None, "", "a discriminator must be an object"),
        ("kind", "", "a discriminator must be an object"),
        ({}, "", "propertyName of a discriminator must be a string"),
        ({"propertyName": 1}, "/propertyName", "propertyName of a discriminator must be a string"),
        ({"propertyName": "a", "mapping": 1}, "/mapping", "mapping of a discriminator must be an"),
        ({"propertyName": "a", "mapping": {"b": 1}}, "/mapping/b", "a mapping value must be a"),
    ],
)
def test_invalid_discriminator_is_an_error(
    keyword: str, discriminator: Any, at: str, reason: str, tmp_path: Path
) -> None:
    """Where strict, an invalid discriminator is an error at its place."""
    pet = {keyword: [ref("Dog")], "discriminator": discriminator}
    api = api_of(tmp_path, with_body(ref("Pet"), Pet=pet, Dog={"type": "object"}), strict=True)
    with pytest.raises(BrokenContract, match=reason) as caught:
        request_messages(api, {})
    assert caught.value.pointer == f"/components/schemas/Pet/discriminator{at}"
    assert caught.value.place is not None


def test_unresolved_mapping_is_an_error(tmp_path: Path) -> None:
    """Where strict, an unresolved reference in a mapping is an error at its place."""
    api = api_of(
        tmp_path, pets(ref("Pet"), mapping={"cow": "#/components/schemas/Cow"}), strict=True
    )
    with pytest.raises(
        BrokenContract, match=r"unresolved \$ref: .* is not in openapi\.json"
    ) as caught:
        request_messages(api, {})
    assert caught.value.pointer == "/components/schemas/Pet/discriminator/mapping/cow"


# -- operations and their parts --------------------------------------------------------------------


def with_operation(method: str = "get", **operation: Any) -> dict[str, Any]:
    """Return a document with one operation, and components with circular references."""
    shared = {
        "parameters": {
            "A": {"$ref": "#/components/parameters/B"},
            "B": {"$ref": "#/components/parameters/A"},
        },
        "requestBodies": {"A": {"$ref": "#/components/requestBodies/A"}},
        "responses": {"A": {"$ref": "#/components/responses/A"}},
        "headers": {"A": {"$ref": "#/components/headers/A"}},
        "schemas": {"A": ref("B"), "B": ref("A"), "S": {"description": "S", "type": "object"}},
    }
    whole = {"operationId": "do", "responses": RESPONSES, **operation}
    return {**head(), "paths": {"/do": {method: whole}}, "components": shared}


PARAMETER = {"name": "a", "in": "query"}
CYCLE = "circular $ref"
TO_SCHEMA = "the $ref target is a schema, but must be a"


@pytest.mark.parametrize(
    ("operation", "at", "reason"),
    [
        ({"parameters": [{"$ref": "#/components/parameters/A"}]}, "/parameters/0/$ref", CYCLE),
        ({"requestBody": {"$ref": "#/components/requestBodies/A"}}, "/requestBody/$ref", CYCLE),
        (
            {"requestBody": {"content": {"application/json": {"schema": ref("A")}}}},
            "/requestBody/content/application~1json/schema/$ref",
            CYCLE,
        ),
        ({"parameters": [ref("S")]}, "/parameters/0/$ref", f"{TO_SCHEMA} parameter"),
        ({"requestBody": ref("S")}, "/requestBody/$ref", f"{TO_SCHEMA} request body"),
        (
            {"parameters": [{"$ref": "#/info"}]},
            "/parameters/0/$ref",
            "the $ref target is not a parameter: missing name and in",
        ),
        (
            {"parameters": [{"$ref": "#/info/title"}]},
            "/parameters/0/$ref",
            "the $ref target is not a parameter: a parameter must be an object",
        ),
        (
            {"parameters": [{**PARAMETER, "type": "integer"}]},
            "/parameters/0/type",
            "'type' is not allowed in a parameter: move it to its schema",
        ),
        (
            {"parameters": [{**PARAMETER, "style": "nonsense", "schema": {}}]},
            "/parameters/0/style",
            "the style in a query must be one of form, spaceDelimited, pipeDelimited, deepObject, "
            "not 'nonsense'",
        ),
        (
            {"parameters": [{**PARAMETER, "style": "simple", "schema": {}}]},
            "/parameters/0/style",
            "deepObject, not 'simple'",
        ),
        (
            {"parameters": [{"name": "a", "in": "header", "style": "form", "schema": {}}]},
            "/parameters/0/style",
            "the style in a header must be one of simple, not 'form'",
        ),
    ],
)
def test_invalid_part_of_a_request_is_an_error(
    operation: Any, at: str, reason: str, tmp_path: Path
) -> None:
    """Where strict, an invalid parameter or body is an error, and a misplaced keyword."""
    api = api_of(tmp_path, with_operation("post", **operation), strict=True)
    with pytest.raises(BrokenContract) as caught:
        request_messages(api, {})
    assert reason in caught.value.reason
    assert caught.value.pointer == f"/paths/~1do/post{at}"
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    ("response", "at", "reason"),
    [
        ({"$ref": "#/components/responses/A"}, "/$ref", CYCLE),
        (ref("S"), "/$ref", f"{TO_SCHEMA} response"),
        ({"headers": {"A": {"$ref": "#/components/headers/A"}}}, "/headers/A/$ref", CYCLE),
        ({"headers": {"A": ref("S")}}, "/headers/A/$ref", f"{TO_SCHEMA} header"),
        (
            {"schema": {"type": "object"}},
            "/schema",
            "'schema' is not allowed in a response: move it to the schema of a media type under",
        ),
    ],
)
def test_invalid_part_of_a_response_is_an_error(
    response: Any, at: str, reason: str, tmp_path: Path
) -> None:
    """Where strict, an invalid response or header is an error, and a misplaced keyword."""
    api = api_of(tmp_path, with_operation("post", responses={"200": response}), strict=True)
    with pytest.raises(BrokenContract) as caught:
        api.check_response(post({}, status=200))
    assert reason in caught.value.reason
    assert caught.value.pointer == f"/paths/~1do/post/responses/200{at}"


@pytest.mark.parametrize(
    ("paths", "at", "reason"),
    [
        ({"/f": {"$ref": "#/paths/~1g"}, "/g": {"$ref": "#/paths/~1f"}}, "/paths/~1f/$ref", CYCLE),
        ({"/f": ref("S")}, "/paths/~1f/$ref", f"{TO_SCHEMA} path item"),
        (
            {"f": {"get": {"responses": RESPONSES}}},
            "/paths/f",
            "a path must start with a slash: write '/f'",
        ),
        ({}, "/paths", "no operations"),
        ({"/f": {}}, "/paths", "no operations"),
        (None, "/paths", "no operations"),
    ],
)
def test_document_without_operations_is_an_error(
    paths: Any, at: str, reason: str, tmp_path: Path
) -> None:
    """A document without operations is an error for `api` and for `contract`."""
    document = {**with_operation(), "paths": paths} if paths is not None else head()
    for call in (
        lambda: api_of(tmp_path, document),
        lambda: fieldbound.contract(f"{tmp_path}/openapi.json#do"),
    ):
        with pytest.raises(BrokenContract) as caught:
            call()
        assert reason in caught.value.reason
        assert caught.value.pointer == at


def test_extensions_in_paths_and_responses_are_ignored(tmp_path: Path) -> None:
    """Extension keys are allowed in paths and responses."""
    document = with_operation(responses={**RESPONSES, "x-note": 1})
    document["paths"]["x-groups"] = ["a"]
    api = api_of(tmp_path, document)
    assert api.operations == ("do",)
    assert api.statuses("do") == ("204",)


def test_numeric_version_is_an_error(tmp_path: Path) -> None:
    """A version that YAML reads as a number is an error that advises to quote it."""
    path = tmp_path / "openapi.yaml"
    path.write_text("openapi: 3.1\ninfo: {title: T, version: '1'}\npaths: {}\n")
    with pytest.raises(BrokenContract, match=r'openapi must be a string: write "3\.1"') as caught:
        fieldbound.api(path)
    assert caught.value.pointer == "/openapi"


def test_operation_without_responses_is_not_checked(tmp_path: Path) -> None:
    """Without documented responses, a response is valid and reported as not checked."""
    api = api_of(tmp_path, with_operation(responses={}))
    report = api.check_response(Message("GET", "https://h/do", {}, b"{}", status=200))
    assert report.ok
    assert list(report.not_checked) == ["/status"]


def with_operation_ids(*names: str) -> dict[str, Any]:
    """Return a document with operations of these operationIds, each at a path with its index."""
    operations = [{"operationId": name, "responses": RESPONSES} for name in names]
    return {**head(), "paths": {f"/{at}": {"get": each} for at, each in enumerate(operations)}}


@pytest.mark.parametrize(
    ("operation_ids", "names"),
    [
        (("getUser", "get_user"), ("get-user", "get-user-2")),
        (("getUser", "get-user"), ("get-user-2", "get-user")),
        (("getUser", "get_user", "get-user-2"), ("get-user", "get-user-3", "get-user-2")),
        (("日本", "a/b#c"), ("日本", "a-b-c")),
        (("!!!",), ("get-0",)),
    ],
)
def test_operation_names_are_unique(
    operation_ids: tuple[str, ...], names: tuple[str, ...], tmp_path: Path
) -> None:
    """Equal operationIds in kebab-case get unique names; id and name find the operation."""
    api = api_of(tmp_path, with_operation_ids(*operation_ids))
    assert api.operations == names
    paths = [f"/{index}" for index in range(len(names))]
    assert [api.find_operation(each)[1].path for each in operation_ids] == paths
    assert [api.find_operation(each)[1].path for each in names] == paths


def test_duplicate_operation_name_in_a_contracts_folder_is_an_error(tmp_path: Path) -> None:
    """In a contracts folder, operationIds that are the same in kebab-case are an error."""
    write(tmp_path / "acme" / "openapi.json", with_operation_ids("getUser", "get_user"))
    with pytest.raises(BrokenContract, match="duplicate operation name get-user") as caught:
        fieldbound.contracts([tmp_path])
    assert caught.value.pointer == "/paths/~11/get/operationId"


def test_duplicate_operation_id_is_an_error(tmp_path: Path) -> None:
    """A duplicate operationId is an error where strict; one path item at two paths is not."""
    duplicate = with_operation_ids("getUser", "other", "getUser")
    assert api_of(tmp_path, duplicate).operations == ("get-user", "other", "get-user-2")
    with pytest.raises(BrokenContract, match="duplicate operationId 'getUser'") as caught:
        api_of(tmp_path, duplicate, strict=True)
    assert caught.value.pointer == "/paths/~12/get/operationId"
    twice = with_operation_ids("getUser")
    twice["paths"]["/1"] = {"$ref": "#/paths/~10"}
    assert api_of(tmp_path, twice, strict=True).operations == ("get-user", "get-user-2")


# -- files -----------------------------------------------------------------------------------------


def write_split_document(folder: Path) -> Path:
    """Write a document with every part in another file, some of them in parent folders.

    They are in one repository.
    """
    (folder / ".git").mkdir()
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
def test_references_across_files(
    here: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Path items, parameters, bodies, responses, headers and schemas may be in other files."""
    path = write_split_document(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / here)
    api = fieldbound.api(path)
    report = api.check_request(post("abcd", "/do?limit=x"))
    assert [each.pointer for each in report] == ["/query/limit", "/body"]
    answer = api.check_response(post("abcd", status=200))
    assert [each.pointer for each in answer] == ["/headers/X-Left", "/body"]
    assert "shared/schemas.yaml#/Name" in report.violations[1].limit.location


SPECIAL_NAMES = (
    "日本",
    "Generic«Foo»",
    "Page[Foo]",
    "a`1[[System.String]]",
    "with space",
    "a%b",
    "h#h",
)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", SPECIAL_NAMES)
def test_reference_need_not_be_percent_encoded(version: str, name: str, tmp_path: Path) -> None:
    """A reference that is not percent-encoded is resolved all the same."""
    whole = {"type": "object", "properties": {"x": {"type": "integer"}}}
    for schema, body, at in (
        (ref(name), {"x": "s"}, "/body/x"),
        ({"items": {"allOf": [ref(name), {"type": "object"}]}}, [{"x": "s"}], "/body/0/x"),
    ):
        api = api_of(tmp_path, with_body(schema, version, **{name: whole}))
        (violation,) = api.check_request(post(body))
        assert (violation.code, violation.pointer) == ("type", at)
        where = unquote(violation.limit.location.partition("#")[2])
        assert where == f"/components/schemas/{name}/properties/x/type"


def test_file_reference_need_not_be_percent_encoded(tmp_path: Path) -> None:
    """A file is the same, whether a reference to it is percent-encoded or not."""
    user = {"properties": {"n": {"type": "integer"}, "d": {"$ref": "sub/d[1].json#/$defs/a b"}}}
    both = {"u": {"$ref": "../user name.yaml"}, "v": {"$ref": "../user%20name.yaml"}}
    write(tmp_path / "schemas" / "user name.yaml", user)
    write(tmp_path / "schemas" / "sub" / "d[1].json", {"$defs": {"a b": {"properties": both}}})
    named = {"name": "q", "in": "query", "schema": {"$ref": "schemas/user name.yaml#/properties/n"}}
    write(tmp_path / "the parts.json", {"a «b»": named})
    document = with_body({"$ref": "schemas/user name.yaml"})
    document["paths"]["/do"]["post"]["parameters"] = [{"$ref": "the parts.json#/a «b»"}]
    api = api_of(tmp_path, document)
    report = api.check_request(post({"d": {"u": {"n": "s"}, "v": {"n": "s"}}}, "/do?q=x"))
    assert [each.pointer for each in report] == ["/query/q", "/body/d/u/n", "/body/d/v/n"]
    assert len({each.limit.location for each in report}) == 1
    assert "schemas/user%20name.yaml#/properties/n" in report.violations[0].limit.location


def test_unresolved_reference_is_an_error(tmp_path: Path) -> None:
    """Where strict, an unresolved $ref is an error in the file that has it."""
    path = write_split_document(tmp_path)
    parts = tmp_path / "shared" / "parts.json"
    parts.write_text(parts.read_text().replace("schemas.yaml#/Name", "schemas.yaml#/Nam"))
    with pytest.raises(BrokenContract) as caught:
        fieldbound.api(path, strict=True).check_request(post("a"))
    assert "shared/parts.json:1:" in str(caught.value)
    assert "unresolved $ref: 'schemas.yaml#/Nam' is not in schemas.yaml" in str(caught.value)


# -- lazy reading ----------------------------------------------------------------------------------


def with_operations(count: int, pad: str = "") -> dict[str, Any]:
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
        operation = {"operationId": f"do{number}", "requestBody": body, "responses": RESPONSES}
        paths[f"/do{number}"] = {"post": operation}
    return {**head(), "paths": paths, "components": {"schemas": schemas}}


@pytest.mark.parametrize("suffix", [".json", ".yaml"])
def test_invalid_schema_is_an_error_when_used(suffix: str, tmp_path: Path) -> None:
    """Where strict, an invalid schema is an error with its place, not for other operations."""
    document = with_operations(3)
    document["components"]["schemas"]["Thing1"]["properties"]["name"]["type"] = "boolean,"
    path = write(tmp_path / f"openapi{suffix}", document)
    api = fieldbound.api(path, strict=True)
    assert request_messages(api, {"name": "abc"}, "/do2") == []
    assert request_messages(api, {"name": "ab"}, "/do0") == [
        "/body/name has 2 characters, the limit is 1"
    ]
    with pytest.raises(BrokenContract, match="boolean,") as caught:
        request_messages(api, {"name": "a"}, "/do1")
    assert caught.value.file.endswith(path.name)
    text = path.read_text().splitlines()[caught.value.place.line - 1]
    assert text[caught.value.place.column - 1 :].lstrip('"').startswith("type")
    assert caught.value.pointer == "/components/schemas/Thing1/properties/name/type"
    with pytest.raises(BrokenContract):
        request_messages(api, {"name": "a"}, "/do1")
    assert request_messages(api, {"name": "abc"}, "/do2") == []


def test_only_used_schemas_are_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a document of 3 MB with 300 operations, only those used are compiled, and once."""
    from fieldbound.validation import engine

    uris: list[str] = []
    own = engine.compile_schema

    def compile_schema(schema: Any, uri: str, *rest: Any) -> Any:
        uris.append(uri)
        return own(schema, uri, *rest)

    monkeypatch.setattr(engine, "compile_schema", compile_schema)
    path = write(tmp_path / "openapi.json", with_operations(300, "x" * 9_700))
    assert path.stat().st_size > 3_000_000
    api = fieldbound.api(path)
    assert len(api.operations) == 300
    assert api.operation_of(post({}, "/do299")) == "do299"
    assert uris == []
    assert request_messages(api, {"name": "a"}, "/do7") == []
    first = list(uris)
    assert len(first) == 1
    assert "do7" in first[0]
    assert request_messages(api, {"name": "b"}, "/do7") == []
    assert uris == first
    assert request_messages(api, {"name": "b"}, "/do8") == []
    assert len(uris) == 2


# -- 3.2 -------------------------------------------------------------------------------------------


def test_methods_of_3_2(tmp_path: Path) -> None:
    """QUERY is a method, and additionalOperations have any method."""
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    item = {
        "query": {"operationId": "ask", "requestBody": body, "responses": RESPONSES},
        "additionalOperations": {"COPY": {"operationId": "copy", "responses": RESPONSES}},
    }
    api = api_of(tmp_path, {**head("3.2.0"), "paths": {"/things": item}})
    assert set(api.operations) == {"ask", "copy"}
    assert api.operation_of(Message("COPY", "https://h/things")) == "copy"
    assert api.check_request(Message("QUERY", "https://h/things")).ok
    (violation,) = api.check_request(Message("GET", "https://h/things"))
    assert violation.pointer == "/method"
    assert violation.limit.value == ["QUERY", "COPY"]


def test_querystring_parameter_is_not_checked(tmp_path: Path) -> None:
    """A parameter that is the whole query string is reported as not checked."""
    content = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
    named = {"name": "all", "in": "querystring", "content": content}
    item = {"get": {"operationId": "ask", "parameters": [named], "responses": RESPONSES}}
    api = api_of(tmp_path, {**head("3.2.0"), "paths": {"/things": item}})
    report = api.check_request(Message("GET", "https://h/things?a=1&b=2"))
    assert report.ok
    assert list(report.not_checked) == ["/query"]
    assert list(api.check_request(Message("GET", "https://h/things")).not_checked) == ["/query"]


def test_cookies_of_3_2(tmp_path: Path) -> None:
    """With the style `cookie` of 3.2, each item of an array is a cookie of its own."""
    named = {
        "name": "size",
        "in": "cookie",
        "style": "cookie",
        "schema": {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
    }
    item = {"get": {"operationId": "ask", "parameters": [named], "responses": RESPONSES}}
    api = api_of(tmp_path, {**head("3.2.0"), "paths": {"/things": item}})
    for cookie, expected in (("size=1; size=2", 0), ("size=1; size=2; size=3", 1), ("size=x", 1)):
        report = api.check_request(Message("GET", "https://h/things", {"Cookie": cookie}))
        assert len(report) == expected
