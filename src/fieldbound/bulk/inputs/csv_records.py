"""CSV files: the records of their rows, in blocks of whole rows.

The first row is the header, with the names of the columns; `columns` says how they are mapped.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from fieldbound.model import FieldboundError

from . import blocks, compression
from .blocks import (
    CellsChunk,
    OutputFormat,
    RecordError,
    RowLines,
    RowTextsChunk,
    TextsChunk,
    ValuesChunk,
)
from .columns import ColumnMapping
from .compression import ByteSource
from .csv_rows import LongRow, RowSplitter, WholeRows, parse_lines, parse_rows, split_cells

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fieldbound.validation import Contract

    from .blocks import Block, Chunk
    from .compression import ByteInput, DecompressedReader

#: Rows of a chunk, fewer if they have more cells together than a chunk may have.
_CHUNK_ROWS: Final = 2000
_CHUNK_CELLS: Final = 100_000
_BOM: Final = b"\xef\xbb\xbf"
#: Delimiters that are detected; of those that are equally frequent, the first is chosen.
_DELIMITERS: Final = ",;\t"
_IN_QUOTES: Final = re.compile(r'"[^"]*"')
_UNCLOSED: Final = 'the file ends within a quoted cell: the closing " is missing'


class CsvBlock(NamedTuple):
    """A block of a CSV file: *parts* of whole rows, that begin at an *offset* on a *line*."""

    parts: Sequence[bytes]
    offset: int
    line: int
    delimiter: str
    mapping: ColumnMapping

    def read(self) -> Iterator[Chunk]:
        """Read the rows; blank ones are skipped."""
        offset, line = self.offset, self.line
        for raw in self.parts:
            split = partial(self._cells, raw, offset, line)
            yield RowTextsChunk(raw, offset, line, self.delimiter, self.mapping, split)
            offset, line = offset + len(raw), line + raw.count(b"\n")

    def _cells(self, raw: bytes, offset: int, line: int) -> Iterator[CellsChunk | ValuesChunk]:
        """Yield the cells of rows."""
        lines = RowLines(raw, offset, line)
        columns = split_cells(raw, self.delimiter.encode(), self.mapping.width)
        if columns is not None:
            yield from self._split(columns, lines)
        elif (rows := parse_lines(raw, self.delimiter)) is not None:
            yield from self._parsed(rows, lines)
        else:
            yield from self._parsed_one_by_one(raw, offset, line)

    def _split(
        self, columns: Sequence[Sequence[bytes]], lines: RowLines
    ) -> Iterator[CellsChunk | ValuesChunk]:
        """Yield the cells of rows of a line each."""
        for some in self._parts(range(len(columns[0]))):
            part = slice(some[0], some[-1] + 1)
            yield CellsChunk(self.mapping, [each[part] for each in columns], lines, some)

    def _parsed(
        self, rows: Sequence[list[str]], lines: RowLines
    ) -> Iterator[CellsChunk | ValuesChunk]:
        """Yield rows of a line each."""
        indices = range(len(rows)) if all(rows) else [at for at, row in enumerate(rows) if row]
        for some in self._parts(indices):
            cells = [rows[index] for index in some]
            if set(map(len, cells)) == {self.mapping.width}:
                yield CellsChunk(self.mapping, [*zip(*cells, strict=True)], lines, some)
            else:
                yield ValuesChunk(self.mapping.records(cells), *lines.of(some))

    def _parsed_one_by_one(
        self, raw: bytes, offset: int, line: int
    ) -> Iterator[CellsChunk | ValuesChunk]:
        """Yield rows that may have several lines, or be invalid."""
        cuts = [0, *RowSplitter(self.delimiter).find(raw)]
        if cuts[-1] < len(raw):
            cuts.append(len(raw))
        texts = [raw[begin:end] for begin, end in pairwise(cuts)]
        lines = list(accumulate((text.count(b"\n") for text in texts), initial=line))
        for part in self._parts(range(len(texts))):
            rows = parse_rows([texts[index] for index in part], self.delimiter)
            some = [(row, index) for row, index in zip(rows, part, strict=True) if row]
            yield ValuesChunk(
                self.mapping.records([row for row, _ in some]),
                [texts[index] for _, index in some],
                [offset + cuts[index] for _, index in some],
                [lines[index] for _, index in some],
            )

    def _parts(self, rows: Sequence[int]) -> Iterator[Sequence[int]]:
        """Split rows into those of a chunk each."""
        size = max(1, min(_CHUNK_ROWS, _CHUNK_CELLS // self.mapping.width))
        return (rows[at : at + size] for at in range(0, len(rows), size))


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
        reader.read(self._head)
        parts: list[bytes] = []
        start = at = self._head
        line, rows = self._line, WholeRows(self._delimiter)
        for part in rows.parts(_pieces(reader)):
            is_long = isinstance(part, LongRow)
            if parts and (is_long or at - start >= blocks.BLOCK_SIZE):
                yield CsvBlock(parts, start, line, self._delimiter, self._mapping)
                line += sum(each.count(b"\n") for each in parts)
                start, parts = at, []
            if isinstance(part, LongRow):
                yield LongRowBlock(start, line)
                line, start = line + part.line_ends, at + part.size
                at = start
            else:
                parts.append(part)
                at += len(part)
        if parts:
            yield CsvBlock(parts, start, line, self._delimiter, self._mapping)
        self.cut_off = reader.cut_off or (_UNCLOSED if rows.is_open else None)


def _pieces(reader: DecompressedReader) -> Iterator[bytes]:
    """Yield all data in pieces that are not longer than a block."""
    size = blocks.BLOCK_SIZE
    while data := reader.read_some():
        if len(data) <= size:
            yield data
        else:
            yield from (data[at : at + size] for at in range(0, len(data), size))


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
