"""Checkpoints: the state of a run and the keys of its records, in one SQLite file.

The file is in the user's cache folder, and consistent whenever the run is killed. SQLite sorts the
keys on disk, so there may be more of them than fit into memory.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import stat
import time
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from heapq import heappush, heapreplace
from typing import TYPE_CHECKING, Final

from platformdirs import user_cache_path

from fieldbound.model import Duplicate, Duplicates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path
    from typing import TypeAlias

#: The digest of a key, the number of its record, and an excerpt of the key that may be shown.
KeyRow: TypeAlias = "tuple[bytes, int, str | None]"

#: Numbers of records that are reported of a duplicate key.
_NUMBERS: Final = 5
#: Keys that are buffered in memory, and written together.
_BUFFERED_KEYS: Final = 50_000
#: Kilobytes of memory that SQLite uses for pages, and as many again to sort.
_CACHE_SIZE: Final = 16_000
#: Seconds after which a checkpoint that was not resumed is removed.
_MAX_AGE: Final = 30 * 24 * 3600

#: The keys. They are inserted in the order of their numbers, so the file only grows at its end.
_KEYS: Final = "CREATE TABLE keys (number INTEGER PRIMARY KEY, digest BLOB NOT NULL, excerpt TEXT)"
#: The one row of a run: what must not change, the state, and which keys belong to the state.
_RUN: Final = "CREATE TABLE run (fingerprints TEXT, state BLOB, last INTEGER, keys INTEGER)"

_ADD: Final = "INSERT INTO keys (digest, number, excerpt) VALUES (?, ?, ?)"

_NO_CHECKPOINT: Final = "no checkpoint to resume from: starting with the first record"
_DAMAGED: Final = "the checkpoint is damaged: starting with the first record"
_CHANGED: Final = "{} has changed since the checkpoint: starting with the first record"
_NOT_SAVED: Final = "the run cannot be resumed later: {}"
_FOREIGN: Final = "the folder belongs to another user"
_WRITABLE: Final = "other users can write to the folder: make it private with chmod 700"
_LOCKED: Final = "another run of the same check is in progress: wait for it to finish, or stop it"


class Checkpoint:
    """What a run saves on disk: made by `open`, or by `temporary` if it cannot be resumed.

    *state* is what the resumed run committed last, or None; *not_resumed* is why a run is not
    resumed that should be. Once this run cannot be resumed later, *not_saved* is the reason, and
    the keys are in a temporary file. Raises OSError if there is no space for that.
    """

    def __init__(self) -> None:
        self.state: bytes | None = None
        self.not_resumed: str | None = None
        self.not_saved: str | None = None
        self._path: Path | None = None
        self._rows: list[KeyRow] = []
        self._last = self._keys = 0
        with _explained_errors():
            self._db = _connect()

    @property
    def can_be_resumed(self) -> bool:
        """Whether this run can be resumed later."""
        return self._path is not None

    @classmethod
    def temporary(cls) -> Checkpoint:
        """Make a checkpoint that only has keys, and is gone with the process."""
        checkpoint = cls()
        with _explained_errors():
            checkpoint._db.execute(_KEYS)
        return checkpoint

    @classmethod
    def open(
        cls, run_id: str, fingerprints: Mapping[str, str], *, resume: bool = False
    ) -> Checkpoint:
        """Make the checkpoint of a run, or open the one that it left, to *resume* it.

        *fingerprints*, by name, are of what must not change. Raises BlockingIOError while another
        process has the checkpoint open.
        """
        checkpoint = cls()
        try:
            checkpoint._begin(_path(run_id), fingerprints, resume)
        except BlockingIOError:
            checkpoint._db.close()
            raise
        except (OSError, sqlite3.Error) as error:
            checkpoint._db.close()
            checkpoint = cls.temporary()
            checkpoint.not_saved = _NOT_SAVED.format(_message(error))
            checkpoint.not_resumed = _NO_CHECKPOINT if resume else None
        return checkpoint

    def add_keys(self, rows: Iterable[KeyRow]) -> None:
        """Add keys, in the order of the numbers of their records."""
        self._rows.extend(rows)
        if len(self._rows) >= _BUFFERED_KEYS:
            self._write()

    def commit(self, state: bytes) -> None:
        """Save *state* with all keys added until now, in one transaction."""
        self._write(state)

    def duplicates(self, pointer: str, missing: int, samples: int = 5) -> Duplicates:
        """Return the keys that several records have: the number of them, and *samples*."""
        self._write()
        query = "SELECT min(number), digest, count(*) FROM keys GROUP BY digest HAVING count(*) > 1"
        keys = records = 0
        firsts: list[tuple[int, bytes, int]] = []  # a heap that drops the latest first
        with _explained_errors():
            for first, digest, count in self._db.execute(query):
                keys += 1
                records += count
                if len(firsts) < samples:
                    heappush(firsts, (-first, digest, count))
                elif samples and -first > firsts[0][0]:
                    heapreplace(firsts, (-first, digest, count))
            found = self._samples({digest: count for _, digest, count in sorted(firsts)[::-1]})
        return Duplicates(pointer, keys, records, missing, found)

    def close(self, done: bool) -> None:
        """Close the checkpoint, and remove it if the run is *done*."""
        self._db.close()
        if done and self._path is not None:
            _remove(self._path)

    def _begin(self, path: Path, fingerprints: Mapping[str, str], resume: bool) -> None:
        self._db.close()
        try:
            self._db = _connect(path)
            self.not_resumed = self._restore(fingerprints) if resume else None
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self.not_resumed = _DAMAGED if resume else None
        if self.state is None:
            self._db.close()
            _remove(path)
            self._db = _connect(path)
            with self._db:
                self._db.execute("BEGIN")
                self._db.execute(_KEYS)
                self._db.execute(_RUN)
                self._db.execute(
                    "INSERT INTO run VALUES (?, NULL, 0, 0)", (json.dumps({**fingerprints}),)
                )
        self._path = path

    def _restore(self, fingerprints: Mapping[str, str]) -> str | None:
        """Restore the state of a run, or return why that is not possible."""
        db = self._db
        try:
            if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return _NO_CHECKPOINT
            saved, state, last, keys = db.execute("SELECT * FROM run").fetchone()
            before = json.loads(saved)
            names = {**fingerprints, **before}
            changed = next((n for n in names if fingerprints.get(n) != before.get(n)), None)
            if state is None or changed is not None:
                return _NO_CHECKPOINT if changed is None else _CHANGED.format(changed)
            # keys may be written before the state that they belong to
            db.execute("DELETE FROM keys WHERE number > ?", (last,))
            intact = db.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            if not intact or db.execute("SELECT count(*) FROM keys").fetchone()[0] != keys:
                return _DAMAGED
        except (sqlite3.Error, AttributeError, TypeError, ValueError):
            return _DAMAGED
        self.state, self._last, self._keys = state, last, keys
        return None

    def _write(self, state: bytes | None = None) -> None:
        try:
            self._store(state)
        except sqlite3.Error as error:
            with _explained_errors():
                self._move(error)
                self._store(state)

    def _store(self, state: bytes | None) -> None:
        rows = self._rows
        last = rows[-1][1] if rows else self._last
        keys = self._keys + len(rows)
        with self._db as db:
            db.execute("BEGIN")
            db.executemany(_ADD, rows)
            if state is not None and self._path is not None:
                db.execute("UPDATE run SET state = ?, last = ?, keys = ?", (state, last, keys))
        self._rows, self._last, self._keys = [], last, keys

    def _move(self, error: sqlite3.Error) -> None:
        """Continue in a temporary file, as the checkpoint can no longer be written."""
        if self._path is None:
            raise error
        path, self._path = self._path, None
        self.not_saved = _NOT_SAVED.format(_message(error))
        with closing(self._db) as old:
            self._db = _connect()
            with self._db as db:
                db.execute(_KEYS)
                db.execute("BEGIN")
                db.executemany(_ADD, old.execute("SELECT digest, number, excerpt FROM keys"))
        _remove(path)

    def _samples(self, counts: dict[bytes, int]) -> tuple[Duplicate, ...]:
        """Return some keys, given the count of each, with excerpts and the first records."""
        numbers: dict[bytes, list[int]] = {digest: [] for digest in counts}
        excerpts: dict[bytes, str | None] = {}
        remaining = sum(min(count, _NUMBERS) for count in counts.values())
        marks = ", ".join("?" * len(counts))
        query = f"SELECT * FROM keys WHERE digest IN ({marks}) ORDER BY number"  # noqa: S608
        if remaining:
            for number, digest, excerpt in self._db.execute(query, list(counts)):
                if len(numbers[digest]) < _NUMBERS:
                    numbers[digest].append(number)
                    excerpts.setdefault(digest, excerpt)
                    remaining -= 1
                    if not remaining:
                        break
        return tuple(
            Duplicate(excerpts[digest], count, tuple(numbers[digest]))
            for digest, count in counts.items()
        )


def _connect(path: Path | None = None) -> sqlite3.Connection:
    """Open a checkpoint exclusively, or without a path a file that is gone with the process.

    The lock of a process that dies is released by the system. A write-ahead log would write every
    key twice, and needs shared memory, which network file systems lack; as the file only grows at
    its end, a rollback journal has little to store.
    """
    if (
        path is not None and not path.exists()
    ):  # to open and close an existing one would release our locks
        path.touch(0o600)
    db = sqlite3.connect("" if path is None else path, timeout=0, isolation_level=None)
    try:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = TRUNCATE")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA cache_size = -{_CACHE_SIZE}")
        db.execute("PRAGMA mmap_size = 0")  # mapped pages would count as memory of the process
    except sqlite3.Error as error:
        db.close()
        if "locked" in str(error):
            raise BlockingIOError(errno.EAGAIN, _LOCKED) from None
        raise
    return db


def _path(run_id: str) -> Path:
    """Return the path of a run's checkpoint; make the folder, and remove old checkpoints."""
    try:
        folder = user_cache_path("fieldbound", appauthor=False)
    except RuntimeError as error:  # there is no home folder
        raise OSError(errno.ENOENT, str(error)) from None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    _require_private(folder)
    path = folder / f"{sha256(run_id.encode()).hexdigest()[:40]}.run"
    for other in folder.glob("*.run*"):
        with suppress(OSError):
            old = time.time() - other.stat().st_mtime > _MAX_AGE
            if old and not other.name.startswith(path.name):
                other.unlink()
    return path


def _require_private(folder: Path) -> None:
    """Raise PermissionError if other users may have written to the folder."""
    status = folder.stat()
    if os.name == "nt":  # where a user's cache folder is private, and files have no such modes
        return
    if status.st_uid != os.geteuid():
        raise PermissionError(errno.EPERM, _FOREIGN, str(folder))
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise PermissionError(errno.EPERM, _WRITABLE, str(folder))


def _remove(path: Path) -> None:
    for each in (path, path.with_name(f"{path.name}-journal")):
        with suppress(OSError):
            each.unlink()


def _message(error: Exception) -> str:
    """Return the reason of an error, with the file if it names one."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{error} (in the cache folder)"


@contextmanager
def _explained_errors() -> Iterator[None]:
    """Raise OSError, with what to do, if keys cannot be written to a temporary file."""
    try:
        yield
    except sqlite3.Error as error:
        message = (
            f"cannot sort the keys of the records: {error}; is there space for temporary files?"
        )
        raise OSError(errno.ENOSPC, f"{message} set TMPDIR to use another folder") from None
