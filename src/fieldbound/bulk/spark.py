"""Check the rows of a Spark DataFrame: a DataFrame of violations, and a report of all rows.

Needs the extra `spark`, and fieldbound installed where Spark runs its Python workers: each checks
the rows of its partitions. Only counts are collected at the driver, never rows.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fieldbound.catalog import as_contract
from fieldbound.model import BulkReport, Duplicate, Duplicates, Violation
from fieldbound.validation import Contract

from .block_checker import BlockChecker
from .counts import Counts
from .inputs.arrow.arrays import byte_size
from .inputs.arrow.rows import BLOCK_ROWS, RowReader, column_names, column_tree
from .inputs.blocks import BatchBlock
from .keys import KeyExtractor
from .samples import dump

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame, SparkSession

    from .inputs.arrow.rows import ColumnTree

#: The columns of the violations, with their types.
_VIOLATION_COLUMNS: Final = {
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
_RESULT_COLUMNS: Final = {
    "partition": "int",
    **_VIOLATION_COLUMNS,
    "digest": "binary",
    "counts": "binary",
}
#: Numbers of records that are reported of a duplicate key.
_NUMBERS: Final = 5
#: Bits of the number of a record within its partition.
_BITS: Final = 40
#: The limit of bytes in a batch that Spark sends, and the value by which it has none.
_BATCH_BYTES: Final = "spark.sql.execution.arrow.maxBytesPerBatch"
_NO_LIMIT: Final = str((1 << 31) - 1)
#: Bytes of the rows of a block, from which no more are gathered.
_BLOCK_BYTES: Final = 16 << 20
#: Violations whose cells are remembered.
_MOST_CELLS: Final = 2_000


class _Checked(NamedTuple):
    violations: DataFrame
    report: BulkReport


class Checked(_Checked):
    """The *violations*, a DataFrame, and the *report*.

    A violation is a row with the columns:

    - `number`: that of the record, from 1, in the order of the partitions
    - `key`: the key of the record as JSON, shortened, if one is requested
    - `code`, `limit` (its id), `pointer`, `message`, `hint`, `says`: as `Violation` has them
    - `actual`, as JSON, and its `kind`

    They are persisted by Spark, in memory and on disk, until `unpersist`.
    """

    _persisted: DataFrame

    def unpersist(self) -> None:
        """Remove the persisted violations; to read them later checks all rows again."""
        self._persisted.unpersist()


def check(
    df: DataFrame,
    contract: Contract | str,
    *,
    key: str | None = None,
    columns: Mapping[str, str] | None = None,
    samples: int = 5,
) -> Checked:
    """Check each row of a DataFrame, in one Spark job, and return violations and report.

    *contract* is a Contract or a name, *key* a JSON Pointer to the key that identifies a record;
    *columns* maps column names to JSON Pointers ("" omits a column), and so many *samples* are kept
    of each limit. Rows are converted to records as those of Parquet files are.

    Raises FieldboundError for columns of a type that has no JSON value, and what `contract` raises.
    """
    if not hasattr(df, "mapInArrow"):
        raise TypeError(
            f"df must be a Spark DataFrame, not {type(df).__name__}: "
            "fieldbound.bulk.check takes files, and records in memory"
        )
    contract = as_contract(contract)
    tree = column_tree(df.columns, columns, contract)
    used = frozenset(column_names(tree))
    df = df.drop(*[name for name in df.columns if name not in used])
    job = _Job(pickle.dumps(contract), key, tree, samples, df.columns)
    checker = _check_job(df, job)
    check_partition = partial(_check_partition, job)
    results = _numbered_columns(df).mapInArrow(check_partition, _ddl(_RESULT_COLUMNS)).persist()
    try:
        counts, offsets = _merged_counts(results, samples)
        found = Duplicates(key or "", missing=counts.missing_keys)
        duplicates = None if key is None else _duplicates(results, offsets, found, samples)
    except BaseException:
        results.unpersist()
        raise
    report = checker.report(counts, None, duplicates)
    checked = Checked(_numbered_violations(results, offsets), report)
    checked._persisted = results
    return checked


def _numbered_columns(df: DataFrame) -> DataFrame:
    """Return a DataFrame with numbers as names of its columns.

    Spark does not find columns by names that have a dot, or that differ only by case.
    """
    return df.toDF(*map(str, range(len(df.columns))))


def _check_job(df: DataFrame, job: _Job) -> BlockChecker:
    """Create what the workers do, to raise its errors before there are any."""
    RowReader(_arrow_schema(df), job.tree)
    return BlockChecker(job.contract, key_extractor=job.key_extractor(), samples=job.samples)


def _ddl(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def _arrow_schema(df: DataFrame) -> pyarrow.Schema:
    from pyspark.sql.pandas.types import to_arrow_schema

    if "timezone" in signature(to_arrow_schema).parameters:  # newer versions of Spark
        return to_arrow_schema(df.schema, timezone="UTC")
    return to_arrow_schema(df.schema)


@contextmanager
def _unmeasured_batches(session: SparkSession) -> Iterator[None]:
    """Let Spark send rows without measuring all columns of a batch after each of them.

    That takes a quarter of the time. A limit that the session sets is kept. Older versions of Spark
    have none.
    """
    settings = session.conf
    if settings.get(_BATCH_BYTES, None) is not None or not settings.isModifiable(_BATCH_BYTES):
        yield
        return
    settings.set(_BATCH_BYTES, _NO_LIMIT)
    try:
        yield
    finally:
        settings.unset(_BATCH_BYTES)


# -- on the driver -------------------------------------------------------------------------------


def _merged_counts(results: DataFrame, samples: int) -> tuple[Counts, dict[int, int]]:
    """Return the counts of all rows, and the number of records before each partition."""
    total, offsets = Counts(), {}
    with _unmeasured_batches(results.sparkSession):
        rows = results.where("counts is not null").select("partition", "counts").collect()
    for partition, counts in sorted(rows, key=lambda row: row[0]):
        offsets[partition] = total.records
        total.merge(pickle.loads(counts), samples)  # noqa: S301 -- pickled by our own workers
    return total, offsets


def _numbered_violations(results: DataFrame, offsets: Mapping[int, int]) -> DataFrame:
    """Return the violations with the numbers of their records among all."""
    before = ", ".join(f"{offsets.get(at, 0)}L" for at in range(max(offsets, default=0) + 1))
    number = f"number + array({before})[partition] AS number"
    return results.where("code is not null").selectExpr(number, *list(_VIOLATION_COLUMNS)[1:])


def _duplicates(
    results: DataFrame, offsets: Mapping[int, int], found: Duplicates, samples: int
) -> Duplicates:
    """Return what is *found* with the keys that several records have, by their digests."""
    from pyspark.sql import Window, functions

    # in one number, so that Spark can find the first without a join
    at = f"shiftleft(cast(partition AS bigint), {_BITS}) + number AS at"
    keys = results.where("digest is not null").selectExpr("digest", "key", at)
    groups = keys.groupBy("digest").agg(
        functions.count("at").alias("records"), functions.min("at").alias("first")
    )
    several = groups.where("records > 1").persist()
    try:
        count, records = several.selectExpr("count(*)", "coalesce(sum(records), 0)").collect()[0]
        firsts = functions.broadcast(several.orderBy("first").limit(samples))
        order = Window.partitionBy("digest").orderBy("at")
        first_rows = keys.join(firsts, "digest").withColumn(
            "nth", functions.row_number().over(order)
        )
        first_rows = first_rows.where(f"nth <= {_NUMBERS}").orderBy("first", "nth")
        rows = first_rows.select("first", "records", "at", "key").collect() if count else []
    finally:
        several.unpersist()
    by_first: dict[int, Duplicate] = {}
    for first, times, where, key in rows:
        known = by_first.setdefault(first, Duplicate(key, times, ()))
        number = offsets[where >> _BITS] + where % (1 << _BITS)
        by_first[first] = replace(known, numbers=(*known.numbers, number))
    return replace(found, keys=count, records=records, samples=tuple(by_first.values()))


# -- on the workers ------------------------------------------------------------------------------


class _Job(NamedTuple):
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
        return None if self.key is None else KeyExtractor(self.key, self.contract)


@lru_cache(maxsize=4)
def _unpickled(data: bytes) -> Contract:
    return pickle.loads(data)  # type: ignore[no-any-return]  # noqa: S301 -- pickled by `check`


def _check_partition(
    job: _Job, batches: Iterable[pyarrow.RecordBatch]
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
                partition, dict(zip(_VIOLATION_COLUMNS, zip(*found, strict=True), strict=True))
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
        for name, kind in _RESULT_COLUMNS.items()
    ]
    return pyarrow.RecordBatch.from_arrays(arrays, names=list(_RESULT_COLUMNS))
