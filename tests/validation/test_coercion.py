"""Strings of parameters become what their schema asks for, as JSON writes it."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound.model import SchemaRegistry
from fieldbound.validation import coercion_of
from fieldbound.validation.coercion import json_value
from support.tables import table

INTEGER, NUMBER, TEXT = {"type": "integer"}, {"type": "number"}, {"type": "string"}
BASE = "https://h.invalid/"


def cast(schema: Any, value: Any) -> Any:
    """Return a value as the types of a schema."""
    references = SchemaRegistry(schema, BASE, {})
    return coercion_of(references, references.root).cast(value)


def nested(levels: int, leaf: Any, keyword: str) -> Any:
    """Return a schema within others."""
    for _ in range(levels):
        leaf = {keyword: leaf if keyword == "items" else [leaf]}
    return leaf


@table(
    ("schema", "text", "value"),
    [
        (INTEGER, "5", 5),
        (INTEGER, "-0", 0),
        (INTEGER, "+5", "+5"),
        (INTEGER, "007", "007"),
        (INTEGER, "5.0", "5.0"),
        (INTEGER, "\u0665", "\u0665"),
        (INTEGER, "1" * 401, int("1" * 401)),
        (INTEGER, "1" * 402, "1" * 402),
        (NUMBER, "5", 5),
        (NUMBER, "-1.5e3", -1500.0),
        (NUMBER, "1e999", "1e999"),
        (NUMBER, "NaN", "NaN"),
        ({"type": "boolean"}, "true", True),
        ({"type": "boolean"}, "false", False),
        ({"type": "boolean"}, "TRUE", "TRUE"),
        ({"type": "boolean"}, "null", "null"),
        ({"type": ["boolean", "string"]}, "true", True),
        ({"type": "null"}, "null", None),
        ({"type": ["null", "string"]}, "null", "null"),
        ({"type": ["null", "integer"]}, "null", None),
        ({"type": ["string", "integer"]}, "5", 5),
        (TEXT, "5", "5"),
        ({}, "5", "5"),
        (True, "5", "5"),
        ({"const": 5}, "5", 5),
        ({"const": "5"}, "5", "5"),
        ({"enum": [1, True]}, "true", True),
        ({"enum": [1, True]}, "1", 1),
        ({"allOf": [INTEGER, {"minimum": 1}]}, "5", 5),
        ({"allOf": [NUMBER, INTEGER]}, "5", 5),
        ({"allOf": [NUMBER, INTEGER]}, "5.5", "5.5"),
        ({"allOf": [INTEGER, NUMBER]}, "5.5", "5.5"),
        ({"allOf": [{"type": ["integer", "boolean"]}, {"type": ["boolean", "null"]}]}, "5", "5"),
        ({"allOf": [{"type": ["integer", "boolean"]}, {"type": ["boolean"]}]}, "true", True),
        ({"anyOf": [INTEGER, {"type": "boolean"}]}, "true", True),
        ({"oneOf": [INTEGER, {"type": "boolean"}]}, "5", 5),
        ({"anyOf": [INTEGER, {}]}, "5", "5"),
        ({"type": "string", "anyOf": [INTEGER, TEXT]}, "5", "5"),
        ({"anyOf": []}, "5", "5"),
        ({"$ref": "#/$defs/a", "$defs": {"a": INTEGER}}, "5", 5),
        ({"$ref": "#/$defs/b", "$defs": {"a": INTEGER}}, "5", "5"),
        ({"$ref": "#"}, "5", "5"),
        ({"type": "integer", "allOf": [{"$ref": "#"}, NUMBER]}, "5", 5),
        ({"type": "integer", "allOf": [{"$ref": "#"}, NUMBER]}, "5.5", "5.5"),
    ],
)
def test_a_string_is_what_its_schema_asks_for(schema: Any, text: str, value: Any) -> None:
    """Where it is not written as JSON writes it, it stays a string."""
    found = cast(schema, text)
    assert (found, type(found)) == (value, type(value))


LIMITED, MIXED = {"maximum": 5}, {"type": ["integer", "string"]}


@table(
    ("schema", "text", "value"),
    [
        (INTEGER, "5", 5),
        (INTEGER, "5.0", 5.0),
        (INTEGER, "1e2", 100.0),
        (INTEGER, "5.5", 5.5),
        (INTEGER, "5.", "5."),
        (INTEGER, "1e999", "1e999"),
        ({"type": ["integer", "null"]}, "1E0", 1.0),
        ({"const": 5}, "5.0", 5.0),
        ({"allOf": [NUMBER, INTEGER]}, "5.0", 5.0),
        (MIXED, "5", 5),
        (MIXED, "5.0", 5.0),
        (MIXED, "5.5", "5.5"),
        ({"$schema": "http://json-schema.org/draft-04/schema#", **INTEGER}, "5.0", 5.0),
        ({"$schema": "http://json-schema.org/draft-04/schema#", **MIXED}, "5.0", "5.0"),
        ({"$schema": "http://json-schema.org/draft-04/schema#", "enum": [5, "x"]}, "5.0", 5.0),
        ({"enum": [1, "5"]}, "5", "5"),
        ({"anyOf": [{"const": "5.0"}, INTEGER]}, "5.0", "5.0"),
        ({"enum": [1, "5"], "type": "integer"}, "5", 5),
        (LIMITED, "7", 7),
        (LIMITED, "7.5", 7.5),
        (LIMITED, "007", "007"),
        (LIMITED, "true", "true"),
        ({"minimum": 5}, "7", 7),
        ({"exclusiveMaximum": 5}, "7", 7),
        ({"exclusiveMinimum": 5}, "7", 7),
        ({"multipleOf": 5}, "7", 7),
        ({"maxLength": 5}, "7", "7"),
        ({**LIMITED, **TEXT}, "7", "7"),
        ({"allOf": [LIMITED, TEXT]}, "7", "7"),
        ({"allOf": [LIMITED, {"type": "boolean"}]}, "true", True),
        ({"anyOf": [LIMITED, {"minimum": 9}]}, "7", 7),
        ({"$ref": "#/$defs/a", "$defs": {"a": LIMITED}}, "7", 7),
        ({}, "7", "7"),
        (True, "7", "7"),
    ],
)
def test_a_cell_is_the_number_that_json_has(schema: Any, text: str, value: Any) -> None:
    """Where an integer is asked for in any form of it, and where numbers alone are limited."""
    references = SchemaRegistry(schema, BASE, {})
    found = coercion_of(references, references.root).cast_cell(text)
    assert (found, type(found)) == (value, type(value))


@table("schema", [LIMITED, MIXED, {"enum": [1, "5"]}])
def test_a_parameter_is_no_cell(schema: Any) -> None:
    """It stays the string that it is where no type asks for a number in this form."""
    assert cast(schema, "5.0") == "5.0"


@table(
    ("schema", "value", "expected"),
    [
        ({"items": INTEGER}, ["5", "x"], [5, "x"]),
        ({"items": True}, ["5"], ["5"]),
        ({"properties": {"a": INTEGER}}, {"a": "5", "b": "5"}, {"a": 5, "b": "5"}),
        (
            {"properties": {"a": TEXT}, "additionalProperties": INTEGER},
            {"a": "5", "b": "5"},
            {"a": "5", "b": 5},
        ),
        (
            {"properties": {"a": TEXT}, "allOf": [{"properties": {"a": INTEGER, "b": INTEGER}}]},
            {"a": "5", "b": "5"},
            {"a": "5", "b": 5},
        ),
        ({"oneOf": [{"items": INTEGER}, {"type": "null"}]}, ["5"], [5]),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"items": INTEGER}}}, ["5"], [5]),
        ({"items": INTEGER}, [5, None, ["5"]], [5, None, ["5"]]),
    ],
)
def test_items_and_properties_have_their_own_types(schema: Any, value: Any, expected: Any) -> None:
    """By the schemas that apply to them, in place and by reference; the nearest counts."""
    assert cast(schema, value) == expected


@table("keyword", ["items", "properties", "additionalProperties"])
def test_nested_values_have_types(keyword: str) -> None:
    """Items and properties have types at any depth."""
    given: Any = "5"
    value: Any = 5
    schema: Any = INTEGER
    for _ in range(30):
        is_list = keyword == "items"
        given, value = ([given], [value]) if is_list else ({"a": given}, {"a": value})
        schema = {keyword: {"a": schema} if keyword == "properties" else schema}
    assert cast(schema, given) == value


@table("keyword", ["allOf", "anyOf", "oneOf"])
def test_schemas_in_place_count(keyword: str) -> None:
    """Of types and of properties alike, at any depth."""
    assert cast(nested(30, INTEGER, keyword), "5") == 5
    assert cast(nested(30, {"items": INTEGER}, keyword), ["5"]) == [5]


def test_a_schema_that_refers_to_itself() -> None:
    """Its types are those at any depth of the value; what it refers to twice is read once."""
    names = [f"p{at}" for at in range(12)]
    schema = {
        "type": ["object", "integer"],
        "properties": {name: {"anyOf": [{"$ref": "#"}, {"$ref": "#"}]} for name in names},
        "additionalProperties": {"allOf": [{"$ref": "#"}]},
    }
    assert cast(schema, {"p1": {"p2": {"x": "5"}}, "p3": "7"}) == {"p1": {"p2": {"x": 5}}, "p3": 7}


@pytest.mark.parametrize(
    ("schema", "structure"),
    [
        (TEXT, ""),
        ({}, ""),
        ({"type": ["string", "object"]}, "object"),
        ({"type": ["object", "array"]}, "array"),
    ],
)
def test_how_a_string_is_split(schema: Any, structure: str) -> None:
    """By the type that has parts; an array before an object."""
    references = SchemaRegistry(schema, BASE, {})
    assert coercion_of(references, references.root).structure == structure


@pytest.mark.parametrize(("text", "value"), [('{"a":1}', {"a": 1}), ("{", "{"), ("5", 5)])
def test_a_text_that_is_json(text: str, value: Any) -> None:
    """Else it is the text itself."""
    assert json_value(text) == value
