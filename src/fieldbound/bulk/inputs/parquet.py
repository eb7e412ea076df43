"""Parquet files, and folders of them: their records, in blocks of rows.

Needs the extra `parquet`. A block is a slice of a row group. Parquet cannot be read from the middle
of a row group, so a process that reads one block after another continues where it stopped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fieldbound.model import FieldboundError

from .arrow.arrays import byte_size, verified
from .arrow.rows import BLOCK_ROWS, MAX_ROWS, RowReader, column_names, column_tree
from .blocks import Block, OutputFormat, RowsChunk
from .parquet_files import (
    errors_of,
    few_values,
    index_of,
    open_file,
    parts_of,
    repeated,
    row_groups,
    schema_of,
)

if TYPE_CHECKING:
    from pyarrow import RecordBatch, Schema
    from pyarrow.parquet import RowGroupMetaData

    from fieldbound.validation import Contract

    from .arrow.rows import ColumnTree

#: Rows of a block whose records are held, as they are to be written.
_HELD_ROWS: Final = 4 * MAX_ROWS
#: Bytes of rows that are read at a time, and the fewest rows.
_BATCH: Final = 4 << 20
_MIN_ROWS: Final = 16
#: The first so many rows of a row group show how many bytes they take.
_SHOWN: Final = 64


class ParquetSource:
    """A Source of the records in a Parquet file, or in all files of a folder, as Spark writes it.

    *columns* maps column names to JSON Pointers; by the *contract*, numbers in them are indices of
    an array or names in an object. With *split*, blocks are smaller: their records are written.
    """

    valid_format = invalid_format = OutputFormat()
    cut_off: str | None = None

    def __init__(
        self,
        path: str | Path,
        columns: Mapping[str, str] | None = None,
        contract: Contract | None = None,
        *,
        split: bool = False,
    ) -> None:
        self._block_rows = _HELD_ROWS if split else BLOCK_ROWS
        self.name: str | None = str(path)
        self._parts = parts_of(Path(path))
        self._columns, self._contract = columns, contract
        self._plans: dict[tuple[str, ...], ColumnTree] = {}
        self.size: int | None = sum(part.stat().st_size for part in self._parts)
        self.position = 0

    def blocks(self, skip: int = 0) -> Iterator[Block]:
        """Split the file into blocks, as `Source.blocks` does.

        Raises FieldboundError for a file that is not Parquet, or has no JSON values.
        """
        index = read = 0
        for part in self._parts:
            size, rows = part.stat().st_size, 0
            with errors_of(part), open_file(part) as file:
                schema = schema_of(file)
                plan = self._plan(part, schema)
                RowReader(schema, plan)  # raises for a column without JSON values at once
                groups = row_groups(file)
                counts = [each.num_rows for each in groups]
                valid_columns = [self._valid_columns(each, schema, plan) for each in groups]
            total = max(1, sum(counts))
            for group, (count, valid) in enumerate(zip(counts, valid_columns, strict=True)):
                for start in range(0, count, self._block_rows):
                    end = min(count, start + self._block_rows)
                    if index >= skip:
                        self.position = read + size * (rows + end) // total
                        yield _Slice(str(part), group, start, end, plan, rows + start, valid)
                    index += 1
                rows += count
            read += size

    def _valid_columns(
        self, group: RowGroupMetaData, schema: Schema, plan: ColumnTree
    ) -> tuple[str, ...]:
        """Return the columns of a row group whose values are valid, by its statistics."""
        if self._contract is None:
            return ()
        from .parquet_statistics import valid_columns

        return valid_columns(group, schema, plan, self._contract)

    def _plan(self, part: Path, schema: Schema) -> ColumnTree:
        names = tuple(schema.names)
        if names not in self._plans:  # which are mostly those of the other files
            try:
                self._plans = {names: column_tree(names, self._columns, self._contract)}
            except FieldboundError as error:
                raise FieldboundError(f"{part}: {error}") from None
        return self._plans[names]


class _Slice(NamedTuple):
    """The rows of a row group from *start* to before *end*; so many are *before* it in the file.

    The columns in *valid* have no value that is not valid.
    """

    path: str
    group: int
    start: int
    end: int
    plan: ColumnTree
    before: int = 0
    valid: tuple[str, ...] = ()

    def read(self) -> Iterator[RowsChunk]:
        """Read the records. Raises OSError or FieldboundError if the file cannot be read."""
        with errors_of(self.path):
            cursor = _cursor(self)
            for _ in cursor.read_to(self.start):
                pass
            for batch in cursor.read_to(self.end):
                yield RowsChunk(cursor.rows, batch, self.before, cursor.unread(batch.num_rows))
        _keep(cursor)


class _Batches:
    """The batches of a row group: *position* is the next row to read."""

    def __init__(self, batches: Iterator[RecordBatch]) -> None:
        self.position = 0
        self._batches = batches
        self._rest: RecordBatch | None = None

    def read_to(self, end: int) -> Iterator[RecordBatch]:
        """Read the batches up to a row."""
        while self.position < end:
            batch = next(self._batches, None) if self._rest is None else self._rest
            if batch is None:
                raise ValueError(f"row {self.position + 1} of a row group is missing")
            part = batch.slice(0, end - self.position)
            self._rest = batch.slice(part.num_rows) if part.num_rows < batch.num_rows else None
            self.position += part.num_rows
            yield part


class _Cursor:
    """An open row group."""

    def __init__(self, block: _Slice) -> None:
        self._identity, self._path = _identity(block), block.path
        self._before = block.before - block.start
        self._file = open_file(Path(block.path))
        group = self._file.metadata.row_group(block.group)
        schema = schema_of(self._file)
        few = few_values(group, schema, column_names(block.plan))
        if few:
            self._file.close()
            self._file = open_file(Path(block.path), few)
            schema = schema_of(self._file)
        self.rows = RowReader(schema, block.plan)
        self._last: int = group.num_rows
        self._group = block.group
        stored, self._index = self._file.schema_arrow.names, index_of(self._file)
        names = [name for name in column_names(block.plan) if name in stored]
        self._valid = [name for name in names if name in block.valid]
        if any("." in name for name in names):  # which would select a field within a struct
            names, self._valid = stored, []
        read = [name for name in names if name not in self._valid]
        if not read:  # the rows themselves
            read, self._valid = names, []
        self._rows = self._batch_rows(group, [name for name in read if name not in few])
        self._batches = self._read(read)
        self._others: _Batches | None = None

    def _batch_rows(self, group: RowGroupMetaData, names: Sequence[str]) -> int:
        """Return how many rows to read at a time: a file has less of a string that is repeated."""
        size: int = group.total_byte_size // max(1, group.num_rows)
        found = [name for name in repeated(group) if name in names]
        if found:
            shown = self._file.iter_batches(_SHOWN, [self._group], found, use_threads=False)
            size += sum(byte_size(each) // each.num_rows for each in islice(shown, 1))
        return min(BLOCK_ROWS, max(_MIN_ROWS, _BATCH // max(1, size)))

    def _read(self, names: Sequence[str]) -> _Batches:
        batches = self._file.iter_batches(self._rows, [self._group], names, use_threads=False)
        return _Batches(map(verified, batches))

    def can_read(self, block: _Slice) -> bool:
        """Return whether a block comes later in this row group, and the file is unchanged."""
        return self.position <= block.start and self._identity == _identity(block)

    @property
    def position(self) -> int:
        """The next row to read."""
        return self._batches.position

    def read_to(self, end: int) -> Iterator[RecordBatch]:
        """Read the batches up to a row, without the columns that are valid."""
        for batch in self._batches.read_to(end):
            before = self._before + self.position - batch.num_rows
            yield batch if self._index is None else self._index.add_column(batch, before)

    def unread(self, count: int) -> Callable[[], RecordBatch] | None:
        """Return what reads the valid columns of the last so many rows, None if there are none."""
        if not self._valid:
            return None
        return cache(partial(self._unread, self.position - count, self.position))

    def _unread(self, start: int, end: int) -> RecordBatch:
        import pyarrow

        with errors_of(self._path):
            if self._others is None:
                self._others = self._read(self._valid)
            for _ in self._others.read_to(start):
                pass
            table = pyarrow.Table.from_batches(self._others.read_to(end))
            (batch,) = table.combine_chunks().to_batches()
        return batch

    @property
    def at_end(self) -> bool:
        """Whether all rows were read."""
        return self.position == self._last

    def close(self) -> None:
        """Close the file."""
        self._file.close()


#: The cursor at the end of the last block that this process has read. It is taken out to be used,
#: so that no two threads use the same.
_kept: list[_Cursor] = []


def _cursor(block: _Slice) -> _Cursor:
    try:
        cursor = _kept.pop()
    except IndexError:
        return _Cursor(block)
    if cursor.can_read(block):
        return cursor
    cursor.close()
    return _Cursor(block)


def _keep(cursor: _Cursor) -> None:
    if cursor.at_end:
        cursor.close()
    else:
        _kept.append(cursor)


def _identity(block: _Slice) -> tuple[Any, ...]:
    """Return all that a cursor is made of: what a block has beside its rows, and the file."""
    state = os.stat(block.path)  # noqa: PTH116 -- for each block
    group = block._replace(start=0, end=0, before=0)
    return group, state.st_ino, state.st_size, state.st_mtime_ns
