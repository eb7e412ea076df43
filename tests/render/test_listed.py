"""How many violations of one document the output formats list, and what they say of the others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as ET

from hypothesis import given, strategies as st

from fieldbound.model import Limit, Place, Report, Violation
from fieldbound.policy import Severity
from fieldbound.render import FORMATS, Style, render
from fieldbound.render.listed import listed
from support.tables import table

CONTRACT = "acme/create-order"
UNKNOWN = Limit(CONTRACT, "/*", "additionalProperties", False, "x#")


def report(*sizes: int, says: str | None = None) -> Report:
    """Return a report in which limit 0 is broken sizes[0] times, limit 1 sizes[1] times, and so on.

    Of the limits of each round, the first comes first.
    """
    limits = [
        Limit(CONTRACT, f"/{at}/*", "type", "string", f"x#/{at}", says) for at in range(len(sizes))
    ]
    violations = [
        Violation("type", f"/{at}/{number}", limits[at], 1, "integer", Place(number + 1, at + 1))
        for number in range(max(sizes, default=0))
        for at, size in enumerate(sizes)
        if number < size
    ]
    return Report(CONTRACT, tuple(violations), "a.json")


def pointers(violations: Sequence[Violation]) -> list[str]:
    """Return where the violations are."""
    return [each.pointer for each in violations]


def output(format: str, checked: Report, style: Style) -> str:  # noqa: A002
    """Return a report in a format."""
    return "".join(render(format, [checked], style))


def test_all_are_listed_if_they_fit() -> None:
    """Up to the maximum, every violation is listed, in the order of the document."""
    for style in (Style(max_violations=6), Style(max_violations=0)):
        for brief in (False, True):
            found = listed(report(1, 5), style, brief=brief)
            assert found.violations == report(1, 5).violations
            assert (found.omitted, list(found.lines)) == (0, [])


def test_each_limit_has_the_same_share() -> None:
    """Of more than the maximum, each limit has the same share, and others what one leaves."""
    found = listed(report(100, 2, 100), Style(max_violations=10))
    assert pointers(found.violations) == [
        *("/0/0", "/1/0", "/2/0", "/0/1", "/1/1", "/2/1", "/0/2", "/2/2", "/0/3", "/2/3")
    ]
    assert list(found.lines) == [
        f"… and 96 more like this ({CONTRACT}#/0/*:type)",
        f"… and 96 more like this ({CONTRACT}#/2/*:type)",
    ]


def test_brief_list_has_a_tenth_of_each_limit() -> None:
    """In a brief list each limit has at most a tenth of the maximum, and at least one."""
    assert len(listed(report(1000), Style(max_violations=100), brief=True).violations) == 10
    assert len(listed(report(1000, 3), Style(max_violations=100), brief=True).violations) == 13
    assert len(listed(report(1000), Style(max_violations=1), brief=True).violations) == 1


def test_more_limits_than_the_maximum() -> None:
    """Of more limits than the maximum, one violation each of the first is listed."""
    found = listed(report(2, 1, 1, 3), Style(max_violations=2))
    assert pointers(found.violations) == ["/0/0", "/1/0"]
    assert list(found.lines) == [
        f"… and 1 more like this ({CONTRACT}#/0/*:type)",
        "… and 4 more of 2 other limits",
    ]


def test_violations_that_fail_come_before_warnings() -> None:
    """Where only some limits are listed, those that fail a check come first."""
    warnings = report(3, 3, says="inferred")
    fails = Violation("additionalProperties", "/z", UNKNOWN)
    checked = Report(CONTRACT, (*warnings.violations, fails), "a.json")
    found = listed(checked, Style(Severity("stated"), max_violations=1))
    assert pointers(found.violations) == ["/z"]


def test_syntax_errors_are_counted_by_code() -> None:
    """Violations without a limit are alike if they have the same code."""
    errors = [Violation("duplicateKey", f"/{at}") for at in range(20)]
    found = listed(Report(CONTRACT, tuple(errors)), Style(max_violations=5))
    assert list(found.lines) == ["… and 15 more like this (duplicateKey)"]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=12), st.integers(1, 40), st.booleans())
def test_all_are_counted(sizes: list[int], most: int, brief: bool) -> None:
    """No more than the maximum is listed, in order, none twice, and all others are counted."""
    checked = report(*sizes)
    found = listed(checked, Style(max_violations=most), brief=brief)
    assert 0 < len(found.violations) <= most
    assert len(found.violations) + found.omitted == len(checked)
    at = [checked.violations.index(each) for each in found.violations]
    assert at == sorted(set(at))
    if not brief:
        assert len(found.violations) > most - len(sizes) or not found.omitted


# -- in the formats --------------------------------------------------------------------------------

MANY = report(95, 25)
LINES = [
    f"… and 85 more like this ({CONTRACT}#/0/*:type)",
    f"… and 15 more like this ({CONTRACT}#/1/*:type)",
]
FAIR = f"… and 20 more like this ({CONTRACT}#/0/*:type)"


def test_text() -> None:
    """Text has the first of each limit, then how many more there are, and the number of all."""
    lines = output("text", MANY, Style()).splitlines()
    assert [each for each in lines if each.startswith("a.json:1:")] == [
        f"a.json:1:{at}: type: /{at - 1}/0 is 1, but must be a string" for at in (1, 2)
    ]
    assert lines[-3:] == [
        *(f"a.json: {line}" for line in LINES),
        "120 violations in 1 of 1 documents; 100 not listed (--max-violations 0 lists all)",
    ]
    assert output("text", MANY, Style(quiet=True)).splitlines()[-1] == f"a.json: {LINES[1]}"


def test_json() -> None:
    """JSON counts all violations, and has the number of those that are not listed."""
    found = json.loads(output("json", MANY, Style()))
    assert found["violations"] == 120
    (only,) = found["reports"]
    assert (len(only["violations"]), only["omitted"]) == (100, 20)
    assert only["omittedByLimit"] == {f"{CONTRACT}#/0/*:type": 20}


def test_sarif() -> None:
    """SARIF has the number of results that are left out as a property, and as a notification."""
    (run,) = json.loads(output("sarif", MANY, Style()))["runs"]
    assert (len(run["results"]), run["properties"]["omitted"]) == (100, 20)
    assert run["invocations"][0]["toolExecutionNotifications"] == [
        {"level": "note", "message": {"text": f"a.json: {FAIR}"}}
    ]


def test_junit() -> None:
    """JUnit has the number of violations left out as a test case, which fails if they do."""
    root = ET.fromstring(output("junit", MANY, Style()))  # noqa: S314
    *cases, last = root.iter("testcase")
    assert [len(case.findall("failure")) for case in cases] == [1] * 100
    assert last.findtext("failure") == FAIR
    warns = Style(Severity("stated", (("*", "warning"),)))
    root = ET.fromstring(output("junit", MANY, warns))  # noqa: S314
    assert [*root.iter("testcase")][-1].findtext("system-out") == FAIR
    assert not [*root.iter("failure")]


def test_gitlab() -> None:
    """In gitlab the number of violations that are not listed is an issue for information."""
    *issues, last = json.loads(output("gitlab", MANY, Style()))
    assert len(issues) == 100
    assert (last["description"], last["severity"]) == (FAIR, "info")


def test_github() -> None:
    """In github the number of violations that are not annotated is a notice."""
    *annotations, notice, _ = output("github", MANY, Style()).splitlines()
    assert len(annotations) == 100
    assert notice == f"::notice file=a.json,title=20 more violations::{FAIR}"


@table("format", FORMATS)
def test_output_is_bounded(format: str) -> None:  # noqa: A002
    """Ten times the violations of a document are no more output."""
    sizes: list[int] = []
    for count in (500, 5_000):
        found: list[Any] = [
            Violation(
                "additionalProperties", f"/{count + at}", UNKNOWN, None, "null", Place(1, at + 1)
            )
            for at in range(count)
        ]
        sizes.append(len(output(format, Report(CONTRACT, tuple(found), "a.json"), Style())))
    assert sizes[1] - sizes[0] < 1_000
    assert sizes[1] < 200_000
