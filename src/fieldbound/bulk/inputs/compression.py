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
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO, Final

from fieldbound.model import FieldboundError

from .decompressors import CorruptData, GzipMember, zstd_frame
from .detection import COMPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .blocks import Block

#: Bytes that are read at a time.
READ_SIZE: Final = 256 << 10
#: Compressed bytes that are read at a time: gzip copies those that it does not need yet.
_COMPRESSED_SIZE: Final = 128 << 10
#: How compressed data begin. zstd also has skippable frames, with a number in their first byte.
_MAGIC: Final = {"gzip": (b"\x1f\x8b",), "zstd": (b"\x28\xb5\x2f\xfd",)}
_SKIPPABLE: Final = b"\x2a\x4d\x18"
_LONGEST_MAGIC: Final = 4
_MEMORY_ERROR: Final = "requires too much memory"


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
        self._reader: DecompressedReader | None = None

    @property
    def position(self) -> int:
        """The number of bytes of `size` that were read."""
        return 0 if self._reader is None else self._reader.position

    def blocks(self, skip: int = 0) -> Iterator[Block]:
        """Split the bytes into blocks, and skip so many, as `Source.blocks` does."""
        with self._data.open() as self._reader:
            yield from islice(self.split(self._reader), skip, None)

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
        self._buffer, self._at = b"", 0  # what is read of it
        self._read_size = READ_SIZE
        self._start = self._fill(b"", _LONGEST_MAGIC)
        self.compression = compression or next(
            (each for each in _MAGIC if _begins(self._start, each)), None
        )
        if self.compression is not None:
            self._read_size = min(READ_SIZE, _COMPRESSED_SIZE)
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
        missing = size - (len(self._buffer) - self._at)
        if missing > 0:
            parts = [self._buffer[self._at :]]
            while missing > 0 and (chunk := next(self._chunks, b"")):
                parts.append(chunk)
                missing -= len(chunk)
            self._buffer, self._at = b"".join(parts), 0
        return self._buffer[self._at : self._at + size]

    def line_end(self, start: int, most: int) -> int:
        """Return where the line ends that has the byte at an index of the next bytes.

        It is -1 if it does not within so many of them.
        """
        size = min(max(READ_SIZE, 2 * start), most)
        while (end := (found := self.peek(size)).find(b"\n", start)) < 0:
            if len(found) < size or size == most:
                break
            start, size = len(found), min(2 * size, most)
        return end

    def read(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end."""
        found = self.peek(size)
        self._at += len(found)
        return found

    def read_some(self) -> bytes:
        """Return some of the next bytes as they come, none at the end."""
        held, self._buffer, self._at = self._buffer[self._at :], b"", 0
        return held or next(self._chunks, b"")

    def read_lines(self, size: int, most: int) -> bytes:
        """Return the next bytes to the end of a line, so many or more, fewer only at the end.

        No more than *most* are added to end the line.
        """
        parts: list[memoryview] = []
        missing = size
        while self._at < len(self._buffer) or self._fill_buffer():
            at = self._at
            end = self._buffer.find(b"\n", at + max(0, missing - 1), at + missing + most) + 1
            self._at = end or min(len(self._buffer), at + missing + most)
            parts.append(memoryview(self._buffer)[at : self._at])
            missing -= self._at - at
            if end or missing <= -most:
                break
        return b"".join(parts)

    def _fill_buffer(self) -> bool:
        """Replace what is read by the next bytes, and return whether there are any."""
        self._buffer, self._at = next(self._chunks, b""), 0
        return bool(self._buffer)

    @property
    def read_again(self) -> Callable[[int, int], bytes] | None:
        """What reads bytes again, from one position to another; None if that is not possible."""
        is_file = self._owns and self.compression is None and self._file.seekable()
        return self._read_part if is_file else None

    def _read_part(self, start: int, end: int) -> bytes:
        position = self._file.tell()
        self._file.seek(start)
        part = self._file.read(end - start)
        self._file.seek(position)
        return part

    def _read_file(self) -> bytes:
        """Read compressed bytes, none at the end."""
        data = self._file.read(self._read_size)
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
            elif chunk:
                size += len(chunk)
                yield chunk

    def _members(self, compression: str, data: bytes) -> Iterator[bytes | str]:
        """Yield the content of the members in order, and at last a message if one is corrupt."""
        is_first = True
        while data or is_first:
            if not is_first and not _begins(data, compression):
                yield "extra data after the {compression} data, after {size:,} decompressed bytes"
                return
            member = GzipMember() if compression == "gzip" else zstd_frame(self._name)
            while not member.eof:
                if not data and member.needs_input:
                    data = self._read_file()
                ends = not data and member.needs_input
                try:
                    chunk, data = member.decompress(data), b""
                except CorruptData as error:
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

    def _corrupt_message(self, error: CorruptData) -> str:
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
