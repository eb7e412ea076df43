"""Rows of tables that are valid by their columns are counted as if each were checked."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given, strategies as st

from fieldbound import BrokenContract, Contract, Unspecified
from fieldbound.bulk import check, table_rows
from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.counts import Counts
from fieldbound.bulk.inputs import parquet
from fieldbound.bulk.inputs.arrow import doubtful_values, rows as arrow_rows
from fieldbound.bulk.inputs.arrow.rows import BLOCK_ROWS, RowReader, column_tree
from fieldbound.bulk.inputs.blocks import BatchBlock, RecordError, ValuesBlock
from fieldbound.bulk.inputs.parquet import ParquetSource
from fieldbound.bulk.keys import KeyExtractor
from support.schema_strategies import DEFINITIONS, DIALECTS, KEYWORDS, NAMES, OBJECTS, made

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from fieldbound.model import Violation

pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")

WORDS = st.sampled_from(["", "a", "bb", "ccc", "x:1", "\u00fc", "\U0001f600" * 3, "2016-12-19"])
BYTES = st.sampled_from([b"a", b"\xff", b"\xed\xa0\x80", "\u00fc".encode()])
DATES = st.sampled_from(
    [
        *("2016-12-19T00:00:00Z", "2016-02-30T00:00:00Z", "2016-02-29T23:59:59+01:00"),
        *("2016-12-31T23:59:60Z", "2016-12-19T24:00:00Z", "2016-12-19T00:00:00.5Z"),
        *("2016-12-19 00:00:00Z", "2016-12-19t00:00:00z", "2016-12-19T13:14:15.07+00"),
        *("2016-12-19T00:00:00+0100", "2016-12-19", "2016-12-32", "19/12/2016"),
    ]
)
FLOATS = st.sampled_from([0.0, -0.0, 0.5, 1.0, 2.5, 1e300, float("nan"), float("inf")])
NOON = dt.datetime(2016, 12, 19, 12, 0, 0)


def _from_bytes(values: list[Any]) -> Any:
    """Return strings that may not be UTF-8, as Arrow does not verify it."""
    found = pa.array(values, pa.binary())
    return pa.Array.from_buffers(pa.string(), len(found), found.buffers())


def _of(kind: Any) -> Any:
    return lambda values: pa.array(values, kind)


def _encoded(values: list[Any]) -> Any:
    return pa.array(values, pa.string()).dictionary_encode()


def _encoded_nulls(values: list[Any]) -> Any:
    return pa.array(values, pa.string()).dictionary_encode(null_encoding="encode")


def _with_more_words(values: list[Any]) -> Any:
    encoded = _encoded(values)
    words = pa.concat_arrays([encoded.dictionary, pa.array([f"word {at}" for at in range(9)])])
    return pa.DictionaryArray.from_arrays(encoded.indices, words)


def _encoded_views(values: list[Any]) -> Any:
    encoded = _encoded(values)
    return pa.DictionaryArray.from_arrays(
        encoded.indices, encoded.dictionary.cast(pa.string_view())
    )


def _lists_of_encoded_views(values: list[Any]) -> Any:
    return pa.ListArray.from_arrays(
        pa.array(range(len(values) + 1), pa.int32()), _encoded_views(values)
    )


def _objects_of_encoded_views(values: list[Any]) -> Any:
    return pa.StructArray.from_arrays([_encoded_views(values)], ["a"])


def _in_runs_of(create: Any) -> Any:
    return lambda values: pa.RunEndEncodedArray.from_arrays(
        pa.array(range(1, len(values) + 1), pa.int32()), create(values)
    )


def _in_runs(values: list[Any]) -> Any:
    return pa.RunEndEncodedArray.from_arrays(
        pa.array(range(1, len(values) + 1), pa.int32()), pa.array(values, pa.int64())
    )


INNER = pa.struct([("a", pa.string()), ("b", pa.list_(pa.int8())), ("c", pa.float64())])
INNER_VALUES = st.fixed_dictionaries(
    {
        "a": st.none() | WORDS,
        "b": st.none() | st.lists(st.none() | st.integers(0, 3), max_size=2),
        "c": st.none() | FLOATS,
    }
)

COLUMN_NAMES = [*(name for name in NAMES if name), "d", "e"]
#: What makes a column, and the values it is made of.
COLUMNS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    *[
        (_of(kind), words)
        for kind in (pa.string(), pa.large_string(), pa.string_view())
        for words in (WORDS, DATES)
    ],
    *[(each, WORDS | DATES) for each in (_encoded, _encoded_nulls, _with_more_words)],
    *[
        (each, WORDS | DATES)
        for each in (
            *(_encoded_views, _lists_of_encoded_views, _objects_of_encoded_views),
            *(
                _in_runs_of(_of(pa.string_view())),
                _in_runs_of(_encoded),
                _in_runs_of(_encoded_views),
            ),
        )
    ],
    (_from_bytes, BYTES),
    *[(_of(kind), BYTES) for kind in (pa.binary(), pa.binary_view())],
    *[(_of(kind), st.integers(0, 3)) for kind in (pa.int8(), pa.uint16(), pa.int64())],
    (_in_runs, st.integers(0, 3)),
    (_of(pa.uint64()), st.sampled_from([0, 1, 2**63 - 1, 2**63, 2**64 - 1])),
    *[(_of(kind), FLOATS) for kind in (pa.float32(), pa.float64())],
    (lambda values: pa.array(values, pa.float32()).cast(pa.float16()), FLOATS),
    (
        _of(pa.decimal128(30, 2)),
        st.sampled_from(["1.00", "1.25", "12345678901234567890.1"]).map(Decimal),
    ),
    (_of(pa.bool_()), st.booleans()),
    (_of(pa.null()), st.none()),
    (_of(pa.date32()), st.sampled_from([NOON.date()])),
    (lambda values: pa.array(values, pa.int32()).cast(pa.date32()), st.sampled_from([0, 9**9])),
    (_of(pa.timestamp("ms", "UTC")), st.sampled_from([NOON.replace(tzinfo=dt.timezone.utc)])),
    (_of(pa.timestamp("us")), st.sampled_from([NOON, NOON.replace(microsecond=10)])),
    *[
        (_of(kind), st.lists(st.none() | WORDS | DATES, max_size=2))
        for kind in (
            *(pa.list_(pa.string()), pa.large_list(pa.string()), pa.list_(pa.string_view())),
            *(pa.list_view(pa.string()), pa.list_(pa.dictionary(pa.int8(), pa.string()))),
        )
    ],
    (_of(pa.list_(pa.int8(), 2)), st.lists(st.integers(0, 3), min_size=2, max_size=2)),
    (_of(pa.list_(pa.list_(pa.int8()))), st.lists(st.none() | st.lists(st.integers(0, 3)))),
    (_of(pa.struct([("a", pa.string())])), st.fixed_dictionaries({"a": st.none() | WORDS})),
    (_of(INNER), st.none() | INNER_VALUES),
    (_of(pa.list_(INNER)), st.lists(st.none() | INNER_VALUES, max_size=2)),
    (
        _of(pa.map_(pa.string(), pa.int8())),
        st.lists(st.tuples(st.sampled_from("aab"), st.none()), max_size=2),
    ),
]
#: Formats and patterns beside the other keywords, and contracts that are typical.
LEAVES = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "integer", "number", "boolean"])
        | st.lists(st.sampled_from(["string", "integer", "null"]), min_size=1, unique=True),
        "maxLength": st.integers(0, 3),
        "minLength": st.integers(0, 2),
        "format": st.sampled_from(["date", "date-time", "int32", "email"]),
        "pattern": st.sampled_from(["^a", "^[^:]*$"]),
        "enum": st.lists(WORDS | st.integers(0, 2) | st.none(), min_size=1, max_size=4),
        "const": WORDS,
        "minimum": st.sampled_from([0, 0.5, 1, -1]),
        "exclusiveMaximum": st.sampled_from([1, 2, 2.5, 2**63]),
        "multipleOf": st.sampled_from([1, 2, 0.5]),
        "not": st.just({}),
        **KEYWORDS,
    },
)


def _is_documented(schema: Any) -> bool:
    return "x-unspecified" not in schema


def _nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    arrays = st.fixed_dictionaries(
        {}, optional={"type": st.just("array"), "items": leaves, "maxItems": st.integers(0, 2)}
    )
    objects = st.fixed_dictionaries(
        {"properties": st.dictionaries(st.sampled_from("abc"), leaves, max_size=3)},
        optional={
            "type": st.just("object"),
            "additionalProperties": st.booleans(),
            "required": st.lists(st.sampled_from("abc"), unique=True, max_size=2),
        },
    )
    return leaves | arrays | objects


TYPICAL = st.fixed_dictionaries(
    {
        "type": st.just("object"),
        "properties": st.dictionaries(
            st.sampled_from(NAMES), LEAVES | _nested(_nested(LEAVES)), max_size=5
        ),
        "additionalProperties": st.booleans() | LEAVES.filter(_is_documented),
        "required": st.lists(st.sampled_from(NAMES), unique=True, max_size=2),
        "patternProperties": st.dictionaries(
            st.sampled_from(["^a", "."]), LEAVES.filter(_is_documented), max_size=1
        ),
    }
)


@st.composite
def batches(draw: st.DrawFn) -> Any:
    """Return a batch of columns of all types, which may be a slice of a longer one."""
    rows = draw(st.sampled_from([12, 5, 1, 0]))
    columns = {}
    for name in draw(st.lists(st.sampled_from(COLUMN_NAMES), unique=True, min_size=1, max_size=5)):
        create, values = draw(st.sampled_from(COLUMNS))
        nulls = draw(st.sampled_from([st.nothing(), st.none()]))
        few = draw(st.lists(values, min_size=1, max_size=3))
        columns[name] = create(
            draw(st.lists(st.sampled_from(few) | nulls, min_size=rows, max_size=rows))
        )
    batch = pa.record_batch(list(columns.values()), names=list(columns))
    return batch.slice(draw(st.sampled_from([0, 1, 3])), draw(st.sampled_from([12, 3])))


TEXTS = st.sampled_from(["", "a", "bb", "ccc", "\u00fc\u00fc", "\U0001f600" * 3])
OF_TEXTS = st.fixed_dictionaries(
    {"type": st.just("string")},
    optional={"maxLength": st.integers(1, 4), "minLength": st.integers(0, 2)},
)
OF_NUMBERS = st.sampled_from(
    [{"type": "integer", "maximum": 2}, {"minimum": 1}, {"enum": [0, 3]}, {"multipleOf": 2}]
)
OF_INNER = st.fixed_dictionaries(
    {"properties": st.fixed_dictionaries({"a": OF_TEXTS, "b": st.just({"maxItems": 1})})},
    optional={"required": st.sampled_from([["a"], ["b", "c"]])},
)


def _arrays(items: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"items": items}, optional={"maxItems": st.just(1)})


#: What makes a column, its values, and schemas by which some of these are valid.
PAIRS: list[tuple[Any, st.SearchStrategy[Any], st.SearchStrategy[Any]]] = [
    *[
        (each, TEXTS, OF_TEXTS | st.just({"enum": ["a", "bb"]}))
        for each in (
            *(_of(pa.string()), _of(pa.large_string())),
            *(_encoded, _with_more_words, _encoded_views),
        )
    ],
    *[
        (each, DATES, st.sampled_from([{"format": "date-time"}, {"format": "date"}]))
        for each in (_of(pa.string()), _of(pa.large_string()), _encoded)
    ],
    (_of(pa.int64()), st.integers(0, 3), OF_NUMBERS),
    (_of(INNER), INNER_VALUES, OF_INNER),
    (_of(pa.list_(INNER)), st.lists(st.none() | INNER_VALUES, max_size=2), _arrays(OF_INNER)),
    *[
        (_of(pa.list_(kind)), st.lists(st.none() | TEXTS, max_size=2), _arrays(OF_TEXTS))
        for kind in (pa.string(), pa.dictionary(pa.int8(), pa.string()))
    ],
]


@given(st.data())
def test_valid_columns_are_those_of_valid_records(data: st.DataObject) -> None:
    """A row is valid as its record is, where all is documented and many values are valid."""
    columns, properties = {}, {}
    for name in "abcdefgh":
        create, values, schemas = data.draw(st.sampled_from(PAIRS))
        nulls = data.draw(st.sampled_from([st.nothing(), st.none()]))
        columns[name] = create(data.draw(st.lists(values | nulls, min_size=6, max_size=6)))
        properties[name] = data.draw(schemas)
    contract = Contract({"properties": properties, "additionalProperties": False})
    batch = pa.record_batch(list(columns.values()), names=list(columns)).slice(1)
    for name in columns:  # each by itself, as most rows have another mistake
        one = batch.select([name])
        reader = RowReader(one.schema, column_tree([name]))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(table_rows, "_MIN_VALID", 1)
            checker, found, _ = _counts(
                contract, [BatchBlock(reader, one, BLOCK_ROWS)], None, 2, reported=False
            )
        expected = sum(
            each.__class__ is RecordError or not contract.is_valid(each)
            for each in reader.records(one)
        )
        assert (found.records, found.invalid) == (one.num_rows, expected)
        assert checker.report(found, None).invalid == expected


Invalid: TypeAlias = "list[tuple[int, Any, Sequence[Violation]]]"


def _counts(
    contract: Contract, blocks: list[Any], key: str | None, samples: int, *, reported: bool
) -> tuple[BlockChecker, Counts, Invalid]:
    extractor = None if key is None else KeyExtractor(key, contract)
    invalid: Invalid = []
    checker = BlockChecker(
        contract,
        key_extractor=extractor,
        samples=samples,
        on_invalid=(lambda *each: invalid.append(each)) if reported else None,
    )
    total = Counts()
    for block in blocks:
        counts = checker.check(block, total.fully_sampled(samples))
        total.keys += counts.keys
        total.merge(counts, samples)
    return checker, total, invalid


@given(
    st.sampled_from(DIALECTS[:2]),
    st.one_of(TYPICAL, TYPICAL, OBJECTS),
    DEFINITIONS,
    batches(),
    st.sampled_from([None, "/a", "/in/x"]),
    st.integers(0, 15),
)
def test_columns_are_counted_as_records(
    dialect: str | None,
    schema: Any,
    definitions: Any,
    batch: Any,
    key: str | None,
    options: int,
) -> None:
    """The counts of a batch are those of its records, whatever the schema and the types.

    So are those of the same batch once more, and what is reported of each invalid record.
    """
    try:
        contract = made(dialect, schema, definitions)
        contract.is_valid({})
    except (BrokenContract, Unspecified):
        return
    inner, reported, sampled, few = (bool(options >> at & 1) for at in range(4))
    mapped = {"d": "/in/x", "e": "/in/y"} if inner else {}
    columns = {name: at for name, at in mapped.items() if name in batch.schema.names}
    reader = RowReader(batch.schema, column_tree(batch.schema.names, columns))
    how = {"key": key, "samples": 2 * sampled, "reported": reported}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_rows, "_MIN_VALID", 1)  # however many rows are in doubt
        if few:
            patch.setattr(doubtful_values, "_FEW", 0)
        checker, found, invalid = _counts(contract, [BatchBlock(reader, batch)] * 3, **how)
    records = ValuesBlock(reader.records(batch))
    other, expected, expected_invalid = _counts(contract, [records] * 3, **how)
    assert checker.report(found, None) == other.report(expected, None)
    assert found.keys == expected.keys
    assert found.missing_keys == expected.missing_keys
    assert repr(invalid) == repr(expected_invalid)


ORDERS = Contract(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 9},
            "kind": {"type": ["string", "null"], "maxLength": 6},
            "flag": {"enum": ["Y", "N"]},
            "number": {"type": "integer", "minimum": 0, "maximum": 2900},
            "day": {"type": "string", "format": "date"},
            "at": {"type": "string", "format": "date-time"},
            "place": {
                "type": "object",
                "properties": {"city": {"type": "string", "maxLength": 6}},
                "required": ["city"],
            },
            "lines": {"type": "array", "maxItems": 2, "items": {"type": "integer", "minimum": 0}},
        },
        "required": ["name"],
        "additionalProperties": False,
    }
)


def _order(at: int) -> dict[str, Any]:
    """Return a row, which is valid, or invalid in one of several ways."""
    return {
        "name": None if at % 500 == 499 else f"name {at}",
        "kind": None if at % 3 else f"kind{at % 7}" + "x" * (at % 50 == 0),
        "flag": "y" if at % 400 == 7 else "YN"[at % 2],
        "number": at,
        "day": f"2016-{1 + at % 12:02}-{1 + at % 31:02}",
        "at": f"2016-{1 + at % 12:02}-{1 + at % 31:02}T10:00:{at % 60:02}"
        + ("Z", "+01:00")[at % 2],
        "place": None if at % 5 else {"city": f"city {at % 200}" if at % 45 else None},
        "lines": None if at % 4 else [at - 20] * (at % 3 + 2 * (at % 300 == 8)),
        "more": None if at % 600 else "x",
    }


@pytest.mark.parametrize("key", ["/name", "/number"])
def test_a_parquet_file_is_counted_as_its_records(tmp_path: Path, key: str) -> None:
    """Columns of all kinds, of few and of many values, are counted as those of records."""
    rows = list(map(_order, range(3000)))
    path = tmp_path / "rows.parquet"
    table = pa.Table.from_pylist(rows)
    pq.write_table(table, path, row_group_size=1600)
    records = [{name: at for name, at in row.items() if at is not None} for row in rows]
    for record in records:
        if "place" in record and record["place"]["city"] is None:
            record["place"] = {}
    expected = check(records, ORDERS, key=key)
    assert expected.invalid > 300
    assert len(expected.tallies) == 10
    for each in (table, path):
        assert replace(check(each, ORDERS, key=key), name=None) == expected
    outputs = {f"{verdict}_out": str(tmp_path / verdict) for verdict in ("valid", "invalid")}
    assert replace(check(path, ORDERS, key=key, **outputs), name=None) == expected


def test_columns_that_are_valid_by_statistics_are_not_read(tmp_path: Path) -> None:
    """Of integers between two valid ones, and of nulls, rows have no columns, unless requested."""
    path = tmp_path / "rows.parquet"
    rows = [{**_order(at), "more": None} for at in range(3000)]
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=1600)
    chunks = [
        chunk for block in ParquetSource(path, None, ORDERS).blocks() for chunk in block.read()
    ]
    names = [chunk.batch.schema.names for chunk in chunks]
    assert ["number" in each for each in names] == [False, True]  # some are over the maximum
    assert not any("more" in each for each in names)
    only = tmp_path / "only.parquet"
    pq.write_table(pa.table({"number": [1, 2, None]}), only)
    contract = Contract({"type": "object", "properties": {"number": {"maximum": 2}}})
    assert check(only, contract).records == 3
    assert check(only, contract, key="/number").duplicates.missing == 1


def test_strings_of_a_long_table_are_measured_in_some_blocks(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The strings of the first rows are measured, and of some after them; all rows are checked."""
    for module in (table_rows, arrow_rows, parquet):
        monkeypatch.setattr(module, "BLOCK_ROWS", 4)
    contract = Contract({"properties": {"a": {"type": "string", "maxLength": 3}}})
    table = pa.table({"a": ["x" * (1 + at % 4) for at in range(80)]})
    pq.write_table(table, tmp_path / "rows.parquet")
    for each in (table, tmp_path / "rows.parquet"):
        report = check(each, contract)
        assert (report.records, report.invalid) == (80, 20)
        assert report.measured == 3 * 4
        assert sum((*report.lengths[0].parts, *report.lengths[0].beyond)) == 3 * 4


def test_a_parquet_file_does_not_import_pandas(tmp_path: Path) -> None:
    """Pandas, which is slow to import, is not imported to check the columns of a file."""
    rows = [_order(at) for at in range(1, 400)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet")
    code = f"""\
import sys
from fieldbound import Contract
from fieldbound.bulk import check
report = check({str(tmp_path / "rows.parquet")!r}, Contract({ORDERS.schema!r}))
print(report.records, sum(name == "pandas" for name in sys.modules))
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert found.stdout.split() == [b"399", b"0"]
