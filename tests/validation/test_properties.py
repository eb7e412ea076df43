"""Limits that an object breaks by its properties: found by verdicts, where those are clear."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.model import pointer_of
from fieldbound.validation import checker_of
from fieldbound.validation.inline import inlined
from fieldbound.validation.properties import Properties, properties_of
from fieldbound.validation.schema.members import Valid
from support.tables import table

EVERY_KEYWORD: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "a": {"type": "string", "maxLength": 2, "pattern": "^x"},
        "no": {"not": {}},
        "off": False,
        "x-b": {"x-source": {"says": "inferred"}, "minimum": 1, "multipleOf": 2},
        "deep": {"properties": {"x": {"type": "string"}}},
    },
    "required": ["a"],
    "patternProperties": {"^x-": True, "^y-": {}},
    "additionalProperties": False,
}


def finder(schema: Any, asked: list[Any] | None = None) -> Properties | None:
    """Return what finds the limits that an object breaks; *asked* gets the parts it checks."""
    limits = checker_of(Contract(schema)).compiled.limits

    def compiled(part: Any) -> Valid:
        is_valid = Contract(part).is_valid
        if asked is None:
            return is_valid
        return lambda value: asked.append(part) or is_valid(value)

    return properties_of(inlined(limits.references), limits, compiled)


def broken(schema: Any, value: Any) -> list[tuple[str, str | None]] | None:
    """Return keyword and field of each limit that is found broken; None where that is not clear."""
    properties = finder(schema)
    assert properties is not None
    found = properties.broken(value)
    return None if found is None else [(limit.keyword, field) for limit, _, field in found]


@table(
    ("value", "expected"),
    [
        ({"a": "xyz"}, [("maxLength", None)]),
        ({"a": 5}, [("type", None)]),
        ({"a": "abc"}, [("maxLength", None)]),  # the first of several
        ({"a": "ab", "x-b": 0}, [("pattern", None), ("minimum", None)]),
        ({"a": "x", "no": 1}, [("not", None)]),
        ({"a": "x", "x-b": 3}, [("multipleOf", None)]),
        (
            {"a": "x", "z": 1, "z/": 1},
            [("additionalProperties", "/z"), ("additionalProperties", "/z~1")],
        ),
        ({"a": "x", "y-1": 1}, None),  # nothing is broken
        ({"a": "x", "off": 1}, None),
        ({}, [("required", None)]),
        ({"x-b": 3}, [("multipleOf", None), ("required", None)]),
        ({"z": 1}, None),  # which may be /a, misspelt
        ({"a": ["x"]}, None),
        ({"a": {}}, None),
        ({"a": "x", "deep": {"x": 1}}, None),
        ([], None),
        ("x", None),
    ],
)
def test_what_an_object_breaks(value: Any, expected: list[tuple[str, str | None]] | None) -> None:
    """Each broken property, then each missing one; None where `check` has to find it."""
    assert broken(EVERY_KEYWORD, value) == expected
    if expected is not None:
        report = Contract(EVERY_KEYWORD).check(value)
        assert sorted(each.code for each in report) == sorted(keyword for keyword, _ in expected)


@table(
    ("value", "expected"),
    [
        ({"a": "xyz"}, ["/a:maxLength"]),
        ({"a": "abc"}, ["/a:maxLength +pattern"]),
        ({"a": "y", "x-b": -1}, ["/a:pattern", "/x-b:minimum +multipleOf"]),
        ({"x-b": 3}, ["/a:required", "/x-b:multipleOf"]),
        ({}, ["/a:required"]),
        ({"a": 1, "deep": "x"}, ["/a:type"]),
        ({"a": "x", "deep": {"x": 1}}, None),
        ({"a": ["x"]}, None),
        ({"a": "x", "no": 1}, None),
        ({"a": "x", "off": 1}, None),
        ({"a": "x", "z": 1}, None),
        ({"a": "x"}, None),  # nothing is broken
        ([], None),
    ],
)
def test_which_mistakes_are_found_without_errors(value: Any, expected: list[str] | None) -> None:
    """Missing names, then scalars that break limits of their own; None where errors say more."""
    properties = finder(EVERY_KEYWORD)
    assert properties is not None
    found = properties.mistakes(value, checker_of(Contract(EVERY_KEYWORD)).compiled.limits)
    shown = found and [
        " +".join((f"{pointer_of(each.path)}:{each.code}", *(also.keyword for also in each.also)))
        for each in found
    ]
    assert shown == expected


@table(
    "schema",
    [
        True,
        {**EVERY_KEYWORD, "minProperties": 1},
        {**EVERY_KEYWORD, "type": ["object"]},
        {**EVERY_KEYWORD, "additionalProperties": True},
        {**EVERY_KEYWORD, "required": ["a", "c"]},
        {**EVERY_KEYWORD, "patternProperties": {"^[ac]$": {"maxLength": 1}}},
        {key: each for key, each in EVERY_KEYWORD.items() if key != "type"},
    ],
)
def test_a_schema_that_says_more_has_no_such_properties(schema: Any) -> None:
    """The properties alone do not say then what is reported."""
    assert finder(schema) is None


def test_a_property_that_only_the_vendor_sets_breaks_that_limit() -> None:
    """`readOnly` stands for the `not` that rejects every value."""
    own = {"readOnly": True, "not": {}}
    schema = {"type": "object", "properties": {"a": own}, "additionalProperties": False}
    assert broken(schema, {"a": 1}) == [("readOnly", None)]


def test_every_property_may_be_required() -> None:
    """And no schema but that of objects need be said of any."""
    every = {**EVERY_KEYWORD, "required": [*EVERY_KEYWORD["properties"]]}
    assert finder(every) is not None
    assert broken({"type": "object", "additionalProperties": False}, {"z": 1}) == [
        ("additionalProperties", "/z")
    ]


def test_so_many_undocumented_names_are_remembered() -> None:
    """A thousand."""
    properties = finder(EVERY_KEYWORD)
    assert properties is not None
    found = [[properties.broken({"a": "x", f"z{at}": 1}) for at in range(1_001)] for _ in range(2)]
    shared = [one[0] is other[0] for one, other in zip(*found, strict=True) if one and other]
    assert shared == [True] * 1_000 + [False]


def test_an_undocumented_name_is_left_to_check_where_names_have_schemas() -> None:
    """What breaks the schema of a pattern is not told apart from what is not documented."""
    patterns = {"^y-": {"type": "string"}}
    schema = {**EVERY_KEYWORD, "patternProperties": patterns}
    assert broken(schema, {"a": "x", "z": 1}) is None
    assert broken(schema, {"a": "xyz", "y-c": "x"}) == [("maxLength", None)]


def test_a_property_named_like_any_other_is_left_to_check() -> None:
    """The limits of `*` are not told apart from those of all names."""
    part = {"type": "string"}
    schema = {**EVERY_KEYWORD, "properties": {"*": part}, "patternProperties": {"^x": part}}
    assert broken({**schema, "required": []}, {"*": 5}) is None
    other = {**schema, "patternProperties": {"^x": {"maxLength": 1}}, "required": []}
    assert broken(other, {"*": 5}) is None


def test_a_property_that_depends_on_another_keyword_is_left_to_check() -> None:
    """Keywords are checked alone only where each is independent."""
    for part in (
        {"allOf": [{"maxLength": 1}]},
        {"not": {"const": "ab"}},
        {"not": {}, "allOf": [True]},
    ):
        schema = {"type": "object", "properties": {"a": part}, "additionalProperties": False}
        assert broken(schema, {"a": "ab"}) is None


def test_the_strongest_evidence_counts() -> None:
    """Of several limits that a value breaks, the first is reported, with the strongest evidence."""
    stated = [{"of": "pattern", "says": "stated"}, {"of": "maxLength", "says": "inferred"}]
    part = {"maxLength": 1, "pattern": "^x", "x-source": stated}
    properties = finder(
        {"type": "object", "properties": {"a": part}, "additionalProperties": False}
    )
    assert properties is not None
    ((limit, rank, _),) = properties.broken({"a": "abc"}) or ()
    assert (limit.keyword, rank) == ("maxLength", 0)
    ((limit, rank, _),) = properties.broken({"a": "xbc"}) or ()
    assert (limit.keyword, rank) == ("maxLength", 3)


def test_a_keyword_beside_one_that_forbids_counts_where_it_is_broken() -> None:
    """Its evidence is that of the mistake only then."""
    stated = [{"of": "type", "says": "stated"}, {"says": "inferred"}]
    part = {"type": "string", "not": {}, "readOnly": True, "x-source": stated}
    properties = finder(
        {"type": "object", "properties": {"a": part}, "additionalProperties": False}
    )
    assert properties is not None
    for value, expected in (("x", 3), (5, 0)):
        ((limit, rank, _),) = properties.broken({"a": value}) or ()
        assert (limit.keyword, rank) == ("readOnly", expected)


@pytest.mark.parametrize(("first", "others"), [("stated", 0), ("inferred", 1)])
def test_no_other_keyword_is_looked_at_that_adds_nothing(first: str, others: int) -> None:
    """The first that is broken is enough where none has stronger evidence."""
    says = [{"of": "maxLength", "says": first}, {"of": "pattern", "says": "observed"}]
    part = {"maxLength": 1, "pattern": "^x", "x-source": says}
    asked: list[Any] = []
    schema = {"type": "object", "properties": {"a": part}, "additionalProperties": False}
    properties = finder(schema, asked)
    assert properties is not None
    assert properties.broken({"a": "abc"})
    assert asked.count({"pattern": "^x"}) == others
