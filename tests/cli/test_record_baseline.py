"""A baseline of records by their key, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.running import Command

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "x-sensitive": True},
        "name": {"maxLength": 3},
        "flag": {"enum": ["Y", "N"]},
    },
}
NAME, FLAG = "item.json#/name:maxLength", "item.json#/flag:enum"
RECORDS = [{"id": "secret-a", "name": "long"}, {"id": "secret-b", "flag": "x"}, {"id": "secret-c"}]
CHECK = ("check", "-c", "item.json", "--key", "/id")
KNOWN = "known.json"


@pytest.fixture(autouse=True)
def _files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    Path("item.json").write_text(json.dumps(SCHEMA), "utf-8")
    write(RECORDS)


def write(records: list[dict[str, Any]], name: str = "r.ndjson") -> None:
    """Write records to a file, one per line, or as CSV."""
    lines = [json.dumps(each) for each in records]
    if name.endswith(".csv"):
        rows = ([each.get(column, "") for column in ("id", "name", "flag")] for each in records)
        lines = ["id,name,flag", *(",".join(row) for row in rows)]
    Path(name).write_text("\n".join(lines) + "\n", "utf-8")


def violations(name: str = "r.ndjson") -> dict[str, int]:
    """Return how many records the baseline has of a file, by limit."""
    found = json.loads(Path(KNOWN).read_text("utf-8"))["records"][name]
    assert found["key"] == "/id"
    return {limit: len(own) for limit, own in found["violations"].items()}


@pytest.mark.parametrize("name", ["r.ndjson", "r.csv"])
def test_the_same_records_pass_wherever_they_are(cli: Command, name: str) -> None:
    """What is written passes from then on, on whatever line it is; no key is in the file."""
    write(RECORDS, name)
    ran = cli(*CHECK, name, "--write-baseline", KNOWN)
    assert (ran.code, ran.err) == (0, f"fieldbound: {KNOWN}: 2 known violations written\n")
    assert violations(name) == {NAME: 1, FLAG: 1}
    assert "secret" not in Path(KNOWN).read_text("utf-8")
    write([{"id": "new"}, *reversed(RECORDS)], name)
    ran = cli(*CHECK, name, "--baseline", KNOWN)
    assert (ran.code, ran.err) == (0, "")


def test_another_record_fails_and_only_that_is_shown(cli: Command) -> None:
    """A record that is not known fails, though one is mended: their number does not matter."""
    cli(*CHECK, "r.ndjson", "--write-baseline", KNOWN)
    write([{"id": "secret-a"}, RECORDS[1], {"id": "secret-d", "name": "longer"}])
    ran = cli(*CHECK, "r.ndjson", "--baseline", KNOWN, "--format", "concise")
    assert ran.code == 1
    assert ran.out == (
        f"r.ndjson:3:28: maxLength: /name has 6 characters, the limit is 3 [{NAME}]\n"
        "1 violation in 2 of 3 records; 1 in the baseline\n"
    )
    assert ran.err == (
        f"fieldbound: {KNOWN}: 1 known violation no longer occurs: {NAME} in r.ndjson; "
        "--prune-baseline removes it\n"
    )
    assert "1 record (33 %), the only error\n" in cli(*CHECK, "r.ndjson", "--baseline", KNOWN).out


def test_what_is_mended_is_pruned(cli: Command) -> None:
    """--prune-baseline removes the records that are mended, and adds none."""
    cli(*CHECK, "r.ndjson", "--write-baseline", KNOWN)
    write([RECORDS[1], {"id": "secret-d", "name": "longer"}])
    ran = cli(*CHECK, "r.ndjson", "--baseline", KNOWN, "--prune-baseline")
    assert (ran.code, violations()) == (1, {FLAG: 1})
    assert ran.err == f"fieldbound: {KNOWN}: 1 removed, 1 known violation left\n"


def test_the_key_must_be_the_same(cli: Command) -> None:
    """Records that are known by a key cannot be checked without it, or by another one."""
    cli(*CHECK, "r.ndjson", "--write-baseline", KNOWN)
    for key in ((), ("--key", "/name")):
        ran = cli("check", "-c", "item.json", *key, "r.ndjson", "--baseline", KNOWN)
        assert ran.code == 2
        assert ran.err == (
            f"fieldbound: {KNOWN}: the records of r.ndjson are known by their key: pass --key /id\n"
        )


def test_without_a_key_violations_are_counted(cli: Command) -> None:
    """A baseline that was written without --key counts, whether or not one is given later."""
    check = ("check", "-c", "item.json", "r.ndjson")
    cli(*check, "--write-baseline", KNOWN)
    assert json.loads(Path(KNOWN).read_text("utf-8"))["violations"] == {
        "r.ndjson": {FLAG: 1, NAME: 1}
    }
    write([{"id": "other", "name": "long"}, RECORDS[1]])
    for key in ((), ("--key", "/id")):
        assert cli(*check, *key, "--baseline", KNOWN).code == 0


def test_documents_and_records_are_in_one_baseline(cli: Command) -> None:
    """A baseline has both, and a run on one of them keeps what it has of the other."""
    Path("a.json").write_text('{"name": "long"}', "utf-8")
    cli("check", "-c", "item.json", "a.json", "--write-baseline", KNOWN)
    cli(*CHECK, "r.ndjson", "--write-baseline", KNOWN)
    found = json.loads(Path(KNOWN).read_text("utf-8"))
    assert found["violations"] == {"a.json": {NAME: 1}}
    assert violations() == {NAME: 1, FLAG: 1}
    assert cli("check", "-c", "item.json", "a.json", "--baseline", KNOWN).code == 0


def test_a_key_that_no_record_has(cli: Command) -> None:
    """A misspelt key is an error, and nothing of the file is in the baseline."""
    check = ("check", "-c", "item.json", "--key", "/identifier", "r.ndjson")
    ran = cli(*check, "--write-baseline", KNOWN)
    assert ran.code == 2
    assert ran.err.startswith("fieldbound: r.ndjson: no record has a value of --key /identifier\n")
    assert "r.ndjson" not in Path(KNOWN).read_text("utf-8")
    assert cli(*check).code == 1  # without a baseline it is a note
