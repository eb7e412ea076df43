"""Counts of broken limits, and the tallies that are made of them."""

from __future__ import annotations

from fieldbound import Contract
from fieldbound.bulk.counts import LimitCount
from fieldbound.model import MAX_FIELDS

(LIMIT,) = Contract({"additionalProperties": {"maxLength": 1}}).limits


def test_the_fields_of_a_tally() -> None:
    """Those with the most violations come first, of those with as many the first by name."""
    count = LimitCount("maxLength", LIMIT)
    for where, times in (("/b", 1), ("/c", 1), ("/a", 1), ("/c", 1)):
        count.count(where, times)
    assert count.tally().fields == (("/c", 2), ("/a", 1), ("/b", 1))


def test_only_so_many_fields_are_told() -> None:
    """A tally has no more of them, however many there are."""
    count = LimitCount("maxLength", LIMIT)
    for number in range(MAX_FIELDS + 1):
        count.count(f"/{number:03}", 1)
    assert len(count.tally().fields) == MAX_FIELDS


def test_the_evidence_of_a_tally() -> None:
    """It is the strongest by its rank, and none where the limit has none."""
    count = LimitCount("maxLength", LIMIT)
    assert count.tally().says is None
    count.evidence_rank = 0
    assert count.tally().says == "stated"
    count.evidence_rank = -1
    assert count.tally().says is None
