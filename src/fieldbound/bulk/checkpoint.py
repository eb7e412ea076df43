"""The state of a run and its records' keys go in; what another run needs to go on comes out.

A journal is one SQLite file in the user's cache folder, and whole whenever the run is killed. The
keys stand in it too: SQLite sorts them on disk, so there may be more of them than memory holds.
"""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import time
from contextlib import closing, contextmanager, suppress
from hashlib import sha256
from heapq import heappush, heapreplace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fieldbound.model import Duplicate, Duplicates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import TypeAlias

#: The digest of a key, the number of the record that has it, and the key as it may be shown.
Row: TypeAlias = "tuple[bytes, int, str | None]"

#: Numbers of records that are told of a key.
_NUMBERS: Final = 5
#: Keys that wait in memory until they are written together.
_WAITING: Final = 50_000
#: Kilobytes of memory that SQLite takes for pages, and as many for what it sorts at a time.
_CACHE: Final = 16_000
#: Seconds after which a journal that nobody went on with is thrown away.
_FORGOTTEN: Final = 30 * 24 * 3600

#: Where keys are. They come in the order of their numbers, so the file only grows at its end.
_KEYS: Final = "CREATE TABLE keys (number INTEGER PRIMARY KEY, digest BLOB NOT NULL, excerpt TEXT)"
#: The one row of a run: what must be as it was, and the state with the keys that belong to it.
_RUN: Final = "CREATE TABLE run (things TEXT, state BLOB, last INTEGER, keys INTEGER)"

_ADD: Final = "INSERT INTO keys (digest, number, excerpt) VALUES (?, ?, ?)"

_NO_RUN: Final = "there is no run to resume: it begins with the first record"
_DAMAGED: Final = "what was kept of the run is damaged: it begins with the first record"
_CHANGED: Final = "{} has changed since: the run begins with the first record"
_LOST: Final = "the run cannot be resumed later: {}"
_TAKEN: Final = "another run of the same check is under way: wait until it ends, or stop it"


class Journal:
    """What a run keeps on disk; made by `open`, or by `temporary` for one that cannot be resumed.

    *state* is what was committed last by the run that is resumed, else None, and *refusal* says
    why a run cannot be resumed that was to be. *kept* is whether this run can be; once it cannot,
    *reason* says why, and keys are in a temporary file. Raises OSError where that has no space.
    """

    def __init__(self) -> None:
        self.state: bytes | None = None
        self.refusal: str | None = None
        self.reason: str | None = None
        self._path: Path | None = None
        self._rows: list[Row] = []
        self._last = self._keys = 0
        with _spaced():
            self._db = _connect()  # a file that has no name and goes with the process

    @property
    def kept(self) -> bool:
        """Whether this run can be resumed."""
        return self._path is not None

    @classmethod
    def temporary(cls) -> Journal:
        """Make a journal for the keys alone, gone with the process."""
        journal = cls()
        with _spaced():
            journal._db.execute(_KEYS)
        return journal

    @classmethod
    def open(cls, which: str, things: Mapping[str, str], *, resume: bool = False) -> Journal:
        """Make the journal of the run that *which* names, or find it to *resume* that run.

        *things* are those that must be as they were, each by the words that name it. Raises
        BlockingIOError while another process has the journal.
        """
        journal = cls()
        try:
            journal._begin(_place(which), things, resume)
        except BlockingIOError:
            journal._db.close()
            raise
        except (OSError, sqlite3.Error) as error:
            journal._db.close()
            journal = cls.temporary()
            journal.reason = _LOST.format(_told(error))
            journal.refusal = _NO_RUN if resume else None
        return journal

    def add_keys(self, rows: Iterable[Row]) -> None:
        """Add keys: each of a record whose number is greater than all before."""
        self._rows.extend(rows)
        if len(self._rows) >= _WAITING:
            self._write()

    def commit(self, state: bytes) -> None:
        """Put *state* on disk with all keys added until now: both are there after this, or none."""
        self._write(state)

    def duplicates(self, pointer: str, missing: int, samples: int = 5) -> Duplicates:
        """Find the keys that several records have: *samples* of them, and how many there are."""
        self._write()
        found = "SELECT min(number), digest, count(*) FROM keys GROUP BY digest HAVING count(*) > 1"
        keys = records = 0
        firsts: list[tuple[int, bytes, int]] = []  # a heap: the latest of them goes first
        with _spaced():
            for first, digest, count in self._db.execute(found):
                keys += 1
                records += count
                if len(firsts) < samples:
                    heappush(firsts, (-first, digest, count))
                elif samples and -first > firsts[0][0]:
                    heapreplace(firsts, (-first, digest, count))
            told = self._told_of({digest: count for _, digest, count in sorted(firsts)[::-1]})
        return Duplicates(pointer, keys, records, missing, told)

    def close(self, done: bool) -> None:
        """Close the journal: a run that is *done* leaves nothing, any other can be resumed."""
        self._db.close()
        if done and self._path is not None:
            _remove(self._path)

    def _begin(self, path: Path, things: Mapping[str, str], resume: bool) -> None:
        self._db.close()
        try:
            self._db = _connect(path)
            self.refusal = self._restore(things) if resume else None
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            self.refusal = _DAMAGED if resume else None
        if self.state is None:
            self._db.close()
            _remove(path)
            self._db = _connect(path)
            with self._db:
                self._db.execute("BEGIN")
                self._db.execute(_KEYS)
                self._db.execute(_RUN)
                self._db.execute(
                    "INSERT INTO run VALUES (?, NULL, 0, 0)", (json.dumps({**things}),)
                )
        self._path = path

    def _restore(self, things: Mapping[str, str]) -> str | None:
        """Take up what was kept of a run, or return why that cannot be."""
        db = self._db
        try:
            if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return _NO_RUN
            then, state, last, keys = db.execute("SELECT * FROM run").fetchone()
            was = json.loads(then)
            changed = next((n for n in {**things, **was} if things.get(n) != was.get(n)), None)
            if state is None or changed is not None:
                return _NO_RUN if changed is None else _CHANGED.format(changed)
            # Keys are written ahead of the state that has them, if many come at a time.
            db.execute("DELETE FROM keys WHERE number > ?", (last,))
            whole = db.execute("PRAGMA quick_check").fetchone()[0] == "ok"
            if not whole or db.execute("SELECT count(*) FROM keys").fetchone()[0] != keys:
                return _DAMAGED
        except (sqlite3.Error, AttributeError, TypeError, ValueError):
            return _DAMAGED
        self.state, self._last, self._keys = state, last, keys
        return None

    def _write(self, state: bytes | None = None) -> None:
        try:
            self._store(state)
        except sqlite3.Error as error:
            with _spaced():
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
        """Go on in a temporary file, as there is no more writing to the journal."""
        if self._path is None:
            raise error
        path, self._path = self._path, None
        self.reason = _LOST.format(_told(error))
        with closing(self._db) as old:
            self._db = _connect()
            with self._db as db:
                db.execute(_KEYS)
                db.execute("BEGIN")
                db.executemany(_ADD, old.execute("SELECT digest, number, excerpt FROM keys"))
        _remove(path)

    def _told_of(self, counts: dict[bytes, int]) -> tuple[Duplicate, ...]:
        """Read the first records of some keys, and how these may be shown."""
        numbers: dict[bytes, list[int]] = {digest: [] for digest in counts}
        shown: dict[bytes, str | None] = {}
        left = sum(min(count, _NUMBERS) for count in counts.values())
        marks = ", ".join("?" * len(counts))
        wanted = f"SELECT * FROM keys WHERE digest IN ({marks}) ORDER BY number"  # noqa: S608
        if left:
            for number, digest, excerpt in self._db.execute(wanted, list(counts)):
                if len(numbers[digest]) < _NUMBERS:
                    numbers[digest].append(number)
                    shown.setdefault(digest, excerpt)
                    left -= 1
                    if not left:
                        break
        return tuple(
            Duplicate(shown[digest], count, tuple(numbers[digest]))
            for digest, count in counts.items()
        )


def _connect(path: Path | None = None) -> sqlite3.Connection:
    """Open a journal for this process alone, or a file without a name that goes with the process.

    The system takes the lock from a process that is dead. A write-ahead log would write every key
    twice, and needs shared memory, which folders on a network lack; as the file only grows at its
    end, a rollback journal has little to keep.
    """
    if path is not None and not path.exists():  # to open a file and close it would end our locks
        path.touch(0o600)
    db = sqlite3.connect("" if path is None else path, timeout=0, isolation_level=None)
    try:
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("BEGIN EXCLUSIVE")
        db.execute("COMMIT")
        db.execute("PRAGMA journal_mode = TRUNCATE")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute(f"PRAGMA cache_size = -{_CACHE}")
        db.execute("PRAGMA mmap_size = 0")  # what is mapped would count as the process's memory
    except sqlite3.Error as error:
        db.close()
        if "locked" in str(error):
            raise BlockingIOError(errno.EAGAIN, _TAKEN) from None
        raise
    return db


def _place(which: str) -> Path:
    """Return the file of a run's journal, and make its folder; forget the journals of long ago."""
    base = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_CACHE_HOME", "")
    try:
        folder = (Path(base) if Path(base).is_absolute() else Path.home() / ".cache") / "fieldbound"
    except RuntimeError as error:
        raise OSError(errno.ENOENT, str(error)) from None
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{sha256(which.encode()).hexdigest()[:40]}.run"
    for other in folder.glob("*.run*"):
        with suppress(OSError):
            old = time.time() - other.stat().st_mtime > _FORGOTTEN
            if old and not other.name.startswith(path.name):
                other.unlink()
    return path


def _remove(path: Path) -> None:
    for each in (path, path.with_name(f"{path.name}-journal")):
        with suppress(OSError):
            each.unlink()


def _told(error: Exception) -> str:
    """Give the reason of an error, with the file if it names one."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return f"{error} (in the cache folder)"


@contextmanager
def _spaced() -> Iterator[None]:
    """Say what to do where keys cannot be written to a temporary file."""
    try:
        yield
    except sqlite3.Error as error:
        say = f"the keys of the records cannot be sorted: {error}; is there space in the folder of"
        raise OSError(errno.ENOSPC, f"{say} temporary files? TMPDIR names another one") from None
