"""What is wrong in a foreign document costs one limit and is reported; strict refuses it."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import BrokenContract, Contract, Message

MISSPELT = "unknown keyword 'maxLenght' is not enforced; did you mean maxLength?"
BAD = {"pattern": "(("}
DEAD = {"type": "string", "minLength": 5, "maxLength": 3}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def contract_of(schema: Any, **options: Any) -> Contract:
    """Return the contract of a schema file."""
    Path("a.json").write_text(json.dumps(schema))
    return fieldbound.contract("a.json", **options)


def properties(**schemas: Any) -> dict[str, Any]:
    """Return a schema of an object; its property `b` must be a string."""
    return {"type": "object", "properties": {"b": {"type": "string"}, **schemas}}


def is_valid(contract: Contract, instance: Any) -> bool:
    """Return whether an instance is valid, by both engines."""
    report = contract.check(instance)
    assert contract.jsonschema_validator().is_valid(instance) is report.ok
    return report.ok


@pytest.mark.parametrize(
    ("schema", "at", "reason", "valid", "invalid"),
    [
        (
            properties(a={"type": "number", "minimum": 0, "exclusiveMinimum": True}),
            ("/a", "/properties/a/exclusiveMinimum"),
            "exclusiveMinimum must be a number, not true",
            {"a": 0},
            {"a": -1},
        ),
        (
            {**properties(), "$recursiveAnchor": True},
            ("", "/$recursiveAnchor"),
            "$recursiveAnchor must be a string, not true",
            {"b": "x"},
            {"b": 1},
        ),
        (
            {**properties(), "required": ["b", "a", "b"]},
            ("", "/required/2"),
            'required has "b" more than once',
            {"a": 1, "b": "x"},
            {"b": "x"},
        ),
        (
            {**properties(), "required": ["b", 5]},
            ("", "/required/1"),
            "required must be a string, not 5",
            {"b": "x"},
            {},
        ),
        (
            properties(a={"maxLength": 3, **BAD}),
            ("/a", "/properties/a/pattern"),
            "not an ECMA-262 pattern",
            {"a": "abc"},
            {"a": "abcd"},
        ),
        (
            {**properties(), "patternProperties": {"((": {}, "^c": {"type": "integer"}}},
            ("", "/patternProperties/(("),
            "not an ECMA-262 pattern",
            {"(": 1},
            {"c": "x"},
        ),
        (
            properties(a=DEAD),
            ("/a", "/properties/a"),
            "no value can satisfy this schema",
            {"a": "abcd"},
            {"a": 1},
        ),
        (
            properties(a={"$ref": "#/$defs/none", "maxLength": 3}),
            ("/a", "/properties/a/$ref"),
            "unresolved $ref",
            {"a": "abc"},
            {"a": "abcd"},
        ),
        (
            properties(a={"type": "str", "maxLength": 3}),
            ("/a", "/properties/a/type"),
            'unknown type "str"; did you mean string?',
            {"a": 1},
            {"a": "abcd"},
        ),
        (
            properties(a={"type": "string", "maxLenght": 3}),
            ("/a", "/properties/a/maxLenght"),
            MISSPELT,
            {"a": "abcd"},
            {"a": 1},
        ),
        (
            {**properties(a=5), "additionalProperties": False},
            ("/a", "/properties/a"),
            "a JSON Schema must be an object or a boolean",
            {"a": 1},
            {"c": 1},
        ),
        (
            {**properties(), "properties": 5, "required": ["a"], "additionalProperties": False},
            ("", "/properties"),
            "properties must be an object, not 5",
            {"a": 1},
            {},
        ),
        (
            properties(a={**properties(), "required": ["c"], "additionalProperties": False}),
            ("/a", "/properties/a/required/0"),
            "'c' is required, but additionalProperties: false rejects it",
            {"a": {"b": "x"}},
            {"a": {"c": 1}},
        ),
    ],
)
def test_slip_costs_one_limit(
    schema: Any, at: tuple[str, str], reason: str, valid: Any, invalid: Any
) -> None:
    """The rest is checked; every report says what is not, with its place; strict refuses."""
    contract = contract_of(schema)
    where, pointer = at
    assert is_valid(contract, valid)
    assert not is_valid(contract, invalid)
    assert not is_valid(contract, {"b": 1})
    for each in (contract, pickle.loads(pickle.dumps(contract))):  # noqa: S301
        for instance in (valid, invalid):
            assert list(each.check(instance).not_checked) == [where]
        message = each.not_checked[where]
        assert message.startswith("a.json:1:")
        assert f": at {pointer}: {reason}" in message
    with pytest.raises(BrokenContract) as caught:
        contract_of(schema, strict=True)
    assert reason in caught.value.reason
    assert (caught.value.file, caught.value.pointer) == ("a.json", pointer)


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"),
    [
        ({"not": BAD, "type": "string"}, ["a"], [1]),
        ({"if": BAD, "then": {"maxLength": 1}, "type": "string"}, ["abc"], [1]),
        (
            {"oneOf": [{"required": ["a"], "properties": {"a": BAD}}, {"required": ["b"]}]},
            [{"a": "x", "b": 1}, {"a": "x"}, {"b": 1}],
            [{}],
        ),
        (
            {
                "oneOf": [{"$ref": "#/$defs/a"}, {"required": ["b"]}],
                "$defs": {"a": {"required": ["a"], "properties": {"a": BAD}}},
            },
            [{"a": "x", "b": 1}],
            [{}],
        ),
        ({"type": "array", "contains": BAD, "maxContains": 1}, [["a", "b"]], [[], 1]),
        (
            {
                "allOf": [{"$ref": "#/$defs/none"}, {"properties": {"b": {"type": "string"}}}],
                "unevaluatedProperties": False,
            },
            [{"a": 1, "b": "x"}],
            [{"b": 1}],
        ),
    ],
)
def test_nothing_is_rejected_because_of_a_slip(
    schema: Any, valid: list[Any], invalid: list[Any]
) -> None:
    """What a limit that is not known would decide is not decided without it."""
    contract = contract_of({"type": ["object", "array", "string"], **schema})
    assert [is_valid(contract, each) for each in valid] == [True] * len(valid)
    assert [is_valid(contract, each) for each in invalid] == [False] * len(invalid)
    assert len(contract.not_checked) == 1


def test_dead_alternative_stays_dead() -> None:
    """Nothing need satisfy an alternative: it is false, and the others are checked as ever."""
    dead = {"allOf": [{"type": "string"}, {"type": "integer"}]}
    one = {"oneOf": [{"$ref": "#/$defs/dead"}, {"type": "object", "required": ["b"]}]}
    contract = contract_of({**one, "$defs": {"dead": dead}})
    assert is_valid(contract, {"b": 1})
    assert not is_valid(contract, {})
    assert not is_valid(contract, "x")
    assert not contract.not_checked
    used = contract_of({**properties(a={"$ref": "#/$defs/dead"}), "$defs": {"dead": dead}})
    assert is_valid(used, {"a": 1})
    assert list(used.not_checked) == ["/a"]


@pytest.mark.parametrize(
    "schema",
    [{"type": "strin"}, BAD, {"properties": {"a": {"$ref": "none.json"}}}, {"allOf": {}}],
)
def test_file_without_another_limit_is_an_error(schema: Any) -> None:
    """Where nothing is left to check, the first slip is an error: it would fake a pass."""
    with pytest.raises(BrokenContract) as caught:
        contract_of(schema)
    assert caught.value.place is not None


def test_name_that_nothing_may_have_is_an_error() -> None:
    """A required name that is nowhere makes every instance invalid: an error at that name."""
    schema = {**properties(name={}), "required": ["nmae"], "additionalProperties": False}
    with pytest.raises(BrokenContract, match="did you mean name") as caught:
        contract_of(schema)
    assert caught.value.pointer == "/required/0"
    assert contract_of({**schema, "patternProperties": {"^n": {}}}).is_valid({"nmae": 1})


def test_misspelt_keyword_is_reported_of_any_contract() -> None:
    """It is reported of a schema in Python, too; a keyword that is just unknown is not."""
    contract = Contract({"properties": {"a": {"type": "string", "maxLenght": 3, "unit": "m"}}})
    assert contract.check({"a": "abcd"}).not_checked == {"/a": MISSPELT}
    assert contract.check({}).not_checked == {"/a": MISSPELT}


def test_broken_annotation_costs_nothing() -> None:
    """A title that is no string loses no limit."""
    contract = contract_of({"type": "string", "title": 5})
    assert not contract.not_checked
    assert not is_valid(contract, 1)
    with pytest.raises(BrokenContract, match="title must be a string, not 5"):
        contract_of({"type": "string", "title": 5}, strict=True)


def test_slip_in_a_referenced_file_has_the_place_in_that_file() -> None:
    """The file, line and column are those of the file with the slip."""
    Path("b.yaml").write_text("Thing:\n  properties:\n    a: {type: str}\n    b: {type: string}\n")
    whole = document(body={"$ref": "b.yaml#/Thing"})
    Path("o.json").write_text(json.dumps(whole))
    contract = fieldbound.contract("o.json#do")
    assert contract.check({"a": 1}).ok
    assert not contract.check({"b": 1}).ok
    place = 'b.yaml:3:9: at /Thing/properties/a/type: unknown type "str"; did you mean string?'
    assert contract.not_checked == {"/a": place}
    with pytest.raises(BrokenContract) as caught:
        fieldbound.contract("o.json#do", strict=True)
    assert str(caught.value) == place


# -- OpenAPI documents -----------------------------------------------------------------------------


def document(body: Any = None, **operation: Any) -> dict[str, Any]:
    """Return an OpenAPI document with one operation."""
    content = {"content": {"application/json": {"schema": body or properties()}}}
    do = {"operationId": "do", "requestBody": content, **operation}
    do.setdefault("responses", {"200": {"description": "Done"}})
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    return {**head, "paths": {"/do": {"post": do}}}


def reports(whole: Any, body: Any, url: str = "/do") -> tuple[list[str], dict[str, str]]:
    """Return the pointers of violations of a request, and what was not checked."""
    Path("o.json").write_text(json.dumps(whole))
    kind = {"Content-Type": "application/json"}
    report = fieldbound.api("o.json").check_request(
        Message("POST", f"https://h{url}", kind, json.dumps(body))
    )
    return [each.pointer for each in report], dict(report.not_checked)


@pytest.mark.parametrize(
    ("operation", "at", "pointer", "reason"),
    [
        ({"parameters": [{"$ref": "#/none"}]}, "/query", "/parameters/0/$ref", "unresolved"),
        ({"parameters": 5}, "/query", "/parameters", "parameters must be an array"),
        (
            {"parameters": [{"name": "q", "in": "query", "style": "simple", "schema": {}}]},
            "/query/q",
            "/parameters/0/style",
            "the style in a query must be one of",
        ),
        (
            {"parameters": [{"name": "q", "in": "query", "required": "yes", "schema": {}}]},
            "/query/q",
            "/parameters/0/required",
            "required must be true or false",
        ),
        ({"requestBody": {"$ref": "#/none"}}, "/body", "/requestBody/$ref", "unresolved $ref"),
        ({"requestBody": "x"}, "/body", "/requestBody", "a request body must be an object"),
        (
            {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/none"}}}}},
            "/body",
            "/requestBody/content/application~1json/schema/$ref",
            "unresolved $ref",
        ),
        (
            {"requestBody": {"content": {"$ref": "none.json"}}},
            "/body",
            "/requestBody/content/$ref",
            "file not found",
        ),
    ],
)
def test_broken_object_costs_what_it_says(
    operation: Any, at: str, pointer: str, reason: str
) -> None:
    """What an object that cannot be read would allow is not rejected, and reported once."""
    whole = document(**operation)
    whole["paths"]["/do"]["parameters"] = [
        {"name": "n", "in": "query", "schema": {"type": "integer"}}
    ]
    pointers, unchecked = reports(whole, {"any": 1}, "/do?q=1&n=x" if "q" in at else "/do?n=x")
    assert pointers == ["/query/n"]
    assert list(unchecked) == [at]
    assert f": at /paths/~1do/post{pointer}: " in unchecked[at]
    assert reason in unchecked[at]
    with pytest.raises(BrokenContract):
        fieldbound.api("o.json", strict=True).check_request(
            Message("POST", "https://h/do", {"Content-Type": "application/json"}, "{}")
        )


def test_broken_response_costs_itself() -> None:
    """The other responses, and the request, are checked."""
    good = {"description": "", "content": {"application/json": {"schema": properties()}}}
    whole = document(responses={"200": {"$ref": "#/none"}, "201": good})
    assert reports(whole, {"b": 1}) == (["/body/b"], {})
    api, kind = fieldbound.api("o.json"), {"Content-Type": "application/json"}
    for status, pointers in ((200, []), (201, ["/body/b"])):
        report = api.check_response(Message("POST", "https://h/do", kind, '{"b": 1}', status))
        assert [each.pointer for each in report] == pointers
        assert bool(report.not_checked) is not bool(pointers)


def test_broken_operation_rejects_nothing() -> None:
    """An operation that cannot be read leaves its path usable, and the other operations."""
    whole = document()
    whole["paths"]["/other"] = {"post": {"$ref": "none.json"}}
    pointers, unchecked = reports(whole, {"b": 1}, "/other?x=1")
    assert pointers == []
    assert "file not found for $ref 'none.json'" in unchecked["/body"]
    assert reports(whole, {"b": 1})[0] == ["/body/b"]


@pytest.mark.parametrize(
    ("security", "scheme", "at", "reason"),
    [
        (
            [{"typo": []}],
            {},
            "/security/0/typo",
            "there is no security scheme 'typo' in components/securitySchemes",
        ),
        (["key"], {}, "/security/0", "a security requirement must be an object"),
        (
            [{"key": []}],
            {"$ref": "#/none"},
            "/components/securitySchemes/key/$ref",
            "unresolved $ref",
        ),
        (
            [{"key": []}],
            {"type": "apikey"},
            "/components/securitySchemes/key",
            "the type of a security scheme must be one of apiKey, http, oauth2, openIdConnect, "
            "mutualTLS, not 'apikey'",
        ),
        (
            [{"key": []}],
            {"type": "apiKey", "name": "k", "in": "body"},
            "/components/securitySchemes/key",
            "an apiKey must have a name, and in: one of query, header, cookie",
        ),
    ],
)
def test_broken_security_costs_a_credential(
    security: Any, scheme: Any, at: str, reason: str
) -> None:
    """A credential that cannot be read is reported once, and any of the query may be it."""
    for level in ("document", "operation"):
        own = {"security": security} if level == "operation" else {}
        whole = document(
            **own, parameters=[{"name": "n", "in": "query", "schema": {"maxLength": 1}}]
        )
        whole["components"] = {"securitySchemes": {"key": scheme}}
        if level == "document":
            whole["security"] = security
        pointers, unchecked = reports(whole, {"b": 1}, "/do?n=xy&q=1")
        assert pointers == ["/query/n", "/body/b"]
        place = f"/paths/~1do/post{at}" if own and at.startswith("/security") else at
        (why,) = unchecked.values()
        assert list(unchecked) == ["/query"]
        assert f": at {place}: {reason}" in why
        with pytest.raises(BrokenContract, match=r"^o\.json:1:"):
            fieldbound.contract("o.json#do", strict=True)


def test_security_scheme_by_reference() -> None:
    """In OpenAPI 3.2 a requirement may name a scheme by a reference, from anywhere."""
    key = {"type": "apiKey", "in": "query", "name": "k"}
    Path("schemes.json").write_text(json.dumps({"key": key}))
    for name, version, found in (
        ("schemes.json#/key", "3.2.0", True),
        ("#/x-schemes/key", "3.2.0", True),
        ("schemes.json#/none", "3.2.0", False),
        ("schemes.json#/key", "3.1.0", False),
    ):
        whole = document(security=[{name: []}])
        whole |= {"openapi": version, "x-schemes": {"key": key}}
        pointers, unchecked = reports(whole, {"b": "x"})
        assert pointers == (["/query/k"] if found else [])
        assert list(unchecked) == ([] if found else ["/query"])


def test_required_name_that_is_none_costs_one_limit() -> None:
    """A name in `required` that is no string is reported where the direction is known, too."""
    whole = document()
    content = whole["paths"]["/do"]["post"]["requestBody"]["content"]
    id_ = {"type": "string", "readOnly": True}
    content["application/json"]["schema"] = {
        **properties(id=id_),
        "required": [["b"], "id", "b"],
    }
    pointers, unchecked = reports(whole, {})
    assert pointers == ["/body/b"]
    assert "required must be a string, not" in "".join(unchecked.values())


@pytest.mark.parametrize("target", ["#", "#/paths", "#/paths/~1do", "#/components/schemas"])
@pytest.mark.parametrize("field", ["parameters", "responses"])
def test_list_that_refers_to_what_is_none_costs_itself(field: str, target: str) -> None:
    """What a $ref leads to by mistake stays what it is for all others."""
    whole = document(**{field: {"$ref": target}})
    whole["components"] = {"schemas": {"a": {"type": "string"}}}
    pointers, unchecked = reports(whole, {"b": 1})
    assert pointers == ["/body/b"]
    report = fieldbound.api("o.json").check_response(Message("POST", "/do", status=200))
    assert report.ok
    assert [*unchecked, *report.not_checked] == ["/query" if field == "parameters" else "/body"]


@pytest.mark.parametrize(
    "responses", [{"$ref": "#/none"}, {"200": 5}, {"200": {"content": {"application/json": 5}}}]
)
def test_response_that_cannot_be_read_may_be_empty(responses: Any) -> None:
    """Nothing is known of its body, not even that there is one."""
    Path("o.json").write_text(json.dumps(document(responses=responses)))
    api = fieldbound.api("o.json")
    for body in (None, "{}"):
        kind = {"Content-Type": "application/json"} if body else {}
        report = api.check_response(Message("POST", "/do", kind, body, 200))
        assert report.ok
        assert list(report.not_checked) == ["/body"]


def test_document_that_cannot_be_read_is_an_error() -> None:
    """Without an operation that can be read, there is nothing to check."""
    whole = document()
    whole["paths"] = {"/do": {"post": {"$ref": "none.json"}}}
    Path("o.json").write_text(json.dumps(whole))
    with pytest.raises(BrokenContract, match="file not found") as caught:
        fieldbound.api("o.json")
    assert caught.value.pointer == "/paths/~1do/post/$ref"
