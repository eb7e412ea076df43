"""A schema without one of its limits has all of its other limits still."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.validation.without_limit import without_limit
from support.tables import table

DRAFT_4 = "http://json-schema.org/draft-04/schema#"


@table(
    ("schema", "limit", "rest"),
    [
        ({"maxLength": 1, "minLength": 0}, ":maxLength", {"minLength": 0}),
        ({"required": ["a", "b"]}, "/a:required", {"required": ["b"]}),
        ({"required": ["a"], "minProperties": 1}, "/a:required", {"minProperties": 1}),
        (
            {"properties": {"o": {"required": ["a", "b"]}}},
            "/o/b:required",
            {"properties": {"o": {"required": ["a"]}}},
        ),
        (
            {"dependentRequired": {"x": ["a", "b"], "y": ["b"], "z": ["a"]}},
            "/b:dependentRequired",
            {"dependentRequired": {"x": ["a"], "z": ["a"]}},
        ),
        (
            {"$schema": DRAFT_4, "dependencies": {"x": ["a"], "y": {"minProperties": 3}}},
            "/a:dependencies",
            {"$schema": DRAFT_4, "dependencies": {"y": {"minProperties": 3}}},
        ),
        (
            {"$schema": DRAFT_4, "minimum": 1, "exclusiveMinimum": True, "maximum": 5},
            ":exclusiveMinimum",
            {"$schema": DRAFT_4, "minimum": 1, "maximum": 5},
        ),
        (
            {"$schema": DRAFT_4, "minimum": 1, "exclusiveMinimum": True, "maximum": 5},
            ":minimum",
            {"$schema": DRAFT_4, "maximum": 5},
        ),
        (
            {"minimum": 1, "exclusiveMinimum": 0, "maximum": 5},
            ":minimum",
            {"exclusiveMinimum": 0, "maximum": 5},
        ),
        ({"minimum": 1, "exclusiveMinimum": 0}, ":exclusiveMinimum", {"minimum": 1}),
        (
            {"properties": {"a": {"readOnly": True, "not": {}}}},
            "/a:readOnly",
            {"properties": {"a": {"readOnly": True}}},
        ),
        (
            {"properties": {"a": {"enum": ["a", "b"], "type": ["string"]}}},
            "/a:enum",
            {"properties": {"a": {"type": ["string"]}}},
        ),
        ({"properties": {"required": False}}, "/required:not", {"properties": {}}),
        ({"properties": {"dependencies": False}}, "/dependencies:not", {"properties": {}}),
        (
            {"properties": {"minimum": False, "exclusiveMinimum": False}},
            "/minimum:not",
            {"properties": {"exclusiveMinimum": False}},
        ),
        ({"not": {"const": 1}, "const": 1}, ":not", {"const": 1}),
        (
            {"properties": {"a%/b": {"const": 1, "x": 2}}},
            "/a%~1b:const",
            {"properties": {"a%/b": {"x": 2}}},
        ),
    ],
)
def test_one_limit_is_removed(schema: Any, limit: str, rest: Any) -> None:
    """The limit is gone, the others stay, and the schema given is not changed."""
    limits = Contract(schema).limits
    (chosen,) = [each for each in limits if f"{each.pointer}:{each.keyword}" == limit]
    before = repr(schema)
    resources = {"https://h.invalid/other": {}}
    uri = chosen.location.partition("#")[0]
    assert without_limit(schema, uri, resources, chosen) == (rest, resources)
    assert repr(schema) == before


@pytest.mark.parametrize("other", [{}, {"properties": {"a": True}}, {"properties": {"a": {}}}])
def test_a_limit_of_another_schema_is_not_found(other: Any) -> None:
    """There is no schema without a limit that it does not have."""
    (limit,) = Contract({"properties": {"a": {"maxLength": 1}}}).limits
    assert without_limit(other, limit.location.partition("#")[0], {}, limit) is None
