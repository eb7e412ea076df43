"""Explanations: the code, the pointer and the sentence for one mistake in common schema shapes."""

from __future__ import annotations

import itertools
import json
import pickle
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fieldbound import Contract, Limit, Violation
from fieldbound.documents import parse
from fieldbound.validation.conditions import Conditions
from support.effort import examples
from support.tables import table

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def tagged(name: str, value: str, **properties: Any) -> dict[str, Any]:
    """Return a branch of a tagged union, in which every property is required."""
    every = {name: {"const": value}, **properties}
    return {"type": "object", "properties": every, "required": list(every)}


CAT = tagged("kind", "cat", lives={"type": "integer", "maximum": 9})
DOG = tagged("kind", "dog", breed={"type": "string", "maxLength": 5}, size={"enum": ["S", "L"]})
PETS = {"oneOf": [CAT, DOG]}
REFERRED = {
    "anyOf": [{"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/dog"}, {"type": "null"}],
    "$defs": {"cat": CAT, "dog": {"allOf": [DOG, {"properties": {"chip": {"type": "string"}}}]}},
}
LOOSE = {
    "oneOf": [
        {"properties": {"type": {"const": "a"}}},
        {"properties": {"type": {"const": "b"}, "mode": {"enum": ["x", "y"]}}},
    ]
}
#: Two tags, each of which selects the branch: what is beside them decides.
VERSIONED = {
    "oneOf": [
        tagged("kind", "service", version={"const": "1"}, port={"type": "integer"}),
        tagged("kind", "job", version={"const": "2"}, steps={"type": "integer"}),
    ]
}
SHIPPING = {
    "properties": {
        "cc": {"type": "string"},
        "zip": {"type": "string"},
        "total": {"type": "number"},
    },
    "if": {"properties": {"cc": {"const": "US"}}, "required": ["cc"]},
    "then": {"required": ["state"], "properties": {"zip": {"maxLength": 5}}},
    "else": {"properties": {"state": False}},
}
METHODS = {
    "type": "object",
    "required": ["method"],
    "properties": {"method": {"type": "string"}},
    "allOf": [
        {
            "if": {"properties": {"method": {"const": "card"}}},
            "then": {"required": ["number"], "properties": {"number": {"minLength": 12}}},
        },
        {
            "if": {"properties": {"method": {"enum": ["iban", "sepa"]}}},
            "then": {"required": ["account"]},
        },
    ],
}
CONTACT = {"anyOf": [{"required": ["mail"]}, {"required": ["phone"]}]}
ONE_KEY = {"oneOf": [{"required": ["id"]}, {"required": ["name"]}, {"required": ["code"]}]}
CARD = {"dependentRequired": {"card": ["cvv"]}, "dependentSchemas": {"gift": {"maxProperties": 2}}}
LABELS = {
    "patternProperties": {"^x-": {"type": "string"}},
    "properties": {"name": {"type": "string"}},
    "additionalProperties": False,
}
AMOUNTS = {
    "additionalProperties": {"type": "number", "minimum": 0},
    "propertyNames": {"maxLength": 3},
}
POINT = {"prefixItems": [{"type": "number"}, {"type": "number"}], "items": False, "minItems": 2}
CLOSED = {
    "properties": {"ProdGroupName": {}, "ProdGroupId": {}, "InternalName": {}},
    "required": ["ProdGroupName", "InternalName"],
    "additionalProperties": False,
}
JOBS = {"items": {"properties": {"job": {}}, "required": ["job"], "additionalProperties": False}}


#: Schema, instance, and code, pointer and message of the one violation.
CASES: list[tuple[Any, Any, str, str, str]] = [
    # tagged unions
    (
        PETS,
        {"kind": "cat", "lives": 10},
        "maximum",
        "/lives",
        '/lives is 10, but must be at most 9 (where /kind is "cat")',
    ),
    (
        PETS,
        {"kind": "dog", "breed": "collie", "size": "S"},
        "maxLength",
        "/breed",
        '/breed has 6 characters, the limit is 5 (where /kind is "dog")',
    ),
    (
        PETS,
        {"kind": "dog", "breed": "pug", "size": "M"},
        "enum",
        "/size",
        '/size is "M", but must be "S" or "L" (where /kind is "dog")',
    ),
    (
        PETS,
        {"kind": "dog", "breed": "pug"},
        "required",
        "/size",
        '/size is missing: required where /kind is "dog"',
    ),
    (
        PETS,
        {"kind": "cow", "lives": 9},
        "const",
        "/kind",
        '/kind is "cow", but must be "cat" or "dog"',
    ),
    (PETS, {"lives": 9}, "required", "/kind", "/kind is missing"),
    (PETS, {}, "required", "/kind", "/kind is missing"),
    (PETS, "cat", "type", "", 'the document is "cat" (a string), but must be an object'),
    (
        REFERRED,
        {"kind": "dog", "breed": "pug", "size": "M"},
        "enum",
        "/size",
        '/size is "M", but must be "S" or "L" (where /kind is "dog")',
    ),
    (
        REFERRED,
        {"kind": "dog", "breed": "pug", "size": "S", "chip": 7},
        "type",
        "/chip",
        '/chip is 7, but must be a string (where /kind is "dog")',
    ),
    (REFERRED, {"kind": "cow"}, "const", "/kind", '/kind is "cow", but must be "cat" or "dog"'),
    (
        VERSIONED,
        {"version": "1", "kind": "job", "steps": 2},
        "const",
        "/version",
        '/version is "1", but must be "2" (where /kind is "job")',
    ),
    (
        VERSIONED,
        {"version": "1", "kind": "job", "port": 2},
        "const",
        "/kind",
        '/kind is "job", but must be "service"',
    ),
    (
        LOOSE,
        {"type": "b", "mode": "z"},
        "enum",
        "/mode",
        '/mode is "z", but must be "x" or "y" (where /type is "b")',
    ),
    (
        {"items": PETS},
        [{"kind": "cat", "lives": 1}, {"kind": "cat", "lives": 10}],
        "maximum",
        "/1/lives",
        '/1/lives is 10, but must be at most 9 (where /1/kind is "cat")',
    ),
    # branches without a tag
    (
        {"anyOf": [{"required": ["a", "b"]}, {"required": ["c"]}]},
        {"a": 1},
        "required",
        "/b",
        "/b is missing, or /c instead",
    ),
    (
        {"anyOf": [{"pattern": "^a"}, {"format": "date"}]},
        "zz",
        "format",
        "",
        'the document is "zz", but must be a date, such as 2024-01-31'
        " (another alternative is as close)",
    ),
    (CONTACT, {}, "required", "/mail", "/mail is missing, or /phone instead"),
    # nullable
    (
        {"properties": {"v": {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]}}},
        {"v": "abcd"},
        "maxLength",
        "/v",
        "/v has 4 characters, the limit is 3",
    ),
    (
        {"properties": {"v": {"anyOf": [{"type": "string"}, {"type": "null"}]}}},
        {"v": 5},
        "type",
        "/v",
        "/v is 5, but must be a string or null",
    ),
    (
        {"type": ["integer", "null"]},
        "5",
        "type",
        "",
        'the document is "5" (a string), but must be an integer or null',
    ),
    (
        {"anyOf": [CAT, {"type": "null"}]},
        {"kind": "cat", "lives": 10},
        "maximum",
        "/lives",
        "/lives is 10, but must be at most 9",
    ),
    # conditionals
    (SHIPPING, {"cc": "US"}, "required", "/state", '/state is missing: required where /cc is "US"'),
    (
        SHIPPING,
        {"cc": "US", "state": "NY", "zip": "123456"},
        "maxLength",
        "/zip",
        '/zip has 6 characters, the limit is 5 (where /cc is "US")',
    ),
    (
        SHIPPING,
        {"cc": "DE", "state": "BY"},
        "not",
        "/state",
        '/state is not allowed here (where /cc is not "US")',
    ),
    (
        {"items": SHIPPING},
        [{}, {"cc": "US"}],
        "required",
        "/1/state",
        '/1/state is missing: required where /1/cc is "US"',
    ),
    (
        {"additionalProperties": SHIPPING},
        {"a/b": {"cc": "US"}},
        "required",
        "/a~1b/state",
        '/a~1b/state is missing: required where /a~1b/cc is "US"',
    ),
    (
        METHODS,
        {"method": "card", "number": "1"},
        "minLength",
        "/number",
        '/number has 1 character, but needs at least 12 (where /method is "card")',
    ),
    (
        METHODS,
        {"method": "sepa"},
        "required",
        "/account",
        '/account is missing: required where /method is "iban" or "sepa"',
    ),
    (
        {
            "if": {"properties": {"n": {"minimum": 5}}, "required": ["n"]},
            "then": {"required": ["why"]},
        },
        {"n": 6},
        "required",
        "/why",
        "/why is missing: required where /n is at least 5",
    ),
    (
        {"if": {"required": ["a"]}, "else": {"required": ["b"]}},
        {},
        "required",
        "/b",
        "/b is missing: required where /a is missing",
    ),
    (
        {"if": {"properties": {"a": {"const": 1}}}, "then": {"required": ["b"]}},
        {},
        "required",
        "/b",
        "/b is missing: required where /a is 1 or missing",
    ),
    (
        {"if": {"contains": {"type": "string"}}, "then": {"maxItems": 1}},
        ["a", 1],
        "maxItems",
        "",
        "the document has 2 items, the limit is 1 (where the schema of `if` matches)",
    ),
    # dependencies
    (
        CARD,
        {"card": 1},
        "dependentRequired",
        "/cvv",
        "/cvv is missing: required where /card is present",
    ),
    (
        CARD,
        {"gift": 1, "a": 1, "b": 1},
        "maxProperties",
        "",
        "the document has 3 properties, the limit is 2 (where /gift is present)",
    ),
    (
        {"dependentRequired": {"a": ["c"], "b": ["c"]}},
        {"b": 1},
        "dependentRequired",
        "/c",
        "/c is missing: required where /a or /b is present",
    ),
    (
        {"$schema": DRAFT_7, "dependencies": {"a": ["b"]}},
        {"a": 1},
        "dependencies",
        "/b",
        "/b is missing: required where /a is present",
    ),
    (
        {"$schema": DRAFT_7, "dependencies": {"a": {"required": ["b"]}}},
        {"a": 1},
        "required",
        "/b",
        "/b is missing: required where /a is present",
    ),
    # names that exclude each other, and what else is ruled out
    (
        {"not": {"required": ["a", "b"]}},
        {"a": 1, "b": 2},
        "not",
        "",
        "/a and /b exclude each other",
    ),
    (
        {"properties": {"x": {"not": {"required": ["a", "b"]}}}},
        {"x": {"a": 1, "b": 2}},
        "not",
        "/x",
        "/x/a and /x/b exclude each other",
    ),
    (ONE_KEY, {"id": 1, "code": 2}, "oneOf", "", "/id and /code exclude each other"),
    (
        {"items": ONE_KEY},
        [{"id": 1, "name": 2, "code": 3}],
        "oneOf",
        "/0",
        "/0/id, /0/name and /0/code exclude each other",
    ),
    ({"not": {"required": ["a"]}}, {"a": 1}, "not", "", "/a is not allowed here"),
    (
        {"not": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}},
        {"b": 1},
        "not",
        "",
        "/b is not allowed here",
    ),
    (
        {"not": {"required": []}},
        {},
        "not",
        "",
        "the document is an object, which is not allowed",
    ),
    (
        {"not": {"anyOf": [True, {"required": ["a"], "maxProperties": 5}]}},
        {"a": 1},
        "not",
        "",
        "the document is an object, which is not allowed",
    ),
    (
        {"not": {"anyOf": [{"required": ["a"], "maxProperties": 5}]}},
        {"a": 1},
        "not",
        "",
        "/a is present and the document has at most 5 properties, which is not allowed",
    ),
    (
        {"not": {"anyOf": [{"required": ["a"]}, {"minProperties": 1}]}},
        {"b": 1},
        "not",
        "",
        "/a is present or the document has at least 1 property, which is not allowed",
    ),
    (
        {"properties": {"x": {"not": {"type": "string"}}}},
        {"x": "s"},
        "not",
        "/x",
        '/x is "s", which is not allowed (it is a string)',
    ),
    (
        {"properties": {"x": {"not": {"pattern": "^a"}}}},
        {"x": "ab"},
        "not",
        "/x",
        '/x is "ab", which is not allowed (it matches ^a)',
    ),
    (
        {"$schema": DRAFT_4, "not": {"minimum": 1, "exclusiveMinimum": True}},
        5,
        "not",
        "",
        "the document is 5, which is not allowed",
    ),
    (
        {"properties": {"x": {"not": {"enum": ["a", "b"]}}}},
        {"x": "a"},
        "not",
        "/x",
        '/x is "a", which is not allowed',
    ),
    (
        {"not": {"properties": {"k": {"const": 1}}, "required": ["k"]}},
        {"k": 1},
        "not",
        "",
        "/k is 1, which is not allowed",
    ),
    (
        {"oneOf": [{"type": "integer"}, {"minimum": 2}]},
        3,
        "oneOf",
        "",
        "the document matches 2 of 2 alternatives, but must match exactly one",
    ),
    # maps and closed objects
    (
        LABELS,
        {"y": "a"},
        "additionalProperties",
        "/y",
        "/y is not a documented property and does not match ^x-",
    ),
    (LABELS, {"x-a": 1}, "type", "/x-a", "/x-a is 1, but must be a string"),
    (AMOUNTS, {"eur": -1}, "minimum", "/eur", "/eur is -1, but must be at least 0"),
    (
        AMOUNTS,
        {"euro": 1},
        "propertyNames",
        "/euro",
        "/euro is not a valid property name: it violates maxLength 3",
    ),
    (
        CLOSED,
        {"ProdGroupName": 1, "InternalName": 2, "Foo": 3},
        "additionalProperties",
        "/Foo",
        "/Foo is not a documented property",
    ),
    (
        CLOSED,
        {"ProdGroupName": 1, "internalname": 2},
        "additionalProperties",
        "/internalname",
        "/internalname is not a documented property, and /InternalName is missing",
    ),
    (
        JOBS,
        [{"job": 1}, {"jobb": 1}],
        "additionalProperties",
        "/1/jobb",
        "/1/jobb is not a documented property, and /1/job is missing",
    ),
    (
        {"items": CONTACT},
        [{"mail": 1}, {}],
        "required",
        "/1/mail",
        "/1/mail is missing, or /1/phone instead",
    ),
    # tuples
    (POINT, [1], "minItems", "", "the document has 1 item, but needs at least 2"),
    (POINT, [1, "2"], "type", "/1", '/1 is "2" (a string), but must be a number'),
    (POINT, [1, 2, 3], "items", "/2", "/2 is an additional item, which is not allowed"),
    # numbers
    (
        {"$schema": DRAFT_4, "type": "integer"},
        1.0,
        "type",
        "",
        "the document is 1.0, but must be an integer",
    ),
    ({"enum": [False, 0]}, 1, "enum", "", "the document is 1, but must be false or 0"),
]


def only(schema: Any, instance: Any) -> Violation:
    """Return the one violation of an instance."""
    (violation,) = Contract(schema).check(instance)
    return violation


@table(("schema", "instance", "code", "pointer", "message"), CASES)
def test_one_mistake_is_one_true_sentence(
    schema: Any, instance: Any, code: str, pointer: str, message: str
) -> None:
    """One mistake is one violation, whose message says what was found and where a limit applies."""
    found = only(schema, instance)
    assert (found.code, found.pointer, found.message) == (code, pointer, message)
    assert found.limit in Contract(schema).limits


@table(
    ("schema", "instance"),
    [
        (schema, instance)
        for schema, instance, *_ in CASES
        if "oneOf" in schema or "anyOf" in schema
    ],
)
def test_the_order_of_branches_does_not_matter(schema: Any, instance: Any) -> None:
    """The same mistakes are reported for every order of the branches."""
    (keyword,) = {"oneOf", "anyOf"} & schema.keys()
    found = set()
    for branches in itertools.permutations(schema[keyword]):
        report = Contract({**schema, keyword: list(branches)}).check(instance)
        alike = {limit.pointer for each in report for limit in each.also}
        found.add(
            tuple(
                (each.code, "*" if each.pointer in alike or each.also else each.pointer)
                for each in report
            )
        )
    assert len(found) == 1


@table(
    ("schema", "conditions"),
    [
        (
            SHIPPING,
            {
                "/state:required": '/cc is "US"',
                "/zip:maxLength": '/cc is "US"',
                "/state:not": '/cc is not "US"',
                "/cc:type": None,
            },
        ),
        (
            PETS,
            {
                "/kind:const": "alternative 2 of 2 applies",
                "/breed:maxLength": '/kind is "dog"',
                ":oneOf": None,
            },
        ),
        (
            CARD,
            {"/cvv:dependentRequired": "/card is present", ":maxProperties": "/gift is present"},
        ),
        (
            {"anyOf": [{"type": "string", "maxLength": 3}, {"type": "null"}]},
            {":maxLength": "alternative 1 of 2 (string) applies"},
        ),
        ({"anyOf": [{"maxLength": 3}]}, {":maxLength": None}),
        ({"if": True, "then": {"maxLength": 3}}, {":maxLength": None}),
        (
            {"if": {"not": {"required": ["a"]}}, "then": {"required": ["b"]}},
            {"/b:required": "/a is missing"},
        ),
        (
            {
                "if": {"required": ["a", "b"]},
                "then": {"required": ["c"]},
                "else": {"required": ["d"]},
            },
            {
                "/c:required": "/a is present and /b is present",
                "/d:required": "/a is missing or /b is missing",
            },
        ),
        (
            {
                "allOf": [{"$ref": "#/$defs/x"}],
                "dependentSchemas": {"k": {"$ref": "#/$defs/x"}},
                "$defs": {"x": {"maxProperties": 3}},
            },
            {":maxProperties": None},
        ),
    ],
)
def test_a_limit_has_its_condition(schema: Any, conditions: dict[str, str | None]) -> None:
    """A limit under `if`, a dependency or an alternative says where it applies; no other does."""
    found = {
        f"{limit.pointer}:{limit.keyword}": limit.condition for limit in Contract(schema).limits
    }
    assert {key: found[key] for key in conditions} == conditions


def test_a_condition_does_not_make_another_limit() -> None:
    """A limit compares, hashes and pickles as before; the condition is the last of its fields."""
    plain = Limit("c", "/a", "maxLength", 3, "u#/a/maxLength")
    conditional = replace(plain, condition="/b is present")
    assert plain.condition is None
    assert plain == conditional
    assert hash(plain) == hash(conditional)
    assert pickle.loads(pickle.dumps(conditional)).condition == "/b is present"  # noqa: S301


def test_a_sensitive_value_is_in_no_condition() -> None:
    """A message does not show a sensitive value by the condition of a limit, nor by a `not`."""
    secret = {"pin": {"x-sensitive": True, "type": "string"}}
    selects = {"properties": {"pin": {"const": "0000"}}, "required": ["pin"]}
    for rest in ({"if": selects, "then": {"required": ["a"]}}, {"not": selects}):
        made = Contract({"properties": secret, **rest})
        shown = f"{made.check({'pin': '0000'})} {[limit.condition for limit in made.limits]}"
        assert "0000" not in shown


@table(
    ("schema", "instance"),
    [
        ({"enum": ["Off", 0]}, False),
        ({"enum": ["v1.1", "v1.2"]}, "v1.3"),
        ({"enum": ["billingAddress", "homeAddress"]}, "shippingAddress"),
        (CLOSED, {"ProdGroupName": 1, "InternalName": 2, "prodGroupName": 3}),
        ({"properties": {"minLength": {}}, "additionalProperties": False}, {"maxLength": 1}),
        ({"properties": {"address1": {}}, "additionalProperties": False}, {"address2": 1}),
        ({"properties": {"NAME": {}, "Name": {}}, "additionalProperties": False}, {"name": 1}),
        (
            {"properties": {"rates": {}, "dates": {}}, "additionalProperties": False},
            {"gates": 1},
        ),
    ],
)
def test_no_suggestion_is_a_guess(schema: Any, instance: Any) -> None:
    """Where several values could be meant, or another than the nearest, there is no suggestion."""
    assert only(schema, instance).hint is None


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ("InternalNam", "InternalName"),
        ("internal_name", "InternalName"),
        ("ProdGruopId", "ProdGroupId"),
    ],
)
def test_a_misspelt_name_is_suggested(given: str, hint: str) -> None:
    """A name that is misspelt has the documented one as its hint."""
    schema = {"properties": CLOSED["properties"], "additionalProperties": False}
    assert only(schema, {given: 1}).hint == f"did you mean {hint}?"


def test_conditions_are_in_the_outputs() -> None:
    """The table of limits has a line for the condition, and JSON the field."""
    from fieldbound.render import limit_object, limits_table

    made = Contract(SHIPPING)
    table = list(limits_table(made.limits, None))
    at = next(index for index, line in enumerate(table) if line.startswith("/state"))
    assert table[at + 1].strip() == 'where /cc is "US"'
    assert "where /cc is" in "".join(limits_table(made.limits, 80))
    rows = json.loads(json.dumps([limit_object(limit) for limit in made.limits]))
    assert {row["condition"] for row in rows} == {None, '/cc is "US"', '/cc is not "US"'}


@pytest.mark.parametrize(
    ("instance", "message"),
    [
        ({"type": "text"}, '/type is "text", but must be "array", "boolean", "integer", "null"'),
        ({"minLength": "a"}, '/minLength is "a" (a string), but must be an integer'),
        ({"minLength": -1}, "/minLength is -1, but must be at least 0"),
        ({"required": ["a", "a"]}, "/required"),
    ],
)
def test_a_limit_of_a_meta_schema_has_its_value(instance: Any, message: str) -> None:
    """The meta-schemas are known to the engine alone: so are the values of their limits."""
    contract = Contract({"$ref": "https://json-schema.org/draft/2020-12/schema"})
    (violation,) = contract.check(instance)
    assert violation.message.startswith(message)
    assert str(contract.check(instance))


def test_a_choice_is_told_with_values_of_its_type() -> None:
    """Of alternatives, that is reported which allows values of the type that the value has."""
    schema = {"anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}]}
    (violation,) = Contract(schema).check("yes")
    assert violation.code == "enum"
    assert (
        violation.message == 'the document is "yes", but must be "true", "false" or true or false'
    )
    (violation,) = Contract(schema).check(5)
    assert violation.code == "type"


def test_a_name_and_its_value_are_two_mistakes() -> None:
    """A name that is not allowed, and a value that is not, are reported both."""
    schema = {"propertyNames": {"pattern": "^[a-z]+$"}, "additionalProperties": {"maxLength": 3}}
    found = [(each.code, each.pointer) for each in Contract(schema).check({"A": "abcd"})]
    assert sorted(found) == [("maxLength", "/A"), ("propertyNames", "/A")]


TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "properties": {"kids": {"items": {"$ref": "#/$defs/node"}}},
            "if": {"properties": {"k": {"const": 1}}, "required": ["k"]},
            "then": {"required": ["v"]},
        }
    },
}


@pytest.mark.parametrize(
    "path", [(), ("kids", 0), ("kids", 1, "kids", 0), ("kids", 0, "kids", 0, "kids", 2)]
)
def test_a_condition_within_itself_is_told_of_the_same_object(path: tuple[str | int, ...]) -> None:
    """The pointers of a recursive limit are those of the object that breaks it."""
    instance: Any = {"k": 1}
    for step in reversed(path):
        instance = {step: instance} if isinstance(step, str) else [*[{}] * step, instance]
    at = "".join(f"/{step}" for step in path)
    assert only(TREE, instance).message == f"{at}/v is missing: required where {at}/k is 1"


@table(
    ("schema", "text", "place"),
    [
        ({"additionalProperties": False}, '{"ab": 1}', "1:2"),
        ({"propertyNames": {"maxLength": 1}}, '{"ab": 1}', "1:2"),
        ({"propertyNames": False}, '{"ab": 1}', "1:2"),
        ({"properties": {"ab": False}}, '{"ab": 1}', "1:2"),
        ({"properties": {"ab": {"type": "null"}}}, '{"ab": 1}', "1:8"),
        ({"items": False}, "[ 1]", "1:3"),
        ({"required": ["b"]}, ' {"ab": 1}', "1:2"),
        ({"properties": {"ab": {"required": ["b"]}}}, '{"ab": {}}', "1:8"),
        ({"properties": {"ab": {"unevaluatedItems": False}}}, '{"ab": [0]}', "1:9"),
    ],
)
def test_a_violation_of_a_name_stands_at_the_name(schema: Any, text: str, place: str) -> None:
    """What is wrong with a value stands at the value, what is missing at its object."""
    assert str(only(schema, parse(text)).place) == place


@table(
    ("instance", "pointer"),
    [
        ({'a"]["b': {"x": 1}}, '/a"]["b/x'),
        ({'a"][0]["b': {"x": 1}}, '/a"][0]["b/x'),
        ({'"]': {"": 1}}, '/"]/'),
        ({"5": {'"]': 1}}, '/5/"]'),
        ({"": {"5": 1}}, "//5"),
        ({"a~1b": {"a/b": 1}}, "/a~01b/a~1b"),
        ({'a"]["b': {"": 1}, "b": {"": "x"}}, ""),
        ({'a"]["b': {"": 1}}, ""),  # not told from others: the parent is reported
    ],
)
def test_the_pointer_has_names_as_they_are(instance: Any, pointer: str) -> None:
    """Whatever they read like."""
    schema = {"additionalProperties": {"additionalProperties": {"type": "string"}}}
    assert only(schema, instance).pointer == pointer


@table(
    ("part", "value", "location"),
    [
        ({"type": "string"}, 1, "type"),
        ({"pattern": r"^(a)\1$"}, "b", "pattern"),
        ({"properties": {"": {"type": "string"}}}, {"": 1}, "properties//type"),
        ({"required": ["a"]}, {}, "required"),
        ({"additionalProperties": False}, {"a": 1}, "additionalProperties"),
        ({"anyOf": [{"type": "null"}, {"maximum": 1}]}, 5, "anyOf/1/maximum"),
    ],
)
def test_a_limit_under_an_empty_name_is_found(part: Any, value: Any, location: str) -> None:
    """Though the engine omits such names from its paths."""
    found = only({"properties": {"": part}}, {"": value}).limit
    assert found is not None
    assert found.location.partition("#")[2] == f"/properties//{location}"


def test_a_contract_shows_its_name() -> None:
    """In its repr."""
    assert repr(Contract(True, name="a/b")) == "Contract('a/b')"


@table(
    ("schema", "instance", "codes"),
    [
        (
            {"prefixItems": [True], "unevaluatedItems": False},
            [0, 1, 2, 1],
            [("unevaluatedItems", "/1"), ("unevaluatedItems", "/2"), ("unevaluatedItems", "/3")],
        ),
        (
            {"unevaluatedItems": False},
            [{"a": 1, "b": [1, 2]}],
            [("unevaluatedItems", "/0")],
        ),
        (
            {"unevaluatedItems": {"type": "string"}},
            [1, "a", 2],
            [("unevaluatedItems", "/0"), ("unevaluatedItems", "/2")],
        ),
        (
            {"$schema": DRAFT_7, "items": [{}], "additionalItems": False},
            [1, 2, 3],
            [("additionalItems", "/1"), ("additionalItems", "/2")],
        ),
        (
            {"properties": {"a": {"propertyNames": {"maxLength": 1}}}},
            {"a": {"bb": 1, "c": 1, "dd": 2}},
            [("propertyNames", "/a/bb"), ("propertyNames", "/a/dd")],
        ),
    ],
)
def test_each_item_and_name_at_fault_is_a_violation(
    schema: Any, instance: Any, codes: list[tuple[str, str]]
) -> None:
    """In the order of the document, each once."""
    assert [(each.code, each.pointer) for each in Contract(schema).check(instance)] == codes


@table(
    ("part", "value", "expected"),
    [
        ({"minItems": 5, "uniqueItems": True}, [1, 1], ["minItems", "uniqueItems"]),
        ({"minProperties": 2, "maxProperties": 0}, {"a": 1}, ["minProperties", "maxProperties"]),
        ({"type": "string", "anyOf": [{"const": "a"}, {"const": "b"}]}, {}, ["type"]),
        ({"type": "string", "anyOf": [{"const": "a"}, {"const": "b"}]}, 1, ["type"]),
        ({"minLength": 3, "not": {"const": "a"}}, "a", ["not"]),
    ],
)
def test_what_is_wrong_with_one_value_beside_others(
    part: Any, value: Any, expected: list[str]
) -> None:
    """One violation, but one for each keyword of an object or array that is about its parts."""
    report = Contract({"properties": {"v": part}, "required": ["x"]}).check({"v": value})
    assert [each.code for each in report if each.pointer == "/v"] == expected
    assert [each.code for each in report if each.pointer != "/v"] == ["required"]


@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_the_branch_that_a_discriminator_selects_is_meant(keyword: str) -> None:
    """Even where the value as a whole is not what that branch allows."""
    number = {"properties": {"k": {"type": "string"}, "m": {"type": "string"}}, "required": ["k"]}
    schema = {
        keyword: [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}],
        "discriminator": {"propertyName": "k", "mapping": {"x": "#/$defs/a", "y": "#/$defs/b"}},
        "$defs": {"a": {"not": {"required": ["m"]}}, "b": number},
    }
    for kind, found in (("x", ("not", "")), ("y", ("type", "/m"))):
        (violation,) = Contract(schema).check({"k": kind, "m": 1})
        assert (violation.code, violation.pointer) == found


@table(
    ("rest", "found"),
    [
        ({"minProperties": 3}, ":minProperties"),
        ({"required": ["n"]}, "/n:required"),
        ({"not": {"required": ["m"]}}, "/k:const"),
        ({"type": "array"}, "/k:const"),
    ],
)
def test_the_branch_that_a_tag_selects_is_meant(rest: Any, found: str) -> None:
    """Unless the value as a whole is not what that branch allows."""
    branches = [{"properties": {"k": {"const": each}}} for each in (1, 2)]
    branches[0].update(rest)
    violation = only({"anyOf": branches}, {"k": 1, "m": 1})
    assert f"{violation.pointer}:{violation.code}" == found


STRING_X = {"properties": {"x": {"type": "string"}}}
STRING_C: dict[str, Any] = {
    "properties": {"c": {"type": "string"}},
    "unevaluatedProperties": False,
}


@table(
    ("schema", "instance", "expected"),
    [
        # /a is documented where it always applies, in a schema that is broken elsewhere
        ({"allOf": [{"properties": {"a": STRING_X}}]}, {"a": {"x": 1}}, ["type/a/x"]),
        (
            {"allOf": [{"properties": {"a": {}, "c": {}}, "required": ["d"]}]},
            {"a": 1, "b": 1, "c": 1},
            ["required/d", "unevaluatedProperties/b"],
        ),
        (
            {
                "$ref": "#/$defs/x",
                "$defs": {"x": {"allOf": [{"properties": {"a": {"type": "string"}}}]}},
            },
            {"a": 1, "b": 1},
            ["type/a", "unevaluatedProperties/b"],
        ),
        (
            {
                "anyOf": [{"properties": {"a": {}}, "required": ["k"]}, {}],
                "allOf": [{"properties": {"a": {}, "c": {"type": "string"}}}],
            },
            {"a": 1, "c": 1},
            ["type/c"],
        ),
        # /a is documented on a condition that is not met: nothing else says that it may not be
        (
            {**STRING_C, "anyOf": [{"properties": {"a": {}}, "required": ["k"]}, {}]},
            {"a": 1, "c": 1},
            ["unevaluatedProperties/a", "type/c"],
        ),
        (
            {**STRING_C, "if": {"required": ["k"]}, "then": {"properties": {"a": {}}}},
            {"a": 1, "c": 1},
            ["unevaluatedProperties/a", "type/c"],
        ),
        (
            {**STRING_C, "dependentSchemas": {"k": {"properties": {"a": {}}}}},
            {"a": 1, "c": 1},
            ["unevaluatedProperties/a", "type/c"],
        ),
        # other properties than those beside the keyword are not allowed, documented or not
        (
            {
                "properties": {"c": {"type": "string"}},
                "additionalProperties": False,
                "allOf": [{"properties": {"a": {}}}],
                "unevaluatedProperties": True,
            },
            {"a": 1, "c": 1},
            ["additionalProperties/a", "type/c"],
        ),
    ],
)
def test_what_is_unevaluated_only_as_its_schema_is_broken_is_no_violation(
    schema: Any, instance: Any, expected: list[str]
) -> None:
    """A name that the broken schema documents is not called undocumented."""
    report = Contract({"unevaluatedProperties": False, **schema}).check(instance)
    assert [f"{each.code}{each.pointer}" for each in report] == expected
    assert not any(each.also for each in report)


def test_the_fastest_verdict_is_that_of_check() -> None:
    """A contract that is asked again and again has the same answer, in its own way of checking."""
    nested: Any = {}
    for _ in range(300):
        nested = {"a": nested}
    tree = Contract({"properties": {"a": {"$ref": "#"}}})
    header = Contract({"properties": {"X-Id": {"type": "string"}}, "required": ["X-Id"]})
    other = Contract({"$ref": "urn:x:y"}, resources={"urn:x:y": {"type": "string"}})
    for _ in range(3):
        assert tree.is_valid({"a": {"a": {}}})
        assert not tree.is_valid(nested)
        assert not header.is_valid({"x-id": "a"})
        assert header.is_valid({"X-Id": "a"})
        assert other.is_valid("a")
        assert not other.is_valid(5)


def test_the_names_that_are_there_are_told_from_those_that_are_missing() -> None:
    """A name that is not documented may stand for one of the latter."""
    properties = {"name": {}, "size": {}, "length": {}}
    made = Contract({"properties": properties, "additionalProperties": False})
    (violation,) = made.check({"name": 1, "length": 1, "nam": 2})
    assert (violation.known, violation.taken) == (("size",), ("name", "length"))


#: Branches by one tag, and by two: the second has a member of its own in each.
BY_ONE_TAG = {
    "oneOf": [
        tagged("kind", kind, n={"maximum": at}, **{name: {"type": "string"}})
        for at, (kind, name) in enumerate((("a", "x"), ("b", "y"), ("c", "x"), ("d", "z")))
    ]
}
BY_TWO_TAGS = {
    "oneOf": [
        tagged("kind", kind, m={"enum": [at, "x"]}, n={"maximum": at})
        for at, kind in enumerate("abcd")
    ]
}
MISTAKEN = st.fixed_dictionaries(
    {},
    optional={
        "kind": st.sampled_from(["a", "b", "c", "d", "e", 1]),
        "n": st.sampled_from([0, 5, "x"]),
        "m": st.sampled_from([0, 1, "x", None]),
        "x": st.sampled_from(["", 1]),
        "y": st.just(""),
    },
)


@settings(max_examples=examples(400))
@given(st.sampled_from((BY_ONE_TAG, BY_TWO_TAGS)), st.one_of(MISTAKEN, st.sampled_from([[], 1])))
def test_the_other_branches_need_no_look_where_a_tag_selects_one(
    schema: Any, instance: Any
) -> None:
    """What is reported is the same as with a look at each branch."""
    contract = Contract(schema)
    found = contract.check(instance)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Conditions, "tagged_branch", lambda *_: None)
        assert contract.check(instance) == found
