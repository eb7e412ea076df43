"""The names of objects are known in an order that no object contradicts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from fieldbound.bulk.texts import observed_names
from fieldbound.bulk.texts.observed_names import ObservedNames
from support.tables import table

NAMES = st.permutations("abcdef").flatmap(
    lambda names: st.lists(
        st.lists(st.sampled_from(names), unique=True).map(
            lambda chosen: sorted(chosen, key=names.index)
        )
    )
)


def observed(*values: Any) -> ObservedNames:
    """Return the names of values."""
    found = ObservedNames()
    for value in values:
        found.add(value)
    return found


@given(NAMES)
def test_objects_of_one_order_are_all_in_it(sequences: list[list[str]]) -> None:
    """Where one order explains all objects, the names of each are in the order that is found."""
    orders = observed(*map(dict.fromkeys, sequences)).orders
    assert len(orders) == bool(sequences)
    for order in orders:
        assert set(order) == {name for names in sequences for name in names}
        assert all(sorted(names, key=order.index) == names for names in sequences)


def are_in(names: list[str], order: tuple[str, ...]) -> bool:
    """Return whether names are in an order."""
    return set(names) <= set(order) and sorted(names, key=order.index) == names


@given(st.lists(st.lists(st.sampled_from("abcd"), unique=True)))
def test_an_object_is_in_one_of_a_few_orders(sequences: list[list[str]]) -> None:
    """An object is in an order that is found, or changes nothing as it contradicts all of many."""
    found = ObservedNames()
    agreeing: list[list[str]] = []
    for names in sequences:
        before, version = found.orders, found.version
        found.add(dict.fromkeys(names))
        if any(are_in(names, order) for order in found.orders):
            agreeing.append(names)
        else:
            assert (found.orders, found.version, len(before)) == (before, version, 4)
        for each in agreeing:
            assert any(are_in(each, order) for order in found.orders)
        assert set(found.usual_orders) <= set(found.orders)


def test_an_order_of_few_objects_is_no_usual_one() -> None:
    """An order is a usual one if at least one object in ten is in it."""
    one, other = {"a": 1, "b": 1}, {"b": 1, "a": 1}
    assert observed(*[one] * 9, other).usual_orders == [("a", "b"), ("b", "a")]
    assert observed(*[one] * 10, other).usual_orders == [("a", "b")]
    found = observed(*[one] * 10, other)
    assert found.orders == [("a", "b"), ("b", "a")]
    version = found.version
    assert not found.add(one)
    assert found.add(other)
    assert (found.usual_orders, found.version) == (found.orders, version + 1)


def test_objects_that_are_in_no_order_are_tried_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many objects contradict all orders, few of them are sorted, each once."""
    tried: list[tuple[str, ...]] = []
    add = observed_names._Order.add

    def counted(self: Any, names: tuple[str, ...]) -> bool | None:
        tried.append(names)
        return add(self, names)

    monkeypatch.setattr(observed_names._Order, "add", counted)
    names = [f"n{index}" for index in range(60)]
    pairs = [{one: 1, other: 1} for one in names for other in names if one != other]
    found = observed(*[[{**each} for each in pairs]] * 3)
    assert len(found.items.orders) == 1
    assert len(tried) == len(set(tried)) <= 501


def test_objects_within_others_have_one_order() -> None:
    """Within others, the first order of names is the only one."""
    found = observed({"o": {"a": 1, "b": 1}}, {"o": {"b": 1, "a": 1}})
    assert found.within("o").orders == [("a", "b")]


def test_only_what_is_new_changes_something() -> None:
    """A value whose names, and those within it, are known in their order changes nothing."""
    found = ObservedNames()
    assert found.add({"a": 1, "b": {"c": [{"d": 1}]}})
    assert not found.add({"a": 2, "b": {"c": [{"d": 2}]}})
    assert not found.add({"b": {"c": []}})
    assert found.add({"b": {"c": [{"d": 1, "e": 1}]}})
    assert found.add({"a": []})
    assert found.add({"b": 1, "a": 1})
    assert not found.add({"b": 2, "a": 2})


@table(
    ("value", "path", "orders"),
    [
        ({"a": {"b": 1}}, ["a"], [("b",)]),
        ({"a": [{"b": 1}, {"b": 1, "c": 2}]}, ["a", 0], [("b", "c")]),
        ([[{"a": 1}]], [0, 0], [("a",)]),
        ({"a": 1}, ["a"], []),
        ({"a": 1}, ["b"], []),
        ({"a": 1}, [0], []),
    ],
)
def test_names_are_those_at_a_place(value: Any, path: list[Any], orders: Any) -> None:
    """Names within a name, and those in arrays, have an order of their own."""
    at = observed(value)
    for step in path:
        at = at.items if step == 0 else at.within(step)
    assert at.orders == orders


def test_many_names_are_no_order() -> None:
    """More names than are remembered are not taken for an order."""
    found = observed({"a": 1}, {f"n{index}": 1 for index in range(1000)})
    assert found.orders == [("a",)]


def test_nested_values_are_observed_to_some_depth() -> None:
    """A value that is nested deeply is observed without an error."""
    value: Any = 1
    for _ in range(500):
        value = {"a": [value]}
    assert observed(value).orders == [("a",)]
