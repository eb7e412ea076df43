"""The position of a value relative to a limit: inside, at, or beyond it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from fieldbound.coverage.boundaries import boundary_position, identity, member_index
from fieldbound.model.limits import Limit
from fieldbound.validation.contract import Contract
from support.tables import table


def limit(keyword: str, value: Any) -> Limit:
    """Return a limit at the root."""
    return Limit("schema", "", keyword, value, f"https://fieldbound.invalid/#/{keyword}")


@table(
    ("keyword", "bound", "inside", "at", "beyond"),
    [
        ("maxLength", 3, "ab", "abc", "abcd"),
        ("minLength", 3, "abcd", "abc", "ab"),
        ("maxLength", 3.0, "ab", "abc", "abcd"),
        ("maxItems", 1, [], [0], [0, 0]),
        ("minItems", 1, (0, 0), (0,), ()),
        ("maxProperties", 1, {}, {"a": 0}, {"a": 0, "b": 0}),
        ("minProperties", 1, {"a": 0, "b": 0}, {"a": 0}, {}),
        ("maximum", 10, 9.5, 10.0, 10.5),
        ("minimum", -1, 0, -1, -1.5),
        ("maximum", 2**64, 2**64 - 1, 2**64, 2**64 + 1),
        ("maximum", 0.1, Decimal("0.09"), Decimal("0.1"), Decimal("0.1000000000000000001")),
    ],
)
def test_a_value_is_inside_at_or_beyond_a_bound(
    keyword: str, bound: Any, inside: Any, at: Any, beyond: Any
) -> None:
    """A value equal to the bound is at the limit, an invalid one beyond it."""
    found = [boundary_position(limit(keyword, bound), value) for value in (inside, at, beyond)]
    assert found == ["inside", "at", "beyond"]
    if not isinstance(beyond, Decimal):
        valid = [Contract({keyword: bound}).is_valid(value) for value in (inside, at, beyond)]
        assert valid == [True, True, False]


@pytest.mark.parametrize(
    ("keyword", "inside", "beyond"),
    [("exclusiveMaximum", (9, 9.99), (10, 10.0, 11)), ("exclusiveMinimum", (11,), (10, 9))],
)
def test_nothing_is_at_an_exclusive_bound(keyword: str, inside: Any, beyond: Any) -> None:
    """An exclusive bound is itself beyond the limit."""
    assert {boundary_position(limit(keyword, 10), value) for value in inside} == {"inside"}
    assert {boundary_position(limit(keyword, 10), value) for value in beyond} == {"beyond"}


def test_characters_are_code_points() -> None:
    """An emoji is one character, a letter with a combining accent two."""
    assert boundary_position(limit("maxLength", 1), "\N{GRINNING FACE}") == "at"
    assert boundary_position(limit("maxLength", 1), "e\N{COMBINING ACUTE ACCENT}") == "beyond"


@table(
    ("keyword", "bound", "value"),
    [
        ("maxLength", 3, 1234),
        ("maxLength", 3, None),
        ("maxItems", 3, "abcd"),
        ("maxProperties", 0, [1]),
        ("maximum", 0, True),
        ("maximum", 0, "1"),
        ("maximum", 0, float("nan")),
        ("exclusiveMaximum", True, 5),
        ("format", "date", "2024-01-31"),
        ("pattern", "^a$", "b"),
        ("required", True, {}),
        ("readOnly", True, "x"),
        ("additionalProperties", False, {"a": 1}),
    ],
)
def test_values_without_a_position(keyword: str, bound: Any, value: Any) -> None:
    """A value has no position if the keyword does not apply, or measures nothing."""
    assert boundary_position(limit(keyword, bound), value) is None


def test_a_member_is_at_an_enumeration() -> None:
    """A member of an enumeration is at the limit, by JSON equality: 1.0 is 1, and true is not."""
    chosen = limit("enum", ["Y", 1, None, {"a": [True]}])
    assert [boundary_position(chosen, each) for each in ("Y", 1.0, None, {"a": [True]})] == [
        "at"
    ] * 4
    assert [boundary_position(chosen, each) for each in ("y", True, 0, {"a": [1]})] == [
        "beyond"
    ] * 4
    assert [member_index(chosen, each) for each in ("Y", 1.0, True)] == [0, 1, None]
    assert boundary_position(limit("const", 0), False) == "beyond"
    assert boundary_position(limit("const", "a"), "a") == "at"


def test_identity_is_json_equality() -> None:
    """Equal JSON values have one identity, whatever the order of names or the type of sequence."""
    assert identity({"a": 1, "b": (2,)}) == identity({"b": [2.0], "a": 1})
    assert identity([]) != identity({})
    assert identity([1]) != identity([True])
    assert identity(Fraction(1, 2)) == identity(0.5)


@table(
    ("types", "inside", "beyond"),
    [
        ("integer", (1, 1.0, Decimal("2.0")), (1.5, True, "1", None)),
        ("number", (1, 1.5, Decimal("1.5")), (True, "1")),
        (["string", "null"], ("", None), (0, [], {})),
        ("boolean", (True, False), (0, "true")),
        ("array", ([], ()), ({},)),
        ("object", ({},), ([],)),
    ],
)
def test_a_value_is_inside_or_beyond_a_type(types: Any, inside: Any, beyond: Any) -> None:
    """A value is inside a type or beyond it, never at it."""
    assert {boundary_position(limit("type", types), value) for value in inside} == {"inside"}
    assert {boundary_position(limit("type", types), value) for value in beyond} == {"beyond"}
