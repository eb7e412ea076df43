"""Sources of records are split into Blocks, and a Block is read in Chunks.

A Block is checked as a whole, by any process, so it can be pickled. Where a file is split depends
on the file alone, so that every run splits it alike, whatever the number of processes.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import TypeAlias

    import pyarrow

#: Bytes of text in a block; a record belongs to the block in which it begins.
BLOCK_SIZE: Final = 4 << 20
#: Bytes of text that are read and checked at a time.
CHUNK_SIZE: Final = 64 << 10
#: Bytes that one record may have: a longer one is invalid, and not read.
MAX_RECORD_SIZE: Final = 8 << 20
#: Values of a block.
_BLOCK_VALUES: Final = 1000


class LinesChunk(NamedTuple):
    """Whole lines of NDJSON: *raw*, and the *offset* of its first byte in the text.

    The last line of a text may lack a line end.
    """

    raw: bytes
    offset: int


class LongLine(NamedTuple):
    """A line of more than `MAX_RECORD_SIZE` bytes: its *offset*, and its *size* with line end."""

    offset: int
    size: int


class TextsChunk(NamedTuple):
    """JSON texts that are parts of a larger one, each a record.

    *offsets* and *places* (line and column, from 1) are where the texts begin. A text of None is
    too long to be read: it has `MAX_RECORD_SIZE` bytes or more.
    """

    texts: Sequence[bytes | None]
    offsets: Sequence[int]
    places: Sequence[tuple[int, int]]


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


class RowsChunk(NamedTuple):
    """Rows of a table, *batch*, of which *reader* makes records."""

    reader: Any
    batch: pyarrow.RecordBatch

    @property
    def values(self) -> list[Any]:
        """The records, as those of a `ValuesChunk`."""
        return list(self.reader.records(self.batch))


class BatchBlock(NamedTuple):
    """A batch of rows as a Block."""

    reader: Any
    batch: pyarrow.RecordBatch

    def read(self) -> Iterator[RowsChunk]:
        """Read the rows."""
        yield RowsChunk(self.reader, self.batch)


class RecordError(NamedTuple):
    """Why a row could not be read as a record: a code of `TEXT_CODES`, and the *detail*."""

    code: str
    detail: str


Chunk: TypeAlias = "LinesChunk | LongLine | TextsChunk | ValuesChunk | RowsChunk"


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
    def cut_off(self) -> str | None:
        """Why the records are truncated, once all blocks were read; None if they are not."""
        ...

    def blocks(self, skip: int = 0) -> Iterator[tuple[int, Block]]:
        """Split the file into blocks, and *skip* so many.

        Yield each with the number of bytes of `size` that are read when it ends. Raises OSError if
        the file cannot be read, FieldboundError if it is not a file of records.
        """
        ...


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
