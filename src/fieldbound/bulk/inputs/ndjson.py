"""NDJSON: blocks of whole lines, of a file by byte range, of a stream in one pass."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, TypeAlias

from . import blocks
from .blocks import LinesChunk, LongLine, OutputFormat, StreamedBlock
from .compression import ByteSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import Block, Chunk
    from .compression import DecompressedReader

#: Reads so many bytes and to the end of a line, for which no more than so many are added.
ReadLines: TypeAlias = Callable[[int, int], bytes]

#: Bytes that are read from a file at a time.
_BUFFER: Final = 1 << 20
#: Bytes of the longest line end, which are no part of a record.
_LINE_END: Final = len(b"\r\n")
_SHRUNK: Final = "it became shorter while it was read"


class NdjsonSource:
    """A Source of the records in an uncompressed NDJSON file.

    A record is a line that is not blank. Lines are written unchanged when records are split.
    """

    valid_format = invalid_format = OutputFormat()

    def __init__(self, path: str, name: str | None = None) -> None:
        self.name: str | None = name or path
        self._path = path
        self.size: int | None = _size(path)
        self.position = 0

    @property
    def cut_off(self) -> str | None:
        """Return a message if the file became shorter."""
        return _SHRUNK if _size(self._path) < (self.size or 0) else None

    def blocks(self, skip: int = 0) -> Iterator[Block]:
        """Split the file into byte ranges."""
        size = self.size or 0
        for start in range(skip * blocks.BLOCK_SIZE, size, blocks.BLOCK_SIZE):
            end = min(start + blocks.BLOCK_SIZE, size)
            self.position = end
            yield ByteRange(self._path, start, end)


def _size(path: str) -> int:
    return os.stat(path).st_size  # noqa: PTH116 - pathlib is slow to import


class NdjsonStreamSource(ByteSource):
    """A Source of the records in compressed NDJSON, or in a stream of NDJSON."""

    valid_format = invalid_format = OutputFormat()

    def split(self, reader: DecompressedReader) -> Iterator[Block]:
        """Yield the blocks of whole records: a line belongs to the block in which it begins."""
        chunks = read_chunks(reader.read_lines, 0, sys.maxsize)
        for _, some in groupby(chunks, lambda each: each.offset // blocks.BLOCK_SIZE):
            yield StreamedBlock(some)
        self.cut_off = reader.cut_off


class ByteRange(NamedTuple):
    """The lines of a file that begin within a byte range."""

    path: str
    start: int
    end: int

    def read(self) -> Iterator[Chunk]:
        """Read the lines."""
        with open(self.path, "rb", _BUFFER) as file:  # noqa: PTH123 - pathlib is slow to import
            at = self.start
            if at:
                file.seek(at - 1)
                at = _next_line(file, at - 1, self.end)
            if at < self.end:
                file.seek(at)
                yield from read_chunks(_lines_of(file), at, self.end)


def read_chunks(read_lines: ReadLines, offset: int, end: int) -> Iterator[LinesChunk | LongLine]:
    """Read the lines that begin from *offset*, where those read next begin, up to *end*.

    Chunks are split at multiples of `CHUNK_SIZE` bytes.
    """
    most = blocks.MAX_RECORD_SIZE
    while offset < end:
        size = min(end, (offset // blocks.CHUNK_SIZE + 1) * blocks.CHUNK_SIZE) - offset
        raw = read_lines(size, most + _LINE_END)
        begins = raw.rfind(b"\n", 0, size - 1) + 1
        length = len(raw) - begins
        if length - _size_of_end(raw) <= most:
            if not raw:
                return
            yield LinesChunk(raw, offset)
            offset += len(raw)
            continue
        if begins:
            yield LinesChunk(raw[:begins], offset)
        last = raw[-_LINE_END:]
        while raw and not raw.endswith(b"\n"):
            raw = read_lines(1, most)
            length += len(raw)
            last = (last + raw)[-_LINE_END:]
        yield LongLine(offset + begins, length - _size_of_end(last))
        offset += begins + length


def _size_of_end(raw: bytes) -> int:
    """Return how many bytes the line end has in which some bytes end, if any."""
    return _LINE_END if raw.endswith(b"\r\n") else raw.endswith(b"\n")


def _lines_of(file: BinaryIO) -> ReadLines:
    """Return what reads the lines of a file."""

    def read_lines(size: int, most: int) -> bytes:
        raw = file.read(size)
        return raw if not raw or raw.endswith(b"\n") else raw + file.readline(most)

    return read_lines


def _next_line(file: BinaryIO, at: int, end: int) -> int:
    """Return where the first line begins after the byte at *at*, the position of the file.

    It is *end* or more if no line begins before that.
    """
    while at < end and (more := file.read(blocks.CHUNK_SIZE)):
        line_end = more.find(b"\n") + 1
        if line_end:
            return at + line_end
        at += len(more)
    return end
