"""String lengths are counted against their maxLength limits."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings, strategies as st

import fieldbound
from fieldbound import Contract
from fieldbound.bulk.lengths import LengthCounter, LengthCounts
from fieldbound.model.bulk_report import (
    LENGTH_BUCKETS,
    LENGTHS_BELOW_LIMIT,
    OVER_LIMIT_RATIOS,
    Lengths,
)
from support.effort import examples
from support.tables import table


def measured(schema: dict[str, Any], *values: Any) -> dict[str, Lengths]:
    """Return the Lengths of values, by the pointers of the limits."""
    counter, counts = LengthCounter(Contract(schema).limits), LengthCounts()
    counter.measure(values, counts)
    counts.cap(counter.limits)
    assert counts.records == len(values)
    return {each.limit.pointer: each for each in counter.lengths(counts)}


def expected(most: int, lengths: list[int]) -> tuple[Any, ...]:
    """Return the expected counts of lengths by a limit."""
    number = min(most, LENGTH_BUCKETS)
    parts, beyond = [0] * number, [0] * (len(OVER_LIMIT_RATIOS) + 1)
    for length in lengths:
        if length > most:
            beyond[sum(length > most * (1 + share) for share in OVER_LIMIT_RATIOS)] += 1
        else:
            # of the equal parts, the first whose end is not before the length
            parts[next(at for at in range(number) if length * number <= most * (at + 1))] += 1
    near = [lengths.count(each) for each in range(max(most - LENGTHS_BELOW_LIMIT, 0), most)]
    return tuple(parts), tuple(near), lengths.count(most), tuple(beyond)


@settings(max_examples=examples(300))
@given(st.integers(1, 60), st.lists(st.integers(0, 200), min_size=1), st.integers(1, 5))
def test_each_length_is_counted_in_its_part(most: int, lengths: list[int], some: int) -> None:
    """Each length is counted in its part, whichever lengths are counted together."""
    limit = Contract({"properties": {"a": {"maxLength": most}}}).limits
    counter, total = LengthCounter(limit), LengthCounts()
    for start in range(0, len(lengths), some):
        part = LengthCounts()
        counter.measure(
            [{"a": "\U0001f600" * each} for each in lengths[start : start + some]], part
        )
        part.cap(counter.limits)
        total.add(part)
    (found,) = counter.lengths(total)
    assert (found.parts, found.near, found.at, found.beyond) == expected(most, lengths)
    assert (found.shortest, found.longest) == (min(lengths), max(lengths))
    assert found.measured == len(lengths)
    assert found.over == sum(each > most for each in lengths)


@table(
    ("schema", "value", "pointers"),
    [
        ({"properties": {"a": {"maxLength": 3}}}, {"a": "x"}, ["/a"]),
        ({"properties": {"a": {"maxLength": 3}}}, {"a": 1}, []),
        ({"properties": {"a": {"maxLength": 3}}}, {"b": "x"}, []),
        ({"properties": {"a": {"maxLength": 3}}}, ["x"], []),
        ({"properties": {"a": {"maxLength": 3, "enum": ["x"]}}}, {"a": "x"}, []),
        ({"properties": {"a": {"maxLength": 3, "const": "x"}}}, {"a": "x"}, []),
        ({"properties": {"a": {"maxLength": 0}}}, {"a": ""}, []),
        ({"properties": {"a": {"maxLength": 3, "x-sensitive": True}}}, {"a": "x"}, []),
        ({"properties": {"a": {"items": {"maxLength": 3}}}}, {"a": ["x", 1, "y"]}, ["/a/*"]),
        ({"additionalProperties": {"maxLength": 3}}, {"a": "x", "b": "y"}, ["/*"]),
        (
            {"properties": {"a/b": {"properties": {"": {"maxLength": 3}}}}},
            {"a/b": {"": "x"}},
            ["/a~1b/"],
        ),
        ({"maxLength": 3}, "x", []),
    ],
)
def test_which_strings_are_measured(schema: Any, value: Any, pointers: list[str]) -> None:
    """Strings in objects are measured, unless they are sensitive or have a list of valid values."""
    assert list(measured(schema, value)) == pointers


@table("most", [1e19, 1e308, 10**309, 2**63])
def test_a_limit_that_no_string_exceeds_is_not_measured(most: float) -> None:
    """No length is counted against a limit that no string can exceed, however large it is."""
    schema = {
        "properties": {"a": {"maxLength": most}, "b": {"maxLength": most}},
        "allOf": [{"properties": {"b": {"maxLength": 4}}}],
    }
    assert list(measured(schema, {"a": "x", "b": "xxxx"})) == ["/b"]


@table("most", [2**63 - 1, 1e18])
def test_a_very_large_limit_is_measured(most: float) -> None:
    """The lengths of short strings are in the first part of a very large limit."""
    found = measured({"properties": {"a": {"maxLength": most}}}, {"a": "x"})["/a"]
    assert (found.parts[0], found.over, found.longest) == (1, 0, 1)


def test_the_tightest_limit_is_measured() -> None:
    """Of two limits on one string, its length is counted against the lower one."""
    schema = {
        "properties": {"a": {"maxLength": 9}},
        "allOf": [{"properties": {"a": {"maxLength": 4}}}],
    }
    assert measured(schema, {"a": "xxxx"})["/a"].at == 1


@table(
    ("lengths", "truncated"),
    [
        ([150] * 5, False),  # all have this length, as codes do
        ([150] * 5 + [20] * 5, True),
        ([150] * 4 + [20] * 5, False),
        ([150] * 50 + [149] * 100 + [20] * 50, False),
        ([150] * 60 + [149] * 100 + [20] * 50, True),
        ([151] * 60 + [20] * 50, False),
        ([150] * 60 + [0] * 40, False),  # all that are not empty have this length
        ([150] * 60 + [300] * 40, False),  # longer ones were not truncated
        ([150] * 60 + [300] * 40 + [20] * 9, True),
    ],
)
def test_possible_truncation(lengths: list[int], truncated: bool) -> None:
    """Many strings exactly at the limit are suspicious, unless many are just below it."""
    schema = {"properties": {"a": {"maxLength": 150}}}
    assert (
        measured(schema, *({"a": "x" * each} for each in lengths))["/a"].possible_truncation
        is truncated
    )


@table("most", [1, 2, 3, 10, 11, 17, 36])
@table("others", [0, 99])
def test_codes_of_one_length_are_not_truncated(most: int, others: int) -> None:
    """Codes that all have the length of the limit were not truncated, though some are empty."""
    lengths = [most] * 80 + [others] * 20
    schema = {"properties": {"a": {"maxLength": most}}}
    assert not measured(schema, *({"a": "x" * each} for each in lengths))["/a"].possible_truncation


def test_vendor_limits_are_measured() -> None:
    """Strings are measured against the maxLength limits of a vendor contract."""
    contract = fieldbound.contract("oracle-cx-sales/create-product-group")
    record = {"ProdGroupName": "a" * 250, "InternalName": "b" * 151, "ActiveFlag": "Y"}
    counter, counts = LengthCounter(contract.limits), LengthCounts()
    counter.measure([record], counts)
    counts.cap(counter.limits)
    found = {each.limit.pointer: (each.at, each.over) for each in counter.lengths(counts)}
    assert found == {"/ProdGroupName": (1, 0), "/InternalName": (0, 1)}
