"""A batch finds of many instances what `check` finds of each."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import fieldbound
from fieldbound import Contract
from fieldbound.validation import checker_of
from fieldbound.validation.batch import VALID
from support.effort import examples
from support.schema_strategies import DEFINITIONS, DIALECTS, OBJECTS, RECORDS, SCHEMAS, made

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


def test_few_invalid_among_many_are_found() -> None:
    """However many of them are invalid, and wherever, just these are found."""
    batch = checker_of(Contract(CLOSED)).batch
    good, bad = {"a": "x"}, {"a": "xyz"}
    for every in (1, 2, 3, 10, 17, 100, 1000):
        values = [bad if at % every == every - 1 else good for at in range(300)]
        expected = [at for at in range(300) if at % every == every - 1]
        assert batch.invalid(values) == batch.unsure(values) == expected
    assert batch.invalid([]) == batch.unsure([]) == []


@pytest.mark.parametrize(
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


@pytest.mark.parametrize("value", [{"b": 1}, {"a": []}, [], "x"])
def test_what_is_not_clear_is_left_to_check(value: Any) -> None:
    """What may be misspelt, or has parts of its own, is left to check, or found as check does."""
    contract = Contract(CLOSED)
    (verdict,) = checker_of(contract).batch.broken([value])
    if verdict is not None:
        expected = [each.limit for each in contract.check(value)]
        assert [limit for limit, *_ in verdict.broken] == expected


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
    assert batch.unsure(values) == [2, 3, 4, 5, 7, 8, 9]


def test_a_verdict_of_many_limits_or_long_names_is_not_remembered() -> None:
    """A verdict that hardly any other record shares is left to `check`, and is not cached."""
    batch = checker_of(Contract(CLOSED)).batch
    unknown = (["x"], ["x"], [f"x{at}" for at in range(20)], ["x" * 600, "y" * 600])
    expected = batch.broken([{"a": "", **dict.fromkeys(names)} for names in unknown])
    assert expected[0] is not None
    assert expected[0] is expected[1]
    assert expected[2:] == [None, None]
