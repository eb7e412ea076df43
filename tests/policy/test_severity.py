"""Severity: which violations fail, by evidence and by limit."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from fieldbound.model import SAYS, BulkReport, Duplicates, Limit, LimitTally, Report, Violation
from fieldbound.policy import Severity
from support.tables import table

STATED = Limit("acme/order", "/name", "maxLength", 5, "s#/1", says="stated")
INFERRED = Limit("acme/order", "/note", "enum", ["Y"], "s#/2", says="inferred")
BARE = Limit("acme/order", "/id", "type", "string", "s#/3")


def violation(limit: Limit, *also: Limit) -> Violation:
    """Return a violation of limits."""
    return Violation(limit.keyword, limit.pointer, limit, also=also)


@table("fail_on", SAYS)
@table("limit", [STATED, INFERRED, BARE])
def test_evidence_decides(limit: Limit, fail_on: str) -> None:
    """Without levels, a violation fails if its evidence is as strong as fail_on, or it has none."""
    severity = Severity(fail_on)
    assert severity.fails(violation(limit)) == violation(limit).fails(fail_on)
    level = severity.level(limit, limit.keyword)
    assert (level == "error") == severity.fails(violation(limit))


def test_the_first_level_that_matches_counts() -> None:
    """A pattern overrides fail_on, and of several that match, the first counts."""
    levels = (("*/name:maxLength", "warning"), ("acme/*", "error"), ("stated", "off"))
    severity = Severity("stated", levels)
    assert severity.level(STATED, "maxLength") == "warning"
    assert severity.level(INFERRED, "enum") == "error"
    assert not severity.fails(violation(STATED))
    assert severity.fails(violation(INFERRED))


def test_evidence_has_a_level() -> None:
    """A kind of evidence stands for all limits that have it."""
    severity = Severity(levels=(("inferred", "warning"),))
    assert not severity.fails(violation(INFERRED))
    assert severity.fails(violation(STATED))


def test_a_value_has_the_most_severe_level_of_its_limits() -> None:
    """A value that breaks several limits fails if one of them does."""
    severity = Severity(levels=(("*:maxLength", "warning"),))
    assert severity.fails(violation(STATED, INFERRED))
    assert not severity.fails(violation(STATED, STATED))


def test_syntax_errors_fail_unless_their_code_has_a_level() -> None:
    """A syntax error is an error, or what its code has as level."""
    found = Violation("duplicateKey", "/a")
    assert Severity("stated").fails(found)
    assert not Severity(levels=(("duplicateKey", "warning"),)).fails(found)


def test_a_report_fails_with_one_of_its_violations() -> None:
    """A report fails if a violation fails; one of records, too, for duplicate keys or its end."""
    severity = Severity("stated")
    assert severity.report_fails(Report("c", (violation(INFERRED), violation(STATED))))
    assert not severity.report_fails(Report("c", (violation(INFERRED),)))
    tally = LimitTally("enum", INFERRED, "inferred", 3, 3, 3)
    records = BulkReport("c", "n", 9, 3, (tally,))
    assert not severity.report_fails(records)
    assert Severity().report_fails(records)
    assert severity.report_fails(replace(records, cut_off="line 9"))
    assert severity.report_fails(replace(records, duplicates=Duplicates("/a", 1, 2)))
    assert not Severity().report_fails(replace(records, tallies=(replace(tally, known=3),)))


def test_a_wrong_fail_on_is_an_error() -> None:
    """fail_on must be a kind of evidence."""
    with pytest.raises(ValueError, match=r"fail_on must be one of stated, .* not 'state'"):
        Severity("state")


def test_it_is_a_value() -> None:
    """A severity compares and pickles."""
    severity = Severity("stated", (("*:enum", "off"),))
    assert severity.off_pattern(INFERRED, "enum") == "*:enum"
    assert pickle.loads(pickle.dumps(severity)) == severity != Severity("stated")  # noqa: S301
