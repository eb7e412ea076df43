"""OpenAPI documents of any vendor: what their versions write in their own ways, across files."""

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


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def codes(api: API, body: Any, status: int | None = None) -> list[tuple[str, str]]:
    """Return where a request or a response is wrong, and by what."""
    check = api.check_request if status is None else api.check_response
    return [(each.code, each.pointer) for each in check(posted(body, status=status))]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("refused", "status"), [("readOnly", None), ("writeOnly", 200)])
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
def test_what_is_not_carried_is_not_required_by_another_part(
    version: str, refused: str, status: int | None, schema: Any, tmp_path: Path
) -> None:
    """What one part of a schema says is readOnly or writeOnly, no other part of it requires."""
    number = {"type": "integer", refused: True}
    base = {"type": "object", "properties": {"id": number, "name": {"type": "string"}}}
    whole = {"allOf": [ref("Base"), {"required": ["id", "name"]}]}
    others = {"Id": number, "Whole": whole, "Required": {"required": ["id"]}}
    api = opened(tmp_path, taking(schema, version, Base=base, **others))
    assert codes(api, {"name": "a"}, status) == []
    assert (refused, "/body/id") in codes(api, {"id": 1, "name": "a"}, status)
    other = 200 if status is None else None
    assert codes(api, {"id": 1}, other) in ([], [("required", "/body/name")])


@pytest.mark.parametrize(("refused", "status"), [("readOnly", None), ("writeOnly", 200)])
def test_what_is_not_carried_is_told_once(refused: str, status: int | None, tmp_path: Path) -> None:
    """An attribute that is not carried is one violation, at its place, wherever that is said."""
    named = {"type": "integer", refused: True}
    said = {"properties": {"id": {"allOf": [ref("Id"), {"minimum": 5}]}}}
    schema = {"allOf": [said, {"required": ["id"]}]}
    api = opened(tmp_path, taking(schema, Id=named))
    (wrong,) = (
        api.check_request(posted({"id": 1}))
        if status is None
        else api.check_response(posted({"id": 1}, status=status))
    )
    assert (wrong.code, wrong.pointer) == (refused, "/body/id")
    assert wrong.limit.location.endswith(f"#/components/schemas/Id/{refused}")


# -- discriminators and what extends a schema ------------------------------------------------------

PET = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}, "name": {"type": "string"}},
}
EXTENDED: dict[str, Any] = {
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


def pets(schema: Any, version: str = "3.1.0", **said: Any) -> dict[str, Any]:
    """Return a document with a schema that others extend."""
    pet = {**PET, "discriminator": {"propertyName": "kind", **said}}
    return taking(schema, version, **deepcopy({"Pet": pet, **EXTENDED}))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mapping", [None, {"cat": "#/components/schemas/Cat", "dog": "Dog"}])
@pytest.mark.parametrize("within", ["itself", "items", "alias", "allOf"])
def test_a_discriminator_chooses_what_extends_a_schema(
    version: str, mapping: Any, within: str, tmp_path: Path
) -> None:
    """Where a schema is referred to, the attribute says which of those that extend it judges."""
    schema = {
        "itself": ref("Pet"),
        "items": {"type": "array", "items": ref("Pet")},
        "alias": ref("Alias"),
        "allOf": {"allOf": [ref("Pet")], "description": "A pet"},
    }[within]
    api = opened(tmp_path, pets(schema, version, **({"mapping": mapping} if mapping else {})))
    at = "/body/0" if within == "items" else "/body"
    cat, dog = ("cat", "dog") if mapping else ("Cat", "Dog")
    for body, wrong in [
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
        assert codes(api, given) == [(code, at + pointer) for code, pointer in wrong], body
        assert codes(api, given, 200) == [(code, at + pointer) for code, pointer in wrong], body
        judges = fieldbound.contract(f"{tmp_path}/openapi.json#do")
        assert judges.jsonschema_validator().is_valid(given) == (not wrong)
    given = {"kind": "Cow"}
    (unknown,) = api.check_request(posted([given] if within == "items" else given))
    assert all(f'"{each}"' in unknown.message for each in (cat, dog, "Poodle", "Pet"))
    assert unknown.limit.location.endswith("#/components/schemas/Pet/discriminator")


def test_messages_are_made_of_what_extends_a_schema(tmp_path: Path) -> None:
    """Messages are drawn for schemas that choose, even those that lead back to themselves."""
    from hypothesis import HealthCheck, given, settings

    from fieldbound import strategies

    deep = {"type": "object", "properties": {"in": {"allOf": [ref("Deep"), {"type": "object"}]}}}
    document = pets({"type": "array", "items": ref("Pet")})
    document["components"]["schemas"]["Deep"] = deep
    document["paths"]["/deep"] = taking(ref("Deep"))["paths"]["/do"]
    document["paths"]["/deep"]["post"]["operationId"] = "deep"
    api = opened(tmp_path, document)
    told = settings(max_examples=15, database=None, suppress_health_check=list(HealthCheck))
    for operation in ("do", "deep"):

        @told
        @given(strategies.requests(api, operation))
        def judged(message: Message) -> None:
            assert api.check_request(message).ok

        judged()


def test_a_schema_that_names_its_values_chooses_by_them(tmp_path: Path) -> None:
    """The values that a schema takes itself mean it, where they are not the name it has."""
    document = pets(ref("Pet"))
    document["components"]["schemas"]["Cat"]["allOf"][1]["properties"]["kind"] = {"const": "cat"}
    api = opened(tmp_path, document)
    assert codes(api, {"kind": "cat"}) == [("required", "/body/lives")]
    assert codes(api, {"kind": "cat", "lives": 9}) == []
    document["components"]["schemas"]["Pet"]["properties"]["kind"] = {"enum": ["cat", "cow"]}
    api = opened(tmp_path, document)
    assert codes(api, {"kind": "cat"}) == [("required", "/body/lives")]
    assert codes(api, {"kind": "cow"}) == []
    assert codes(api, {"kind": "dog"}) == [("enum", "/body/kind")]


def test_a_discriminator_chooses_across_files(tmp_path: Path) -> None:
    """What extends a schema is found in other files: by the mapping, and by names there are."""
    said = {"propertyName": "kind", "mapping": {"cat": "./cat.yaml"}}
    write(tmp_path / "schemas" / "pet.yaml", {**PET, "discriminator": said})
    for name, needed in (("cat", "lives"), ("dog", "legs")):
        more = {"required": [needed]}
        write(tmp_path / "schemas" / f"{name}.yaml", {"allOf": [{"$ref": "pet.yaml"}, more]})
    dog = {"$ref": "schemas/dog.yaml"}
    api = opened(tmp_path, taking({"$ref": "schemas/pet.yaml"}, "3.0.3", Dog=dog))
    assert codes(api, {"kind": "cat"}) == [("required", "/body/lives")]
    assert codes(api, {"kind": "Dog"}) == [("required", "/body/legs")]
    assert codes(api, {"kind": "Dog", "legs": 4}) == []
    assert codes(api, {"kind": "Cow"}) == [("enum", "/body/kind")]


def test_what_a_discriminator_chooses_among_is_said_to_be_unknown(tmp_path: Path) -> None:
    """Where nothing is known to extend a schema, that which it is of is said not to be judged."""
    pet = {**PET, "discriminator": {"propertyName": "kind"}}
    report = opened(tmp_path, taking(ref("Pet"), Pet=pet)).check_request(posted({"kind": "cow"}))
    assert report.ok
    assert report.unspecified == {
        "/body": "which schema a value is of by its 'kind' is not documented"
    }


@pytest.mark.parametrize("keyword", ["oneOf", "allOf"])
@pytest.mark.parametrize(
    ("said", "at", "reason"),
    [
        (None, "", "a discriminator is an object"),
        ("kind", "", "a discriminator is an object"),
        ({}, "", "a discriminator has a propertyName, which is a text"),
        ({"propertyName": 1}, "/propertyName", "a discriminator has a propertyName, which is"),
        ({"propertyName": "a", "mapping": 1}, "/mapping", "the mapping of a discriminator is an"),
        ({"propertyName": "a", "mapping": {"b": 1}}, "/mapping/b", "a mapping leads to the name"),
    ],
)
def test_a_discriminator_that_is_none_is_told(
    keyword: str, said: Any, at: str, reason: str, tmp_path: Path
) -> None:
    """A discriminator of another form than the specification has is told with its place."""
    whole = {keyword: [ref("Dog")], "discriminator": said}
    api = opened(tmp_path, taking(ref("Pet"), Pet=whole, Dog={"type": "object"}))
    with pytest.raises(BrokenContract, match=reason) as told:
        sent(api, {})
    assert told.value.pointer == f"/components/schemas/Pet/discriminator{at}"
    assert told.value.place is not None


def test_a_mapping_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    """A mapping to a schema that is not there is told with its place."""
    api = opened(tmp_path, pets(ref("Pet"), mapping={"cow": "#/components/schemas/Cow"}))
    with pytest.raises(BrokenContract, match=r"leads to nothing in openapi\.json") as told:
        sent(api, {})
    assert told.value.pointer == "/components/schemas/Pet/discriminator/mapping/cow"


# -- operations and their parts --------------------------------------------------------------------


def of(method: str = "get", **operation: Any) -> dict[str, Any]:
    """Return a document with one operation, and components that lead nowhere."""
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
    whole = {"operationId": "do", "responses": DONE, **operation}
    return {**head(), "paths": {"/do": {method: whole}}, "components": shared}


def answered(said: Any) -> dict[str, Any]:
    """Return the responses of an operation, one of which is as given."""
    return {"200": said}


PARAMETER = {"name": "a", "in": "query"}
CYCLE = "the reference leads back to itself"
TO_SCHEMA = "the reference leads to a schema, but must lead to a"


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
            "the reference leads to no parameter: it has no name and no in",
        ),
        (
            {"parameters": [{"$ref": "#/info/title"}]},
            "/parameters/0/$ref",
            "the reference leads to no parameter: a parameter is an object",
        ),
        (
            {"parameters": [{**PARAMETER, "type": "integer"}]},
            "/parameters/0/type",
            "nothing reads 'type' in a parameter: write it in a schema",
        ),
        (
            {"parameters": [{**PARAMETER, "style": "nonsense", "schema": {}}]},
            "/parameters/0/style",
            "there is no style 'nonsense' in a query: there is form, spaceDelimited",
        ),
        (
            {"parameters": [{**PARAMETER, "style": "simple", "schema": {}}]},
            "/parameters/0/style",
            "there is no style 'simple' in a query",
        ),
        (
            {"parameters": [{"name": "a", "in": "header", "style": "form", "schema": {}}]},
            "/parameters/0/style",
            "there is no style 'form' in a header: there is simple",
        ),
    ],
)
def test_a_part_of_a_request_that_is_none_is_told(
    operation: Any, at: str, reason: str, tmp_path: Path
) -> None:
    """What is no parameter or body, or written where nothing reads it, is told with its place."""
    api = opened(tmp_path, of("post", **operation))
    with pytest.raises(BrokenContract) as told:
        sent(api, {})
    assert reason in told.value.reason
    assert told.value.pointer == f"/paths/~1do/post{at}"
    assert str(tmp_path) in str(told.value)


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
            "nothing reads 'schema' in a response: write it in a schema under content",
        ),
    ],
)
def test_a_part_of_a_response_that_is_none_is_told(
    response: Any, at: str, reason: str, tmp_path: Path
) -> None:
    """What is no response or header, or written where nothing reads it, is told with its place."""
    api = opened(tmp_path, of("post", responses=answered(response)))
    with pytest.raises(BrokenContract) as told:
        api.check_response(posted({}, status=200))
    assert reason in told.value.reason
    assert told.value.pointer == f"/paths/~1do/post/responses/200{at}"


@pytest.mark.parametrize(
    ("paths", "at", "reason"),
    [
        ({"/f": {"$ref": "#/paths/~1g"}, "/g": {"$ref": "#/paths/~1f"}}, "/paths/~1f/$ref", CYCLE),
        ({"/f": ref("S")}, "/paths/~1f/$ref", f"{TO_SCHEMA} path item"),
        ({"f": {"get": {"responses": DONE}}}, "/paths/f", "a path begins with a slash: write '/f'"),
        ({}, "/paths", "it has no operations"),
        ({"/f": {}}, "/paths", "it has no operations"),
        (None, "/webhooks", "it has no operations: its webhooks are not judged here"),
    ],
)
def test_a_document_without_operations_is_told(
    paths: Any, at: str, reason: str, tmp_path: Path
) -> None:
    """A document by which nothing can be judged is told when it is opened, by every way."""
    document = {**of(), "paths": paths} if paths is not None else head()
    if paths is None:
        document["webhooks"] = {"done": {"post": {"responses": DONE}}}
    for ask in (
        lambda: opened(tmp_path, document),
        lambda: fieldbound.contract(f"{tmp_path}/openapi.json#do"),
    ):
        with pytest.raises(BrokenContract) as told:
            ask()
        assert reason in told.value.reason
        assert told.value.pointer == at


def test_extensions_stand_beside_paths_and_responses(tmp_path: Path) -> None:
    """Extensions are let pass right under paths and responses, as the specification has them."""
    document = of(responses={**DONE, "x-note": 1})
    document["paths"]["x-groups"] = ["a"]
    api = opened(tmp_path, document)
    assert api.operations == ("do",)
    assert api.statuses("do") == ("204",)


def test_a_version_that_is_a_number_is_told(tmp_path: Path) -> None:
    """A version that YAML reads as a number is to be written as a text."""
    path = tmp_path / "openapi.yaml"
    path.write_text("openapi: 3.1\ninfo: {title: T, version: '1'}\npaths: {}\n")
    with pytest.raises(BrokenContract, match=r'openapi is a text: write "3\.1"') as told:
        fieldbound.api(path)
    assert told.value.pointer == "/openapi"


def test_an_operation_without_responses_says_so(tmp_path: Path) -> None:
    """Where no response is documented there is nothing to judge one by, and that is said."""
    api = opened(tmp_path, of(responses={}))
    report = api.check_response(Message("GET", "https://h/do", {}, b"{}", status=200))
    assert report.ok
    assert set(report.unspecified.values()) == {"no response is documented"}


def identified(*names: str) -> dict[str, Any]:
    """Return a document with operations of these operationIds, each at a path of its number."""
    operations = [{"operationId": name, "responses": DONE} for name in names]
    return {**head(), "paths": {f"/{at}": {"get": each} for at, each in enumerate(operations)}}


@pytest.mark.parametrize(
    ("written", "names"),
    [
        (("getUser", "get_user"), ("get-user", "get-user-2")),
        (("getUser", "get-user"), ("get-user-2", "get-user")),
        (("getUser", "get_user", "get-user-2"), ("get-user", "get-user-3", "get-user-2")),
        (("日本", "a/b#c"), ("日本", "a-b-c")),
        (("!!!",), ("get-0",)),
    ],
)
def test_operation_ids_that_are_alike_are_told_apart(
    written: tuple[str, ...], names: tuple[str, ...], tmp_path: Path
) -> None:
    """Operations whose ids are one in kebab-case have names of their own; ids lead to them."""
    api = opened(tmp_path, identified(*written))
    assert api.operations == names
    assert [api.known(each)[1].path for each in written] == [f"/{at}" for at in range(len(written))]
    assert [api.known(each)[1].path for each in names] == [f"/{at}" for at in range(len(names))]


def test_names_that_are_alike_are_told_in_a_folder_of_contracts(tmp_path: Path) -> None:
    """In a folder of one's own contracts no two operations have one name, however written."""
    write(tmp_path / "acme" / "openapi.json", identified("getUser", "get_user"))
    with pytest.raises(BrokenContract, match="two operations are named get-user") as told:
        fieldbound.contracts([tmp_path])
    assert told.value.pointer == "/paths/~11/get/operationId"


def test_equal_operation_ids_are_told(tmp_path: Path) -> None:
    """Two operations of one operationId are an error at the second; one at two paths is not."""
    with pytest.raises(
        BrokenContract, match="two operations have the operationId 'getUser'"
    ) as told:
        opened(tmp_path, identified("getUser", "other", "getUser"))
    assert told.value.pointer == "/paths/~12/get/operationId"
    twice = identified("getUser")
    twice["paths"]["/1"] = {"$ref": "#/paths/~10"}
    assert opened(tmp_path, twice).operations == ("get-user", "get-user-2")


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


STRANGE = ("日本", "Generic«Foo»", "Page[Foo]", "a`1[[System.String]]", "with space", "a%b", "h#h")


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", STRANGE)
def test_a_reference_may_be_written_as_it_reads(version: str, name: str, tmp_path: Path) -> None:
    """A reference that its author did not percent-encode leads where it reads that it does."""
    whole = {"type": "object", "properties": {"x": {"type": "integer"}}}
    for schema, body, at in (
        (ref(name), {"x": "s"}, "/body/x"),
        ({"items": {"allOf": [ref(name), {"type": "object"}]}}, [{"x": "s"}], "/body/0/x"),
    ):
        api = opened(tmp_path, taking(schema, version, **{name: whole}))
        (wrong,) = api.check_request(posted(body))
        assert (wrong.code, wrong.pointer) == ("type", at)
        where = unquote(wrong.limit.location.partition("#")[2])
        assert where == f"/components/schemas/{name}/properties/x/type"


def test_files_may_be_named_as_they_are(tmp_path: Path) -> None:
    """A file is one and the same, whether a reference to it is percent-encoded or not."""
    user = {"properties": {"n": {"type": "integer"}, "d": {"$ref": "sub/d[1].json#/$defs/a b"}}}
    both = {"u": {"$ref": "../user name.yaml"}, "v": {"$ref": "../user%20name.yaml"}}
    write(tmp_path / "schemas" / "user name.yaml", user)
    write(tmp_path / "schemas" / "sub" / "d[1].json", {"$defs": {"a b": {"properties": both}}})
    named = {"name": "q", "in": "query", "schema": {"$ref": "schemas/user name.yaml#/properties/n"}}
    write(tmp_path / "the parts.json", {"a «b»": named})
    document = taking({"$ref": "schemas/user name.yaml"})
    document["paths"]["/do"]["post"]["parameters"] = [{"$ref": "the parts.json#/a «b»"}]
    api = opened(tmp_path, document)
    report = api.check_request(posted({"d": {"u": {"n": "s"}, "v": {"n": "s"}}}, "/do?q=x"))
    assert [each.pointer for each in report] == ["/query/q", "/body/d/u/n", "/body/d/v/n"]
    assert len({each.limit.location for each in report}) == 1
    assert "schemas/user%20name.yaml#/properties/n" in report.violations[0].limit.location


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
    from fieldbound.validation import contract as judge, engine

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
    assert list(report.not_checked) == ["/query"]
    assert list(api.check_request(Message("GET", "https://h/things")).not_checked) == ["/query"]


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
