"""What a worker of Spark does with the rows of a partition: violations, keys, and counts."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.inputs.arrow.arrays import byte_size
from fieldbound.bulk.inputs.arrow.rows import BLOCK_ROWS, RowReader
from fieldbound.bulk.inputs.blocks import BatchBlock
from fieldbound.bulk.keys import KeyExtractor
from fieldbound.bulk.samples import dump
from fieldbound.model import Violation
from fieldbound.validation import Contract

if TYPE_CHECKING:
    import pyarrow

    from fieldbound.bulk.inputs.arrow.rows import ColumnTree

#: The columns of the violations, with their types.
VIOLATION_COLUMNS: Final = {
    "number": "bigint",
    "key": "string",
    "code": "string",
    "limit": "string",
    "pointer": "string",
    "message": "string",
    "hint": "string",
    "says": "string",
    "actual": "string",
    "kind": "string",
}
#: The columns of what workers return: a row is a violation, which has a code; the key of a record,
#: which has a digest; or the counts of a partition. Numbers count from the begin of the partition.
RESULT_COLUMNS: Final = {
    "partition": "int",
    **VIOLATION_COLUMNS,
    "digest": "binary",
    "counts": "binary",
}
#: Bytes of the rows of a block, from which no more are gathered.
_BLOCK_BYTES: Final = 16 << 20
#: Violations whose cells are remembered.
_MOST_CELLS: Final = 2_000


class Job(NamedTuple):
    """What the workers need to check their rows; the contract is pickled."""

    pickled: bytes
    key: str | None
    tree: ColumnTree
    samples: int
    names: Sequence[str]

    @property
    def contract(self) -> Contract:
        """The contract, which is compiled once in each process, and not for each partition."""
        return _unpickled(self.pickled)

    def key_extractor(self) -> KeyExtractor | None:
        """Return what extracts the key of a record, None if none is requested."""
        return None if self.key is None else KeyExtractor(self.key, self.contract)


@lru_cache(maxsize=4)
def _unpickled(data: bytes) -> Contract:
    return pickle.loads(data)  # type: ignore[no-any-return]  # noqa: S301 -- pickled by `check`


def check_partition(
    job: Job, batches: Iterable[pyarrow.RecordBatch]
) -> Iterator[pyarrow.RecordBatch]:
    """Check the rows of a partition, and yield violations and keys, and at last its counts."""
    from pyspark import TaskContext

    context = TaskContext.get()
    partition = 0 if context is None else context.partitionId()
    extractor = job.key_extractor()
    found: list[tuple[Any, ...]] = []
    cells = _Cells()

    def add(number: int, value: Any, violations: Sequence[Violation]) -> None:
        key = None if extractor is None else extractor.extract(value)
        excerpt = key and key.excerpt
        found.extend((total.records + number, excerpt, *cells.of(each)) for each in violations)

    total, rows = Counts(), None
    checker = BlockChecker(
        job.contract, key_extractor=extractor, samples=job.samples, on_invalid=add
    )
    for block in _blocks(batches):
        batch = _with_names(block, job.names)
        rows = rows or RowReader(batch.schema, job.tree)
        counts = checker.check(
            BatchBlock(rows, batch, total.records), total.fully_sampled(job.samples)
        )
        if found:
            yield _table(
                partition, dict(zip(VIOLATION_COLUMNS, zip(*found, strict=True), strict=True))
            )
            found.clear()
        if counts.keys:
            digests, numbers, keys = zip(*counts.keys, strict=True)
            all_numbers = [total.records + number for number in numbers]
            yield _table(partition, {"digest": digests, "number": all_numbers, "key": keys})
            counts.keys.clear()
        total.merge(counts, job.samples)
    yield _table(partition, {"counts": [pickle.dumps(total)]})


def _blocks(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """Yield rows in the blocks of a table, each at once: of fewer, a column takes longer.

    A block with many bytes is in parts.
    """
    gathered: list[pyarrow.RecordBatch] = []
    rows = size = 0
    for batch in batches:
        start = 0
        while start < batch.num_rows:
            part = batch.slice(start, BLOCK_ROWS - rows % BLOCK_ROWS)
            gathered.append(part)
            start, rows, size = start + part.num_rows, rows + part.num_rows, size + byte_size(part)
            if not rows % BLOCK_ROWS or size >= _BLOCK_BYTES:
                yield _joined(gathered)
                gathered, size = [], 0
    if gathered:
        yield _joined(gathered)


def _joined(batches: Sequence[pyarrow.RecordBatch]) -> pyarrow.RecordBatch:
    import pyarrow

    if len(batches) == 1:
        return batches[0]
    (joined,) = pyarrow.Table.from_batches(batches).combine_chunks().to_batches()
    return joined


def _with_names(batch: pyarrow.RecordBatch, names: Sequence[str]) -> pyarrow.RecordBatch:
    import pyarrow

    return pyarrow.RecordBatch.from_arrays(batch.columns, names=list(names))


class _Cells:
    """The cells of violations: those of one violation are made once, as it may be of many rows."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[Violation, tuple[str | None, ...]]] = {}

    def of(self, violation: Violation) -> tuple[str | None, ...]:
        """Return the cells of a violation."""
        known = self._known.get(id(violation))
        if known is None:
            known = violation, _cells_of(violation)  # which keeps its id from being reused
            if len(self._known) < _MOST_CELLS:
                self._known[id(violation)] = known
        return known[1]


def _cells_of(violation: Violation) -> tuple[str | None, ...]:
    actual, limit = violation.actual, violation.limit
    return (
        violation.code,
        None if limit is None else limit.id,
        violation.pointer,
        violation.message,
        violation.hint,
        violation.says,
        None if actual is None else dump(actual).decode(),
        violation.kind,
    )


def _table(partition: int, columns: Mapping[str, Sequence[Any]]) -> pyarrow.RecordBatch:
    """Return a batch with these of the columns, and null in all others."""
    import pyarrow

    types = {
        "int": pyarrow.int32(),
        "bigint": pyarrow.int64(),
        "string": pyarrow.string(),
        "binary": pyarrow.binary(),
    }
    count = len(next(iter(columns.values())))
    columns = {"partition": [partition] * count, **columns}
    arrays = [
        pyarrow.array(columns[name], types[kind])
        if name in columns
        else pyarrow.nulls(count, types[kind])
        for name, kind in RESULT_COLUMNS.items()
    ]
    return pyarrow.RecordBatch.from_arrays(arrays, names=list(RESULT_COLUMNS))
