"""Branches of anyOf and oneOf: what they say of a value, and how much of one it has."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.model import SchemaRegistry
from fieldbound.validation.branches import (
    Branch,
    branch_of,
    branches_of,
    exclusive_names,
    likeness,
    sole_tag,
    tag_of,
    tags_in,
    varied_tags,
)
from support.tables import table

DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def branch(schema: Any) -> Branch:
    """Return what a schema says."""
    references = SchemaRegistry(schema, "https://h.invalid/", {})
    return branch_of(references.root, references)


def several(*schemas: Any) -> list[Branch]:
    """Return what each schema of a list says."""
    references = SchemaRegistry({"anyOf": list(schemas)}, "https://h.invalid/", {})
    return branches_of(references.child(references.root, "anyOf"), references)


def tagged(name: str, *values: Any, required: bool = False) -> dict[str, Any]:
    """Return a branch with the values of a property."""
    schema = {"properties": {name: {"enum": list(values)}}}
    return {**schema, "required": [name]} if required else schema


def in_place(levels: int, schema: Any) -> Any:
    """Return a schema within others that apply to the same value."""
    for _ in range(levels):
        schema = {"allOf": [schema]}
    return schema


@table(
    ("schema", "tags", "required", "types"),
    [
        (True, {}, (), set()),
        ({"type": "object"}, {}, (), {"object"}),
        ({"type": ["object", "null"]}, {}, (), {"object", "null"}),
        ({"type": "object", "allOf": [{"type": "string"}]}, {}, (), {"object"}),
        ({"required": ["a"], "allOf": [{"required": ["b", "a"]}]}, {}, ("a", "b"), set()),
        ({"required": "a", "properties": [], "type": 5}, {}, (), set()),
        (
            {"properties": {"a": {"const": 1}, "b": {"enum": [2, 3]}}},
            {"a": [1], "b": [2, 3]},
            (),
            set(),
        ),
        ({"properties": {"a": {"enum": []}, "b": {"enum": 5}, "c": {}}}, {}, (), set()),
        ({"properties": {"a": {"allOf": [{"const": 1}, {"const": 2}]}}}, {"a": [1]}, (), set()),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"required": ["x"]}}}, {}, ("x",), set()),
        ({"$ref": "#/$defs/none", "required": ["y"]}, {}, ("y",), set()),
        (
            {
                "$schema": DRAFT_7,
                "$ref": "#/definitions/a",
                "required": ["y"],
                "allOf": [{"required": ["z"]}],
                "definitions": {"a": {"required": ["x"]}},
            },
            {},
            ("x",),
            set(),
        ),
        (
            {
                "$ref": "#/$defs/a",
                "required": ["y"],
                "allOf": [{"required": ["z"]}],
                "$defs": {"a": {"required": ["x"]}},
            },
            {},
            ("y", "x", "z"),
            set(),
        ),
        (in_place(8, {"required": ["a"]}), {}, ("a",), set()),
        (in_place(9, {"required": ["a"]}), {}, (), set()),
    ],
)
def test_what_a_branch_says(schema: Any, tags: Any, required: Any, types: set[str]) -> None:
    """By itself, by its references and by `allOf`."""
    found = branch(schema)
    assert (found.tags, found.required, found.types) == (tags, required, types)


@table(
    ("schema", "is_value", "may_be_object"),
    [
        ({"const": 1}, True, True),
        ({"enum": [1]}, True, True),
        ({"type": "string", "const": 1}, False, False),
        ({"type": ["object", "null"]}, False, True),
        ({}, False, True),
    ],
)
def test_what_kind_of_branch_it_is(schema: Any, is_value: bool, may_be_object: bool) -> None:
    """One that is a value, one that an object may have."""
    found = branch(schema)
    assert (found.is_value, found.may_be_object) == (is_value, may_be_object)


@table(
    ("schemas", "tag"),
    [
        ([tagged("a", 1), tagged("a", 2)], "a"),
        ([tagged("a", 1), tagged("a", 2), {"type": "null"}], "a"),
        ([tagged("a", 1), tagged("a", 2), {}], None),
        ([tagged("a", 1), tagged("a", 1, 2)], None),
        ([tagged("a", 1, 1), tagged("a", 2)], None),
        ([tagged("a", 1), tagged("b", 2)], None),
        ([tagged("a", 1)], None),
        ([{"type": "null"}, {"type": "string"}], None),
        ([], None),
        (
            [
                {"properties": {"z": {"const": 0}, "a": {"const": 1}}},
                {"properties": {"z": {"const": 0}, "a": {"const": 2}}},
            ],
            "a",
        ),
    ],
)
def test_the_property_that_selects_a_branch(schemas: list[Any], tag: str | None) -> None:
    """Each branch that may be an object has values of its own for it."""
    assert tag_of(several(*schemas)) == tag


def test_tags_that_differ_between_branches() -> None:
    """A property with the same values in all branches selects none of them."""
    same = {"same": {"const": 0}}
    found = several(
        {"properties": {**same, "a": {"const": 1}}},
        {"properties": {**same, "a": {"enum": [2]}, "b": {"const": 1}}},
    )
    assert varied_tags(found) == {"a"}


@table(
    ("schema", "value", "expected"),
    [
        (tagged("a", 1), {"a": 1}, (6.0, 0.0, 0)),
        (tagged("a", 1, 2), {"a": 1}, (4.0, 0.0, 0)),
        (tagged("a", 1, required=True), {"a": 1}, (7.0, 0.0, 1)),
        (tagged("a", 1, required=True), {"a": 2}, (0.0, -1.0, 1)),
        (tagged("a", 1), {"b": 1}, (0.0, 0.0, 0)),
        (tagged("other", 1), {"other": 1}, (0.0, 0.0, 0)),
        (tagged("a", 1), [1], (0, 0, 0)),
        ({"required": ["a", "b", "c"]}, {"a": 1, "c": 1, "z": 1}, (0.0, 0.0, 2)),
        (
            {"properties": {"a": {"const": 1}, "b": {"const": 1}}},
            {"a": 1, "b": 1},
            (12.0, 0.0, 0),
        ),
        (
            {"properties": {"a": {"const": 1}, "b": {"const": 1}}},
            {"a": 2, "b": 2},
            (0.0, -2.0, 0),
        ),
    ],
)
def test_how_much_of_a_branch_an_object_has(schema: Any, value: Any, expected: Any) -> None:
    """By tags, then by tags that differ, then by required names."""
    has, late = likeness(branch(schema), tags_in(value, frozenset("ab")), value)
    assert has == expected
    assert late == (0.5 if has[0] == 12 else 0)  # the second of two tags


def test_a_tag_that_is_not_there_says_nothing() -> None:
    """The others of the branch still do."""
    parts = {"a": {"const": 1}, "b": {"const": 1}, "c": {"const": 1}}
    tags = tags_in({"b": 1, "c": 2}, frozenset("abc"))
    assert likeness(branch({"properties": parts}), tags, {"b": 1, "c": 2}) == ((6, -1, 0), 0.5)


@table(
    ("required", "value", "text"),
    [
        ([["a"], ["b"]], {}, "/x/a and /x/b exclude each other"),
        ([["a"], ["b"], ["c"]], {}, "/x/a, /x/b and /x/c exclude each other"),
        ([["t", "a"], ["t", "b"]], {}, "/x/a and /x/b exclude each other"),
        ([["a"], ["a", "b"]], {}, None),
        ([["a"], []], {}, None),
        ([["a"]], {}, None),
        ([["a"], ["b"]], [], None),
    ],
)
def test_names_exclude_each_other(required: list[list[str]], value: Any, text: str | None) -> None:
    """Where each branch demands a name that no other does."""
    found = several(*({"required": names} for names in required))
    assert exclusive_names(found, ("x",), value) == text


@pytest.mark.parametrize(
    ("branches", "expected"),
    [
        (
            [tagged("a", 1, required=True), tagged("a", 2, 3, required=True)],
            ("a", {"1": 0, "2": 1, "3": 1}),
        ),
        ([{}, {}], None),
        (
            [
                tagged("a", 1),
                {"properties": {"a": {"const": 2}, "b": {"const": 2}}},
                {"properties": {"a": {"const": 3}, "b": {"const": 3}}},
            ],
            None,
        ),
    ],
)
def test_the_only_property_that_selects(branches: list[Any], expected: Any) -> None:
    """It has other fixed values in each branch, and no other property has."""
    assert sole_tag(several(*branches)) == expected


@table(
    ("value", "expected"),
    [
        ({"k": "a", "n": 1}, {"k": '"a"'}),
        ({"m": None}, {"m": "null"}),
        ({}, {}),
        ([], {}),
        ("k", {}),
    ],
)
def test_the_tags_that_a_value_has(value: Any, expected: dict[str, str]) -> None:
    """Each with its value as JSON; what is no object has none."""
    assert tags_in(value, frozenset(("k", "m"))) == expected


@table("order", [(0, 1), (1, 0)])
def test_the_branch_with_the_fewest_limits_broken_is_meant(order: tuple[int, int]) -> None:
    """Of two branches that a value misses by its type, the one that asks for less is reported."""
    branches = [{"type": "string", "enum": ["a"]}, {"type": "string"}]
    contract = Contract({"properties": {"x": {"anyOf": [branches[at] for at in order]}}})
    (violation,) = contract.check({"x": 5}).violations
    assert violation.message == "/x is 5, but must be a string"
