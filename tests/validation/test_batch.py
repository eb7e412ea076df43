"""A batch finds of many instances what `check` finds of each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import fieldbound
from fieldbound import Contract
from fieldbound.validation import batch as batch_module, checker_of
from fieldbound.validation.batch import VALID
from support.effort import examples
from support.schema_strategies import DEFINITIONS, DIALECTS, OBJECTS, RECORDS, SCHEMAS, made
from support.tables import table

CLOSED: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "a": {"type": "string", "maxLength": 2},
        "n": {"type": "integer", "minimum": 0, "maximum": 2**63},
        "any": {},
    },
    "required": ["a"],
    "additionalProperties": False,
}


def plain(value: Any) -> bool:
    """Return whether a value is an object with values that every reader gives alike."""
    return isinstance(value, dict) and not any(
        isinstance(each, (dict, list))
        or (isinstance(each, (int, float)) and not -(2**63) <= each <= 2**63)
        for each in value.values()
    )


@settings(max_examples=examples(100))
@given(st.sampled_from(DIALECTS), OBJECTS | SCHEMAS, DEFINITIONS, st.lists(RECORDS, max_size=40))
def test_many_are_checked_as_each(
    dialect: str | None, schema: dict[str, Any], definitions: dict[str, Any], values: list[Any]
) -> None:
    """Invalid is what check rejects, unsure what is invalid or not flat, of any number."""
    try:
        contract = made(dialect, schema, definitions)
        contract.check({})
    except (fieldbound.Unspecified, fieldbound.BrokenContract):
        return
    batch = checker_of(contract).batch
    if not batch.simple:
        return
    invalid = [at for at, value in enumerate(values) if not contract.check(value).ok]
    assert batch.invalid(values) == invalid
    if batch.knows_flat:
        unsure = batch.unsure(values)
        assert {*invalid, *(at for at, each in enumerate(values) if not plain(each))} == {*unsure}
    chosen = [values[at] for at in invalid]
    for value, verdict in zip(chosen, batch.broken(chosen), strict=True):
        if verdict is not None:
            expected = [each.limit and (each.limit.id, each.limit.location)
                    for each in contract.check(value)]  # fmt: skip
            found = [(limit.id, limit.location) for limit, *_ in verdict.broken]
            assert sorted(found) == sorted(expected)  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "object"}, True),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}}, False),
        ({}, False),
        ({"maxProperties": 1, "patternProperties": {"^(a)\\1$": {}}}, False),
    ],
)
def test_which_schemas_a_batch_is_for(schema: Any, expected: bool) -> None:
    """Those with limits, not recursive, and without patterns for names that the engine searches."""
    assert checker_of(Contract(schema)).batch.simple is expected


def test_which_schemas_tell_flat_objects_from_others() -> None:
    """Those that can be written without references."""
    recursive = {"type": "object", "properties": {"a": {"$ref": "#"}}}
    for schema, expected in ((CLOSED, True), ({"type": "object"}, True), (recursive, False)):
        assert checker_of(Contract(schema)).batch.knows_flat is expected


def test_few_invalid_among_many_are_found() -> None:
    """However many of them are invalid, and wherever, just these are found."""
    batch = checker_of(Contract(CLOSED)).batch
    good, bad = {"a": "x"}, {"a": "xyz"}
    for every in (1, 2, 3, 10, 17, 100, 1000):
        values = [bad if at % every == every - 1 else good for at in range(300)]
        expected = [at for at in range(300) if at % every == every - 1]
        assert batch.invalid(values) == batch.unsure(values) == expected
    assert batch.invalid([]) == batch.unsure([]) == []


class _Asked:
    """A validator of arrays that counts how often it is asked for the first error of one."""

    def __init__(self, engine: Any) -> None:
        self._engine, self.is_valid, self.searches = engine, engine.is_valid, 0

    def validate(self, values: Any) -> None:
        self.searches += 1
        self._engine.validate(values)


@pytest.mark.parametrize(
    ("invalid", "searches"),
    [
        ([0, 0, 0], [1, 1, 1]),
        ([1, 1, 1], [2, 2, 2]),
        ([2, 2, 2], [3, 3, 3]),
        ([3, 3, 0, 0], [3, 0, 0, 1]),  # one by one, and so are the next
        ([32, 32, 2, 2], [3, 0, 0, 3]),
    ],
)
def test_how_invalid_instances_are_found(invalid: list[int], searches: list[int]) -> None:
    """One by one where more than one in sixteen are, as if the next were like the last."""
    batch = checker_of(Contract(CLOSED)).batch
    batch._all = engine = _Asked(batch._all)
    found = []
    for count in invalid:
        before = engine.searches
        values = [{"a": "xyz"} if at < count else {"a": "x"} for at in range(32)]
        assert batch.invalid(values) == [*range(count)]
        found.append(engine.searches - before)
    assert found == searches


@table(
    ("value", "codes"),
    [
        ({"a": "x"}, []),
        ({"a": "xyz"}, ["maxLength"]),
        ({"a": 1, "n": -1}, ["type", "minimum"]),
        ({"n": 1}, ["required"]),
        ({"a": "x", "b": 1}, ["additionalProperties"]),
        ({"a": "x", "b": 1, "c": 1}, ["additionalProperties", "additionalProperties"]),
    ],
)
def test_broken_limits_are_found(value: dict[str, Any], codes: list[str]) -> None:
    """The limits that an object breaks are found without explaining, where they are clear."""
    batch = checker_of(Contract(CLOSED)).batch
    (verdict,) = batch.broken([value])
    assert verdict is not None
    assert [limit.keyword for limit, *_ in verdict.broken] == codes
    assert (verdict is VALID) == (not codes)


def test_each_missing_name_has_its_limit() -> None:
    """The engine's path is the same for all of them."""
    batch = checker_of(Contract({"type": "object", "required": ["a", "b"]})).batch
    found = batch.broken([{"b": 1}, {"a": 1}, {"b": 1}])
    assert [each and [limit.pointer for limit, *_ in each.broken] for each in found] == [
        ["/a"],
        ["/b"],
        ["/a"],
    ]


@pytest.mark.parametrize("value", [{"b": 1}, {"a": []}, [], "x"])
def test_what_is_not_clear_is_left_to_check(value: Any) -> None:
    """What may be misspelt, or has parts of its own, is left to check, or found as check does."""
    contract = Contract(CLOSED)
    (verdict,) = checker_of(contract).batch.broken([value])
    if verdict is not None:
        expected = [each.limit for each in contract.check(value)]
        assert [limit for limit, *_ in verdict.broken] == expected


def test_a_long_integer_is_refused_where_the_engine_may_misread_it() -> None:
    """It is looked for only there, and where there may be one."""
    values = [{"n": 1}, {"n": 10**5000}]
    for part, invalid in (({"type": "string"}, [0, 1]), ({}, [])):
        batch = checker_of(Contract({"type": "object", "properties": {"n": part}})).batch
        assert batch.invalid(values) == invalid
    misread = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 5}}}
    batch = checker_of(Contract(misread)).batch
    with pytest.raises(ValueError, match="too many digits"):
        batch.invalid(values)
    assert batch.invalid(values[:1]) == batch.invalid(values[:1], may_be_long=False) == []
    assert batch.invalid([{"n": 6}], may_be_long=False) == [0]


def test_what_is_broken_alike_has_one_verdict() -> None:
    """Verdicts on instances that break the same limits are one, so that they can be counted."""
    batch = checker_of(Contract(CLOSED)).batch
    one, two, other = batch.broken([{"a": "xyz"}, {"a": "uvw", "n": 1}, {"a": 1}])
    assert one is two is not None
    assert other is not one


def test_a_sensitive_contract_is_left_to_check() -> None:
    """Where something is sensitive, what is reported is not what the engine finds."""
    schema = {**CLOSED, "properties": {"a": {"maxLength": 1, "x-sensitive": True}}}
    assert checker_of(Contract(schema)).batch.broken([{"a": "xyz"}]) == [None]


def test_a_verdict_by_properties_alone() -> None:
    """There is none where that is unclear, nor where something is sensitive."""
    secret = {**CLOSED, "properties": {"a": {"maxLength": 2, "x-sensitive": True}}}
    for schema in (secret, {"type": "object", "properties": {"a": {"maxLength": 2}}}):
        batch = checker_of(Contract(schema)).batch
        assert [batch.verdict_by_properties({"a": each}) for each in ("x", "xyz")] == [None, None]
    batch = checker_of(Contract(CLOSED)).batch
    assert batch.verdict_by_properties({"a": "x"}) is VALID
    found = batch.verdict_by_properties({"a": "xyz", "n": -1})
    assert found is batch.verdict_by_properties({"a": "uvw", "n": -2})
    assert found is not None
    assert [limit.keyword for limit, *_ in found.broken] == ["maxLength", "minimum"]
    assert batch.verdict_by_properties({"b": 1}) is None
    with pytest.raises(ValueError, match="too many digits"):
        batch.verdict_by_properties({"a": "x", "n": 10**5000})


def test_numbers_that_a_reader_may_round_are_never_sure() -> None:
    """What has a large number or a nested part, or is no object, is left to the strict parser."""
    batch = checker_of(Contract({**CLOSED, "required": []})).batch
    values: list[Any] = [
        {"any": 2**63},
        {"any": -(2**63)},
        {"any": 2**63 + 2**12},
        {"any": 1e300},
        {"any": []},
        {"any": {}},
        {"n": 2**63},
        {"n": 2**64},
        [],
        None,
    ]
    assert batch.unsure(values) == [1, 2, 3, 4, 5, 7, 8, 9]


def test_a_verdict_of_many_limits_or_long_names_is_not_remembered() -> None:
    """A verdict that hardly any other record shares is left to `check`, and is not cached."""
    batch = checker_of(Contract(CLOSED)).batch
    unknown = (["x"], ["x"], [f"x{at}" for at in range(20)], ["x" * 600, "y" * 600])
    expected = batch.broken([{"a": "", **dict.fromkeys(names)} for names in unknown])
    assert expected[0] is not None
    assert expected[0] is expected[1]
    assert expected[2:] == [None, None]


#: The engine's errors are needed here: it is open, and has parts within one another.
OPEN: dict[str, Any] = {
    "type": "object",
    "properties": {
        "a": {"type": "string", "maxLength": 2, "pattern": "^x"},
        "list": {"items": {"maximum": 5}, "maxItems": 2},
        "own": {"propertyNames": {"maxLength": 2}, "additionalProperties": {"type": "string"}},
        "shut": {"additionalProperties": False, "properties": {"a": {}}, "required": ["a"]},
        "off": False,
        "any": {"anyOf": [{"type": "string"}, {"minimum": 5}]},
        "no": {"not": {"type": "string"}},
        "set": {"maxItems": 1, "uniqueItems": True},
        "twice": {"allOf": [{"required": ["a"]}, {"required": ["a"]}]},
    },
    "required": ["a"],
}


@table(
    ("value", "expected"),
    [
        ({"a": "x"}, []),
        ({"a": "xyz"}, [("maxLength", None)]),
        ({"a": "y"}, [("pattern", None)]),
        ({"a": "yzz"}, [("maxLength", None)]),  # the first of two of one string
        ({}, [("required", None)]),
        ({"list": [9]}, [("maximum", None), ("required", None)]),
        ({"a": "x", "list": [1, 9, 9]}, [("maxItems", None), ("maximum", None), ("maximum", None)]),
        ({"a": "x", "own": {"b": 1}}, [("type", "/own/b")]),
        ({"a": "x", "own": {"abc": ""}}, None),
        ({"a": "x", "off": 1}, [("not", None)]),
        ({"a": "x", "no": ""}, [("not", None)]),
        ({"a": "x", "any": 1}, None),
        ({"a": "x", "shut": {"a": 1, "b": 1}}, [("additionalProperties", "/shut/b")]),
        ({"a": "x", "shut": {"a": 1, "b": 1, "c": 1}}, None),
        ({"a": "x", "shut": {"b": 1}}, None),  # which may be misspelt
        ({"a": "x", "shut": {}}, [("required", None)]),
        ({"a": "x", "set": [1, 1]}, None),  # several limits of one array
        ({"a": "x", "twice": {}}, None),  # several of one name
        ({"a": "xyz", "": 1}, None),  # a name that the engine leaves out of paths
        ({"a": "x", "own": {"5": 1}}, None),  # and one that it gives as a number
        ([], [("type", None)]),
    ],
)
def test_broken_limits_are_found_by_the_engine_s_errors(
    value: Any, expected: list[tuple[str, str | None]] | None
) -> None:
    """Where one error is one mistake; None is left to check."""
    contract = Contract(OPEN)
    batch = checker_of(contract).batch
    for _ in range(2):  # and again, as it is known now
        (verdict,) = batch.broken([value])
        found = verdict and [(limit.keyword, field) for limit, _, field in verdict.broken]
        assert (found and sorted(found, key=str)) == (expected and sorted(expected, key=str))
        assert (verdict is None) is (expected is None)
    if verdict is not None:
        assert {limit.id for limit, *_ in verdict.broken} == {
            each.limit.id for each in contract.check(value) if each.limit
        }


@pytest.mark.parametrize("schema", [CLOSED, OPEN])
def test_so_many_verdicts_are_remembered(
    schema: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What breaks other limits after them is left to check, and what breaks the same is known."""
    monkeypatch.setattr(batch_module, "_MOST_VERDICTS", 2)
    batch = checker_of(Contract(schema)).batch
    values: list[Any] = [{"a": "xyz"}, {"a": 1}, {}, {"a": "xyz"}]
    first, second, third, again = batch.broken(values)
    assert first is again is not None
    assert second is not None
    assert third is None
    by_properties = 2 if schema is CLOSED else 0
    assert [len(batch._verdicts), len(batch._by_marks)] == [2, by_properties]


def test_verdicts_are_shared_by_errors_too() -> None:
    """One that breaks a limit has the verdict of the others that do, one with a name its own."""
    batch = checker_of(Contract(OPEN)).batch
    values: list[Any] = [{"a": "xyz"}, {"a": "xab"}, {}, {"b": 1}, {"a": "x", "own": {"b": 1}}]
    one, two, three, four, five = batch.broken(values)
    assert one is two is not None
    assert three is four is not None
    assert five is not None
    (other,) = batch.broken([{"a": "x", "own": {"c": 1}}])
    assert other is not None
    assert other.broken[0][2] == "/own/c"
    assert batch.broken([{"a": "x", "own": {"b": 2}}]) == [five]


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ([{"own": {"*": 1}}, {"own": {"b": 1}}, {"own": {"c": 1}}], [None, "/own/b", "/own/c"]),
        ([{"shut": {"a": 1, each: 1}} for each in "bc"], ["/shut/b", "/shut/c"]),
        ([{"shut": {"a": 1, each: 1}} for each in "bb"], ["/shut/b", "/shut/b"]),
        ([{"list": [9]}, {"list": [1, 9]}], [None, None]),
    ],
)
def test_each_verdict_has_its_own_field(values: list[Any], fields: list[str | None]) -> None:
    """Though the engine's path is the same for all of them."""
    batch = checker_of(Contract(OPEN)).batch
    found = [batch.broken([{"a": "x", **each}])[0] for each in values]
    assert [each and [field for *_, field in each.broken] for each in found] == [
        [field] for field in fields
    ]


@pytest.mark.parametrize(
    ("names", "is_cached"),
    [
        ([f"x{at:02}" for at in range(16)], True),
        ([f"x{at:02}" for at in range(17)], False),
        (["x" * 299, "y" * 199], True),
        (["x" * 299, "y" * 200], False),
    ],
)
def test_how_large_a_verdict_may_be(names: list[str], is_cached: bool) -> None:
    """It has sixteen limits and 500 characters of names at most."""
    batch = checker_of(Contract(CLOSED)).batch
    (found,) = batch.broken([{"a": "", **dict.fromkeys(names)}])
    assert (found is not None) is is_cached


def test_what_is_a_scalar_anyway_has_no_other_constraint() -> None:
    """Text, and numbers that no parser rounds; what may be anything else has one."""
    parts: dict[str, Any] = {
        "text": {"type": ["string", "null"]},
        "number": {"type": "integer", "minimum": 1 - 2**63, "maximum": 2**63},
        "below": {"type": "integer", "minimum": -(2**63), "maximum": 2**63},
        "either": {"type": ["integer", "boolean"], "minimum": 0, "maximum": 9},
        "off": False,
        "open": {"type": "number", "minimum": 0},
        "above": {"type": "integer", "minimum": 0, "maximum": 2**63 + 1},
        "float": {"type": "number", "minimum": 0, "maximum": 9.0},
        "list": {"type": ["string", "array"]},
        "any": {"minimum": 0, "maximum": 9},
    }
    schema = {"type": "object", "properties": parts, "additionalProperties": False}
    flat = batch_module._only_flat(schema)
    same = [name for name, part in parts.items() if flat["properties"][name] is part]
    assert same == ["text", "number", "either", "off"]
    assert (flat["type"], flat["additionalProperties"]) == ("object", False)


def test_what_accepts_flat_objects_alone() -> None:
    """A property that can be text alone needs no other constraint; any number may be rounded."""
    properties = {
        "text": {"type": ["string", "null"]},
        "number": {"type": "integer", "minimum": 0, "maximum": 9},
        "huge": {"type": "integer", "minimum": 0, "maximum": 2**64},
        "off": {"not": {}},
        "free": True,
        "shut": False,
        "untyped": {"minimum": 0, "maximum": 9},
    }
    schema = {"type": "object", "properties": properties, "additionalProperties": {}}
    batch = checker_of(Contract(schema)).batch
    for name, certain, unsure in (
        ("text", ["x", None], [[], 1]),
        ("number", [9], [[], 10]),
        ("huge", [2**63], [2**64, -1]),
        ("free", [2**63, "x"], [2**64, {}, -(2**64)]),
        ("untyped", [9, "x"], [[], {}]),
        ("other", ["x", 1], [[], {}, 2**64]),
        ("off", [], ["x"]),
        ("shut", [], ["x"]),
    ):
        assert batch.unsure([{name: each} for each in certain]) == [], name
        assert batch.unsure([{name: each} for each in unsure]) == [*range(len(unsure))], name
