"""What Spark sends to its workers: the batches of rows, and the blocks that are made of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fieldbound import Contract, bulk
from fieldbound.bulk.inputs.arrow.rows import BLOCK_ROWS
from fieldbound.bulk.spark import data_frames, partitions
from support.spark_session import WARNINGS, local_session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")

pytestmark = WARNINGS

BYTES = "spark.sql.execution.arrow.maxBytesPerBatch"
ROWS = "spark.sql.execution.arrow.maxRecordsPerBatch"
CONTRACT = Contract(
    {
        "properties": {
            "id": {"type": "integer", "maximum": 230_000 - 10},
            "name": {"type": "string", "maxLength": 900, "pattern": "^[^x]*$"},
            "other": {"type": "string", "maxLength": 8},
        }
    },
    name="own",
)


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    """Start a small local Spark session, and stop it."""
    with local_session() as started:
        yield started


def _name(number: int) -> str | None:
    return None if number % 11 == 3 else ("x" if number % 40_000 == 39_999 else "n") * (number % 7)


# -- what Spark sends at once --------------------------------------------------------------------


def test_spark_does_not_measure_batches_while_rows_are_read(
    session: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit of bytes in a batch is lifted for the job, and as before after it, or an error."""
    seen: list[str | None] = []
    known = session.conf.isModifiable(BYTES)  # newer versions of Spark have the limit

    def spied(*args: Any) -> Any:
        seen.append(session.conf.get(BYTES, None))
        if len(seen) > 1:
            raise RuntimeError
        return collect(*args)

    df = session.createDataFrame([(1,)], "id int")
    collect = type(df).collect
    monkeypatch.setattr(type(df), "collect", spied)
    data_frames.check(df, CONTRACT).unpersist()
    assert session.conf.get(BYTES, None) is None
    with pytest.raises(RuntimeError):
        data_frames.check(df, CONTRACT)
    assert session.conf.get(BYTES, None) is None
    assert seen == [str(2**31 - 1) if known else None] * 2


def test_a_limit_of_the_session_is_kept(session: SparkSession) -> None:
    """A limit of bytes that the session has set itself holds for the rows of a check as well."""
    session.conf.set(BYTES, "4096b")
    try:
        with data_frames._unmeasured_batches(session):
            assert session.conf.get(BYTES) == "4096b"
        assert session.conf.get(BYTES) == "4096b"
        df = session.range(2000).selectExpr("id", "repeat('n', 899 + cast(id % 3 AS int)) AS name")
        report = data_frames.check(df, CONTRACT).report
        assert (report.records, report.invalid) == (2000, 666)
    finally:
        session.conf.unset(BYTES)


# -- the blocks that are made of it --------------------------------------------------------------


@pytest.mark.parametrize("sizes", [[1], [BLOCK_ROWS], [10_000] * 8, [60_000, 0, 3], [0], []])
def test_blocks_are_those_of_a_table(sizes: list[int]) -> None:
    """Batches of any sizes become blocks with so many rows as those of a table, in their order."""
    batches, first = [], 0
    for size in sizes:
        batches.append(pa.record_batch({"a": range(first, first + size)}))
        first += size
    blocks = list(partitions._blocks(batches))
    assert [each for block in blocks for each in block.column("a").to_pylist()] == list(
        range(first)
    )
    assert {block.num_rows for block in blocks[:-1]} <= {BLOCK_ROWS}
    assert len(blocks) == -(-first // BLOCK_ROWS)


def test_many_bytes_are_no_block(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows with many bytes are not gathered, and what follows them ends where a block does."""
    monkeypatch.setattr(partitions, "_BLOCK_BYTES", 8 * 1000)
    batches = [pa.record_batch({"a": range(600)})] * 100
    found = [block.num_rows for block in partitions._blocks(batches)]
    assert max(found) < 1000 + 600
    assert sum(found) == 60_000
    ends = {sum(found[: at + 1]) for at in range(len(found))}
    assert {BLOCK_ROWS, 2 * BLOCK_ROWS} <= ends


def test_the_report_is_that_of_a_table_whatever_the_batches(session: SparkSession) -> None:
    """Lengths are measured in the same rows as of a table in memory, and samples are the same."""
    count = 230_000
    table = pa.table(
        {
            "id": range(count),
            "name": [_name(number) for number in range(count)],
            "other": ["ä😀e\u0301"[: number % 5] for number in range(count)],
        }
    )
    letter = "CASE WHEN id % 40000 = 39999 THEN 'x' ELSE 'n' END"
    df = session.range(0, count, 1, 1).selectExpr(
        "id",
        f"CASE WHEN id % 11 <> 3 THEN repeat({letter}, cast(id % 7 AS int)) END AS name",
        "left('ä😀e\u0301', cast(id % 5 AS int)) AS other",
    )
    expected = replace(bulk.check(table, CONTRACT), name=None)
    assert expected.measured == 2 * BLOCK_ROWS
    assert expected.invalid > 9
    for rows in ("10000", "7001"):
        session.conf.set(ROWS, rows)
        try:
            checked = data_frames.check(df, CONTRACT)
            assert checked.report == expected
            numbers = [row.number for row in checked.violations.select("number").collect()]
            assert sum(numbers) == sum(_violated(count))
            checked.unpersist()
        finally:
            session.conf.unset(ROWS)


def _violated(count: int) -> Iterator[int]:
    """Yield the number of a record for each of its violations."""
    for at in range(count):
        if at > CONTRACT.schema["properties"]["id"]["maximum"]:
            yield at + 1
        if "x" in (_name(at) or ""):
            yield at + 1
