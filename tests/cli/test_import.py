"""`fieldbound import`: a folder of contracts is made, and what was done is printed."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from support.forked import forked_command
from support.running import Command

ATTRIBUTES = [
    {"name": "Name", "type": "string", "mandatory": True, "maxLength": 30},
    {"name": "Image", "type": "hologram"},
]


@pytest.fixture(autouse=True)
def _folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(folder.iterdir())
    monkeypatch.delenv("FIELDBOUND_CONFIG", raising=False)
    describe(30)


def describe(length: int) -> None:
    """Write the describe of accounts, whose names have this length."""
    attributes = [{**ATTRIBUTES[0], "maxLength": length}, ATTRIBUTES[1]]
    value = {"Resources": {"accounts": {"attributes": attributes}}}
    Path("describe.json").write_text(json.dumps(value))


def next_commands(out: str) -> list[list[str]]:
    """Return the arguments of the commands that are printed to go on with."""
    lines = out.partition("next:\n")[2].splitlines()
    commands = [shlex.split(each) for each in lines]
    assert [each[0] for each in commands] == ["fieldbound"] * 3
    return [each[1:] for each in commands]


def test_an_import(cli: Command) -> None:
    """What was taken, what was omitted, and what was written is printed."""
    ran = cli("import", "describe.json", "--vendor", "acme")
    assert (ran.code, ran.err) == (0, "")
    first, *rest = ran.out.splitlines()
    assert first.startswith("took ")
    assert " stated, " in first
    assert rest[:3] == [
        "no limit was made of:",
        "    /Resources/accounts/attributes/1: the type 'hologram' is not known",
        "wrote contracts/acme (new: accounts.json, openapi.json, sources.json)",
    ]


@pytest.mark.parametrize("output", [None, "my contracts"])
@pytest.mark.parametrize("configured", [False, True])
def test_the_next_commands_work(output: str | None, configured: bool, cli: Command) -> None:
    """They can be pasted as they are, wherever the folder is."""
    if configured:
        Path("own").mkdir()
        Path("pyproject.toml").write_text('[tool.fieldbound]\nfolders = ["own"]\n')
    options = ["--output", output] if output else []
    ran = cli("import", "describe.json", "--vendor", "acme", *options)
    assert ran.code == 0, ran.err
    folder = Path(output or ("own" if configured else "contracts"), "acme")
    assert (folder / "openapi.json").is_file()
    for command in next_commands(ran.out):
        assert cli(*command).code == 0, command


def test_citations(cli: Command) -> None:
    """A message cites the document by the title and the address that were given."""
    address = "https://acme.example/describe"
    cli("import", "describe.json", "--vendor", "acme", "--title", "Ours", "--address", address)
    Path("a.json").write_text('{"Name": 5}')
    ran = cli("check", "-c", "acme/create-accounts", "--folder", "contracts", "a.json")
    assert f'stated in "Ours", {address}' in ran.out


def test_a_conflict_fails(cli: Command) -> None:
    """What was changed by hand and by the vendor is told with both values."""
    cli("import", "describe.json", "--vendor", "acme")
    path = Path("contracts/acme/accounts.json")
    path.write_text(path.read_text().replace('"maxLength": 30', '"maxLength": 20'))
    ran = cli("import", "describe.json", "--vendor", "acme")
    assert ran.code == 0
    assert "kept 1 change made by hand:\n    accounts.json#/$defs/Name:maxLength\n" in ran.out
    describe(40)
    ran = cli("import", "describe.json", "--vendor", "acme")
    assert ran.code == 1
    assert (
        "changed by hand and by the vendor, kept as changed by hand:\n"
        "    accounts.json#/$defs/Name:maxLength: 20 is kept, the vendor has 40\n"
    ) in ran.out


@pytest.mark.parametrize(
    ("argv", "message"),
    [
        (["gone.json"], "gone.json: cannot be read: No such file or directory"),
        (["describe.json", "--as", "csw"], "there is no kind 'csw'"),
        (["describe.json", "--as", "salesforce"], "describe.json:1:1: no describe of an sObject"),
        (["describe.json", "--resource", "x"], "there is no resource 'x'"),
        (["broken.json", "--as", "salesforce"], "broken.json:1:2: "),
        (["other.json"], "other.json: the kind is not recognised"),
    ],
)
def test_an_import_that_cannot_be(argv: list[str], message: str, cli: Command) -> None:
    """The error is said with its place, the code is 2, and nothing is written."""
    Path("broken.json").write_text("{")
    Path("other.json").write_text('{"a": 1}')
    ran = cli("import", *argv, "--vendor", "acme")
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert not Path("contracts").exists()


def test_text_of_a_source_is_escaped(cli: Command) -> None:
    """No control character of a source reaches the terminal."""
    attribute = {"name": "a", "type": "\x1b[2J"}
    value = {"Resources": {"b": {"title": "\x1b[2J", "attributes": [attribute]}}}
    Path("describe.json").write_text(json.dumps(value))
    ran = cli("import", "describe.json", "--vendor", "acme")
    assert "\x1b" not in ran.out + ran.err


def test_columns_of_a_table(cli: Command) -> None:
    """A column has the meaning that an option gives it; one without is a usage error."""
    Path("limits.csv").write_text("Kennung;Breite\nName;30\n")
    options = ("import", "limits.csv", "--as", "table", "--vendor", "acme", "--resource", "part")
    ran = cli(*options, "--column", "name=Kennung", "--column", "maxLength=Breite")
    assert ran.code == 0, ran.err
    limits = cli("limits", "acme/create-part", "--folder", "contracts", "--field", "/Name")
    assert "maxLength 30" in limits.out
    ran = cli(*options, "--column", "Kennung")
    assert (ran.code, ran.out) == (2, "")
    assert "--column Kennung: must be MEANING=HEADING, such as name=Feldname" in ran.err


def test_standard_input() -> None:
    """A hyphen is standard input: the kind is recognised, or named."""
    text = "Field;Length\nName;30\n"
    ran = forked_command("import", "-", "--vendor", "acme", "--resource", "part", stdin=text)
    assert (ran.code, ran.err) == (0, "")
    assert "wrote contracts/acme (new: openapi.json, part.json, sources.json)" in ran.out
    ran = forked_command("import", "-", "--vendor", "acme", stdin="")
    assert (ran.code, ran.err) == (2, "fieldbound: stdin: the file is empty\n")
