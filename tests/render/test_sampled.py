"""A report of many records as one of a document."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import validators

from fieldbound import Contract, bulk
from fieldbound.model import BulkReport
from fieldbound.policy import Severity
from fieldbound.render import Style, Summary, as_report, render
from support.bulk_reports import full

SUITES = os.environ.get("FIELDBOUND_SUITES")
CONTRACT = Contract({"properties": {"name": {"maxLength": 3}, "flag": {"enum": ["Y"]}}}, name="own")


def checked(*records: Any, **options: Any) -> BulkReport:
    """Return the report of records in memory."""
    return bulk.check(list(records), CONTRACT, **options)


def summary(report: BulkReport) -> str:
    """Return the summary line."""
    found = Summary()
    found.add(as_report(report), Severity(report.fail_on))
    return str(found)


def test_records_without_lines_are_named() -> None:
    """A sample without a line has the number of its record, and its key where there is one."""
    report = checked({"name": "abc"}, {"name": "long"})
    (violation,) = as_report(report).violations
    assert violation.message == "/name has 4 characters, the limit is 3 (record 2)"
    assert violation.hint == "shorten it by 1 character"
    (violation,) = as_report(checked({"name": "long"}, key="/name")).violations
    assert violation.message.endswith(' (record 1, key "long")')


def test_violations_are_in_the_order_of_the_records() -> None:
    """The samples of all limits are in one order, that of the file."""
    report = checked({"flag": 1}, {"name": "long"}, {"name": "long", "flag": 2}, {"flag": 3})
    numbers = [each.message.rpartition(" ")[2] for each in as_report(report)]
    assert numbers == ["1)", "2)", "3)", "3)", "4)"]


def test_what_is_known_is_left_out() -> None:
    """A limit that is known has no violations; of one known in part, the rest is counted."""
    report = checked(*({"name": "long", "flag": 1} for _ in range(9)), samples=2)
    name, flag = report.tallies
    report = replace(report, tallies=(replace(name, known=9), replace(flag, known=3)))
    found = as_report(report)
    assert {each.limit.id for each in found if each.limit} == {flag.id}
    assert (found.known, found.more) == (12, {flag.id: 4})
    assert summary(report) == "6 violations in 9 of 9 records; 12 in the baseline"
    report = replace(report, tallies=(replace(name, known=9), replace(flag, known=9)))
    assert as_report(report).ok
    assert summary(report) == "no new violations in 9 records; 18 in the baseline"


def test_a_summary_of_records() -> None:
    """The summary counts records, and what only warns."""
    assert summary(checked({})) == "1 record valid"
    assert summary(checked({}, {})) == "2 records valid"
    weak = Contract(
        {"properties": {"n": {"maximum": 1}}, "x-source": {"says": "inferred", "from": []}}
    )
    report = bulk.check([{"n": 2}, {}], weak, fail_on="stated")
    assert summary(report) == "1 violation in 1 of 2 records, only a warning"


@pytest.mark.skipif(SUITES is None, reason="FIELDBOUND_SUITES names no folder of public suites")
@pytest.mark.parametrize("report", [full(), checked(), checked({"name": "long"}, samples=0)])
def test_sarif_is_valid_by_its_schema(report: BulkReport) -> None:
    """The SARIF output of records is valid by the schema of SARIF 2.1.0, formats asserted."""
    schema = json.loads(Path(SUITES or "", "formats", "sarif-2.1.0.json").read_text("utf-8"))
    cls = validators.validator_for(schema)
    validator = cls(schema, format_checker=cls.FORMAT_CHECKER)
    output = "".join(render("sarif", [as_report(report)], Style()))
    assert [error.message for error in validator.iter_errors(json.loads(output))] == []
