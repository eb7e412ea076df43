"""Recursion without end, and subschemas without number: broken contracts."""

from __future__ import annotations

from contextlib import nullcontext as does
from typing import Any

import pytest

from fieldbound import BrokenContract, Contract
from fieldbound.model import SchemaRegistry
from fieldbound.validation.schema.expansion import refuse_endless
from support.tables import table

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
ROOT = {"$ref": "#"}


@table(
    "schema",
    [
        ROOT,
        {"allOf": [ROOT]},
        {"anyOf": [ROOT, {"type": "string"}]},
        {"oneOf": [{"type": "string"}, ROOT]},
        {"not": ROOT},
        {"if": ROOT, "then": {"type": "string"}},
        {"if": {}, "else": ROOT},
        {"dependentSchemas": {"a": ROOT}},
        {"$schema": DRAFT_7, "dependencies": {"a": ROOT}},
        {"$anchor": "a", "allOf": [{"$ref": "#a"}]},
        {"$dynamicAnchor": "a", "$dynamicRef": "#a"},
        {
            "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"not": {"$ref": "#/$defs/a"}}},
            "$ref": "#/$defs/a",
        },
        {"properties": {"x": {"$ref": "#/properties/x"}}},
        {
            "items": {"allOf": [{"$ref": "#/$defs/a"}]},
            "$defs": {"a": {"anyOf": [{"$ref": "#/items"}]}},
        },
    ],
)
def test_recursion_that_consumes_nothing_is_a_broken_contract(schema: Any) -> None:
    """A schema that applies itself to the same value says nothing of it."""
    with pytest.raises(BrokenContract, match="endless recursion"):
        Contract(schema)


def test_endless_recursion_has_its_place() -> None:
    """The pointer is that of the schema that refers back."""
    with pytest.raises(BrokenContract) as caught:
        Contract({"properties": {"x": {"anyOf": [{"$ref": "#/properties/x"}]}}})
    assert caught.value.pointer == "/properties/x/anyOf/0"


def test_endless_recursion_by_a_resource() -> None:
    """Two documents may lead to each other, too."""
    other = {"allOf": [{"$ref": "https://a.example/a.json"}]}
    schema = {"$id": "https://a.example/a.json", "$ref": "b.json"}
    with pytest.raises(BrokenContract, match="endless recursion"):
        Contract(schema, resources={"https://a.example/b.json": other})


def test_endless_recursion_in_an_embedded_resource_has_its_place() -> None:
    """The pointer is one into the whole schema."""
    uri = "https://a.example/b.json"
    part = {"$id": uri, "$defs": {"x": {"anyOf": [{"$ref": "#/$defs/x"}]}}}
    whole = {"$defs": {uri: part}, "items": {"$ref": f"{uri}#/$defs/x"}}
    for schema in (whole, {**whole, "definitions": {uri: part}}):
        with pytest.raises(BrokenContract) as caught:
            Contract(schema)
        assert caught.value.pointer == "/$defs/https:~1~1a.example~1b.json/$defs/x/anyOf/0"


@table(
    "schema",
    [
        {"properties": {"x": ROOT}},
        {"items": ROOT},
        {"additionalProperties": ROOT},
        {"propertyNames": ROOT},
        {"contains": ROOT},
        {"type": "object", "patternProperties": {"^a": {"anyOf": [ROOT, {"type": "null"}]}}},
        {"then": ROOT},  # without `if`, it counts for nothing
        {"$defs": {"a": {"$ref": "#/$defs/a"}}},  # which nothing refers to
        {
            "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}],
            "$defs": {"a": {"type": "object"}},
        },
        {"const": ROOT},
        {"$schema": DRAFT_7, "$ref": "#/definitions/a", "definitions": {"a": {}}, "not": ROOT},
    ],
)
def test_recursion_that_consumes_a_level_is_none_of_that(schema: Any) -> None:
    """A property or an item on the way ends it."""
    assert Contract(schema).check({}) is not None


def doubling(keyword: str, times: int, leaf: Any) -> dict[str, Any]:
    """Return a schema that refers twice to one that refers twice to another, and so on."""
    parts: dict[str, Any] = {"a0": leaf}
    for number in range(1, times + 1):
        parts[f"a{number}"] = {keyword: [{"$ref": f"#/$defs/a{number - 1}"}] * 2}
    return {"$ref": f"#/$defs/a{times}", "$defs": parts}


@table("keyword", ["allOf", "anyOf", "oneOf"])
@table("times", [20, 39, 500])
def test_subschemas_without_number_are_a_broken_contract(keyword: str, times: int) -> None:
    """They are counted, not expanded."""
    with pytest.raises(BrokenContract, match="more than 50,000 subschemas apply"):
        Contract(doubling(keyword, times, {"type": "integer"}))


@pytest.mark.parametrize(("count", "is_refused"), [(49_999, False), (50_000, True)])
def test_how_many_subschemas_are_too_many(count: int, is_refused: bool) -> None:
    """The schema that applies them counts, too."""
    schema = {"allOf": [{"type": "string"}] * count}
    expected = pytest.raises(BrokenContract, match="more than 50,000") if is_refused else does()
    with expected:
        refuse_endless(SchemaRegistry(schema, "https://a.example/a.json", {}))


@pytest.mark.parametrize("first", ["#/none", "b.json", "#/%"])
def test_a_reference_to_nothing_hides_no_other(first: str) -> None:
    """What it leads to is not known, but what another one leads to is."""
    schema = {"$ref": first, "$dynamicRef": "#"}
    with pytest.raises(BrokenContract, match="endless recursion"):
        refuse_endless(SchemaRegistry(schema, "https://a.example/a.json", {}))


def test_a_few_doublings_are_checked() -> None:
    """What can be checked is."""
    contract = Contract(doubling("allOf", 8, {"type": "integer"}))
    assert contract.is_valid(5)
    assert [each.code for each in contract.check("x")] == ["type"]


def test_many_properties_that_share_a_schema_are_no_expansion() -> None:
    """Each applies to a value of its own."""
    schema = doubling("allOf", 0, {"type": "integer"})
    for number in range(1, 40):
        there = {"$ref": f"#/$defs/a{number - 1}"}
        schema["$defs"][f"a{number}"] = {"properties": {"x": there, "y": there}}
    schema["$ref"] = "#/$defs/a39"
    assert Contract(schema).is_valid({"x": {"y": {}}})
