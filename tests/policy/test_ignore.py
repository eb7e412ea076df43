"""Ignored limits: what is left of a report."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest

from fieldbound import Contract
from fieldbound.documents import loads
from fieldbound.model import Limit, Report, Violation
from fieldbound.policy import Ignore, Severity

SCHEMA = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "maxLength": 3, "pattern": "^[A-Z]*$"},
        "flag": {"enum": ["Y", "N"]},
        "size": {"anyOf": [{"enum": ["L"]}, {"type": "integer"}]},
    },
    "required": ["flag"],
    "additionalProperties": False,
}
CONTRACT = Contract(SCHEMA, name="own")


def left(instance: object, *patterns: str) -> Report:
    """Check a value, and return what is left of its report."""
    return Ignore.of(patterns).applied(CONTRACT.check(instance))


def test_an_ignored_violation_is_counted() -> None:
    """A violation of an ignored limit is left out, and counted by the pattern."""
    report = left({"flag": "x", "code": "ABCD"}, "*:enum", "*/flag:*")
    assert [each.code for each in report] == ["maxLength"]
    assert report.ignored == {"*:enum": 1}
    assert left({"flag": "x"}, "own#/flag:enum").ok


def test_nothing_changes_without_a_match() -> None:
    """A report without violations of ignored limits is the same."""
    report = CONTRACT.check({"flag": "x"})
    assert Ignore.of("*:maxLength").applied(report) is report
    assert Ignore.of([]).applied(report) is report


def test_a_value_that_breaks_another_limit_stays_a_violation() -> None:
    """A value that breaks an ignored limit and another one is a violation of the other."""
    before = CONTRACT.check({"flag": "Y", "code": "abcd"})
    (violation,) = before
    assert {violation.code, *(each.keyword for each in violation.also)} == {"maxLength", "pattern"}
    for ignored, other in (("maxLength", "pattern"), ("pattern", "maxLength")):
        report = left({"flag": "Y", "code": "abcd"}, f"*:{ignored}")
        (kept,) = report
        assert (kept.code, kept.limit and kept.limit.keyword, kept.also) == (other, other, ())
        assert report.ignored == {f"*:{ignored}": 0}  # used, and yet no violation less
        assert "/code" in kept.message
    assert left({"flag": "Y", "code": "abcd"}, "*/code:*").ok


def test_a_misspelt_name_stays_a_missing_one() -> None:
    """If an undocumented name is ignored, the required name that it misspells is still missing."""
    report = left({"flagg": "Y"}, "*:additionalProperties")
    assert [each.message for each in report] == ["/flag is missing"]
    assert left({"flagg": "Y"}, "*:additionalProperties", "*:required").ok


def test_an_ignored_alternative_is_enough() -> None:
    """A value that matches no alternative is no violation if a limit of one of them is ignored."""
    assert not left({"flag": "Y", "size": True}).ok
    assert left({"flag": "Y", "size": True}, "*/size:type").ok


def test_evidence_and_levels_ignore() -> None:
    """A kind of evidence is ignored as a limit is, and so is what is off."""
    limit = Limit("c", "/a", "enum", ["Y"], "s#/1", says="inferred")
    report = Report("c", (Violation("enum", "/a", limit),))
    assert Ignore.of("inferred").applied(report).ignored == {"inferred": 1}
    off = Ignore(severity=Severity(levels=(("c#/b:*", "error"), ("c#*", "off"))))
    assert off.applied(report).ignored == {"c#*": 1}
    kept = replace(limit, pointer="/b")
    assert not off.applied(Report("c", (Violation("enum", "/b", kept),))).ok


@pytest.mark.parametrize(("text", "code"), [('{"flag": "Y"', "syntax"), ("[" * 10_000, "depth")])
def test_what_cannot_be_parsed_is_never_ignored(text: str, code: str) -> None:
    """An error after which nothing can be checked is not ignored by any pattern."""
    report = left(loads(text), "*", code)
    assert [each.code for each in report] == [code]


def test_a_duplicate_key_can_be_ignored() -> None:
    """An error of the syntax after which the value is checked can be ignored by its code."""
    report = left(loads('{"flag": "Y", "flag": "x"}'), "duplicateKey")
    assert [each.code for each in report] == ["enum"]
    assert report.ignored == {"duplicateKey": 1}


def test_an_invalid_pattern_is_an_error() -> None:
    """A pattern that can match nothing is an error."""
    with pytest.raises(ValueError, match="ignore: 'enum' is no limit"):
        Ignore.of(["*:type", "enum"])


def test_it_goes_to_other_processes() -> None:
    """What is ignored pickles and compares."""
    ignore = Ignore.of("*:enum")
    assert ignore.matches_any(CONTRACT.limits)
    assert not Ignore.of("*:format").matches_any(CONTRACT.limits)
    assert pickle.loads(pickle.dumps(ignore)) == ignore  # noqa: S301
