"""`fieldbound import`: a folder of contracts is made, and what was done is printed."""

from __future__ import annotations

import json
import os
import shlex
from pathlib import Path

import pytest

from support.forked import forked_command
from support.running import Command

INPUTS = Path(__file__).parents[1] / "importers" / "kinds" / "inputs"
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


@pytest.mark.parametrize(
    ("name", "contract"),
    [
        ("account.describe.json", "acme/create-account"),
        ("accounts.metadata.xml", "acme/create-accounts"),
        ("customer.schema.json", "acme/customer"),
        ("customers.limits.csv", "acme/create-customer"),
        ("orders.openapi.yaml", "acme/create-order"),
        ("orders.sql", "acme/create-orders"),
        ("orders.swagger.json", "acme/create-order"),
        ("products.metadata.json", "acme/create-products"),
    ],
)
def test_the_next_contract(name: str, contract: str, cli: Command) -> None:
    """It is that of a create, with limits, whatever the source is."""
    ran = cli("import", str(INPUTS / name), "--vendor", "acme")
    assert ran.code == 0, ran.err
    lint, limits, cases = next_commands(ran.out)
    assert limits[1] == cases[1] == contract
    assert cli(*lint).code == cli(*cases).code == 0
    assert len(cli(*limits).out.splitlines()) > 3


def test_a_document_without_contracts(cli: Command) -> None:
    """Operations that send and answer nothing have no contract to go on with."""
    paths = {"/a": {"delete": {"operationId": "x", "responses": {"204": {"description": "Done"}}}}}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths}
    Path("api.json").write_text(json.dumps(document))
    ran = cli("import", "api.json", "--vendor", "acme")
    assert ran.code == 0
    assert ran.out.startswith("took 0 limits in 0 contracts\n")
    assert ran.out.endswith("next:\n    fieldbound lint contracts/acme\n")
    assert cli("lint", "contracts/acme").code == 0


def test_the_next_contract_without_a_create(cli: Command) -> None:
    """It is the first with limits on fields: of a search, an answer, or a parameter."""
    field = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}}
    body = {"content": {"application/json": {"schema": field}}}
    answer = {"200": {"description": "Done", **body}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {
            "/a": {"get": {"operationId": "getA", "responses": answer}},
            "/b": {"post": {"operationId": "ping", "requestBody": {"content": {}}}},
        },
    }
    Path("api.json").write_text(json.dumps(document))
    commands = next_commands(cli("import", "api.json", "--vendor", "acme").out)
    assert [each[1] for each in commands[1:]] == ["acme/get-a/response.200"] * 2
    assert [cli(*each).code for each in commands] == [0, 0, 0]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_output(cli: Command) -> None:
    """A folder in which nothing can be written is an error that names it, and stays as it is."""
    Path("contracts").mkdir(mode=0o555)
    ran = cli("import", "describe.json", "--vendor", "acme")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "fieldbound: cannot write contracts/acme: Permission denied\n"
    assert not any(Path("contracts").iterdir())


def test_an_output_that_cannot_be_a_folder(cli: Command) -> None:
    """A file where the folder would be is an error that names it."""
    Path("taken").write_text("x")
    ran = cli("import", "describe.json", "--vendor", "acme", "--output", "taken")
    assert (ran.code, ran.out) == (2, "")
    assert "taken" in ran.err
    assert Path("taken").read_text() == "x"


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
