"""JSON values in Python: their types, excerpts, depth and digits."""

from __future__ import annotations

import datetime
import enum
import sys
from collections import OrderedDict
from decimal import Decimal
from typing import Any

import pytest

from fieldbound import NotJSON
from fieldbound.model import MAX_DEPTH, excerpt, has_long_integer, is_too_deep, json_type
from fieldbound.model.values import max_digits, to_json_value
from support.tables import table


class Level(int, enum.Enum):
    """An integer of a subclass."""

    LOW = 1


@table(
    ("value", "name"),
    [
        (1.0, "integer"),
        (1.5, "number"),
        (float("inf"), "number"),
        (True, "boolean"),
        (Level.LOW, "integer"),
        (OrderedDict(), "object"),
        ((), "array"),
        (None, "null"),
        (Decimal("1.00"), "integer"),
        (Decimal("1.10"), "number"),
        (Decimal("0.01"), "number"),
        (Decimal("1e3"), "integer"),
        (Decimal(5), "integer"),
        (Decimal("NaN"), "number"),
    ],
)
def test_the_type_of_a_value(value: Any, name: str) -> None:
    """A whole number is an integer however it is written."""
    assert json_type(value) == name


@table(
    ("value", "kind", "shown"),
    [
        ("a" * 60, "string", "a" * 60),
        ("a" * 61, "string", "a" * 59 + "…"),
        (2**256 - 1, "integer", 2**256 - 1),
        (1 - 2**256, "integer", 1 - 2**256),
        (2**256, "integer", "an integer of about 78 digits"),
        (-(2**256), "integer", "an integer of about 78 digits"),
        (10**100, "integer", "an integer of about 101 digits"),
        (Decimal(2**256 - 1), "integer", Decimal(2**256 - 1)),
        (Decimal(2**257), "integer", "an integer of about 78 digits"),
        (Decimal("1e300"), "integer", "an integer of about 301 digits"),
        (1.5, "number", 1.5),
        (True, "boolean", True),
        ({}, "object", None),
        ([1], "array", None),
    ],
)
def test_what_is_shown_of_a_value(value: Any, kind: str, shown: Any) -> None:
    """A scalar is shown, the start of a long string, about how long a huge integer is."""
    assert excerpt(value, kind) == shown


@pytest.mark.parametrize("wrap", [lambda inner: [inner], lambda inner: {"a": inner}])
@pytest.mark.parametrize(("levels", "expected"), [(200, False), (201, True)])
def test_200_levels_are_checked(wrap: Any, levels: int, expected: bool) -> None:
    """A value that nests deeper is too deep, and is invalid."""
    value: Any = 1
    for _ in range(levels):
        value = wrap(value)
    assert MAX_DEPTH == 200
    assert is_too_deep(value) is expected
    plain, violation = to_json_value(value)
    assert (plain == value, violation is not None) == (not expected, expected)


@pytest.mark.parametrize(("limit", "digits"), [(0, 4300), (640, 640), (4300, 4300), (5000, 4300)])
def test_how_many_digits_an_integer_may_have(
    monkeypatch: pytest.MonkeyPatch, limit: int, digits: int
) -> None:
    """As many as Python prints, and 4300 at most."""
    monkeypatch.setattr(sys, "get_int_max_str_digits", lambda: limit, raising=False)
    longest = 10**digits - 1
    assert max_digits() == digits
    for value in (longest, -longest, [longest], {"a": ({"b": -longest},)}):
        assert not has_long_integer(value)
    for value in (longest + 1, -longest - 1, [1, longest + 1], {"a": ("x", {"b": -longest - 1})}):
        assert has_long_integer(value)


def test_a_value_within_itself_is_looked_at_once() -> None:
    """The search for long integers ends."""
    value: list[Any] = [1]
    value.append(value)
    assert not has_long_integer(value)


@pytest.mark.parametrize(
    ("value", "pointer", "kind", "advice"),
    [
        ({"a": [datetime.date(2024, 1, 1)]}, "/a/0", "date", "use .isoformat()"),
        ([{1}], "/0", "set", "use a list"),
        (Decimal("NaN"), "", "Decimal", "use a finite number, or str()"),
        (object(), "", "object", "use str, int, float, bool, None, list or dict"),
        ({"a": {5: 1}}, "/a/5", "int as a key", "use a str"),
    ],
)
def test_what_is_not_json_is_an_error_with_advice(
    value: Any, pointer: str, kind: str, advice: str
) -> None:
    """The error says where it is, what it is and what to write instead."""
    with pytest.raises(NotJSON) as caught:
        to_json_value(value)
    assert (caught.value.pointer, caught.value.type, caught.value.advice) == (pointer, kind, advice)


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        (["\ud800"], "loneSurrogate", "/0"),
        ({"a": {"\ud800": 1}}, "loneSurrogate", "/a"),
        ({"a": 10**4300}, "syntax", "/a"),
    ],
)
def test_what_json_cannot_hold_is_a_violation(value: Any, code: str, pointer: str) -> None:
    """There is no plain value then."""
    plain, violation = to_json_value(value)
    assert plain is None
    assert violation is not None
    assert (violation.code, violation.pointer) == (code, pointer)


def test_a_plain_value_has_plain_types() -> None:
    """Subclasses become the types of JSON; a finite Decimal stays."""
    plain, violation = to_json_value(OrderedDict(a=(Level.LOW, Decimal("1.10"), 1.5, None, True)))
    assert violation is None
    assert plain == {"a": [1, Decimal("1.10"), 1.5, None, True]}
    assert [type(each).__name__ for each in plain["a"][:2]] == ["int", "Decimal"]
    assert type(plain) is dict
