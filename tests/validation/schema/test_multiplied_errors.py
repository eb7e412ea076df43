"""Alternatives within alternatives: their errors multiply, and are made unless too many."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract, bulk
from fieldbound.validation.limits import Limits
from fieldbound.validation.schema.base_uri import BASE_URI
from fieldbound.validation.schema.multiplied_errors import MultipliedErrors
from fieldbound.validation.schema.one_error import with_one_error

#: Each level of a payload doubles the errors.
DOUBLED: Any = {
    "oneOf": [
        {"type": "object", "properties": {"a": {"$ref": "#"}}},
        {"type": "object", "properties": {"a": {"$ref": "#"}, "b": {"type": "string"}}},
        {"type": "string"},
    ]
}
DEEP = 100


def _nested(depth: int, innermost: Any = 1) -> Any:
    value = innermost
    for _ in range(depth):
        value = {"a": value}
    return value


def _multiplied(schema: Any) -> MultipliedErrors:
    return MultipliedErrors(Limits("own", schema, BASE_URI, {}, "assert").references)


def _found(schema: Any, payload: Any) -> list[tuple[str, str]]:
    return [(each.pointer, each.code) for each in Contract(schema).check(payload).violations]


def test_errors_that_multiply_are_not_made() -> None:
    """Of a small payload by a schema that refers to itself twice there is one violation."""
    assert _found(DOUBLED, _nested(DEEP)) == [("", "oneOf")]


def test_few_errors_are_explained() -> None:
    """As long as there are not too many errors, they say what is wrong by the branch meant."""
    assert _found(DOUBLED, _nested(5)) == [("/a/a/a/a/a", "type")]


def test_other_violations_are_reported_as_well() -> None:
    """What is wrong elsewhere, and in a deeper place of its own, is not lost."""
    schema = {
        "properties": {"deep": {"$ref": "#/$defs/d"}, "id": {"maxLength": 2}},
        "patternProperties": {"^deep$": {"maxProperties": 1}},
        "required": ["name"],
        "$defs": {
            "d": {
                "anyOf": [
                    {"properties": {"a": {"$ref": "#/$defs/d"}}, "required": [each]}
                    for each in "ab"
                ]
            }
        },
    }
    payload = {"deep": {**_nested(DEEP, {}), "c": 1}, "id": "abc"}
    assert _found(schema, payload) == [
        ("/name", "required"),
        ("/deep", "maxProperties"),
        ("/deep", "anyOf"),
        ("/id", "maxLength"),
    ]


def test_unevaluated_properties_are_reported() -> None:
    """What only `unevaluatedProperties` refuses is refused, however deep the rest is nested."""
    schema = {
        "anyOf": [{"properties": {"a": {"$ref": "#/$defs/d"}}}] * 2,
        "unevaluatedProperties": False,
        "$defs": {"d": {"anyOf": [{"properties": {"a": {"$ref": "#/$defs/d"}}}] * 2}},
    }
    assert _found(schema, {**_nested(DEEP), "b": 1}) == [("/b", "unevaluatedProperties")]


@pytest.mark.parametrize("draft", ["draft-04", "draft-07"])
def test_drafts_have_the_same(draft: str) -> None:
    """A schema of an older draft has one violation as well."""
    schema = {"$schema": f"http://json-schema.org/{draft}/schema#", **DOUBLED}
    assert _found(schema, _nested(DEEP)) == [("", "oneOf")]


def test_records_have_the_same_violations() -> None:
    """Records in bulk are checked as a payload is."""
    report = bulk.check([_nested(DEEP), "a", _nested(DEEP), _nested(2)], Contract(DOUBLED))
    assert report.invalid == 3
    assert {each.limit.keyword for each in report.tallies if each.limit} == {"oneOf", "type"}


@pytest.mark.parametrize(
    "payload",
    [
        {"a": list(range(100_000))},
        {"a": [{"a": each} for each in range(20_000)]},
        _nested(150),
        [_nested(3)] * 10_000,
    ],
    ids=["scalars", "objects", "depth", "shared"],
)
def test_large_payloads_do_not_multiply(payload: Any) -> None:
    """Where no alternative has several ways to the next, errors grow as the payload does."""
    schema = {
        "anyOf": [
            {"properties": {"a": {"$ref": "#"}}, "type": "object"},
            {"items": {"$ref": "#"}, "type": "array"},
            {"type": "string", "minLength": 3},
        ]
    }
    multiplied = _multiplied(schema)
    assert multiplied.possible
    assert not multiplied.are_many(payload)


@pytest.mark.parametrize(
    ("schema", "possible"),
    [
        (True, False),
        ({"properties": {"a": {"$ref": "#"}}}, False),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, False),
        ({"properties": {"a": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}}, True),
        (
            {
                "$ref": "#/$defs/0",
                "$defs": {
                    **{
                        str(at): {"oneOf": [{"items": {"$ref": f"#/$defs/{at + 1}"}}] * 3}
                        for at in range(12)
                    },
                    "12": {},
                },
            },
            True,
        ),
    ],
    ids=["boolean", "no alternatives", "no reference", "itself", "one to the next"],
)
def test_most_schemas_cannot_multiply_errors(schema: Any, *, possible: bool) -> None:
    """Only alternatives that lead to alternatives, again and again, can; others are not asked."""
    assert _multiplied(schema).possible is possible


def test_the_other_form_has_the_same_meaning() -> None:
    """A schema with one error for alternatives accepts the same, and the schema is unchanged."""
    before = repr(DOUBLED)
    contract = Contract(with_one_error(DOUBLED, ["oneOf"]))
    for payload in ("a", 1, None, {}, {"a": "a"}, {"a": "a", "b": 1}, {"a": {"a": "a", "b": 1}}):
        assert contract.is_valid(payload) == Contract(DOUBLED).is_valid(payload)
    assert repr(DOUBLED) == before
