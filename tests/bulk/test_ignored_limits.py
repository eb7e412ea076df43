"""Checks of many records with limits that are ignored, or of weak evidence."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.bulk import Options, Run, check, render
from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.inputs import blocks
from fieldbound.bulk.state import State, dump_state, load_state
from fieldbound.policy import Ignore

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 3, "pattern": "^[a-z]*$"},
        "flag": {"enum": ["Y", "N"]},
        "size": {"maximum": 9},
    },
    "additionalProperties": False,
}
CONTRACT = Contract(SCHEMA, name="own")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 2000)
    monkeypatch.setattr(blocks, "CHUNK_SIZE", 500)


def records(number: int) -> list[dict[str, Any]]:
    """Return records that break some limits, alone and together."""
    random = Random(7)
    values: dict[str, tuple[Any, ...]] = {
        "name": ("a", "abcd", "A", "ABCD"),
        "flag": ("Y", "x"),
        "size": (1, 10),
        "more": (1,),
    }
    chances = {"name": 1.0, "flag": 0.5, "size": 0.3, "more": 0.05}
    return [
        {key: random.choice(values[key]) for key in values if random.random() < chances[key]}
        for _ in range(number)
    ]


@pytest.mark.parametrize("contract", [CONTRACT, Contract({"allOf": [SCHEMA]}, name="own")])
@pytest.mark.parametrize(
    "patterns",
    [
        ("*:maxLength", "own#/flag:*", "*:format"),
        ("*:pattern",),
        ("*:pattern", "*:maxLength", "*:maximum"),
        ("*:additionalProperties", "*:type"),
        ("*",),
    ],
)
@pytest.mark.parametrize("split", [True, False])
def test_each_record_is_checked_without_what_is_ignored(
    contract: Contract, patterns: tuple[str, ...], *, split: bool
) -> None:
    """The counts are those of the reports of each record, without what is ignored."""
    given = records(400)
    Path("a.ndjson").write_text("".join(f"{json.dumps(each)}\n" for each in given), "utf-8")
    ignore = Ignore.of(patterns)
    reports = [ignore.applied(contract.check(each)) for each in given]
    ignored: Counter[str] = Counter()
    codes = Counter(violation.code for each in reports for violation in each)
    for each in reports:
        ignored.update(dict(each.ignored))
    out = {"valid_out": "v", "invalid_out": "i"} if split else {}
    for workers in (1, 2) if split and "*" in patterns else (1,):
        report = check("a.ndjson", contract, workers=workers, ignore=patterns, **out)
        assert report.invalid == sum(not each.ok for each in reports)
        assert {key: number for key, number in report.ignored.items() if number} == +ignored
        assert Counter({each.code: each.violations for each in report.tallies}) == codes
        assert all(each.samples[0].violation.code == each.code for each in report.tallies)
    if split:
        valid = [json.loads(line) for line in Path("v").read_text("utf-8").splitlines()]
        assert valid == [each for each, found in zip(given, reports, strict=True) if found.ok]


def test_a_sample_is_without_what_is_ignored() -> None:
    """A sample names no limit that is ignored."""
    report = check([{"name": "ABCD"}], CONTRACT, ignore="*:pattern")
    ((sample,),) = (each.samples for each in report.tallies)
    assert (sample.violation.code, sample.violation.also) == ("maxLength", ())
    assert report.ignored == {"*:pattern": 0}


def test_nothing_is_ignored_of_other_contracts() -> None:
    """Patterns that match no limit of the contract change nothing."""
    given = records(50)
    assert check(given, CONTRACT, ignore="acme/*") == check(given, CONTRACT)


def test_fail_on_decides_whether_a_report_is_ok() -> None:
    """Records that violate only limits with weaker evidence than fail_on are ok, though invalid."""
    weak = {"enum": ["Y"], "x-source": {"says": "inferred", "from": [], "note": "Seen only."}}
    contract = Contract({"properties": {"flag": weak}}, name="own")
    report = check([{"flag": "x"}], contract, fail_on="stated")
    assert (report.ok, bool(report), report.invalid, report.fails("inferred")) == (
        True,
        True,
        1,
        True,
    )
    assert "warning: enum" in render(report)
    assert not check([{"flag": "x"}], contract).ok
    with pytest.raises(ValueError, match="fail_on must be one of"):
        check([], contract, fail_on="state")


def test_an_impossible_pattern_is_an_error() -> None:
    """A pattern that can match no limit is an error."""
    with pytest.raises(ValueError, match="did you mean"):
        check([], CONTRACT, ignore=["enum"])


def test_the_state_of_a_run_has_what_is_ignored() -> None:
    """A checkpoint keeps the number of ignored violations."""
    counts = Counts(ignored=Counter({"*:enum": 3, "*:type": 0}))
    assert load_state(dump_state(State(0, None, counts))).counts.ignored == counts.ignored


def test_a_run_that_ignores_something_else_is_not_resumed() -> None:
    """What is ignored must not change for a run to be resumed."""
    Path("a.ndjson").write_text("{}\n", "utf-8")
    runs = [
        Run("a.ndjson", CONTRACT, Options(ignore=Ignore.of(each)))._fingerprints()
        for each in ("*:enum", "*:type", "*:enum")
    ]
    assert runs[0] == runs[2] != runs[1]
    assert "*:enum" in runs[0]["what is ignored"]


def test_a_checker_goes_to_other_processes() -> None:
    """A checker of blocks that is copied ignores the same."""
    checker = BlockChecker(CONTRACT, ignore=Ignore.of("*:enum"))
    create, arguments = checker.__reduce__()
    assert create(*arguments)._settings.ignore == Ignore.of("*:enum")
