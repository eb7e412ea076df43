"""A Spark DataFrame goes in; its violations as another and the report of all its rows come out.

Needs the extra `spark`, and fieldbound installed where Spark runs its Python workers, so that each
judges the rows it has. What is brought together of them is how often what was found, never rows.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fieldbound.catalog import contract as contract_named
from fieldbound.model import BulkReport, Duplicate, Duplicates, Violation
from fieldbound.validation import Contract

from .block_check import Judge
from .counts import Counts
from .inputs.arrow_rows import Rows, columns_of, plan_of
from .keys import Keyed
from .samples import dumped

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame

    from .inputs.arrow_rows import Plan
    from .inputs.blocks import Values

#: The columns of the violations, each with its type.
_TOLD: Final = {
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
#: Those of all that workers find: a row is a violation, which has a code; the key of a record,
#: which has a digest; or the counts of a partition. Numbers are those within the partition.
_FOUND: Final = {"partition": "int", **_TOLD, "digest": "binary", "counts": "binary"}
#: Numbers of records that are told of a key.
_NUMBERS: Final = 5
#: Bits that the number of a record within its partition takes at most.
_BITS: Final = 40


class _Checked(NamedTuple):
    violations: DataFrame
    report: BulkReport


class Checked(_Checked):
    """What was found: the *violations*, a DataFrame, and the *report*.

    A violation is a row with the columns:

    - `number`: that of the record, from 1, as the DataFrame's partitions have them one by one
    - `key`: the record's own key as JSON, shortened, where one was asked for
    - `code`, `limit` (its id), `pointer`, `message`, `hint`, `says`: as `Violation` has them
    - `actual`, as JSON, and its `kind`

    They are kept by Spark where they were found, in memory and on disk, until `unpersist`.
    """

    _kept: DataFrame

    def unpersist(self) -> None:
        """Let Spark throw the violations away: to ask for them then checks all anew."""
        self._kept.unpersist()


def check(
    df: DataFrame,
    contract: Contract | str,
    *,
    key: str | None = None,
    columns: Mapping[str, str] | None = None,
    samples: int = 5,
) -> Checked:
    """Check each row of a DataFrame, in one job of Spark, and return what was found.

    *contract* is a Contract or a name, *key* a JSON Pointer to what tells one record from the
    others, *columns* maps names of columns to JSON Pointers ("" leaves one out), *samples* is how
    many records the report names of each limit. `fieldbound.arrow` tells what a row stands for.

    Raises FieldboundError for columns of a type that has no JSON value, and what `contract` raises.
    """
    if not hasattr(df, "mapInArrow"):
        raise TypeError(
            f"a DataFrame of Spark is wanted, not a {type(df).__name__}: "
            "fieldbound.bulk.check takes files, and records in memory"
        )
    contract = _contract(contract)
    plan = plan_of(df.columns, columns, contract)
    taken = frozenset(columns_of(plan))
    df = df.drop(*[name for name in df.columns if name not in taken])
    given = _Given(contract, key, plan, samples, df.columns)
    judge = _checked_here(df, given)
    kept = _columns_numbered(df).mapInArrow(partial(_judged, given), _ddl(_FOUND)).persist()
    try:
        counts, befores = _merged(kept, samples)
        twice = None if key is None else _duplicates(kept, befores, key, samples)
    except BaseException:
        kept.unpersist()
        raise
    if twice is not None:
        twice = replace(twice, missing=counts.keyless)
    checked = Checked(_numbered(kept, befores), judge.report(counts, None, twice))
    checked._kept = kept
    return checked


def _contract(given: Contract | str) -> Contract:
    contract = contract_named(given) if isinstance(given, str) else given
    if not isinstance(contract, Contract):
        raise TypeError(f"contract is a {type(given).__name__}: give a Contract, or a name of one")
    return contract


def _columns_numbered(df: DataFrame) -> DataFrame:
    """Return a DataFrame with its columns named by numbers.

    By their names, Spark would not find those with a dot, or two alike but for their case.
    """
    return df.toDF(*map(str, range(len(df.columns))))


def _checked_here(df: DataFrame, given: _Given) -> Judge:
    """Make here what workers make, to tell what is wrong with it before there are any."""
    Rows(_arrow_schema(df), given.plan)
    keyed = None if given.key is None else Keyed(given.key, given.contract)
    return Judge(given.contract, keyed=keyed, samples=given.samples)


def _ddl(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def _arrow_schema(df: DataFrame) -> pyarrow.Schema:
    from pyspark.sql.pandas.types import to_arrow_schema

    if "timezone" in signature(to_arrow_schema).parameters:  # of newer Sparks
        return to_arrow_schema(df.schema, timezone="UTC")
    return to_arrow_schema(df.schema)


# -- at the driver -------------------------------------------------------------------------------


def _merged(kept: DataFrame, samples: int) -> tuple[Counts, dict[int, int]]:
    """Return the counts of all, and how many records are before each partition."""
    whole, befores = Counts(), {}
    rows = kept.where("counts is not null").select("partition", "counts").collect()
    for partition, counts in sorted(rows, key=lambda row: row[0]):
        befores[partition] = whole.records
        whole.merge(pickle.loads(counts), samples)  # noqa: S301 -- made by our own workers
    return whole, befores


def _numbered(kept: DataFrame, befores: Mapping[int, int]) -> DataFrame:
    """Return the violations with the numbers that their records have among all."""
    from pyspark.sql import functions

    pairs = list(befores.items())
    before = kept.sparkSession.createDataFrame(pairs, "partition int, before bigint")
    joined = kept.where("code is not null").join(functions.broadcast(before), "partition")
    return joined.selectExpr("number + before AS number", *list(_TOLD)[1:])


def _duplicates(
    kept: DataFrame, befores: Mapping[int, int], pointer: str, samples: int
) -> Duplicates:
    """Let Spark find the keys that several records have, by their digests."""
    from pyspark.sql import Window, functions

    # in one number, so that Spark can find the first without a join
    at = f"shiftleft(cast(partition AS bigint), {_BITS}) + number AS at"
    keys = kept.where("digest is not null").selectExpr("digest", "key", at)
    groups = keys.groupBy("digest").agg(
        functions.count("at").alias("records"), functions.min("at").alias("first")
    )
    several = groups.where("records > 1").persist()
    try:
        count, records = several.selectExpr("count(*)", "coalesce(sum(records), 0)").collect()[0]
        firsts = functions.broadcast(several.orderBy("first").limit(samples))
        order = Window.partitionBy("digest").orderBy("at")
        told = keys.join(firsts, "digest").withColumn("nth", functions.row_number().over(order))
        told = told.where(f"nth <= {_NUMBERS}").orderBy("first", "nth")
        rows = told.select("first", "records", "at", "key").collect() if count else []
    finally:
        several.unpersist()
    found: dict[int, Duplicate] = {}
    for first, times, where, key in rows:
        known = found.setdefault(first, Duplicate(key, times, ()))
        number = befores[where >> _BITS] + where % (1 << _BITS)
        found[first] = replace(known, numbers=(*known.numbers, number))
    return Duplicates(pointer, count, records, samples=tuple(found.values()))


# -- at the workers ------------------------------------------------------------------------------


class _Given(NamedTuple):
    """What a worker needs to know."""

    contract: Contract
    key: str | None
    plan: Plan
    samples: int
    names: Sequence[str]


class _Batch(NamedTuple):
    """A batch of rows as a Block."""

    rows: Rows
    batch: pyarrow.RecordBatch

    def read(self) -> Iterator[Values]:
        """Read the records."""
        return self.rows.pieces(self.batch)


def _judged(given: _Given, batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
    """Judge the rows of a partition, and yield what is found: at last, its counts."""
    from pyspark import TaskContext

    context = TaskContext.get()
    partition = 0 if context is None else context.partitionId()
    keyed = None if given.key is None else Keyed(given.key, given.contract)
    told: list[tuple[Any, ...]] = []

    def tell(number: int, value: Any, violations: Sequence[Violation]) -> None:
        key = None if keyed is None else keyed.find(value)
        shown = key and key.excerpt
        told.extend((whole.records + number, shown, *_facts(each)) for each in violations)

    whole, rows = Counts(), None
    judge = Judge(given.contract, keyed=keyed, samples=given.samples, on_invalid=tell)
    for numbered in batches:
        batch = _named(numbered, given.names)
        rows = rows or Rows(batch.schema, given.plan)
        counts = judge.block(_Batch(rows, batch), whole.full(given.samples))
        if told:
            yield _table(partition, dict(zip(_TOLD, zip(*told, strict=True), strict=True)))
            told.clear()
        if counts.keys:
            digests, numbers, keys = zip(*counts.keys, strict=True)
            all_numbers = [whole.records + number for number in numbers]
            yield _table(partition, {"digest": digests, "number": all_numbers, "key": keys})
            counts.keys.clear()
        whole.merge(counts, given.samples)
    yield _table(partition, {"counts": [pickle.dumps(whole)]})


def _named(batch: pyarrow.RecordBatch, names: Sequence[str]) -> pyarrow.RecordBatch:
    import pyarrow

    return pyarrow.RecordBatch.from_arrays(batch.columns, names=list(names))


def _facts(violation: Violation) -> tuple[str | None, ...]:
    actual, limit = violation.actual, violation.limit
    return (
        violation.code,
        None if limit is None else limit.id,
        violation.pointer,
        violation.message,
        violation.hint,
        violation.says,
        None if actual is None else dumped(actual).decode(),
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
        for name, kind in _FOUND.items()
    ]
    return pyarrow.RecordBatch.from_arrays(arrays, names=list(_FOUND))
