"""The state of a run: JSON that is read back as it was, and nothing but data."""

from __future__ import annotations

import json
import math
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import fieldbound.bulk.run
from fieldbound import Contract, FieldboundError
from fieldbound.bulk import check
from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.checkpoint import Checkpoint
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.inputs import blocks
from fieldbound.bulk.inputs.blocks import ValuesBlock
from fieldbound.bulk.keys import KeyExtractor
from fieldbound.bulk.run import Options, Run
from fieldbound.bulk.state import State, dump_state, load_state
from fieldbound.model import Place
from support.tables import table

CONTRACT = Contract(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 5},
            "flag": {"enum": ["Y", 1, None, {"a": [1.5]}, [True]]},
            "big": {"maximum": 10**30},
            "step": {"multipleOf": 0.1},
        },
        "x-source": {"says": "stated", "from": []},
        "additionalProperties": False,
    }
)
RECORDS: list[Any] = [
    {"name": "toolong", "flag": "é\ud800"},
    {"name": "abcde", "flag": 2, "other": 1, "Name": []},
    {"big": 10**5000, "step": Decimal("0.123456789012345678901234567890")},
    {"big": 10**31, "flag": [1, {"b": None}]},
    {"name": "a"},
    [],
]


def counts_of(records: list[Any]) -> Counts:
    """Return the counts of records."""
    found = Counts()
    checker = BlockChecker(CONTRACT, key_extractor=KeyExtractor("/name", CONTRACT), samples=3)
    found.merge(checker.check(ValuesBlock(records)), 3)
    return found


def test_a_state_is_read_as_it_was_written() -> None:
    """Counts, samples, limits and lengths are equal, and so is the report, for any value."""
    counts = counts_of(RECORDS)
    counts.truncated_at, counts.unspecified = 7, Counter({"/other": 2})
    limit = next(iter(counts.limits.values()))
    sample = limit.samples[0]
    violation = replace(sample.violation, place=Place(2, 3), also=(limit.limit,), known=("a", "b"))  # type: ignore[arg-type]
    limit.samples[0] = replace(sample, violation=violation, offset=5, line=2, key='"é"')
    found = load_state(dump_state(State(3, (1, 2, 3, 4, 5, 6), counts)))
    assert found[:2] == (3, (1, 2, 3, 4, 5, 6))
    assert found.counts.unspecified == counts.unspecified == {"/other": 2}
    found.counts.unspecified = counts.unspecified = Counter()  # which the contract has none of
    checker = BlockChecker(CONTRACT)
    assert checker.report(found.counts, None) == checker.report(counts, None)
    assert found.counts.limits.keys() == counts.limits.keys()
    for key, each in counts.limits.items():
        other = found.counts.limits[key]
        assert (other.key, other.samples, other.fields) == (each.key, each.samples, each.fields)
        for one, two in zip(each.samples, other.samples, strict=True):
            assert (repr(one), one.violation.message) == (repr(two), two.violation.message)
    more = counts_of(RECORDS)
    counts.merge(more, 3)
    found.counts.merge(more, 3)
    assert checker.report(found.counts, None) == checker.report(counts, None)


def test_numbers_that_are_not_finite_are_kept() -> None:
    """NaN of a table is a value in a sample like any other."""
    counts = counts_of([{"name": "toolong"}])
    (limit,) = counts.limits.values()
    violation = replace(limit.samples[0].violation, actual=math.inf)
    limit.samples[0] = replace(limit.samples[0], violation=violation)
    found = load_state(dump_state(State(1, None, counts))).counts
    assert next(iter(found.limits.values())).samples == limit.samples


def test_a_state_is_json() -> None:
    """The state is a JSON object, so that reading it runs no code."""
    assert isinstance(json.loads(dump_state(State(1, None, counts_of(RECORDS)))), dict)


@table(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\x80\x05K\x01.",
        b"cos\nsystem\n(S'true'\ntR.",
        b'{"blocks": 1}',
        b"[" * 100_000,
    ],
)
def test_another_text_is_no_state(text: bytes) -> None:
    """Any other text is an error, and no other."""
    with pytest.raises(ValueError, match=r"."):
        load_state(text)


@table(
    ("name", "value"),
    [
        ("blocks", "1"),
        ("positions", ["1"]),
        ("records", None),
        ("limits", [[["a", "b"], {}]]),
        ("lengths", [[0, [["1", 1]]]]),
        ("unspecified", [[1, 1]]),
    ],
)
def test_values_of_other_types_are_no_state(name: str, value: object) -> None:
    """A value of another type than it was written with is an error."""
    whole = json.loads(dump_state(State(1, None, counts_of(RECORDS))))
    with pytest.raises(ValueError, match="no state of a run"):
        load_state(json.dumps({**whole, name: value}).encode())


def test_other_types_than_those_of_a_state_are_not_made() -> None:
    """Only the types of a state are made from their names."""
    whole = json.loads(dump_state(State(1, None, counts_of(RECORDS))))
    whole["limits"][0][1]["samples"] = [["system", "true"]]
    with pytest.raises(ValueError, match="no state of a run"):
        load_state(json.dumps(whole).encode())


@pytest.fixture
def small_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Split files into many blocks, and keep checkpoints in a folder of the test."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 100)
    Path("a.ndjson").write_bytes(b'{"name":"toolong"}\n' * 100)


@pytest.mark.usefixtures("small_blocks")
def test_a_pickled_state_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint with a state that is no JSON is damaged: nothing in it is run."""
    monkeypatch.setattr(fieldbound.bulk.run, "CHECKPOINT_INTERVAL", 0)
    run = Run("a.ndjson", CONTRACT, Options(resume=True))
    checkpoint = run._open_checkpoint()
    checkpoint.commit(b'cbuiltins\nexec\n(S\'open("ran", "w")\'\ntR.')
    checkpoint.close(done=False)
    with pytest.raises(FieldboundError, match="is damaged: run again without --resume"):
        Run("a.ndjson", CONTRACT, Options(resume=True)).report()
    assert not Path("ran").exists()
    assert check("a.ndjson", CONTRACT).records == 100


@pytest.mark.usefixtures("small_blocks")
def test_the_state_is_saved_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The state is saved when the interval is over, however few bytes were read."""
    clock = iter(range(1000))
    monkeypatch.setattr(fieldbound.bulk.run, "monotonic", lambda: next(clock))
    monkeypatch.setattr(fieldbound.bulk.run, "CHECKPOINT_INTERVAL", 3)
    saved: list[int] = []
    commit = Checkpoint.commit

    def counted(self: Checkpoint, state: bytes) -> None:
        saved.append(load_state(state).blocks)
        commit(self, state)

    monkeypatch.setattr(Checkpoint, "commit", counted)
    assert check("a.ndjson", CONTRACT).records == 100
    assert saved == [3, 6, 9, 12, 15, 18]
