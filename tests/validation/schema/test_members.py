"""The members of an object: what a schema says of each by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fieldbound import Contract
from fieldbound.validation.schema.members import members_of
from support.tables import table

STRING, SHORT = {"type": "string"}, {"maxLength": 2}
EVERY_KEYWORD: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"a": STRING, "b": True},
    "required": ["a"],
    "additionalProperties": False,
    "patternProperties": {"^[ax]": SHORT},
}


def compiled(part: Any) -> Callable[[Any], bool]:
    """Return the verdict of a part of a schema."""
    return Contract(part).is_valid


@table(
    ("schema", "has_members"),
    [
        (EVERY_KEYWORD, True),
        ({}, True),
        ({"type": ["null", "object"]}, True),
        ({"type": "array"}, False),
        ({"type": ["string", "null"]}, False),
        ({**EVERY_KEYWORD, "minProperties": 1}, False),
        ({"minProperties": 1}, False),
        (True, False),
    ],
)
def test_which_schemas_are_about_members_alone(schema: Any, has_members: bool) -> None:
    """Those of objects that have no other keyword."""
    assert (members_of(schema, compiled) is not None) is has_members


@table(
    ("name", "expected"),
    [
        ("a", {"allOf": [SHORT, STRING]}),
        ("b", True),
        ("x", SHORT),
        ("c", False),
    ],
)
def test_the_schema_of_a_member(name: str, expected: Any) -> None:
    """That of its name and of each pattern that matches it; of any other name where none does."""
    members = members_of(EVERY_KEYWORD, compiled)
    assert members is not None
    assert members.required == {"a"}
    assert members.schema_of(name) == expected


@table(
    ("schema", "required"),
    [(True, frozenset()), (EVERY_KEYWORD, {"a"}), (SHORT, None), (False, None)],
)
def test_the_members_of_a_member(schema: Any, required: Any) -> None:
    """What says nothing of it allows any; None where its schema says more."""
    members = members_of({}, compiled)
    assert members is not None
    inner = members.inner(schema)
    assert (inner and inner.required) == required


def test_what_is_not_said_of_a_member_allows_any() -> None:
    """Nothing is required, and what has no schema may be anything."""
    members = members_of({}, compiled)
    assert members is not None
    assert members.required == frozenset()
    assert members.schema_of("a") is True


def test_all_values_of_a_member_are_checked_together() -> None:
    """A list of values is valid if each of them is."""
    members = members_of(EVERY_KEYWORD, compiled)
    assert members is not None
    are_valid = members.are_valid(SHORT)
    assert [are_valid(each) for each in ([], ["a", "b"], ["a", "bcd"])] == [True, True, False]
