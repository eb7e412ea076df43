"""Checkpoints: consistent whenever the run is killed, and the duplicate keys in them."""

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

from fieldbound.bulk import checkpoint as checkpoint_module
from fieldbound.bulk.checkpoint import Checkpoint
from fieldbound.model.bulk_report import Duplicate, Duplicates
from support.effort import examples

FINGERPRINTS = {"big.ndjson": "12 bytes", "the contract": "abc"}
CHANGED = {**FINGERPRINTS, "big.ndjson": "13 bytes"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the checkpoints."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "fieldbound"


def _row(number: int, key: str, sensitive: bool = False) -> tuple[bytes, int, str | None]:
    digest = blake2b(key.encode(), digest_size=16).digest()
    return digest, number, None if sensitive else key


def _resume(fingerprints: dict[str, str] = FINGERPRINTS) -> Checkpoint:
    return Checkpoint.open("run", fingerprints, resume=True)


def _interrupt() -> None:
    checkpoint = Checkpoint.open("run", FINGERPRINTS)
    checkpoint.add_keys([_row(1, "a"), _row(2, "b")])
    checkpoint.commit(b"two")
    checkpoint.close(done=False)


def test_resume_restores_the_last_commit() -> None:
    """Resuming restores the last committed state with its keys, and nothing added later."""
    checkpoint = Checkpoint.open("run", FINGERPRINTS)
    assert (
        checkpoint.can_be_resumed,
        checkpoint.state,
        checkpoint.not_resumed,
        checkpoint.not_saved,
    ) == (True, *[None] * 3)
    checkpoint.add_keys([_row(1, "a")])
    checkpoint.commit(b"one")
    checkpoint.add_keys([_row(2, "a")])
    checkpoint.commit(b"two")
    checkpoint.add_keys([_row(3, "a")])
    checkpoint.close(done=False)
    checkpoint = _resume()
    assert (
        checkpoint.can_be_resumed,
        checkpoint.state,
        checkpoint.not_resumed,
        checkpoint.not_saved,
    ) == (
        True,
        b"two",
        None,
        None,
    )
    checkpoint.add_keys([_row(3, "b"), _row(4, "b")])
    found = checkpoint.duplicates("/Key", 7)
    assert found == Duplicates(
        "/Key", 2, 4, 7, (Duplicate("a", 2, (1, 2)), Duplicate("b", 2, (3, 4)))
    )
    checkpoint.close(done=True)


def test_keys_without_a_committed_state_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buffered keys may be written before their state, and are dropped without it."""
    monkeypatch.setattr(checkpoint_module, "_BUFFERED_KEYS", 3)
    checkpoint = Checkpoint.open("run", FINGERPRINTS)
    checkpoint.add_keys([_row(1, "a")])
    checkpoint.commit(b"one")
    for number in range(2, 12):
        checkpoint.add_keys([_row(number, "a")])
    checkpoint.close(done=False)
    checkpoint = _resume()
    assert checkpoint.state == b"one"
    assert checkpoint.duplicates("", 0) == Duplicates("")
    checkpoint.add_keys([_row(2, "a")])
    assert checkpoint.duplicates("", 0).samples == (Duplicate("a", 2, (1, 2)),)
    checkpoint.close(done=True)


def test_a_finished_run_removes_its_checkpoint(cache: Path) -> None:
    """The checkpoint of a finished run is removed, so there is nothing to resume."""
    _interrupt()
    assert sorted(each.suffix for each in cache.iterdir()) == [".run", ".run-journal"]
    _resume().close(done=True)
    assert list(cache.iterdir()) == []
    checkpoint = _resume()
    assert checkpoint.not_resumed == "no checkpoint to resume from: starting with the first record"
    assert (checkpoint.can_be_resumed, checkpoint.state) == (True, None)
    checkpoint.close(done=True)


def test_a_run_without_a_commit_cannot_be_resumed() -> None:
    """A run that was killed before its first commit cannot be resumed."""
    Checkpoint.open("run", FINGERPRINTS).close(done=False)
    checkpoint = _resume()
    assert checkpoint.not_resumed is not None
    assert checkpoint.not_resumed.startswith("no checkpoint to resume from")
    checkpoint.close(done=True)


def test_each_run_has_its_own_checkpoint() -> None:
    """Runs with different ids do not share a checkpoint."""
    _interrupt()
    other = Checkpoint.open("other", FINGERPRINTS, resume=True)
    assert other.state is None
    own = _resume()
    assert own.state == b"two"
    own.close(done=True)
    other.close(done=True)


@pytest.mark.parametrize(
    ("fingerprints", "named"),
    [
        (CHANGED, "big.ndjson"),
        ({**FINGERPRINTS, "the contract": "abd"}, "the contract"),
        ({"big.ndjson": "12 bytes"}, "the contract"),
    ],
)
def test_a_run_of_other_fingerprints_is_not_resume(
    fingerprints: dict[str, str], named: str
) -> None:
    """A run starts again if a fingerprint has changed, and reports which."""
    _interrupt()
    checkpoint = _resume(fingerprints)
    assert (
        checkpoint.not_resumed
        == f"{named} has changed since the checkpoint: starting with the first record"
    )
    assert (checkpoint.can_be_resumed, checkpoint.state) == (True, None)
    checkpoint.add_keys([_row(1, "a")])
    assert checkpoint.duplicates("", 0) == Duplicates("")
    checkpoint.commit(b"one")
    checkpoint.close(done=False)
    checkpoint = _resume(fingerprints)
    assert checkpoint.state == b"one"
    checkpoint.close(done=True)


def test_without_resume_a_run_starts_again() -> None:
    """A checkpoint is ignored without resume."""
    _interrupt()
    checkpoint = Checkpoint.open("run", FINGERPRINTS)
    assert (checkpoint.state, checkpoint.not_resumed) == (None, None)
    checkpoint.close(done=False)


def _overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all, but much of it" * 1000)


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096])


def _zero(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:4096] + bytes(len(data) - 4096))


def _delete_key(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DELETE FROM keys WHERE number = 1")
    db.close()


def _drop_table(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE run")
    db.close()


@pytest.mark.parametrize("damage", [_overwrite, _truncate, _zero, _delete_key, _drop_table])
@pytest.mark.parametrize("resume", [True, False])
def test_a_damaged_checkpoint_is_replaced(
    cache: Path, damage: Callable[[Path], Any], resume: bool
) -> None:
    """A damaged checkpoint is replaced, with a message, and can be used again."""
    _interrupt()
    damage(next(cache.glob("*.run")))
    checkpoint = Checkpoint.open("run", FINGERPRINTS, resume=resume)
    message = "the checkpoint is damaged: starting with the first record"
    assert checkpoint.not_resumed == (message if resume else None)
    assert (checkpoint.can_be_resumed, checkpoint.state) == (True, None)
    checkpoint.commit(b"one")
    checkpoint.close(done=False)
    checkpoint = _resume()
    assert checkpoint.state == b"one"
    checkpoint.close(done=True)


def test_a_checkpoint_is_locked() -> None:
    """A second process cannot open a checkpoint while the first one is alive."""
    _interrupt()
    code = """
import sys
from fieldbound.bulk.checkpoint import Checkpoint
checkpoint = Checkpoint.open("run", {"big.ndjson": "12 bytes", "the contract": "abc"}, resume=True)
print(checkpoint.state, flush=True)
sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"b'two'\n"
        for resume in (False, True):
            with pytest.raises(
                BlockingIOError, match="another run of the same check is in progress"
            ):
                Checkpoint.open("run", FINGERPRINTS, resume=resume)
        other.kill()
    checkpoint = _resume()
    assert checkpoint.state == b"two"
    checkpoint.close(done=True)


def test_checkpoints_are_private(cache: Path) -> None:
    """Folder and files are readable by the user only."""
    _interrupt()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in cache.iterdir()} == {0o600}


@pytest.mark.skipif(os.name == "nt", reason="folders have no such modes")
@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702])
def test_a_folder_that_others_can_write_to_is_refused(cache: Path, mode: int) -> None:
    """A checkpoint is neither read from nor written to a folder that other users can write to."""
    _interrupt()
    (saved,) = cache.glob("*.run")
    before = saved.read_bytes()
    cache.chmod(mode)
    for resume in (True, False):
        checkpoint = Checkpoint.open("run", FINGERPRINTS, resume=resume)
        assert (checkpoint.state, checkpoint.can_be_resumed) == (None, False)
        assert checkpoint.not_saved == (
            f"the run cannot be resumed later: {cache}: other users can write to the folder: "
            "make it private with chmod 700"
        )
        checkpoint.close(done=False)
    assert saved.read_bytes() == before
    cache.chmod(0o755)
    assert _resume().state == b"two"


@pytest.mark.skipif(os.name == "nt", reason="folders have no such owners")
def test_a_folder_of_another_user_is_refused(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint is not read from a folder that another user owns."""
    _interrupt()
    user = os.geteuid() + 1
    monkeypatch.setattr(checkpoint_module.os, "geteuid", lambda: user)
    checkpoint = _resume()
    assert (checkpoint.state, checkpoint.can_be_resumed) == (None, False)
    assert checkpoint.not_saved == (
        f"the run cannot be resumed later: {cache}: the folder belongs to another user"
    )
    checkpoint.close(done=False)


def test_sensitive_keys_are_not_stored(cache: Path) -> None:
    """Only the digest of a sensitive key is stored."""
    checkpoint = Checkpoint.open("run", FINGERPRINTS)
    checkpoint.add_keys([_row(1, "s3cret", sensitive=True), _row(2, "s3cret", sensitive=True)])
    checkpoint.commit(b"")
    assert checkpoint.duplicates("", 0).samples == (Duplicate(None, 2, (1, 2)),)
    checkpoint.close(done=False)
    assert all(b"s3cret" not in each.read_bytes() for each in cache.iterdir())


def test_a_run_continues_without_a_cache_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run without a checkpoint file continues, with a message, and finds duplicates."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    checkpoint = Checkpoint.open("run", FINGERPRINTS, resume=True)
    assert not checkpoint.can_be_resumed
    assert checkpoint.state is None
    assert checkpoint.not_saved is not None
    assert checkpoint.not_saved.startswith("the run cannot be resumed later: ")
    assert str(tmp_path / "file") in checkpoint.not_saved
    assert checkpoint.not_resumed == "no checkpoint to resume from: starting with the first record"
    checkpoint.add_keys([_row(1, "a"), _row(2, "a")])
    checkpoint.commit(b"two")
    assert checkpoint.duplicates("", 0).keys == 1
    checkpoint.close(done=False)


@pytest.mark.parametrize("home", ["", "relative"])
def test_the_default_folder_is_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    """Without an absolute XDG_CACHE_HOME, the folder is ~/.cache/fieldbound."""
    monkeypatch.setenv("XDG_CACHE_HOME", home)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    checkpoint = Checkpoint.open("run", FINGERPRINTS)
    assert (tmp_path / "me/.cache/fieldbound").is_dir()
    checkpoint.close(done=True)


@pytest.mark.parametrize("when", ["keys", "state"])
def test_a_full_disk_does_not_stop_the_run(
    cache: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """If the checkpoint cannot grow, its keys are moved, and a message is set."""
    monkeypatch.setattr(checkpoint_module, "_BUFFERED_KEYS", 1000)
    checkpoint = Checkpoint.open("run", FINGERPRINTS)
    checkpoint.add_keys([_row(number, str(number)) for number in range(1, 2001)])
    checkpoint.commit(b"some")
    assert checkpoint.can_be_resumed
    pages = checkpoint._db.execute("PRAGMA page_count").fetchone()[0]
    checkpoint._db.execute(f"PRAGMA max_page_count = {pages}")
    if when == "state":
        checkpoint.add_keys([_row(2001, "1")])
        checkpoint.commit(bytes(1 << 20))
    for number in range(2002, 9002):
        checkpoint.add_keys([_row(number, str(number))])
    checkpoint.add_keys([_row(9002, "2")])
    assert not checkpoint.can_be_resumed
    assert checkpoint.not_saved is not None
    assert "database or disk is full" in checkpoint.not_saved
    assert list(cache.iterdir()) == []
    checkpoint.commit(b"more")
    expected = [Duplicate("1", 2, (1, 2001))] if when == "state" else []
    assert checkpoint.duplicates("", 0).samples == (*expected, Duplicate("2", 2, (2, 9002)))
    checkpoint.close(done=False)


def test_no_space_for_temporary_files_is_an_error() -> None:
    """If the temporary file cannot grow either, the error says what to do."""
    checkpoint = Checkpoint.temporary()
    checkpoint._db.execute("PRAGMA max_page_count = 4")
    checkpoint.add_keys([_row(number, str(number)) for number in range(1, 2001)])
    with pytest.raises(OSError, match=r"disk is full; is there space .* TMPDIR"):
        checkpoint.commit(b"")
    checkpoint.close(done=False)


def test_old_checkpoints_are_removed(cache: Path) -> None:
    """Checkpoints older than a month are removed, except the requested one."""
    for name in ("old", "new", "run"):
        Checkpoint.open(name, FINGERPRINTS).close(done=False)
    _interrupt()
    own = next(each for each in cache.glob("*.run") if b"two" in each.read_bytes())
    others = [each for each in cache.glob("*.run") if each != own]
    for each in (own, others[0]):
        os.utime(each, (time.time() - 3e6,) * 2)
    checkpoint = _resume()
    assert checkpoint.state == b"two"
    checkpoint.close(done=False)
    assert {each.name for each in cache.glob("*.run")} == {own.name, others[1].name}


def test_samples_are_the_first_duplicates() -> None:
    """The samples are the keys with the first records, with five records each."""
    checkpoint = Checkpoint.temporary()
    checkpoint.add_keys(_row(number, str(number % 50)) for number in range(1, 1001))
    found = checkpoint.duplicates("/Key", 3, samples=2)
    assert (found.keys, found.records, found.missing) == (50, 1000, 3)
    assert found.samples == (
        Duplicate("1", 20, (1, 51, 101, 151, 201)),
        Duplicate("2", 20, (2, 52, 102, 152, 202)),
    )
    assert checkpoint.duplicates("/Key", 0, samples=0).samples == ()
    checkpoint.close(done=True)


@settings(max_examples=examples(60))
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=12), max_size=5), st.integers(1, 6))
def test_duplicates_equal_those_of_a_dictionary(batches: list[list[str]], samples: int) -> None:
    """The duplicates found on disk are those found in a dictionary of all keys."""
    checkpoint = Checkpoint.temporary()
    numbers = defaultdict(list)
    number = 0
    for batch in batches:
        rows = []
        for key in batch:
            number += 1
            numbers[key].append(number)
            rows.append(_row(number, key))
        checkpoint.add_keys(rows)
    duplicates = {key: found for key, found in numbers.items() if len(found) > 1}
    samples_of = [Duplicate(key, len(found), tuple(found[:5])) for key, found in duplicates.items()]
    assert checkpoint.duplicates("", 0, samples) == Duplicates(
        "", len(duplicates), sum(map(len, duplicates.values())), 0, tuple(samples_of[:samples])
    )
    checkpoint.close(done=True)


KILLED = """
import random, sys
from fieldbound.bulk import checkpoint as checkpoint_module
from fieldbound.bulk.checkpoint import Checkpoint
checkpoint_module._BUFFERED_KEYS = 50
chance = random.Random(sys.argv[1])
checkpoint = Checkpoint.open("run", {}, resume=True)
count = int(checkpoint.state or b"0")
print(count, flush=True)
while True:
    for _ in range(chance.randrange(8)):
        more = chance.randrange(40)
        checkpoint.add_keys((bytes(16), count + each, "x" * 200) for each in range(1, more + 1))
        count += more
    checkpoint.commit(b"%d" % count)
    print(count, flush=True)
"""


def test_state_and_keys_are_consistent_after_a_kill() -> None:
    """After SIGKILL the state is the last one printed, or a later one, with exactly its keys."""
    chance = random.Random(5)
    printed = 0
    for seed in range(examples(25)):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(seed)], stdout=subprocess.PIPE
        ) as run:
            assert run.stdout is not None
            printed = max(printed, int(run.stdout.readline()))
            for _ in range(chance.randrange(30)):
                printed = int(run.stdout.readline())
            for _ in range(chance.randrange(20_000)):  # wait, to kill it anywhere between two lines
                pass
            run.kill()
            printed = int((run.stdout.read().splitlines() or [b"%d" % printed])[-1])
        checkpoint = Checkpoint.open("run", {}, resume=True)
        assert checkpoint.not_resumed is None or printed == 0
        count = int(checkpoint.state or b"0")
        assert count >= printed
        keys = checkpoint._db.execute("SELECT count(*), max(number) FROM keys").fetchone()
        assert keys == (count, count or None)
        checkpoint.close(done=False)
    assert printed > 0
