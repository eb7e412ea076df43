"""The baseline on the command line: written, applied and pruned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fieldbound.cli.entry_point import main
from support.running import Command, Ran

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"name": {"maxLength": 3}, "flag": {"enum": ["Y", "N"]}},
}
NAME, FLAG = "order.json#/name:maxLength", "order.json#/flag:enum"
BASELINE = ".known.json"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    Path("order.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    Path("p").mkdir()
    for name in ("a", "b"):
        write(f"p/{name}.json", '{"name": "long", "flag": "x"}')
    configure()


@pytest.fixture(name="cli")
def _cli(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*argv: str) -> Ran:
        code = main(argv)
        return Ran(code, *capsys.readouterr())

    return command


def write(path: str, text: str) -> None:
    """Write a file."""
    Path(path).write_text(text, encoding="utf-8")


def configure(text: str = "") -> None:
    """Write a pyproject.toml that maps p/*.json, and has other settings."""
    files = '[tool.fieldbound.files]\n"p/*.json" = "order.json"\n'
    write("pyproject.toml", f"[tool.fieldbound]\n{text}\n{files}")


def counts() -> Any:
    """Return what the baseline has."""
    return json.loads(Path(BASELINE).read_text("utf-8"))["violations"]


def test_first_run(cli: Command) -> None:
    """What is found is written and passes, then and from now on."""
    ran = cli("check", "--write-baseline", BASELINE)
    assert ran == Ran(
        0,
        "no new violations in 2 documents; 4 in the baseline\n",
        f"fieldbound: {BASELINE}: 4 known violations written\n",
    )
    assert counts() == {each: {FLAG: 1, NAME: 1} for each in ("p/a.json", "p/b.json")}
    assert cli("check", "--baseline", BASELINE) == Ran(0, ran.out, "")
    assert cli("check").code == 1


def test_new_violations_fail(cli: Command) -> None:
    """What the baseline does not have fails; moved lines make no difference."""
    cli("check", "--write-baseline", BASELINE)
    write("p/a.json", '{\n\n\n"flag": "z",\n"name": "longer"}')
    assert cli("check", "--baseline", BASELINE).code == 0
    write("p/c.json", '{"flag": "x"}')
    ran = cli("check", "--baseline", BASELINE)
    assert ran.code == 1
    assert ran.out.startswith("p/c.json:1:10: enum: ")
    assert ran.out.endswith("1 violation in 1 of 3 documents; 4 in the baseline\n")


def test_the_configuration_names_the_baseline(cli: Command) -> None:
    """`baseline` is as --baseline, which overrides it."""
    configure(f'baseline = "{BASELINE}"')
    ran = cli("check")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"fieldbound: {BASELINE}: no such baseline: write it with --write-baseline {BASELINE}\n"
    )
    assert cli("check", "--write-baseline", BASELINE).code == 0
    assert cli("check").code == 0
    cli("check", "--ignore", "*", "--write-baseline", "empty.json")
    assert cli("check", "--baseline", "empty.json").code == 1


def test_mended_violations_are_told_and_pruned(cli: Command) -> None:
    """What no longer occurs is told, and removed by --prune-baseline; nothing is added by it."""
    cli("check", "--write-baseline", BASELINE)
    write("p/a.json", "{}")
    ran = cli("check", "--baseline", BASELINE)
    assert ran.code == 0
    assert ran.err == (
        f"fieldbound: {BASELINE}: 2 known violations no longer occur: {FLAG} in p/a.json; "
        f"{NAME} in p/a.json; --prune-baseline removes them\n"
    )
    write("p/c.json", '{"flag": "x"}')
    ran = cli("check", "--baseline", BASELINE, "--prune-baseline")
    assert ran.code == 1
    assert ran.err == f"fieldbound: {BASELINE}: 2 removed, 2 known violations left\n"
    assert counts() == {"p/b.json": {FLAG: 1, NAME: 1}}
    before = Path(BASELINE).stat()
    assert cli("check", "p/b.json", "--baseline", BASELINE, "--prune-baseline").err == ""
    assert Path(BASELINE).stat().st_mtime_ns == before.st_mtime_ns  # it is not written in vain


def test_files_that_were_not_checked_are_left_alone(cli: Command) -> None:
    """A run on some files tells nothing of the others, and keeps what the baseline has of them."""
    cli("check", "--write-baseline", BASELINE)
    write("p/a.json", "{}")
    assert cli("check", "p/b.json", "--baseline", BASELINE).err == ""
    write("p/b.json", '{"flag": "x"}')
    cli("check", "p/b.json", "--write-baseline", BASELINE)
    assert counts() == {"p/a.json": {FLAG: 1, NAME: 1}, "p/b.json": {FLAG: 1}}


def test_more_than_known_is_told(cli: Command) -> None:
    """If a file breaks a limit more often than known, all are reported, and a note says so."""
    write("records.ndjson", '{"flag": "x"}\n{"flag": "x"}\n')
    argv = ("check", "-c", "order.json", "records.ndjson")
    assert cli(*argv, "--write-baseline", BASELINE).code == 0
    ran = cli(*argv, "--baseline", BASELINE)
    assert (ran.code, ran.err) == (0, "")
    assert " 1. known: enum" in ran.out
    write("records.ndjson", '{"flag": "x"}\n{"flag": "x"}\n{"flag": "z"}\n')
    ran = cli(*argv, "--baseline", BASELINE)
    assert ran.code == 1
    assert " 1. enum" in ran.out
    assert "; 2 known\n" in ran.out
    assert ran.err == (
        f"fieldbound: {BASELINE}: {FLAG} is violated 3 times in records.ndjson, and 2 of these are "
        "known: all are reported\n"
    )
    (report,) = json.loads(cli(*argv, "--baseline", BASELINE, "--format", "json").out)["reports"]
    assert report["limits"][0]["known"] == 2


def test_a_recording(cli: Command) -> None:
    """What is known of a recording is known by operation, whichever exchange it is in."""
    exchange = json.dumps(
        {
            "request": {
                "method": "GET",
                "url": "https://store.example.com/companyGroup/all",
                "headers": {"accessToken": "t"},
            },
            "response": {"status": 200, "headers": {}, "body": '{"companyGroups": 1}'},
        }
    )
    write("a.ndjson", exchange)
    argv = ("check", "--api", "axim-commerce", "a.ndjson")
    assert cli(*argv).code == 1
    assert cli(*argv, "--write-baseline", BASELINE).code == 0
    write("a.ndjson", f"\n\n{exchange}\n")
    assert cli(*argv, "--baseline", BASELINE).code == 0
    write("a.ndjson", f"{exchange}\n{exchange}\n")
    assert cli(*argv, "--baseline", BASELINE).code == 1


def test_what_cannot_be_parsed_is_not_written(cli: Command) -> None:
    """A file that cannot be parsed fails also when the baseline is written."""
    write("p/a.json", "{")
    ran = cli("check", "--write-baseline", BASELINE)
    assert ran.code == 1
    assert "p/a.json:1:2: syntax" in ran.out
    assert list(counts()) == ["p/b.json"]


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (("--prune-baseline",), "--prune-baseline needs a baseline: pass --baseline FILE"),
        (
            ("--write-baseline", "x.json", "--baseline", "y.json"),
            "--write-baseline is not for use with another baseline",
        ),
        (
            ("--write-baseline", "x.json", "--prune-baseline"),
            "--write-baseline is not for use with another baseline",
        ),
        (("--write-baseline", "p/a.json"), "p/a.json is an input file and would be overwritten"),
        (("--write-baseline", "order.json"), "order.json is a file of a contract and would be"),
        (("--write-baseline", "notes.json"), "notes.json: is no baseline of fieldbound"),
        (("--write-baseline", "no/x.json"), "cannot write no/x.json: No such file or directory"),
        (("--write-baseline", "pyproject.toml"), "is the configuration and would be overwritten"),
    ],
)
def test_errors(argv: tuple[str, ...], message: str, cli: Command) -> None:
    """Options that exclude each other, and files that are no baseline, are errors."""
    write("notes.json", "[]")
    before = {path: path.read_text("utf-8") for path in Path().rglob("*.*") if path.is_file()}
    ran = cli("check", *argv)
    assert ran.code == 2
    assert message in ran.err
    assert {path: path.read_text("utf-8") for path in before} == before


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_known_violations_are_counted(format: str, cli: Command) -> None:  # noqa: A002
    """JSON and SARIF have the number of violations that are known."""
    cli("check", "--write-baseline", BASELINE)
    found = json.loads(cli("check", "--baseline", BASELINE, "--format", format).out)
    assert (found if format == "json" else found["runs"][0]["properties"])["known"] == 4
