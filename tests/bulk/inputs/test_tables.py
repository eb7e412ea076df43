"""Tables in memory: their rows are records, never the names of their columns."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fieldbound import Contract, FieldboundError
from fieldbound.bulk import check
from support.tables import table as table_of_examples

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


@pytest.fixture
def few_rows_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Split tables and files into blocks of few rows."""
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    from fieldbound.bulk.inputs import parquet
    from fieldbound.bulk.inputs.arrow import rows

    for module in (rows, parquet):
        monkeypatch.setattr(module, "BLOCK_ROWS", 7)
    monkeypatch.setattr(parquet, "_MIN_ROWS", 3)


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


@pytest.mark.usefixtures("few_rows_at_a_time")
@pytest.mark.parametrize("numbers", [range(5, 205, 2), range(300, 0, -3)])
def test_an_index_that_is_a_range_is_as_others(tmp_path: Path, numbers: range) -> None:
    """A range, of which Arrow and Parquet have no column, gives the report of its numbers."""
    pandas = pytest.importorskip("pandas")
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")
    limit = {"type": "integer", "minimum": 20, "maximum": 190}
    contract = Contract(
        {"properties": {"id": limit, "a": {}}, "required": ["id"], "additionalProperties": False}
    )
    path, found = tmp_path / "rows.parquet", []
    for given in (numbers, [*numbers]):
        index = pandas.Index(given, name="id")
        frame = pandas.DataFrame({"a": ["x"] * 100}, index=index)
        frame.to_parquet(path, row_group_size=30)
        assert ("id" in parquet.read_schema(path).names) == (given is not numbers)
        mapped = check(path, contract, columns={"id": "/id", "a": ""})
        found += [replace(check(each, contract), name=None) for each in (frame, path)]
        assert mapped.invalid == found[-1].invalid > 1
    assert found[1:] == found[:-1]
    some = frame.loc[numbers[10:30]]
    assert (some.index.name, check(some, contract).records) == ("id", 20)


def test_a_range_of_other_rows_is_no_index(tmp_path: Path) -> None:
    """Some rows of what has been a data frame have no index, nor does a table of Arrow."""
    pandas = pytest.importorskip("pandas")
    pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    parquet = pytest.importorskip("pyarrow.parquet")
    frame = pandas.DataFrame({"a": ["x", "y"]}, index=pandas.RangeIndex(2, name="id"))
    table, path = pa.Table.from_pandas(frame), tmp_path / "rows.parquet"
    parquet.write_table(table.slice(1), path)
    for each in (table, path):
        assert check(each, CONTRACT).ok
    assert not check(frame, CONTRACT).ok
    of_columns = pandas.DataFrame({"a": ["x"]}, index=pandas.RangeIndex(7, 8, name="a"))
    assert check(of_columns, CONTRACT).ok


_RANGE = {"name": "id", "start": 0, "stop": 1, "step": 1}


@table_of_examples(
    ("metadata",),
    [
        *(("{",), ("[]",), ("[" * 100_000,), ("{}",)),
        *[
            (json.dumps({"index_columns": each}),)
            for each in (
                *(["id"], [{"name": "id", "start": 0, "stop": 1}], [_RANGE, "b"]),
                *([{**_RANGE, "name": None}], [{**_RANGE, "name": []}]),
                *([{**_RANGE, "step": 0}], [{**_RANGE, "start": "0"}]),
                *([{**_RANGE, "start": -(2**80)}], [{**_RANGE, "start": -(2**63) + 1}]),
                *([{**_RANGE, "start": 2**63, "stop": 2**63 + 1}], [{**_RANGE, "stop": 2}]),
            )
        ],
    ],
)
def test_metadata_that_is_no_range_is_of_no_concern(metadata: str) -> None:
    """A file may have any metadata where pandas has its index."""
    pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    from fieldbound.bulk.inputs.arrow.range_index import range_index

    found, expected = (
        range_index(pa.schema([("a", pa.int8())], {"pandas": each}), 1)
        for each in (metadata, json.dumps({"index_columns": [_RANGE]}))
    )
    assert found is None
    assert expected == ("id", range(1))


def test_categories_of_polars_are_strings() -> None:
    """A category is a string, by itself, in lists and objects, and in an undocumented column."""
    polars = pytest.importorskip("polars")
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    text = {"type": "string", "maxLength": 3}
    for kind in (polars.Categorical, polars.Enum(["ab", "abcd"])):
        words = polars.Series("a", ["ab", "abcd", None, "ab"], dtype=kind)
        objects = polars.DataFrame({"x": words}).to_struct("a")
        lists = polars.Series("a", [[each] for each in words], dtype=polars.List(kind))
        for column, schema in (
            (words, text),
            (lists, {"items": {"maxLength": 3}}),
            (objects, {"properties": {"x": text}}),
        ):
            frame = polars.DataFrame({"a": column, "more": column})
            report = check(frame, Contract({"properties": {"a": schema}}))
            assert (report.records, report.invalid) == (4, 1), (kind, schema)


def test_periods_are_not_supported(tmp_path: Path) -> None:
    """A period of pandas, which is stored as a number, is an error, in a file as well."""
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    message = r"/a has the type pandas\.period, which is not supported: convert it to a string"
    frame = pandas.DataFrame({"a": pandas.period_range("2016-12", periods=2, freq="M")})
    frame.to_parquet(tmp_path / "rows.parquet")
    for each in (frame, frame.set_index("a"), tmp_path / "rows.parquet"):
        with pytest.raises(FieldboundError, match=message):
            check(each, CONTRACT)


def test_what_has_columns_and_no_rows_is_an_error() -> None:
    """A table whose rows cannot be read is a TypeError that says what to pass."""
    with pytest.raises(TypeError, match=r"not a Frame, which has columns: pass its rows as dicts"):
        check(Frame(ROWS), CONTRACT)
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
    with pytest.raises(TypeError, match=r"cannot read the rows of the DataFrame: .*; pass its"):
        check(pandas.DataFrame({"a": [1, "x"]}), CONTRACT)
    with pytest.raises(TypeError, match=r"cannot read the rows of the DataFrame: .*; pass its"):
        check(pandas.DataFrame({"a": [1, 2**64]}), CONTRACT)


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
