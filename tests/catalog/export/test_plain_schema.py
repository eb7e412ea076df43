"""The schema of a contract for other tools: one document that gives the same verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema
import pytest

import fieldbound
from fieldbound import Case, Contract
from fieldbound.catalog import DRAFTS, plain_schema
from fieldbound.model import FieldboundError
from support.tables import table

VALIDATORS: dict[str, Any] = {
    "2020-12": jsonschema.Draft202012Validator,
    "7": jsonschema.Draft7Validator,
}
#: Contracts of each vendor: bodies, headers, a query, answers.
NAMES = (
    "axim-commerce/create-company",
    "axim-commerce/get-company-group/response.200",
    "fortellis/query-parts-groups/request.query",
    "oracle-cx-sales/create-product-group/response.401",
    # the largest one, with thousands of cases
    pytest.param("oracle-cx-sales/create-product-group", marks=pytest.mark.thorough),
)
SCHEMA_7 = "http://json-schema.org/draft-07/schema#"
#: Schemas with instances: the valid ones, the invalid ones.
OWN: tuple[tuple[dict[str, Any], list[Any], list[Any]], ...] = (
    (
        {"$ref": "#/$defs/a", "maxLength": 3, "$defs": {"a": {"type": "string"}}},
        ["abc"],
        ["abcd", 1],
    ),
    ({"$ref": "#/$defs/a/items", "$defs": {"a": {"items": {"type": "string"}}}}, ["a"], [1]),
    (
        {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["id"]},
        [{"id": 1, "next": {"id": 2}}],
        [{"id": 1, "next": {}}],
    ),
    (
        {"$defs": {"a": {"$anchor": "A", "type": "null"}}, "anyOf": [{"$ref": "#A"}]},
        [None],
        [1],
    ),
    (
        {"prefixItems": [{"type": "integer"}], "items": {"type": "string"}},
        [[1, "a"]],
        [["a"], [1, 2]],
    ),
    (
        {"dependentRequired": {"a": ["b"]}, "dependentSchemas": {"a": {"maxProperties": 2}}},
        [{"a": 1, "b": 2}, {"c": 1}],
        [{"a": 1}, {"a": 1, "b": 2, "c": 3}],
    ),
    ({"unevaluatedProperties": False, "properties": {"a": {}}}, [{"a": 1}], [{"b": 1}]),
    ({"contains": {"const": 1}, "minContains": 0}, [[], [2]], []),
    ({"contains": {"const": 1}}, [[1]], [[]]),
    ({"format": "uuid", "type": "string"}, ["6f2a2a8e-5a0b-4a43-8f5c-2c1d8f0f4b1a"], ["x"]),
    (
        {"$schema": SCHEMA_7, "items": [{"type": "integer"}], "additionalItems": False},
        [[1]],
        [["a"], [1, 2]],
    ),
    (
        {"$schema": SCHEMA_7, "dependencies": {"a": ["b"], "c": {"required": ["d"]}}},
        [{"a": 1, "b": 1}, {"c": 1, "d": 1}],
        [{"a": 1}, {"c": 1}],
    ),
    (
        {
            "$schema": SCHEMA_7,
            "definitions": {"a": {"type": "string"}},
            "properties": {"x": {"$ref": "#/definitions/a", "maxLength": 1}},
        },
        [{"x": "abc"}],
        [{"x": 1}],
    ),
    (
        {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "id": "http://a.invalid/b",
            "maximum": 5,
            "exclusiveMaximum": True,
            "minimum": 1,
            "exclusiveMinimum": False,
        },
        [1, 4],
        [5, 0],
    ),
    (
        {"$schema": "https://json-schema.org/draft/2019-09/schema", "title": "t"}
        | {"properties": {"a": {"$recursiveRef": "#"}}, "type": "object"},
        [{"a": {}}],
        [{"a": 1}],
    ),
    ({"properties": {"$ref": {"type": "string"}, "x-a": {"type": "null"}}}, [{"$ref": "a"}], []),
)


def keywords_of(schema: Any) -> Iterator[str]:
    """Yield every keyword at the positions of schemas."""
    from fieldbound.model import child_schemas

    if isinstance(schema, dict):
        yield from schema
        for _, child in child_schemas(schema):
            yield from keywords_of(child)


@cache
def cases_of(name: str) -> list[Case]:
    """Return the cases of a bundled contract, which are the same for each draft."""
    return list(fieldbound.cases(fieldbound.contract(name)))


@pytest.mark.parametrize("draft", DRAFTS)
@pytest.mark.parametrize("name", NAMES)
def test_verdicts_of_bundled_contracts(name: str, draft: str) -> None:
    """The plain schema is valid by its meta-schema, and decides every case as the contract does."""
    contract = fieldbound.contract(name)
    plain = plain_schema(contract, draft)
    VALIDATORS[draft].check_schema(plain)
    assert not [each for each in keywords_of(plain) if each.startswith("x-")]
    validator = Contract(plain, name=name).jsonschema_validator()  # patterns are ECMA-262
    assert isinstance(validator, VALIDATORS[draft]) or validator.META_SCHEMA
    assert cases_of(name)
    for case in cases_of(name):
        assert not case.has_valid or validator.is_valid(case.valid)
        assert case.violation is None or not validator.is_valid(case.invalid), case.limit.id


@table("draft", DRAFTS)
@table(("schema", "valid", "invalid"), OWN)
def test_verdicts_of_own_schemas(
    schema: dict[str, Any], valid: list[Any], invalid: list[Any], draft: str
) -> None:
    """What each draft writes otherwise is written as it means there."""
    contract = Contract(schema)
    plain = plain_schema(contract, draft)
    validator_class = VALIDATORS[draft]
    validator_class.check_schema(plain)
    validator = validator_class(plain, format_checker=validator_class.FORMAT_CHECKER)
    for instance in valid:
        assert contract.is_valid(instance)
        assert validator.is_valid(instance), plain
    for instance in invalid:
        assert not contract.is_valid(instance)
        assert not validator.is_valid(instance), plain


@pytest.mark.parametrize(
    ("schema", "keyword"),
    [
        ({"anyOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False}, "unevaluatedProp"),
        ({"contains": {"type": "null"}, "unevaluatedItems": False}, "unevaluatedItems"),
        ({"contains": {"type": "null"}, "maxContains": 2}, "maxContains"),
        ({"contains": {"type": "null"}, "minContains": 2}, "minContains"),
    ],
)
def test_what_draft_7_cannot_say_is_an_error(schema: dict[str, Any], keyword: str) -> None:
    """Nothing is left out in silence: the keyword and its place are named."""
    contract = Contract({"properties": {"a": schema}}, name="own")
    with pytest.raises(FieldboundError, match=rf"^own: draft 7 has nothing like {keyword}.*/a/"):
        plain_schema(contract, "7")
    assert plain_schema(contract)["properties"]["a"] == schema


def test_a_reference_by_way_of_its_user_is_an_error() -> None:
    """A $dynamicRef that leads to a $dynamicAnchor depends on who refers to it."""
    schema = {
        "$ref": "#/$defs/tree",
        "$defs": {
            "tree": {
                "$dynamicAnchor": "node",
                "properties": {"next": {"$dynamicRef": "#node"}},
                "type": "object",
            }
        },
    }
    with pytest.raises(FieldboundError, match=r"\$dynamicRef at .* depends on who refers to it"):
        plain_schema(Contract(schema))


def test_what_is_lost_is_said() -> None:
    """In a comment: names in any case, formats to assert, what is not documented or not checked."""
    headers = plain_schema(
        fieldbound.contract("oracle-cx-sales/create-product-group/request.headers")
    )
    assert "Names match in any case" in headers["$comment"]
    dates = plain_schema(Contract({"type": "string", "format": "date", "$comment": "own"}))
    assert dates["$comment"] == "Formats are limits: have your validator assert them. own"
    other = plain_schema(Contract({"properties": {"a": {"format": "dat"}}, "x-unspecified": "no"}))
    assert "Not documented: all of it (no)" in other["$comment"]
    assert 'Not checked: /a (format "dat"' in other["$comment"]
    assert other["properties"]["a"] == {"$comment": "format: dat"}
    encoded = plain_schema(Contract({"$schema": SCHEMA_7, "contentEncoding": "base64"}))
    assert "contentEncoding and contentMediaType are limits" in encoded["$comment"]


def test_definitions_have_short_names() -> None:
    """A definition has the last part of its pointer as its name, made unique."""
    schema = {
        "$defs": {"a": {"$defs": {"a": {"type": "null"}}, "type": "string"}},
        "properties": {"x": {"$ref": "#/$defs/a"}, "y": {"$ref": "#/$defs/a/$defs/a"}},
    }
    plain = plain_schema(Contract(schema))
    assert {*plain["$defs"]} == {"a", "a-2"}
    assert json.dumps(plain).count("$defs/") == 2
