"""What a FILE of `check` stands for: folders, globs, formats, and what is said of a wrong one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from support.running import Command, Ran

SCHEMA = {
    "type": "object",
    "properties": {"Name": {"type": "string", "maxLength": 5}},
    "x-source": {"says": "stated", "from": []},
}
GOOD, BAD = '{"Name": "a"}', '{"Name": "too long"}'
CHECK = ("check", "-c", "group.json")


@pytest.fixture(autouse=True)
def _files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent / "cache"))
    Path("group.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    for name, text in {
        "in/a.json": BAD,
        "in/deep/b.YAML": "Name: too long",
        "in/deep/c.yml": "Name: a",
        "in/deep/notes.txt": "Name",
        "in/.hidden/d.json": BAD,
        "in/.e.json": BAD,
    }.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def checked(ran: Ran) -> list[str]:
    """Return the names of the documents in a JSON report, or its errors."""
    report = json.loads(ran.out)
    return [each["name"] for each in report["reports"]] + report["errors"]


def mapping(**globs: str) -> None:
    """Write a configuration that maps globs to contracts."""
    lines = [f"{json.dumps(glob)} = {json.dumps(name)}" for glob, name in globs.items()]
    text = "\n".join(["[tool.fieldbound.files]", *lines])
    Path("pyproject.toml").write_text(text, encoding="utf-8")


IN = [os.path.normpath(each) for each in ("in/a.json", "in/deep/b.YAML", "in/deep/c.yml")]


@pytest.mark.parametrize("path", ["in", "in/", "./in", "in/deep/.."])
def test_folder_by_a_contract(path: str, cli: Command) -> None:
    """With --contract every payload below a folder is checked, but hidden ones, sorted."""
    assert checked(cli(*CHECK, path, "--format", "json")) == IN


def test_folder_with_records(cli: Command) -> None:
    """Files of records in a folder are checked as such, beside its documents."""
    Path("in/r.ndjson").write_text(f"{GOOD}\n{BAD}\n", encoding="utf-8")
    ran = cli(*CHECK, "in")
    assert "2 violations in 2 of 3 documents" in ran.out
    assert "2 records checked by group.json: 1 invalid" in ran.out


def test_contract_is_no_payload(cli: Command) -> None:
    """The file of the contract is left out of the folder that it is in."""
    Path("in/good.json").write_text(GOOD, encoding="utf-8")
    names = checked(cli(*CHECK, ".", "--format", "json"))
    assert names == [IN[0], os.path.normpath("in/good.json"), *IN[1:]]


def test_folder_by_the_mapping(cli: Command) -> None:
    """Without --contract the files in a folder that the configuration maps are checked."""
    mapping(**{"in/deep/*": "group.json", "*.json": "group.json"})
    assert checked(cli("check", "in", "--format", "json"))[:2] == IN[1:]
    assert "group.json" in checked(cli("check", ".", "--format", "json"))
    ran = cli("check", str(Path("in/deep").absolute()), "--format", "json")
    assert checked(ran)[:2] == IN[1:]


def test_folder_without_files(cli: Command) -> None:
    """A folder in which nothing is checked is an error, or skipped if nothing is mapped to it."""
    Path("empty").mkdir()
    err = "no file to check in empty: none ends in .json, .yaml, .yml, .ndjson, .jsonl"
    assert cli(*CHECK, "empty") == Ran(2, "", f"fieldbound: {err}\n")
    mapping(**{"*.json": "group.json"})
    ran = cli("check", "in")
    assert (ran.code, ran.out) == (2, "")
    assert "no file in in is mapped to a contract: pass --contract, or map" in ran.err
    ran = cli("check", "in", "--skip-unmapped")
    assert (ran.code, ran.err) == (0, "fieldbound: skipped (no contract is mapped): in\n")


def test_folder_of_recordings(cli: Command) -> None:
    """With --api every recording below a folder is checked."""
    Path("har").mkdir()
    Path("har/a.har").write_text("{}", encoding="utf-8")
    ran = cli("check", "--api", "oracle-cx-sales", "har")
    assert ran.code == 2
    assert "har/a.har" in ran.err


@pytest.mark.parametrize(
    ("glob", "names"),
    [
        ("in/*.json", IN[:1]),
        ("in/**/*.[yY]*", IN[1:]),
        ("in/deep/[bc].*", IN[1:]),
        ("i?", IN),
        ("in/**/?.*", IN),
    ],
)
def test_glob(glob: str, names: list[str], cli: Command) -> None:
    """A glob that the shell has left alone is expanded, and a folder that it matches is walked."""
    assert checked(cli(*CHECK, glob, "--format", "json")) == names


def test_file_named_like_a_glob(cli: Command) -> None:
    """A file whose name is the glob is that file."""
    Path("in/[a].json").write_text(GOOD, encoding="utf-8")
    assert checked(cli(*CHECK, "in/[a].json", "--format", "json")) == ["in/[a].json"]


def test_glob_without_files(cli: Command) -> None:
    """A glob that matches no file is an error, with a contract or without."""
    for argv in (CHECK, ("check",), ("check", "--skip-unmapped")):
        assert cli(*argv, "no/*.json") == Ran(2, "", "fieldbound: no file matches 'no/*.json'\n")


def test_file_is_checked_once(cli: Command) -> None:
    """A file that a folder and a glob both have is checked once."""
    assert checked(cli(*CHECK, "in", "in/*.json", "in/a.json", "--format", "json")) == IN


@pytest.mark.parametrize("name", ["missing.json", "missing.har", "in/a.json/x"])
def test_missing_file_is_missing_first(name: str, cli: Command) -> None:
    """A file that does not exist is said to be missing, not to be without a contract."""
    for options in ((), ("--skip-unmapped",)):
        ran = cli("check", name, *options)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"fieldbound: cannot read {name}: N")


@pytest.mark.parametrize(
    ("name", "text", "given"),
    [
        ("a.json", "Name: too long", "yaml"),
        ("a.ndjson", '{"Name":\n "too long"}', "json"),
        ("a.yaml", '{"Name":\t"too long"}', "json"),
        ("a.data", "Name: too long", "yaml"),
    ],
)
def test_input_of_documents(name: str, text: str, given: str, cli: Command) -> None:
    """--input is the format of every file, whatever its name."""
    Path(name).write_text(text, encoding="utf-8")
    ran = cli(*CHECK, name, "--input", given)
    assert ran.out.startswith(f"{name}:")
    assert "/Name has 8 characters" in ran.out
    assert ran.code == 1


@pytest.mark.parametrize(
    ("name", "text", "given"),
    [
        ("a.json", f"{GOOD}\n{BAD}\n", "ndjson"),
        ("a.log", f"{GOOD}\n{BAD}\n", "ndjson"),
        ("a.txt", "Name\na\ntoo long\n", "csv"),
        ("a.csv", "Name\tOther\na\tb\ntoo long\tb\n", "tsv"),
    ],
)
def test_input_of_records(name: str, text: str, given: str, cli: Command) -> None:
    """--input of a format of records reads any file as records."""
    Path(name).write_text(text, encoding="utf-8")
    ran = cli(*CHECK, name, "--input", given)
    assert ran.out.startswith(f"{name}: 2 records checked by group.json: 1 invalid")
    assert ran.code == 1


@pytest.mark.parametrize("name", ["a.json", "a.log", "a"])
def test_ndjson_is_suggested(name: str, cli: Command) -> None:
    """A document that goes on after its value may be NDJSON, and the message says what to pass."""
    Path(name).write_text(f"{GOOD}\n{BAD}\n", encoding="utf-8")
    ran = cli(*CHECK, name)
    assert ran.out.startswith(f"{name}:2:1: trailingData: ")
    assert "one value a line is NDJSON: --input ndjson" in ran.out


def test_two_contracts(cli: Command) -> None:
    """Two contracts are an error that names both, as no file is checked by two."""
    ran = cli(*CHECK, "--contract", "other.json", "in/a.json")
    assert (ran.code, ran.out) == (2, "")
    assert "-c/--contract: it is given twice, as group.json and other.json" in ran.err


@pytest.mark.parametrize(
    ("argv", "meant"),
    [
        (("payload.json",), "check payload.json"),
        (("in",), "check in"),
        (("in/*.json",), "check 'in/*.json'"),
        (("a b.json",), "check 'a b.json'"),
        (("-c", "group.json", "in/a.json"), "check -c group.json in/a.json"),
        (("chekc", "in/a.json"), "check"),
        (("limit",), "limits"),
    ],
)
def test_no_command(argv: tuple[str, ...], meant: str, cli: Command) -> None:
    """A file in the place of a command, or a misspelt command, has a suggestion."""
    ran = cli(*argv)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0].endswith(f"is no command; did you mean `fieldbound {meant}`?")


def test_no_command_like_it(cli: Command) -> None:
    """What is like no command and no file gets the list of commands."""
    assert "'zzz' is no command (choose from check, contracts, " in cli("zzz").err


def test_misspelt_option(cli: Command) -> None:
    """A misspelt option has a suggestion."""
    assert "unknown option --fmt; did you mean --format?" in cli("check", "--fmt", "json").err
