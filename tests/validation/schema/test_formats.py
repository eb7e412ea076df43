"""Formats: each is checked in the drafts that define it, or reported as not checked, by name."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.validation import FORMATS, with_format_limits
from support.tables import table

DRAFTS = {
    4: "http://json-schema.org/draft-04/schema#",
    6: "http://json-schema.org/draft-06/schema#",
    7: "http://json-schema.org/draft-07/schema#",
    2019: "https://json-schema.org/draft/2019-09/schema",
    2020: "https://json-schema.org/draft/2020-12/schema",
}
#: A string that does not have the format.
WRONG = {
    **dict.fromkeys(sorted(FORMATS), "x"),
    "hostname": "-_-",
    "idn-hostname": "-_-",
    "uri-reference": "\\ x",
    "iri-reference": "\\ x",
    "uri-template": "{",
    "regex": "(",
    "phone": "x",
    "color": "no such color",
}


@table("draft", DRAFTS)
@table("name", WRONG)
def test_a_format_is_checked_by_both_engines_and_listed_or_reported(name: str, draft: int) -> None:
    """What `limits` lists is checked by both engines; what it does not is reported by name."""
    contract = Contract({"$schema": DRAFTS[draft], "type": "string", "format": name})
    is_listed = any(limit.keyword == "format" for limit in contract.limits)
    wrong = WRONG[name]
    assert contract.is_valid(wrong) == contract.check(wrong).ok == (not is_listed)
    assert contract.jsonschema_validator().is_valid(wrong) == (not is_listed)
    assert contract.check(wrong).not_checked == contract.not_checked
    assert [name in why for why in contract.not_checked.values()] == [True] * (not is_listed)


@table(
    ("name", "first"),
    [("uuid", 2019), ("duration", 2019), ("iri", 7), ("json-pointer", 6), ("uri", 4), ("date", 4)],
)
def test_a_format_is_checked_from_the_draft_that_defines_it(name: str, first: int) -> None:
    """An earlier draft does not define it: it is an annotation there."""
    for draft, uri in DRAFTS.items():
        contract = Contract({"$schema": uri, "format": name})
        assert (not contract.not_checked) == (draft >= first), draft


@pytest.mark.parametrize("name", ["date", "uuid", "int32", "phone"])
def test_formats_as_annotations_are_reported(name: str) -> None:
    """With `formats="annotate"` none is checked, and each is named."""
    contract = Contract({"properties": {"a": {"format": name}}}, formats="annotate")
    assert contract.limits == ()
    assert contract.check({"a": "x"}).ok
    assert contract.check({"a": "x"}).not_checked == {
        "/a": f'format "{name}": formats are annotations here'
    }
    assert contract.check({"b": "x"}).not_checked == {}


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {"format": "phone"}},
        {"if": {"format": "phone"}, "then": {"maxLength": 3}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"format": "phone"}}},
        {"anyOf": [{"type": "integer"}, {"format": "phone"}]},
    ],
)
def test_a_format_is_reported_wherever_it_applies(schema: Any) -> None:
    """A condition that is not checked decides nothing, and is reported."""
    assert "phone" in Contract(schema).not_checked[""]


def test_a_format_beside_a_reference_of_an_old_draft_is_ignored() -> None:
    """Which is why it is not checked, whatever it is."""
    reference = {"$ref": "#/definitions/x", "format": "phone"}
    schema = {"properties": {"a": reference, "b": True, "c": {"format": "phone"}}}
    draft_7 = "http://json-schema.org/draft-07/schema#"
    made = Contract({"$schema": draft_7, **schema, "definitions": {"x": True}})
    assert made.not_checked == {
        "/a": "'format' is not enforced: draft 7 ignores it beside $ref",
        "/c": 'format "phone": no such format is known',
    }


@pytest.mark.parametrize("name", ["password", "binary"])
def test_a_format_that_every_value_has_is_not_reported(name: str) -> None:
    """There is nothing to check."""
    assert Contract({"type": "string", "format": name}).not_checked == {}


def test_a_format_of_openapi_is_reported_where_json_schema_has_no_limits_for_it() -> None:
    """In a plain JSON Schema, `int32` is an annotation, which its bounds may make up for."""
    plain = {"type": "integer", "format": "int32"}
    assert Contract(plain).is_valid(2**31)
    assert "int32" in Contract(plain).not_checked[""]
    assert Contract({**plain, "minimum": 0, "exclusiveMaximum": 9}).not_checked == {}
    assert Contract({**plain, "enum": [1, 2]}).not_checked == {}
    assert "int32" in Contract({**plain, "minimum": 0}).not_checked[""]


RANGES = {
    "int8": (-128, 127),
    "int16": (-32768, 32767),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint8": (0, 255),
    "uint16": (0, 65535),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
    "double-int": (1 - 2**53, 2**53 - 1),
}


@table(("name", "bounds"), RANGES.items())
def test_an_integer_format_stands_for_its_range(name: str, bounds: tuple[int, int]) -> None:
    """The bounds are valid, what is beyond them or no integer is not, by both engines."""
    least, most = bounds
    values = ((least, True), (most, True), (1, True), (2.0, True))
    others = ((least - 1, False), (most + 1, False), (0.5, False))
    for kind in ("integer", "number"):
        contract = Contract(with_format_limits({"type": kind, "format": name}))
        for value, ok in (*values, *others):
            assert contract.is_valid(value) == ok
            assert contract.jsonschema_validator().is_valid(value) == ok


@table(
    ("given", "added"),
    [
        ({"type": "integer", "format": "int8"}, {"minimum": -128, "maximum": 127}),
        ({"type": "integer", "format": "int8", "minimum": 0}, {"maximum": 127}),
        ({"type": "integer", "format": "int8", "exclusiveMinimum": 0}, {"maximum": 127}),
        ({"type": "integer", "format": "int8", "maximum": 500}, {"minimum": -128, "maximum": 127}),
        ({"type": ["integer", "null"], "format": "uint8"}, {"minimum": 0, "maximum": 255}),
        ({"type": "integer", "format": "int8", "enum": [1, 2]}, {}),
        ({"type": "integer", "format": "int8", "enum": [-128, 127, "a", True]}, {}),
        ({"type": "integer", "format": "int8", "enum": [-129, 1]}, {"minimum": -128}),
        ({"type": "integer", "format": "int8", "enum": [1, 128]}, {"maximum": 127}),
        ({"type": "integer", "format": "int8", "const": 127}, {}),
        ({"type": "integer", "format": "int8", "minimum": -128, "maximum": 127}, {}),
        ({"type": "integer", "format": "int8", "exclusiveMaximum": 127}, {"minimum": -128}),
        ({"type": "integer", "format": "int8", "minimum": -128}, {"maximum": 127}),
        ({"type": "string", "format": "int64"}, {}),
        ({"type": "integer", "format": "byte"}, {}),
        ({"format": "uuid"}, {}),
        ({"type": "number", "format": "uint8"}, {"minimum": 0, "maximum": 255, "multipleOf": 1}),
        ({"type": "number", "format": "uint8", "multipleOf": 2}, {"minimum": 0, "maximum": 255}),
        (
            {"type": "number", "format": "uint8", "allOf": [{"multipleOf": 3.0}, True]},
            {"minimum": 0, "maximum": 255},
        ),
    ],
)
def test_only_limits_that_add_something_are_added(
    given: Mapping[str, Any], added: Mapping[str, Any]
) -> None:
    """A limit as strict stays alone; a format of another type says nothing."""
    assert with_format_limits(given) == {**given, **added}


def test_a_limit_of_the_same_keyword_stays() -> None:
    """Both patterns hold, and both steps."""
    found = with_format_limits({"type": "string", "format": "byte", "pattern": "^A"})
    contract = Contract(found)
    assert [contract.is_valid(each) for each in ("AAAA", "BAAA", "A%%%")] == [True, False, False]
    found = with_format_limits({"type": "number", "format": "int32", "multipleOf": 0.75})
    assert [Contract(found).is_valid(each) for each in (3, 0.75, 1)] == [True, False, False]
    assert with_format_limits(found) == found


@pytest.mark.parametrize(
    ("name", "valid", "invalid"),
    [
        ("byte", ("", "QUJD", "QUI=", "QQ=="), ("%%%", "QQ", "QQ=", "QUJD=", "QUJ-", "QUJD\n")),
        ("base64url", ("", "QUJ-", "QUI=", "QQ", "QUI"), ("%%%", "Q", "QUJ+")),
    ],
)
def test_base64_is_checked(name: str, valid: tuple[str, ...], invalid: tuple[str, ...]) -> None:
    """By RFC 4648: its alphabet, and padding, which base64url may leave out."""
    contract = Contract(with_format_limits({"type": "string", "format": name}))
    assert [each for each in valid if not contract.is_valid(each)] == []
    assert [each for each in invalid if contract.is_valid(each)] == []


@pytest.mark.parametrize(
    ("name", "most", "beyond"),
    [
        ("float", (2 - 2**-23) * 2.0**127, math.nextafter((2 - 2**-23) * 2.0**127, math.inf)),
        ("double", sys.float_info.max, 10**309),
    ],
)
def test_a_float_format_stands_for_its_range(name: str, most: float, beyond: float) -> None:
    """What the type cannot hold is refused, integers included."""
    contract = Contract(with_format_limits({"type": "number", "format": name}))
    assert [contract.is_valid(each) for each in (most, -most)] == [True, True]
    assert [contract.is_valid(each) for each in (beyond, -beyond, 10**309)] == [False] * 3


def test_an_added_limit_is_documented_where_the_format_is() -> None:
    """Its evidence is that of the format."""
    source = {"of": ["format"], "says": "stated", "from": ["guide"]}
    schema = with_format_limits({"type": "integer", "format": "int32", "x-source": source})
    limits = {limit.keyword: limit.says for limit in Contract(schema).limits}
    assert limits == {"type": None, "minimum": "stated", "maximum": "stated"}


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ({"type": "string", "format": "int64"}, "it is about numbers"),
        ({"type": "integer", "format": "byte"}, "it is about strings"),
        ({"type": "string", "format": "phone"}, "no such format is known"),
    ],
)
def test_the_reason_why_a_format_is_not_checked(schema: Any, why: str) -> None:
    """It says what the format is about."""
    assert Contract(schema).not_checked == {"": f'format "{schema["format"]}": {why}'}
