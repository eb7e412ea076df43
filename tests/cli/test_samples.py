"""`fieldbound samples`: example payloads of a contract."""

from __future__ import annotations

import json
from pathlib import Path

import fieldbound
from support.running import Command

NAME = "axim-commerce/create-company"


def test_one(cli: Command) -> None:
    """Without -n it is one payload, which is valid, and the same each time."""
    ran = cli("samples", NAME)
    assert (ran.code, ran.err) == (0, "")
    assert fieldbound.contract(NAME).check(json.loads(ran.out)).ok
    assert cli("samples", NAME).out == ran.out


def test_several(cli: Command) -> None:
    """With -n it is an array of different payloads, or a line for each."""
    found = json.loads(cli("samples", NAME, "-n", "3").out)
    assert len({json.dumps(each) for each in found}) == 3
    lines = cli("samples", NAME, "-n", "3", "--format", "ndjson").out.splitlines()
    assert [json.loads(line) for line in lines] == found
    assert isinstance(json.loads(cli("samples", NAME, "-n", "1").out), list)


def test_at_limits(cli: Command) -> None:
    """At the limits, there is a payload for each, or as many as are asked for."""
    found = json.loads(cli("samples", NAME, "--at-limits").out)
    contract = fieldbound.contract(NAME)
    assert len(found) > len(contract.limits) / 2
    assert all(contract.check(each).ok for each in found)
    assert json.loads(cli("samples", NAME, "--at-limits", "-n", "2").out) == found[:2]


def test_checked(cli: Command, folder: Path) -> None:
    """What is printed can be checked as it is, as one document or as records."""
    (folder / "a.json").write_text(cli("samples", NAME).out)
    (folder / "b.ndjson").write_text(cli("samples", NAME, "-n", "4", "--format", "ndjson").out)
    assert cli("check", "-c", NAME, "a.json", "b.ndjson").code == 0


def test_fewer(cli: Command, folder: Path) -> None:
    """If there are fewer, a note says so; a number below 1 is an error."""
    (folder / "thing.json").write_text('{"const": 5}')
    ran = cli("samples", "thing.json", "-n", "3")
    assert json.loads(ran.out) == [5]
    assert "only 1 different payload found" in ran.err
    for number in ("0", "x"):
        ran = cli("samples", "thing.json", "-n", number)
        assert ran.code == 2
        assert f"argument -n: must be an integer >= 1, not '{number}'" in ran.err


def test_no_limits(cli: Command, folder: Path) -> None:
    """Where no payload can be at a limit, --at-limits is an error that says so."""
    (folder / "thing.json").write_text('{"properties": {"a": {"x-unspecified": "why"}}}')
    ran = cli("samples", "thing.json", "--at-limits")
    expected = "fieldbound: thing.json: there is no limit that a payload can be at\n"
    assert (ran.code, ran.err) == (2, expected)


def test_nothing_documented(cli: Command) -> None:
    """A contract of which nothing is documented is an error that says so."""
    ran = cli("samples", "fortellis/create-parts-groups")
    assert ran.code == 2
    assert "fortellis/create-parts-groups" in ran.err
