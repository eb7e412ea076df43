"""Conditions in words: where a limit applies."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.validation import checker_of
from fieldbound.validation.conditions import joined
from support.tables import table

DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
ALWAYS = {"properties": {"a": {}}, "required": ["a"]}


def conditions(condition: Any, **rest: Any) -> tuple[str | None, str | None]:
    """Return where the limits of `then` and of `else` apply."""
    branches = {"if": condition, "then": {"maxProperties": 9}, "else": {"minProperties": 1}}
    found = {
        limit.keyword: limit.condition
        for limit in Contract({"$schema": DRAFT_7, **branches, **rest}).limits
    }
    return found["maxProperties"], found["minProperties"]


HOLDERS: dict[str, Any] = {
    "allOf": lambda part: {"allOf": [part]},
    "anyOf": lambda part: {"anyOf": [part]},
    "not": lambda part: {"not": part},
    "properties": lambda part: {"properties": {"a": part}, "required": ["a"]},
}


def within(levels: int, schema: Any, holder: str = "allOf") -> Any:
    """Return a schema within others of a keyword."""
    for _ in range(levels):
        schema = HOLDERS[holder](schema)
    return schema


UNKNOWN = ("the schema of `if` matches", "the schema of `if` does not match")


@table(
    ("condition", "met", "unmet"),
    [
        ({"const": 1}, "the document is 1", "the document is not 1"),
        ({"enum": [1, 2]}, "the document is 1 or 2", "the document is neither 1 nor 2"),
        (
            {"enum": [1, 2, 3, 4]},
            "the document is 1, 2, 3 or 4",
            "the document is neither 1 nor 2 nor 3 nor 4",
        ),
        (
            {"enum": [1, 2, 3, 4, 5]},
            "the document is one of 5 values",
            "the document is not one of 5 values",
        ),
        ({"type": "array"}, "the document is an array", "the document is not an array"),
        (
            {"type": ["array", "null"]},
            "the document is an array or null",
            "the document is neither an array nor null",
        ),
        ({"type": "object", "required": ["a"]}, "/a is present", "/a is missing"),
        (
            {"type": "object", "properties": {"a": {"const": 1}}},
            "/a is 1 or missing",
            "/a is neither 1 nor missing",
        ),
        ({"type": "object"}, "the document is an object", "the document is not an object"),
        (
            {"minLength": 2},
            "the document has at least 2 characters",
            "the document has fewer than 2 characters",
        ),
        (
            {"maxItems": 1},
            "the document has at most 1 item",
            "the document has more than 1 item",
        ),
        ({"pattern": "^a"}, "the document matches ^a", "the document does not match ^a"),
        ({"minimum": 1.0}, "the document is at least 1", "the document is less than 1"),
        ({"properties": {"a": False}}, "/a is missing", "/a is present"),
        (
            {"properties": {"a": {"minimum": 1}}},
            "/a is at least 1 or /a is missing",
            "/a is present and /a is less than 1",
        ),
        (
            {"properties": {"a": {"minimum": 1}}, "required": ["a"]},
            "/a is at least 1",
            "/a is less than 1",
        ),
        (
            {"properties": {"a": {"type": "string", "const": "x"}}},
            '/a is "x" or missing',
            '/a is neither "x" nor missing',
        ),
        (
            {"properties": {"a": {"enum": ["x"], "pattern": "^x"}}},
            '/a is "x" and /a matches ^x or /a is missing',
            None,
        ),
        (
            {"properties": {"a/b": {"const": 1}}, "required": ["a/b"]},
            "/a~1b is 1",
            "/a~1b is not 1",
        ),
        (
            {"required": ["a", "b"]},
            "/a is present and /b is present",
            "/a is missing or /b is missing",
        ),
        ({"required": ["a"], "properties": {"a": True}}, "/a is present", "/a is missing"),
        ({"not": {"const": 1}}, "the document is not 1", "the document is 1"),
        ({"not": {}}, *UNKNOWN),
        ({"title": "a", "x-b": 1, "const": 1}, "the document is 1", "the document is not 1"),
        ({"const": 1, "if": {"minimum": 1}, "then": {"maximum": 2}}, *UNKNOWN),
        ({"const": 1, "if": {"minimum": 1}, "else": {"maximum": 2}}, *UNKNOWN),
        ({"const": 1, "if": {"minimum": 1}}, "the document is 1", "the document is not 1"),
        ({"const": 1, "then": {"maximum": 2}}, "the document is 1", "the document is not 1"),
        ({"not": {"contains": {"minimum": 1}}}, *UNKNOWN),
        ({"contains": {"const": 1}}, "the document contains 1", "the document does not contain 1"),
        ({"contains": {"const": 1, "type": "integer"}}, *UNKNOWN),
        (
            {"anyOf": [{"const": 1}, {"minimum": 5}]},
            "the document is 1 or the document is at least 5",
            "the document is not 1 and the document is less than 5",
        ),
        ({"anyOf": [{"const": 1}]}, "the document is 1", "the document is not 1"),
        ({"oneOf": [{"const": 1}]}, "the document is 1", "the document is not 1"),
        ({"oneOf": [{"const": 1}, {"const": 2}]}, *UNKNOWN),
        ({"anyOf": [{"const": 1}, True]}, None, None),
        ({"allOf": [{"const": 1}, True]}, "the document is 1", "the document is not 1"),
        ({"allOf": [{"const": 1}, {"uniqueItems": True}]}, *UNKNOWN),
        (
            {"allOf": [{"anyOf": [{"const": 1}, {"minimum": 5}]}, {"maximum": 9}]},
            "(the document is 1 or the document is at least 5) and the document is at most 9",
            None,
        ),
        (True, None, None),
        ({"title": "x", "x-own": 1}, None, None),
        ({"if": {}, "then": {}}, *UNKNOWN),
        ({"if": {}}, None, None),
        ({"pattern": "^" + "a" * 180}, UNKNOWN[0], UNKNOWN[1]),
        ({"pattern": "^" + "a" * 179}, UNKNOWN[0], UNKNOWN[1]),
        ({"pattern": "^" + "a" * 178}, "the document matches ^" + "a" * 178, None),
        ({"pattern": "^" + "a" * 170}, "the document matches ^" + "a" * 170, None),
        ({"$ref": "#/definitions/one"}, "the document is 1", "the document is not 1"),
        ({"$ref": "#/definitions/one", "minimum": 5}, "the document is 1", "the document is not 1"),
        ({"$ref": "#/definitions/all"}, None, None),
        ({"$ref": DRAFT_7}, *UNKNOWN),  # which the engine alone knows
    ],
)
def test_where_limits_under_if_apply(condition: Any, met: str | None, unmet: str | None) -> None:
    """In the words of the condition, if there are any that are short and true."""
    found = conditions(condition, definitions={"one": {"const": 1}, "all": True})
    assert found[0] == met
    if unmet is not None or met is None:
        assert found[1] == unmet


def test_what_the_contract_requires_need_not_be_said() -> None:
    """A property that must be there anyway is not "missing"."""
    condition = {"properties": {"a": {"const": 1}}}
    assert conditions(condition) == ("/a is 1 or missing", "/a is neither 1 nor missing")
    assert conditions(condition, required=["a"]) == ("/a is 1", "/a is not 1")
    elsewhere = {"properties": {"b": {"required": ["a"]}}}
    assert conditions(condition, **elsewhere)[0] == "/a is 1 or missing"
    conditional = {"dependentSchemas": {"b": {"required": ["a"]}}}
    assert conditions(condition, **conditional)[0] == "/a is 1 or missing"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (
            {"$schema": DRAFT_4, "minimum": 1, "exclusiveMinimum": True},
            "alternative 1 of 2 applies",
        ),
        ({"type": "string", "minLength": 1}, "alternative 1 of 2 (string) applies"),
        (
            {"type": ["string", "number"], "minLength": 1},
            "alternative 1 of 2 (number or string) applies",
        ),
        ({"type": ["string", "null"], "minLength": 1}, "alternative 1 of 2 applies"),
    ],
)
def test_a_branch_has_its_number_and_type(schema: dict[str, Any], expected: str) -> None:
    """The type is said if it selects the branch."""
    rest = {"$schema": schema["$schema"]} if "$schema" in schema else {}
    branch = {key: value for key, value in schema.items() if key != "$schema"}
    limits = Contract({"anyOf": [branch, {"type": "null"}], **rest}).limits
    keyword = [*branch][-1]
    assert {limit.condition for limit in limits if limit.keyword == keyword} == {expected}


@pytest.mark.parametrize(
    ("length", "has_both"),
    [(200, True), (201, False)],
)
def test_of_conditions_that_are_long_together_the_innermost_is_told(
    length: int, has_both: bool
) -> None:
    """It is the one next to the limit."""
    outer, rest = "the document matches ^a and ", "the document does not match ^b"
    rest += "b" * (length - len(outer + rest))
    inner = {"if": {"pattern": rest.split()[-1]}, "else": {"maxProperties": 9}}
    (limit,) = Contract({"if": {"pattern": "^a"}, "then": inner}).limits
    assert limit.condition == (outer + rest if has_both else rest)


@table(
    ("holder", "met"),
    [
        ("allOf", "the document is 1"),
        ("anyOf", "the document is 1"),
        ("not", "the document is 1"),
        ("properties", "/a/a/a/a/a/a/a/a is 1"),
    ],
)
def test_how_deep_a_condition_is_put_into_words(holder: str, met: str) -> None:
    """Up to eight schemas within one another, whatever holds them."""
    assert conditions(within(8, {"const": 1}, holder))[0] == met
    assert conditions(within(9, {"const": 1}, holder)) == UNKNOWN


def test_how_many_references_a_condition_has_in_words() -> None:
    """As many as schemas within one another."""
    chain: dict[str, Any] = {f"n{at}": {"$ref": f"#/definitions/n{at - 1}"} for at in range(1, 10)}
    chain["n0"] = {"const": 1}
    first = conditions({"$ref": "#/definitions/n7"}, definitions=chain)
    assert first == ("the document is 1", "the document is not 1")
    assert conditions({"$ref": "#/definitions/n8"}, definitions=chain) == UNKNOWN


@table("word", ["allOf", "anyOf", "oneOf", "$ref", "not", "properties"])
def test_a_condition_that_contains_itself_has_no_words(word: str) -> None:
    """However its parts are applied, they are put into words only so deep."""
    again = {"$ref": "#/definitions/a"}
    part = {"properties": {"x": again}, "required": ["x"]}
    holders = {"$ref": {"$ref": "#/definitions/b"}, "not": {"not": part}, "properties": part}
    definitions = {"a": holders.get(word, {word: [part]}), "b": part}
    assert conditions(again, definitions=definitions) == UNKNOWN


@table(
    ("one", "other", "text"),
    [
        (None, "b", None),
        ("a", None, None),
        ("a", "b", "a, or b"),
        ("a, or b", "b", "a, or b"),
        ("a" * 201, "b", "a" * 201),
        ("a" * 200, "b", "a" * 200 + ", or b"),
    ],
)
def test_a_limit_under_either_condition(
    one: str | None, other: str | None, text: str | None
) -> None:
    """Both are told, unless one is no condition, or it becomes long."""
    assert joined(one, other) == text


@table(
    ("value", "index"),
    [
        ({"kind": "a"}, 0),
        ({"kind": "b", "n": 1}, 0),
        ({"kind": "c"}, 1),
        ({"kind": "d"}, None),
        ({"kind": None}, None),
        ({"n": 1}, None),
        ([], None),
    ],
)
def test_which_branch_a_tag_selects(value: Any, index: int | None) -> None:
    """That which has the value of the only property with different fixed values."""
    kinds = [{"properties": {"kind": {"enum": each}}} for each in (["a", "b"], ["c"])]
    limits = checker_of(Contract({"anyOf": kinds})).compiled.limits
    node = limits.node_at(("anyOf",))
    assert node is not None
    assert limits.conditions.tagged_branch(node, value) == index


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
def test_which_property_selects_a_branch(keyword: str) -> None:
    """The tag, with its values; none where a branch has no tag, or the condition is another one."""
    kinds = [{"properties": {"kind": {"enum": each}}} for each in (["a", "b"], ["c"])]
    branches = [*kinds, {"type": "array", "maxItems": 1}]
    schema = {
        "properties": {"p": {keyword: branches}},
        "if": {"required": ["p"]},
        "then": {"maxProperties": 1},
        "dependentRequired": {"p": ["q"]},
    }
    limits = checker_of(Contract(schema)).compiled.limits
    found = {
        (condition.keyword, condition.token): limits.conditions.selection(condition)
        for trail in limits.trails()
        for condition in trail.conditions
    }
    assert found == {
        (keyword, "0"): ("/p", "kind", {'"a"', '"b"'}),
        (keyword, "1"): ("/p", "kind", {'"c"'}),
        (keyword, "2"): ("/p", None, set()),
        ("then", None): ("", None, set()),
    }


def test_what_is_sensitive_is_not_said() -> None:
    """Neither its value, nor the form that it must have, nor an item."""
    secret = {"properties": {"a": {"x-sensitive": True}}}
    for part, word in (({"const": 1}, "value"), ({"minimum": 1}, "form")):
        condition = {"properties": {"a": part}, "required": ["a"]}
        assert conditions(condition, **secret) == (
            f"/a has a certain {word}",
            f"/a has another {word}",
        )
    marked = {"properties": {"a": {"const": 1, "x-sensitive": True}}, "required": ["a"]}
    assert conditions(marked) == ("/a has a certain value", "/a has another value")
    items = {"properties": {"a": {"items": {"x-sensitive": True}}}}
    contains = {"properties": {"a": {"contains": {"const": 1}}}, "required": ["a"]}
    assert conditions(contains, **items) == UNKNOWN
