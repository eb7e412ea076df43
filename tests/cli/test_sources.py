"""`fieldbound sources`: documents with their ages, and copies of them."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from support.running import Command

ATTRIBUTE = {"name": "Name", "type": "string", "maxLength": 30}
ACME = ("sources", "acme", "--folder", "contracts")


def day(ago: int) -> str:
    """Return the date some days ago."""
    return str(datetime.now(timezone.utc).astimezone().date() - timedelta(ago))


def describe(path: str, length: int) -> None:
    """Write the describe of a resource whose names have this length."""
    value = {"accounts": {"attributes": [{**ATTRIBUTE, "maxLength": length}]}}
    Path(path).write_text(json.dumps({"Resources": value}), "utf-8")


@pytest.fixture(autouse=True)
def _contracts(folder: Path, cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folder.is_dir()
    monkeypatch.delenv("FIELDBOUND_CONFIG", raising=False)
    describe("describe.json", 30)
    assert cli("import", "describe.json", "--vendor", "acme").code == 0
    sources = Path("contracts/acme/sources.json")
    value = json.loads(sources.read_text())
    value["describe-accounts"]["read"] = day(10)
    value["old"] = {"title": "An old page", "address": "https://a.example/old", "read": day(200)}
    value["undated"] = {"title": "A page without a date"}
    sources.write_text(json.dumps(value), "utf-8")


def test_the_table(cli: Command) -> None:
    """Each document has a line: key, date, age, limits, digest, title and address."""
    ran = cli(*ACME)
    assert (ran.code, ran.err) == (0, "")
    vendor, head, *rows = ran.out.splitlines()
    assert vendor == "acme"
    assert head.split() == ["KEY", "READ", "AGE", "LIMITS", "DIGEST", "TITLE", "ADDRESS"]
    first = rows[0].split()
    assert first[:3] == ["describe-accounts", day(10), "10d"]
    assert int(first[3]) > 0
    assert first[4].startswith("sha256:")
    assert rows[1].split()[:4] == ["old", day(200), "200d", "0"]
    assert rows[1].endswith("https://a.example/old")
    assert rows[2].startswith("undated            no date")


def test_as_objects(cli: Command) -> None:
    """As JSON, what is unknown is null."""
    found = json.loads(cli(*ACME, "--format", "json").out)
    assert found[1:] == [
        {
            "vendor": "acme",
            "key": "old",
            "title": "An old page",
            "address": "https://a.example/old",
            "read": day(200),
            "age": 200,
            "limits": 0,
            "digest": None,
        },
        {
            "vendor": "acme",
            "key": "undated",
            "title": "A page without a date",
            **dict.fromkeys(("address", "read", "age", "digest")),
            "limits": 0,
        },
    ]


@pytest.mark.parametrize(
    ("options", "code", "listed"),
    [
        (("--max-age", "200d"), 1, ["describe-accounts", "old", "undated"]),
        (("--max-age", "9", "--stale"), 1, ["describe-accounts", "old", "undated"]),
        (("--max-age", "10d", "--stale"), 1, ["old", "undated"]),
        (("--stale",), 0, ["old", "undated"]),
        (("--stale", "--max-age", "300d"), 1, ["undated"]),
    ],
)
def test_ages(options: tuple[str, ...], code: int, listed: list[str], cli: Command) -> None:
    """--max-age fails for what is older or has no date, and --stale lists that alone."""
    ran = cli(*ACME, *options, "--format", "json")
    assert ran.code == code
    assert [each["key"] for each in json.loads(ran.out)] == listed
    assert ("acme undated" in ran.err) is bool(code)


def test_nothing_is_older(cli: Command) -> None:
    """Then the command succeeds, and --stale lists nothing."""
    sources = Path("contracts/acme/sources.json")
    value = json.loads(sources.read_text())
    sources.write_text(json.dumps({each: {**value[each], "read": day(0)} for each in value}))
    assert cli(*ACME, "--stale", "--max-age", "0d") == (0, "", "")


def test_all_vendors(cli: Command) -> None:
    """Without a name, those of the folder and the bundled ones."""
    found = json.loads(cli("sources", "--folder", "contracts", "--format", "json").out)
    vendors = dict.fromkeys(each["vendor"] for each in found)
    assert [*vendors] == ["acme", "axim-commerce", "fortellis", "oracle-cx-sales"]


def test_many_are_older(cli: Command) -> None:
    """Five are named, and how many more there are."""
    ran = cli("sources", "fortellis", "--max-age", "0d", "--stale", "--format", "json")
    documents = len(json.loads(ran.out))
    assert ran.code == 1
    assert f"{documents} documents not read within 0 days: fortellis post, " in ran.err
    assert f" and {documents - 5} more, which --stale lists" in ran.err


def test_verification(cli: Command) -> None:
    """A copy is the same, or the limits that changed are listed and the command fails."""
    verify = (*ACME, "--verify", "describe-accounts=describe.json")
    assert cli(*verify) == (
        0,
        "acme: describe-accounts: the copy is the file that was read\n",
        "",
    )
    describe("describe.json", 31)
    ran = cli(*verify)
    assert (ran.code, ran.err) == (1, "")
    assert "    acme/create-accounts#/Name:maxLength: 30 -> 31\n" in ran.out
    (found,) = json.loads(cli(*verify, "--format", "json").out)
    assert (found["ok"], found["same"], found["notCompared"]) == (False, False, None)
    change = {"id": "acme/create-accounts#/Name:maxLength", "before": [30], "after": [31]}
    assert change in found["changed"]


def test_a_document_without_a_digest(cli: Command) -> None:
    """The digest of the copy is shown, and why no limit was compared; nothing is verified."""
    Path("page.html").write_text("<p>text</p>")
    ran = cli("sources", "fortellis", "--verify", "post=page.html")
    assert ran.code == 1
    assert "fortellis: post: no digest is recorded; that of the copy is sha256:" in ran.out
    assert "limits were not compared: page.html: the kind is not recognised" in ran.out


def test_a_copy_that_is_read_as_the_source_was(cli: Command) -> None:
    """A table whose headings are unknown is compared by the same options as it was imported by."""
    options = ("--as", "table", "--column", "name=Feld", "--column", "maxLength=Breite")
    options = (*options, "--resource", "orders")
    Path("old.txt").write_text("Feld;Breite\nName;30\nCode;5\n")
    assert cli("import", "old.txt", "--vendor", "shop", "--output", "contracts", *options).code == 0
    Path("new.txt").write_text("Feld;Breite\nName;40\nCode;5\n")
    verify = ("sources", "shop", "--folder", "contracts", "--verify", "table-orders=new.txt")
    ran = cli(*verify)
    assert (ran.code, ran.err) == (1, "")
    assert "limits were not compared: new.txt: the kind is not" in ran.out
    ran = cli(*verify, *options)
    assert (ran.code, ran.err) == (1, "")
    assert "    shop/create-orders#/Name:maxLength: 30 -> 40\n" in ran.out
    assert "Code" not in ran.out


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("acme", "--as", "table"), "say how --verify reads a copy"),
        (("acme", "--verify", "describe-accounts=other.json", "--as", "x"), "there is no kind 'x'"),
        (("acme", "--max-age", "half a year"), "--max-age half a year: must be a number of days"),
        (("acne",), "there is no vendor named 'acne'"),
        (("acme", "--verify", "old"), "--verify old: must be KEY=FILE"),
        (("--verify", "old=describe.json"), "--verify needs one VENDOR"),
        (("acme", "--stale", "--verify", "old=describe.json"), "--verify needs one VENDOR"),
        (("acme", "--verify", "older=describe.json"), "acme has no source 'older'"),
        (("acme", "--verify", "old=missing.json"), "missing.json: cannot be read"),
    ],
)
def test_usage_errors(options: tuple[str, ...], reason: str, cli: Command) -> None:
    """They are said, and the exit code is 2."""
    Path("other.json").write_text("{}")
    ran = cli("sources", "--folder", "contracts", *options)
    assert (ran.code, ran.out) == (2, "")
    assert reason in ran.err
