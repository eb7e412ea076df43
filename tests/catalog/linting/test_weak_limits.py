"""Limits that reject less than their author means."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound.catalog.linting.weak_limits import weak_limits
from fieldbound.model import Node, pointer_of
from support.tables import table


def found(schema: Any, draft: int = 0, *, is_openapi: bool = False) -> list[tuple[str, str]]:
    """Return pointer and code of each weak limit."""
    problems = weak_limits(Node(schema, "a.json", (), draft), is_openapi=is_openapi)
    return [(pointer_of(each.tokens), each.code) for each in problems]


@table(
    ("schema", "at"),
    [
        ({"type": "integer", "maxLength": 5}, "/maxLength"),
        ({"type": ["boolean", "null"], "minimum": 5}, "/minimum"),
        ({"type": "string", "properties": {}}, "/properties"),
        ({"type": "object", "items": {}}, "/items"),
        ({"type": "string", "then": {"maxLength": 3}}, "/then"),
        ({"type": "array", "minContains": 2}, "/minContains"),
        ({"type": "integer", "enum": [1, "2"]}, "/enum/1"),
        ({"properties": {"type": {"type": "null", "pattern": "a"}}}, "/properties/type/pattern"),
    ],
)
def test_unreachable(schema: Any, at: str) -> None:
    """A keyword about values that the type rules out rejects nothing."""
    assert found(schema) == [(at, "unreachable-limit")]


@table(
    "schema",
    [
        {"type": ["integer", "string"], "maxLength": 5},
        {"type": "integer", "minimum": 5},
        {"type": "number", "enum": [1, 2.5]},
        {"type": "integer", "enum": [1.0]},
        {"type": "strng", "maxLength": 5},
        {"enum": ["a", 1]},
        {"if": {"type": "string"}, "then": {"maxLength": 3}},
        {"default": {"type": "integer", "maxLength": 5}},
    ],
)
def test_reachable(schema: Any) -> None:
    """What a value may reach is no mistake, and neither is what is no schema."""
    assert found(schema) == []


@pytest.mark.parametrize(
    ("schema", "at"),
    [
        ({"maxLength": 5}, "/maxLength"),
        ({"properties": {"a": {"pattern": "a"}}}, "/properties/a/pattern"),
        (
            {"type": "object", "additionalProperties": {"minimum": 1}},
            "/additionalProperties/minimum",
        ),
    ],
)
def test_without_type(schema: Any, at: str) -> None:
    """A limit of strings or numbers alone lets any other value pass."""
    assert found(schema) == [(at, "no-type")]


@table(
    "schema",
    [
        {"type": "string", "maxLength": 5},
        {"type": "string", "allOf": [{"maxLength": 5}]},
        {"$ref": "#/$defs/a", "maxLength": 5, "$defs": {"a": {"type": "string"}}},
        {"anyOf": [{"type": "string"}, {"type": "null"}], "maxLength": 5},
        {"enum": ["a"], "maxLength": 5},
        {"propertyNames": {"maxLength": 5}},
        {"required": ["a"]},
    ],
)
def test_typed_elsewhere(schema: Any) -> None:
    """A type that stands around the limit, or behind a reference, is one."""
    assert found(schema) == []


def test_misspelt_names() -> None:
    """A required name that is no property, and is like one, is most likely misspelt."""
    properties = {"properties": {"name": {"type": "string"}}}
    assert found({**properties, "required": ["nmae"]}) == [("/required/0", "misspelt-name")]
    assert found({**properties, "required": ["other"]}) == []
    assert found({**properties, "required": ["name", "names"]}) == []


def test_formats() -> None:
    """A format that nothing checks is told; those of OpenAPI are checked in its documents."""
    assert found({"type": "string", "format": "dat"}) == [("/format", "format-not-enforced")]
    assert found({"type": "string", "format": "uuid"}, 7) == [("/format", "format-not-enforced")]
    assert found({"type": "string", "format": "date"}) == []
    assert found({"type": "integer", "format": "int32"}, is_openapi=True) == []
    assert found({"type": "integer", "format": "int32"}) == [("/format", "format-not-enforced")]


def test_unknown_keywords() -> None:
    """What no draft knows is told; the extensions of others are not."""
    assert found({"type": "string", "zzz": 1}) == [("/zzz", "unknown-keyword")]
    assert found({"type": "string", "x-sources": {}, "x-mine": 1}) == []
    assert found({"type": "string", "x-surce": {}}) == [("/x-surce", "unknown-keyword")]


def test_patterns() -> None:
    """A pattern that other dialects read otherwise is told, also that of properties."""
    assert found({"type": "string", "pattern": "\\<a"}) == [("/pattern", "pattern-dialect")]
    assert found({"patternProperties": {"[]": {}}}) == [
        ("/patternProperties/[]", "pattern-dialect")
    ]
