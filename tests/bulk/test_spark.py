"""Spark's rows are judged as any others are: the same report, and the violations a DataFrame."""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from fieldbound import Contract, FieldboundError, UnknownName, bulk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import DataFrame, SparkSession

    from fieldbound.model.bulk_report import BulkReport

pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")
sql = pytest.importorskip("pyspark.sql", reason="the extra spark is not installed")
spark = pytest.importorskip("fieldbound.spark", reason="the extra spark is not installed")

# What is said of Spark's own doings, whichever of its functions is called.
pytestmark = [
    pytest.mark.filterwarnings("ignore:PySpark does not yet fully support pandas"),
    pytest.mark.filterwarnings("ignore:distutils Version classes are deprecated"),
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),  # by Spark 3.5
]

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
    """Return a row that is valid, or one of some that are not, each in a way of its own."""
    name = None if number % 50 == 7 else "n" * (number % 7)
    flag = "Q" if number % 10 == 3 else "Y"
    return number % 90 or None, name, flag, "hush-hush" if number % 50 == 7 else None, number % 2


ROWS = [_row(number) for number in range(400)]


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    """Start a small Spark of our own, which nobody else can reach, and stop it."""
    settings = {
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "512m",
        "spark.log.level": "ERROR",
        "spark.sql.session.timeZone": "Europe/Berlin",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith(("SPARK_", "PYSPARK_"))]:
            patch.delenv(name)
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        started = builder.getOrCreate()
        yield started
        started.stop()


@pytest.fixture
def check() -> Iterator[Any]:
    """Check a DataFrame, and let Spark throw away what was found in the end."""
    made = []

    def checked(df: DataFrame, contract: Any = CONTRACT, **options: Any) -> Any:
        made.append(spark.check(df, contract, **options))
        return made[-1]

    yield checked
    for each in made:
        each.unpersist()


def _frame(session: SparkSession, rows: list[Any], partitions: int, schema: str = SCHEMA) -> Any:
    """Return rows as a DataFrame that has them in their order, in so many partitions."""
    return session.createDataFrame(session.sparkContext.parallelize(rows, partitions), schema)


def _alone(path: Path, **options: Any) -> BulkReport:
    """Return the report of one machine, but for the name of the file."""
    return replace(bulk.check(path, CONTRACT, **options), name=None)


def _file(path: Path, rows: list[Any]) -> Path:
    """Write rows as Parquet, without Spark."""
    kinds = {"bigint": pa.int64(), "string": pa.string(), "int": pa.int32()}
    schema = pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    table = pa.Table.from_pylist([dict(zip(COLUMNS, row, strict=True)) for row in rows], schema)
    pq.write_table(table, path, row_group_size=40)
    return path


def _told(checked: Any) -> list[dict[str, Any]]:
    """Return the violations in the order of their records."""
    return [row.asDict() for row in checked.violations.orderBy("number").collect()]


# -- the report ----------------------------------------------------------------------------------


@pytest.mark.parametrize("partitions", [1, 2, 5])
def test_the_report_is_that_of_one_machine(
    session: SparkSession, check: Any, tmp_path: Path, partitions: int
) -> None:
    """However the rows are parted, the report is that of one file of them."""
    found = check(_frame(session, ROWS, partitions))
    assert found.report == _alone(_file(tmp_path / "t.parquet", ROWS))
    assert found.report.invalid == 98
    assert found.report.unspecified == {"/open": (400, "nobody says what it is")}


def test_parts_may_be_empty(session: SparkSession, check: Any, tmp_path: Path) -> None:
    """Parts without a row change nothing."""
    df = _frame(session, ROWS, 4).where("id between 3 and 9 or id > 80")
    rows = [row for row in ROWS if row[0] is not None and (3 <= row[0] <= 9 or row[0] > 80)]
    assert check(df).report == _alone(_file(tmp_path / "t.parquet", rows))
    few = check(_frame(session, ROWS[:3], 8))
    assert few.report == _alone(_file(tmp_path / "few.parquet", ROWS[:3]))


@pytest.mark.parametrize("partitions", [1, 3])
@pytest.mark.parametrize(
    ("key", "samples"), [("/id", 5), ("/id", 0), ("/secret", 2), ("/flag", 2), ("/open/no", 5)]
)
def test_keys_that_several_records_have_are_found(
    session: SparkSession, check: Any, tmp_path: Path, key: str, samples: int, partitions: int
) -> None:
    """Keys are found twice as on one machine, wherever their records are; none is told if secret.

    That goes for keys that all records have, or none has, as well.
    """
    found = check(_frame(session, ROWS, partitions), key=key, samples=samples).report
    alone = _alone(_file(tmp_path / "t.parquet", ROWS), key=key, samples=samples)
    assert found.duplicates is not None
    assert found.duplicates == alone.duplicates
    assert found == alone


def test_parquet_of_spark_is_read_as_spark_reads_it(
    session: SparkSession, check: Any, tmp_path: Path
) -> None:
    """What Spark writes to a folder is judged alike by Spark before, after, and by one machine."""
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


def test_one_file_is_read_in_its_order(session: SparkSession, check: Any, tmp_path: Path) -> None:
    """Records of a file that Spark parts by itself have the numbers that they have in the file."""
    path = _file(tmp_path / "t.parquet", ROWS)
    session.conf.set("spark.sql.files.maxPartitionBytes", str(path.stat().st_size // 3))
    try:
        df = session.read.parquet(str(path))
        assert df.rdd.getNumPartitions() > 1
        found = check(df, key="/id")
        assert found.report == _alone(path, key="/id")
    finally:
        session.conf.unset("spark.sql.files.maxPartitionBytes")


@pytest.mark.parametrize("partitions", [0, 3])
def test_nothing_is_nothing_found(session: SparkSession, check: Any, partitions: int) -> None:
    """A DataFrame without rows, or even without parts, has a report of no records."""
    parts = session.sparkContext.parallelize([], partitions) if partitions else []
    found = check(session.createDataFrame(parts, SCHEMA), key="/id")
    assert (found.report.records, found.report.violations) == (0, 0)
    assert found.report.duplicates.records == 0
    assert found.violations.count() == 0


def test_all_may_be_refused(session: SparkSession, check: Any, tmp_path: Path) -> None:
    """Every record may break several limits: all are counted, and all are told."""
    rows = [(1, "too long", "Q", "hush-hush", None)] * 50
    found = check(_frame(session, rows, 4))
    assert found.report == _alone(_file(tmp_path / "t.parquet", rows))
    assert (found.report.invalid, found.report.violations) == (50, 150)
    assert found.violations.count() == 150


def test_columns_go_where_they_are_mapped(session: SparkSession, check: Any) -> None:
    """Columns go to their pointers, as for a file, and one that is left out may be anything."""
    df = _frame(session, [("n" * 9, 1)], 1, "a string, b int").selectExpr(
        "a", "interval '1' day AS b"
    )
    found = check(df, columns={"a": "/name", "b": ""})
    assert [tally.id for tally in found.report.tallies] == ["own#/name:maxLength"]


# -- the violations ------------------------------------------------------------------------------


def test_columns_may_have_any_names(session: SparkSession, check: Any) -> None:
    """Names that mean something to Spark, or differ in case alone, are names of attributes."""
    contract = Contract({"properties": {"a.b c`d": {"type": "null"}, "A": {"type": "null"}}})
    checked = check(session.createDataFrame([("x", "y", "z")], ["a.b c`d", "a", "A"]), contract)
    assert [each.code for each in checked.report.tallies] == ["type", "type"]
    pointers = {each.pointer for each in checked.violations.collect()}
    assert pointers == {"/a.b c`d", "/A"}


def test_violations_are_a_frame(session: SparkSession, check: Any) -> None:
    """Each violation is a row: which record breaks what, where, by what, and what to do."""
    found = check(_frame(session, ROWS[:20], 3), key="/id")
    assert found.violations.columns == [
        *("number", "key", "code", "limit", "pointer"),
        *("message", "hint", "says", "actual", "kind"),
    ]
    told = _told(found)
    assert told[0] == {
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
    assert [row["number"] for row in told] == [4, 7, 8, 8, 14, 14]


def test_violations_are_those_of_check(session: SparkSession, check: Any) -> None:
    """What is told of a row is what `Contract.check` tells of the record it stands for."""
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
    assert sorted(tuple(row[name] for name in names) for row in _told(found)) == sorted(expected)


def test_violations_are_written_as_parquet(
    session: SparkSession, check: Any, tmp_path: Path
) -> None:
    """The violations can be written, and read again by whoever reads Parquet."""
    found = check(_frame(session, ROWS, 3))
    found.violations.write.parquet(str(tmp_path / "found"))
    rows = pq.read_table(tmp_path / "found").to_pylist()
    assert len(rows) == found.report.violations
    assert sorted(row["number"] for row in rows) == [row["number"] for row in _told(found)]


def test_what_is_sensitive_is_nowhere(session: SparkSession, check: Any) -> None:
    """No column of what is found, and no part of the report, has a sensitive value."""
    found = check(_frame(session, ROWS, 2), key="/secret")
    rows = [row for row in _told(found) if row["pointer"] == "/secret"]
    assert len(rows) == 8
    assert {(row["key"], row["actual"]) for row in rows} == {(None, None)}
    assert "hush" not in f"{found}{_told(found)}"


def test_a_row_that_is_no_json_is_refused(session: SparkSession, check: Any) -> None:
    """A number that JSON has not makes its row a refused record, whose code says so."""
    rows = [("a", 1.5), ("b", float("nan"))]
    found = check(_frame(session, rows, 1, "name string, cost double"), Contract(True))
    assert found.report.invalid == 1
    assert [(row["number"], row["code"], row["limit"]) for row in _told(found)] == [
        (2, "nonFinite", None)
    ]


def test_rows_are_judged_once(session: SparkSession, check: Any) -> None:
    """Whatever is asked of what was found, the rows are read once."""
    seen = session.sparkContext.accumulator(0)

    def count(batches: Any) -> Any:
        for batch in batches:
            seen.add(batch.num_rows)
            yield batch

    found = check(_frame(session, ROWS, 3).mapInArrow(count, SCHEMA), key="/id")
    assert found.violations.count() == found.report.violations
    assert found.violations.where("code = 'enum'").count() == 40
    assert seen.value == len(ROWS)


def test_what_was_found_can_be_thrown_away(session: SparkSession) -> None:
    """Spark keeps what was found until it may throw it away, and keeps nothing of a failure."""
    kept = session.sparkContext._jsc.sc().getPersistentRDDs
    before = kept().size()
    found = spark.check(_frame(session, ROWS, 2), CONTRACT, key="/id")
    assert kept().size() == before + 1
    violations, report = found
    assert violations.count() == report.violations
    found.unpersist()
    assert kept().size() == before


# -- what cannot be checked ----------------------------------------------------------------------


def test_what_is_wrong_is_told_before_a_row_is_read(session: SparkSession, check: Any) -> None:
    """A contract, a key, columns or types that cannot be are errors here, and not of a worker."""
    df = _frame(session, ROWS[:1], 1)
    with pytest.raises(UnknownName):
        check(df, "nobody/nothing")
    with pytest.raises(TypeError, match="contract is a dict: give a Contract, or a name of one"):
        check(df, {"type": "object"})
    with pytest.raises(ValueError, match="samples is -1, but must be a whole number from 0"):
        check(df, samples=-1)
    with pytest.raises(FieldboundError, match="a key is named by a JSON Pointer"):
        check(df, key="id")
    with pytest.raises(FieldboundError, match="there is no column 'nme'"):
        check(df, columns={"nme": "/name"})
    with pytest.raises(FieldboundError, match=r"/b is of the type duration.*leave the column out"):
        check(df.selectExpr("name", "interval '1' day AS b"))
    with pytest.raises(FieldboundError, match="/b is a map whose keys are of the type int32"):
        check(df.selectExpr("map(1, 2) AS b"))


def test_another_kind_of_frame_is_an_error() -> None:
    """Who gives another table than Spark's is told what takes it."""
    with pytest.raises(TypeError, match=r"not a list: fieldbound\.bulk\.check takes"):
        spark.check([{"a": 1}], CONTRACT)
