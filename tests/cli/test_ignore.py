"""Ignored limits and severity on the command line: what is printed, counted and returned."""

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
    "additionalProperties": False,
}
NAME, FLAG = "order.json#/name:maxLength", "order.json#/flag:enum"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    Path("order.json").write_text(json.dumps(SCHEMA), encoding="utf-8")
    for folder in ("new", "old"):
        Path(folder).mkdir()
        Path(f"{folder}/a.json").write_text('{"name": "long", "flag": "x"}', encoding="utf-8")


@pytest.fixture(name="cli")
def _cli(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*argv: str) -> Ran:
        code = main(argv)
        return Ran(code, *capsys.readouterr())

    return command


def configure(text: str, mapped: str = "*/a.json") -> None:
    """Write a pyproject.toml with settings, and a mapping."""
    lines = f'[tool.fieldbound]\n{text}\n[tool.fieldbound.files]\n"{mapped}" = "order.json"\n'
    Path("pyproject.toml").write_text(lines, encoding="utf-8")


def test_an_option_ignores_limits(cli: Command) -> None:
    """--ignore leaves out what a pattern matches, and the summary counts it."""
    ran = cli("check", "-c", "order.json", "new/a.json", "--ignore", FLAG)
    assert (ran.code, ran.out.count("maxLength"), ran.out.count("enum")) == (1, 1, 0)
    assert ran.out.endswith("1 violation in 1 of 1 documents; 1 ignored\n")
    ran = cli(
        "check", "-c", "order.json", "new/a.json", "--ignore", FLAG, "--ignore", "*:maxLength"
    )
    assert ran == Ran(0, "1 document valid; 2 ignored\n", "")


def test_the_configuration_ignores_limits(cli: Command) -> None:
    """`ignore` is for all files, `per-file-ignores` for those that a glob matches."""
    configure(f"ignore = ['{FLAG}']\nper-file-ignores = {{'old/*' = ['*:maxLength']}}")
    ran = cli("check")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("new/a.json:1:10: maxLength")
    assert ran.out.endswith("1 violation in 1 of 2 documents; 3 ignored\n")


def test_unused_patterns_are_told(cli: Command) -> None:
    """A pattern that ignores nothing is told, where everything was checked or it is an option."""
    configure(
        "ignore = ['*:enum', 'acme/*']\n"
        "per-file-ignores = {'old/*' = ['*:maxLength', '*:type'], 'x/*' = ['*:enum']}"
    )
    told = "is not used: there is nothing to ignore"
    assert cli("check").err.splitlines() == [
        f"fieldbound: pyproject.toml: tool.fieldbound.ignore: 'acme/*' {told}",
        f"fieldbound: pyproject.toml: tool.fieldbound.per-file-ignores.'old/*': '*:type' {told}",
        f"fieldbound: pyproject.toml: tool.fieldbound.per-file-ignores.'x/*': '*:enum' {told}",
    ]
    assert cli("check", "new/a.json").err == ""
    ran = cli("check", "new/a.json", "--ignore", "acme/*")
    assert ran.err == f"fieldbound: --ignore: 'acme/*' {told}\n"
    assert cli("check", "new/a.json", "--ignore", "acme/*", "--quiet").err == ""


def test_an_impossible_pattern_is_an_error(cli: Command) -> None:
    """A pattern that can match no limit is an error, with what was meant."""
    ran = cli("check", "-c", "order.json", "new/a.json", "--ignore", "enum")
    assert ran.code == 2
    assert ran.err.endswith("did you mean '*:enum'?\n")


@pytest.mark.parametrize(
    ("severity", "code", "shown"),
    [
        ("'*' = 'warning'", 0, {"warning: enum", "warning: maxLength"}),
        ("'*:enum' = 'warning'", 1, {"warning: enum", "maxLength"}),
        ("'*:enum' = 'off'", 1, {"maxLength"}),
        ("'*:enum' = 'error'\n'*' = 'off'", 1, {"enum"}),
    ],
)
def test_severity(severity: str, code: int, shown: set[str], cli: Command) -> None:
    """A limit is an error, a warning, or off by the first pattern that matches it."""
    configure(f"[tool.fieldbound.severity]\n{severity}", "new/*.json")
    ran = cli("check")
    assert ran.code == code
    lines = [line for line in ran.out.splitlines() if line.startswith("new/")]
    assert {line.partition(": ")[2].partition(": /")[0] for line in lines} == shown


def test_what_is_off_is_counted_as_ignored(cli: Command) -> None:
    """What is off is counted in the summary as what is ignored is."""
    configure("[tool.fieldbound.severity]\n'*' = 'off'", "new/*.json")
    assert cli("check") == Ran(0, "1 document valid; 2 ignored\n", "")


@pytest.mark.parametrize("name", ["a.ndjson", "a.csv"])
def test_records(name: str, cli: Command) -> None:
    """What is ignored is ignored of records: one that breaks nothing else is valid."""
    texts = {
        "a.ndjson": '{"name": "long"}\n{"flag": "x"}\n{"name": "long", "flag": "x"}\n',
        "a.csv": "name,flag\nlong,Y\nabc,x\nlong,x\n",
    }
    Path(name).write_text(texts[name], encoding="utf-8")
    argv = ("check", "-c", "order.json", name, "--format", "json", "--ignore", "*:enum")
    ran = cli(*argv, "--valid-out", "valid")
    (report,) = json.loads(ran.out)["reports"]
    assert (report["records"], report["invalid"], report["violations"]) == (3, 2, 2)
    assert report["ignored"] == {"*:enum": 2}
    assert [each["id"] for each in report["limits"]] == [NAME]
    assert len(Path("valid").read_text("utf-8").splitlines()) == 1 + name.endswith("csv")
    assert cli(*argv, "--ignore", "*/name:*").code == 0


def test_a_recording(cli: Command) -> None:
    """What is ignored is ignored of recorded traffic."""
    url = "https://store.example.com/companyGroup/all"
    request = {"method": "GET", "url": url, "headers": {"accessToken": "t"}}
    response = {"status": 200, "headers": {}, "body": "{}"}
    Path("a.ndjson").write_text(json.dumps({"request": request, "response": response}), "utf-8")
    argv = ("check", "--api", "axim-commerce", "a.ndjson")
    assert "required: /headers/Content-Type is missing" in cli(*argv).out
    ran = cli(*argv, "--ignore", "axim-commerce/*/Content-Type:required")
    assert (ran.code, ran.out) == (0, "2 messages valid; 1 ignored\n")


@pytest.mark.parametrize("format", ["json", "sarif", "junit", "github"])
def test_every_format_leaves_out_what_is_ignored(format: str, cli: Command) -> None:  # noqa: A002
    """No format shows what is ignored; JSON and SARIF count it."""
    argv = ("check", "-c", "order.json", "new/a.json", "--format", format, "--ignore", "*:enum")
    ran = cli(*argv)
    assert ran.code == 1
    assert "flag" not in ran.out
    if format == "json":
        found = json.loads(ran.out)
        assert (found["ignored"], found["reports"][0]["ignored"]) == (1, {"*:enum": 1})
    if format == "sarif":
        assert json.loads(ran.out)["runs"][0]["properties"]["ignored"] == 1
