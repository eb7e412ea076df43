"""Messages and hints of violations: the same everywhere, and a hint only if it is right."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from fieldbound import Contract, Limit, Source, Violation, contract
from fieldbound.model import DOCUMENTED_PATHS, ENDS_TOO_EARLY, to_json, uncited
from fieldbound.model.evidence import SAYS, citation
from fieldbound.model.values import SYNTAX_CODES
from fieldbound.render import Style, render
from support.effort import sampled
from support.tables import table

FLAG = {"type": "string", "maxLength": 1, "enum": ["Y", "N"]}


def only(schema: Any, instance: Any) -> Violation:
    """Return the one violation of an instance."""
    (violation,) = Contract(schema).check(instance)
    return violation


@table(
    ("schema", "instance", "message"),
    [
        ({"maxLength": 1}, "ab", "the document has 2 characters, the limit is 1"),
        ({"minLength": 1}, "", "the document has 0 characters, but needs at least 1"),
        ({"maxItems": 1}, [1, 2], "the document has 2 items, the limit is 1"),
        ({"minItems": 2}, [1], "the document has 1 item, but needs at least 2"),
        ({"maxProperties": 0}, {"a": 1}, "the document has 1 property, the limit is 0"),
        ({"type": "integer"}, "5", 'the document is "5" (a string), but must be an integer'),
        (
            {"type": ["string", "null"]},
            [],
            "the document is an array, but must be a string or null",
        ),
        ({"type": "boolean"}, None, "the document is null, but must be true or false"),
        (FLAG, True, 'the document is true, but must be "Y" or "N"'),
        (FLAG, "Yes", 'the document is "Yes", but must be "Y" or "N"'),
        ({"const": 1}, 2, "the document is 2, but must be 1"),
        ({"pattern": "^a$"}, "b", 'the document is "b", but must match ^a$'),
        ({"format": "uuid"}, "b", 'the document is "b", but must be a UUID'),
        ({"format": "ipv4"}, "b", 'the document is "b", but must be a valid ipv4'),
        ({"maximum": 1}, 2, "the document is 2, but must be at most 1"),
        ({"exclusiveMinimum": 1}, 1, "the document is 1, but must be more than 1"),
        ({"multipleOf": 1}, 0.5, "the document is 0.5, but must be a whole number"),
        ({"multipleOf": 0.5}, 0.3, "the document is 0.3, but must be a multiple of 0.5"),
        ({"required": ["a"]}, {}, "/a is missing"),
        (
            {
                "$schema": "http://json-schema.org/draft-04/schema#",
                "minimum": 1,
                "exclusiveMinimum": True,
            },
            1,
            "the document is 1, but must be more than the bound",
        ),
        (
            {"unevaluatedProperties": {"type": "string"}},
            {"a": 1},
            "/a does not match the schema for other properties",
        ),
        ({"propertyNames": False}, {"a": 1}, "/a is not a valid property name: no name is allowed"),
        ({"anyOf": [{"type": "string"}, False]}, 1, "the document is 1, but must be a string"),
        ({"additionalProperties": False}, {"n" * 5000: 1}, "nnn…nnn"),
        ({"uniqueItems": True}, [1, 1], "the document has duplicate items"),
        ({"additionalProperties": False}, {"a": 1}, "/a is not a documented property"),
        ({"not": {"type": "string"}}, "a", 'the document is "a", which is not allowed'),
        (
            {"oneOf": [True, True]},
            1,
            "the document matches 2 of 2 alternatives, but must match exactly",
        ),
        (
            {"propertyNames": {"maxLength": 1}},
            {"ab": 1},
            "/ab is not a valid property name: it violates maxLength",
        ),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}, "/a is missing, or /b instead"),
    ],
)
def test_message(schema: Any, instance: Any, message: str) -> None:
    """A message names the pointer, what was found there, and what the contract allows."""
    assert message in only(schema, instance).message


@table(
    ("branches", "expected"),
    [
        ([{"type": "string", "enum": ["a"]}, {"type": "integer"}], '"a" or an integer'),
        (
            [{"type": "string", "enum": ["a"]}, {"type": "string", "maxLength": 1}, {"const": 1}],
            '"a", 1 or a string',
        ),
        ([{"type": "string", "const": "a"}, {"type": "integer", "const": 1}], '"a" or 1'),
        ([{"enum": ["a"]}, {"type": "boolean"}], '"a" or true or false'),
    ],
)
def test_alternatives_are_told_by_value_and_type(branches: list[Any], expected: str) -> None:
    """The type of the values that one of them lists is implied."""
    message = only({"anyOf": branches}, None).message
    assert message == f"the document is null, but must be {expected}"


@table(
    ("count", "expected"),
    [
        (8, "0, 1, 2, 3, 4, 5, 6 or 7"),
        (9, "one of 9 values, such as 0, 1, 2, 3"),
    ],
)
def test_many_values_are_counted(count: int, expected: str) -> None:
    """More than eight are not listed: four of them are shown."""
    message = only({"enum": list(range(count))}, 50).message
    assert message == f"the document is 50, but must be {expected}"


@table(
    ("schema", "instance", "hint"),
    [
        (FLAG, True, '"Y"'),
        (FLAG, False, '"N"'),
        (FLAG, "y", '"Y"'),
        (FLAG, "Yes", '"Y"'),
        (FLAG, " N", '"N"'),
        (FLAG, "no", '"N"'),
        (FLAG, 0, '"N"'),
        (FLAG, "", None),
        (FLAG, "X", None),
        (FLAG, ["Y"], None),
        ({"enum": ["include", "exclude"]}, "Include", '"include"'),
        ({"enum": ["include", "exclude"]}, "includes", '"include"'),
        ({"type": "integer"}, "300100109717770", "300100109717770"),
        ({"type": "integer"}, "12a", None),
        ({"type": "integer"}, "007", None),
        ({"type": "number"}, "1.50", "1.50"),
        ({"type": "boolean"}, "true", "true"),
        ({"type": "boolean"}, "Y", "true"),
        ({"type": "string"}, 5, '"5"'),
        ({"type": "string"}, float("nan"), None),
        ({"type": "string"}, {}, None),
        ({"maxLength": 150}, "x" * 151, "shorten it by 1 character"),
        ({"maxLength": 150}, "x" * 153, "shorten it by 3 characters"),
        ({"format": "date-time"}, "2024-01-31 09:30:00Z", '"2024-01-31T09:30:00Z"'),
        ({"format": "date-time"}, "2024-01-31T09:30:00+0100", '"2024-01-31T09:30:00+01:00"'),
        (
            {"format": "date-time"},
            "2024-01-31",
            '"2024-01-31T00:00:00+00:00", with the correct offset',
        ),
        ({"format": "date-time"}, "2024-02-30T09:30:00Z", None),
        ({"format": "date-time"}, "soon", None),
        ({"format": "date"}, "2024-01-31 09:30:00Z", None),
    ],
)
def test_hint(schema: Any, instance: Any, hint: str | None) -> None:
    """A hint is a valid value, and there is one only if the intention is certain."""
    violation = only(schema, instance)
    assert violation.hint == hint
    if hint is not None and "shorten" not in hint:
        suggested = json.loads(hint.partition(", with")[0])
        assert Contract(schema).is_valid(suggested)


@table(
    ("given", "hint"),
    [
        ({"a": None}, "remove it, unless it is required"),
        ({"a": ""}, "remove it, unless it is required"),
        ({"b": ""}, "null"),
        ({"c": 1}, "remove it"),
        ({"d": 1}, "remove it"),
        ({"prodGroupNam": 1}, "did you mean ProdGroupName?"),
        ({"z": 1}, None),
    ],
)
def test_hint_for_a_property(given: dict[str, Any], hint: str | None) -> None:
    """Empty and forbidden properties are to be removed, misspelt names corrected."""
    schema = {
        "properties": {
            "a": {"type": "integer"},
            "b": {"type": ["integer", "null"]},
            "c": {"readOnly": True, "not": {}},
            "d": False,
            "ProdGroupName": {},
        },
        "additionalProperties": False,
    }
    assert only(schema, given).hint == hint


def test_hint_for_a_name_with_a_slash() -> None:
    """Names are compared and suggested without the escapes of a pointer."""
    schema = {"properties": {"net/gross~": {}}, "additionalProperties": False}
    assert only(schema, {"net/gros~": 1}).hint == "did you mean net/gross~?"


@pytest.mark.parametrize(
    ("detail", "rest"),
    [
        (None, "matches none of the alternatives"),
        ("2 of 3", "matches 2 of 3 alternatives, but must match exactly one"),
    ],
)
def test_message_of_alternatives(detail: str | None, rest: str) -> None:
    """It says how many match, if that is known."""
    (limit, *_) = Contract({"anyOf": [{"minimum": 1}]}).limits
    assert Violation("anyOf", "/a", limit, detail=detail).message == f"/a {rest}"


@table(
    ("value", "text"),
    [
        (1.0, "1"),
        (999_999_999_999_999.0, "999999999999999"),
        (1e15, "1000000000000000.0"),
        (-1e15, "-1000000000000000.0"),
        (1.5, "1.5"),
        (float("inf"), "Infinity"),
        (Decimal("1.50"), "1.50"),
    ],
)
def test_a_number_as_json(value: Any, text: str) -> None:
    """A whole one is shown as an integer, as long as a float has all integers of its size."""
    assert to_json(value) == text


@pytest.mark.parametrize(("length", "is_whole"), [(200, True), (201, False)])
def test_a_long_pointer_is_shortened_in_the_middle(length: int, is_whole: bool) -> None:
    """Its start and its end tell where it is."""
    pointer = "/" + "a" * (length - 2) + "z"
    (limit,) = Contract({"minimum": 1}).limits
    shown = Violation("minimum", pointer, limit, 0, "integer").message.partition(" ")[0]
    assert shown == (pointer if is_whole else f"{pointer[:100]}…{pointer[-100:]}")


@table("code", SYNTAX_CODES)
def test_every_syntax_code_has_a_message(code: str) -> None:
    """A syntax error has a message even without a detail."""
    assert len(Violation(code, "/name").message) > len(code) + 5
    assert Violation(code, "", detail="just so").message == "just so"


def test_every_keyword_of_every_vendor_has_a_message() -> None:
    """No violation of a vendor's contract has the message for unknown keywords."""
    from fieldbound import contracts
    from fieldbound.model.messages import _MESSAGES

    names = sampled(contracts())
    keywords = {limit.keyword for name in names for limit in contract(name).limits}
    assert keywords <= set(_MESSAGES)


def test_citation() -> None:
    """A citation has the evidence, the title of the document and its address."""
    limited = Contract(
        {
            "maxLength": 1,
            "type": "string",
            "x-source": [
                {"of": "maxLength", "says": "stated", "from": "guide"},
                {"says": "inferred", "from": ["https://vendor.example/b", "guide"]},
            ],
            "x-sources": {"guide": {"title": "Guide", "address": "https://vendor.example/a"}},
        }
    )
    assert {limit.keyword: citation(limit) for limit in limited.limits} == {
        "maxLength": 'stated in "Guide", https://vendor.example/a',
        "type": "inferred from https://vendor.example/b",
    }
    assert citation(Contract({"maxLength": 1}).limits[0]) is None


@pytest.mark.parametrize("says", SAYS)
def test_citation_is_the_same_in_text_and_exceptions(says: str) -> None:
    """For any evidence, an exception and the text format have the same citation."""
    limited = Contract(
        {"maxLength": 1, "x-source": {"says": says, "from": "https://vendor.example/b"}}
    )
    report = limited.check("ab")
    cited = citation(limited.limits[0])
    assert cited is not None
    assert cited in str(report)
    assert cited in "".join(render("text", [report], Style()))


def test_the_evidence_in_a_value_is_left_out() -> None:
    """At any depth, and nothing else is."""
    source = {"says": "stated"}
    given = {"x-source": source, "a": [{"x-source": source, "b": 1}, "x-source"], "x-sources": {}}
    assert uncited(given) == {"a": [{"b": 1}, "x-source"], "x-sources": {}}
    assert uncited(5) == 5


@pytest.mark.parametrize(
    ("keyword", "value", "expected"),
    [
        ("maxLength", 5, "/a has too many characters, the limit is 5"),
        ("minItems", 2, "/a has too few items, the limit is 2"),
    ],
)
def test_a_size_that_is_not_shown(keyword: str, value: int, expected: str) -> None:
    """Only whether it is too large or too small."""
    limit = Limit("c", "/a", keyword, value, f"s#/{keyword}")
    assert Violation(keyword, "/a", limit).message == expected


@table(
    ("count", "end"),
    [
        (1, 'but must be "/0"'),
        (8, 'but must be "/0", "/1", "/2", "/3", "/4", "/5", "/6" or "/7"'),
        (9, "which is none of the 9 documented paths"),
    ],
)
def test_many_documented_paths_are_counted(count: int, end: str) -> None:
    """More than eight are not listed."""
    limit = Limit("c", "", "enum", [f"/{at}" for at in range(count)], "s#/enum")
    made = Violation("enum", "", limit, actual="/x", kind="string", detail=DOCUMENTED_PATHS)
    assert made.message == f'the document is "/x", {end}'


@table(
    ("actual", "detail", "end"),
    [
        ("aab", "3", 'character 3, "b", does not fit'),
        ("aa…", "3", "character 3 does not fit"),  # which may stand for others
        ("a…b", "2", 'character 2, "…", does not fit'),
        ("aab", "9", "character 9 does not fit"),
        (None, "3", "character 3 does not fit"),
        ("aab", "ends too early", "it ends too early"),
        ("aab", None, "but must match ^a*$"),
    ],
)
def test_which_character_does_not_fit(actual: Any, detail: str | None, end: str) -> None:
    """It is shown where it is known."""
    made = Violation(
        "pattern",
        "/a",
        Limit("c", "/a", "pattern", "^a*$", "s#/pattern"),
        actual=actual,
        kind="string",
        detail=ENDS_TOO_EARLY if detail == "ends too early" else detail,
    )
    assert made.message.endswith(end)


@table(
    ("limit", "at", "condition", "expected"),
    [
        ("/a/*/b", "/a/3/b", "/a/*/c is 1", "/a/3/c is 1"),
        ("/a/*/b", "/a/x~1y/b", "/a/*/c is 1, /a/*c is 2", "/a/x~1y/c is 1, /a/*c is 2"),
        ("/*/*/b", "/1/2/b", "/*/*/c is 1 and /*/d is 2", "/1/2/c is 1 and /1/d is 2"),
        ("/*", "/a\\1", "/* is present", "/a\\1 is present"),
        ("/k", "/a/a/k", "/k is 1", "/k is 1"),
        ("/*/k", "/a/1/k", "/*/n is 1", "/a/1/n is 1"),  # a limit within itself
        ("/*/k", "/a/1/n", "/*/k is 1", "/*/k is 1"),  # not of this limit
        ("/*/b/*", "/1/b", "/*/b/* is 1", "/*/b/* is 1"),  # nor deep enough
        ("/a/b", "/a/b", "/a/c is 1", "/a/c is 1"),
    ],
)
def test_a_condition_names_the_parts_of_the_instance(
    limit: str, at: str, condition: str, expected: str
) -> None:
    """`*` in it is the index or the name that the violation has there."""
    made = Limit("c", limit, "type", "string", "s#/type", condition=condition)
    assert Violation("type", at, made, 1, "integer").message.endswith(f" (where {expected})")


@table(
    ("source", "address", "expected"),
    [
        (Source("a", "A", "https://v.example/a"), True, 'stated in "A", https://v.example/a'),
        (Source("a", "A", "https://v.example/a"), False, 'stated in "A"'),
        (Source("a", "A"), True, 'stated in "A"'),
        (Source("a", "A"), False, 'stated in "A"'),
    ],
)
def test_a_citation_has_the_address_if_asked_and_known(
    source: Source, address: bool, expected: str
) -> None:
    """A document without one is cited by its title."""
    limit = Limit("c", "", "type", "null", "s#/type", says="stated", sources=(source,))
    assert citation(limit, address=address) == expected


def test_citation_without_a_document() -> None:
    """A limit without a document is cited by its evidence alone, in both."""
    limited = Contract({"maxLength": 1, "x-source": {"says": "observed"}})
    report = limited.check("ab")
    assert [line.strip() for line in str(report).splitlines()][2] == "observed"
    assert "    observed\n" in next(render("text", [report], Style()))


def test_report_as_text() -> None:
    """A report as text has a line for each violation, with citation and hint."""
    groups = contract("oracle-cx-sales/create-product-group")
    text = str(groups.check({"ProdGroupName": "a", "InternalName": "b", "ActiveFlag": True}))
    assert text.splitlines() == [
        "oracle-cx-sales/create-product-group: invalid",
        '  type: /ActiveFlag is true, but must be "Y" or "N"',
        '      stated in "Create a product group", https://docs.oracle.com/en/cloud/saas/sales/'
        "faaps/op-setupsalescatalogs-post.html",
        '      hint: "Y"',
    ]
