"""CSV files: the records of their rows, in blocks of whole rows.

The first row is the header, with the names of the columns; `columns` says how they are mapped.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import accumulate, groupby, pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from fieldbound.model import FieldboundError

from . import blocks, compression
from .blocks import (
    CellsChunk,
    OutputFormat,
    RecordError,
    RowLines,
    RowTextsChunk,
    StreamedBlock,
    TextsChunk,
    ValuesChunk,
)
from .columns import ColumnMapping
from .compression import ByteSource
from .csv_rows import (
    LongRow,
    RowSplitter,
    WholeRows,
    first_end,
    parse_lines,
    parse_rows,
    split_cells,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fieldbound.validation import Contract

    from .blocks import Block
    from .compression import ByteInput, DecompressedReader

#: Rows of a chunk, fewer if they have more cells together than a chunk may have.
_CHUNK_ROWS: Final = 2000
_CHUNK_CELLS: Final = 100_000
_BOM: Final = b"\xef\xbb\xbf"
#: Delimiters that are detected; of those that are equally frequent, the first is chosen.
_DELIMITERS: Final = ",;\t"
_IN_QUOTES: Final = re.compile(r'"[^"]*"')
_UNCLOSED: Final = 'the file ends within a quoted cell: the closing " is missing'


class CsvReader(NamedTuple):
    """Reads the cells of rows, of which *mapping* makes records."""

    delimiter: str
    mapping: ColumnMapping

    def chunk(self, raw: bytes, offset: int, line: int) -> RowTextsChunk:
        """Return whole rows, at an offset on a line, as a chunk; blank ones are skipped."""
        split = partial(self._cells, raw, offset, line)
        return RowTextsChunk(raw, offset, line, self.delimiter, self.mapping, split)

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
        rows = WholeRows(self._delimiter)
        for _, some in groupby(self._chunks(rows.parts(_pieces(reader))), _block_number):
            yield StreamedBlock(chunk for _, chunk in some)
        self.cut_off = reader.cut_off or (_UNCLOSED if rows.is_open else None)

    def _chunks(
        self, parts: Iterable[bytes | LongRow]
    ) -> Iterator[tuple[int, RowTextsChunk | TextsChunk]]:
        """Yield the chunks of rows, and of such as are too long to be read, by their offsets."""
        csv_reader = CsvReader(self._delimiter, self._mapping)
        at, line = self._head, self._line
        for part in parts:
            if isinstance(part, LongRow):
                yield at, TextsChunk([None], [at], [(line, 1)])
                at, line = at + part.size, line + part.line_ends
            else:
                yield at, csv_reader.chunk(part, at, line)
                at, line = at + len(part), line + part.count(b"\n")


def _block_number(chunk: tuple[int, object]) -> int:
    return chunk[0] // blocks.BLOCK_SIZE


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
        end = first_end(data, chosen)
        if end is not None or len(data) < size or size > blocks.MAX_RECORD_SIZE:
            break
        size *= 4
    raw = data[:end]
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
