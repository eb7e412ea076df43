"""Mistakes stand in the order of the document, few or many."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.validation.mistakes import Mistake
from fieldbound.validation.ordering import in_order

(LIMIT,) = Contract({"maxLength": 1}).limits
INSTANCE: Any = {"b": [{"y": 1, "x": 2}, {}], "a": {"z": 1}, "c": 1}
ORDERED: list[tuple[str | int, ...]] = [
    (),
    ("b",),
    ("b", 0),
    ("b", 0, "y"),
    ("b", 0, "x"),
    ("b", 0, "missing"),
    ("b", 1),
    ("b", 1, "missing"),
    ("a",),
    ("a", "z"),
    ("a", "missing"),
    ("c",),
    ("missing",),
]


@pytest.mark.parametrize("times", [1, 2])
def test_mistakes_are_in_the_order_of_the_document(times: int) -> None:
    """An object before its properties, in their order; what is missing after what is there."""
    shuffled = [path for at in range(5) for path in ORDERED[at::5]] * times
    assert (len(shuffled) > 20) is (times == 2)
    found = in_order(INSTANCE, [Mistake(path, "x", LIMIT, path) for path in shuffled])
    assert [each.path for each in found] == [path for path in ORDERED for _ in range(times)]


def test_the_items_of_an_array_are_in_order() -> None:
    """By number, not by text."""
    places = [(at,) for at in (10, 9, 100, 1)]
    found = in_order([0] * 101, [Mistake(place, "x", LIMIT, place) for place in places])
    assert [each.path[0] for each in found] == [1, 9, 10, 100]
