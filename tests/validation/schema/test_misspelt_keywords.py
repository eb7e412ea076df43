"""A keyword that is misspelt constrains nothing: it is said to be not enforced."""

from __future__ import annotations

from typing import Any

from fieldbound import Contract
from support.tables import table


@table(
    ("schema", "meant"),
    [
        ({"maxlength": 1}, "maxLength"),
        ({"pattrn": "a"}, "pattern"),
        ({"$reff": "#"}, "$ref"),
        ({"propertys": {}}, "properties"),
        ({"allof": []}, "allOf"),
        ({"addtionalProperties": False}, "additionalProperties"),
        ({"maxlength": 1, "maxLength": 2}, None),
        ({"tittle": "a"}, None),  # no constraint
        ({"discriminater": {}}, None),
        ({"x-maxlength": 1}, None),
        ({"nullable": True, "extends": 1, "divisibleBy": 1, "disallow": 1, "id": "x"}, None),
        ({"title": "a", "description": "a", "xml": {}, "externalDocs": {}, "example": 1}, None),
        ({"quite": "another"}, None),
        (True, None),
    ],
)
def test_a_misspelt_keyword_is_named(schema: Any, meant: str | None) -> None:
    """With the one that is meant, unless that is there as well."""
    reasons = Contract({"properties": {"a": schema}}).not_checked
    if meant is None:
        assert reasons == {}
    else:
        given = next(iter(schema))
        expected = f"unknown keyword {given!r} is not enforced; did you mean {meant}?"
        assert reasons == {"/a": expected}


def test_each_reason_is_there_once() -> None:
    """Where a subschema is used twice, it is told at the first place; several are joined."""
    part = {"maxlength": 1, "x-not-checked": ["why", "so", "why"]}
    whole = {"x-not-checked": ["why", 5], "$defs": {"p": part}}
    uses = {"properties": {name: {"$ref": "#/$defs/p"} for name in "ab"}}
    reason = "unknown keyword 'maxlength' is not enforced; did you mean maxLength?"
    assert Contract({**uses, **whole}).not_checked == {"": "why; 5", "/a": f"so; {reason}"}
    assert Contract({"x-not-checked": "why"}).not_checked == {}
