"""Rows of Spark DataFrames: the same report as of files, and a DataFrame of violations."""

from __future__ import annotations

import datetime as dt
import pickle
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from fieldbound import Contract, FieldboundError, UnknownName, bulk
from fieldbound.site import guide
from support.fenced_blocks import ON_SPARK, blocks
from support.spark_session import WARNINGS, local_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from fieldbound.model.bulk_report import BulkReport

pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")
pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")
spark = pytest.importorskip("fieldbound.spark", reason="the extra spark is not installed")

pytestmark = WARNINGS

CONTRACT = Contract(
    {
        "type": "object",
        "properties": {
            "id": {"type": "integer"},
            "name": {"type": "string", "maxLength": 5},
            "flag": {"enum": ["Y", "N"]},
            "secret": {"type": "string", "maxLength": 3, "x-sensitive": True},
            "open": {"x-unspecified": "nobody says what it is"},
        },
        "required": ["name"],
        "additionalProperties": False,
    },
    name="own",
)
COLUMNS = {"id": "bigint", "name": "string", "flag": "string", "secret": "string", "open": "int"}
SCHEMA = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())


def _row(number: int) -> tuple[Any, ...]:
    """Return a row that is valid, or invalid in one of several ways."""
    name = None if number % 50 == 7 else "n" * (number % 7)
    flag = "Q" if number % 10 == 3 else "Y"
    return number % 90 or None, name, flag, "hush-hush" if number % 50 == 7 else None, number % 2


ROWS = [_row(number) for number in range(400)]


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    """Start a small local Spark session, and stop it."""
    with local_session() as started:
        yield started


@pytest.fixture
def check() -> Iterator[Any]:
    """Check a DataFrame, and unpersist the violations at the end."""
    made = []

    def checked(df: DataFrame, contract: Any = CONTRACT, **options: Any) -> Any:
        made.append(spark.check(df, contract, **options))
        return made[-1]

    yield checked
    for each in made:
        each.unpersist()


def _frame(session: SparkSession, rows: list[Any], partitions: int, schema: str = SCHEMA) -> Any:
    """Return a DataFrame with rows in their order, in so many partitions."""
    return session.createDataFrame(session.sparkContext.parallelize(rows, partitions), schema)


def _file_report(path: Path, **options: Any) -> BulkReport:
    """Return the report of a file without its name."""
    return replace(bulk.check(path, CONTRACT, **options), name=None)


def _file(path: Path, rows: list[Any]) -> Path:
    """Write rows as Parquet, without Spark."""
    kinds = {"bigint": pa.int64(), "string": pa.string(), "int": pa.int32()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    table = pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema)
    pq.write_table(table, path, row_group_size=40)
    return path


def _violations(checked: Any) -> list[dict[str, Any]]:
    """Return the violations in the order of their records."""
    return [row.asDict() for row in checked.violations.orderBy("number").collect()]


# -- the report ----------------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [1, 2, 5])
def test_the_report_is_that_of_a_file(
    session: SparkSession, check: Any, tmp_path: Path, partitions: int
) -> None:
    """The report of any partitions is that of a file with the same rows."""
    found = check(_frame(session, ROWS, partitions))
    assert found.report == _file_report(_file(tmp_path / "t.parquet", ROWS))
    assert found.report.invalid == 98
    assert found.report.unspecified == {"/open": (400, "nobody says what it is")}


def test_partitions_may_be_empty(session: SparkSession, check: Any, tmp_path: Path) -> None:
    """Empty partitions do not change the report."""
    df = _frame(session, ROWS, 4).where("id between 3 and 9 or id > 80")
    rows = [row for row in ROWS if row[0] is not None and (3 <= row[0] <= 9 or row[0] > 80)]
    assert check(df).report == _file_report(_file(tmp_path / "t.parquet", rows))
    few = check(_frame(session, ROWS[:3], 8))
    assert few.report == _file_report(_file(tmp_path / "few.parquet", ROWS[:3]))


@pytest.mark.parametrize("partitions", [1, 3])
@pytest.mark.parametrize(
    ("key", "samples"), [("/id", 5), ("/id", 0), ("/secret", 2), ("/flag", 2), ("/open/no", 5)]
)
def test_duplicate_keys_are_found(
    session: SparkSession, check: Any, tmp_path: Path, key: str, samples: int, partitions: int
) -> None:
    """Duplicate keys are those of a file, whatever the partitions; sensitive ones are redacted.

    That holds for keys that all records have, or none, as well.
    """
    found = check(_frame(session, ROWS, partitions), key=key, samples=samples).report
    of_file = _file_report(_file(tmp_path / "t.parquet", ROWS), key=key, samples=samples)
    assert found.duplicates is not None
    assert found.duplicates == of_file.duplicates
    assert found == of_file


def test_parquet_of_spark_is_read_alike(session: SparkSession, check: Any, tmp_path: Path) -> None:
    """A folder that Spark writes has the same report by Spark and by bulk.check."""
    noon = dt.datetime(2016, 12, 19, 12, tzinfo=dt.timezone.utc)
    schema = (
        "name string, at timestamp, in struct<deep: array<map<string, date>>>, cost decimal(9,2)"
    )
    rows = [
        ("n" * (number % 7), noon, ([{"a": noon.date()}, {}, None],), Decimal(number))
        for number in range(50)
    ]
    contract = Contract(
        {
            "properties": {
                "name": {"maxLength": 4},
                "at": {"const": "2016-12-19T12:00:00Z"},
                "in": {"const": {"deep": [{"a": "2016-12-19"}, {}, None]}},
                "cost": {"type": "integer", "maximum": 48},
            }
        }
    )
    df = _frame(session, rows, 3, schema)
    df.write.parquet(str(tmp_path / "t"))
    reports = [
        check(df, contract).report,
        replace(bulk.check(tmp_path / "t", contract), name=None),
        check(session.read.parquet(str(tmp_path / "t")).coalesce(1), contract).report,
    ]
    assert {tally.id: tally.records for tally in reports[0].tallies} == {
        "schema#/name:maxLength": 14,
        "schema#/cost:maximum": 1,
    }
    assert reports[1] == reports[0]
    assert replace(reports[2], tallies=()) == replace(reports[0], tallies=())


def test_records_of_a_file_keep_their_numbers(
    session: SparkSession, check: Any, tmp_path: Path
) -> None:
    """Records of a file that Spark partitions have their numbers in the file."""
    path = _file(tmp_path / "t.parquet", ROWS)
    session.conf.set("spark.sql.files.maxPartitionBytes", str(path.stat().st_size // 3))
    try:
        df = session.read.parquet(str(path))
        assert df.rdd.getNumPartitions() > 1
        found = check(df, key="/id")
        assert found.report == _file_report(path, key="/id")
    finally:
        session.conf.unset("spark.sql.files.maxPartitionBytes")


@pytest.mark.parametrize("partitions", [0, 3])
def test_an_empty_dataframe_has_no_records(
    session: SparkSession, check: Any, partitions: int
) -> None:
    """A DataFrame without rows, or without partitions, has a report of no records."""
    parts = session.sparkContext.parallelize([], partitions) if partitions else []
    found = check(session.createDataFrame(parts, SCHEMA), key="/id")
    assert (found.report.records, found.report.violations) == (0, 0)
    assert found.report.duplicates.records == 0
    assert found.violations.count() == 0


def test_all_records_may_be_invalid(session: SparkSession, check: Any, tmp_path: Path) -> None:
    """If every record breaks several limits, all are counted and reported."""
    rows = [(1, "too long", "Q", "hush-hush", None)] * 50
    found = check(_frame(session, rows, 4))
    assert found.report == _file_report(_file(tmp_path / "t.parquet", rows))
    assert (found.report.invalid, found.report.violations) == (50, 150)
    assert found.violations.count() == 150


def test_columns_are_mapped_to_pointers(session: SparkSession, check: Any) -> None:
    """Columns are mapped as for a file, and an omitted one may have any type."""
    df = _frame(session, [("n" * 9, 1)], 1, "a string, b int").selectExpr(
        "a", "interval '1' day AS b"
    )
    found = check(df, columns={"a": "/name", "b": ""})
    assert [tally.id for tally in found.report.tallies] == ["own#/name:maxLength"]


# -- the violations ------------------------------------------------------------------------------


def test_column_names_may_have_any_characters(session: SparkSession, check: Any) -> None:
    """Names that are special to Spark, or differ only by case, are names of properties."""
    contract = Contract({"properties": {"a.b c`d": {"type": "null"}, "A": {"type": "null"}}})
    checked = check(session.createDataFrame([("x", "y", "z")], ["a.b c`d", "a", "A"]), contract)
    assert [each.code for each in checked.report.tallies] == ["type", "type"]
    pointers = {each.pointer for each in checked.violations.collect()}
    assert pointers == {"/a.b c`d", "/A"}


def test_violations_are_rows(session: SparkSession, check: Any) -> None:
    """Each violation is a row with the record, the limit, the message and the hint."""
    found = check(_frame(session, ROWS[:20], 3), key="/id")
    assert found.violations.columns == [
        *("number", "key", "code", "limit", "pointer"),
        *("message", "hint", "says", "actual", "kind"),
    ]
    rows = _violations(found)
    assert rows[0] == {
        "number": 4,
        "key": "3",
        "code": "enum",
        "limit": "own#/flag:enum",
        "pointer": "/flag",
        "message": '/flag is "Q", but must be "Y" or "N"',
        "hint": None,
        "says": None,
        "actual": '"Q"',
        "kind": "string",
    }
    assert [row["number"] for row in rows] == [4, 7, 8, 8, 14, 14]


def test_violations_are_those_of_check(session: SparkSession, check: Any) -> None:
    """The violations of a row are those of `Contract.check` of its record."""
    found = check(_frame(session, ROWS, 3))
    expected = []
    for number, row in enumerate(ROWS, 1):
        record = {
            name: value for name, value in zip(COLUMNS, row, strict=True) if value is not None
        }
        for each in CONTRACT.check(record):
            assert each.limit is not None
            expected.append((number, each.limit.id, each.pointer, each.message, each.hint))
    names = ("number", "limit", "pointer", "message", "hint")
    assert sorted(tuple(row[name] for name in names) for row in _violations(found)) == sorted(
        expected
    )


def test_violations_are_written_as_parquet(
    session: SparkSession, check: Any, tmp_path: Path
) -> None:
    """The violations can be written as Parquet, and read again."""
    found = check(_frame(session, ROWS, 3))
    found.violations.write.parquet(str(tmp_path / "found"))
    rows = pq.read_table(tmp_path / "found").to_pylist()
    assert len(rows) == found.report.violations
    assert sorted(row["number"] for row in rows) == [row["number"] for row in _violations(found)]


def test_sensitive_values_are_redacted(session: SparkSession, check: Any) -> None:
    """No column of the violations, and no part of the report, has a sensitive value."""
    found = check(_frame(session, ROWS, 2), key="/secret")
    rows = [row for row in _violations(found) if row["pointer"] == "/secret"]
    assert len(rows) == 8
    assert {(row["key"], row["actual"]) for row in rows} == {(None, None)}
    assert "hush" not in f"{found}{_violations(found)}"


def test_a_row_that_is_not_json_is_invalid(session: SparkSession, check: Any) -> None:
    """A number that JSON does not have makes its row an invalid record."""
    rows = [("a", 1.5), ("b", float("nan"))]
    found = check(_frame(session, rows, 1, "name string, cost double"), Contract(True))
    assert found.report.invalid == 1
    assert [(row["number"], row["code"], row["limit"]) for row in _violations(found)] == [
        (2, "nonFinite", None)
    ]


def test_rows_are_checked_once(session: SparkSession, check: Any) -> None:
    """The rows are read once, whatever is requested of the result."""
    seen = session.sparkContext.accumulator(0)

    def count(batches: Any) -> Any:
        for batch in batches:
            seen.add(batch.num_rows)
            yield batch

    found = check(_frame(session, ROWS, 3).mapInArrow(count, SCHEMA), key="/id")
    assert found.violations.count() == found.report.violations
    assert found.violations.where("code = 'enum'").count() == 40
    assert seen.value == len(ROWS)


def test_a_process_compiles_a_contract_once() -> None:
    """The tasks of a job in one process have one contract, whose schema is compiled once."""
    from fieldbound.bulk.spark.partitions import Job

    one, other = pickle.dumps(CONTRACT), pickle.dumps(Contract({"type": "object"}))
    jobs = [Job(each, None, {}, 5, []) for each in (one, bytes(bytearray(one)), other)]
    assert jobs[0].contract is jobs[1].contract
    assert jobs[0].contract.name == CONTRACT.name
    assert jobs[2].contract.name != CONTRACT.name


def test_violations_can_be_unpersisted(session: SparkSession) -> None:
    """Violations are persisted until unpersist, and nothing after a failure."""
    kept = session.sparkContext._jsc.sc().getPersistentRDDs
    before = kept().size()
    found = spark.check(_frame(session, ROWS, 2), CONTRACT, key="/id")
    assert kept().size() == before + 1
    violations, report = found
    assert violations.count() == report.violations
    found.unpersist()
    assert kept().size() == before


# -- what cannot be checked ----------------------------------------------------------------------


def test_invalid_arguments_are_errors_before_any_row_is_read(
    session: SparkSession, check: Any
) -> None:
    """An invalid contract, key, column or type is an error on the driver."""
    df = _frame(session, ROWS[:1], 1)
    with pytest.raises(UnknownName):
        check(df, "nobody/nothing")
    with pytest.raises(TypeError, match="contract must be a Contract or the name of one, not dict"):
        check(df, {"type": "object"})
    with pytest.raises(ValueError, match="samples must be an integer >= 0, not -1"):
        check(df, samples=-1)
    with pytest.raises(FieldboundError, match="key must be a JSON Pointer"):
        check(df, key="id")
    with pytest.raises(FieldboundError, match="unknown column 'nme'"):
        check(df, columns={"nme": "/name"})
    for kind, value in {
        "interval day": "interval '1' day",
        "interval month": "array(interval '1' month)",
        "interval": "map('a', named_struct('c', make_interval(1)))",
    }.items():
        with pytest.raises(FieldboundError, match=f"'b' has the type {kind}, .*omit the column"):
            check(df.selectExpr("name", f"{value} AS b"))
    with pytest.raises(FieldboundError, match="/b is a map with keys of the type int32"):
        check(df.selectExpr("map(1, 2) AS b"))


def test_another_type_than_a_dataframe_is_an_error() -> None:
    """Another table is an error that says what accepts it."""
    with pytest.raises(TypeError, match=r"not list: fieldbound\.bulk\.check takes"):
        spark.check([{"a": 1}], CONTRACT)


def test_the_example_of_the_guide(session: SparkSession, tmp_path: Path) -> None:
    """The example in the guide `records` checks a Parquet file, and writes its violations."""
    groups = {"ProdGroupName": ["Laptops", "L" * 300], "InternalName": ["a", "b"]}
    pq.write_table(pa.table(groups), tmp_path / "groups")
    (example,) = (each.text for each in blocks(guide("records").text) if ON_SPARK in each.text)
    names: dict[str, Any] = {"session": session}
    for folder in ("groups", "violations"):  # those of Spark are where its JVM was started
        example = example.replace(f'"{folder}"', repr(str(tmp_path / folder)))
    exec(compile(example, "records.md", "exec"), names)  # noqa: S102
    assert names["checked"].report.invalid == 1
    assert session.read.parquet(str(tmp_path / "violations")).count() == 1
    names["checked"].unpersist()
