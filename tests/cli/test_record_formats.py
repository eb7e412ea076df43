"""Records in the output formats of documents, alone and with documents in one run."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from fieldbound.render import BULK_FORMATS, FORMATS
from support.running import Command

SCHEMA = '{"type": "object", "properties": {"name": {"maxLength": 3}, "id": {"minimum": 1}}}'
CHECK = ("check", "-c", "item.json")
NAME = "item.json#/name:maxLength"
BAD = '{"name": "long"}\n'
SHARED = sorted({*FORMATS} - {*BULK_FORMATS})


@pytest.fixture(autouse=True)
def _files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    Path("item.json").write_text(SCHEMA, "utf-8")
    Path("r.ndjson").write_text(f"{{}}\n{BAD * 9}", "utf-8")
    Path("a.json").write_text(BAD, "utf-8")


def test_a_line_for_each_sample(cli: Command) -> None:
    """Each sample is at its line and column; how many more there are is counted."""
    ran = cli(*CHECK, "r.ndjson", "--format", "concise", "--samples", "2")
    first, second, more, summary = ran.out.splitlines()
    assert first == f"r.ndjson:2:10: maxLength: /name has 4 characters, the limit is 3 [{NAME}]"
    assert second.startswith("r.ndjson:3:10: ")
    assert more == f"r.ndjson: … and 7 more like this ({NAME})"
    assert summary == "9 violations in 9 of 10 records; 7 not listed (--samples N lists more)"
    assert ran.code == 1


@pytest.mark.parametrize("name", ["r.json", "r.csv"])
def test_other_inputs(cli: Command, name: str) -> None:
    """A record of an array is at its place, one of a table at its line."""
    Path("r.json").write_text(f"[{{}},\n{BAD}]", "utf-8")
    Path("r.csv").write_text("name\na\nlong\n", "utf-8")
    out = cli(*CHECK, name, "--format", "concise").out
    assert out.startswith(f"{name}:2:10: " if name == "r.json" else f"{name}:3:1: ")


def test_the_formats_of_ci(cli: Command) -> None:
    """SARIF, JUnit and GitLab have the samples, and fail if anything does."""
    options = (*CHECK, "r.ndjson", "--samples", "2", "--format")
    (run,) = json.loads(cli(*options, "sarif").out)["runs"]
    lines = [
        each["locations"][0]["physicalLocation"]["region"]["startLine"] for each in run["results"]
    ]
    assert (lines, run["properties"]["omitted"]) == ([2, 3], 7)
    issues = json.loads(cli(*options, "gitlab").out)
    assert [each["location"]["lines"]["begin"] for each in issues] == [2, 3, 1]
    root = ET.fromstring(cli(*options, "junit").out)  # noqa: S314 - it is our own
    assert [root.get(each) for each in ("tests", "failures", "errors")] == ["3", "3", "0"]


@pytest.mark.parametrize("format_", SHARED)
@pytest.mark.parametrize("samples", ["0", "1"])
def test_what_fails_is_in_every_format(cli: Command, format_: str, samples: str) -> None:
    """No format shows an invalid file as valid, even without samples."""
    ran = cli(*CHECK, "r.ndjson", "--samples", samples, "--format", format_)
    assert ran.code == 1
    assert "maxLength" in ran.out
    Path("r.ndjson").write_text("{}\n{}\n", "utf-8")
    ran = cli(*CHECK, "r.ndjson", "--samples", samples, "--format", format_)
    assert (ran.code, "maxLength" in ran.out) == (0, False)


@pytest.mark.parametrize("format_", SHARED)
def test_other_problems_are_in_every_format(cli: Command, format_: str) -> None:
    """Duplicate keys and a truncated file are in every format, and fail."""
    Path("r.ndjson").write_text('{"id": 7}\n{"id": 7}\n{"id": 8', "utf-8")
    ran = cli(*CHECK, "r.ndjson", "--key", "/id", "--format", format_)
    assert ran.code == 1
    assert "1 duplicate value of /id, in 2 records: 7 in 1, 2" in ran.out
    assert "the file is truncated: line 3, the last one, is incomplete" in ran.out


@pytest.mark.parametrize("format_", SHARED)
def test_documents_and_records_in_one_report(cli: Command, format_: str) -> None:
    """A run on both has one report, in which a file that cannot be read is counted once."""
    ran = cli(*CHECK, "a.json", "r.ndjson", "--format", format_)
    assert ran.code == 1
    assert (ran.out.count("a.json") > 0, ran.out.count("r.ndjson") > 0) == (True, True)
    if format_ == "concise":
        assert ran.out.endswith(
            "10 violations in 10 of 11 documents and records; "
            "4 not listed (--samples N lists more)\n"
        )


def test_a_format_that_has_not_both(cli: Command) -> None:
    """Where documents and records have formats of their own, the error names one with both."""
    ran = cli(*CHECK, "a.json", "r.ndjson", "--format", "json")
    assert (ran.code, ran.out) == (2, "")
    assert "in a format that has both, such as concise, sarif or junit" in ran.err


def test_what_cannot_be_checked_is_counted_once(cli: Command) -> None:
    """Of two reports as text, one after the other, each counts its own files."""
    ran = cli(*CHECK, "a.json", "missing.json", "r.ndjson")
    assert (ran.code, ran.out.count("could not be checked")) == (2, 1)
    ran = cli(*CHECK, "a.json", "missing.json", "r.ndjson", "missing.ndjson")
    assert ran.out.count("; 1 could not be checked\n") == 1
    assert ran.out.count("; 1 file could not be checked\n") == 1
    ran = cli(*CHECK, "a.json", "missing.json", "r.ndjson", "--format", "github")
    assert ran.out.count("title=could not be checked::") == 1
