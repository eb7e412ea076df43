"""CSV files: the records of their rows, in blocks of whole rows.

The first row is the header, with the names of the columns; `columns` says how they are mapped.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from fieldbound.model import FieldboundError

from . import blocks, compression
from .blocks import OutputFormat, RecordError, TextsChunk, ValuesChunk
from .columns import ColumnMapping
from .compression import ByteSource
from .csv_rows import RowSplitter, parse_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fieldbound.validation import Contract

    from .blocks import Block, Chunk
    from .compression import ByteInput, DecompressedReader

#: Rows of a chunk, fewer if they have more cells together than a chunk may have.
_CHUNK_ROWS: Final = 1000
_CHUNK_CELLS: Final = 100_000
_BOM: Final = b"\xef\xbb\xbf"
#: Delimiters that are detected; of those that are equally frequent, the first is chosen.
_DELIMITERS: Final = ",;\t"
_IN_QUOTES: Final = re.compile(r'"[^"]*"')
_UNCLOSED: Final = 'the file ends within a quoted cell: the closing " is missing'


class CsvBlock(NamedTuple):
    """A block of a CSV file: whole rows, *data*, that begin at an *offset* on a *line*.

    *ends* are the offsets in the file at which the rows end.
    """

    data: bytes
    offset: int
    line: int
    ends: Sequence[int]
    delimiter: str
    mapping: ColumnMapping

    def read(self) -> Iterator[Chunk]:
        """Read the rows; blank ones are skipped."""
        line, start = self.line, 0
        size = max(1, min(_CHUNK_ROWS, _CHUNK_CELLS // self.mapping.width))
        for first in range(0, len(self.ends), size):
            cuts = [start, *(end - self.offset for end in self.ends[first : first + size])]
            raws = [self.data[begin:end] for begin, end in pairwise(cuts)]
            lines = []
            for raw in raws:
                lines.append(line)
                line += raw.count(b"\n")
            rows = parse_rows(raws, self.delimiter)
            indices = [index for index, row in enumerate(rows) if row]
            yield ValuesChunk(
                self.mapping.records([rows[index] for index in indices]),
                [raws[index] for index in indices],
                [self.offset + cuts[index] for index in indices],
                [lines[index] for index in indices],
            )
            start = cuts[-1]


class LongRowBlock(NamedTuple):
    """A block of one row that is too long to be read."""

    offset: int
    line: int

    def read(self) -> Iterator[Chunk]:
        """Yield it as a text of None."""
        yield TextsChunk([None], [self.offset], [(self.line, 1)])


class CsvSource(ByteSource):
    """A Source of the records in a CSV file.

    The *delimiter* is detected from the header if it is not given. Valid rows are written unchanged
    after the header, invalid ones as NDJSON. Raises FieldboundError for a file without a header,
    and for conflicting *columns*.
    """

    invalid_format = OutputFormat()

    def __init__(
        self,
        data: ByteInput,
        columns: Mapping[str, str] | None = None,
        contract: Contract | None = None,
        delimiter: str | None = None,
    ) -> None:
        super().__init__(data)
        self._delimiter, raw, header = _header(data, delimiter)
        self._mapping = ColumnMapping(header, columns or {}, contract)
        self._head = len(raw)
        self._line = 1 + raw.count(b"\n")
        self.valid_format = OutputFormat(raw)

    def split(self, reader: DecompressedReader) -> Iterator[Block]:
        """Yield the blocks of whole records."""
        held, start, line = bytearray(reader.read(self._head)), self._head, self._line
        held.clear()
        ends, found = RowSplitter(self._delimiter), array("q")
        while data := reader.read(compression.READ_SIZE):
            at = start + len(held)
            held += data
            found.extend(at + end for end in ends.find(data))
            last = found[-1] if found else start
            is_too_long = at + len(data) - last > blocks.MAX_RECORD_SIZE
            while found and (is_too_long or last - start >= blocks.BLOCK_SIZE):
                count = bisect_left(found, start + blocks.BLOCK_SIZE) + 1
                block = self._block(held, start, line, found[:count])
                yield block
                del held[: len(block.data)], found[:count]
                start, line = start + len(block.data), line + block.data.count(b"\n")
            if is_too_long:
                yield LongRowBlock(start, line)
                rest = _skip_row(reader, ends, start + len(held), found)
                line += held.count(b"\n") + rest.line_ends
                held, start = rest.held, rest.start
        if held:
            found.append(start + len(held))
            yield self._block(held, start, line, found)
        self.cut_off = reader.cut_off or (_UNCLOSED if ends.is_open else None)

    def _block(self, held: bytearray, start: int, line: int, ends: array[int]) -> CsvBlock:
        data = bytes(memoryview(held)[: ends[-1] - start])
        return CsvBlock(data, start, line, ends, self._delimiter, self._mapping)


class _Rest(NamedTuple):
    """What follows a row that is too long: data *held* at *start*, so many *line_ends* later."""

    held: bytearray
    start: int
    line_ends: int


def _skip_row(reader: DecompressedReader, ends: RowSplitter, at: int, found: array[int]) -> _Rest:
    """Skip the rest of a row, read up to *at*; add the ends of later rows to *found*."""
    line_ends = 0
    while data := reader.read(compression.READ_SIZE):
        offsets = ends.find(data)
        line_ends += data.count(b"\n", 0, offsets[0] if offsets else len(data))
        if offsets:
            found.extend(at + end for end in offsets[1:])
            return _Rest(bytearray(data[offsets[0] :]), at + offsets[0], line_ends)
        at += len(data)
    return _Rest(bytearray(), at, line_ends)


def _header(source: ByteInput, delimiter: str | None) -> tuple[str, bytes, list[str]]:
    """Return the delimiter, and the header as bytes and as cells."""
    size = compression.READ_SIZE
    while True:
        data = source.peek(size)
        chosen = delimiter or _delimiter(data)
        ends = RowSplitter(chosen).find(data)
        if ends or len(data) < size or size > blocks.MAX_RECORD_SIZE:
            break
        size *= 4
    raw = data[: ends[0]] if ends else data
    if not raw.removeprefix(_BOM).strip():
        raise FieldboundError(
            f"{source.name} {'begins with an empty line' if raw else 'is empty'}: the first row "
            "must be a header with the names of the columns"
        )
    cells = parse_rows([raw.removeprefix(_BOM)], chosen)[0]
    if isinstance(cells, RecordError):
        raise FieldboundError(f"{source.name}: the header is invalid CSV: {cells.detail}")
    return chosen, raw, cells


def _delimiter(data: bytes) -> str:
    """Return the most frequent delimiter in the first row."""
    end = data.find(b"\n")
    while end >= 0 and data.count(b'"', 0, end) % 2:
        end = data.find(b"\n", end + 1)
    line = _IN_QUOTES.sub("", data[: end if end >= 0 else len(data)].decode(errors="replace"))
    return max(_DELIMITERS, key=line.count)
