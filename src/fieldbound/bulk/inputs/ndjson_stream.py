"""NDJSON in compressed files and streams: blocks of whole lines, read in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import blocks
from .blocks import LongLine, OutputFormat
from .compression import READ_SIZE, ByteSource
from .ndjson import LinesBlock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import Block, Chunk
    from .compression import DecompressedReader


class LongLineBlock(NamedTuple):
    """A block of one line of more than `MAX_RECORD_SIZE` bytes: its *offset* and *size*."""

    offset: int
    size: int

    def read(self) -> Iterator[Chunk]:
        """Yield it as a LongLine."""
        yield LongLine(self.offset, self.size)


class NdjsonStreamSource(ByteSource):
    """A Source of the records in compressed NDJSON, or in a stream of NDJSON."""

    valid_format = invalid_format = OutputFormat()

    def split(self, reader: DecompressedReader) -> Iterator[Block]:
        """Yield the blocks of whole records."""
        yield from split_blocks(reader)
        self.cut_off = reader.cut_off


def split_blocks(reader: DecompressedReader) -> Iterator[Block]:
    """Split NDJSON every `BLOCK_SIZE` bytes; a line belongs to the block in which it begins."""
    held, offset, most = bytearray(), 0, blocks.MAX_RECORD_SIZE + blocks.CHUNK_SIZE
    while True:
        size = blocks.BLOCK_SIZE - offset % blocks.BLOCK_SIZE
        searched, ended = size - 1, False
        while (
            (line_end := held.find(b"\n", searched)) < 0 and len(held) <= size + most and not ended
        ):
            more = reader.read(READ_SIZE)
            ended = not more
            searched = max(len(held), size - 1)
            held += more
        if line_end < 0 and not ended:
            begin = held.rfind(b"\n", 0, size - 1) + 1
            if begin:
                yield LinesBlock(bytes(held[:begin]), offset)
            length, held = len(held) - begin, bytearray()
            skipped, rest = _skip_line(reader)
            yield LongLineBlock(offset + begin, length + skipped)
            offset, held = offset + begin + length + skipped, bytearray(rest)
            continue
        end = line_end + 1 if line_end >= 0 else len(held)
        if end:
            yield LinesBlock(bytes(memoryview(held)[:end]), offset)
        if ended:
            return
        del held[:end]
        offset += end


def _skip_line(reader: DecompressedReader) -> tuple[int, bytes]:
    """Skip the rest of a line; return its length, and what was read after it."""
    length = 0
    while more := reader.read(READ_SIZE):
        line_end = more.find(b"\n") + 1
        if line_end:
            return length + line_end, more[line_end:]
        length += len(more)
    return length, b""
