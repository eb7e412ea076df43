"""Compressed files and streams: their decompressed bytes.

The compression is detected by the name of a file, or else by its first bytes: gzip of several
members, zstd of several frames. Memory is constant, whatever the decompressed size. Truncated or
corrupt data are decompressed as far as possible, and reported.
"""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod
from contextlib import contextmanager
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from fieldbound.model import FieldboundError

from .detection import COMPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import Block

#: Bytes that are read at a time.
READ_SIZE: Final = 256 << 10
#: Bytes that are decompressed at a time; of corrupt zstd data, no more than these are lost.
_STEP: Final = {"gzip": 64 << 10, "zstd": 8 << 10}
#: Steps of zstd that are taken together.
_STEPS: Final = 8
#: How compressed data begin. zstd also has skippable frames, with a number in their first byte.
_MAGIC: Final = {"gzip": (b"\x1f\x8b",), "zstd": (b"\x28\xb5\x2f\xfd",)}
_SKIPPABLE: Final = b"\x2a\x4d\x18"
_LONGEST_MAGIC: Final = 4
_MEMORY_ERROR: Final = "requires too much memory"
_GZIP_WBITS: Final = 32 + 15  # makes zlib read gzip headers, and verify checksums


class ByteInput:
    """The decompressed bytes of a file at a path, or of a binary stream.

    What is not a regular file, such as a pipe, is a stream: it is read once. *name* is shown;
    *size* is the number of compressed bytes, None if that is not known. Raises OSError.
    """

    def __init__(self, source: str | BinaryIO) -> None:
        self.size: int | None = None
        self._path: str | None = None
        if isinstance(source, str):
            self.name = source
            status = os.stat(source)  # noqa: PTH116 - pathlib is slow to import
            if stat.S_ISREG(status.st_mode):
                self._path, self.size = source, status.st_size
            else:
                self._reader = self._open_path(source)
        else:
            name = getattr(source, "name", None)
            self.name = name if isinstance(name, str) else "the stream"
            self._reader = DecompressedReader(source, self.name)

    @property
    def is_seekable(self) -> bool:
        """Whether this is an uncompressed file that can be read from any position."""
        if self._path is None:
            return False
        with self.open() as reader:
            return reader.compression is None

    def open(self) -> DecompressedReader:
        """Open the file, or return the reader of the stream. Raises OSError."""
        return self._reader if self._path is None else self._open_path(self._path)

    def _open_path(self, path: str) -> DecompressedReader:
        suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122
        file = open(path, "rb")  # noqa: PTH123, SIM115 - the reader closes it
        return DecompressedReader(file, self.name, COMPRESSIONS.get(suffix), owns=True)

    def peek(self, size: int) -> bytes:
        """Return the first bytes without consuming them."""
        with self.peeked() as reader:
            return reader.peek(size)

    @contextmanager
    def peeked(self) -> Iterator[DecompressedReader]:
        """Return a reader whose bytes may be peeked at, not read."""
        reader = self.open()
        try:
            yield reader
        finally:
            if self._path is not None:
                reader.close()


class ByteSource(ABC):
    """A Source of compressed or plain bytes, read in order; a subclass splits them into blocks."""

    def __init__(self, data: ByteInput) -> None:
        self.name: str | None = data.name
        self.size = data.size
        self.cut_off: str | None = None
        self._data = data

    def blocks(self, skip: int = 0) -> Iterator[tuple[int, Block]]:
        """Split the bytes into blocks, and skip so many, as `Source.blocks` does."""
        with self._data.open() as reader:
            for block in islice(self.split(reader), skip, None):
                yield reader.position, block

    @abstractmethod
    def split(self, reader: DecompressedReader) -> Iterator[Block]:
        """Yield the blocks of whole records, and set `cut_off` at the end."""


class DecompressedReader:
    """The decompressed bytes of an open file, which must have this *compression* if it is given.

    *position* is the number of compressed bytes read. *cut_off* says how compressed data are
    truncated or corrupt, once all was read. Raises FieldboundError for another compression, or one
    that is not supported.
    """

    def __init__(
        self, file: BinaryIO, name: str, compression: str | None = None, *, owns: bool = False
    ) -> None:
        self.position = 0
        self.cut_off: str | None = None
        self._file = file
        self._name = name
        self._owns = owns
        self._buffer = bytearray()
        self._start = self._fill(b"", _LONGEST_MAGIC)
        self.compression = compression or next(
            (each for each in _MAGIC if _begins(self._start, each)), None
        )
        self._chunks = self._decompressed()

    def __enter__(self) -> DecompressedReader:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, if this object owns it."""
        if self._owns:
            self._file.close()

    def peek(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end, without consuming them."""
        while len(self._buffer) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._buffer += chunk
        return bytes(memoryview(self._buffer)[:size])

    def line_end(self, start: int, most: int) -> int:
        """Return where the line ends that has the byte at an index of the next bytes.

        It is -1 if it does not within so many of them, or within a few more.
        """
        while (end := self._buffer.find(b"\n", start)) < 0 and len(self._buffer) < most:
            start = max(start, len(self._buffer))
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._buffer += chunk
        return end

    def read(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end."""
        found = self.peek(size)
        del self._buffer[: len(found)]
        return found

    def read_some(self) -> bytes:
        """Return some of the next bytes as they come, without a copy; none at the end."""
        return self.read(len(self._buffer)) or next(self._chunks, b"")

    def _read_file(self) -> bytes:
        """Read compressed bytes, none at the end."""
        data = self._file.read(READ_SIZE)
        if not isinstance(data, bytes):
            raise FieldboundError(
                f"{self._name} returns {type(data).__name__}, not bytes: open it in binary mode"
            )
        self.position += len(data)
        return data

    def _decompressed(self) -> Iterator[bytes]:
        data, compression = self._start, self.compression
        if compression is None:
            while data:
                yield data
                data = self._read_file()
            return
        if data and not _begins(data, compression):
            raise FieldboundError(
                f"{self._name} is not {compression} data, as its name says: rename it"
            )
        size = 0
        for chunk in self._members(compression, data):
            if isinstance(chunk, str):
                self.cut_off = chunk.format(compression=compression, size=size)
            else:
                size += len(chunk)
                yield chunk

    def _members(self, compression: str, data: bytes) -> Iterator[bytes | str]:
        """Yield the content of the members in order, and at last a message if one is corrupt."""
        is_first = True
        while data or is_first:
            if not is_first and not _begins(data, compression):
                yield "extra data after the {compression} data, after {size:,} decompressed bytes"
                return
            member = _GzipMember() if compression == "gzip" else _zstd_frame(self._name)
            while not member.eof:
                if not data and member.needs_input:
                    data = self._read_file()
                ends = not data and member.needs_input
                try:
                    chunk, data = member.decompress(data), b""
                except _CorruptData as error:
                    yield error.rescued
                    yield self._corrupt_message(error)
                    return
                if chunk:
                    yield chunk
                elif ends and not member.eof:
                    yield "the {compression} data are truncated after {size:,} decompressed bytes"
                    return
            data, is_first = self._next_member(member.unused_data, compression), False

    def _next_member(self, rest: bytes, compression: str) -> bytes:
        """Return the begin of the next member; zeros may follow one of gzip."""
        rest = self._fill(rest, _LONGEST_MAGIC)
        while (
            compression == "gzip" and rest and not (stripped := rest.lstrip(b"\0")).startswith(rest)
        ):
            rest = self._fill(stripped, _LONGEST_MAGIC)
        return rest

    def _fill(self, data: bytes, size: int) -> bytes:
        while len(data) < size and (more := self._read_file()):
            data += more
        return data

    def _corrupt_message(self, error: _CorruptData) -> str:
        if _MEMORY_ERROR in str(error):
            raise FieldboundError(
                f"{self._name} takes too much memory to decompress: compress it without --long"
            )
        return "the {compression} data are corrupt after {size:,} decompressed bytes"


def _begins(data: bytes, compression: str) -> bool:
    """Return whether data begin with a member or a frame of a compression."""
    if compression == "zstd" and data[1:4] == _SKIPPABLE and data[0] >> 4 == 5:  # noqa: PLR2004
        return True
    return data.startswith(_MAGIC[compression])


class _CorruptData(Exception):
    """Data cannot be decompressed further; *rescued* is what was before that in the same step."""

    def __init__(self, reason: str, rescued: bytes = b"") -> None:
        super().__init__(reason)
        self.rescued = rescued


class _GzipMember:
    """Decompresses one member of gzip."""

    def __init__(self) -> None:
        self._zlib = _zlib()
        self._engine = self._zlib.decompressobj(_GZIP_WBITS)

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        return bool(self._engine.eof)

    @property
    def needs_input(self) -> bool:
        """Whether more data are needed to decompress any further."""
        return not self._engine.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """The data given that follow the member."""
        return bytes(self._engine.unused_data)

    def decompress(self, data: bytes) -> bytes:
        """Return some more decompressed bytes, given more data if it needs input."""
        data = self._engine.unconsumed_tail + data
        before = self._engine.copy()
        try:
            return bytes(self._engine.decompress(data, _STEP["gzip"]))
        except self._zlib.error as error:
            raise _CorruptData(str(error), self._rescued(before, data)) from None

    def _rescued(self, engine: Any, data: bytes) -> bytes:
        """Return what can be decompressed before corrupt data."""
        rescued = []
        try:
            for at in range(len(data)):
                rescued.append(engine.decompress(data[at : at + 1]))  # noqa: PERF401 - it raises
        except self._zlib.error:
            pass
        return b"".join(rescued)


@cache
def _zlib() -> Any:
    """Return zlib-ng, which takes a quarter of the time of zlib, or else zlib."""
    try:
        from zlib_ng import zlib_ng
    except ImportError:
        import zlib

        return zlib
    return zlib_ng


class _ZstdFrame:
    """Decompresses one frame of zstd."""

    def __init__(self, engine: Any, error: type[Exception]) -> None:
        self._engine = engine
        self._error = error

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""
        return bool(self._engine.eof)

    @property
    def needs_input(self) -> bool:
        """Whether more data are needed to decompress any further."""
        return bool(self._engine.needs_input)

    @property
    def unused_data(self) -> bytes:
        """The data given that follow the frame."""
        return bytes(self._engine.unused_data)

    def decompress(self, data: bytes) -> bytes:
        """Return some more decompressed bytes, given more data if it needs input."""
        parts = []
        try:
            for _ in range(_STEPS):
                parts.append(self._engine.decompress(data, _STEP["zstd"]))
                if self.eof or self.needs_input:
                    break
                data = b""
        except self._error as error:
            raise _CorruptData(str(error), b"".join(parts)) from None
        return b"".join(parts)


def _zstd_frame(name: str) -> _ZstdFrame:
    """Return the decompressor of a frame. Raises FieldboundError if zstd is not installed."""
    try:
        zstd = zstd_module()
    except ImportError:
        raise FieldboundError(
            f"{name} is compressed with zstd: to read it, install fieldbound[zstd]"
        ) from None
    return _ZstdFrame(zstd.ZstdDecompressor(), zstd.ZstdError)


def zstd_module() -> Any:
    """Return the module that compresses zstd: of Python from 3.14, or its backport.

    Raises ImportError if there is none.
    """
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        from backports import zstd  # type: ignore[import-not-found,no-redef,unused-ignore]
    return zstd
