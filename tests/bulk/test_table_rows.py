"""Rows of tables that are valid by their columns are counted as if each were checked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, strategies as st

from fieldbound import BrokenContract, Contract, Unspecified
from fieldbound.bulk import check, table_rows
from fieldbound.bulk.block_checker import BlockChecker
from fieldbound.bulk.inputs.arrow_rows import RowReader, column_tree
from fieldbound.bulk.inputs.blocks import BatchBlock, ValuesBlock
from fieldbound.bulk.keys import KeyExtractor
from support.schema_strategies import DEFINITIONS, DIALECTS, KEYWORDS, NAMES, OBJECTS, made

if TYPE_CHECKING:
    from pathlib import Path

    from fieldbound.bulk.counts import Counts

pa = pytest.importorskip("pyarrow", reason="the extra parquet is not installed")
pq = pytest.importorskip("pyarrow.parquet", reason="the extra parquet is not installed")

WORDS = st.sampled_from(["", "a", "bb", "ccc", "x:1", "\u00fc", "\U0001f600" * 3, "2016-12-19"])
BYTES = st.sampled_from([b"a", b"\xff", b"\xed\xa0\x80", "\u00fc".encode()])
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


def _in_runs(values: list[Any]) -> Any:
    return pa.RunEndEncodedArray.from_arrays(
        pa.array(range(1, len(values) + 1), pa.int32()), pa.array(values, pa.int64())
    )


COLUMN_NAMES = [*(name for name in NAMES if name), "d", "e"]
#: What makes a column, and the values it is made of.
COLUMNS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    *[(_of(kind), WORDS) for kind in (pa.string(), pa.large_string(), pa.string_view())],
    *[(each, WORDS) for each in (_encoded, _encoded_nulls, _with_more_words)],
    (_from_bytes, BYTES),
    *[(_of(kind), BYTES) for kind in (pa.binary(), pa.binary_view())],
    *[(_of(kind), st.integers(0, 3)) for kind in (pa.int8(), pa.uint16(), pa.int64())],
    (_in_runs, st.integers(0, 3)),
    (_of(pa.uint64()), st.sampled_from([0, 1, 2**63 - 1, 2**63, 2**64 - 1])),
    *[(_of(kind), FLOATS) for kind in (pa.float32(), pa.float64())],
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
    (_of(pa.list_(pa.string())), st.lists(st.none() | WORDS, max_size=2)),
    (_of(pa.struct([("a", pa.string())])), st.fixed_dictionaries({"a": st.none() | WORDS})),
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


TYPICAL = st.fixed_dictionaries(
    {
        "type": st.just("object"),
        "properties": st.dictionaries(st.sampled_from(NAMES), LEAVES, max_size=5),
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


def _counts(contract: Contract, block: Any, key: str | None) -> tuple[BlockChecker, Counts]:
    extractor = None if key is None else KeyExtractor(key, contract)
    checker = BlockChecker(contract, key_extractor=extractor, samples=2)
    return checker, checker.check(block)


@given(
    st.sampled_from(DIALECTS[:2]),
    st.one_of(TYPICAL, TYPICAL, OBJECTS),
    DEFINITIONS,
    batches(),
    st.sampled_from([None, "/a", "/in/x"]),
    st.booleans(),
)
def test_columns_are_counted_as_records(
    dialect: str | None,
    schema: Any,
    definitions: Any,
    batch: Any,
    key: str | None,
    inner: bool,
) -> None:
    """The counts of a batch are those of its records, whatever the schema and the types."""
    try:
        contract = made(dialect, schema, definitions)
        contract.is_valid({})
    except (BrokenContract, Unspecified):
        return
    mapped = {"d": "/in/x", "e": "/in/y"} if inner else {}
    columns = {name: at for name, at in mapped.items() if name in batch.schema.names}
    reader = RowReader(batch.schema, column_tree(batch.schema.names, columns))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table_rows, "_MIN_VALID", 1)  # however many rows are in doubt
        checker, found = _counts(contract, BatchBlock(reader, batch), key)
    other, expected = _counts(contract, ValuesBlock(reader.records(batch)), key)
    assert checker.report(found, None) == other.report(expected, None)
    assert found.keys == expected.keys
    assert found.missing_keys == expected.missing_keys


def test_a_parquet_file_is_counted_as_its_records(tmp_path: Path) -> None:
    """Columns of few and of many values, lengths and keys are counted as those of records."""
    contract = Contract(
        {
            "type": "object",
            "properties": {
                "name": {"type": "string", "maxLength": 9},
                "kind": {"type": ["string", "null"], "maxLength": 6},
                "flag": {"enum": ["Y", "N"]},
                "number": {"type": "integer", "minimum": 0, "maximum": 2900},
                "day": {"type": "string", "format": "date"},
            },
            "required": ["name"],
            "additionalProperties": False,
        }
    )
    rows = [
        {
            "name": None if at % 500 == 499 else f"name {at}",
            "kind": None if at % 3 else f"kind{at % 7}" + "x" * (at % 50 == 0),
            "flag": "y" if at % 400 == 7 else "YN"[at % 2],
            "number": at,
            "day": f"2016-{1 + at % 12:02}-{1 + at % 30:02}",
            "more": None if at % 600 else "x",
        }
        for at in range(3000)
    ]
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=1600)
    records = [{name: at for name, at in row.items() if at is not None} for row in rows]
    expected = check(records, contract, key="/name")
    assert expected.invalid > 100
    for table in (pa.Table.from_pylist(rows), path):
        found = check(table, contract, key="/name")
        assert replace(found, name=None) == expected
