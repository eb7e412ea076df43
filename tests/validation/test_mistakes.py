"""Mistakes: whether those by a branch leave it the one that is meant."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.model import Path
from fieldbound.validation.mistakes import Mistake, is_meant
from support.tables import table

(LIMIT,) = Contract({"minimum": 1}).limits


@table(
    ("mistakes", "expected"),
    [
        ([], True),
        ([(("a",), "type")], False),
        ([(("a",), "not")], False),
        ([(("a",), "minProperties")], True),
        ([(("a", "b"), "type")], True),
        ([(("a", "b"), "type"), (("a",), "const")], False),
    ],
)
def test_a_branch_whose_tag_a_value_has_is_meant(
    mistakes: list[tuple[Path, str]], expected: bool
) -> None:
    """Unless the value as a whole is of another kind."""
    found = [Mistake(path, code, LIMIT, path) for path, code in mistakes]
    assert is_meant(found, ("a",)) is expected


@pytest.mark.parametrize(("levels", "others"), [(0, 1), (1, 1), (2, 0)])
def test_values_of_several_branches_are_told_together(levels: int, others: int) -> None:
    """Those of the value itself or a property of it; deeper, one branch is reported."""
    branches: list[Any] = [{"enum": ["a"]}, {"enum": ["b"]}]
    value: Any = "z"
    for _ in range(levels):
        branches, value = [{"properties": {"x": each}} for each in branches], {"x": value}
    (violation,) = Contract({"anyOf": branches}).check(value)
    assert violation.pointer == "/x" * levels
    assert len(violation.also) == others


@table(
    ("schema", "value", "expected"),
    [
        ({"pattern": "^x", "maxLength": 1}, "yy", [("maxLength", ["pattern"])]),
        ({"enum": ["a"], "type": "string"}, 5, [("type", ["enum"])]),
        ({"maximum": 1, "type": "integer", "multipleOf": 2}, 3, [("maximum", ["multipleOf"])]),
        ({"const": {"a": 1}, "minProperties": 1}, {}, [("const", ["minProperties"])]),
        ({"minItems": 3, "contains": {"const": 1}}, [2], [("minItems", []), ("contains", [])]),
        ({"allOf": [{"maxLength": 1}, {"maxLength": 2}]}, "abc", [("maxLength", ["maxLength"])]),
    ],
)
def test_several_limits_that_one_value_breaks(
    schema: Any, value: Any, expected: list[tuple[str, list[str]]]
) -> None:
    """One mistake with the first of them, the others beside; each by itself in a container."""
    report = Contract(schema).check(value)
    assert [(each.code, [also.keyword for also in each.also]) for each in report] == expected


@pytest.mark.parametrize("name", ["", "o"])
def test_a_branch_that_fixes_another_value_is_less_likely_meant(name: str) -> None:
    """However few mistakes it would have."""
    string = {"type": "string"}
    branches = [{"properties": {"k": {"const": 1}}}, {"properties": {"x": string, "y": string}}]
    schema: Any = {"anyOf": branches}
    value: Any = {"k": 2, "x": 1, "y": 1}
    if name:
        schema, value = {"properties": {name: schema}}, {name: value}
    at = f"/{name}" if name else ""
    assert [each.pointer for each in Contract(schema).check(value)] == [f"{at}/x", f"{at}/y"]


def tagged(value: int, *required: str) -> dict[str, Any]:
    """Return a branch with a value of its tag, and names that must be there."""
    return {"properties": {"k": {"const": value}}, "required": [*required]}


@table(
    ("branches", "told"),
    [
        ([["a"], ["b"]], ["/a:required", "/b:required"]),
        ([["a"], ["b"], ["c"]], ["/a:required", "/b:required", "/c:required"]),
        ([["a"], ["b", "c"]], ["/a:required"]),
        ([["a"], {"required": ["b"], "maxProperties": 0}], ["/a:required"]),
        ([{"minProperties": 2}, {"required": ["b"], "maxProperties": 0}], [":minProperties"]),
        ([tagged(1, "k"), tagged(2, "k", "n")], ["/k:required"] * 2),  # that both need
        ([tagged(1, "k"), tagged(2, "n", "m")], ["/k:required"]),  # that needs no tag
    ],
)
def test_missing_names_of_several_branches_are_told_together(
    branches: list[Any], told: list[str]
) -> None:
    """Where one name is all that each of them lacks."""
    schemas = [{"required": each} if isinstance(each, list) else each for each in branches]
    for ordered in (schemas, schemas[::-1]):
        (violation,) = Contract({"anyOf": ordered}).check({"x": 1})
        limits = [each for each in (violation.limit, *violation.also) if each]
        assert sorted(f"{each.pointer}:{each.keyword}" for each in limits) == told


def test_a_pattern_has_its_fault_beside_other_mistakes() -> None:
    """The first wrong character and an example are those of the string that breaks it."""
    parts = {"a": {"pattern": "^x[0-9]$"}, "b": {"maxLength": 1}, "c": {"pattern": "^z"}}
    report = Contract({"properties": parts}).check({"a": "xy", "b": "ab", "c": "y"})
    assert [(each.pointer, each.detail, each.example) for each in report] == [
        ("/a", "2", "x0"),
        ("/b", None, None),
        ("/c", "1", "z"),
    ]
