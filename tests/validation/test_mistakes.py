"""Mistakes: whether those by a branch leave it the one that is meant."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.model import Path
from fieldbound.validation.mistakes import Mistake, is_meant
from support.tables import table

(LIMIT,) = Contract({"minimum": 1}).limits


@table(
    ("mistakes", "expected"),
    [
        ([], True),
        ([(("a",), "type")], False),
        ([(("a",), "not")], False),
        ([(("a",), "minProperties")], True),
        ([(("a", "b"), "type")], True),
        ([(("a", "b"), "type"), (("a",), "const")], False),
    ],
)
def test_a_branch_whose_tag_a_value_has_is_meant(
    mistakes: list[tuple[Path, str]], expected: bool
) -> None:
    """Unless the value as a whole is of another kind."""
    found = [Mistake(path, code, LIMIT, path) for path, code in mistakes]
    assert is_meant(found, ("a",)) is expected


@pytest.mark.parametrize(("levels", "others"), [(0, 1), (1, 1), (2, 0)])
def test_values_of_several_branches_are_told_together(levels: int, others: int) -> None:
    """Those of the value itself or a property of it; deeper, one branch is reported."""
    branches: list[Any] = [{"enum": ["a"]}, {"enum": ["b"]}]
    value: Any = "z"
    for _ in range(levels):
        branches, value = [{"properties": {"x": each}} for each in branches], {"x": value}
    (violation,) = Contract({"anyOf": branches}).check(value)
    assert violation.pointer == "/x" * levels
    assert len(violation.also) == others
