"""`x-source` and `x-sources`: what is not as documented is ignored, and crashes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from fieldbound import Contract


@pytest.mark.parametrize(
    "x_source",
    [
        {"says": ["x"]},
        {"says": {}},
        {"says": "certainly"},
        {"says": 5, "from": [{}], "of": [[]]},
        {"from": {"a": 1}},
        {"of": {"x": 1}, "note": [1]},
        {"at": ["x"], "note": {}},
        [1, "x", None],
        5,
        None,
    ],
)
def test_evidence_of_any_kind_is_no_crash(x_source: Any) -> None:
    """A violation with it has its sentences, a hash and no evidence."""
    sources = {"a": 5, "b": {"title": 5, "address": []}}
    report = Contract({"type": "string", "x-source": x_source, "x-sources": sources}).check(5)
    (violation,) = report
    assert violation.says is None
    assert violation.fails()
    assert hash(violation) == hash(violation)
    assert "must be a string" in str(report)


def test_a_source_that_is_not_as_documented_has_its_key_as_title() -> None:
    """Its other fields are unknown."""
    schema = {
        "type": "string",
        "x-source": {"says": "stated", "from": ["b", 5, "https://a.example"]},
    }
    sources = {"b": {"title": 5, "address": [], "read": {}}}
    (limit,) = Contract({**schema, "x-sources": sources}).limits
    assert [(each.title, each.address) for each in limit.sources] == [
        ("b", None),
        ("https://a.example", "https://a.example"),
    ]
