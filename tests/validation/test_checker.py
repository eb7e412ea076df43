"""What is checked often is checked in a faster way, which finds the same."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

import fieldbound
from fieldbound import BrokenContract, Contract, Unspecified
from fieldbound.documents import parse
from fieldbound.validation import checker, checker_of
from support.effort import examples
from support.schema_strategies import DEFINITIONS, DIALECTS, NAMES, OBJECTS, RECORDS, SCHEMAS, made
from support.tables import table

LONG = 10**5000
WITH_LONG = st.sampled_from([[], [0], {"a": 1}]).map(lambda each: [each, [LONG]])
INSTANCES = RECORDS | st.dictionaries(
    st.sampled_from(NAMES), st.just(LONG) | WITH_LONG | RECORDS, max_size=3
)


def verdicts(contract: Contract, instance: Any) -> list[Any]:
    """Return what each way to check finds; the first check chooses how, the second uses it."""
    return [contract.check(instance), contract.check(instance), contract.is_valid(instance)]


@settings(max_examples=examples(150))
@given(st.sampled_from(DIALECTS), SCHEMAS | OBJECTS, DEFINITIONS, st.lists(INSTANCES, max_size=6))
def test_what_is_checked_often_has_the_same_report(
    dialect: str | None, schema: dict[str, Any], definitions: dict[str, Any], instances: list[Any]
) -> None:
    """Without errors where that is possible, and whatever integers are in it."""
    try:
        first = made(dialect, schema, definitions)
        first.check(None)
    except (BrokenContract, Unspecified):
        assume(False)
    with pytest.MonkeyPatch.context() as patch:
        often = made(dialect, schema, definitions)
        patch.setattr(checker, "_OFTEN", 0)
        found = [verdicts(often, each) for each in instances]
    for instance, (report, again, valid) in zip(instances, found, strict=True):
        expected = first.check(instance)
        assert report == again == expected
        assert str(again) == str(expected)
        assert valid is expected.ok
        assert checker_of(often).is_valid(instance) is expected.ok
        assert first.is_valid(instance) is first.is_valid(instance) is expected.ok


FLAT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a": {"type": "string", "maxLength": 2, "pattern": "^x"},
        "flag": {"type": "string", "enum": ["Y", "N"]},
        "n": {"type": "integer", "minimum": 1},
        "own": {"not": {}, "readOnly": True},
        "list": {"items": {"type": "string"}},
    },
    "required": ["a"],
    "additionalProperties": False,
}


@table(
    ("instance", "expected"),
    [
        ({"flag": True, "a": "xyz"}, ["/flag:type", "/a:maxLength"]),
        ({"n": 0, "flag": "y"}, ["/a:required", "/n:minimum", "/flag:enum"]),
        ({"a": "yyy", "n": "1"}, ["/a:maxLength", "/n:type"]),
        ({"a": "y"}, ["/a:pattern"]),
        ({"a": "x", "own": 1}, ["/own:readOnly"]),
        ({"a": "x", "list": [1, 2]}, ["/list/0:type", "/list/1:type"]),
        ({"b": "x", "n": 0}, ["/a:required", "/b:additionalProperties", "/n:minimum"]),
        ({"a": "x", "n": LONG}, ["/n:syntax"]),
        ({"a": 1, "flag": [LONG]}, ["/flag/0:syntax"]),
        ([], [":type"]),
    ],
)
def test_the_broken_limits_of_properties_are_reported_as_errors_are(
    instance: Any, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the order of the document, with the value, the other limits, and what fits."""
    report = Contract(FLAT).check(instance)
    monkeypatch.setattr(checker, "_OFTEN", 0)
    often = Contract(FLAT)
    assert often.check(instance) == report
    assert [f"{each.pointer}:{each.code}" for each in report] == expected


def test_errors_of_a_text_stand_among_the_other_violations() -> None:
    """In the order of the text."""
    text = '{"a": 1,\n "b": 2, "b": 2,\n "c": 3}'
    string = {"type": "string"}
    report = Contract({"properties": {"a": string, "c": string}}).check(parse(text))
    assert [f"{each.place} {each.code}" for each in report] == [
        "1:7 type",
        "2:10 duplicateKey",
        "3:7 type",
    ]


def test_one_report_serves_the_valid_instances() -> None:
    """It is made once, unless something in the instance is not documented."""
    create = fieldbound.contract("oracle-cx-sales/create-product-group")
    least = {"ProdGroupName": "Laptops", "InternalName": "laptops"}
    assert create.check(least) is create.check({**least, "ActiveFlag": "Y"})
    assert not create.check(least).unspecified
    product = {"ProductGroupProductSetup": [{"PGDetailsReferenceNumber": 5}]}
    assert create.check({**least, **product}).unspecified


def test_a_report_has_the_lines_of_its_violations() -> None:
    """Unless something in the text is sensitive."""
    text = '{"a": 1,\n "b": 2,\n "c": 3\n}'
    string = {"type": "string"}
    parts: dict[str, Any] = {"a": string, "c": string}
    report = Contract({"properties": parts}).check(parse(text))
    assert report.lines == {1: '{"a": 1,', 3: ' "c": 3'}
    assert Contract({"properties": parts}).check(parse('{"a": "x"}')).lines == {}
    secret = {**parts, "b": {"x-sensitive": True}}
    assert Contract({"properties": secret}).check(parse(text)).lines == {}


@table(
    ("schema", "instance", "is_certain"),
    [
        ({"pattern": r"^(a|a)+(?=b)\1$"}, "a" * 40, False),  # undecided
        ({"pattern": r"^(a|a)+(?=b)\1$"}, "b", False),
        ({"properties": {"n": {"maximum": 5}}}, {"n": LONG}, False),
        ({"properties": {"n": {"maximum": 5}}}, {"n": 6}, False),
        ({"properties": {"n": {"maximum": 5}}}, {"n": 5}, True),
        ({"properties": {"n": {"maximum": 5}}}, {"n": Decimal(5)}, True),
        ({"properties": {"n": {"maximum": 5}}}, {"n": Decimal(6)}, False),
    ],
)
def test_what_is_certainly_valid(schema: Any, instance: Any, is_certain: bool) -> None:
    """That in which no pattern is undecided, and whatever numbers there are."""
    own = checker_of(Contract(schema))
    assert [own.is_certainly_valid(instance) for _ in range(2)] == [is_certain] * 2


def test_what_no_output_may_show() -> None:
    """What is sensitive, and what is within it; a header in any case."""
    pin = {"properties": {"Pin": {"x-sensitive": True}, "a": {}}}
    for schema, other in ((pin, False), ({**pin, "x-any-case": True}, True)):
        is_sensitive = checker_of(Contract(schema)).is_sensitive
        paths = (("Pin",), ("Pin", "x"), ("pin",), ("a",), ("x", "Pin"))
        assert [is_sensitive(each) for each in paths] == [True, True, other, False, False]


def test_the_valid_instances_without_a_limit() -> None:
    """There are none to know where a reference leads into it, or it is not in the schema."""
    parts = {"a": {"maxLength": 1}, "b": {"not": {"const": 1}}, "c": {"$ref": "#/properties/b/not"}}
    own = checker_of(Contract({"properties": parts}))
    found = {each.id: own.algebra(each) for each in own.compiled.every_limit}
    assert [name for name, each in found.items() if each is None] == ["schema#/b:not"]
    (other,) = Contract({"minLength": 1}).limits
    assert own.algebra(other) is None
    assert own.algebra() is not None


def test_how_often_an_instance_is_checked_before_a_faster_way_is_chosen() -> None:
    """The verdict at the 500th check, the broken limits at the next one that is invalid."""
    made = Contract(FLAT)
    own = checker_of(made)
    for at in range(1, 502):
        assert not made.check({"a": "y"}).ok
        assert ("_fast" in vars(own)) is (at >= 500)
        assert ("_properties" in vars(own)) is (at >= 501)
    assert own._fast is not None
    assert own._properties is not None


@table(
    ("schema", "has_members"),
    [
        (FLAT, True),
        ({"type": "object", "properties": {"a": {"minLength": 1}}, "required": ["b"]}, True),
        ({"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {}}}, True),
        ({**FLAT, "maxProperties": 9}, False),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}}, False),
        ({"type": "object", "properties": {"a": {"pattern": r"(.)\1"}}}, False),
        ({}, False),
    ],
)
def test_which_objects_are_valid_by_their_members(schema: Any, has_members: bool) -> None:
    """Those of a schema that says of each member alone what the engine can decide."""
    assert (checker_of(Contract(schema)).members is not None) is has_members


@pytest.mark.parametrize("often", [False, True])
def test_a_schema_with_references_is_compiled_anew(
    often: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without them, for the verdict alone, and for reports where these are asked for often."""
    monkeypatch.setattr(checker, "_OFTEN", 0 if often else 500)
    made = Contract({"$ref": "#/$defs/a", "$defs": {"a": {"maxLength": 1}}})
    asked: list[Any] = []
    fastest = checker_of(made).compiled.fast_is_valid()
    assert fastest is not None
    monkeypatch.setattr(
        type(checker_of(made).compiled),
        "fast_is_valid",
        lambda _: lambda instance: asked.append(instance) or fastest(instance),
    )
    for each in ("a", "b", "cd"):
        assert made.check(each).ok is (each != "cd")
    assert (asked != []) is often
    for each in ("e", "f", "gh"):
        assert made.is_valid(each) is (each != "gh")
    assert asked[-2:] == ["f", "gh"]


def test_what_nests_too_deeply_for_the_faster_verdict_is_looked_at() -> None:
    """Where the schema says nothing of it."""
    opened = Contract({"type": "object", "properties": {"n": {"type": "integer", "minimum": 1}}})
    shallow, deep = [1], [1]
    for _ in range(20):
        deep = [deep]
    accepts = checker_of(opened).compiled.fast_is_valid()
    assert accepts is not None
    assert [accepts({"m": each}) for each in (shallow, deep)] == [True, False]
    for _ in range(2):
        assert opened.is_valid({"m": deep})
        assert opened.check({"m": deep}).ok
        assert not opened.is_valid({"m": [deep, LONG]})
