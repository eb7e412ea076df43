"""The check command on files of records: detection, output and exit codes."""

from __future__ import annotations

import gzip
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fieldbound.cli import progress
from fieldbound.cli.entry_point import main
from support.forked import forked_command
from support.running import Command, Ran

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX pipes and permissions")

#: Limits without an x-source always fail.
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "maxLength": 5},
        "note": {
            "maxLength": 5,
            "x-source": {"says": "inferred", "from": [], "note": "As long as a name."},
        },
    },
    "required": ["name"],
    "x-source": {"says": "stated", "from": []},
}
GOOD, BAD, WARN = '{"name":"a"}', '{"name":"toolong"}', '{"name":"a","note":"toolong"}'
OPTIONS = ("-c", "item.json")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    Path("item.json").write_text(json.dumps(SCHEMA))
    Path("list.json").write_text('{"type": "array", "items": {"type": "integer"}}')
    Path("good.ndjson").write_text(f"{GOOD}\n{GOOD}\n")
    Path("bad.ndjson").write_text(f"{GOOD}\n{BAD}\n")
    Path("warn.ndjson").write_text(f"{GOOD}\n{WARN}\n")
    Path("good.json").write_text(GOOD)
    Path("array.json").write_text(f"[{GOOD},\n{BAD}]")


@pytest.fixture(name="cli")
def _cli(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*argv: str) -> Ran:
        code = main(["check", *argv])
        return Ran(code, *capsys.readouterr())

    return command


def process(*argv: str, **more: Any) -> Ran:
    """Run the command in a new process, with *env* added to the environment."""
    env = {**os.environ, **more.pop("env", {})}
    ran = subprocess.run(
        [sys.executable, "-m", "fieldbound", "check", *argv],
        env=env,
        check=False,
        encoding="utf-8",
        **{"capture_output": "stdout" not in more, **more},
    )
    return Ran(ran.returncode, ran.stdout or "", ran.stderr or "")


def forked_check(*argv: str, **more: Any) -> Ran:
    """Run the command with the contract and *argv* in a process that starts fast."""
    return forked_command("check", *OPTIONS, *argv, **more)


def reports(ran: Ran) -> list[dict[str, Any]]:
    """Return the reports of JSON output."""
    return json.loads(ran.out)["reports"]  # type: ignore[no-any-return]


def counts(ran: Ran) -> list[tuple[int, int]]:
    """Return the numbers of records and of invalid ones of each report."""
    return [(each["records"], each["invalid"]) for each in reports(ran)]


# -- detection -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("good.ndjson", 0, (2, 0)),
        ("bad.ndjson", 1, (2, 1)),
        ("array.json", 1, (2, 1)),
    ],
)
def test_a_file_of_records_has_one_report(
    name: str, code: int, expected: tuple[int, int], cli: Command
) -> None:
    """Records are counted, and the exit code is 1 if any is invalid."""
    ran = cli(*OPTIONS, name, "--format", "json")
    assert (ran.code, counts(ran), ran.err) == (code, [expected], "")


def test_compressed_files_and_tables_are_records(cli: Command) -> None:
    """Compressed files are decompressed, and the columns of a table mapped."""
    Path("a.jsonl.gz").write_bytes(gzip.compress(Path("bad.ndjson").read_bytes()))
    Path("a.csv").write_text("Name,id\na,1\ntoolong,2\n")
    compressed = cli(*OPTIONS, "a.jsonl.gz", "--format", "json")
    table = cli(*OPTIONS, "a.csv", "--column", "Name=/name", "--format", "json")
    assert (compressed.code, counts(compressed)) == (1, [(2, 1)])
    assert (table.code, counts(table)) == (1, [(2, 1)])


def test_an_array_is_a_document_if_the_contract_accepts_one(cli: Command) -> None:
    """If the contract accepts arrays, an array is one document, unless an option is for records."""
    Path("numbers.json").write_text('[1, "a"]')
    ran = cli("-c", "list.json", "numbers.json")
    assert (ran.code, ran.out.count("numbers.json:1:5: type")) == (1, 1)
    ran = cli("-c", "list.json", "numbers.json", "--workers", "1", "--format", "json")
    assert (ran.code, counts(ran)) == (1, [(2, 2)])


def test_options_for_records_apply_to_any_file(cli: Command) -> None:
    """An option that only records have makes any file one of records."""
    ran = cli(*OPTIONS, "good.json", "--key", "/id", "--format", "json")
    assert (ran.code, counts(ran)) == (0, [(1, 0)])
    assert cli(*OPTIONS, "good.json", "--format", "html").out.startswith("<!doctype html>")


def test_mapped_files_are_checked_as_documents_or_records(cli: Command) -> None:
    """Mapped files of records have bulk reports, the others reports of documents."""
    Path("pyproject.toml").write_text(
        '[tool.fieldbound.files]\n"*.ndjson" = "item.json"\n"good.json" = "item.json"\n'
    )
    ran = cli()
    assert ran.code == 1
    assert ran.out.startswith("1 document valid\n")
    assert "bad.ndjson: 2 records checked by item.json: 1 invalid" in ran.out
    ran = cli("bad.ndjson", "--format", "json")
    assert (ran.code, counts(ran)) == (1, [(2, 1)])


def test_documents_and_records_are_not_written_to_one_file(cli: Command) -> None:
    """If one output cannot have both, the error says what to do."""
    for more in (("--format", "json"), ("--output", "out")):
        ran = cli(*OPTIONS, "good.json", "bad.ndjson", *more)
        assert (ran.code, ran.out) == (2, "")
        assert "good.json is a document, bad.ndjson has records: check them in two runs" in ran.err
    assert not Path("out").exists()


def test_standard_input_has_the_format_of_input() -> None:
    """NDJSON and CSV are read from standard input with --input."""
    text = Path("bad.ndjson").read_text()
    ran = forked_check("-", "--input", "ndjson", "--format", "json", stdin=text)
    assert (ran.code, counts(ran)) == (1, [(2, 1)])
    assert reports(ran)[0]["name"] == "stdin"
    ran = forked_check("-", "--input", "csv", "--format", "json", stdin="name\ntoolong\n")
    assert (ran.code, counts(ran)) == (1, [(1, 1)])
    assert "no record" in forked_check("-", "--input", "ndjson").err


@posix
def test_a_pipe_is_read_by_its_path() -> None:
    """The path of a pipe is read once, to its end."""
    text = Path("bad.ndjson").read_text()
    ran = forked_check("/dev/stdin", "--workers", "2", "--format", "json", stdin=text)
    assert (ran.code, counts(ran)) == (1, [(2, 1)])
    shell = f"{sys.executable} -m fieldbound check -c item.json --samples 1 <(cat bad.ndjson)"
    found = subprocess.run(["bash", "-c", shell], capture_output=True, check=False)
    assert found.returncode == 1
    assert b"2 records checked by item.json: 1 invalid" in found.stdout


RECORDS = (
    ("--samples", "3"),
    ("--key", "/id"),
    ("--workers", "2"),
    ("--resume",),
    ("--valid-out", "ok"),
    ("--invalid-out", "no"),
)


@pytest.mark.parametrize("options", RECORDS, ids=str)
def test_a_json_document_is_one_record(options: tuple[str, ...], cli: Command) -> None:
    """A top-level value is one record, however its text is broken into lines."""
    Path("good.json").write_text('{\n  "name": "a",\n  "id": 1\n}\n')
    Path("bad.json").write_text('\n{\n  "id": 1,\n  "name":\n    "toolong"}')
    ran = cli(*OPTIONS, "good.json", "--format", "json", *options)
    assert (ran.code, counts(ran)) == (0, [(1, 0)])
    ran = cli(*OPTIONS, "bad.json", "--format", "json", *options)
    assert (ran.code, counts(ran)) == (1, [(1, 1)])
    sample = reports(ran)[0]["limits"][0]["samples"][0]
    assert (sample["number"], sample["line"]) == (1, 1)


def test_a_json_document_is_one_record_in_html(cli: Command) -> None:
    """--format html has one record for one document."""
    Path("good.json").write_text('{\n  "name": "a"\n}\n')
    ran = cli(*OPTIONS, "good.json", "--format", "html")
    assert (ran.code, "1 record" in ran.out, "3 records" in ran.out) == (0, True, False)


@pytest.mark.parametrize("name", ["a.json", "a.log", "a"])
def test_lines_that_are_values_are_records(name: str, cli: Command) -> None:
    """A file whose first line is a value, and is followed by another, has one record per line."""
    Path(name).write_text(f"{GOOD}\n{BAD}\n")
    ran = cli(*OPTIONS, name, "--samples", "1", "--format", "json")
    assert (ran.code, counts(ran)) == (1, [(2, 1)])


@pytest.mark.parametrize("options", [*RECORDS, ("--format", "html")], ids=str)
def test_yaml_is_not_read_as_records(options: tuple[str, ...], cli: Command) -> None:
    """YAML is an error with options for records, whatever it contains."""
    for name in ("a.yaml", "a.yml"):
        Path(name).write_text("name: a\nid: 1\n")
        ran = cli(*OPTIONS, name, *options)
        assert (ran.code, f"{name} is YAML, which is not read as records" in ran.err) == (2, True)


def test_standard_input_may_be_a_document_of_one_record() -> None:
    """Without --input, standard input is detected; JSON is one value, YAML no records."""
    text = '{\n"name": "a"\n}\n'
    for more in ((), ("--input", "json")):
        ran = forked_check("-", "--samples", "1", "--format", "json", *more, stdin=text)
        assert (ran.code, counts(ran)) == (0, [(1, 0)])
    lines = f"{GOOD}\n{BAD}\n"
    ran = forked_check("-", "--samples", "1", "--input", "json", stdin=lines)
    assert (ran.code, "its format is ndjson" in ran.err) == (2, True)
    ran = forked_check("-", "--samples", "1", "--input", "yaml", stdin="name: a\n")
    assert (ran.code, "is YAML" in ran.err, "Traceback" in ran.err) == (2, True, False)


# -- output --------------------------------------------------------------------------------------


def test_records_are_reported_as_text_json_or_html(cli: Command) -> None:
    """Each format of records has the report."""
    text, page = cli(*OPTIONS, "bad.ndjson"), cli(*OPTIONS, "bad.ndjson", "--format", "html")
    assert "maxLength 5 at /name: 1 record" in text.out
    assert "record 2 (line 2, byte 13)" in text.out
    assert page.out.startswith("<!doctype html>")
    ran = cli(*OPTIONS, "good.json", "array.json", "--format", "html")
    assert ran.code == 1


def test_the_report_is_written_atomically(cli: Command) -> None:
    """With --output, standard output is empty, and a missing folder is an error."""
    ran = cli(*OPTIONS, "bad.ndjson", "--format", "json", "--output", "out.json")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads(Path("out.json").read_text())["invalid"] == 1
    ran = cli(*OPTIONS, "bad.ndjson", "--output", "no/out.json")
    assert (ran.code, ran.err) == (
        2,
        "fieldbound: cannot write no/out.json: No such file or directory\n",
    )


def test_quiet(cli: Command) -> None:
    """With --quiet, valid files and notes are not reported."""
    assert cli(*OPTIONS, "good.ndjson", "--quiet") == Ran(0, "", "")
    ran = cli(*OPTIONS, "bad.ndjson", "--quiet", "--resume")
    assert (ran.code, ran.err) == (1, "")
    assert "no checkpoint to resume from" in cli(*OPTIONS, "bad.ndjson", "--resume").err


def test_fail_on(cli: Command) -> None:
    """--fail-on applies to records as to documents."""
    assert cli(*OPTIONS, "warn.ndjson").code == 1
    ran = cli(*OPTIONS, "warn.ndjson", "--fail-on", "stated")
    assert (ran.code, "warning: maxLength 5 at /note" in ran.out) == (0, True)
    assert cli(*OPTIONS, "bad.ndjson", "--fail-on", "stated").code == 1


def test_duplicate_keys_fail(cli: Command) -> None:
    """Valid records with the same key fail."""
    Path("a.ndjson").write_text('{"name":"a","id":7}\n' * 2)
    assert cli(*OPTIONS, "a.ndjson").code == 0
    ran = cli(*OPTIONS, "a.ndjson", "--key", "/id", "--format", "json")
    assert ran.code == 1
    assert reports(ran)[0]["duplicates"]["samples"][0]["numbers"] == [1, 2]


def test_several_files_have_a_report_each(cli: Command) -> None:
    """A file that cannot be read does not keep the others from being checked."""
    ran = cli(*OPTIONS, "good.ndjson", "none.ndjson", "bad.ndjson", "--format", "json")
    assert (ran.code, counts(ran)) == (2, [(2, 0), (2, 1)])
    assert ran.err == "fieldbound: cannot read none.ndjson: No such file or directory\n"
    message = "none.ndjson: cannot read none.ndjson: No such file or directory"
    assert json.loads(ran.out)["errors"] == [message]


def test_valid_and_invalid_records_are_written(cli: Command) -> None:
    """--valid-out and --invalid-out write the records to two files."""
    ran = cli(*OPTIONS, "bad.ndjson", "--valid-out", "ok", "--invalid-out", "no.gz")
    assert ran.code == 1
    assert Path("ok").read_text() == f"{GOOD}\n"
    assert gzip.decompress(Path("no.gz").read_bytes()).endswith(f'"record":{BAD}}}\n'.encode())


def test_charts_use_the_encoding_of_the_output() -> None:
    """ASCII output has ASCII charts, and NO_COLOR no colors."""
    ran = process(*OPTIONS, "bad.ndjson", env={"PYTHONIOENCODING": "ascii"})
    assert (ran.code, ran.out.isascii(), "#" in ran.out) == (1, True, True)
    ran = forked_check("bad.ndjson", env={"NO_COLOR": "1"})
    assert "\x1b" not in ran.out
    ran = forked_check("bad.ndjson", "--color", "always")
    assert "\x1b[" in ran.out


@posix
def test_a_closed_output_ends_the_run() -> None:
    """If the reader of the output is gone, the run ends with 141 and no message."""
    read, write = os.pipe()
    os.close(read)
    ran = process(*OPTIONS, "bad.ndjson", "--workers", "2", stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (ran.code, ran.err) == (141, "")


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Return True."""
        return True


def test_progress_is_shown_on_a_terminal_only(
    cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Progress is shown and cleared on a terminal, but not with --quiet."""
    monkeypatch.setattr(progress, "_INTERVAL", 0)
    monkeypatch.setenv("TERM", "xterm")
    shown = []
    for options in ((), ("--quiet",)):
        monkeypatch.setattr(sys, "stderr", Terminal())
        assert cli(*OPTIONS, "bad.ndjson", *options).code == 1
        shown.append(sys.stderr.getvalue())  # type: ignore[attr-defined]
    assert "1 violation, 2 records" in shown[0]
    assert shown[0].endswith(" \r")
    assert shown[1] == ""
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert cli(*OPTIONS, "bad.ndjson").code == 1
    assert sys.stderr.getvalue() == ""  # type: ignore[attr-defined]


# -- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["bad.ndjson", "--key", "id"], "JSON Pointer such as /id, not 'id'"),
        (["bad.ndjson", "--workers", "0"], "must be an integer >= 1, not '0'"),
        (["bad.ndjson", "--workers", "two"], "must be an integer >= 1, not 'two'"),
        (["bad.ndjson", "--samples", "-1"], "--samples"),
        (["bad.ndjson", "--column", "name"], "must be NAME=POINTER, such as"),
        (["bad.ndjson", "--column", "name=id"], "not 'name=id'"),
        (
            ["bad.ndjson", "--column", "name=/id"],
            "columns are only mapped for CSV and Parquet, not for NDJSON",
        ),
        (["bad.ndjson", "--valid-out", "bad.ndjson"], "--valid-out bad.ndjson is an input file"),
        (["bad.ndjson", "--invalid-out", "./bad.ndjson"], "is an input file and would be"),
        (
            ["bad.ndjson", "--valid-out", "x", "--invalid-out", "x"],
            "both valid and invalid records; use two files",
        ),
        (["bad.ndjson", "--valid-out", "x", "--output", "./x"], "use two files"),
        (["bad.ndjson", "--invalid-out", "x", "--output", "x"], "use two files"),
        (["bad.ndjson", "--output", "bad.ndjson"], "would be overwritten"),
        (["bad.ndjson", "--valid-out", "no/x"], "No such file"),
        (["bad.ndjson", "good.ndjson", "--valid-out", "x"], "take one FILE of records, not 2"),
        (["none.ndjson"], "No such file"),
        (["empty.ndjson"], "no records, so nothing was checked"),
        (["blank.ndjson"], "no records, so nothing was checked"),
        (["folder.ndjson"], "no file to check in folder.ndjson: none ends in .json"),
        (["plain.gz", "--workers", "1"], "is not gzip data, as its name says: rename it"),
    ],
)
def test_errors(argv: list[str], message: str, cli: Command) -> None:
    """An error has a message and exit code 2, and no file is changed."""
    Path("empty.ndjson").write_text("")
    Path("blank.ndjson").write_text("\n \n")
    Path("plain.gz").write_text(GOOD)
    Path("folder.ndjson").mkdir()
    before = {each: each.read_bytes() for each in Path().iterdir() if each.is_file()}
    ran = cli(*OPTIONS, *argv)
    assert ran.code == 2
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert {each: each.read_bytes() for each in Path().iterdir() if each.is_file()} == before


@pytest.mark.parametrize("option", ["--output", "--valid-out", "--invalid-out"])
@pytest.mark.parametrize(
    "target",
    [
        "item.json",
        "part.json",
        "link.json",
        "good.json",
        "pyproject.toml",
        "own/acme/sources.json",
        "own/acme/openapi.json",
        "own/acme/item.json",
    ],
)
def test_a_file_that_is_read_is_not_overwritten(target: str, option: str, cli: Command) -> None:
    """Files to check, contracts, what they refer to, sources and configuration are kept."""
    Path("own/acme").mkdir(parents=True)
    schema = {"properties": {"name": {"$ref": "part.json#/name"}}}
    files = {
        "item.json": json.dumps(schema),
        "part.json": '{"name": {"maxLength": 5}}',
        "pyproject.toml": '[tool.fieldbound]\nfolders = ["own"]\n',
        "own/acme/sources.json": "{}",
        "own/acme/openapi.json": '{"openapi": "3.1.0"}',
        "own/acme/item.json": "{}",
    }
    for name, text in files.items():
        Path(name).write_text(text)
    Path("link.json").symlink_to("part.json")
    before = {each: each.read_bytes() for each in Path().rglob("*") if each.is_file()}
    ran = cli(*OPTIONS, "bad.ndjson", "good.json", option, target)
    assert (ran.code, ran.out) == (2, "")
    assert f"{option} {target} is " in ran.err
    assert "would be overwritten" in ran.err
    assert {each: each.read_bytes() for each in Path().rglob("*") if each.is_file()} == before


def test_a_file_that_is_not_read_is_overwritten(cli: Command) -> None:
    """An earlier report, or another file beside a contract, is replaced."""
    for target in ("report.json", "other.json"):
        Path(target).write_text("{}")
        assert cli(*OPTIONS, "bad.ndjson", "--output", target).code == 1
        assert "2 records" in Path(target).read_text()


def test_records_need_a_known_contract(cli: Command) -> None:
    """Without a contract, or with an unknown one, nothing is checked."""
    assert "no contract is mapped to bad.ndjson" in cli("bad.ndjson").err
    ran = cli("-c", "no/such", "bad.ndjson", "--workers", "1")
    assert (ran.code, "there is no contract named 'no/such'" in ran.err) == (2, True)


@posix
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="root may read everything")
def test_missing_permission_is_an_error(cli: Command) -> None:
    """A file without permission is an error with its name."""
    Path("bad.ndjson").chmod(0)
    ran = cli(*OPTIONS, "bad.ndjson")
    assert (ran.code, ran.err) == (2, "fieldbound: cannot read bad.ndjson: Permission denied\n")


def test_help_fits_80_columns() -> None:
    """No line of the help is longer than 80 characters."""
    ran = forked_command("check", "--help", env={"COLUMNS": "80"})
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert {"--key", "--valid-out", "--invalid-out", "--resume"} <= set(ran.out.split())
