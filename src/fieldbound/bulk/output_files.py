"""Records go in, accepted and refused ones; two files come out, each whole or not at all.

What is written stands in a part file beside its target, hidden, until all of it is there. A run
that was killed leaves its parts, and another one can go on with them from where they were sound.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import zlib
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, Protocol

from fieldbound.documents import is_same_file, reason

from .inputs.blocks import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

#: A record or more, as they are; or each alone, to be put between what the frame has.
Records: TypeAlias = "bytes | Sequence[bytes]"

#: How the name of a part file ends.
_PART: Final = ".fieldbound-part"
#: Bytes that the name of a file may have.
_NAME: Final = 255
#: Bytes that are read at a time.
_READ: Final = 1 << 20
#: What keeps Windows from changing the ends of lines.
_BINARY: Final = getattr(os, "O_BINARY", 0)
#: What to do where there is no going on.
_AGAIN: Final = "run again without --resume"
#: Twice as fast as the level that gzip takes by itself, for a tenth more bytes.
_LEVEL: Final = 4
#: Names of what the process has open already: a file that is opened anew by such a name begins
#: at its first byte, and would write over what others write to the same.
_OPEN: Final = re.compile(r"/dev/(?:(stdout)|(stderr)|fd/(\d+))|/proc/self/fd/(\d+)")


class Split:
    """Two files of records, the *valid* and the *invalid* ones; either may be None.

    A name that ends in .gz or .zst is one of a file that is packed so. A device or a pipe is
    written to directly; in place of a file the new one comes at the end, with its mode. *given* is
    the file that is read. *resume* is what `flushed` gave at the point to go on from.

    Whatever is raised is an OSError with the target as its filename; the parts are gone then,
    except when there is no going on with them.
    """

    def __init__(
        self,
        accepted: str | None,
        refused: str | None,
        frames: tuple[Frame, Frame] = (Frame(), Frame()),
        *,
        given: str | None = None,
        resume: tuple[int, ...] | None = None,
    ) -> None:
        names = (accepted, refused)
        self._targets: list[_Target | None] = [None, None]
        _distinct(accepted, refused, given)
        with self._or_nothing(keep=resume is not None):
            for at, (name, frame) in enumerate(zip(names, frames, strict=True)):
                if name is not None:
                    been = None if resume is None else _Stand(*resume[3 * at : 3 * at + 3])
                    with _about(name):
                        self._targets[at] = _Target(name, frame, been)

    def add(self, accepted: Records = b"", refused: Records = b"") -> None:
        """Write records, in their order; those of a kind that has no file are left out."""
        with self._or_nothing():
            for target, records in zip(self._targets, (accepted, refused), strict=True):
                if target is not None and records:
                    with _about(target.name):
                        target.add(records)

    def flushed(self) -> tuple[int, ...]:
        """Hand what was added to the system, and tell where the files stand, to resume there.

        A packed file can be cut here, so how it is packed depends on when this is called: after
        the same records, the same bytes come out.
        """
        with self._or_nothing():
            return sum((self._each(_Target.flushed, at) or _Stand() for at in (0, 1)), ())

    def finish(self) -> None:
        """Write how the files end, and put them in the place of their targets."""
        with self._or_nothing():
            for at in (0, 1):
                self._each(_Target.complete, at)
            for at in (0, 1):
                self._each(_Target.replace, at)

    def leave(self) -> None:
        """Close the files and leave the parts, for a run that resumes this one."""
        for at in (0, 1):
            self._each(_Target.close, at)

    def abandon(self) -> None:
        """Close the files and remove the parts."""
        for at in (0, 1):
            self._each(_Target.remove, at)

    def _each(self, do: Callable[[_Target], Any], at: int) -> Any:
        target = self._targets[at]
        if target is None:
            return None
        with _about(target.name):
            return do(target)

    @contextmanager
    def _or_nothing(self, keep: bool = False) -> Iterator[None]:
        try:
            yield
        except OSError:
            (self.leave if keep else self.abandon)()
            raise


class _Stand(NamedTuple):
    """Where a file stands: its *size*, the CRC of so many bytes, and whether it has a record."""

    size: int = 0
    crc: int = 0
    begun: int = 0


class _Target:
    """One file that is written, as a part beside it or, where there is no file, directly."""

    def __init__(self, name: str, frame: Frame, been: _Stand | None) -> None:
        self.name = name
        self._frame = frame
        self._packer = _packer(name)
        self._size, self._crc, self._begun = been or _Stand()
        self._target = Path(os.path.realpath(name))
        self._part: Path | None = None
        self._stream: int | None = self._opened(been is not None)
        try:
            if self._part is not None:
                self._go_on(self._stream, self._part)
            if been is None and frame.head:
                self._put(frame.head)
        except OSError:
            (self.remove if been is None else self.close)()
            raise

    def add(self, records: Records) -> None:
        """Write one record or more."""
        if self._begun and self._frame.between:
            self._put(self._frame.between)
        self._begun = 1
        self._put(records if isinstance(records, bytes) else self._frame.between.join(records))

    def flushed(self) -> _Stand:
        """Hand what was added to the system, and tell where the file stands."""
        self._write(self._packer.end())
        return _Stand(self._size, self._crc, self._begun)

    def complete(self) -> None:
        """Write how the file ends."""
        # A packed file of nothing has a member nevertheless.
        if self._frame.tail or not self._size:
            self._put(self._frame.tail)
        self.flushed()
        if self._part is not None and self._stream is not None:
            os.fsync(self._stream)

    def replace(self) -> None:
        """Put the part in the place of the target, and close it."""
        if self._part is not None:
            if self._target.exists():
                self._part.chmod(stat.S_IMODE(self._target.stat().st_mode))
            if os.name == "nt":  # where nothing that is open is renamed; elsewhere it stays locked
                self.close()
            self._part.replace(self._target)
            self._part = None
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            stream, self._stream = self._stream, None
            os.close(stream)

    def remove(self) -> None:
        """Close the file and remove the part."""
        with suppress(OSError):
            self.close()
        if self._part is not None:
            with suppress(OSError):
                self._part.unlink()
            self._part = None

    def _put(self, data: bytes) -> None:
        self._write(self._packer.compress(data))

    def _write(self, data: bytes) -> None:
        if self._stream is None:
            raise OSError(errno.EBADF, "it was closed")
        _put(self._stream, data)
        self._size += len(data)
        self._crc = zlib.crc32(data, self._crc)

    def _opened(self, resume: bool) -> int:
        found = _OPEN.fullmatch(self.name)
        exists = self._target.exists()
        if self._target.is_dir():
            raise OSError(errno.EISDIR, "it is a folder: name a file in it")
        if found or (exists and not self._target.is_file()):
            if resume and not is_same_file(self.name, os.devnull):
                _stop(f"what was written to it cannot be taken back: {_AGAIN}")
            if found is None:
                return os.open(self._target, os.O_WRONLY | _BINARY)
            stdout, stderr, *numbers = found.groups()
            return os.dup(1 if stdout else 2 if stderr else int(numbers[0] or numbers[1]))
        part = self._target.with_name(_part(self._target.name))
        mode = stat.S_IMODE(self._target.stat().st_mode) if exists else 0o666
        stream = _locked(part, mode)
        self._part = part
        return stream

    def _go_on(self, stream: int, part: Path) -> None:
        """Cut the part to where it stood, if it is still what was written then."""
        crc, size = _crc(stream, self._size)
        if not size and self._size and self._target.exists():
            # Put in its place already, by a run that was killed before it could say so?
            with self._target.open("rb") as done:
                if _crc(done.fileno(), self._size) == (self._crc, self._size):
                    done.seek(0)
                    crc, size = _crc(done.fileno(), self._size, stream)
        if (crc, size) != (self._crc, self._size):
            if not size:
                part.unlink()
            _stop(f"its part {part.name} is not as it was left, or gone: {_AGAIN}")
        os.ftruncate(stream, size)
        os.lseek(stream, size, os.SEEK_SET)


def _crc(stream: int, size: int, copy: int | None = None) -> tuple[int, int]:
    """Read *size* bytes, and return their CRC and how many there are; *copy* them to a file."""
    crc = done = 0
    while done < size and (data := os.read(stream, min(size - done, _READ))):
        crc, done = zlib.crc32(data, crc), done + len(data)
        if copy is not None:
            _put(copy, data)
    return crc, done


def _put(stream: int, data: bytes) -> None:
    """Write all of *data*: a system call may take less."""
    left = memoryview(data)
    while left:
        left = left[os.write(stream, left) :]


class _Packer(Protocol):
    """What packs bytes, in members of which each can be read alone."""

    def compress(self, data: bytes) -> bytes:
        """Pack *data*, and give what is ready."""
        ...

    def end(self) -> bytes:
        """End the member, if there is one, and give the rest of it."""
        ...


class _Plain:
    """What leaves bytes as they are."""

    def compress(self, data: bytes) -> bytes:
        """Give back *data*."""
        return data

    def end(self) -> bytes:
        """Give nothing: there are no members."""
        return b""


class _Packed:
    """What packs bytes by the compressors that *make* makes, one for each member."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._member: Any = None

    def compress(self, data: bytes) -> bytes:
        """Pack *data*, and give what is ready."""
        if self._member is None:
            self._member = self._make()
        return self._member.compress(data)  # type: ignore[no-any-return]

    def end(self) -> bytes:
        """End the member, if there is one, and give the rest of it."""
        if self._member is None:
            return b""
        member, self._member = self._member, None
        return member.flush()  # type: ignore[no-any-return]


def _packer(name: str) -> _Packer:
    ending = Path(name).suffix.lower()
    if ending == ".gz":
        # A member with the header of gzip, which has no name and no time in it.
        return _Packed(lambda: zlib.compressobj(_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS))
    return _Packed(_zstd().ZstdCompressor) if ending == ".zst" else _Plain()


def _zstd() -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        try:
            from backports import zstd  # type: ignore[import-not-found,no-redef,unused-ignore]
        except ImportError:
            _stop("to write .zst, install fieldbound[zstd]", errno.ENOTSUP)
    return zstd


def _part(name: str) -> str:
    """Return the name of the part of a file, cut where it would be too long for one."""
    room = _NAME - len(".") - len(_PART)
    if len(os.fsencode(name)) > room:
        mark = sha256(os.fsencode(name)).hexdigest()[:16]
        while len(os.fsencode(name)) > room - len(mark):
            name = name[:-1]
        name += mark
    return f".{name}{_PART}"


def _locked(part: Path, mode: int) -> int:
    """Open a part for this process alone. A lock goes with the process that has it."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | _BINARY
    stream = os.open(part, flags, mode)
    # Who had the lock may have put the file in its place just now: it is no part any more then.
    if not _lock(stream) or not part.exists() or not _is(part, stream):
        os.close(stream)
        _stop("another run is writing it: wait until that ends", errno.EAGAIN)
    return stream


def _lock(stream: int) -> bool:
    """Lock a file, and tell whether no other process has; where there are no locks, none has."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, lockf

        lockf(stream, LOCK_EX | LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN)
    except ImportError:
        pass
    return True


def _is(path: Path, stream: int) -> bool:
    return os.path.samestat(path.stat(), os.fstat(stream))


def _distinct(accepted: str | None, refused: str | None, given: str | None) -> None:
    """Refuse targets that are one file, or the one that is read."""
    for name in filter(None, (accepted, refused)):
        if given is not None and is_same_file(name, given):
            raise OSError(errno.EINVAL, "it is the file that is read: name another one", name)
    if accepted and refused and is_same_file(accepted, refused):
        device = Path(accepted).exists() and not Path(accepted).is_file()
        if not device:
            message = "accepted and refused records would be one file: name two"
            raise OSError(errno.EINVAL, message, accepted)


def _stop(message: str, number: int = errno.EINVAL) -> NoReturn:
    raise OSError(number, message)


@contextmanager
def _about(name: str) -> Iterator[None]:
    """Let an error say which target it is about, whatever file beside it failed."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, reason(error), name) from None
