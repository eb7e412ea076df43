"""The path of a Parquet file goes in, or of a folder of them; its records come out, block by block.

Needs the extra `parquet`. A block is some rows of a row group. Parquet cannot be read from the
middle of a row group, so whoever reads one block after the other goes on where it stopped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fieldbound.model import FieldboundError

from .arrow_rows import ROWS, Rows, columns_of, plan_of
from .blocks import Block, Frame, Values

if TYPE_CHECKING:
    from pyarrow import RecordBatch, Schema
    from pyarrow.parquet import ParquetFile

    from fieldbound.validation import Contract

    from .arrow_rows import Plan

#: Rows of a block: a multiple of what is read at a time.
_BLOCK: Final = 8 * ROWS
#: Bytes of rows that are read at a time, as the file counts them, and the fewest rows.
_BATCH: Final = 1 << 20
_FEWEST: Final = 16
#: Bytes of a column that are read ahead; without this all of a row group would be in memory.
_AHEAD: Final = 1 << 16
_MAGIC: Final = b"PAR1"
_ENCRYPTED: Final = b"PARE"
#: What the library raises for what it cannot read.
_BROKEN: Final = (OSError, ValueError, NotImplementedError)


class Parquet:
    """The records of the Parquet file *path*, or of all in that folder, as Spark writes them.

    *columns* maps names of columns to JSON Pointers, by which the *contract* tells arrays from
    objects whose names are numbers.
    """

    valid = invalid = Frame()
    cut_off: str | None = None

    def __init__(
        self,
        path: str | Path,
        columns: Mapping[str, str] | None = None,
        contract: Contract | None = None,
    ) -> None:
        self.name: str | None = str(path)
        self._parts = _parts(Path(path))
        self._columns, self._contract = columns, contract
        self.size: int | None = sum(part.stat().st_size for part in self._parts)

    def blocks(self, first: int = 0) -> Iterator[tuple[int, Block]]:
        """Cut the file into blocks, leaving out so many *first* ones.

        Each comes with how many bytes of `size` are read when it ends. Raises OSError if a file
        cannot be read, FieldboundError if it is no Parquet, or none that has a JSON value.
        """
        index = read = 0
        for part in self._parts:
            size, rows = part.stat().st_size, 0
            with _opened(part) as file:
                schema = _schema(file)
                plan = self._plan(part, schema)
                Rows(schema, plan)  # tells what has no JSON value before any row is read
                counts = [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)]
            total = max(1, sum(counts))
            for group, count in enumerate(counts):
                for start in range(0, count, _BLOCK):
                    end = min(count, start + _BLOCK)
                    if index >= first:
                        done = read + size * (rows + end) // total
                        yield done, _Slice(str(part), group, start, end, plan)
                    index += 1
                rows += count
            read += size

    def _plan(self, part: Path, schema: Schema) -> Plan:
        try:
            return plan_of(schema.names, self._columns, self._contract)
        except FieldboundError as error:
            raise FieldboundError(f"{part}: {error}") from None


class _Slice(NamedTuple):
    """The rows of a row group from *start* to before *end*."""

    path: str
    group: int
    start: int
    end: int
    plan: Plan

    def read(self) -> Iterator[Values]:
        """Read the records. Raises OSError or FieldboundError if the file cannot be read."""
        try:
            cursor = _cursor(self)
            for _ in cursor.take(self.start):
                pass
            for batch in cursor.take(self.end):
                yield from cursor.rows.pieces(batch)
        except _BROKEN as error:
            raise _unreadable(self.path, error) from None
        _put_back(cursor)


class _Cursor:
    """A row group as far as it was read: *position* is the row that comes next."""

    def __init__(self, block: _Slice) -> None:
        self.position = 0
        self._of = _identity(block)
        self._file = _opened(Path(block.path))
        self.rows = Rows(_schema(self._file), block.plan)
        group = self._file.metadata.row_group(block.group)
        at_once = _BATCH * group.num_rows // max(1, group.total_byte_size)
        self._last: int = group.num_rows
        names = columns_of(block.plan)
        if any("." in name for name in names):  # which would stand for what is within a struct
            names = self._file.schema_arrow.names
        self._batches = self._file.iter_batches(
            min(ROWS, max(_FEWEST, at_once)), [block.group], names, use_threads=False
        )
        self._rest: RecordBatch | None = None

    def serves(self, block: _Slice) -> bool:
        """Whether a block can be read by going on here, and the file is still the same."""
        return self.position <= block.start and self._of == _identity(block)

    def take(self, end: int) -> Iterator[RecordBatch]:
        """Read on up to a row."""
        while self.position < end:
            batch = next(self._batches, None) if self._rest is None else self._rest
            if batch is None:
                raise ValueError(f"row {self.position + 1} of a row group is not there")
            part = batch.slice(0, end - self.position)
            self._rest = batch.slice(part.num_rows) if part.num_rows < batch.num_rows else None
            self.position += part.num_rows
            yield part

    @property
    def at_end(self) -> bool:
        """Whether nothing comes next."""
        return self.position == self._last

    def close(self) -> None:
        """Close the file."""
        self._file.close()


#: Where the last block that this process has read ended. Whoever uses it takes it out, so that
#: no two threads have the same.
_left: list[_Cursor] = []


def _cursor(block: _Slice) -> _Cursor:
    try:
        cursor = _left.pop()
    except IndexError:
        return _Cursor(block)
    if cursor.serves(block):
        return cursor
    cursor.close()
    return _Cursor(block)


def _put_back(cursor: _Cursor) -> None:
    if cursor.at_end:
        cursor.close()
    else:
        _left.append(cursor)


def _identity(block: _Slice) -> tuple[Any, ...]:
    state = os.stat(block.path)  # noqa: PTH116 -- for each block
    return block.path, block.group, block.plan, state.st_ino, state.st_size, state.st_mtime_ns


# -- files ---------------------------------------------------------------------------------------


def _parts(path: Path) -> list[Path]:
    """Return the files of a folder, or the one file."""
    if not path.is_dir():
        return [path]
    inside = sorted(each for each in path.iterdir() if each.name[0] not in "._")
    folders = [each.name for each in inside if each.is_dir()]
    if folders:
        raise FieldboundError(
            f"{path} has folders in it, as {folders[0]}, whose names may stand for columns: check "
            "them one by one, or write the table without them"
        )
    parts = [each for each in inside if each.suffix == ".parquet"]
    if not parts:
        raise FieldboundError(f"{path} has no file in it whose name ends in .parquet")
    return parts


def _opened(path: Path) -> ParquetFile:
    try:
        from pyarrow import parquet
    except ImportError:
        raise FieldboundError(
            f"{path}: to read Parquet, install fieldbound with its extra: fieldbound[parquet]"
        ) from None
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
        file.seek(max(0, path.stat().st_size - len(_MAGIC)))
        tail = file.read()
    if head == _ENCRYPTED:
        raise FieldboundError(f"{path} is encrypted: decrypt it first")
    if head != _MAGIC:
        raise FieldboundError(f"{path} is no Parquet file: it does not begin as one")
    if tail != _MAGIC:
        raise FieldboundError(
            f"{path} is cut off or still being written: its end, which tells what is in it, is "
            "missing, and without that none of it can be read"
        )
    try:
        return parquet.ParquetFile(
            str(path), pre_buffer=False, buffer_size=_AHEAD, coerce_int96_timestamp_unit="us"
        )
    except _BROKEN as error:
        raise _unreadable(str(path), error) from None


def _unreadable(path: str, error: Exception) -> Exception:
    """Return what to raise: what the system says as it is, and else that the file is damaged."""
    if isinstance(error, OSError) and error.errno is not None:
        return error
    told = str(error).strip().partition("\n")[0]
    return FieldboundError(f"{path} is damaged and cannot be read further: {told}")


def _schema(file: ParquetFile) -> Schema:
    """Return the schema of a file, in which times of the old kind (INT96) are instants again."""
    leaves = iter([file.schema.column(at).physical_type for at in range(len(file.schema.names))])
    schema = file.schema_arrow
    for index, each in enumerate(schema):
        kind = _with_instants(each.type, leaves)
        if kind != each.type:
            schema = schema.set(index, each.with_type(kind))
    return schema


def _with_instants(kind: Any, leaves: Iterator[str]) -> Any:
    import pyarrow

    if pyarrow.types.is_map(kind):
        key = _with_instants(kind.key_type, leaves)
        return pyarrow.map_(key, _with_instants(kind.item_type, leaves))
    parts = [kind.field(at) for at in range(kind.num_fields)]
    if parts:
        inner = [each.with_type(_with_instants(each.type, leaves)) for each in parts]
        return pyarrow.struct(inner) if pyarrow.types.is_struct(kind) else pyarrow.list_(inner[0])
    return pyarrow.timestamp("us", "UTC") if next(leaves) == "INT96" else kind
