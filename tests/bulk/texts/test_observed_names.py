"""The names of objects are known in an order that no object contradicts."""

from __future__ import annotations

from typing import Any

from hypothesis import given, strategies as st

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
    order = observed(*map(dict.fromkeys, sequences)).order
    assert set(order) == {name for names in sequences for name in names}
    for names in sequences:
        assert sorted(names, key=order.index) == names


@given(st.lists(st.lists(st.sampled_from("abcd"), unique=True)))
def test_an_object_that_contradicts_those_before_changes_nothing(
    sequences: list[list[str]],
) -> None:
    """An object is in the order that is found, unless it contradicts those before it."""
    found = ObservedNames()
    agreeing: list[list[str]] = []
    for names in sequences:
        before = found.order
        found.add(dict.fromkeys(names))
        if set(names) <= set(found.order) and sorted(names, key=found.order.index) == names:
            agreeing.append(names)
        else:
            assert found.order == before
        assert all(sorted(each, key=found.order.index) == each for each in agreeing)


def test_only_what_is_new_changes_something() -> None:
    """A value whose names, and those within it, are known in their order changes nothing."""
    found = ObservedNames()
    assert found.add({"a": 1, "b": {"c": [{"d": 1}]}})
    assert not found.add({"a": 2, "b": {"c": [{"d": 2}]}})
    assert not found.add({"b": {"c": []}})
    assert found.add({"b": {"c": [{"d": 1, "e": 1}]}})
    assert found.add({"a": []})
    assert not found.add({"b": 1, "a": 1})


@table(
    ("value", "path", "order"),
    [
        ({"a": {"b": 1}}, ["a"], ("b",)),
        ({"a": [{"b": 1}, {"b": 1, "c": 2}]}, ["a", 0], ("b", "c")),
        ([[{"a": 1}]], [0, 0], ("a",)),
        ({"a": 1}, ["a"], ()),
        ({"a": 1}, ["b"], ()),
        ({"a": 1}, [0], ()),
    ],
)
def test_names_are_those_at_a_place(value: Any, path: list[Any], order: tuple[str, ...]) -> None:
    """Names within a name, and those in arrays, have an order of their own."""
    at = observed(value)
    for step in path:
        at = at.items if step == 0 else at.within(step)
    assert at.order == order


def test_many_names_are_no_order() -> None:
    """More names than are remembered are not taken for an order."""
    found = observed({"a": 1}, {f"n{index}": 1 for index in range(1000)})
    assert found.order == ("a",)


def test_nested_values_are_observed_to_some_depth() -> None:
    """A value that is nested deeply is observed without an error."""
    value: Any = 1
    for _ in range(500):
        value = {"a": [value]}
    assert observed(value).order == ("a",)
