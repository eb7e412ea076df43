"""What a run keeps on disk: whole whenever it is killed, and what is kept of keys."""

from __future__ import annotations

import os
import random
import sqlite3
import stat
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fieldbound.bulk import checkpoint as room
from fieldbound.bulk.checkpoint import Journal
from fieldbound.model.bulk_report import Duplicate, Duplicates

THINGS = {"big.ndjson": "12 bytes", "the contract": "abc"}
CHANGED = {**THINGS, "big.ndjson": "13 bytes"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder that journals are in."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "fieldbound"


def _row(number: int, key: str, sensitive: bool = False) -> tuple[bytes, int, str | None]:
    digest = blake2b(key.encode(), digest_size=16).digest()
    return digest, number, None if sensitive else key


def _resumed(things: dict[str, str] = THINGS) -> Journal:
    return Journal.open("run", things, resume=True)


def _broken_off() -> None:
    journal = Journal.open("run", THINGS)
    journal.add_keys([_row(1, "a"), _row(2, "b")])
    journal.commit(b"two")
    journal.close(done=False)


def test_a_run_goes_on_where_it_was_committed() -> None:
    """What was committed last is there again with its keys, and nothing that came after."""
    journal = Journal.open("run", THINGS)
    assert (journal.kept, journal.state, journal.refusal, journal.reason) == (True, *[None] * 3)
    journal.add_keys([_row(1, "a")])
    journal.commit(b"one")
    journal.add_keys([_row(2, "a")])
    journal.commit(b"two")
    journal.add_keys([_row(3, "a")])
    journal.close(done=False)
    journal = _resumed()
    assert (journal.kept, journal.state, journal.refusal, journal.reason) == (
        True,
        b"two",
        None,
        None,
    )
    journal.add_keys([_row(3, "b"), _row(4, "b")])
    found = journal.duplicates("/Key", 7)
    assert found == Duplicates(
        "/Key", 2, 4, 7, (Duplicate("a", 2, (1, 2)), Duplicate("b", 2, (3, 4)))
    )
    journal.close(done=True)


def test_keys_written_ahead_of_their_state_are_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many keys are written before the state that has them, and do not count without it."""
    monkeypatch.setattr(room, "_WAITING", 3)
    journal = Journal.open("run", THINGS)
    journal.add_keys([_row(1, "a")])
    journal.commit(b"one")
    for number in range(2, 12):
        journal.add_keys([_row(number, "a")])
    journal.close(done=False)
    journal = _resumed()
    assert journal.state == b"one"
    assert journal.duplicates("", 0) == Duplicates("")
    journal.add_keys([_row(2, "a")])
    assert journal.duplicates("", 0).samples == (Duplicate("a", 2, (1, 2)),)
    journal.close(done=True)


def test_a_run_that_is_done_leaves_nothing(cache: Path) -> None:
    """The journal of a run that is done is gone, and there is nothing to resume."""
    _broken_off()
    assert sorted(each.suffix for each in cache.iterdir()) == [".run", ".run-journal"]
    _resumed().close(done=True)
    assert list(cache.iterdir()) == []
    journal = _resumed()
    assert journal.refusal == "there is no run to resume: it begins with the first record"
    assert (journal.kept, journal.state) == (True, None)
    journal.close(done=True)


def test_no_state_is_no_run() -> None:
    """A run that was killed before its first commit cannot be resumed."""
    Journal.open("run", THINGS).close(done=False)
    journal = _resumed()
    assert journal.refusal is not None
    assert journal.refusal.startswith("there is no run to resume")
    journal.close(done=True)


def test_runs_are_told_apart() -> None:
    """Each run has a journal of its own."""
    _broken_off()
    other = Journal.open("other", THINGS, resume=True)
    assert other.state is None
    mine = _resumed()
    assert mine.state == b"two"
    mine.close(done=True)
    other.close(done=True)


@pytest.mark.parametrize(
    ("things", "named"),
    [
        (CHANGED, "big.ndjson"),
        ({**THINGS, "the contract": "abd"}, "the contract"),
        ({"big.ndjson": "12 bytes"}, "the contract"),
    ],
)
def test_a_run_of_other_things_is_not_resumed(things: dict[str, str], named: str) -> None:
    """A run begins anew when anything has changed since, and says what."""
    _broken_off()
    journal = _resumed(things)
    assert journal.refusal == f"{named} has changed since: the run begins with the first record"
    assert (journal.kept, journal.state) == (True, None)
    journal.add_keys([_row(1, "a")])
    assert journal.duplicates("", 0) == Duplicates("")
    journal.commit(b"one")
    journal.close(done=False)
    journal = _resumed(things)
    assert journal.state == b"one"
    journal.close(done=True)


def test_a_run_that_is_not_to_resume_begins_anew() -> None:
    """Without being asked, no run goes on with another."""
    _broken_off()
    journal = Journal.open("run", THINGS)
    assert (journal.state, journal.refusal) == (None, None)
    journal.close(done=False)


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database at all, but much of it" * 1000)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096])


def _holed(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + bytes(len(data) - 4096))


def _emptied(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM keys WHERE number = 1")
    db.close()


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE run")
    db.close()


@pytest.mark.parametrize("spoil", [_garbage, _cut, _holed, _emptied, _foreign])
@pytest.mark.parametrize("resume", [True, False])
def test_a_damaged_journal_is_begun_anew(
    cache: Path, spoil: Callable[[Path], Any], resume: bool
) -> None:
    """A journal that is damaged is given up with a word, and serves the next run."""
    _broken_off()
    spoil(next(cache.glob("*.run")))
    journal = Journal.open("run", THINGS, resume=resume)
    said = "what was kept of the run is damaged: it begins with the first record"
    assert journal.refusal == (said if resume else None)
    assert (journal.kept, journal.state) == (True, None)
    journal.commit(b"one")
    journal.close(done=False)
    journal = _resumed()
    assert journal.state == b"one"
    journal.close(done=True)


def test_one_run_at_a_time() -> None:
    """A second process is refused while the first one lives, and not once it is killed."""
    _broken_off()
    code = """
import sys
from fieldbound.journal import Journal
journal = Journal.open("run", {"big.ndjson": "12 bytes", "the contract": "abc"}, resume=True)
print(journal.state, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"b'two'\n"
        for resume in (False, True):
            with pytest.raises(BlockingIOError, match="another run of the same check is under way"):
                Journal.open("run", THINGS, resume=resume)
        other.kill()
    journal = _resumed()
    assert journal.state == b"two"
    journal.close(done=True)


def test_what_is_kept_is_for_the_user_alone(cache: Path) -> None:
    """No other user reads what is in the folder, nor in the files."""
    _broken_off()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in cache.iterdir()} == {0o600}


def test_a_sensitive_key_is_not_kept(cache: Path) -> None:
    """Of a key that may not be shown only a digest is on disk."""
    journal = Journal.open("run", THINGS)
    journal.add_keys([_row(1, "s3cret", sensitive=True), _row(2, "s3cret", sensitive=True)])
    journal.commit(b"")
    assert journal.duplicates("", 0).samples == (Duplicate(None, 2, (1, 2)),)
    journal.close(done=False)
    assert all(b"s3cret" not in each.read_bytes() for each in cache.iterdir())


def test_without_a_folder_the_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be kept the run goes on without, says why, and finds duplicates."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    journal = Journal.open("run", THINGS, resume=True)
    assert not journal.kept
    assert journal.state is None
    assert journal.reason is not None
    assert journal.reason.startswith("the run cannot be resumed later: ")
    assert str(tmp_path / "file") in journal.reason
    assert journal.refusal == "there is no run to resume: it begins with the first record"
    journal.add_keys([_row(1, "a"), _row(2, "a")])
    journal.commit(b"two")
    assert journal.duplicates("", 0).keys == 1
    journal.close(done=False)


@pytest.mark.parametrize("home", ["", "relative"])
def test_the_folder_is_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    """Where no other cache folder is named, by a path from the root, it is the user's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    journal = Journal.open("run", THINGS)
    assert (tmp_path / "me/.cache/fieldbound").is_dir()
    journal.close(done=True)


@pytest.mark.parametrize("when", ["keys", "state"])
def test_a_disk_that_is_full_stops_no_run(
    cache: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """When the journal can grow no more the keys move, none is lost, and that is said."""
    monkeypatch.setattr(room, "_WAITING", 1000)
    journal = Journal.open("run", THINGS)
    journal.add_keys([_row(number, str(number)) for number in range(1, 2001)])
    journal.commit(b"some")
    assert journal.kept
    pages = journal._db.execute("PRAGMA page_count").fetchone()[0]
    journal._db.execute(f"PRAGMA max_page_count = {pages}")
    if when == "state":
        journal.add_keys([_row(2001, "1")])
        journal.commit(bytes(1 << 20))
    for number in range(2002, 9002):
        journal.add_keys([_row(number, str(number))])
    journal.add_keys([_row(9002, "2")])
    assert not journal.kept
    assert journal.reason is not None
    assert "database or disk is full" in journal.reason
    assert list(cache.iterdir()) == []
    journal.commit(b"more")
    told = [Duplicate("1", 2, (1, 2001))] if when == "state" else []
    assert journal.duplicates("", 0).samples == (*told, Duplicate("2", 2, (2, 9002)))
    journal.close(done=False)


def test_no_space_at_all_is_an_error() -> None:
    """When the temporary file is full as well the error says what to do."""
    journal = Journal.temporary()
    journal._db.execute("PRAGMA max_page_count = 4")
    journal.add_keys([_row(number, str(number)) for number in range(1, 2001)])
    with pytest.raises(OSError, match=r"disk is full; is there space .* TMPDIR"):
        journal.commit(b"")
    journal.close(done=False)


def test_old_journals_are_forgotten(cache: Path) -> None:
    """What nobody went on with for a month is removed, but not the run that is asked for."""
    for name in ("old", "new", "run"):
        Journal.open(name, THINGS).close(done=False)
    _broken_off()
    mine = next(each for each in cache.glob("*.run") if b"two" in each.read_bytes())
    others = [each for each in cache.glob("*.run") if each != mine]
    for each in (mine, others[0]):
        os.utime(each, (time.time() - 3e6,) * 2)
    journal = _resumed()
    assert journal.state == b"two"
    journal.close(done=False)
    assert {each.name for each in cache.glob("*.run")} == {mine.name, others[1].name}


def test_samples_are_the_first_keys() -> None:
    """Of many keys the ones whose first records come first are told, with five records each."""
    journal = Journal.temporary()
    journal.add_keys(_row(number, str(number % 50)) for number in range(1, 1001))
    found = journal.duplicates("/Key", 3, samples=2)
    assert (found.keys, found.records, found.missing) == (50, 1000, 3)
    assert found.samples == (
        Duplicate("1", 20, (1, 51, 101, 151, 201)),
        Duplicate("2", 20, (2, 52, 102, 152, 202)),
    )
    assert journal.duplicates("/Key", 0, samples=0).samples == ()
    journal.close(done=True)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=5), st.integers(1, 6))
def test_duplicates_are_those_of_memory(batches: list[list[str]], samples: int) -> None:
    """What is found on disk is what a dictionary of all keys has."""
    journal = Journal.temporary()
    numbers = defaultdict(list)
    number = 0
    for batch in batches:
        rows = []
        for key in batch:
            number += 1
            numbers[key].append(number)
            rows.append(_row(number, key))
        journal.add_keys(rows)
    twice = {key: found for key, found in numbers.items() if len(found) > 1}
    told = [Duplicate(key, len(found), tuple(found[:5])) for key, found in twice.items()]
    assert journal.duplicates("", 0, samples) == Duplicates(
        "", len(twice), sum(map(len, twice.values())), 0, tuple(told[:samples])
    )
    journal.close(done=True)


KILLED = """
import random, sys
from fieldbound.bulk import checkpoint as room
from fieldbound.journal import Journal
room._WAITING = 50
chance = random.Random(sys.argv[1])
journal = Journal.open("run", {}, resume=True)
count = int(journal.state or b"0")
print(count, flush=True)
while True:
    for _ in range(chance.randrange(8)):
        more = chance.randrange(40)
        journal.add_keys((bytes(16), count + each, "x" * 200) for each in range(1, more + 1))
        count += more
    journal.commit(b"%d" % count)
    print(count, flush=True)
"""


def test_killed_at_any_moment_state_and_keys_agree() -> None:
    """After a kill -9 the state is the last that was told, or a later one, with just its keys."""
    chance = random.Random(5)
    told = 0
    for seed in range(25):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(seed)], stdout=subprocess.PIPE
        ) as run:
            assert run.stdout is not None
            told = max(told, int(run.stdout.readline()))
            for _ in range(chance.randrange(30)):
                told = int(run.stdout.readline())
            for _ in range(chance.randrange(20_000)):  # and on, to anywhere between two lines
                pass
            run.kill()
            told = int((run.stdout.read().splitlines() or [b"%d" % told])[-1])
        journal = Journal.open("run", {}, resume=True)
        assert journal.refusal is None or told == 0
        count = int(journal.state or b"0")
        assert count >= told
        keys = journal._db.execute("SELECT count(*), max(number) FROM keys").fetchone()
        assert keys == (count, count or None)
        journal.close(done=False)
    assert told > 0
