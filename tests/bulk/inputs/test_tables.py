"""Tables in memory: their rows are records, never the names of their columns."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from fieldbound import Contract, FieldboundError
from fieldbound.bulk import check

if TYPE_CHECKING:
    from pathlib import Path

CONTRACT = Contract(
    {
        "type": "object",
        "properties": {"a": {"type": "string", "maxLength": 2}, "n": {"type": "integer"}},
        "required": ["a"],
        "additionalProperties": False,
    }
)
ROWS = [{"a": "x", "n": 1}, {"a": "long", "n": None}, {"a": "y", "n": 3}]


class Frame:
    """A stand-in of a data frame, whose iteration gives the names of its columns."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.columns = list(rows[0])
        self._rows = rows

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)


class DictFrame(Frame):
    """One that returns its rows as pandas does."""

    def to_dict(self, orient: str = "dict") -> Any:
        """Return the rows, or the columns."""
        return self._rows if orient == "records" else {}


class ArrowFrame:
    """One that has the protocol of Arrow, and nothing else."""

    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows[0])

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as a stream of Arrow."""
        import pyarrow

        return pyarrow.Table.from_pylist(self._rows).__arrow_c_stream__(requested_schema)


def frames(library: str) -> Any:
    """Return what makes a table of rows, by the name of its library; skip without it."""
    if library == "dict":
        return DictFrame
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    if library == "arrow":
        return ArrowFrame
    module = pytest.importorskip(library)
    if library == "pyarrow":
        return module.Table.from_pylist
    return module.DataFrame


@pytest.mark.parametrize("library", ["dict", "arrow", "pyarrow", "pandas", "polars"])
def test_the_rows_of_a_table_are_records(library: str) -> None:
    """Each row is a record, in which a missing cell is omitted."""
    report = check(frames(library)(ROWS), CONTRACT, key="/a")
    assert (report.records, report.invalid) == (3, 1)
    assert [each.id for each in report.tallies] == ["schema#/a:maxLength"]
    assert [(each.number, each.key) for each in report.tallies[0].samples] == [(2, '"long"')]


@pytest.mark.parametrize("library", ["arrow", "pyarrow", "pandas", "polars"])
def test_columns_are_mapped(library: str) -> None:
    """Columns are mapped to JSON Pointers, as those of a file."""
    table = frames(library)([{"Name": "x", "skip": 1}])
    assert check(table, CONTRACT, columns={"Name": "/a", "skip": ""}).ok
    with pytest.raises(FieldboundError, match="unknown column 'b'"):
        check(table, CONTRACT, columns={"b": "/a"})
    with pytest.raises(FieldboundError, match="columns are only mapped for"):
        check(DictFrame(ROWS), CONTRACT, columns={"a": "/a"})


def test_the_batches_of_arrow_are_tables() -> None:
    """A batch and a reader of batches have rows as well."""
    pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    batch = pa.RecordBatch.from_pylist(ROWS)
    for table in (batch, pa.RecordBatchReader.from_batches(batch.schema, [batch, batch])):
        report = check(table, CONTRACT)
        assert report.records == 3 * report.invalid > 0


def test_columns_may_be_views_and_have_metadata(tmp_path: Path) -> None:
    """Data frames export views of strings, and files of them have metadata."""
    pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    schema = pa.schema([("a", pa.string_view())], metadata={"pandas": "{}"})
    table = pa.table([pa.array(["x", "long"], pa.string_view())], schema=schema)
    path = tmp_path / "rows.parquet"
    parquet.write_table(table.cast(schema.set(0, pa.field("a", pa.string()))), path)
    assert parquet.read_schema(path).metadata
    for each in (table, path):
        report = check(each, CONTRACT)
        assert (report.records, report.invalid) == (2, 1)


def test_a_lazy_frame_has_rows() -> None:
    """The rows of a lazy frame are records, whatever its version of polars can do with it."""
    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    report = check(polars.LazyFrame(ROWS), CONTRACT)
    assert (report.records, report.invalid) == (3, 1)
    assert check(polars.LazyFrame(ROWS).filter(polars.col("n") < 0), CONTRACT).records == 0

    class LazyFrame:
        columns = ("a", "n")

        def collect(self) -> Any:
            return polars.DataFrame(ROWS)

    assert check(LazyFrame(), CONTRACT) == report


def test_datasets_of_pyarrow_are_tables(tmp_path: Path) -> None:
    """The rows of a dataset, and of its scanner, are records."""
    pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    dataset = pytest.importorskip("pyarrow.dataset")
    table = pa.Table.from_pylist(ROWS)
    for at in range(2):
        dataset.write_dataset(table, tmp_path / f"part={at}", format="parquet")
    for found in (dataset.dataset(tmp_path), dataset.dataset(tmp_path).scanner()):
        report = check(found, CONTRACT)
        assert (report.records, report.invalid) == (6, 2)
    assert check(dataset.dataset(table), CONTRACT, columns={"n": ""}).records == 3


def test_a_relation_of_duckdb_is_a_table() -> None:
    """The rows of a query of DuckDB are records."""
    duckdb = pytest.importorskip("duckdb")
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    query = "SELECT * FROM (VALUES ('x', 1), ('long', NULL)) AS given(a, n)"
    report = check(duckdb.sql(query), CONTRACT)
    assert (report.records, report.invalid) == (2, 1)


def test_the_index_of_a_data_frame() -> None:
    """An index is a column if it has a name, and of no concern otherwise."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    frame = pandas.DataFrame(ROWS[::2])
    assert check(frame, CONTRACT).ok
    assert check(frame.iloc[[1, 0]], CONTRACT).ok
    assert check(frame.set_index("a"), CONTRACT).ok
    assert not check(frame.set_index("a").reset_index(drop=True), CONTRACT).ok


def test_what_has_columns_and_no_rows_is_an_error() -> None:
    """A table whose rows cannot be read is a TypeError that says what to pass."""
    with pytest.raises(TypeError, match=r"not a Frame, which has columns: pass its rows as dicts"):
        check(Frame(ROWS), CONTRACT)
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    with pytest.raises(TypeError, match=r"cannot read the rows of the DataFrame: .*; pass its"):
        check(pandas.DataFrame({"a": [1, "x"]}), CONTRACT)


def test_without_pyarrow_an_arrow_table_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow, the error names the extra to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(TypeError, match=r"install fieldbound\[parquet\], or pass its rows"):
        check(ArrowFrame(ROWS), CONTRACT)


def test_a_series_is_a_sequence_of_values() -> None:
    """What has one type is no table: its values are records, nulls in them included."""
    pandas = pytest.importorskip("pandas")
    report = check(pandas.Series([{"a": None}, {"a": "x"}]), CONTRACT)
    assert (report.records, report.invalid) == (2, 1)
    assert report.tallies[0].code == "type"


def test_records_may_have_a_method_named_columns() -> None:
    """An iterable with a method of that name, as a database's result has, gives its values."""

    class Result:
        def columns(self) -> list[str]:
            return ["a"]

        def __iter__(self) -> Iterator[Any]:
            return iter(ROWS[::2])

    assert check(Result(), CONTRACT).records == 2
