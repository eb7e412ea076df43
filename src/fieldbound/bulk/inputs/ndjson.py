"""NDJSON files: blocks of whole lines, read by byte range."""

from __future__ import annotations

import os
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from . import blocks
from .blocks import LinesChunk, LongLine, OutputFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import Block, Chunk


#: Bytes that are read from a file at a time.
_BUFFER: Final = 1 << 20
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

    @property
    def cut_off(self) -> str | None:
        """Return a message if the file became shorter."""
        return _SHRUNK if _size(self._path) < (self.size or 0) else None

    def blocks(self, skip: int = 0) -> Iterator[tuple[int, Block]]:
        """Split the file into byte ranges."""
        size = self.size or 0
        for start in range(skip * blocks.BLOCK_SIZE, size, blocks.BLOCK_SIZE):
            end = min(start + blocks.BLOCK_SIZE, size)
            yield end, ByteRange(self._path, start, end)


def _size(path: str) -> int:
    return os.stat(path).st_size  # noqa: PTH116 - pathlib is slow to import


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
                yield from read_chunks(file, at, self.end)


class LinesBlock(NamedTuple):
    """Whole lines, *data*, at an *offset* in a larger text."""

    data: bytes
    offset: int

    def read(self) -> Iterator[Chunk]:
        """Read the lines."""
        return read_chunks(BytesIO(self.data), self.offset, self.offset + len(self.data))


def read_chunks(file: BinaryIO, offset: int, end: int) -> Iterator[Chunk]:
    """Read the lines that begin from *offset*, the position of the file, up to *end*.

    Chunks are split at multiples of `CHUNK_SIZE` bytes.
    """
    while offset < end:
        size = min(end, (offset // blocks.CHUNK_SIZE + 1) * blocks.CHUNK_SIZE) - offset
        raw = file.read(size)
        if raw and not raw.endswith(b"\n"):
            raw += file.readline(blocks.MAX_RECORD_SIZE + 1)
        begins = raw.rfind(b"\n", 0, size - 1) + 1
        length = len(raw) - begins
        if length <= blocks.MAX_RECORD_SIZE:
            if not raw:
                return
            yield LinesChunk(raw, offset)
            offset += len(raw)
            continue
        if begins:
            yield LinesChunk(raw[:begins], offset)
        while raw and not raw.endswith(b"\n"):
            raw = file.readline(blocks.MAX_RECORD_SIZE)
            length += len(raw)
        yield LongLine(offset + begins, length)
        offset += begins + length


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
