"""NDJSON in compressed files and streams: blocks of whole lines, read in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from . import blocks
from .blocks import LongLine, OutputFormat
from .compression import ByteSource
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
    rest, offset, most = b"", 0, blocks.MAX_RECORD_SIZE + blocks.CHUNK_SIZE
    while True:
        size = blocks.BLOCK_SIZE - offset % blocks.BLOCK_SIZE
        data, rest = _read_block(reader, rest, size, size + most)
        if len(data) > size + most and not data.endswith(b"\n"):
            begin = data.rfind(b"\n", 0, size - 1) + 1
            if begin:
                yield LinesBlock(data[:begin], offset)
            skipped, rest = _skip_line(reader)
            length = len(data) - begin + skipped
            yield LongLineBlock(offset + begin, length)
            offset += begin + length
            continue
        if not data:
            return
        yield LinesBlock(data, offset)
        offset += len(data)


def _read_block(
    reader: DecompressedReader, rest: bytes, size: int, most: int
) -> tuple[bytes, bytes]:
    """Return whole lines, the last of which has the byte before *size* or ends the text.

    With them, what was read after them. More bytes than *most* are returned if no line ends there.
    """
    parts, length = [], 0
    while rest or (rest := reader.read_some()):
        end = rest.find(b"\n", max(0, size - 1 - length)) + 1
        parts.append(rest[:end] if end else rest)
        length += len(parts[-1])
        if end:
            return b"".join(parts), rest[end:]
        rest = b""
        if length > most:
            break
    return b"".join(parts), b""


def _skip_line(reader: DecompressedReader) -> tuple[int, bytes]:
    """Skip the rest of a line; return its length, and what was read after it."""
    length = 0
    while more := reader.read_some():
        line_end = more.find(b"\n") + 1
        if line_end:
            return length + line_end, more[line_end:]
        length += len(more)
    return length, b""
