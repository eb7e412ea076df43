"""Rows of Arrow tables are converted to records, and Parquet files read in blocks."""

from __future__ import annotations

import datetime as dt
import pickle
import sys
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from fieldbound import Contract, FieldboundError
from fieldbound.bulk import check
from fieldbound.bulk.inputs import parquet
from fieldbound.bulk.inputs.arrow.rows import RowReader, column_tree
from fieldbound.bulk.inputs.blocks import RecordError
from support.tables import table

if TYPE_CHECKING:
    from pathlib import Path

pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")

NOON = dt.datetime(2016, 12, 19, 12, 0, 0)
ROW = pa.schema(
    [
        ("text", pa.string()),
        ("word", pa.dictionary(pa.int8(), pa.string())),
        ("whole", pa.int64()),
        ("flag", pa.bool_()),
        ("many", pa.list_(pa.list_(pa.string()))),
        ("inner", pa.struct([("a", pa.string()), ("b", pa.struct([("c", pa.int8())]))])),
        ("names", pa.map_(pa.string(), pa.int32())),
    ]
)
TEXT = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=3)
WHOLE = st.none() | st.integers(-100, 100)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "text": TEXT,
            "word": TEXT,
            "whole": WHOLE,
            "flag": st.none() | st.booleans(),
            "many": st.none() | st.lists(st.none() | st.lists(TEXT, max_size=2), max_size=3),
            "inner": st.none()
            | st.fixed_dictionaries(
                {"a": TEXT, "b": st.none() | st.fixed_dictionaries({"c": WHOLE})}
            ),
            "names": st.none() | st.dictionaries(st.text("ab", max_size=2), WHOLE, max_size=2),
        }
    ),
    max_size=8,
)


def _rows(schema: Any, columns: dict[str, str] | None = None) -> RowReader:
    return RowReader(schema, column_tree(schema.names, columns))


def _value(kind: Any, values: list[Any]) -> list[Any]:
    """Return the JSON values of values of a type; Ellipsis for an omitted one."""
    batch = pa.record_batch([pa.array(values, kind)], names=["at"])
    records = _rows(batch.schema).records(batch)
    return [each if isinstance(each, RecordError) else each.get("at", ...) for each in records]


def _expected(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without its absent properties."""
    kept = {name: row[name] for name in [*ROW.names, *"abc"] if row.get(name) is not None}
    if kept.get("inner"):
        kept["inner"] = _expected(kept["inner"])
    if kept.get("b"):
        kept["b"] = _expected(kept["b"])
    return kept


def _batch(rows: list[dict[str, Any]]) -> Any:
    lists = [{**row, "names": row["names"] and list(row["names"].items())} for row in rows]
    return pa.RecordBatch.from_pylist(lists, ROW)


def _write(path: Path, count: int = 100, group: int = 30) -> list[dict[str, Any]]:
    rows = [{"number": each, "text": f"row {each}"} for each in range(count)]
    pq.write_table(
        pa.Table.from_pylist(rows, pa.schema([("number", pa.int64()), ("text", pa.string())])),
        path,
        row_group_size=group,
    )
    return rows


def _read(source: parquet.ParquetSource, skip: int = 0) -> list[Any]:
    return [
        value for block in source.blocks(skip) for chunk in block.read() for value in chunk.values
    ]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Split files into blocks of few rows."""
    monkeypatch.setattr(parquet, "BLOCK_ROWS", 7)
    monkeypatch.setattr(parquet, "_MIN_ROWS", 3)


# -- rows ----------------------------------------------------------------------------------------


@given(ROWS, st.data())
def test_rows_are_converted_to_records(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    """A row is an object of its values, in their order, wherever the batch is sliced."""
    batch = _batch(rows)
    start = data.draw(st.integers(0, len(rows)))
    end = data.draw(st.integers(start, len(rows)))
    records = _rows(batch.schema).records(batch.slice(start, end - start))
    assert records == [_expected(row) for row in rows[start:end]]
    assert [list(each) for each in records] == [list(_expected(row)) for row in rows[start:end]]


@given(ROWS)
def test_chunks_have_all_records(rows: list[dict[str, Any]]) -> None:
    """The chunks of a batch have the same records as the batch."""
    batch = _batch(rows)
    values = [value for chunk in _rows(batch.schema).chunks(batch) for value in chunk.values]
    assert values == _rows(batch.schema).records(batch)


def test_chunks_of_large_rows_are_small() -> None:
    """A chunk has as many rows as take little memory, and at least one."""
    batch = pa.record_batch([pa.array(["x" * 400_000] * 10 + ["x" * 4_000_000])], names=["at"])
    sizes = [len(chunk.values) for chunk in _rows(batch.schema).chunks(batch)]
    assert sum(sizes) == 11
    assert 1 <= max(sizes) <= 2


def test_null_rows_are_empty_objects() -> None:
    """A row of nulls is an empty object, and not omitted."""
    batch = pa.record_batch([pa.nulls(2), pa.array([None, None], pa.int8())], names=["a", "b"])
    assert _rows(batch.schema).records(batch) == [{}, {}]


def _cases() -> list[Any]:
    zoned, plain = pa.timestamp("us", "Europe/Berlin"), pa.timestamp("ns")
    utc = NOON.replace(tzinfo=dt.timezone.utc)
    identity = uuid.UUID("12345678-1234-5678-1234-567812345678")
    return [
        (pa.null(), [None], [...]),
        (pa.uint64(), [2**64 - 1, 0, None], [2**64 - 1, 0, ...]),
        (pa.float64(), [0.1, 1.0, None], [0.1, 1.0, ...]),
        (pa.float32(), [0.1, 1e30, None], [0.1, 1e30, ...]),
        (pa.decimal128(20, 2), [Decimal("12.00"), Decimal("12.10"), None], [12, 12.1, ...]),
        (
            pa.decimal256(40, 20),
            [Decimal("1.00000000000000000001"), Decimal(10) ** 19],
            [Decimal("1.00000000000000000001"), 10**19],
        ),
        (pa.date32(), [NOON.date(), None], ["2016-12-19", ...]),
        (pa.date64(), [NOON.date()], ["2016-12-19"]),
        (pa.time32("s"), [dt.time(8, 30)], ["08:30:00"]),
        (pa.time64("us"), [dt.time(8, 30, 0, 250_000), None], ["08:30:00.25", ...]),
        (zoned, [utc, None], ["2016-12-19T12:00:00Z", ...]),
        (plain, [NOON, NOON.replace(microsecond=1)], ["2016-12-19T12:00:00", None]),
        (pa.timestamp("s"), [NOON.replace(second=10)], ["2016-12-19T12:00:10"]),
        (pa.timestamp("ms", "UTC"), [utc.replace(microsecond=10_000)], ["2016-12-19T12:00:00.01Z"]),
        (pa.large_string(), ["ü", None], ["ü", ...]),
        (pa.string_view(), ["ü", None], ["ü", ...]),
        (pa.binary(), ["ü".encode(), None], ["ü", ...]),
        (pa.binary(2), ["ü".encode()], ["ü"]),
        (pa.uuid(), [identity.bytes, None], [str(identity), ...]),
        (pa.list_(pa.int8(), 2), [[1, None], None], [[1, None], ...]),
        (pa.large_list(pa.date32()), [[NOON.date()], []], [["2016-12-19"], []]),
        (pa.list_view(pa.int8()), [[1], None, [2, 3]], [[1], ..., [2, 3]]),
        (pa.map_(pa.string(), pa.float32()), [[("a", 0.1), ("b", None)]], [{"a": 0.1, "b": None}]),
        (
            pa.list_(pa.struct([("a", pa.int8()), ("b", pa.int8())])),
            [[{"a": 1, "b": None}, None]],
            [[{"a": 1}, None]],
        ),
    ]


@table(("kind", "given", "expected"), _cases())
def test_values_are_converted_to_json(kind: Any, given: list[Any], expected: Any) -> None:
    """Values of each type are converted; a null is omitted, but not in a list or a map."""
    if None in expected:
        expected = ["2016-12-19T12:00:00", "2016-12-19T12:00:00.000001"]
    found = _value(kind, given)
    assert found == expected
    assert [type(each) for each in found] == [type(each) for each in expected]


def _halves(values: list[Any]) -> Any:
    halves = pa.array(values, pa.float32()).cast(pa.float16())
    batch = pa.record_batch([halves], names=["at"])
    return [each.get("at", ...) for each in _rows(batch.schema).records(batch)]


@given(st.lists(st.integers(-999, 999)), st.integers(0, 3))
def test_half_floats_are_the_shortest_numbers(numbers: list[int], point: int) -> None:
    """A float of 16 bits is the shortest number that rounds to it: all of three digits differ."""
    decimals = [float(f"{each}e-{point}") for each in numbers]
    assert _halves([*decimals, None]) == [*decimals, ...]


def test_extreme_half_floats_are_numbers() -> None:
    """The greatest and the least float of 16 bits are numbers, to all of their digits."""
    assert _halves([65504.0, -65504.0, 2**-24, 0.0, 2049.0, 1 / 64]) == [
        *(65500.0, -65500.0, 6e-08, 0.0),
        *(2048.0, 0.015625),
    ]


def test_encoded_nulls_are_omitted() -> None:
    """A null in a dictionary, or a run of nulls, is a null."""
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([1, 3]), pa.array([7, None]))
    batch = pa.record_batch([words, runs], names=["word", "run"])
    assert _rows(batch.schema).records(batch) == [{"word": "a", "run": 7}, {}, {}]


def test_columns_are_mapped_to_pointers() -> None:
    """A column is mapped to its pointer or name; empty containers are omitted."""
    names = {
        "a": "/in/x",
        "b": "",
        "c": "/in/deep/y",
        "d": "/list/0",
        "e": "/list/1/z",
        "/g": "/g~1",
    }
    rows = [
        {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "/in/f": 6, "/g": 7, "h": 0},
        {"a": None, "b": 2, "c": None, "d": None, "e": 5, "/in/f": None, "/g": None, "h": 0},
        dict.fromkeys(["a", "b", "c", "d", "e", "/in/f", "/g", "h"]),
    ]
    batch = pa.RecordBatch.from_pylist(rows, pa.schema([(name, pa.int8()) for name in rows[0]]))
    records = _rows(batch.schema, names).records(batch)
    assert records == [
        {"in": {"x": 1, "deep": {"y": 3}, "f": 6}, "list": [4, {"z": 5}], "g/": 7, "h": 0},
        {"list": [{"z": 5}], "h": 0},
        {},
    ]
    assert list(records[0]["in"]) == ["x", "deep", "f"]


def test_the_schema_decides_between_arrays_and_objects() -> None:
    """Numbers in pointers are names if the schema has an object there."""
    wants = Contract({"properties": {"byYear": {"type": "object", "additionalProperties": True}}})
    batch = pa.RecordBatch.from_pylist([{"a": 1}])
    tree = column_tree(["a"], {"a": "/byYear/2016"}, wants)
    assert RowReader(batch.schema, tree).records(batch) == [{"byYear": {"2016": 1}}]


def test_an_omitted_column_may_have_any_type() -> None:
    """A type that is not supported is no error in an omitted column."""
    batch = pa.record_batch([pa.array([1], pa.duration("s")), pa.array([1])], names=["a", "b"])
    assert _rows(batch.schema, {"a": ""}).records(batch) == [{"b": 1}]


def test_column_names_may_have_any_characters(tmp_path: Path) -> None:
    """Dots, quotes and backticks are part of names, and a file may have one column."""
    rows = [{"a.b": 1, "a": {"b": 2}, "`'\"{x}\n\\": 3}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    assert _read(parquet.ParquetSource(tmp_path / "t.parquet")) == rows
    found = _read(parquet.ParquetSource(tmp_path / "t.parquet", {"a": "", "`'\"{x}\n\\": ""}))
    assert found == [{"a.b": 1}]


def test_errors_of_columns_name_the_file(tmp_path: Path) -> None:
    """An invalid column mapping is an error with the name of the file."""
    path = tmp_path / "t.parquet"
    _write(path)
    with pytest.raises(FieldboundError) as raised:
        list(parquet.ParquetSource(path, {"nmber": "/n"}).blocks())
    assert str(raised.value).startswith(f"{path}: unknown column 'nmber'")


NOT_UTF8 = RecordError("encoding", "/at is not UTF-8")
NOT_FINITE = "must be a finite number"


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (
            pa.float64(),
            [1.0, float("nan"), None],
            [1.0, RecordError("nonFinite", f"/at {NOT_FINITE}"), ...],
        ),
        (pa.float32(), [float("-inf")], [RecordError("nonFinite", f"/at {NOT_FINITE}")]),
        (pa.binary(), [b"\xff", b"a"], [NOT_UTF8, "a"]),
        (
            pa.list_(pa.list_(pa.float64())),
            [[[]], [[1.0], [2.0, float("inf")]], [[3.0]]],
            [[[]], RecordError("nonFinite", f"/at/*/* {NOT_FINITE}"), [[3.0]]],
        ),
        (
            pa.list_(pa.struct([("x", pa.float64())])),
            [None, [{"x": 1.0}, {"x": float("inf")}]],
            [..., RecordError("nonFinite", f"/at/*/x {NOT_FINITE}")],
        ),
        (
            pa.map_(pa.string(), pa.int8()),
            [[("a", 1)], [("a", 1), ("a", 2)], [("b", 1), ("a", 2)]],
            [
                {"a": 1},
                RecordError("duplicateKey", "/at has a duplicate key"),
                {"b": 1, "a": 2},
            ],
        ),
        (
            pa.date32(),
            [99_999_999, 0],
            [RecordError("syntax", "/at is out of the range of dates"), "1970-01-01"],
        ),
    ],
    ids=str,
)
def test_values_that_are_not_json_are_record_errors(
    kind: Any, given: list[Any], expected: list[Any]
) -> None:
    """A value that is not JSON makes only its row a RecordError, with the pointer."""
    assert _value(kind, given) == expected


def test_invalid_utf8_is_a_record_error() -> None:
    """Invalid UTF-8 in a string column makes only its row a RecordError."""
    raw = pa.array([b"a", b"\xff", None])
    texts = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    batch = pa.record_batch([texts], names=["at"])
    assert _rows(batch.schema).records(batch) == [{"at": "a"}, NOT_UTF8, {}]


@table(
    ("schema", "message"),
    [
        ([("a", pa.duration("s"))], "/a has the type duration[s], which is not supported"),
        (
            [("a", pa.list_(pa.struct([("b", pa.month_day_nano_interval())])))],
            "/a/*/b has the type",
        ),
        (
            [("a", pa.map_(pa.int8(), pa.int8()))],
            "/a is a map with keys of the type int8, which is not supported",
        ),
        (
            [("a", pa.struct([("metadata", pa.binary()), ("value", pa.binary())]))],
            "/a has the type variant, which is not supported",
        ),
        (  # as it is read if nothing has imported pandas
            [pa.field("a", pa.int64(), metadata={"ARROW:extension:name": "pandas.period"})],
            "/a has the type pandas.period, which is not supported",
        ),
        ([("a", pa.int8()), ("a", pa.int8())], "duplicate column names: 'a'"),
        (
            [("a", pa.struct([("b", pa.int8()), ("b", pa.int8())]))],
            "/a has duplicate fields: 'b'",
        ),
    ],
)
def test_unsupported_schemas_are_errors(schema: Any, message: str) -> None:
    """Unsupported types and duplicate columns are errors before any row is read."""
    with pytest.raises(FieldboundError) as raised:
        _rows(pa.schema(schema))
    assert message in str(raised.value)


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_blocks")
def test_blocks_have_all_rows(tmp_path: Path) -> None:
    """The blocks of a file have its rows in order, and positions that grow to its size."""
    rows = _write(tmp_path / "t.parquet")
    source = parquet.ParquetSource(tmp_path / "t.parquet")
    assert _read(source) == rows
    done = [source.position for _ in source.blocks()]
    assert done == sorted(set(done))
    assert done[-1] == source.size == (tmp_path / "t.parquet").stat().st_size
    assert len(done) == 3 * 5 + 2


@pytest.mark.usefixtures("small_blocks")
def test_blocks_are_read_in_any_order(tmp_path: Path) -> None:
    """A block has the same rows in any process, and after any other block."""
    rows = _write(tmp_path / "t.parquet")
    blocks = list(parquet.ParquetSource(str(tmp_path / "t.parquet")).blocks())
    found = {}
    for at in [*range(0, len(blocks), 2), *reversed(range(1, len(blocks), 2)), 0, 0, 3]:
        block = pickle.loads(pickle.dumps(blocks[at]))  # noqa: S301
        found[at] = [value for chunk in block.read() for value in chunk.values]
    assert [value for at in range(len(blocks)) for value in found[at]] == rows


@pytest.mark.usefixtures("small_blocks")
def test_blocks_can_be_skipped(tmp_path: Path) -> None:
    """The first blocks can be skipped, and the rest is the same."""
    _write(tmp_path / "t.parquet")
    source = parquet.ParquetSource(tmp_path / "t.parquet")
    whole = list(source.blocks())
    for skip in range(len(whole) + 1):
        assert list(source.blocks(skip)) == whole[skip:]
    assert _read(source, 9) == _read(source)[30 + 28 :]


@pytest.mark.usefixtures("small_blocks")
def test_a_changed_file_is_opened_again(tmp_path: Path) -> None:
    """A changed file is not read with a cursor of the old one."""
    path = tmp_path / "t.parquet"
    _write(path)
    list(next(parquet.ParquetSource(path).blocks()).read())
    path.unlink()
    rows = _write(path, count=40)
    assert _read(parquet.ParquetSource(path), 1) == rows[7:]


@pytest.mark.usefixtures("small_blocks")
def test_each_contract_reads_its_own_columns(tmp_path: Path) -> None:
    """A block is not read with a cursor of another contract, by which other columns are valid."""
    _write(tmp_path / "t.parquet")

    def blocks(most: int) -> Any:
        contract = Contract({"type": "object", "properties": {"number": {"maximum": most}}})
        return parquet.ParquetSource(tmp_path / "t.parquet", None, contract).blocks()

    def read(block: Any) -> list[str]:
        return [name for chunk in block.read() for name in chunk.batch.schema.names]

    loose, (_, second, *_) = blocks(99), blocks(9)
    assert "number" not in read(next(loose))
    assert "number" in read(second)


def test_a_table_without_rows_has_no_blocks(tmp_path: Path) -> None:
    """A file without rows has no records."""
    _write(tmp_path / "t.parquet", count=0)
    assert list(parquet.ParquetSource(tmp_path / "t.parquet").blocks()) == []


def test_folders_are_read_as_one_source(tmp_path: Path) -> None:
    """The files of a folder are read in the order of their names, without markers."""
    rows = _write(tmp_path / "part-1.parquet") + _write(tmp_path / "part-2.parquet", count=5)
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / ".part-1.parquet.crc").write_bytes(b"crc")
    source = parquet.ParquetSource(tmp_path)
    assert _read(source) == rows
    assert list(source.blocks())
    assert source.position == source.size


def test_row_groups_are_read_in_batches(tmp_path: Path) -> None:
    """Large row groups take little memory."""
    path = tmp_path / "t.parquet"
    texts = [f"{each:07d}" * 20 for each in range(100_000)]
    table = pa.table({f"c{at}": texts for at in range(4)})
    pq.write_table(table, path, use_dictionary=False, compression="none")
    size, usual = path.stat().st_size, pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    del table
    pa.set_memory_pool(pool)
    try:
        count = sum(len(p.values) for b in parquet.ParquetSource(path).blocks() for p in b.read())
    finally:
        pa.set_memory_pool(usual)
    assert count == 100_000
    assert 0 < pool.max_memory() < size / 4


def test_int96_timestamps_are_instants(tmp_path: Path) -> None:
    """An INT96 timestamp, as Spark writes it, is an instant, in a list as well."""
    schema = pa.schema(
        [
            ("at", pa.timestamp("us")),
            ("in", pa.struct([("a", pa.int64()), ("b", pa.list_(pa.timestamp("us")))])),
            ("map", pa.map_(pa.string(), pa.int64())),
        ]
    )
    rows = [{"at": NOON, "in": {"a": 1, "b": [NOON]}, "map": [("k", 1)]}]
    table = pa.Table.from_pylist(rows, schema)
    path = tmp_path / "t.parquet"
    pq.write_table(table, path, use_deprecated_int96_timestamps=True)
    noon = "2016-12-19T12:00:00Z"
    expected = [{"at": noon, "in": {"a": 1, "b": [noon]}, "map": {"k": 1}}]
    assert _read(parquet.ParquetSource(path)) == expected


# -- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is not a Parquet file"),
        (b'{"a": 1}\n', "is not a Parquet file"),
        (b"PAR1 and so on", "is truncated or still being written"),
        (b"PARE and so on PARE", "is encrypted: decrypt it first"),
        (b"PAR1", "is corrupt: "),
        (b"PAR1" + b"?" * 90 + b"PAR1", "is corrupt: "),
    ],
)
def test_invalid_files_are_errors(tmp_path: Path, data: bytes, message: str) -> None:
    """A file that is not Parquet, truncated, encrypted or corrupt is an error with its name."""
    path = tmp_path / "t.parquet"
    path.write_bytes(data)
    with pytest.raises(FieldboundError) as raised:
        list(parquet.ParquetSource(path).blocks())
    assert str(raised.value).startswith(f"{path} {message}")


def test_a_corrupt_page_is_an_error(tmp_path: Path) -> None:
    """Rows that cannot be decompressed are an error, and never fewer rows."""
    path = tmp_path / "t.parquet"
    _write(path, count=1000, group=1000)
    data = bytearray(path.read_bytes())
    data[4:200] = b"\xff" * 196
    path.write_bytes(data)
    with pytest.raises(FieldboundError, match=r"is corrupt: ."):
        _read(parquet.ParquetSource(path))


def _error_of(path: Path, contract: Contract, records: int) -> str | None:
    """Return the error of a file, None if it has so many records."""
    try:
        found = check(path, contract, workers=1).records
    except FieldboundError as error:
        return str(error)
    return None if found == records else f"{found} records"


def test_whatever_is_wrong_in_pages_is_an_error_of_the_file(tmp_path: Path) -> None:
    """A wrong bit gives other values, or the error that the file is corrupt, wherever it is."""
    path, kind = tmp_path / "t.parquet", pa.dictionary(pa.int32(), pa.string())
    words = ["x" * (at % 5) for at in range(60)]
    columns = {
        "few": pa.array(words),
        "list": pa.array([[each] for each in words], pa.list_(kind)),
        "object": pa.array([{"a": each} for each in words], pa.struct([("a", kind)])),
        "valid": pa.array([at % 2 for at in range(60)], pa.int64()),  # read for invalid rows only
    }
    pq.write_table(pa.table(columns), path, compression="none", write_statistics=["valid"])
    data, text = path.read_bytes(), {"maxLength": 3}
    inner = {"list": {"items": text}, "object": {"properties": {"a": text}}}
    contract = Contract({"properties": {"few": text, "valid": {"maximum": 1}, **inner}})
    footer = len(data) - int.from_bytes(data[-8:-4], "little") - 8
    errors = set()
    for at in range(4, footer, 3):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :])
        errors.add(_error_of(path, contract, 60))
    errors -= {None}
    assert not [each for each in errors if not each.startswith(f"{path} is corrupt: ")]
    assert any("out of bounds" in each for each in errors)


def test_wrong_types_of_a_row_group_are_an_error(tmp_path: Path) -> None:
    """A row group of other types than the file is an error: its statistics end the process."""
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": pa.array([1], pa.int64())}), path)
    # the type of a column, and the list of its encodings
    before, int64, after = path.read_bytes().rpartition(b"\x15\x04\x19")
    assert int64
    path.write_bytes(before + b"\x15\x06\x19" + after)
    with pytest.raises(FieldboundError, match=r"is corrupt: the types of a row group"):
        list(parquet.ParquetSource(path, None, Contract({"properties": {"a": {}}})).blocks())


def test_a_missing_file_is_an_oserror(tmp_path: Path) -> None:
    """A missing file is an OSError."""
    with pytest.raises(FileNotFoundError):
        parquet.ParquetSource(tmp_path / "t.parquet")


def test_a_removed_file_is_an_oserror(tmp_path: Path) -> None:
    """A file that is removed before it is read is an OSError."""
    _write(tmp_path / "t.parquet")
    blocks = list(parquet.ParquetSource(tmp_path / "t.parquet").blocks())
    (tmp_path / "t.parquet").unlink()
    with pytest.raises(FileNotFoundError):
        list(blocks[0].read())


def test_folders_without_parquet_are_errors(tmp_path: Path) -> None:
    """A folder without Parquet files, or with partition folders, is an error."""
    (tmp_path / "notes.txt").touch()
    with pytest.raises(FieldboundError, match=r"has no \.parquet files"):
        parquet.ParquetSource(tmp_path)
    (tmp_path / "year=2016").mkdir()
    with pytest.raises(FieldboundError, match="has partition folders such as year=2016"):
        parquet.ParquetSource(tmp_path)


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow, the error names the extra to install."""
    _write(tmp_path / "t.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(FieldboundError, match=r"install .*fieldbound\[parquet\]"):
        list(parquet.ParquetSource(tmp_path / "t.parquet").blocks())
