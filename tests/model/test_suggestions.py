"""Suggestions: what to write instead is certain, and loses nothing; or there is none."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract, Document, Violation
from fieldbound.documents import parse
from fieldbound.model import closest_name
from support.tables import table

DRAFT_4 = "http://json-schema.org/draft-04/schema#"


def hint(schema: Any, instance: Any) -> str | None:
    """Return the hint of the only violation."""
    (violation,) = Contract(schema).check(instance)
    return violation.hint


@table(
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


@table(
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
    assert violation.hint == "this looks like JSON text: parse it first, with fieldbound.loads"


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


@table(
    ("given", "expected"),
    [
        ("2024-01-31t09:30z", '"2024-01-31T09:30:00Z"'),
        ("2024-01-31T09:30", '"2024-01-31T09:30:00+00:00", with the correct offset'),
        ("2024-01-31Z", '"2024-01-31T00:00:00Z"'),
        ("2024-01-31 09:30:00.5 +0100", '"2024-01-31T09:30:00.5+01:00"'),
        (" 2024-01-31 ", '"2024-01-31T00:00:00+00:00", with the correct offset'),
        ("2024-01-31T25:00:00Z", None),
        ("2024-01-31T09:30:61", None),
        ("2024-13-31", None),
        ("31.01.2024", None),
    ],
)
def test_a_date_and_time_is_completed(given: str, expected: str | None) -> None:
    """What is missing is added, and said where it is not known; what is no date stays wrong."""
    assert hint({"format": "date-time"}, given) == expected


@table(
    ("schema", "given", "expected"),
    [
        ({"type": "boolean"}, " Off ", "false"),
        ({"type": "boolean"}, "t", "true"),
        ({"type": "boolean"}, "maybe", None),
        ({"type": "integer"}, " -12 ", "-12"),
        ({"type": "integer"}, "0", "0"),
        ({"type": "integer"}, "1" * 59, "1" * 59),
        ({"type": "integer"}, "1" * 60, None),
        ({"type": "integer"}, "1.5", None),
        ({"type": "number"}, "-0.50", "-0.50"),
        ({"type": "number"}, "12", "12"),
        ({"type": "number"}, "1.", None),
        ({"type": "number"}, "01.5", None),
        ({"type": ["integer", "boolean"]}, "1", "1"),
        ({"type": ["boolean", "integer"]}, "1", "true"),
        ({"type": ["integer", "boolean"]}, "no", "false"),
        ({"enum": [True, "x"]}, "yes", "true"),
        ({"enum": ["Yes", "No"]}, True, '"Yes"'),
        ({"enum": ["on", "off"]}, "nope", None),
        ({"const": "Draft"}, " draft", '"Draft"'),
        ({"const": "Draft"}, "Drafft", '"Draft"'),
        ({"enum": ["Y", "N"]}, 1, '"Y"'),
        ({"enum": [1, 2]}, "2", "2"),
        ({"type": "string"}, None, None),
        ({"properties": {"a": {"enum": ["x"]}}}, {"a": None}, "remove it, unless it is required"),
        ({"properties": {"a": {"type": "boolean"}}}, {"a": ""}, "remove it, unless it is required"),
        ({"type": "boolean"}, "", None),
        ({"type": ["boolean", "null"]}, "", None),
        ({"not": {"const": 5}}, 5, None),
        ({"properties": {"a": {"not": {}}}}, {"a": 5}, "remove it"),
        ({"properties": {"a": {"not": True}}}, {"a": 5}, "remove it"),
        ({"properties": {"a": {"not": {"type": "integer"}}}}, {"a": 5}, None),
        ({"minLength": 5}, "a", None),
    ],
)
def test_what_a_value_stands_for(schema: Any, given: Any, expected: str | None) -> None:
    """The value of the type or the choice that it means, if it means one, and loses nothing."""
    assert hint(schema, given) == expected


@table(
    ("word", "names", "taken", "expected"),
    [
        ("internal", ["Internal"], [], "Internal"),
        ("lenght", ["length", "width"], [], "length"),
        ("abcd", ["abce"], [], "abce"),  # three letters of four
        ("abc", ["abd"], [], None),  # two of three
        ("colour", ["color"], [], "color"),
        ("colour", ["color"], ["colours"], None),  # which is there, and nearer
        ("colour", ["color"], ["taste"], "color"),
        ("abcdx", ["abcdy", "abcdz"], [], None),  # equally near
        ("abcdx", ["abcdy", "abcdy"], [], "abcdy"),
        ("name", ["NAME", "Name"], [], None),
        ("NameOfGruop", ["NameOfGroup"], [], "NameOfGroup"),
        ("billToName", ["shipToName"], [], None),  # another word
        ("DeliverySpaxd", ["DeliverySpeed"], [], "DeliverySpeed"),  # three letters of its five
        ("DeliverySaxyd", ["DeliverySpeed"], [], None),  # two of them
        ("address1", ["address2"], [], None),  # another number
        ("adress1", ["address1"], [], "address1"),
        ("name_of_group", ["NameOfGroup"], [], "NameOfGroup"),
        ("nameofgroup", ["NameOfGroup"], [], "NameOfGroup"),
        ("URLOfPage", ["UrlOfPage"], [], "UrlOfPage"),
        ("", ["a"], [], None),
        ("a", [], ["a"], None),
    ],
)
def test_the_name_that_was_meant(
    word: str, names: list[str], taken: list[str], expected: str | None
) -> None:
    """The nearest, unless that is a guess."""
    assert closest_name(word, names, taken) == expected


def test_a_hint_of_paths_and_headers() -> None:
    """The nearest paths are suggested as they are, and a name that was sent elsewhere."""
    (limit,) = Contract({"required": ["a"]}).limits
    near = Violation("enum", "/path", limit, known=("/a", "/b"), detail="paths")
    assert near.hint == "did you mean /a, /b?"
    assert Violation("enum", "/path", limit, detail="paths").hint is None
    misnamed = Violation("required", "/header/A", limit, detail="/query/a")
    assert misnamed.hint == "send it as A"
    assert misnamed.message == "/header/A is missing: it was sent as /query/a"
    assert Violation("required", "/header/A", limit).hint is None
    assert Violation("nonFinite", "/a").hint == "use null, or remove it"
    assert Violation("syntax", "/a").hint is None
