"""The command in GitHub Actions: annotations, and the summary of the job."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.running import Command

SCHEMA = {
    "type": "object",
    "properties": {"Name": {"type": "string", "maxLength": 5}},
    "x-source": {"says": "stated", "from": []},
}
BAD = '{"Name": "too long"}'


@pytest.fixture(autouse=True)
def _in_actions(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    Path("group.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    Path("bad.json").write_text(BAD, encoding="utf-8")
    Path("bad.ndjson").write_text(f"{BAD}\n", encoding="utf-8")
    Path("good.json").write_text("{}", encoding="utf-8")


def test_records_are_annotated(cli: Command) -> None:
    """A limit that records break is an annotation at the first of them, also beside documents."""
    ran = cli("check", "-c", "group.json", "bad.ndjson", "bad.json")
    assert ran.code == 1
    document, _, record, _ = ran.out.splitlines()
    assert document.startswith("::error file=bad.json,line=1,col=10,title=group.json#/Name")
    assert "::bad.json:1:10: /Name has 8 characters" in document
    assert record.startswith("::error file=bad.ndjson,line=1,col=10,title=group.json#/Name")
    assert "::bad.ndjson:1:10: maxLength 5 at /Name: 1 record" in record


@pytest.mark.parametrize("files", [["missing.json"], ["missing.json", "good.json"]])
def test_an_unreadable_file_is_annotated(files: list[str], cli: Command) -> None:
    """A file that cannot be read is an annotation, even if nothing was checked."""
    ran = cli("check", "-c", "group.json", *files)
    assert ran.code == 2
    assert ran.out.startswith("::error title=could not be checked::")
    assert "missing.json" in ran.out.splitlines()[0]


def test_a_file_without_a_contract_is_annotated(cli: Command) -> None:
    """A file that is not selected since no contract is mapped to it is an annotation."""
    ran = cli("check", "good.json")
    assert ran.code == 2
    assert ran.out.startswith("::error title=could not be checked::no contract is mapped to good")


def test_the_summary_of_the_job_is_appended(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each run appends its table to the file that GITHUB_STEP_SUMMARY names, in any format."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    Path("summary.md").write_text("# Before\n", encoding="utf-8")
    cli("check", "-c", "group.json", "bad.json", "bad.ndjson", "missing.json")
    cli("check", "-c", "group.json", "good.json", "--format", "sarif", "--output", "a.sarif")
    text = Path("summary.md").read_text("utf-8").replace("\\", "")
    assert text.startswith("# Before\n### fieldbound\n\n1 violation in 1 of 1 documents; 1 could")
    assert "| bad.json:1:10 | error | group.json#/Name:maxLength | /Name has 8" in text
    assert "| bad.ndjson:1 | error | group.json#/Name:maxLength | maxLength 5 at /Name" in text
    assert text.endswith("### fieldbound\n\n1 document valid\n\n")


def test_a_summary_that_cannot_be_written(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """A summary that cannot be written is a note, and changes no exit code."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "no/summary.md")
    ran = cli("check", "-c", "group.json", "good.json")
    assert (ran.code, ran.err) == (
        0,
        "fieldbound: cannot write no/summary.md: No such file or directory\n",
    )


def test_no_summary_outside_of_a_job(cli: Command, folder: Path) -> None:
    """Without GITHUB_STEP_SUMMARY no file is written."""
    before = {*folder.iterdir()}
    cli("check", "-c", "group.json", "bad.json")
    assert {*folder.iterdir()} == before
