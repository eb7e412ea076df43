"""Sources of records are split into Blocks, and a Block is read in Chunks.

A Block is checked as a whole, by any process, so it can be pickled. Where a file is split depends
on the file alone, so that every run splits it alike, whatever the number of processes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol, TypeAlias

from fieldbound.documents import place_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pyarrow

#: Texts of records, by their indices.
Texts: TypeAlias = "list[tuple[int, bytes]]"

#: Bytes of text in a block; a record belongs to the block in which it begins.
BLOCK_SIZE: Final = 4 << 20
#: Bytes of text that are read and checked at a time.
CHUNK_SIZE: Final = 64 << 10
#: Bytes that one record may have: a longer one is invalid, and not read.
MAX_RECORD_SIZE: Final = 8 << 20
#: The bytes that continue a UTF-8 character, which have no column.
CONTINUATION: Final = bytes(range(0x80, 0xC0))
#: Bytes that are read again at a time.
_READ_AGAIN: Final = 1 << 20
#: Values of a block.
_BLOCK_VALUES: Final = 1000


class LinesChunk(NamedTuple):
    """Whole lines of NDJSON: *raw*, and the *offset* of its first byte in the text.

    The last line of a text may lack a line end.
    """

    raw: bytes
    offset: int


class PlaceFinder:
    """The lines and columns of bytes in a text, from 1, found when they are asked for.

    What is before a byte is *read* again for it, from one offset to another: to count short lines
    takes longer than to read them. The text begins at an *offset*.
    """

    def __init__(self, read: Callable[[int, int], bytes], offset: int) -> None:
        self._read, self._first = read, offset
        self._offset, self._line, self._column = offset, 1, 1

    def at(self, offset: int) -> tuple[int, int]:
        """Return the line and the column of the byte at an offset.

        It takes longer where it is before the last one.
        """
        if offset < self._offset:
            self._offset, self._line, self._column = self._first, 1, 1
        while self._offset < offset:
            part = self._read(self._offset, min(self._offset + _READ_AGAIN, offset))
            if not part:  # the file became shorter
                break
            self._offset += len(part)
            self._line, self._column = place_after(self._line, self._column, part)
        return self._line, self._column


#: Where a text is: its line and column, or what finds them by its offset.
PlaceOrFinder: TypeAlias = "tuple[int, int] | PlaceFinder"


def line_and_column(place: PlaceOrFinder, offset: int) -> tuple[int, int]:
    """Return where the byte at an offset is."""
    return place.at(offset) if isinstance(place, PlaceFinder) else place


class LongLine(NamedTuple):
    """A line of more than `MAX_RECORD_SIZE` bytes: its *offset*, and its *size* without its end."""

    offset: int
    size: int


class TextsChunk(NamedTuple):
    """JSON texts that are parts of a larger one, each a record.

    *offsets* and *places* are where the texts begin. A text of None is too long to be read: it has
    more than `MAX_RECORD_SIZE` bytes. With such texts, *sizes* are those of all, if they are known.
    """

    texts: Sequence[bytes | None]
    offsets: Sequence[int]
    places: Sequence[PlaceOrFinder]
    sizes: Sequence[int] = ()


class TextProof(NamedTuple):
    """What the text of many records proves: their *number*, and which are *doubtful*.

    The others are valid. So many bytes of the text are *continuations* of UTF-8 characters.
    """

    number: int
    doubtful: Texts
    continuations: int = 0


class ItemsChunk(NamedTuple):
    """Whole items of a JSON array, *raw*, at an *offset* and a *place*.

    If they are *flat*, all brackets are those around the items. With a *proof*, all are certainly
    objects.
    """

    raw: bytes
    offset: int
    place: PlaceOrFinder
    flat: bool
    proof: TextProof | None = None


class ValuesChunk(NamedTuple):
    """Records that are values already, such as the rows of a table.

    *raws* are the bytes they were read from, *offsets* and *lines* (from 1) where these begin;
    None if there is no text. *numbers* are those of the records in the block, if they are counted
    already. A row that is not a record has a `RecordError` instead of a value.
    """

    values: Sequence[Any]
    raws: Sequence[bytes] | None = None
    offsets: Sequence[int] | None = None
    lines: Sequence[int] | None = None
    numbers: Sequence[int] | None = None


class RowLines:
    """The rows of a text that are a line each: *raw*, its *offset*, and the number of its *line*.

    Where they are is found when it is first asked for: that is asked of few of them.
    """

    def __init__(self, raw: bytes, offset: int, line: int) -> None:
        self.raw, self.offset, self._line = raw, offset, line

    def of(self, rows: Sequence[int]) -> tuple[Sequence[bytes], Sequence[int], Sequence[int]]:
        """Return the raws, offsets and lines of some rows."""
        raw = self.raw
        return (
            _Lazy(rows, lambda row: raw[self._starts[row] : self._starts[row + 1]]),
            _Lazy(rows, lambda row: self.offset + self._starts[row]),
            _Lazy(rows, lambda row: self._line + row),
        )

    @cached_property
    def _starts(self) -> list[int]:
        sizes = (len(each) + 1 for each in self.raw.split(b"\n"))
        return [*accumulate(sizes, initial=0)]


class _Lazy(Sequence[Any]):
    """What is found of each of some *rows*."""

    def __init__(self, rows: Sequence[int], find: Callable[[int], Any]) -> None:
        self._rows, self._find = rows, find

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        return self._find(self._rows[index])


def character_count(raw: bytes) -> int | None:
    """Return the number of characters in UTF-8, None for bytes that are not."""
    try:
        return len(raw) if raw.isascii() else len(raw.decode())
    except UnicodeDecodeError:
        return None


def text_of(cell: Any) -> str:
    """Return the text of a cell, which may be UTF-8."""
    return cell.decode() if cell.__class__ is bytes else cell


def texts_of(cells: Sequence[Any]) -> Sequence[str]:
    """Return the texts of cells of one type, which have no line ends."""
    if cells and cells[0].__class__ is bytes:
        return b"\n".join(cells).decode().split("\n")
    return cells


class RowTextsChunk(NamedTuple):
    """Rows of CSV, *raw*, at an *offset* and a *line*; *split* reads their cells.

    *mapping* makes records of the cells.
    """

    raw: bytes
    offset: int
    line: int
    delimiter: str
    mapping: Any
    split: Callable[[], Iterator[CellsChunk | ValuesChunk]]


class CellsChunk(NamedTuple):
    """Rows of cells, given by their *columns*, of which *mapping* makes records.

    The cells are strings, or UTF-8, and have no line ends. *lines* has where the rows are, by their
    *indices* there.
    """

    mapping: Any
    columns: Sequence[Sequence[Any]]
    lines: RowLines
    indices: Sequence[int]

    def values(
        self, rows: Sequence[int] | None = None, numbers: Sequence[int] | None = None
    ) -> ValuesChunk:
        """Return the records of some rows, or of all."""
        indices = self.indices
        if rows is None:
            cells = [*map(list, zip(*map(texts_of, self.columns), strict=True))]
        else:
            cells = [[text_of(column[row]) for column in self.columns] for row in rows]
            indices = [indices[row] for row in rows]
        return ValuesChunk(self.mapping.records(cells), *self.lines.of(indices), numbers)


class RowsChunk(NamedTuple):
    """Rows of a table, *batch*, of which *reader* makes records; so many are *before* them.

    *unread* reads the columns that are not in the batch, since all their values are valid.
    """

    reader: Any
    batch: pyarrow.RecordBatch
    before: int = 0
    unread: Callable[[], pyarrow.RecordBatch] | None = None

    def complete(self) -> pyarrow.RecordBatch:
        """Return the batch with all columns."""
        batch = self.batch
        if self.unread is not None:
            others = self.unread()
            for name, column in zip(others.schema.names, others.columns, strict=True):
                batch = batch.append_column(name, column)
        return batch

    @property
    def values(self) -> list[Any]:
        """The records, as those of a `ValuesChunk`."""
        return list(self.reader.records(self.complete()))


class BatchBlock(NamedTuple):
    """A batch of rows as a Block, of a table that has so many *before* it."""

    reader: Any
    batch: pyarrow.RecordBatch
    before: int = 0

    def read(self) -> Iterator[RowsChunk]:
        """Read the rows."""
        yield RowsChunk(self.reader, self.batch, self.before)


class RecordError(NamedTuple):
    """Why a row could not be read as a record: a code of `TEXT_CODES`, and the *detail*."""

    code: str
    detail: str


Chunk: TypeAlias = (
    "LinesChunk | LongLine | TextsChunk | ItemsChunk | ValuesChunk | RowTextsChunk | RowsChunk"
)


class Block(Protocol):
    """Consecutive records of a file."""

    def read(self) -> Iterator[Chunk]:
        """Read the records. Raises OSError if the file cannot be read."""
        ...


class OutputFormat(NamedTuple):
    """What is written before, between and after records."""

    prefix: bytes = b""
    separator: bytes = b""
    suffix: bytes = b""


class Source(Protocol):
    """A file of records, or another sequence of them.

    *name* is shown; *size* is the number of bytes to read, None if that is not known.
    *valid_format* and *invalid_format* are how its records are written when they are split.
    """

    name: str | None
    size: int | None
    valid_format: OutputFormat
    invalid_format: OutputFormat

    @property
    def position(self) -> int:
        """How many bytes of `size` the blocks have up to the last one, once that was read."""
        ...

    @property
    def cut_off(self) -> str | None:
        """Why the records are truncated, once all blocks were read; None if they are not."""
        ...

    def blocks(self, skip: int = 0) -> Iterator[Block]:
        """Split the file into blocks, and *skip* so many.

        A block is to be read, or pickled, before the next one is asked for. Raises OSError if the
        file cannot be read, FieldboundError if it is not a file of records.
        """
        ...


class ChunksBlock(NamedTuple):
    """A block of chunks."""

    chunks: Sequence[Chunk]

    def read(self) -> Iterator[Chunk]:
        """Yield the chunks."""
        return iter(self.chunks)


class StreamedBlock:
    """A block of chunks that are read from a stream when it is read, or pickled: they are not kept.

    So the bytes of a chunk are still in the cache of the processor when they are checked.
    """

    def __init__(self, chunks: Iterator[Chunk]) -> None:
        self._chunks = chunks

    def __reduce__(self) -> tuple[Any, ...]:
        return ChunksBlock, ([*self._chunks],)

    def read(self) -> Iterator[Chunk]:
        """Read the chunks."""
        return self._chunks


class ValuesBlock(NamedTuple):
    """A block of values."""

    values: Sequence[Any]

    def read(self) -> Iterator[Chunk]:
        """Yield the values."""
        yield ValuesChunk(self.values)


def values_blocks(values: Iterable[Any]) -> Iterator[Block]:
    """Split values into blocks."""
    remaining = iter(values)
    while block := list(islice(remaining, _BLOCK_VALUES)):
        yield ValuesBlock(block)
