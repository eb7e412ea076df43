"""Rows of Arrow tables are the records they stand for, and Parquet gives them block by block."""

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
from fieldbound.bulk.inputs import parquet
from fieldbound.bulk.inputs.arrow_rows import Rows, plan_of
from fieldbound.bulk.inputs.blocks import Flaw

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


def _rows(schema: Any, columns: dict[str, str] | None = None) -> Rows:
    return Rows(schema, plan_of(schema.names, columns))


def _value(kind: Any, values: list[Any]) -> list[Any]:
    """Return what values of a type become, each in an object of its own; Ellipsis: left out."""
    batch = pa.record_batch([pa.array(values, kind)], names=["at"])
    records = _rows(batch.schema).records(batch)
    return [each if isinstance(each, Flaw) else each.get("at", ...) for each in records]


def _expected(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without the nulls that stand for what is absent."""
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


def _read(source: parquet.Parquet, first: int = 0) -> list[Any]:
    return [
        value
        for _, block in source.blocks(first)
        for piece in block.read()
        for value in piece.values
    ]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make blocks of few rows."""
    monkeypatch.setattr(parquet, "_BLOCK", 7)
    monkeypatch.setattr(parquet, "ROWS", 3)
    monkeypatch.setattr(parquet, "_FEWEST", 3)


# -- rows ----------------------------------------------------------------------------------------


@given(ROWS, st.data())
def test_a_row_is_the_record_it_stands_for(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    """A row is an object of what is there, in its order, wherever the batch is sliced."""
    batch = _batch(rows)
    start = data.draw(st.integers(0, len(rows)))
    end = data.draw(st.integers(start, len(rows)))
    records = _rows(batch.schema).records(batch.slice(start, end - start))
    assert records == [_expected(row) for row in rows[start:end]]
    assert [list(each) for each in records] == [list(_expected(row)) for row in rows[start:end]]


@given(ROWS)
def test_pieces_are_the_batch(rows: list[dict[str, Any]]) -> None:
    """The pieces of a batch have the same records as the batch."""
    batch = _batch(rows)
    pieces = [value for piece in _rows(batch.schema).pieces(batch) for value in piece.values]
    assert pieces == _rows(batch.schema).records(batch)


def test_large_rows_come_few_at_a_time() -> None:
    """A piece holds as many rows as take little memory, and one at least."""
    batch = pa.record_batch([pa.array(["x" * 400_000] * 10 + ["x" * 4_000_000])], names=["at"])
    sizes = [len(piece.values) for piece in _rows(batch.schema).pieces(batch)]
    assert sum(sizes) == 11
    assert 1 <= max(sizes) <= 2


def test_no_columns_are_empty_objects() -> None:
    """A row of nothing but nulls is an object without members, and not left out."""
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


@pytest.mark.parametrize(("kind", "given", "expected"), _cases(), ids=str)
def test_a_value_is_the_json_it_stands_for(kind: Any, given: list[Any], expected: Any) -> None:
    """Each type has a JSON value; a null is left out, but not of a list or a map."""
    if None in expected:
        expected = ["2016-12-19T12:00:00", "2016-12-19T12:00:00.000001"]
    found = _value(kind, given)
    assert found == expected
    assert [type(each) for each in found] == [type(each) for each in expected]


def test_a_float_of_few_bits_is_a_number() -> None:
    """A float of 16 bits is a number as well."""
    batch = pa.record_batch([pa.array([1.5], pa.float32()).cast(pa.float16())], names=["at"])
    assert _rows(batch.schema).records(batch) == [{"at": 1.5}]


def test_a_null_that_is_encoded_is_left_out() -> None:
    """A null among what a dictionary encodes, or a run of nulls, is a null."""
    words = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    runs = pa.RunEndEncodedArray.from_arrays(pa.array([1, 3]), pa.array([7, None]))
    batch = pa.record_batch([words, runs], names=["word", "run"])
    assert _rows(batch.schema).records(batch) == [{"word": "a", "run": 7}, {}, {}]


def test_columns_go_where_they_are_mapped() -> None:
    """A column goes to its pointer or to its name; what comes to nothing is left out."""
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


def test_the_contract_tells_arrays_from_objects() -> None:
    """Numbers in pointers are names where the contract wants an object."""
    wants = Contract({"properties": {"byYear": {"type": "object", "additionalProperties": True}}})
    batch = pa.RecordBatch.from_pylist([{"a": 1}])
    plan = plan_of(["a"], {"a": "/byYear/2016"}, wants)
    assert Rows(batch.schema, plan).records(batch) == [{"byYear": {"2016": 1}}]


def test_a_column_that_is_left_out_may_be_of_any_type() -> None:
    """A type without a JSON value does no harm in a column that is left out."""
    batch = pa.record_batch([pa.array([1], pa.duration("s")), pa.array([1])], names=["a", "b"])
    assert _rows(batch.schema, {"a": ""}).records(batch) == [{"b": 1}]


def test_a_column_may_have_any_name(tmp_path: Path) -> None:
    """Dots, quotes and backticks in names are part of them, and a file may have one column."""
    rows = [{"a.b": 1, "a": {"b": 2}, "`'\"{x}\n\\": 3}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    assert _read(parquet.Parquet(tmp_path / "t.parquet")) == rows
    found = _read(parquet.Parquet(tmp_path / "t.parquet", {"a": "", "`'\"{x}\n\\": ""}))
    assert found == [{"a.b": 1}]


def test_a_file_whose_columns_cannot_be_mapped_is_named(tmp_path: Path) -> None:
    """What is wrong with a mapping of columns is told with the name of the file."""
    path = tmp_path / "t.parquet"
    _write(path)
    with pytest.raises(FieldboundError) as raised:
        list(parquet.Parquet(path, {"nmber": "/n"}).blocks())
    assert str(raised.value).startswith(f"{path}: there is no column 'nmber'")


NO_UTF8 = Flaw("encoding", "/at is not UTF-8")
NO_NUMBER = "is no finite number, and JSON has no other"


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (
            pa.float64(),
            [1.0, float("nan"), None],
            [1.0, Flaw("nonFinite", f"/at {NO_NUMBER}"), ...],
        ),
        (pa.float32(), [float("-inf")], [Flaw("nonFinite", f"/at {NO_NUMBER}")]),
        (pa.binary(), [b"\xff", b"a"], [NO_UTF8, "a"]),
        (
            pa.list_(pa.list_(pa.float64())),
            [[[]], [[1.0], [2.0, float("inf")]], [[3.0]]],
            [[[]], Flaw("nonFinite", f"/at/*/* {NO_NUMBER}"), [[3.0]]],
        ),
        (
            pa.list_(pa.struct([("x", pa.float64())])),
            [None, [{"x": 1.0}, {"x": float("inf")}]],
            [..., Flaw("nonFinite", f"/at/*/x {NO_NUMBER}")],
        ),
        (
            pa.map_(pa.string(), pa.int8()),
            [[("a", 1)], [("a", 1), ("a", 2)], [("b", 1), ("a", 2)]],
            [{"a": 1}, Flaw("duplicateKey", "/at has the same name twice"), {"b": 1, "a": 2}],
        ),
        (
            pa.date32(),
            [99_999_999, 0],
            [Flaw("syntax", "/at is beyond the calendar"), "1970-01-01"],
        ),
    ],
    ids=str,
)
def test_a_row_that_is_no_json_is_a_flaw(kind: Any, given: list[Any], expected: list[Any]) -> None:
    """What has no JSON value makes its row a flaw that says where, and no other row."""
    assert _value(kind, given) == expected


def test_a_text_that_is_no_utf8_is_a_flaw() -> None:
    """A text column whose bytes are no UTF-8 costs only the rows that have such bytes."""
    raw = pa.array([b"a", b"\xff", None])
    texts = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    batch = pa.record_batch([texts], names=["at"])
    assert _rows(batch.schema).records(batch) == [{"at": "a"}, NO_UTF8, {}]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ([("a", pa.duration("s"))], "/a is of the type duration[s], which has no JSON value"),
        ([("a", pa.list_(pa.struct([("b", pa.month_day_nano_interval())])))], "/a/*/b is of the"),
        ([("a", pa.map_(pa.int8(), pa.int8()))], "/a is a map whose keys are of the type int8"),
        ([("a", pa.int8()), ("a", pa.int8())], "columns are named 'a' more than once"),
        (
            [("a", pa.struct([("b", pa.int8()), ("b", pa.int8())]))],
            "/a has more than one member named 'b'",
        ),
    ],
)
def test_a_table_that_is_no_json_is_an_error(schema: Any, said: str) -> None:
    """A type without a JSON value, and two columns of one name, are told before any row is read."""
    with pytest.raises(FieldboundError) as raised:
        _rows(pa.schema(schema))
    assert said in str(raised.value)


# -- files ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
def test_blocks_have_every_row_once(tmp_path: Path) -> None:
    """The blocks of a file have its rows in their order, and what is read grows to its size."""
    rows = _write(tmp_path / "t.parquet")
    source = parquet.Parquet(tmp_path / "t.parquet")
    assert _read(source) == rows
    done = [read for read, _ in source.blocks()]
    assert done == sorted(set(done))
    assert done[-1] == source.size == (tmp_path / "t.parquet").stat().st_size
    assert len(done) == 3 * 5 + 2


@pytest.mark.usefixtures("small")
def test_blocks_are_read_in_any_order(tmp_path: Path) -> None:
    """A block gives the same rows whenever, wherever, and after whatever it is read."""
    rows = _write(tmp_path / "t.parquet")
    blocks = [block for _, block in parquet.Parquet(str(tmp_path / "t.parquet")).blocks()]
    found = {}
    for at in [*range(0, len(blocks), 2), *reversed(range(1, len(blocks), 2)), 0, 0, 3]:
        block = pickle.loads(pickle.dumps(blocks[at]))  # noqa: S301
        found[at] = [value for piece in block.read() for value in piece.values]
    assert [value for at in range(len(blocks)) for value in found[at]] == rows


@pytest.mark.usefixtures("small")
def test_blocks_can_be_left_out(tmp_path: Path) -> None:
    """The first blocks can be left out, and the rest is as it was."""
    _write(tmp_path / "t.parquet")
    source = parquet.Parquet(tmp_path / "t.parquet")
    whole = list(source.blocks())
    for first in range(len(whole) + 1):
        assert list(source.blocks(first)) == whole[first:]
    assert _read(source, 9) == _read(source)[30 + 28 :]


@pytest.mark.usefixtures("small")
def test_a_file_that_has_changed_is_opened_anew(tmp_path: Path) -> None:
    """Reading does not go on in what a file was before."""
    path = tmp_path / "t.parquet"
    _write(path)
    list(next(parquet.Parquet(path).blocks())[1].read())
    path.unlink()
    rows = _write(path, count=40)
    assert _read(parquet.Parquet(path), 1) == rows[7:]


def test_a_table_without_rows_has_no_blocks(tmp_path: Path) -> None:
    """A file of no rows is a file of no records."""
    _write(tmp_path / "t.parquet", count=0)
    assert list(parquet.Parquet(tmp_path / "t.parquet").blocks()) == []


def test_a_folder_is_read_as_one(tmp_path: Path) -> None:
    """The files of a folder are read in the order of their names, what marks it done is not."""
    rows = _write(tmp_path / "part-1.parquet") + _write(tmp_path / "part-2.parquet", count=5)
    (tmp_path / "_SUCCESS").touch()
    (tmp_path / ".part-1.parquet.crc").write_bytes(b"crc")
    source = parquet.Parquet(tmp_path)
    assert _read(source) == rows
    assert list(source.blocks())[-1][0] == source.size


def test_a_row_group_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    """However large a row group is, little of it is held at a time."""
    path = tmp_path / "t.parquet"
    texts = [f"{each:07d}" * 20 for each in range(100_000)]
    table = pa.table({f"c{at}": texts for at in range(4)})
    pq.write_table(table, path, use_dictionary=False, compression="none")
    size, usual = path.stat().st_size, pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    del table
    pa.set_memory_pool(pool)
    try:
        count = sum(len(p.values) for _, b in parquet.Parquet(path).blocks() for p in b.read())
    finally:
        pa.set_memory_pool(usual)
    assert count == 100_000
    assert 0 < pool.max_memory() < size / 4


def test_instants_of_the_old_kind_are_instants(tmp_path: Path) -> None:
    """A time in 96 bits, as Spark writes it, is an instant, in a list as well."""
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
    assert _read(parquet.Parquet(path)) == expected


# -- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no Parquet file: it does not begin as one"),
        (b'{"a": 1}\n', "is no Parquet file: it does not begin as one"),
        (b"PAR1 and so on", "is cut off or still being written"),
        (b"PARE and so on PARE", "is encrypted: decrypt it first"),
        (b"PAR1", "is damaged and cannot be read further: "),
        (b"PAR1" + b"?" * 90 + b"PAR1", "is damaged and cannot be read further: "),
    ],
)
def test_what_is_no_parquet_is_an_error(tmp_path: Path, data: bytes, said: str) -> None:
    """A file that is no Parquet, or not the whole of one, is told as what it is, by its name."""
    path = tmp_path / "t.parquet"
    path.write_bytes(data)
    with pytest.raises(FieldboundError) as raised:
        list(parquet.Parquet(path).blocks())
    assert str(raised.value).startswith(f"{path} {said}")


def test_a_damaged_page_is_an_error(tmp_path: Path) -> None:
    """Rows that cannot be unpacked are an error when they are read, and never fewer rows."""
    path = tmp_path / "t.parquet"
    _write(path, count=1000, group=1000)
    data = bytearray(path.read_bytes())
    data[4:200] = b"\xff" * 196
    path.write_bytes(data)
    with pytest.raises(FieldboundError, match=r"is damaged and cannot be read further: ."):
        _read(parquet.Parquet(path))


def test_a_missing_file_is_an_oserror(tmp_path: Path) -> None:
    """A file that is not there is told by the system's own error."""
    with pytest.raises(FileNotFoundError):
        parquet.Parquet(tmp_path / "t.parquet")


def test_a_file_that_goes_away_is_an_oserror(tmp_path: Path) -> None:
    """A file that is removed before it is read is told by the system's own error."""
    _write(tmp_path / "t.parquet")
    blocks = list(parquet.Parquet(tmp_path / "t.parquet").blocks())
    (tmp_path / "t.parquet").unlink()
    with pytest.raises(FileNotFoundError):
        list(blocks[0][1].read())


def test_a_folder_of_something_else_is_an_error(tmp_path: Path) -> None:
    """A folder without such files, or with folders that may stand for columns, is told."""
    (tmp_path / "notes.txt").touch()
    with pytest.raises(FieldboundError, match=r"has no file in it whose name ends in \.parquet"):
        parquet.Parquet(tmp_path)
    (tmp_path / "year=2016").mkdir()
    with pytest.raises(FieldboundError, match="has folders in it, as year=2016, whose names may"):
        parquet.Parquet(tmp_path)


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow, what to install is said."""
    _write(tmp_path / "t.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(FieldboundError, match=r"install .*fieldbound\[parquet\]"):
        list(parquet.Parquet(tmp_path / "t.parquet").blocks())
