"""A violation's sentence and hint: the same words everywhere, and a hint that is right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from fieldbound import Contract, Violation, contract
from fieldbound.model.facts import TEXT_CODES
from fieldbound.model.limits import SAYS
from fieldbound.model.messages import citation
from fieldbound.render import Style, render

FLAG = {"type": "string", "maxLength": 1, "enum": ["Y", "N"]}


def only(schema: Any, instance: Any) -> Violation:
    """Return the one violation of an instance."""
    (violation,) = Contract(schema).check(instance)
    return violation


@pytest.mark.parametrize(
    ("schema", "instance", "message"),
    [
        ({"maxLength": 1}, "ab", "the document has 2 characters, the limit is 1"),
        ({"minLength": 1}, "", "the document has 0 characters, but needs at least 1"),
        ({"maxItems": 1}, [1, 2], "the document has 2 items, the limit is 1"),
        ({"minItems": 2}, [1], "the document has 1 item, but needs at least 2"),
        ({"maxProperties": 0}, {"a": 1}, "the document has 1 attribute, the limit is 0"),
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
        ({"enum": list(range(20))}, 50, "one of 20 values, such as 0, 1, 2, 3"),
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
            "the document is 1, but must be more than its bound",
        ),
        (
            {"unevaluatedProperties": {"type": "string"}},
            {"a": 1},
            "/a is not what an attribute of any other name must be",
        ),
        ({"propertyNames": False}, {"a": 1}, "/a is not a name that is taken here: no name is"),
        ({"anyOf": [{"type": "string"}, False]}, 1, "the document is 1, but must be a string"),
        ({"additionalProperties": False}, {"n" * 5000: 1}, "nnn…nnn"),
        ({"uniqueItems": True}, [1, 1], "the document has the same item more than once"),
        ({"additionalProperties": False}, {"a": 1}, "/a is not known here"),
        ({"not": {"type": "string"}}, "a", 'the document is "a", which is ruled out'),
        ({"oneOf": [True, True]}, 1, "the document fits 2 of 2 alternatives, but must fit exactly"),
        ({"propertyNames": {"maxLength": 1}}, {"ab": 1}, "/ab is not a name that is taken here"),
        ({"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}, {}, "/a is missing, or /b in its"),
    ],
)
def test_a_violation_says_what_was_found_and_what_is_taken(
    schema: Any, instance: Any, message: str
) -> None:
    """A message names the pointer, what was found there, and what the contract takes."""
    assert message in only(schema, instance).message


@pytest.mark.parametrize(
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
            '"2024-01-31T00:00:00+00:00", with the offset that is meant',
        ),
        ({"format": "date-time"}, "2024-02-30T09:30:00Z", None),
        ({"format": "date-time"}, "soon", None),
    ],
)
def test_a_hint_is_right_or_there_is_none(schema: Any, instance: Any, hint: str | None) -> None:
    """A hint says what was meant, and is there only where that can be told."""
    violation = only(schema, instance)
    assert violation.hint == hint
    if hint is not None and "shorten" not in hint:
        meant = json.loads(hint.partition(", with")[0])
        assert Contract(schema).is_valid(meant)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"a": None}, "leave it out, unless it is required"),
        ({"a": ""}, "leave it out, unless it is required"),
        ({"b": ""}, "null"),
        ({"c": 1}, "leave it out"),
        ({"d": 1}, "leave it out"),
        ({"prodGroupNam": 1}, '"ProdGroupName"'),
        ({"z": 1}, None),
    ],
)
def test_a_hint_for_an_attribute(given: dict[str, Any], hint: str | None) -> None:
    """Attributes that say nothing, or may not be there, are to be left out; names are corrected."""
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


def test_a_name_with_a_slash_is_corrected_as_it_is() -> None:
    """The name that a pointer escapes is the one that is compared and offered."""
    schema = {"properties": {"net/gross~": {}}, "additionalProperties": False}
    assert only(schema, {"net/gros~": 1}).hint == '"net/gross~"'


@pytest.mark.parametrize("code", TEXT_CODES)
def test_every_fault_of_a_text_has_a_sentence(code: str) -> None:
    """A fault of a text says what it is even where no detail is known."""
    assert len(Violation(code, "/a").message) > len(code) + 5
    assert Violation(code, "", detail="just so").message == "just so"


def test_every_limit_of_every_vendor_has_its_own_sentence() -> None:
    """No violation of a vendor's contract falls back on naming the keyword alone."""
    from fieldbound import contracts
    from fieldbound.model.messages import _SENTENCES

    keywords = {limit.keyword for name in contracts() for limit in contract(name).limits}
    assert keywords <= set(_SENTENCES)


def test_an_origin_names_the_document() -> None:
    """A limit says how firmly it is known, in which document, and where that is read."""
    made = Contract(
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
    assert {limit.keyword: citation(limit) for limit in made.limits} == {
        "maxLength": 'stated in "Guide", https://vendor.example/a',
        "type": 'inferred from "https://vendor.example/b", https://vendor.example/b',
    }
    assert citation(Contract({"maxLength": 1}).limits[0]) is None


@pytest.mark.parametrize("says", SAYS)
def test_an_exception_says_who_says_so_as_the_text_does(says: str) -> None:
    """Whatever is said of a limit, an exception and the text format have the same words for it."""
    made = Contract(
        {"maxLength": 1, "x-source": {"says": says, "from": "https://vendor.example/b"}}
    )
    report = made.check("ab")
    said = citation(made.limits[0])
    assert said is not None
    assert said in str(report)
    assert said in "".join(render("text", [report], Style()))


def test_what_is_said_without_a_document_is_said_everywhere() -> None:
    """A limit that names no document still says how firmly it is known, in both."""
    made = Contract({"maxLength": 1, "x-source": {"says": "observed"}})
    report = made.check("ab")
    assert [line.strip() for line in str(report).splitlines()][2] == "observed"
    assert "    observed\n" in next(render("text", [report], Style()))


def test_a_report_says_every_violation() -> None:
    """A report as text has a line for each violation, with origin and hint."""
    made = contract("oracle-cx-sales/create-product-group")
    text = str(made.check({"ProdGroupName": "a", "InternalName": "b", "ActiveFlag": True}))
    assert text.splitlines() == [
        "oracle-cx-sales/create-product-group: invalid",
        '  type: /ActiveFlag is true, but must be "Y" or "N"',
        '      stated in "Create a product group", https://docs.oracle.com/en/cloud/saas/sales/'
        "faaps/op-setupsalescatalogs-post.html",
        '      hint: "Y"',
    ]
