"""Check the rows of a Spark DataFrame: what runs at the driver."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.inputs.arrow.rows import RowReader, column_names, column_tree
from fieldbound.catalog import as_contract
from fieldbound.model import BulkReport, Duplicate, Duplicates
from fieldbound.validation import Contract

from .column_types import arrow_schema
from .partitions import RESULT_COLUMNS, VIOLATION_COLUMNS, Job, check_partition

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: Numbers of records that are reported of a duplicate key.
_NUMBERS: Final = 5
#: Bits of the number of a record within its partition.
_BITS: Final = 40
#: The limit of bytes in a batch that Spark sends, and the value by which it has none.
_BATCH_BYTES: Final = "spark.sql.execution.arrow.maxBytesPerBatch"
_NO_LIMIT: Final = str((1 << 31) - 1)


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
    job = Job(pickle.dumps(contract), key, tree, samples, df.columns)
    checker = _check_job(df, job)
    check_rows = partial(check_partition, job)
    results = _numbered_columns(df).mapInArrow(check_rows, _ddl(RESULT_COLUMNS)).persist()
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


def _check_job(df: DataFrame, job: Job) -> BlockChecker:
    """Create what the workers do, to raise its errors before there are any."""
    RowReader(arrow_schema(df), job.tree)
    return BlockChecker(job.contract, key_extractor=job.key_extractor(), samples=job.samples)


def _ddl(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


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
    return results.where("code is not null").selectExpr(number, *list(VIOLATION_COLUMNS)[1:])


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
