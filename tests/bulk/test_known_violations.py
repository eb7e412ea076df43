"""Checks of many records, some of whose violations are known."""

from __future__ import annotations

import json
import pickle
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from fieldbound import Contract
from fieldbound.bulk import Options, Run
from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.inputs import blocks
from fieldbound.bulk.inputs.blocks import ValuesBlock
from fieldbound.bulk.keys import KeyExtractor
from fieldbound.bulk.state import State, dump_state, load_state

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "name": {"maxLength": 3},
        "flag": {"enum": ["Y", "N"]},
        "items": {"items": {"maximum": 9}},
    },
    "additionalProperties": False,
}
CONTRACT = Contract(SCHEMA, name="own")
NAME, FLAG = "own#/name:maxLength", "own#/flag:enum"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 4000)
    monkeypatch.setattr(blocks, "CHUNK_SIZE", 1000)


def records(number: int) -> list[dict[str, Any]]:
    """Return records that break some limits, alone and together; a few have no key."""
    random = Random(11)
    values: dict[str, tuple[Any, ...]] = {
        "name": ("a", "abcd"),
        "flag": ("Y", "x"),
        "items": ([1], [10, 11]),
        "more": (1,),
        "other": (1,),
    }
    chances = {"name": 0.4, "flag": 0.3, "items": 0.05, "more": 0.05, "other": 0.05}
    found = []
    for index in range(number):
        record = {key: random.choice(own) for key, own in values.items()}
        record = {key: own for key, own in record.items() if random.random() < chances[key]}
        found.append({**record, "id": index} if index % 50 else {**record, "flag": f"x{index}"})
    return found


def digest(record: Any, contract: Contract = CONTRACT) -> int:
    """Return the digest by which a record is known."""
    return int.from_bytes(KeyExtractor("/id", contract).identify(record)[:8], "big")


def expected(values: list[Any], contract: Contract) -> dict[str, Counter[int]]:
    """Return the records that break each limit, as a full check of each finds them."""
    found: dict[str, Counter[int]] = {}
    for value in values:
        for each in contract.check(value):
            assert each.limit is not None
            name = f" {each.pointer[1:]}" if each.code == "additionalProperties" else ""
            found.setdefault(each.limit.id + name, Counter())[digest(value)] += 1
    return found


def run(values: list[Any], contract: Contract, **options: Any) -> Run:
    """Check records in a file, and return the run."""
    Path("r.ndjson").write_text("".join(f"{json.dumps(each)}\n" for each in values), "utf-8")
    return Run("r.ndjson", contract, Options(key="/id", **options))


@pytest.mark.parametrize("contract", [CONTRACT, Contract({"allOf": [SCHEMA]}, name="own")])
@pytest.mark.parametrize(
    ("workers", "samples", "split"), [(1, 5, False), (2, 0, False), (1, 1, True)]
)
def test_what_is_found_is_known_the_next_time(
    contract: Contract, workers: int, samples: int, *, split: bool
) -> None:
    """However records are checked, those found are those of a full check, and known from then."""
    values = records(600)
    options = {"workers": workers, "samples": samples, "valid_out": "valid" if split else None}
    first = run(values, contract, known={}, **options)
    report = first.report()
    found = {limit: Counter(each) for limit, each in first.found.items()}
    assert found == expected(values, contract)
    assert all(tally.known == 0 for tally in report.tallies)
    known = {limit: frozenset(each) for limit, each in found.items()}
    Random(3).shuffle(values)
    again = run(values, contract, known=known, **options)
    tallies = again.report().tallies
    assert {limit: Counter(each) for limit, each in again.found.items()} == found
    assert [(each.is_known, each.samples) for each in tallies] == [(True, ())] * len(tallies)
    counts = [(each.id, each.violations, each.records, each.alone) for each in report.tallies]
    assert [(each.id, each.violations, each.records, each.alone) for each in tallies] == counts


def test_new_violations_are_the_samples() -> None:
    """A record that is not known is counted and a sample, however many known ones are before it."""
    values = [{"id": each, "flag": "x"} for each in range(500)]
    known = {FLAG: frozenset(map(digest, values))}
    new = [{"id": 900, "flag": "x"}, {"id": 3, "flag": "x", "name": "long"}]
    for workers in (1, 2):
        checked = run([*values, *new], CONTRACT, known=known, workers=workers)
        by_id = {each.id: each for each in checked.report().tallies}
        flag, name = by_id[FLAG], by_id[NAME]
        assert (flag.violations, flag.known, flag.is_known) == (502, 501, False)
        assert [each.key for each in flag.samples] == ["900"]
        assert (name.violations, name.known) == (1, 0)
        assert [each.number for each in name.samples] == [502]


def test_a_name_that_is_not_documented_is_part_of_what_is_known() -> None:
    """A record with another undocumented property is a new violation."""
    known = {"own#:additionalProperties more": frozenset([digest({"id": 1})])}
    values = [{"id": 1, "more": 1}, {"id": 1, "other": 1}]
    (tally,) = run(values, CONTRACT, known=known).report().tallies
    assert (tally.violations, tally.known) == (2, 1)
    assert [each.violation.pointer for each in tally.samples] == ["/other"]


def test_a_record_without_a_key_is_known_as_a_whole() -> None:
    """It is known as long as nothing in it changes; a line that is no JSON never is."""
    same, other = {"flag": "x"}, {"flag": "x", "name": "a"}
    known = {FLAG: frozenset([digest(same)])}
    (tally,) = run([same, other], CONTRACT, known=known).report().tallies
    assert (tally.violations, tally.known) == (2, 1)
    Path("r.ndjson").write_text("{\n{\n", "utf-8")
    checked = Run("r.ndjson", CONTRACT, Options(key="/id", known={"syntax": frozenset([0])}))
    (tally,) = checked.report().tallies
    assert (tally.code, tally.known, checked.found) == ("syntax", 0, {})


def test_a_key_is_the_same_however_the_record_is_read() -> None:
    """A key that is 1 or 1.0, in a flat object or beside an array, is one key."""
    known = {FLAG: frozenset([digest({"id": 1})])}
    values = [{"id": 1.0, "flag": "x"}, {"flag": "x", "id": 1, "items": [1]}, {"id": 1, "flag": 1}]
    (tally,) = run(values, CONTRACT, known=known).report().tallies
    assert (tally.violations, tally.is_known) == (3, True)


def test_nothing_of_a_key_is_in_what_is_found() -> None:
    """Of a sensitive key, there is neither the value nor what it is shortened to."""
    schema = {"properties": {"id": {"x-sensitive": True}, "flag": {"enum": ["Y"]}}}
    contract = Contract(schema, name="own")
    checked = run([{"id": "secret-0815", "flag": "x"}], contract, known={})
    checked.report()
    assert list(checked.found) == ["own#/flag:enum"]
    assert list(checked.found["own#/flag:enum"]) == [digest({"id": "secret-0815"}, contract)]


def test_a_worker_that_is_not_forked_knows_as_much() -> None:
    """A checker that is sent to another process counts and samples as the original does."""
    values = records(100)
    known = {FLAG: frozenset(map(digest, values[:50]))}
    extractor = KeyExtractor("/id", CONTRACT)
    checker = BlockChecker(CONTRACT, key_extractor=extractor, known=known)
    counts, sent = (
        each.check(ValuesBlock(values))
        for each in (checker, pickle.loads(pickle.dumps(checker)))  # noqa: S301
    )
    assert counts.found == sent.found
    tallies = [[each.tally() for each in own.limits.values()] for own in (counts, sent)]
    assert tallies[0] == tallies[1]
    assert any(0 < tally.known < tally.violations for tally in tallies[0])


def test_what_is_found_is_saved() -> None:
    """A run that is resumed has what was found before it was stopped."""
    checked = run(records(100), CONTRACT, known={})
    checked.report()
    counts = Counts(found=checked.found)
    assert load_state(dump_state(State(1, None, counts))).counts.found == checked.found


def test_a_run_is_not_resumed_with_another_baseline(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was counted by one baseline is not continued with another."""
    monkeypatch.setattr("fieldbound.bulk.run.CHECKPOINT_INTERVAL", 0.0)

    def stop(_: int, records: int, __: int) -> None:
        if records > 300:
            raise KeyboardInterrupt

    values = records(400)
    stopped = run(values, CONTRACT, known={}, workers=1)
    stopped.on_progress = stop
    with pytest.raises(KeyboardInterrupt):
        stopped.report()
    known = {FLAG: frozenset([1])}
    resumed = Run("r.ndjson", CONTRACT, Options(key="/id", known=known, workers=1, resume=True))
    assert resumed.report().records == 400
    assert [note for note in resumed.notes if "the baseline has changed" in note]
