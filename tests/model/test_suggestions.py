"""Suggestions: what to write instead is certain, and loses nothing; or there is none."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract, Document
from fieldbound.documents import parse

DRAFT_4 = "http://json-schema.org/draft-04/schema#"


def hint(schema: Any, instance: Any) -> str | None:
    """Return the hint of the only violation."""
    (violation,) = Contract(schema).check(instance)
    return violation.hint


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("07010", "yaml", '"07010"'),
        ("1.10", "yaml", '"1.10"'),
        ("1234567e8", "yaml", '"1234567e8"'),
        ("0x1F", "yaml", '"0x1F"'),
        ("+5", "yaml", '"+5"'),
        (".5", "yaml", '".5"'),
        ("&a !!float 5", "yaml", '"5"'),
        ("1.10", "json", '"1.10"'),
        ("12345678901234567890.0", "json", '"12345678901234567890.0"'),
        ("-0", "json", '"-0"'),
        ("1e2", "json", '"1e2"'),
        ("1" * 60, "json", f'"{"1" * 60}"'),
        ("1" * 61, "json", None),
    ],
)
def test_a_number_of_a_text_is_suggested_as_it_is_written(
    text: str, form: str, expected: str | None
) -> None:
    """Neither zeros nor digits are lost."""
    whole = f"a: {text}" if form == "yaml" else f'{{"a": {text}}}'
    document = parse(whole, format=form)
    assert hint({"properties": {"a": {"type": "string"}}}, document) == expected
    assert hint({"properties": {"a": {"type": ["string", "null"]}}}, document) == expected


@pytest.mark.parametrize(("value", "expected"), [(5, '"5"'), (10**30, f'"{10**30}"'), (1.1, None)])
def test_a_number_without_a_text_is_suggested_if_it_is_an_integer(
    value: float, expected: str | None
) -> None:
    """How a float was written is not known."""
    assert hint({"type": "string"}, value) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("1.1", '"1.1"'), ("1.10", None), ("5", '"5"'), ("5.0", None)]
)
def test_a_number_stands_for_a_choice_only_as_it_is_written(
    text: str, expected: str | None
) -> None:
    """1.10 is not the string 1.1."""
    assert hint({"enum": ["1.1", "5"]}, parse(text)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("off", '"Off"'),
        ("0", "0"),
        (False, None),
        ("false", None),
        ("no", None),
        (1, None),
        ("", None),
    ],
)
def test_a_word_that_two_choices_mean_has_no_suggestion(value: Any, expected: str | None) -> None:
    """Off and 0 both stand for no."""
    assert hint({"enum": ["Off", 0]}, value) == expected


def test_a_name_beside_the_one_it_resembles_has_no_suggestion() -> None:
    """The name it most resembles is there already: any other is a guess."""
    names = {"ProdGroupName": {}, "InternalName": {}, "ProdGroupId": {}}
    schema = {"properties": names, "additionalProperties": False}
    both = {"ProdGroupName": 1, "InternalName": 2}
    for name in ("prodGroupName", "ProdGroupNam", "internalname"):
        assert hint(schema, {**both, name: 3}) is None
    assert hint(schema, {"prodGroupName": 3}) == "did you mean ProdGroupName?"
    assert hint(schema, {**both, "prodGroupID": 3}) == "did you mean ProdGroupId?"


def test_a_misspelt_name_is_the_missing_one_unless_it_is_there() -> None:
    """A name that resembles one that is there is a mistake of its own."""
    names = {"ProdGroupName": {}, "ProdGroupId": {}}
    schema = {"properties": names, "additionalProperties": False, "required": ["ProdGroupId"]}
    report = Contract(schema).check({"ProdGroupName": 1, "prodGroupName": 2})
    assert {(each.code, each.pointer) for each in report} == {
        ("additionalProperties", "/prodGroupName"),
        ("required", "/ProdGroupId"),
    }


@pytest.mark.parametrize("instance", [1.0, parse("1.0"), parse("1.0", format="yaml")])
def test_a_whole_float_is_no_integer_of_draft_4(instance: Any) -> None:
    """The sentence shows it as it is written, or else it would read as if it were one."""
    (violation,) = Contract({"$schema": DRAFT_4, "type": "integer"}).check(instance)
    assert violation.message == "the document is 1.0, but must be an integer"
    assert violation.hint is None


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "object"}, '{"a": 1}'),
        ({"type": "array"}, " [1]"),
        ({"type": ["object", "null"]}, "\n{}"),
        ({"type": "object"}, '{"a": "' + "x" * 100 + '"}'),
    ],
)
def test_a_string_that_looks_like_json_text_has_to_be_parsed(schema: Any, text: str) -> None:
    """It is a string all the same."""
    (violation,) = Contract(schema).check(text)
    assert "(a string), but must be" in violation.message
    assert violation.hint == "this looks like JSON text: parse it first, e.g. with json.loads"


@pytest.mark.parametrize(
    ("schema", "text"),
    [({"type": "object"}, "abc"), ({"type": "object"}, "[1]"), ({"type": "integer"}, "{}")],
)
def test_any_other_string_is_not_said_to_be_json(schema: Any, text: str) -> None:
    """Only an object or an array has JSON text of that look."""
    assert hint(schema, text) is None


def test_a_sensitive_number_is_not_suggested() -> None:
    """Its text is a part of the value."""
    schema = {"properties": {"pin": {"type": "string", "x-sensitive": True}}}
    document = parse('{"pin": 0.70}')
    assert isinstance(document, Document)
    (violation,) = Contract(schema).check(document)
    assert (violation.text, violation.hint) == (None, None)
    assert "0.70" not in repr(violation)
