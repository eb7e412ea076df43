"""The three-way merge: what people changed stays, what the source changed comes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from fieldbound.importers.evidence import ABSENT
from fieldbound.importers.merge import Merge, Sides, is_equal

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["a", "b"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)


def merged(base: Any, current: Any, imported: Any) -> tuple[Any, Merge]:
    """Return the merged value, and what was collected."""
    merge = Merge()
    return merge.merged(Sides(base, current, imported), ("f.json",)), merge


@pytest.mark.parametrize(
    ("base", "current", "imported", "expected"),
    [
        ({"a": 1}, {"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": 3}, {"a": 1}, {"a": 3}),
        ({"a": 1}, {}, {"a": 1}, {}),
        ({"a": 1}, {"a": 1}, {}, {}),
        ({}, {"b": 1}, {"a": 1}, {"a": 1, "b": 1}),
        ({"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}, {"a": 2, "b": 2}),
        ({"required": ["a", "b"]}, {"required": ["b", "x"]}, {"required": ["a", "b", "c"]},
         {"required": ["b", "c", "x"]}),
        (ABSENT, {"a": 1}, {"a": 1}, {"a": 1}),
    ],
)  # fmt: skip
def test_without_conflicts(base: Any, current: Any, imported: Any, expected: Any) -> None:
    """What one side changed is taken, whichever side that is."""
    found, merge = merged(base, current, imported)
    assert found == expected
    assert merge.conflicts == []


@pytest.mark.parametrize(
    ("base", "current", "imported"),
    [(1, 2, 3), (1, ABSENT, 3), (1, 2, ABSENT), (ABSENT, 2, 3), (1, True, 1.0)],
)
def test_a_conflict(base: Any, current: Any, imported: Any) -> None:
    """What both sides changed stays as people have it, and both values are told."""
    sides = (
        {"p": {"a": each}} if each is not ABSENT else {"p": {}}
        for each in (base, current, imported)
    )
    found, merge = merged(*sides)
    assert found["p"].get("a", ABSENT) is current
    (conflict,) = merge.conflicts
    assert conflict.limit == "f.json#/p:a"
    none = (None if each is ABSENT else each for each in (current, imported))
    assert [conflict.kept, conflict.imported] == [*none]


@given(VALUES, VALUES)
def test_one_side_alone_never_conflicts(base: Any, other: Any) -> None:
    """If one side is unchanged, the other is the result."""
    for sides in ((base, base, other), (base, other, base)):
        found, merge = merged(*sides)
        assert is_equal(found, other)
        assert not merge.conflicts


@given(VALUES, VALUES, VALUES)
def test_importing_again_changes_nothing(base: Any, current: Any, imported: Any) -> None:
    """A second import of the same source leaves the merged value as it is."""
    found, _ = merged(base, current, imported)
    again, _ = merged(imported, found, imported)
    assert is_equal(again, found)
