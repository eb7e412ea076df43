"""The command on files of records: what it judges as such, what it says, and its exit codes."""

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
from support.running import Command, Ran

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX pipes and permissions")

#: What no x-source entry of the schema speaks of holds by decree: breaking it always fails.
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
    """Run the command as a process of its own, with *env* added to the environment."""
    env = {**os.environ, **more.pop("env", {})}
    ran = subprocess.run(
        [sys.executable, "-m", "fieldbound", "check", *argv],
        env=env,
        check=False,
        encoding="utf-8",
        **{"capture_output": "stdout" not in more, **more},
    )
    return Ran(ran.returncode, ran.stdout or "", ran.stderr or "")


def reports(ran: Ran) -> list[dict[str, Any]]:
    """Return the accounts in what a run wrote as JSON."""
    return json.loads(ran.out)["reports"]  # type: ignore[no-any-return]


def counts(ran: Ran) -> list[tuple[int, int]]:
    """Return of each account how many records there are, and how many refused."""
    return [(each["records"], each["invalid"]) for each in reports(ran)]


# -- what is judged as records -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "expected"),
    [
        ("good.ndjson", 0, (2, 0)),
        ("bad.ndjson", 1, (2, 1)),
        ("array.json", 1, (2, 1)),
    ],
)
def test_a_file_of_records_is_told_in_one_account(
    name: str, code: int, expected: tuple[int, int], cli: Command
) -> None:
    """Records are counted, and the exit code says whether any is invalid."""
    ran = cli(*OPTIONS, name, "--format", "json")
    assert (ran.code, counts(ran), ran.err) == (code, [expected], "")


def test_packed_files_and_tables_are_records(cli: Command) -> None:
    """What is packed is unpacked, and the columns of a table go where they are said to belong."""
    Path("a.jsonl.gz").write_bytes(gzip.compress(Path("bad.ndjson").read_bytes()))
    Path("a.csv").write_text("Name,id\na,1\ntoolong,2\n")
    packed = cli(*OPTIONS, "a.jsonl.gz", "--format", "json")
    table = cli(*OPTIONS, "a.csv", "--column", "Name=/name", "--format", "json")
    assert (packed.code, counts(packed)) == (1, [(2, 1)])
    assert (table.code, counts(table)) == (1, [(2, 1)])


def test_an_array_is_a_document_where_the_contract_takes_one(cli: Command) -> None:
    """By a contract that takes arrays, an array is one document, unless records are asked for."""
    Path("numbers.json").write_text('[1, "a"]')
    ran = cli("-c", "list.json", "numbers.json")
    assert (ran.code, ran.out.count("numbers.json:1:5: type")) == (1, 1)
    ran = cli("-c", "list.json", "numbers.json", "--workers", "1", "--format", "json")
    assert (ran.code, counts(ran)) == (1, [(2, 2)])


def test_any_file_is_one_of_records_where_that_is_asked_for(cli: Command) -> None:
    """An option that is about records alone says that the files have them."""
    ran = cli(*OPTIONS, "good.json", "--key", "/id", "--format", "json")
    assert (ran.code, counts(ran)) == (0, [(1, 0)])
    assert cli(*OPTIONS, "good.json", "--format", "html").out.startswith("<!doctype html>")


def test_mapped_files_are_judged_each_in_its_way(cli: Command) -> None:
    """Of the files that a project maps, those of records have an account, the others a report."""
    Path("pyproject.toml").write_text(
        '[tool.fieldbound.files]\n"*.ndjson" = "item.json"\n"good.json" = "item.json"\n'
    )
    ran = cli()
    assert ran.code == 1
    assert ran.out.startswith("1 document valid\n")
    assert "bad.ndjson: 2 records by item.json: 1 refused" in ran.out
    ran = cli("bad.ndjson", "--format", "json")
    assert (ran.code, counts(ran)) == (1, [(2, 1)])


def test_documents_and_records_are_not_mixed_in_one_file(cli: Command) -> None:
    """Where one output cannot hold both, what to do is said."""
    for more in (("--format", "json"), ("--output", "out")):
        ran = cli(*OPTIONS, "good.json", "bad.ndjson", *more)
        assert (ran.code, ran.out) == (2, "")
        assert "good.json is a document, bad.ndjson has records: check them in two runs" in ran.err
    assert not Path("out").exists()


def test_standard_input_is_read_as_it_is_said_to_be() -> None:
    """Lines and tables come in by standard input, and a pipe is as good as a file."""
    text = Path("bad.ndjson").read_text()
    ran = process(*OPTIONS, "-", "--input", "ndjson", "--format", "json", input=text)
    assert (ran.code, counts(ran)) == (1, [(2, 1)])
    assert reports(ran)[0]["name"] == "stdin"
    ran = process(*OPTIONS, "-", "--input", "csv", "--format", "json", input="name\ntoolong\n")
    assert (ran.code, counts(ran)) == (1, [(1, 1)])
    assert "no record" in process(*OPTIONS, "-", "--input", "ndjson", input="").err


@posix
def test_a_pipe_is_read_by_its_name() -> None:
    """A path that leads to a pipe is read once, through to its end."""
    text = Path("bad.ndjson").read_text()
    ran = process(*OPTIONS, "/dev/stdin", "--workers", "2", "--format", "json", input=text)
    assert (ran.code, counts(ran)) == (1, [(2, 1)])
    shell = f"{sys.executable} -m fieldbound check -c item.json --samples 1 <(cat bad.ndjson)"
    found = subprocess.run(["bash", "-c", shell], capture_output=True, check=False)
    assert found.returncode == 1
    assert b"2 records by item.json: 1 refused" in found.stdout


# -- what is put out -----------------------------------------------------------------------------


def test_records_are_told_as_text_json_or_a_page(cli: Command) -> None:
    """Each format has the account; another one is refused by its name."""
    text, page = cli(*OPTIONS, "bad.ndjson"), cli(*OPTIONS, "bad.ndjson", "--format", "html")
    assert "maxLength 5 at /name: 1 record" in text.out
    assert "record 2 (line 2, byte 13)" in text.out
    assert page.out.startswith("<!doctype html>")
    for name in ("sarif", "junit", "github"):
        ran = cli(*OPTIONS, "bad.ndjson", "--format", name)
        assert (ran.code, ran.out) == (2, "")
        assert f"--format {name} is for documents" in ran.err
    ran = cli(*OPTIONS, "good.json", "array.json", "--format", "html")
    assert ran.code == 1


def test_an_account_is_written_whole_or_not_at_all(cli: Command) -> None:
    """With --output nothing is on standard output, and a file in no folder is told."""
    ran = cli(*OPTIONS, "bad.ndjson", "--format", "json", "--output", "out.json")
    assert (ran.code, ran.out) == (1, "")
    assert json.loads(Path("out.json").read_text())["invalid"] == 1
    ran = cli(*OPTIONS, "bad.ndjson", "--output", "no/out.json")
    assert (ran.code, ran.err) == (
        2,
        "fieldbound: cannot write no/out.json: No such file or directory\n",
    )


def test_quiet_says_less(cli: Command) -> None:
    """With --quiet what is valid is not told, nor what is only good to know."""
    assert cli(*OPTIONS, "good.ndjson", "--quiet") == Ran(0, "", "")
    ran = cli(*OPTIONS, "bad.ndjson", "--quiet", "--resume")
    assert (ran.code, ran.err) == (1, "")
    assert "there is no run to resume" in cli(*OPTIONS, "bad.ndjson", "--resume").err


def test_what_is_less_firm_only_warns(cli: Command) -> None:
    """--fail-on counts for records as for documents."""
    assert cli(*OPTIONS, "warn.ndjson").code == 1
    ran = cli(*OPTIONS, "warn.ndjson", "--fail-on", "stated")
    assert (ran.code, "warning: maxLength 5 at /note" in ran.out) == (0, True)
    assert cli(*OPTIONS, "bad.ndjson", "--fail-on", "stated").code == 1


def test_what_is_there_twice_fails(cli: Command) -> None:
    """Records of one key fail, valid as they are."""
    Path("a.ndjson").write_text('{"name":"a","id":7}\n' * 2)
    assert cli(*OPTIONS, "a.ndjson").code == 0
    ran = cli(*OPTIONS, "a.ndjson", "--key", "/id", "--format", "json")
    assert ran.code == 1
    assert reports(ran)[0]["duplicates"]["samples"][0]["numbers"] == [1, 2]


def test_several_files_have_an_account_each(cli: Command) -> None:
    """One that cannot be read does not keep the others from being judged."""
    ran = cli(*OPTIONS, "good.ndjson", "none.ndjson", "bad.ndjson", "--format", "json")
    assert (ran.code, counts(ran)) == (2, [(2, 0), (2, 1)])
    assert ran.err == "fieldbound: cannot read none.ndjson: No such file or directory\n"
    said = "none.ndjson: cannot read none.ndjson: No such file or directory"
    assert json.loads(ran.out)["errors"] == [said]


def test_records_are_split_by_their_verdict(cli: Command) -> None:
    """--valid-out and --invalid-out write the records, each to its file."""
    ran = cli(*OPTIONS, "bad.ndjson", "--valid-out", "ok", "--invalid-out", "no.gz")
    assert ran.code == 1
    assert Path("ok").read_text() == f"{GOOD}\n"
    assert gzip.decompress(Path("no.gz").read_bytes()).endswith(f'"record":{BAD}}}\n'.encode())


def test_a_chart_is_drawn_in_what_the_output_can_take() -> None:
    """Output that is ASCII alone has charts of ASCII; and no color where nobody wants it."""
    ran = process(*OPTIONS, "bad.ndjson", env={"PYTHONIOENCODING": "ascii"})
    assert (ran.code, ran.out.isascii(), "#" in ran.out) == (1, True, True)
    ran = process(*OPTIONS, "bad.ndjson", env={"NO_COLOR": "1"})
    assert "\x1b" not in ran.out
    assert "\x1b[" in process(*OPTIONS, "bad.ndjson", "--color", "always").out


@posix
def test_output_that_nobody_reads_ends_the_run() -> None:
    """Where the reader of the output is gone, the run ends with 141 and says nothing."""
    read, write = os.pipe()
    os.close(read)
    ran = process(*OPTIONS, "bad.ndjson", "--workers", "2", stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (ran.code, ran.err) == (141, "")


class Terminal(io.StringIO):
    """What is written to a terminal."""

    def isatty(self) -> bool:
        """Tell that it is one."""
        return True


def test_how_far_a_run_is_is_shown_on_a_terminal_alone(
    cli: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar is drawn and cleared on a terminal, and not where there is none, or all is quiet."""
    monkeypatch.setattr(progress, "_PAUSE", 0)
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


# -- what does not go ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["bad.ndjson", "--key", "id"], "JSON Pointer such as /id, not 'id'"),
        (["bad.ndjson", "--workers", "0"], "'0' is no whole number from 1"),
        (["bad.ndjson", "--workers", "two"], "'two' is no whole number from 1"),
        (["bad.ndjson", "--samples", "-1"], "--samples"),
        (["bad.ndjson", "--column", "name"], "'name' is not NAME=POINTER"),
        (["bad.ndjson", "--column", "name=id"], "'name=id' is not NAME=POINTER"),
        (["bad.ndjson", "--column", "name=/id"], "leave the columns out"),
        (["bad.ndjson", "--valid-out", "bad.ndjson"], "it is the file that is read"),
        (["bad.ndjson", "--invalid-out", "./bad.ndjson"], "it is the file that is read"),
        (["bad.ndjson", "--valid-out", "x", "--invalid-out", "x"], "would be one file"),
        (["bad.ndjson", "--valid-out", "x", "--output", "./x"], "name two files"),
        (["bad.ndjson", "--invalid-out", "x", "--output", "x"], "name two files"),
        (["bad.ndjson", "--output", "bad.ndjson"], "it would be lost"),
        (["bad.ndjson", "--valid-out", "no/x"], "No such file"),
        (["bad.ndjson", "good.ndjson", "--valid-out", "x"], "the records of one FILE, not of 2"),
        (["none.ndjson"], "No such file"),
        (["empty.ndjson"], "it has no record, so nothing was judged"),
        (["blank.ndjson"], "it has no record, so nothing was judged"),
        (["folder.ndjson"], "it is a folder"),
        (["plain.gz", "--workers", "1"], "is named as packed with gzip"),
        (["bad.ndjson", "--input", "ndjson"], "--input tells what standard input is"),
    ],
)
def test_what_does_not_go_is_said(argv: list[str], said: str, cli: Command) -> None:
    """What is wrong is said in a sentence, the exit code is 2, and no file is lost or left."""
    Path("empty.ndjson").write_text("")
    Path("blank.ndjson").write_text("\n \n")
    Path("plain.gz").write_text(GOOD)
    Path("folder.ndjson").mkdir()
    before = {each: each.read_bytes() for each in Path().iterdir() if each.is_file()}
    ran = cli(*OPTIONS, *argv)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert {each: each.read_bytes() for each in Path().iterdir() if each.is_file()} == before


def test_records_need_a_contract_that_there_is(cli: Command) -> None:
    """Without a contract, or by one that nobody knows, nothing is judged."""
    assert "no contract is mapped to bad.ndjson" in cli("bad.ndjson").err
    ran = cli("-c", "no/such", "bad.ndjson", "--workers", "1")
    assert (ran.code, "there is no contract named 'no/such'" in ran.err) == (2, True)


@posix
@pytest.mark.skipif(os.name != "nt" and os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(cli: Command) -> None:
    """A file without permission is told by its name."""
    Path("bad.ndjson").chmod(0)
    ran = cli(*OPTIONS, "bad.ndjson")
    assert (ran.code, ran.err) == (2, "fieldbound: cannot read bad.ndjson: Permission denied\n")


def test_the_help_has_lines_that_a_terminal_takes() -> None:
    """No line of the help has more than 80 characters, where that is how many a terminal has."""
    ran = process("--help", env={"COLUMNS": "80"})
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    assert {"--key", "--valid-out", "--invalid-out", "--resume"} <= set(ran.out.split())
