"""Names that match in any case, each as the contract spells it."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound.validation.header_case import HeaderCase

CASE = HeaderCase(["X-Id", "accept"])


@pytest.mark.parametrize(
    ("instance", "normalized", "originals"),
    [
        (
            {"x-id": 1, "Accept": 2, "Other": 3},
            {"X-Id": 1, "accept": 2, "Other": 3},
            {"X-Id": "x-id", "accept": "Accept", "Other": "Other"},
        ),
        ({}, {}, {}),
        (["x-id"], ["x-id"], {}),
        (None, None, {}),
    ],
)
def test_names_are_spelt_as_in_the_contract(
    instance: Any, normalized: Any, originals: dict[str, str]
) -> None:
    """And each can be found as it was written; what has no names stays."""
    assert CASE.normalized(instance) == normalized
    assert CASE.originals(instance) == originals
    assert CASE.duplicate(instance) is None


@pytest.mark.parametrize("names", [["X-Id", "x-id"], ["a", "x-id", "b", "A", "X-ID"]])
def test_a_name_twice_is_a_violation(names: list[str]) -> None:
    """Whether the contract knows it or not; the first that was there already is told."""
    instance = dict.fromkeys(names)
    with pytest.raises(ValueError, match="duplicate names"):
        CASE.normalized(instance)
    found = CASE.duplicate(instance)
    expected = "x-id" if len(names) == 2 else "A"
    assert found is not None
    assert (found.code, found.pointer, found.actual) == ("duplicateKey", f"/{expected}", expected)
