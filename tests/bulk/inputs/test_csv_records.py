"""CSV files: the records of their rows, their places, and errors."""

from __future__ import annotations

import csv
import gzip
import io
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import fieldbound
import fieldbound.bulk
from fieldbound.bulk.inputs import blocks, compression, csv_records
from fieldbound.bulk.inputs.blocks import CellsChunk, RecordError, RowTextsChunk, TextsChunk
from fieldbound.bulk.inputs.compression import ByteInput
from fieldbound.bulk.inputs.csv_records import CsvSource
from fieldbound.bulk.inputs.sources import source_of
from fieldbound.model.errors import FieldboundError
from support.effort import examples
from support.tables import table

BOM = b"\xef\xbb\xbf"
CONTRACT = fieldbound.Contract(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "integer"},
            "price": {"type": ["number", "null"]},
            "flag": {"type": "boolean"},
            "tags": {"type": "array", "items": {"type": "integer"}},
            "address": {"type": "object", "properties": {"zip": {"type": "integer"}}},
            "years": {"type": "object", "additionalProperties": {"type": "number"}},
        },
    }
)


def csv_source(text: bytes, columns: dict[str, str] | None = None, **options: Any) -> CsvSource:
    """Return the source of CSV in a stream."""
    return CsvSource(ByteInput(io.BytesIO(text)), columns, options.pop("contract", None), **options)


def chunks_of(block: Any) -> Iterator[Any]:
    """Yield the chunks of a block, with records instead of rows."""
    for chunk in block.read():
        if isinstance(chunk, RowTextsChunk):
            for part in chunk.split():
                yield part.values() if isinstance(part, CellsChunk) else part
        else:
            yield chunk


def read(source: Any) -> list[tuple[Any, bytes, int, int]]:
    """Read all rows: record, bytes, offset and line; a row that is too long has no record."""
    found: list[Any] = []
    for block in source.blocks():
        for chunk in chunks_of(pickle.loads(pickle.dumps(block))):  # noqa: S301
            if isinstance(chunk, TextsChunk):
                found.append(("too long", None, chunk.offsets[0], chunk.places[0][0]))
            else:
                found += zip(*filter(None, chunk), strict=True)
    return found


def records(text: bytes, columns: dict[str, str] | None = None, **options: Any) -> list[Any]:
    """Return the records of CSV."""
    return [each[0] for each in read(csv_source(text, columns, **options))]


# -- rows ----------------------------------------------------------------------------------------


@given(
    st.lists(st.lists(st.text('a",;\t\n\r\u00e4', max_size=5), min_size=2, max_size=2), max_size=8),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 20),
)
@settings(max_examples=examples(200))
def test_written_csv_is_read_again(
    rows: list[list[str]], delimiter: str, end: str, size: int
) -> None:
    """Each row has its cells, bytes, offset and line, wherever the text is split."""
    texts = []
    for row in [["one", "two"], *rows]:
        out = io.StringIO(newline="")
        # Not every writer quotes a carriage return, though it may be read as the end of a line.
        quoting = csv.QUOTE_ALL if "\r" in "".join(row) else csv.QUOTE_MINIMAL
        csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerow(row)
        texts.append(out.getvalue().encode())
    expected, before = [], texts[0]
    for raw, row in zip(texts[1:], rows, strict=True):
        record = {name: cell for name, cell in zip(("one", "two"), row, strict=True) if cell}
        expected.append((record, raw, len(before), 1 + before.count(b"\n")))
        before += raw
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "READ_SIZE", size)
        patch.setattr(blocks, "BLOCK_SIZE", 20)
        assert read(csv_source(before, delimiter=delimiter)) == expected


@given(st.text('a",\n\r', max_size=40), st.integers(1, 10))
@settings(max_examples=examples(300))
def test_rows_do_not_depend_on_the_read_size(text: str, size: int) -> None:
    """No bytes but blank lines are lost, whatever the text and the read size."""
    raw = b"one,two\n" + text.encode()
    whole = read(csv_source(raw))
    shown = b"".join(each[1] for each in whole)
    assert shown.replace(b"\n", b"").replace(b"\r", b"") == text.encode().replace(
        b"\n", b""
    ).replace(b"\r", b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "READ_SIZE", size)
        assert read(csv_source(raw)) == whole


INVALID_ROWS = {
    "too few cells": (b"1\n", "syntax", "1 cell where the header has 2"),
    "too many cells": (b"1,2,3\n", "syntax", "3 cells where the header has 2"),
    "no UTF-8": (b"\xff,2\n", "encoding", "invalid UTF-8: save the file as UTF-8"),
    "extra data after a cell": (
        b'"a"b,2\n',
        "syntax",
        'extra data after the closing " of a cell: write "" for a " in it',
    ),
    "a carriage return alone": (
        b"1\r2,3\n",
        "syntax",
        "carriage return without line feed in an unquoted cell: end lines with a line feed",
    ),
}


@table("case", INVALID_ROWS)
def test_an_invalid_row_is_one_record(case: str) -> None:
    """An invalid row is reported, and the rows around it are read."""
    row, code, detail = INVALID_ROWS[case]
    found = read(csv_source(b"a,b\n1,2\n" + row + b"3,4\n"))
    assert [each[0] for each in found] == [
        {"a": "1", "b": "2"},
        RecordError(code, detail),
        {"a": "3", "b": "4"},
    ]
    assert found[1][1:] == (row, 8, 3)


def test_an_unclosed_quotation_mark_is_reported() -> None:
    """A file that ends within a quoted cell is truncated, and its last row invalid."""
    source = csv_source(b'a,b\n1,2\n3,"4\n5,6\n')
    found = read(source)
    error = RecordError("syntax", 'unclosed quoted cell: expected "')
    assert found[1:] == [(error, b'3,"4\n5,6\n', 8, 3)]
    assert source.cut_off is not None
    assert source.cut_off.startswith("the file ends within a quoted cell")


def test_quotation_marks_in_unquoted_cells() -> None:
    """A quotation mark in an unquoted cell is an ordinary character."""
    assert records(b'a,b\n12" pipe,1\nx,2\n') == [{"a": '12" pipe', "b": "1"}, {"a": "x", "b": "2"}]


def test_blank_lines_are_skipped() -> None:
    """A blank line is not a record, but counts as a line."""
    found = read(csv_source(b"a\n\n1\n\r\n2"))
    assert [(each[0], each[2], each[3]) for each in found] == [
        ({"a": "1"}, 3, 3),
        ({"a": "2"}, 7, 5),
    ]


def test_long_cells_are_read() -> None:
    """A cell longer than the limit of the csv module is read, and the limit restored."""
    before = csv.field_size_limit()
    long = b"x" * (before + 1)
    assert records(b"a\n" + long + b"\n") == [{"a": long.decode()}]
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("rest", [b"", b'"\n3,4\n', b'"\r\n'])
def test_rows_that_are_too_long_are_not_read(rest: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that is too long is skipped, and the places after it are correct."""
    monkeypatch.setattr(compression, "READ_SIZE", 16)
    monkeypatch.setattr(blocks, "MAX_RECORD_SIZE", 100)
    text = b'a,b\n1,2\n3,"' + b"x\n" * 300 + rest
    expected = [({"a": "1", "b": "2"}, b"1,2\n", 4, 2), ("too long", None, 8, 3)]
    if rest.endswith(b"3,4\n"):
        expected.append(({"a": "3", "b": "4"}, b"3,4\n", len(text) - 4, 304))
    assert read(csv_source(text)) == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_detected(delimiter: str) -> None:
    """The delimiter is the most frequent one in the header, outside quoted cells."""
    header = f'"a,;,;\t\t\t"{delimiter}b{delimiter}c\n'
    assert records(f"{header}1{delimiter}2{delimiter}3\n".encode()) == [
        {"a,;,;\t\t\t": "1", "b": "2", "c": "3"}
    ]


def test_byte_order_mark_and_carriage_returns() -> None:
    """A byte order mark and carriage returns are not part of names or cells."""
    source = csv_source(BOM + b'"a";b\r\n1;2\r\n')
    assert source.valid_format.prefix == BOM + b'"a";b\r\n'
    assert read(source) == [({"a": "1", "b": "2"}, b"1;2\r\n", 10, 2)]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.csv.gz"])
def test_csv_is_detected_by_the_file_name(name: str, tmp_path: Path) -> None:
    """CSV, also compressed or with tabs, is detected by the file name."""
    delimiter = b"\t" if "tsv" in name else b","
    text = b"a;x" + delimiter + b"size\n1" + delimiter + b"2\n"
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    source = source_of(tmp_path / name, contract=CONTRACT)
    assert [each[0] for each in read(source)] == [{"a;x": "1", "size": 2}]
    assert read(source) == read(source)


def test_chunks_have_a_limited_number_of_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk has a limited number of cells, or one row, and the rows are the same."""
    text = b"a,b,c\n" + b"".join(b"%d,x,y\n" % at for at in range(7))
    whole = read(csv_source(text))
    sizes = []
    for cells in (1, 6, 100):
        monkeypatch.setattr(csv_records, "_CHUNK_CELLS", cells)
        chunks = [each for block in csv_source(text).blocks() for each in chunks_of(block)]
        sizes.append([len(chunk.values) for chunk in chunks if chunk.values])
        assert read(csv_source(text)) == whole
    assert sizes == [[1] * 7, [2, 2, 2, 1], [7]]


def test_blocks_can_be_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skipping the first blocks yields the others, with the same places."""
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 50)
    text = b"a\n" + b"".join(b"%d\n" % n for n in range(300))

    def blocks_after(skip: int) -> list[list[Any]]:
        chunks = [chunks_of(block) for block in csv_source(text).blocks(skip)]
        return [[[*map(list, filter(None, chunk))] for chunk in block] for block in chunks]

    every = blocks_after(0)
    assert len(every) > 10
    assert blocks_after(7) == every[7:]


def test_a_short_row_changes_no_other() -> None:
    """Beside a row with too few cells, those of the others are converted as ever."""
    found = records(b"name,size\na,1\nb,2\nc\nd,4\n", contract=CONTRACT)
    assert found[:2] == [{"name": "a", "size": 1}, {"name": "b", "size": 2}]
    assert isinstance(found[2], RecordError)
    assert found[3] == {"name": "d", "size": 4}


# -- columns -------------------------------------------------------------------------------------


def test_cells_are_converted_by_the_schema() -> None:
    """Text is converted to numbers, true, false and null if the schema allows them."""
    text = b"name,size,price,flag\n12,12,1.5,true\ntrue,007,1_000,TRUE\n,,null,\n"
    assert records(text, contract=CONTRACT) == [
        {"name": "12", "size": 12, "price": 1.5, "flag": True},
        {"name": "true", "size": "007", "price": "1_000", "flag": "TRUE"},
        {"price": None},
    ]
    assert records(b"size\n12\n") == [{"size": "12"}]


NUMBERS = ["0", "-0", "7", "-7.5", "10.0", "1e2", "1E0", "2.50", "9007199254740993", "1e30", "99"]
LIMITS: list[dict[str, Any]] = [
    {"type": "integer"},
    {"type": ["integer", "null"], "maximum": 50},
    {"maximum": 5},
    {"minimum": 1, "maximum": 99},
    {"multipleOf": 2.5},
    {"allOf": [{"minimum": 1}, {"$ref": "#/definitions/small"}]},
    {"enum": [1, 10, "x"]},
    {"enum": [100]},
]


@pytest.mark.parametrize("draft", ["draft-04/schema#", "draft-07/schema#", "draft/2020-12/schema"])
@table("limits", LIMITS)
def test_a_number_in_a_cell_counts_as_in_json(draft: str, limits: dict[str, Any]) -> None:
    """The same records are invalid, for the same limits, as rows and as lines of JSON."""
    schema = {
        "$schema": f"http{'s' * ('/2' in draft)}://json-schema.org/{draft}",
        "definitions": {"small": {"maximum": 9}},
        "properties": {"a": limits, "b": {"type": "string"}},
    }
    contract = fieldbound.Contract(schema, name="c")
    rows = "a,b\n" + "".join(f"{each},x\n" for each in NUMBERS)
    lines = "".join(f'{{"a":{each},"b":"x"}}\n' for each in NUMBERS)
    found = [
        fieldbound.bulk.check(io.BytesIO(text.encode()), contract, format=name)  # type: ignore[arg-type]
        for text, name in ((rows, "csv"), (lines, "ndjson"))
    ]
    numbers = [
        [(tally.id, [each.number for each in tally.samples], tally.records) for tally in of.tallies]
        for of in found
    ]
    assert found[0].invalid == found[1].invalid > 0
    assert numbers[0] == numbers[1]


def test_empty_cells_are_omitted() -> None:
    """An empty cell, quoted or not, has no property."""
    assert records(b'a,b\n"",1\n,\n') == [{"b": "1"}, {}]


def test_columns_are_mapped_to_pointers() -> None:
    """A column is mapped to its pointer, or else to the property of its name."""
    text = b"n,zip,t0,t1,/address/city,2020,skip,x/y\nA,1,5,6,B,9,no,z\n,,,7,,,,\n"
    columns = {
        "n": "/name",
        "zip": "/address/zip",
        "t0": "/tags/0",
        "t1": "/tags/1",
        "2020": "/years/2020",
        "skip": "",
    }
    assert records(text, columns, contract=CONTRACT) == [
        {
            "name": "A",
            "address": {"zip": 1, "city": "B"},
            "tags": [5, 6],
            "years": {"2020": 9},
            "x/y": "z",
        },
        {"tags": [7]},
    ]


def test_indices_make_arrays_of_objects() -> None:
    """Indices within a pointer make an array of objects."""
    assert records(b"/a/1/n,/a/0/n,/a/0/m,0\n1,2,3,4\n") == [
        {"a": [{"n": "2", "m": "3"}, {"n": "1"}], "0": "4"}
    ]


INVALID_COLUMNS = {
    "no such column": (
        b"a,b\n",
        {"c": "/c", "d": ""},
        "unknown column 'c', 'd': the columns are 'a', 'b'",
    ),
    "one name twice": (b"a,b,a\n", {}, "duplicate column names: 'a'"),
    "one pointer twice": (
        b"a,b\n",
        {"a": "/b"},
        "conflicting columns 'a' and 'b': both are mapped to /b",
    ),
    "a value with a property": (
        b"/a,/a/b\n",
        {},
        "conflicting columns '/a' and '/a/b'",
    ),
    "a property, then a value": (b"/a/b,/a\n", {}, ": /a cannot be both a value and a container"),
    "a gap": (b"/a/0,/a/2\n", {}, "no column is mapped to /a/1, but one to a later item"),
    "names and indices": (
        b"/a/0,/a/b\n",
        {},
        "conflicting columns: /a has the property 'b', and is an array by others",
    ),
    "no pointer": (
        b"a\n",
        {"a": "b"},
        "column 'a' must be mapped to a JSON Pointer such as /Address/City",
    ),
    "a deep pointer": (b"/a" * 5000, {}, "column 1 is nested deeper than 200 levels"),
    "no name": (b"a,\n", {}, 'column 2 has no name: name it, or map "" to "" to omit it'),
    "an empty file": (b"", {}, "the stream is empty: the first row must be a header"),
    "a byte order mark alone": (
        BOM,
        {},
        "the first row must be a header with the names of the columns",
    ),
    "an empty line": (b"\na\n", {}, "the stream begins with an empty line: the first row"),
    "a broken header": (
        b'a,"b\n1,2\n',
        {},
        "the stream: the header is invalid CSV: unclosed quoted cell",
    ),
    "a header of another encoding": (b"a,\xff\n", {}, "invalid UTF-8"),
    "carriage returns alone": (b"a,b\r1,2\r", {}, "carriage return without line feed"),
}


@table("case", INVALID_COLUMNS)
def test_conflicting_columns_are_errors(case: str) -> None:
    """Invalid columns raise an error before any row is read."""
    text, columns, message = INVALID_COLUMNS[case]
    with pytest.raises(FieldboundError) as error:
        csv_source(text, columns)
    assert message in str(error.value)


def test_an_error_lists_the_first_of_many_columns() -> None:
    """A wide header has a short message, found in one pass over its columns."""
    names = [f"c{at % 30_000}" for at in range(60_000)]
    with pytest.raises(FieldboundError, match=r"^duplicate column names: 'c0', .* more$") as error:
        csv_source(",".join(names).encode(), {})
    assert len(str(error.value)) < 500
    with pytest.raises(FieldboundError, match=r"unknown column 'x': the columns are 'c0', .* more"):
        csv_source(",".join(names[:30_000]).encode(), {"x": "/x"})


def test_a_header_alone_is_a_table_without_records() -> None:
    """A file with a header only has no records."""
    assert (records(b"a,b\n"), records(b"a,b"), records(b"a,\n", {"": ""})) == ([], [], [])
