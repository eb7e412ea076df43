"""Tests of the number of alternatives that a schema has, estimated before they are multiplied."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, settings
from jsonschema_rs import Registry

import fieldbound
from fieldbound.algebra import Algebra, is_unsatisfiable, is_within
from fieldbound.algebra.alternatives import MAX_ALTERNATIVES, is_wide, with_fewer_alternatives
from fieldbound.strategies import valid
from support.growth import LINEAR, growth
from support.tables import table

DRAFT = "https://json-schema.org/draft/2020-12/schema"
#: Pairs whose product is the maximum.
MOST = MAX_ALTERNATIVES.bit_length() - 1


def pairs(count: int) -> list[Any]:
    """Return schemas of two alternatives each."""
    return [{"anyOf": [{"required": [f"a{at}"]}, {"required": [f"b{at}"]}]} for at in range(count)]


def in_property(parts: list[Any]) -> list[Any]:
    """Return schemas that say each of some about the same property."""
    return [{"properties": {"v": each}} for each in parts]


def nested(count: int) -> Any:
    """Return pairs of alternatives of which each meets the rest in a schema of its own."""
    schema: Any = True
    for each in pairs(count):
        schema = {"anyOf": [{"allOf": [schema, each]}]}
    return schema


@table(
    ("schema", "wide"),
    [
        ({"allOf": pairs(MOST)}, False),
        ({"allOf": pairs(MOST + 1)}, True),
        ({"properties": {"v": {"allOf": pairs(MOST + 1)}}}, True),
        ({"allOf": in_property(pairs(MOST))}, False),
        ({"allOf": in_property(pairs(MOST + 1))}, True),
        (nested(MOST), False),
        (nested(MOST + 1), True),
        ({"anyOf": pairs(MAX_ALTERNATIVES // 2)}, False),
        ({"properties": {f"p{at}": each for at, each in enumerate(pairs(100))}}, False),
        ({"oneOf": in_property(pairs(100))}, False),
        ({"allOf": [{"not": {"required": ["a", str(at)]}} for at in range(MOST)]}, True),
        ({"not": {"anyOf": [{"required": ["a", str(at)]} for at in range(MOST)]}}, True),
        ({"not": {"allOf": [{"required": ["a", str(at)]} for at in range(MOST)]}}, False),
        ({"allOf": [{"if": each, "then": True} for each in pairs(MOST)]}, True),
        ({"allOf": [{"type": "object"}] * 100, "enum": [*range(5000)]}, False),
        (True, False),
    ],
)
def test_alternatives_that_meet_are_multiplied(schema: Any, wide: bool) -> None:
    """Alternatives are multiplied where they meet about one value, and nowhere else."""
    assert is_wide(schema) is wide


@pytest.mark.parametrize("count", [MOST, MOST + 1])
def test_references_are_followed(count: int) -> None:
    """Alternatives count wherever they stand: those of referenced schemas too."""
    uri = "https://a.invalid/s"
    named = {f"d{at}": each for at, each in enumerate(pairs(count))}
    named["all"] = {"allOf": [{"$ref": f"#/$defs/d{at}"} for at in range(count)]}
    named["all"]["properties"] = {"again": {"$ref": "#/$defs/all"}}
    registry = Registry([(uri, {"$defs": named})])
    assert is_wide({"$ref": f"{uri}#/$defs/all"}, registry) is (count > MOST)
    assert not is_wide({"$ref": f"{uri}#/$defs/none"}, registry)


@table(
    ("count", "decided"),
    [(MOST - 1, True), (MOST + 1, False), (40, False)],
)
def test_what_has_too_many_alternatives_is_undecided(count: int, decided: bool) -> None:
    """A contradiction among too many alternatives is not found, and no answer takes long."""
    schema = {"type": "object", "allOf": pairs(count), "maxProperties": 1}
    assert is_unsatisfiable({**schema, "minProperties": 2}) is decided
    assert is_within(schema, {"type": "object"}) is decided
    assert not is_within({"type": "string"}, schema)


def test_the_value_set_of_a_wide_schema_has_likely_values(tmp_path: Path) -> None:
    """Valid instances are generated of a schema with too many alternatives to calculate with."""
    schema = {"$schema": DRAFT, "type": "object", "allOf": pairs(40)}
    assert Algebra(schema, "https://a.invalid/s", {}).explain_empty() is None
    path = tmp_path / "wide.json"
    path.write_text(json.dumps(schema))
    contract = fieldbound.contract(str(path))
    found = find(
        valid(contract),
        lambda _: True,
        settings=settings(phases=[Phase.generate], suppress_health_check=list(HealthCheck)),
    )
    assert contract.check(found).ok


def test_fewer_alternatives_are_not_wide() -> None:
    """In place of a wide schema there are one with the first alternatives and one with none."""
    chosen, none = with_fewer_alternatives({"type": "object", "allOf": pairs(20)}, None, "")
    assert chosen["allOf"][1] == {"anyOf": [{"required": ["a1"]}]}
    assert none == {"type": "object", "allOf": [{}] * 20}


def test_counting_is_linear() -> None:
    """Counting multiplies nothing out: twice the schema takes twice the steps."""

    def counting(size: int) -> Any:
        schema = {"allOf": [*pairs(size), *in_property(pairs(size))]}
        return lambda: is_wide(schema)

    assert growth(counting, 40) < LINEAR


def test_a_long_chain_of_references_is_not_wide() -> None:
    """Many references one after the other are no alternatives."""
    uri = "https://a.invalid/s"
    chain = {f"d{at}": {"properties": {"p": {"$ref": f"#/$defs/d{at + 1}"}}} for at in range(2000)}
    assert not is_wide({"$ref": f"{uri}#/$defs/d0"}, Registry([(uri, {"$defs": chain})]))


def test_references_that_multiply_are_counted_once() -> None:
    """Counting visits each target once, however many ways lead to it."""

    def counting(size: int) -> Any:
        uri = "https://a.invalid/s"
        twice = {
            f"d{at}": {"allOf": [{"$ref": f"#/$defs/d{at + 1}"}] * 2, "properties": {"p": {}}}
            for at in range(size)
        }
        registry = Registry([(uri, {"$defs": twice})])
        return lambda: is_wide({"$ref": f"{uri}#/$defs/d0"}, registry)

    assert growth(counting, 40) < LINEAR
