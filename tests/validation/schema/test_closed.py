"""A closed schema accepts no integer that the engine misreads, and else what the other does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings

from fieldbound import BrokenContract, Contract, Unspecified
from fieldbound.model import SchemaRegistry
from fieldbound.validation import checker_of
from fieldbound.validation.inline import inlined
from fieldbound.validation.schema.closed import closed
from support.effort import examples
from support.schema_strategies import DEFINITIONS, RECORDS, SCHEMAS
from support.tables import table

LONG = 10**5000
TEXT: dict[str, Any] = {"type": "string"}


def holding(value: Any) -> list[Any]:
    """Return a value with an integer of too many digits in place of each part."""
    if isinstance(value, dict):
        inner = [{**value, name: each} for name in value for each in holding(value[name])]
        return [LONG, {**value, "b": LONG}, *inner]
    if isinstance(value, list):
        inner = [
            [*value[:at], each, *value[at + 1 :]]
            for at in range(len(value))
            for each in holding(value[at])
        ]
        return [LONG, [*value, LONG], *inner]
    return [LONG]


@settings(max_examples=examples(150))
@given(SCHEMAS, DEFINITIONS, RECORDS)
def test_a_closed_schema_accepts_the_same(
    schema: dict[str, Any], definitions: dict[str, Any], instance: Any
) -> None:
    """But nothing with an integer of too many digits."""
    try:
        made = Contract({**schema, "$defs": definitions})
        valid = made.is_valid(instance)
    except (BrokenContract, Unspecified):
        assume(False)
    plain = inlined(SchemaRegistry(made.schema, "https://fieldbound.invalid/schema", {}))
    assume(plain is not None)
    shut = closed(plain)
    accepts = checker_of(Contract(shut)).compiled.engine.is_valid
    assert accepts(instance) is valid
    assert not any(accepts(each) for each in holding(instance))


@pytest.mark.parametrize(
    ("schema", "valid"),
    [
        (True, [5, "x", None, 1.5, 10**30, [{"a": [1]}]]),
        ({"oneOf": [{"type": "integer"}, {"required": ["a"]}]}, [{"a": [1]}, "x"]),
        ({"properties": {"a": TEXT}}, [{"a": "x", "b": [1]}, [1], 5, "x"]),
        (
            {
                "$schema": "https://json-schema.org/draft/2019-09/schema",
                "type": "array",
                "items": [TEXT],
            },
            [["x"]],
        ),
        ({"type": "integer", "maximum": 7}, [7, -(10**30), 2.0]),
        ({"type": ["integer", "null"]}, [7, None]),
        ({"type": ["number", "string", "boolean"]}, [7.5, "x", False]),
        ({"maximum": 7}, [7, "x", None, True]),
        ({"anyOf": [{"type": "integer"}, {"items": TEXT, "type": "array"}]}, [7, ["x"]]),
        ({"allOf": [{"type": "object", "properties": {"a": TEXT}}]}, [{"a": "x", "b": 1}]),
        ({"type": "array", "prefixItems": [{"type": "integer"}]}, [[1, "x"]]),
        ({"type": "object", "patternProperties": {"^a": {}}}, [{"a": 1, "b": "x"}]),
        ({"type": "object", "additionalProperties": {"type": "number"}}, [{"a": 1.5}]),
        ({"enum": ["a", True, None]}, ["a", True, None]),
    ],
)
def test_what_a_closed_schema_still_accepts(schema: Any, valid: list[Any]) -> None:
    """All else."""
    accepts = checker_of(Contract(closed(schema))).compiled.engine.is_valid
    assert all(accepts(each) for each in valid)
    assert not any(accepts(within) for each in valid for within in holding(each))


@table(
    "schema",
    [
        {"type": "string"},
        {"type": "number"},
        {"type": ["boolean", "null"]},
        {"not": {}},
        {"const": "a"},
        {"enum": ["a", True, None]},
        {"type": "object", "properties": {"a": TEXT}, "additionalProperties": False},
        {"type": "array", "items": TEXT},
    ],
)
def test_what_takes_no_other_integers_is_closed_already(schema: dict[str, Any]) -> None:
    """Nothing is added to it."""
    assert {**closed(schema), "$defs": {}} == {**schema, "$defs": {}}
    assert closed(False) is False


@pytest.mark.parametrize("schema", [True, {"type": "object"}, {"properties": {"a": {}}}])
def test_how_deeply_anything_may_nest(schema: Any) -> None:
    """Eight levels of what the schema says nothing of; what nests deeper is looked at anew."""
    accepts = checker_of(Contract(closed(schema))).compiled.engine.is_valid
    value: Any = 1
    for depth in range(11):
        assert accepts({"b": value}) is (depth <= (7 if schema is True else 8))
        value = [value] if depth % 2 else {"x": value}
