"""Ways to a subschema: where they lead, and what they say of a value."""

from __future__ import annotations

from typing import Any

from fieldbound.validation.trail import (
    direction_of,
    is_sensitive,
    leads_to,
    starts_with,
    title_of,
)
from support.tables import table


@table(
    ("pointer", "path", "starts", "leads"),
    [
        ("", (), True, True),
        ("", ("a",), True, False),
        ("/a", (), False, False),
        ("/a", ("a",), True, True),
        ("/a", ("b",), False, False),
        ("/a", ("a", 0), True, False),
        ("/a/*", ("a", 0), True, True),
        ("/a/0", ("a", 0), True, True),
        ("/a/1", ("a", 0), False, False),
        ("/*/b", ("a", "b"), True, True),
        ("/a/*", ("a",), False, False),
    ],
)
def test_where_a_pointer_leads(
    pointer: str, path: tuple[str | int, ...], starts: bool, leads: bool
) -> None:
    """`*` is any name or index, of as many as there are."""
    assert leads_to(pointer, path) is leads
    assert starts_with(path, tuple(pointer.split("/")[1:])) is starts


@table(
    ("schema", "direction"),
    [
        ({"readOnly": True, "not": {}}, "readOnly"),
        ({"writeOnly": True, "not": {}}, "writeOnly"),
        ({"readOnly": True}, None),
        ({"readOnly": False, "not": {}}, None),
        ({"readOnly": True, "not": {"type": "null"}}, None),
        ({"not": {}}, None),
        (False, None),
    ],
)
def test_what_is_not_allowed_in_one_direction(schema: Any, direction: str | None) -> None:
    """A mark, and a schema that rejects every value, together."""
    assert direction_of(schema) == direction


@table(
    ("schema", "expected"),
    [
        ({}, False),
        ({"x-sensitive": True}, True),
        ({"x-sensitive": False}, False),
        ({"x-sensitive": "yes"}, True),
        ({"format": "password"}, True),
        ({"format": "uuid"}, False),
        ({"format": "password", "x-sensitive": False}, True),
    ],
)
def test_what_is_marked_as_sensitive(schema: Any, expected: bool) -> None:
    """Any mark but false counts, and so does OpenAPI's format."""
    assert is_sensitive(schema) is expected


@table(
    ("schema", "name", "title"),
    [
        ({"title": "A"}, None, "A"),
        ({"title": 5}, None, None),
        (True, None, None),
        ({"title": "A", "properties": {"a": {"title": "B"}}}, "a", "B"),
        ({"title": "A", "properties": {"a": True}}, "a", None),
        ({"title": "A", "properties": {"a": {}}}, "b", None),
        ({"title": "A", "properties": []}, "a", None),
        (True, "a", None),
    ],
)
def test_the_title_of_a_value(schema: Any, name: str | None, title: str | None) -> None:
    """That of the schema, or of the property asked for, if it is text."""
    assert title_of(schema, name) == title
