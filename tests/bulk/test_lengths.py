"""Lengths of texts are counted against the limits that bound them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import fieldbound
from fieldbound import Contract
from fieldbound.bulk.lengths import Ruler, Sizes
from fieldbound.model.bulk_report import BEYOND, NEAR, PARTS, Lengths


def measured(schema: dict[str, Any], *values: Any) -> dict[str, Lengths]:
    """Return what is measured of values, by the pointers of the limits."""
    ruler, sizes = Ruler(Contract(schema).limits), Sizes()
    ruler.measure(values, sizes)
    sizes.settle(ruler.limits)
    assert sizes.records == len(values)
    return {each.limit.pointer: each for each in ruler.lengths(sizes)}


def expected(most: int, lengths: list[int]) -> tuple[Any, ...]:
    """Sort lengths against a limit, one by one."""
    number = min(most, PARTS)
    parts, beyond = [0] * number, [0] * (len(BEYOND) + 1)
    for length in lengths:
        if length > most:
            beyond[sum(length > most * (1 + share) for share in BEYOND)] += 1
        else:
            # of equal parts, the first whose end is not before the length
            parts[next(at for at in range(number) if length * number <= most * (at + 1))] += 1
    near = [lengths.count(each) for each in range(max(most - NEAR, 0), most)]
    return tuple(parts), tuple(near), lengths.count(most), tuple(beyond)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 60), st.lists(st.integers(0, 200), min_size=1), st.integers(1, 5))
def test_lengths_are_sorted_as_each_would_be(most: int, lengths: list[int], some: int) -> None:
    """Each length is in its part, whatever was counted together, and added in whatever order."""
    limit = Contract({"properties": {"a": {"maxLength": most}}}).limits
    ruler, whole = Ruler(limit), Sizes()
    for start in range(0, len(lengths), some):
        part = Sizes()
        ruler.measure([{"a": "\U0001f600" * each} for each in lengths[start : start + some]], part)
        part.settle(ruler.limits)
        whole.add(part)
    (found,) = ruler.lengths(whole)
    assert (found.parts, found.near, found.at, found.beyond) == expected(most, lengths)
    assert (found.shortest, found.longest) == (min(lengths), max(lengths))
    assert found.measured == len(lengths)
    assert found.over == sum(each > most for each in lengths)


@pytest.mark.parametrize(
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
def test_which_texts_are_measured(schema: Any, value: Any, pointers: list[str]) -> None:
    """Measured are texts in objects that may be of any length; none that must not be told of."""
    assert list(measured(schema, value)) == pointers


def test_of_several_limits_the_tightest_counts() -> None:
    """Where two limits bound one text, its length is held against the lower one."""
    schema = {
        "properties": {"a": {"maxLength": 9}},
        "allOf": [{"properties": {"a": {"maxLength": 4}}}],
    }
    assert measured(schema, {"a": "xxxx"})["/a"].at == 1


@pytest.mark.parametrize(
    ("lengths", "heaped"),
    [
        ([150] * 5, False),  # all have this length: by nature, it seems
        ([150] * 5 + [20] * 5, True),
        ([150] * 4 + [20] * 5, False),
        ([150] * 50 + [149] * 100 + [20] * 50, False),
        ([150] * 60 + [149] * 100 + [20] * 50, True),
        ([151] * 60 + [20] * 50, False),
        ([150] * 60 + [0] * 40, False),  # all that are there have this length
        ([150] * 60 + [300] * 40, False),  # what is longer was not cut
        ([150] * 60 + [300] * 40 + [20] * 9, True),
    ],
)
def test_texts_heap_up_where_something_cuts_them(lengths: list[int], heaped: bool) -> None:
    """Many texts just at a limit are a heap, unless there are as many below, or hardly others."""
    schema = {"properties": {"a": {"maxLength": 150}}}
    assert (
        measured(schema, *({"a": "x" * each} for each in lengths))["/a"].possible_truncation
        is heaped
    )


@pytest.mark.parametrize("most", [1, 2, 3, 10, 11, 17, 36])
@pytest.mark.parametrize("others", [0, 99])
def test_codes_of_one_length_are_no_heap(most: int, others: int) -> None:
    """Codes that fill their limit by nature are none that were cut, though some are left empty."""
    lengths = [most] * 80 + [others] * 20
    schema = {"properties": {"a": {"maxLength": most}}}
    assert not measured(schema, *({"a": "x" * each} for each in lengths))["/a"].possible_truncation


def test_a_vendor_contract_is_measured_at_its_limits() -> None:
    """Every limit of a length that a vendor documents is one that texts are held against."""
    contract = fieldbound.contract("oracle-cx-sales/create-product-group")
    record = {"ProdGroupName": "a" * 250, "InternalName": "b" * 151, "ActiveFlag": "Y"}
    ruler, sizes = Ruler(contract.limits), Sizes()
    ruler.measure([record], sizes)
    sizes.settle(ruler.limits)
    found = {each.limit.pointer: (each.at, each.over) for each in ruler.lengths(sizes)}
    assert found == {"/ProdGroupName": (1, 0), "/InternalName": (0, 1)}
