"""The methods of reports that render them."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

import fieldbound
from fieldbound import bulk
from fieldbound.render import BULK_FORMATS, FORMATS
from support.paths import ROOT

CONTRACT = fieldbound.Contract({"properties": {"a": {"maxLength": 1}}}, name="own")


def test_a_report_is_an_object() -> None:
    """`to_dict` has every violation, as the format "json" has it; `to_json` is its text."""
    report = CONTRACT.check(fieldbound.loads('{"a": "xyz"}', name="a.json"))
    found = report.to_dict()
    assert found == json.loads(report.render("json"))["reports"][0] == json.loads(report.to_json())
    assert (found["name"], found["ok"]) == ("a.json", False)
    (violation,) = found["violations"]
    assert violation["limit"]["id"] == "own#/a:maxLength"
    assert violation["place"] == {"line": 1, "column": 7}
    assert report.to_json(indent=2).startswith('{\n  "')


def test_nothing_is_left_out() -> None:
    """What is rendered by a method has all violations, however many."""
    contract = fieldbound.Contract({"items": {"maximum": 0}})
    report = contract.check([1] * 500)
    assert len(report.to_dict()["violations"]) == 500
    assert report.render("text").count("maximum: ") == 500


@pytest.mark.parametrize("format", FORMATS)
def test_every_format(format: str) -> None:  # noqa: A002
    """A report is rendered in each format of the command."""
    text = CONTRACT.check({"a": "xyz"}).render(format)
    assert "/a has 3 characters" in text


@pytest.mark.parametrize("format", {**FORMATS, **BULK_FORMATS})
def test_every_format_of_many_records(format: str) -> None:  # noqa: A002
    """A report of many records is rendered in each format."""
    report = bulk.check([{"a": "xyz"}, {}], CONTRACT)
    assert "maxLength" in report.render(format)
    assert report.render(format) == bulk.render(report, format)


def test_a_report_of_many_records_is_an_object() -> None:
    """`to_dict` of a report of records is its part of the JSON output, valid by its schema."""
    report = bulk.check([{"a": "xyz"}, {}], CONTRACT)
    whole = json.loads(report.render("json"))
    assert report.to_dict() == whole["reports"][0]
    path = ROOT / "src/fieldbound/render/bulk/bulk-report.schema.json"
    if path.is_file():
        jsonschema.validate(whole, json.loads(path.read_text("utf-8")))
    assert (report.to_dict()["records"], report.to_dict()["invalid"]) == (2, 1)


@pytest.mark.parametrize("report", [CONTRACT.check({}), bulk.check([{}], CONTRACT)])
def test_an_unknown_format(report: Any) -> None:
    """An unknown format is an error that lists the formats."""
    with pytest.raises(ValueError, match=r"format must be one of text, .*json, .*, not 'pdf'"):
        report.render("pdf")
