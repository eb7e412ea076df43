"""The output files of valid and invalid records, written atomically and resumably.

Records are written to a hidden part file beside the target, which it replaces at the end. A run
that was killed leaves its part files, and another run can continue them from its checkpoint.
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

from fieldbound.catalog import is_contract_file
from fieldbound.documents import is_same_file, os_error_reason

from .inputs.blocks import OutputFormat
from .inputs.decompressors import zstd_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeAlias

#: One record or more as they are; or each alone, to be separated as the format says.
RecordBytes: TypeAlias = "bytes | Sequence[bytes]"

#: How the name of a part file ends.
_PART: Final = ".fieldbound-part"
#: Bytes that a file name may have.
_MAX_NAME: Final = 255
#: Bytes that are read at a time.
_READ: Final = 1 << 20
#: Keeps Windows from converting line ends.
_BINARY: Final = getattr(os, "O_BINARY", 0)
_RESTART: Final = "run again without --resume"
#: Twice as fast as the default level of gzip, for a tenth more bytes.
_GZIP_LEVEL: Final = 4
#: Names of open file descriptors: a file that is opened again by such a name is written from its
#: first byte, over what others write to the descriptor.
_DESCRIPTOR: Final = re.compile(r"/dev/(?:(stdout)|(stderr)|fd/(\d+))|/proc/self/fd/(\d+)")


class OutputFiles:
    """Two files of records, the *valid* and the *invalid* ones; either may be None.

    A file whose name ends in .gz or .zst is compressed. A device or a pipe is written to directly;
    a file is replaced at the end, and keeps its mode. *input_path* is the file or folder that is
    read, *contract* the name of the contract: a target that is one of their files is an error.
    *resume* is what `flush` returned at the checkpoint to continue from.

    Errors are OSErrors with the target as filename; the part files are removed then, unless they
    could not be resumed.
    """

    def __init__(
        self,
        valid: str | None,
        invalid: str | None,
        formats: tuple[OutputFormat, OutputFormat] = (OutputFormat(), OutputFormat()),
        *,
        input_path: str | None = None,
        contract: str = "",
        resume: tuple[int, ...] | None = None,
    ) -> None:
        names = (valid, invalid)
        self._files: list[_OutputFile | None] = [None, None]
        for target in filter(None, names):
            if what := _read_file(target, input_path, contract):
                raise OSError(errno.EINVAL, f"it is {what}; use another file", target)
        _check_distinct(valid, invalid)
        with self._cleanup(keep=resume is not None):
            for at, (name, layout) in enumerate(zip(names, formats, strict=True)):
                if name is not None:
                    position = None if resume is None else _Position(*resume[3 * at : 3 * at + 3])
                    with _named_in_errors(name):
                        self._files[at] = _OutputFile(name, layout, position)

    def write(self, valid: RecordBytes = b"", invalid: RecordBytes = b"") -> None:
        """Write records, each kind to its file, if it has one."""
        with self._cleanup():
            for file, records in zip(self._files, (valid, invalid), strict=True):
                if file is not None and records:
                    with _named_in_errors(file.name):
                        file.write(records)

    def flush(self) -> tuple[int, ...]:
        """Write all buffered bytes, and return the positions in the files, to resume there.

        Each call ends a member of a compressed file, so that it can be resumed there: the same
        calls after the same records give the same bytes.
        """
        with self._cleanup():
            return sum((self._call(_OutputFile.flush, at) or _Position() for at in (0, 1)), ())

    def commit(self) -> None:
        """Write the ends of the files, and replace their targets by them."""
        with self._cleanup():
            for at in (0, 1):
                self._call(_OutputFile.complete, at)
            for at in (0, 1):
                self._call(_OutputFile.replace_target, at)

    def suspend(self) -> None:
        """Close the files and keep their parts, for a run that resumes this one."""
        for at in (0, 1):
            self._call(_OutputFile.close, at)

    def discard(self) -> None:
        """Close the files and remove the parts."""
        for at in (0, 1):
            self._call(_OutputFile.remove, at)

    def _call(self, method: Callable[[_OutputFile], Any], at: int) -> Any:
        file = self._files[at]
        if file is None:
            return None
        with _named_in_errors(file.name):
            return method(file)

    @contextmanager
    def _cleanup(self, keep: bool = False) -> Iterator[None]:
        """Discard the files if an error occurs, or *keep* their parts."""
        try:
            yield
        except OSError:
            (self.suspend if keep else self.discard)()
            raise


class _Position(NamedTuple):
    """A position in a file: its *size* there, the CRC of these bytes, and if they have a record."""

    size: int = 0
    crc: int = 0
    has_record: int = 0


class _OutputFile:
    """One file that is written: to a part file, or directly to a device or a pipe."""

    def __init__(self, name: str, layout: OutputFormat, position: _Position | None) -> None:
        self.name = name
        self._layout = layout
        self._compressor = _compressor(name)
        self._size, self._crc, self._has_record = position or _Position()
        self._target = Path(os.path.realpath(name))
        self._part: Path | None = None
        self._descriptor: int | None = self._open(position is not None)
        try:
            if self._part is not None:
                self._truncate(self._descriptor, self._part)
            if position is None and layout.prefix:
                self._compress(layout.prefix)
        except OSError:
            (self.remove if position is None else self.close)()
            raise

    def write(self, records: RecordBytes) -> None:
        """Write one record or more."""
        separator = self._layout.separator
        if self._has_record and separator:
            self._compress(separator)
        self._has_record = 1
        self._compress(records if isinstance(records, bytes) else separator.join(records))

    def flush(self) -> _Position:
        """Write all buffered bytes, and return the position in the file."""
        self._write(self._compressor.end())
        return _Position(self._size, self._crc, self._has_record)

    def complete(self) -> None:
        """Write the end of the file."""
        # a compressed file without content has a member nevertheless
        if self._layout.suffix or not self._size:
            self._compress(self._layout.suffix)
        self.flush()
        if self._part is not None and self._descriptor is not None:
            os.fsync(self._descriptor)

    def replace_target(self) -> None:
        """Replace the target by the part file, and close it."""
        if self._part is not None:
            if self._target.exists():
                self._part.chmod(stat.S_IMODE(self._target.stat().st_mode))
            if os.name == "nt":  # which does not rename open files; elsewhere it stays locked
                self.close()
            self._part.replace(self._target)
            self._part = None
        self.close()

    def close(self) -> None:
        """Close the file."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)

    def remove(self) -> None:
        """Close the file and remove the part file."""
        with suppress(OSError):
            self.close()
        if self._part is not None:
            with suppress(OSError):
                self._part.unlink()
            self._part = None

    def _compress(self, data: bytes) -> None:
        self._write(self._compressor.compress(data))

    def _write(self, data: bytes) -> None:
        if self._descriptor is None:
            raise OSError(errno.EBADF, "the file is closed")
        _write_all(self._descriptor, data)
        self._size += len(data)
        self._crc = zlib.crc32(data, self._crc)

    def _open(self, resume: bool) -> int:
        found = _DESCRIPTOR.fullmatch(self.name)
        exists = self._target.exists()
        if self._target.is_dir():
            raise OSError(errno.EISDIR, "it is a folder; name a file in it")
        if found or (exists and not self._target.is_file()):
            if resume and not is_same_file(self.name, os.devnull):
                _fail(f"a pipe or device cannot be resumed: {_RESTART}")
            if found is None:
                return os.open(self._target, os.O_WRONLY | _BINARY)
            stdout, stderr, *numbers = found.groups()
            return os.dup(1 if stdout else 2 if stderr else int(numbers[0] or numbers[1]))
        part = self._target.with_name(_part_name(self._target.name))
        mode = stat.S_IMODE(self._target.stat().st_mode) if exists else 0o666
        descriptor = _open_locked(part, mode)
        self._part = part
        return descriptor

    def _truncate(self, descriptor: int, part: Path) -> None:
        """Truncate the part file to the position, if it is unchanged up to there."""
        crc, size = _crc(descriptor, self._size)
        if not size and self._size and self._target.exists():
            # it may have replaced its target already, if the run was killed right after that
            with self._target.open("rb") as done:
                if _crc(done.fileno(), self._size) == (self._crc, self._size):
                    done.seek(0)
                    crc, size = _crc(done.fileno(), self._size, descriptor)
        if (crc, size) != (self._crc, self._size):
            if not size:
                part.unlink()
            _fail(f"its part file {part.name} was changed or removed: {_RESTART}")
        os.ftruncate(descriptor, size)
        os.lseek(descriptor, size, os.SEEK_SET)


def _crc(descriptor: int, size: int, copy: int | None = None) -> tuple[int, int]:
    """Read up to *size* bytes, and return their CRC and number; *copy* them to a descriptor."""
    crc = done = 0
    while done < size and (data := os.read(descriptor, min(size - done, _READ))):
        crc, done = zlib.crc32(data, crc), done + len(data)
        if copy is not None:
            _write_all(copy, data)
    return crc, done


def _write_all(descriptor: int, data: bytes) -> None:
    """Write all of *data*: one system call may write less."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


class _Compressor(Protocol):
    """Compresses bytes in members that can each be decompressed alone."""

    def compress(self, data: bytes) -> bytes:
        """Compress *data*, and return the bytes that are ready."""
        ...

    def end(self) -> bytes:
        """End the member, if there is one, and return its last bytes."""
        ...


class _NoCompression:
    def compress(self, data: bytes) -> bytes:
        return data

    def end(self) -> bytes:
        return b""


class _MemberCompressor:
    """Compresses bytes by the engines that *create* returns, one for each member."""

    def __init__(self, create: Callable[[], Any]) -> None:
        self._create = create
        self._member: Any = None

    def compress(self, data: bytes) -> bytes:
        if self._member is None:
            self._member = self._create()
        return self._member.compress(data)  # type: ignore[no-any-return]

    def end(self) -> bytes:
        if self._member is None:
            return b""
        member, self._member = self._member, None
        return member.flush()  # type: ignore[no-any-return]


def _compressor(name: str) -> _Compressor:
    suffix = Path(name).suffix.lower()
    if suffix == ".gz":
        # with a gzip header, which has no name and no time in it
        return _MemberCompressor(
            lambda: zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
        )
    if suffix != ".zst":
        return _NoCompression()
    try:
        return _MemberCompressor(zstd_module().ZstdCompressor)
    except ImportError:
        _fail("to write .zst, install fieldbound[zstd]", errno.ENOTSUP)


def _part_name(name: str) -> str:
    """Return the name of a part file, shortened if it would be too long."""
    longest = _MAX_NAME - len(".") - len(_PART)
    if len(os.fsencode(name)) > longest:
        digest = sha256(os.fsencode(name)).hexdigest()[:16]
        while len(os.fsencode(name)) > longest - len(digest):
            name = name[:-1]
        name += digest
    return f".{name}{_PART}"


def _open_locked(part: Path, mode: int) -> int:
    """Open a part file, and lock it until this process ends."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | _BINARY
    descriptor = os.open(part, flags, mode)
    # the process that had the lock may have replaced its target by the part file just now
    if not _lock(descriptor) or not part.exists() or not _is_open_as(part, descriptor):
        os.close(descriptor)
        _fail("another run is writing it: wait for it to finish", errno.EAGAIN)
    return descriptor


def _lock(descriptor: int) -> bool:
    """Lock a file, and return whether no other process has locked it; True without locks."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, lockf

        lockf(descriptor, LOCK_EX | LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN)
    except ImportError:
        pass
    return True


def _is_open_as(path: Path, descriptor: int) -> bool:
    return os.path.samestat(path.stat(), os.fstat(descriptor))


def _read_file(target: str, input_path: str | None, contract: str) -> str | None:
    """Return what a target is that must not be overwritten, None if it is nothing that is read."""
    if input_path is not None and is_same_file(target, input_path):
        return "the input file"
    path = Path(os.path.realpath(target))
    if not path.is_file():
        return None
    if input_path is not None and path.is_relative_to(os.path.realpath(input_path)):
        return "a file of the input folder"
    if path.name == "pyproject.toml":
        return "the configuration of a project"
    return "a file of a contract" if is_contract_file(target, [contract]) else None


def _check_distinct(valid: str | None, invalid: str | None) -> None:
    """Raise OSError if the targets are the same file."""
    if valid and invalid and is_same_file(valid, invalid):
        is_device = Path(valid).exists() and not Path(valid).is_file()
        if not is_device:
            message = "it is the output file of both valid and invalid records; use two files"
            raise OSError(errno.EINVAL, message, valid)


def _fail(message: str, number: int = errno.EINVAL) -> NoReturn:
    raise OSError(number, message)


@contextmanager
def _named_in_errors(name: str) -> Iterator[None]:
    """Make a target the filename of OSErrors, whichever file beside it failed."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, os_error_reason(error), name) from None
