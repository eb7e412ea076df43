"""A `nullable: true` of OpenAPI 3.0 without effect is read as meant, and told; strict is exact."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import pytest
from hypothesis import given, reject, settings, strategies as st

import fieldbound
from fieldbound import BrokenContract, Contract, Message, strategies
from fieldbound.catalog import lint_paths
from fieldbound.catalog.single_file import files_of
from fieldbound.openapi import refuses_null
from support.effort import examples

A: Final = {"$ref": "#/components/schemas/A"}
B: Final = {"$ref": "#/components/schemas/B"}
NULLABLE: Final = {"$ref": "#/components/schemas/Nullable"}
OTHER: Final = {"$ref": "#/components/schemas/Other"}
MEANT: Final = {"$ref": "#/components/schemas/Meant"}
SCHEMAS: Final = {
    "A": {"type": "object", "required": ["a"], "properties": {"a": {"maxLength": 2}}},
    "B": {"type": "object", "required": ["b"]},
    "Nullable": {"type": "object", "required": ["n"], "nullable": True},
    "Other": {"type": "object", "required": ["o"], "nullable": True},
    "Meant": {"allOf": [B], "nullable": True},
}
ALL: Final = {"a": 1, "b": 1, "n": 1}
FIRST: Final = "openapi.json#/paths/~1x/post/requestBody/content/application~1json/schema"
#: Schemas whose `nullable: true` has no effect: why, what they accept besides null, and do not.
SPELLINGS: Final[list[tuple[dict[str, Any], str, list[Any], list[Any]]]] = [
    (A, "the $ref beside it refuses null", [{"a": 1}], [{}, 1]),
    ({"allOf": [A]}, "the allOf beside it refuses null", [{"a": 1}], [{}, "x"]),
    ({"allOf": [A, B]}, "the allOf beside it refuses null", [{"a": 1, "b": 1}], [{"a": 1}]),
    ({"allOf": [A, NULLABLE]}, "the allOf beside it refuses null", [{"a": 1, "n": 1}], [{}]),
    ({"anyOf": [A, B]}, "the anyOf beside it refuses null", [{"a": 1}, {"b": 1}], [{}, 1]),
    ({"oneOf": [A, B]}, "the oneOf beside it refuses null", [{"a": 1}], [{"a": 1, "b": 1}]),
    ({"oneOf": [NULLABLE, OTHER]}, "the oneOf beside it refuses null", [{"n": 1}], [{}]),
    ({"oneOf": [NULLABLE, True]}, "the oneOf beside it refuses null", [1], [{"n": 1}]),
    ({"type": "object", "allOf": [A]}, "the allOf beside it refuses null", [{"a": 1}], [{}]),
    ({"type": "string", "enum": ["a"]}, "null is not in the enum", ["a"], ["b", 1]),
    ({"enum": ["a"]}, "null is not in the enum", ["a"], ["b", 1]),
    (
        {"allOf": [{"type": "object", "properties": {"c": {"maxLength": 1}}}, {"allOf": [A]}]},
        "the allOf beside it refuses null",
        [{"a": 1, "c": "x"}],
        [{"a": 1, "c": "xx"}],
    ),
    (
        {"allOf": [{"enum": ["a", "bc"]}, {"anyOf": [{"enum": ["a"]}, {"maxLength": 1}]}]},
        "the allOf beside it refuses null",
        ["a"],
        ["bc"],
    ),
]
#: Schemas that accept null by the text, with or without the keyword, or do not mean it.
AS_WRITTEN: Final[list[tuple[dict[str, Any], bool]]] = [
    ({"allOf": [NULLABLE]}, True),
    ({"anyOf": [A, NULLABLE]}, True),
    ({"oneOf": [A, NULLABLE]}, True),
    ({"allOf": [MEANT]}, True),
    ({"type": "string", "enum": ["a", None]}, True),
    ({"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, True),
    ({"properties": {"a": {"type": "string"}}}, True),
    ({"not": {"enum": [None]}}, False),
]


def document(schema: Any, version: str = "3.0.3") -> dict[str, Any]:
    """Return a document of an operation with a schema as the body of request and answer."""
    content = {"content": {"application/json": {"schema": schema}}}
    operation = {
        "operationId": "do",
        "requestBody": content,
        "responses": {"200": {"description": "OK", **content}},
    }
    return {
        "openapi": version,
        "info": {"title": "X", "version": "1"},
        "servers": [{"url": "https://x.test"}],
        "paths": {"/x": {"post": operation}},
        "components": {"schemas": SCHEMAS},
    }


def written(tmp_path: Path, schema: Any, version: str = "3.0.3") -> str:
    """Return the path of a document that is written to a file."""
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document(schema, version)))
    return str(path)


def contracts(tmp_path: Path, schema: Any, *, strict: bool = False) -> list[Contract]:
    """Return the contracts of the request and the answer."""
    path = written(tmp_path, schema)
    names = f"{path}#do", f"{path}#do/response.200"
    return [fieldbound.contract(each, strict=strict) for each in names]


def is_valid(contract: Contract, instance: Any) -> bool:
    """Return whether an instance is valid, by both engines."""
    report = contract.check(instance)
    assert contract.is_valid(instance) is report.ok
    assert contract.jsonschema_validator().is_valid(instance) is report.ok
    return report.ok


@pytest.mark.parametrize(("schema", "why", "valid", "invalid"), SPELLINGS)
def test_what_is_meant_is_accepted_and_told(
    schema: dict[str, Any], why: str, valid: list[Any], invalid: list[Any], tmp_path: Path
) -> None:
    """Null is accepted in both directions, nothing else is, and the contract says so once."""
    for contract in contracts(tmp_path, {**schema, "nullable": True}):
        assert all(is_valid(contract, each) for each in (None, *valid))
        assert not any(is_valid(contract, each) for each in invalid)
        (reason,) = contract.not_checked.values()
        assert reason.startswith("nullable: true has no effect by OpenAPI 3.0 at openapi.json#/")
        assert "/schema/nullable" in reason
        assert f"as {why}: null is accepted, as it is meant" in reason


@pytest.mark.parametrize(
    ("schema", "valid", "invalid"), [(each[0], *each[2:]) for each in SPELLINGS]
)
def test_strict_is_the_text(
    schema: dict[str, Any], valid: list[Any], invalid: list[Any], tmp_path: Path
) -> None:
    """Where strict, null is refused as the text has it, and there is nothing to tell."""
    for contract in contracts(tmp_path, {**schema, "nullable": True}, strict=True):
        assert not contract.not_checked
        assert "x-meant-nullable" not in json.dumps(contract.schema)
        assert not is_valid(contract, None)
        assert all(is_valid(contract, each) for each in valid)
        assert not any(is_valid(contract, each) for each in invalid)


@pytest.mark.parametrize(("schema", "accepts"), AS_WRITTEN)
def test_what_has_an_effect_is_as_written(
    schema: dict[str, Any], accepts: bool, tmp_path: Path
) -> None:
    """Nothing is told where null is accepted anyway, or refused on purpose."""
    for contract in contracts(tmp_path, {**schema, "nullable": True}):
        assert is_valid(contract, None) is accepts
        assert not [each for each in contract.not_checked.values() if FIRST in each]


@pytest.mark.parametrize("version", ["3.1.0", "3.2.0"])
def test_later_versions_have_no_nullable(version: str, tmp_path: Path) -> None:
    """From OpenAPI 3.1 on `nullable` is no keyword: null is refused."""
    path = written(tmp_path, {"allOf": [A], "nullable": True}, version)
    assert not is_valid(fieldbound.contract(f"{path}#do"), None)


def test_many_places_are_told_once(tmp_path: Path) -> None:
    """One line tells the first place and the number of the others."""
    nullable = {"allOf": [A], "nullable": True}
    schema = {"type": "object", "properties": {"a": nullable, "b": nullable, "c": nullable}}
    contract, _ = contracts(tmp_path, schema)
    assert list(contract.not_checked) == ["/a"]
    assert "/properties/a/nullable and at 2 other places, as" in contract.not_checked["/a"]
    assert contract.check({"a": None, "b": None, "c": None}).ok


def test_references_into_a_schema_lead_to_the_same_place(tmp_path: Path) -> None:
    """A schema within one that is read otherwise stays where it was."""
    outer = {"allOf": [{"type": "object", "properties": {"a": {"maxLength": 2}}}], "nullable": True}
    at = "#/paths/~1x/post/requestBody/content/application~1json/schema/properties/o"
    inner = {"$ref": f"{at}/allOf/0/properties/a"}
    contract, _ = contracts(tmp_path, {"properties": {"o": outer, "i": inner}})
    assert is_valid(contract, {"o": None, "i": "ab"})
    assert not is_valid(contract, {"i": "abc"})


def test_parameters_and_messages(tmp_path: Path) -> None:
    """A parameter is read by its type as before; a body of an answer may be null."""
    value = document({"oneOf": [A, B], "nullable": True})
    schema = {"allOf": [{"type": "integer", "minimum": 3}], "nullable": True}
    value["paths"]["/x"]["post"]["parameters"] = [{"name": "n", "in": "query", "schema": schema}]
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(value))
    api = fieldbound.api(path)
    head = {"content-type": "application/json"}
    for query, codes in (("n=3", []), ("n=2", ["minimum"]), ("n=x", ["type"])):
        request = Message("POST", f"https://x.test/x?{query}", head, b"null")
        assert [each.code for each in api.check_request(request).violations] == codes
        assert api.check_response(Message(**vars_of(request), status=200)).ok


def vars_of(message: Message) -> dict[str, Any]:
    """Return the fields of a request."""
    return {name: getattr(message, name) for name in ("method", "url", "headers", "body")}


@pytest.mark.parametrize("schema", [each[0] for each in SPELLINGS])
def test_generators_agree(schema: dict[str, Any], tmp_path: Path) -> None:
    """Generated instances and cases are those of the schema as it is read."""
    contract, _ = contracts(tmp_path, {**schema, "nullable": True})

    @settings(max_examples=20, database=None, deadline=None)
    @given(strategies.valid(contract))
    def check(instance: Any) -> None:
        assert contract.is_valid(instance)

    check()
    for case in fieldbound.cases(contract):
        assert not case.has_valid or contract.is_valid(case.valid)
        assert case.violation is None or not contract.is_valid(case.invalid)


def nullable_schemas() -> st.SearchStrategy[dict[str, Any]]:
    """Return schemas of OpenAPI 3.0, each with or without `nullable`."""
    leaves = st.sampled_from(
        [A, NULLABLE, MEANT, {"type": "object"}, {"enum": [ALL]}, {"enum": [ALL, None]}, {}]
    )

    def composed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        branches = st.lists(inner, min_size=1, max_size=3)
        return st.fixed_dictionaries(
            {}, optional={"allOf": branches, "anyOf": branches, "oneOf": branches}
        )

    def marked(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
        nullable = st.sampled_from([{}, {"nullable": True}, {"nullable": False}])
        return st.builds(lambda one, other: {**one, **other}, inner, nullable)

    return st.recursive(marked(leaves), lambda inner: marked(composed(inner)), max_leaves=6)


def means_null(schema: Any) -> bool:
    """Return whether a schema accepts null, if each `nullable: true` is meant."""
    if schema.get("nullable") is True:
        return True
    if "$ref" in schema:
        return means_null(SCHEMAS[schema["$ref"].rpartition("/")[2]])
    branches = {key: list(map(means_null, schema.get(key, ()))) for key in ("anyOf", "oneOf")}
    return (
        "type" not in schema
        and None in schema.get("enum", [None])
        and all(map(means_null, schema.get("allOf", ())))
        and ("anyOf" not in schema or any(branches["anyOf"]))
        and ("oneOf" not in schema or branches["oneOf"].count(True) == 1)
    )


@settings(max_examples=examples(60), database=None, deadline=None)
@given(nullable_schemas())
def test_any_composition_is_read_as_meant(schema: dict[str, Any]) -> None:
    """Null is accepted where a schema means it; for all else nothing changes."""
    with TemporaryDirectory() as folder:
        path = written(Path(folder), {"type": "array", "items": schema})
        try:
            strict = fieldbound.contract(f"{path}#do", strict=True)
        except BrokenContract:  # its limits contradict each other, which is not checked
            reject()
        lenient = fieldbound.contract(f"{path}#do")
    if "contradict" in str(lenient.not_checked):
        reject()
    assert is_valid(lenient, [None]) is means_null(schema)
    for instance in (ALL, {"a": 1}, {"a": 1, "b": 1}, {"a": 1, "n": 1}, {"n": 1}, {}, "x"):
        assert is_valid(lenient, [instance]) is is_valid(strict, [instance])


@pytest.mark.parametrize("mode", ["report", "enforce"])
def test_discriminators_select_among_objects(
    mode: Literal["report", "enforce"], tmp_path: Path
) -> None:
    """A discriminator, enforced or not, says nothing of null."""
    base = {"$ref": "#/components/schemas/Base"}
    kind = {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}}}
    child = {"type": "object", "properties": {"size": {"type": "integer"}}}
    properties = {"a": {"allOf": [base], "nullable": True}, "r": {**base, "nullable": True}}
    value = document({"type": "object", "properties": properties})
    value["components"]["schemas"] = {
        "Base": {**kind, "discriminator": {"propertyName": "kind"}},
        "Child": {"allOf": [base, child]},
    }
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(value))
    contract = fieldbound.contract(f"{path}#do", discriminator=mode)
    for name in properties:
        assert is_valid(contract, {name: None})
        assert is_valid(contract, {name: {"kind": "Child", "size": 1}})
        assert is_valid(contract, {name: {"kind": "Child", "size": "x"}}) is (mode == "report")
        assert not is_valid(contract, {name: {}})


def test_what_refers_to_itself_or_to_very_many(tmp_path: Path) -> None:
    """The work grows with the schemas, not with the ways through them; no chain is too long."""
    value = document({"$ref": "#/components/schemas/S24", "nullable": True})
    link = {"$ref": "#/components/schemas/C0"}
    schemas = {"S0": {"type": "string"}, "T": {"anyOf": [{"$ref": "#/components/schemas/T"}, A]}}
    schemas["C399"] = {"type": "object", "properties": {"t": {"nullable": True, "allOf": [link]}}}
    for at in range(1, 25):
        below = {"$ref": f"#/components/schemas/S{at - 1}"}
        schemas[f"S{at}"] = {"allOf": [below, below]}
    for at in range(399):
        schemas[f"C{at}"] = {"allOf": [{"$ref": f"#/components/schemas/C{at + 1}"}]}
    value["components"]["schemas"] = {**SCHEMAS, **schemas}
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(value))
    files, uri = files_of(str(path))
    assert refuses_null(files.graph, (uri, ("components", "schemas", "S24"))) == "allOf"
    for at in (("T",), ("C399", "properties", "t")):  # it is not known
        assert refuses_null(files.graph, (uri, ("components", "schemas", *at))) is None


def test_lint_warns_of_each_place(tmp_path: Path) -> None:
    """The lint warns of each place; it is no error, as the document is valid."""
    schema = {"properties": {"a": {"allOf": [A], "nullable": True}, "b": {"nullable": True, **A}}}
    result = lint_paths([Path(written(tmp_path, {"type": "object", **schema}))])
    found = [each for each in result.diagnostics if each.code == "nullable-without-effect"]
    assert not any(each.is_error for each in found)
    assert {each.pointer.rpartition("/properties")[2] for each in found} >= {
        "/a/nullable",
        "/b/nullable",
    }
    assert "the allOf beside it refuses null" in str(found)
