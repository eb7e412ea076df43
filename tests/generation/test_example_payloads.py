"""Samples: payloads as a person would write them."""

from __future__ import annotations

import subprocess
import sys
from itertools import islice
from typing import Any

import pytest

import fieldbound
from fieldbound import Contract, Unsatisfiable
from fieldbound.generation import cases, samples, samples_at_limits
from support.tables import table

OWN: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "string", "examples": ["A-1", "B-2"]},
        "name": {"type": "string", "title": "Name of the thing", "maxLength": 6},
        "flag": {"enum": ["Y", "N"]},
        "size": {"type": "integer", "default": 7},
        "price": {"type": "number", "exclusiveMinimum": 10},
        "day": {"type": "string", "format": "date"},
        "made": {"type": "string", "readOnly": True, "not": {}},
        "lines": {"type": "array", "items": {"type": "object", "properties": {"a": {"const": 1}}}},
    },
}


def first(schema: Any, count: int = 1) -> list[Any]:
    """Return the first samples of a schema."""
    return list(islice(samples(Contract(schema, name="thing")), count))


def test_values() -> None:
    """A value is an example, a default or a choice; else it is made of the title or the format."""
    everything, required = first(OWN, 2)
    assert everything == {
        "id": "A-1",
        "name": "Name o",
        "flag": "Y",
        "size": 7,
        "price": 11,
        "day": "2026-01-01",
        "lines": [{"a": 1}],
    }
    assert required == {"id": "B-2", "name": "Name 2"}


@pytest.mark.parametrize(
    "name",
    [
        "oracle-cx-sales/create-product-group",
        "oracle-cx-sales/create-product-group/request.headers",
        "axim-commerce/get-company/response.200",
        "fortellis/query-parts-groups/response.200",
    ],
)
def test_valid(name: str) -> None:
    """Samples are valid by both validators, all different, and the same each time."""
    contract = fieldbound.contract(name)
    found = list(islice(samples(name), 5))
    assert found == list(islice(samples(contract), 5))
    assert all(each not in found[:index] for index, each in enumerate(found))
    for each in found:
        assert contract.check(each).ok
        assert contract.jsonschema_validator().is_valid(each)


@table(
    "schema",
    [
        {"oneOf": [{"type": "object", "required": ["a"]}, {"type": "integer", "minimum": 5}]},
        {"type": "object", "minProperties": 2, "properties": {"a": {"type": "string"}}},
        {"type": "array", "minItems": 3, "items": {"type": "string", "pattern": "^[x-z]{4}$"}},
        {"type": "object", "required": ["a"], "properties": {"a": {"pattern": "^q$"}}},
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "not": {"required": ["a", "b"]},
        },
        {"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"b": {"$ref": "#/$defs/a"}}}}},
        {"type": "string", "minLength": 5, "maxLength": 5},
        {"type": "integer", "minimum": 3, "maximum": 3, "multipleOf": 3},
    ],
)
def test_conditions(schema: Any) -> None:
    """Where fields alone do not make it valid, it is made so."""
    contract = Contract(schema, name="thing")
    found = first(schema, 3)
    assert found
    assert all(contract.check(each).ok for each in found)


def test_unsatisfiable() -> None:
    """A contract that no value satisfies is an error."""
    with pytest.raises(Unsatisfiable):
        first({"allOf": [{"enum": [1]}, {"not": {"const": 1}}]})


def test_at_limits() -> None:
    """A payload at a limit is as long as it may be, and no two are the same."""
    found = list(samples_at_limits(Contract(OWN, name="thing")))
    assert any(len(each.get("name", "")) == 6 for each in found)
    assert all(each not in found[:index] for index, each in enumerate(found))


def test_without_hypothesis() -> None:
    """Neither samples nor those at limits need hypothesis."""
    code = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "from fieldbound.generation import samples, samples_at_limits\n"
        "name = 'axim-commerce/create-company-group'\n"
        "assert next(samples(name)) and next(samples_at_limits(name))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


#: A part that requires itself again.
ENDLESS = {"type": "object", "required": ["z"], "properties": {"z": {"$ref": "#/$defs/a30"}}}


def of_depth(depth: int, part: Any) -> dict[str, Any]:
    """Return a schema whose instances double with each of so many levels."""
    levels = {
        f"a{level}": {
            "type": "object",
            "required": ["x", "y"],
            "properties": {name: {"$ref": f"#/$defs/a{level + 1}"} for name in "xy"},
        }
        for level in range(depth)
    }
    return {"$ref": "#/$defs/a0", "$defs": {**levels, f"a{depth}": part}}


def nested_arrays(depth: int) -> dict[str, Any]:
    """Return a schema of arrays of 30 items within each other."""
    inner = nested_arrays(depth - 1) if depth else {"type": "string"}
    return {"type": "array", "minItems": 30, "items": inner}


@table(
    ("schema", "reason"),
    [
        ({"minItems": 10**9, "type": "array"}, "minItems 1000000000 is too many items"),
        (
            {"type": "object", "minProperties": 10**9, "required": ["q"]},
            "minProperties 1000000000 is too many properties to generate at .root.",
        ),
        (of_depth(30, {"type": "string"}), "every instance has more than 250000 values .* at /x/x"),
        (nested_arrays(8), "every instance has more than 250000 values .* at /0/0"),
        (
            {"type": "array", "contains": nested_arrays(4), "minContains": 2},
            "every instance has more than 250000 values",
        ),
        (of_depth(30, {"type": "string", "pattern": "^(?!a)a$"}), "no string exists at /x/x"),
        (of_depth(30, ENDLESS), "every instance is infinite"),
    ],
)
def test_too_large(schema: Any, reason: str) -> None:
    """A schema without an instance that is small enough is an error that says where, and why."""
    with pytest.raises(Unsatisfiable, match=reason):
        first(schema)


@table("bound", [{"minimum": 1e300}, {"maximum": -1e300}, {"exclusiveMinimum": 1e308}])
def test_no_multiple_in_floating_point(bound: Any) -> None:
    """Where no multiple is one in floating point, too, no number is found: not an overflow."""
    number = {"type": "number", "multipleOf": 1e-308, **bound}
    schema = {"type": "object", "required": ["a"], "properties": {"a": number}}
    for generate in (samples, cases):
        with pytest.raises(Unsatisfiable, match="no number was found at /a"):
            next(iter(generate(Contract(schema, name="thing"))))


@table(
    "schema",
    [
        {"type": "number", "minimum": 10**400},
        {"type": "number", "minimum": 0, "maximum": 10**400},
        {"type": "integer", "minimum": 1e308, "multipleOf": 1e308},
    ],
)
def test_beyond_floating_point(schema: Any) -> None:
    """Numbers that no floating point number can express are generated, as integers."""
    contract = Contract(schema, name="thing")
    assert contract.is_valid(first(schema)[0])
    found = [each for each in cases(contract) if each.has_valid]
    assert found
    assert all(contract.is_valid(each.valid) for each in found)


@table("item", [{"type": "string"}, {"type": "integer"}, {"pattern": "^[a-z]+$", "type": "string"}])
def test_many_distinct_items(item: Any) -> None:
    """As many distinct items are made as an array needs."""
    schema = {"type": "array", "minItems": 21_000, "uniqueItems": True, "items": item}
    (found,) = first(schema)
    assert len(set(found)) == len(found) == 21_000
