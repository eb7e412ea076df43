"""Rows of Arrow tables: the records that they are converted to.

How a row is converted:

- each column becomes the property of its name, or of the JSON Pointer that it is mapped to
- a null is omitted from its object, since a table has no other way to say that it is absent; in a
  list or a map it stays
- structs and maps are objects, lists of any type arrays; encoded values are decoded
- decimals are exact: an integer, a float that equals it, or else a Decimal; a float of 32 or
  16 bits is the shortest number that rounds to it; NaN and infinities are not JSON: `nonFinite`
- dates and times are ISO 8601 strings; an instant is in UTC, with a Z, and a time without a zone
  has none in the string; fractions of a second have the digits they need
- bytes are UTF-8 strings, as older writers store them, or else an invalid record: `encoding`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fieldbound.bulk.inputs.blocks import BatchBlock, ValuesChunk
from fieldbound.bulk.inputs.columns import Cell, ColumnMapping

from .arrays import byte_size
from .range_index import RangeIndex, range_index
from .values import Member, Path, Reader, RecordErrors, build_objects, member_of, reader_of_field

if TYPE_CHECKING:
    import pyarrow

    from fieldbound.validation import Contract

#: Rows that are converted at a time, ...
MAX_ROWS: Final = 2048
#: ... and the bytes they may have in the table: records take many times as much memory.
_MAX_BYTES: Final = 1 << 20
#: Rows of a block. Of fewer, a column takes longer: each batch of it is several calls.
BLOCK_ROWS: Final = 12 * MAX_ROWS

#: The name that pandas gives an index without one.
_UNNAMED_INDEX: Final = re.compile(r"__index_level_\d+__")

#: The properties of a record by name: each a column name, or an object or array of such.
ColumnTree: TypeAlias = dict[Any, Any]


class RowReader:
    """Converts rows of tables of one *schema* to records.

    *tree* maps the columns, as `column_tree` returns it; the table may have others. Raises
    FieldboundError for a column of a type that has no JSON value.
    """

    def __init__(self, schema: pyarrow.Schema, tree: ColumnTree) -> None:
        self.schema, self.tree = schema, tree
        self._readers: dict[str, Reader] = {}
        self._parts: dict[frozenset[str], RowReader] = {}
        for path, name in _leaves(tree, ()):
            self._readers[name] = reader_of_field(schema.field(name), path)

    def of(self, names: frozenset[str]) -> RowReader:
        """Return the reader of these properties alone."""
        part = self._parts.get(names)
        if part is None:
            tree = {name: node for name, node in self.tree.items() if name in names}
            part = self._parts[names] = RowReader(self.schema, tree)
        return part

    def reader_of(self, column: str) -> Reader:
        """Return the reader of a column."""
        return self._readers[column]

    def chunks(self, batch: pyarrow.RecordBatch) -> Iterator[ValuesChunk]:
        """Yield the records of a batch, few enough at a time to take little memory."""
        step = max(1, min(MAX_ROWS, batch.num_rows * _MAX_BYTES // max(1, byte_size(batch))))
        for first in range(0, batch.num_rows, step):
            yield ValuesChunk(self.records(batch.slice(first, step)))

    def records(self, batch: pyarrow.RecordBatch) -> list[Any]:
        """Return the records of a batch: a value, or a Flaw, for each of its rows."""
        errors: RecordErrors = {}
        parts = self._members(self.tree, batch, errors)
        records: list[Any] = build_objects(parts, batch.num_rows)
        for row, error in errors.items():
            records[row] = error
        return records

    def _members(
        self, tree: ColumnTree, batch: pyarrow.RecordBatch, errors: RecordErrors
    ) -> Iterator[Member | None]:
        """Yield the member of each name, None if all its values are null."""
        for name, node in tree.items():
            if isinstance(node, str):
                yield member_of(name, self._readers[node], batch.column(node), errors)
                continue
            nested: ColumnTree = node if isinstance(node, dict) else dict(enumerate(node))
            found = build_objects(self._members(nested, batch, errors), batch.num_rows)
            if node is not nested:
                found = [list(each.values()) for each in found]
            yield Member(name, [each or None for each in found], True)


def stream_blocks(
    stream: Any, columns: Mapping[str, str] | None, contract: Contract | None
) -> Iterator[BatchBlock]:
    """Return the rows of a table in blocks.

    It has the protocol of Arrow, or is a dataset of pyarrow or a lazy frame of polars, which is
    read bit by bit. The index of a data frame is a column if it has a name. Raises what pyarrow
    raises.
    """
    batches = _batches(stream)
    schema = batches.schema
    # what has been a data frame may have other rows now
    index = range_index(schema, len(stream)) if hasattr(stream, "index") else None
    if index is not None:
        schema = index.add_field(schema)
    names = [name for name in schema.names if not _UNNAMED_INDEX.fullmatch(name)]
    reader = RowReader(schema, column_tree(names, columns, contract))
    return _blocks(reader, batches, index)


def _batches(table: Any) -> pyarrow.RecordBatchReader:
    """Return what reads the batches of a table, one after another."""
    from pyarrow import RecordBatchReader, record_batch

    read = RecordBatchReader.from_stream
    if hasattr(table, "__arrow_c_stream__"):
        return read(table)
    if hasattr(table, "__arrow_c_array__"):
        batch = record_batch(table)
        return RecordBatchReader.from_batches(batch.schema, [batch])
    if hasattr(table, "collect_batches"):
        schema = read(table.collect_schema().to_frame()).schema
        frames = table.collect_batches(maintain_order=True)
        return RecordBatchReader.from_batches(
            schema, (each for one in frames for each in read(one))
        )
    if hasattr(table, "scanner"):
        # without these, it reads a hundred thousand rows at a time, and some such ahead
        table = table.scanner(
            batch_size=BLOCK_ROWS, batch_readahead=1, fragment_readahead=1, use_threads=False
        )
    return table.to_reader()


def _blocks(
    reader: RowReader, batches: Iterable[pyarrow.RecordBatch], index: RangeIndex | None
) -> Iterator[BatchBlock]:
    before = 0
    for batch in batches:
        for start in range(0, batch.num_rows, BLOCK_ROWS):
            rows = batch.slice(start, BLOCK_ROWS)
            if index is not None:
                rows = index.add_column(rows, before)
            yield BatchBlock(reader, rows, before)
            before += rows.num_rows


def column_tree(
    names: Sequence[str],
    columns: Mapping[str, str] | None = None,
    contract: Contract | None = None,
) -> ColumnTree:
    """Return the tree of properties for the columns of these *names*.

    *columns* maps names to JSON Pointers, as for `ColumnMapping`. Raises FieldboundError.
    """
    return _with_names(ColumnMapping(names, columns or {}, contract).root, names)


def _with_names(tree: ColumnTree, names: Sequence[str]) -> ColumnTree:
    """Return a tree with the names of columns, without the conversions of strings."""
    found: ColumnTree = {}
    for name, node in tree.items():
        if isinstance(node, Cell):
            found[name] = names[node.column]
        elif isinstance(node, dict):
            found[name] = _with_names(node, names)
        else:
            found[name] = list(_with_names(dict(enumerate(node)), names).values())
    return found


def column_names(tree: ColumnTree) -> list[str]:
    """Return the names of the columns in a tree."""
    return [name for _, name in _leaves(tree, ())]


def _leaves(tree: ColumnTree, at: Path) -> Iterator[tuple[Path, str]]:
    for name, node in tree.items():
        path = (*at, str(name))
        if isinstance(node, str):
            yield path, node
        else:
            yield from _leaves(node if isinstance(node, dict) else dict(enumerate(node)), path)
