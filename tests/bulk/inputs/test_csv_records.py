"""What the rows of CSV stand for, where each stands, and what is wrong with a table."""

from __future__ import annotations

import csv
import gzip
import io
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import fieldbound
from fieldbound.bulk.inputs import blocks as pieces, compression as packed, csv_records as columns
from fieldbound.bulk.inputs.blocks import Flaw, Texts
from fieldbound.bulk.inputs.compression import Bytes
from fieldbound.bulk.inputs.csv_records import Table
from fieldbound.bulk.inputs.sources import source_of
from fieldbound.model.errors import FieldboundError

MARK = b"\xef\xbb\xbf"
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


def table(text: bytes, columns: dict[str, str] | None = None, **options: Any) -> Table:
    """Return the source of CSV in a stream."""
    return Table(Bytes(io.BytesIO(text)), columns, options.pop("contract", None), **options)


def read(source: Any) -> list[tuple[Any, bytes, int, int]]:
    """Read all rows: record, bytes, offset and line; a row that is too long has no record."""
    found: list[Any] = []
    for _, block in source.blocks():
        for piece in pickle.loads(pickle.dumps(block)).read():  # noqa: S301
            if isinstance(piece, Texts):
                found.append(("too long", None, piece.offsets[0], piece.places[0][0]))
            else:
                found += zip(piece.values, piece.raws, piece.offsets, piece.lines, strict=True)
    return found


def records(text: bytes, columns: dict[str, str] | None = None, **options: Any) -> list[Any]:
    """Return the records of CSV."""
    return [each[0] for each in read(table(text, columns, **options))]


# -- rows ----------------------------------------------------------------------------------------


@given(
    st.lists(st.lists(st.text('a",;\t\n\r\u00e4', max_size=5), min_size=2, max_size=2), max_size=8),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 20),
)
@settings(max_examples=200, deadline=None)
def test_what_is_written_as_csv_is_read_again(
    rows: list[list[str]], delimiter: str, end: str, size: int
) -> None:
    """Each row comes with its cells, bytes, offset and line, wherever the text is cut."""
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
        patch.setattr(packed, "READ", size)
        patch.setattr(pieces, "BLOCK", 20)
        assert read(table(before, delimiter=delimiter)) == expected


@given(st.text('a",\n\r', max_size=40), st.integers(1, 10))
@settings(max_examples=300, deadline=None)
def test_where_the_text_is_read_in_parts_changes_nothing(text: str, size: int) -> None:
    """Whatever stands in CSV, no byte of it is lost but blank lines, however it is read."""
    raw = b"one,two\n" + text.encode()
    whole = read(table(raw))
    shown = b"".join(each[1] for each in whole)
    assert shown.replace(b"\n", b"").replace(b"\r", b"") == text.encode().replace(
        b"\n", b""
    ).replace(b"\r", b"")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "READ", size)
        assert read(table(raw)) == whole


FLAWS = {
    "too few cells": (b"1\n", "syntax", "1 cell where the header has 2"),
    "too many cells": (b"1,2,3\n", "syntax", "3 cells where the header has 2"),
    "no UTF-8": (b"\xff,2\n", "encoding", "a byte that is not UTF-8: save the file as UTF-8"),
    "text behind a cell": (
        b'"a"b,2\n',
        "syntax",
        'something follows the " that closes a cell: write "" for one " within it',
    ),
    "a line end of old": (
        b"1\r2,3\n",
        "syntax",
        "a line ends in a cell with a carriage return alone: end lines with a line feed",
    ),
}


@pytest.mark.parametrize("case", FLAWS)
def test_a_broken_row_is_one_record(case: str) -> None:
    """A row that is none is told, and the rows around it are read."""
    row, code, detail = FLAWS[case]
    found = read(table(b"a,b\n1,2\n" + row + b"3,4\n"))
    assert [each[0] for each in found] == [
        {"a": "1", "b": "2"},
        Flaw(code, detail),
        {"a": "3", "b": "4"},
    ]
    assert found[1][1:] == (row, 8, 3)


def test_a_quotation_mark_without_its_other_is_told() -> None:
    """A file that ends within a cell is cut off, and what there is of the row is refused."""
    source = table(b'a,b\n1,2\n3,"4\n5,6\n')
    found = read(source)
    flaw = Flaw("syntax", 'a cell begins with " and has no " that closes it')
    assert found[1:] == [(flaw, b'3,"4\n5,6\n', 8, 3)]
    assert source.cut_off is not None
    assert source.cut_off.startswith('the file ends within a cell that begins with "')


def test_an_inch_is_no_quotation() -> None:
    """A quotation mark within a cell that does not begin with one is a character as any other."""
    assert records(b'a,b\n12" pipe,1\nx,2\n') == [{"a": '12" pipe', "b": "1"}, {"a": "x", "b": "2"}]


def test_blank_lines_are_no_rows() -> None:
    """A blank line is no record, and counts as a line."""
    found = read(table(b"a\n\n1\n\r\n2"))
    assert [(each[0], each[2], each[3]) for each in found] == [
        ({"a": "1"}, 3, 3),
        ({"a": "2"}, 7, 5),
    ]


def test_a_cell_has_no_limit_but_that_of_a_record() -> None:
    """A cell longer than Python's own limit is read, and that limit is as it was."""
    before = csv.field_size_limit()
    long = b"x" * (before + 1)
    assert records(b"a\n" + long + b"\n") == [{"a": long.decode()}]
    assert csv.field_size_limit() == before


@pytest.mark.parametrize("rest", [b"", b'"\n3,4\n', b'"\r\n'])
def test_a_row_that_is_too_long_is_not_read(rest: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of more bytes than a record may have is passed, and the places behind it hold."""
    monkeypatch.setattr(packed, "READ", 16)
    monkeypatch.setattr(pieces, "LONGEST", 100)
    text = b'a,b\n1,2\n3,"' + b"x\n" * 300 + rest
    expected = [({"a": "1", "b": "2"}, b"1,2\n", 4, 2), ("too long", None, 8, 3)]
    if rest.endswith(b"3,4\n"):
        expected.append(({"a": "3", "b": "4"}, b"3,4\n", len(text) - 4, 304))
    assert read(table(text)) == expected


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_stands_between_cells_is_seen(delimiter: str) -> None:
    """What stands most often in the header, outside quotation marks, stands between cells."""
    header = f'"a,;,;\t\t\t"{delimiter}b{delimiter}c\n'
    assert records(f"{header}1{delimiter}2{delimiter}3\n".encode()) == [
        {"a,;,;\t\t\t": "1", "b": "2", "c": "3"}
    ]


def test_a_mark_and_line_ends_of_a_spreadsheet_are_fine() -> None:
    """A byte order mark and carriage returns are no part of any name or cell."""
    source = table(MARK + b'"a";b\r\n1;2\r\n')
    assert source.valid.head == MARK + b'"a";b\r\n'
    assert read(source) == [({"a": "1", "b": "2"}, b"1;2\r\n", 10, 2)]


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.csv.gz"])
def test_a_table_is_known_by_its_name(name: str, tmp_path: Path) -> None:
    """A file of CSV, packed or with tabs, is read by its name."""
    delimiter = b"\t" if "tsv" in name else b","
    text = b"a;x" + delimiter + b"size\n1" + delimiter + b"2\n"
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    source = source_of(tmp_path / name, contract=CONTRACT)
    assert [each[0] for each in read(source)] == [{"a;x": "1", "size": 2}]
    assert read(source) == read(source)


def test_rows_with_many_cells_are_judged_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many cells are taken apart together at most, or one row, and nothing else changes."""
    text = b"a,b,c\n" + b"".join(b"%d,x,y\n" % at for at in range(7))
    whole = read(table(text))
    sizes = []
    for cells in (1, 6, 100):
        monkeypatch.setattr(columns, "_CELLS", cells)
        ((_, block),) = table(text).blocks()
        sizes.append([len(piece.values) for piece in block.read() if piece.values])
        assert read(table(text)) == whole
    assert sizes == [[1] * 7, [2, 2, 2, 1], [7]]


def test_blocks_can_be_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving out the first blocks gives just the others, with the same places."""
    monkeypatch.setattr(pieces, "BLOCK", 50)
    text = b"a\n" + b"".join(b"%d\n" % n for n in range(300))
    every = [block.read for _, block in table(text).blocks()]
    rest = [block.read for _, block in table(text).blocks(7)]
    assert len(every) > 10
    assert [list(each()) for each in rest] == [list(each()) for each in every[7:]]


# -- columns -------------------------------------------------------------------------------------


def test_a_cell_is_taken_for_what_the_contract_wants() -> None:
    """Where the contract wants a number or a word, a text that JSON writes so is one."""
    text = b"name,size,price,flag\n12,12,1.5,true\ntrue,007,1_000,TRUE\n,,null,\n"
    assert records(text, contract=CONTRACT) == [
        {"name": "12", "size": 12, "price": 1.5, "flag": True},
        {"name": "true", "size": "007", "price": "1_000", "flag": "TRUE"},
        {"price": None},
    ]
    assert records(b"size\n12\n") == [{"size": "12"}]


def test_an_empty_cell_is_left_out() -> None:
    """An empty cell, also one in quotation marks, leaves its attribute out."""
    assert records(b'a,b\n"",1\n,\n') == [{"b": "1"}, {}]


def test_columns_go_where_they_are_mapped() -> None:
    """A pointer puts a column anywhere; other columns keep their names, or their own pointers."""
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


def test_objects_stand_in_arrays() -> None:
    """Indices within a pointer make an array of objects."""
    assert records(b"/a/1/n,/a/0/n,/a/0/m,0\n1,2,3,4\n") == [
        {"a": [{"n": "2", "m": "3"}, {"n": "1"}], "0": "4"}
    ]


WRONG = {
    "no such column": (
        b"a,b\n",
        {"c": "/c", "d": ""},
        "there is no column 'c', 'd': the columns are 'a', 'b'",
    ),
    "one name twice": (b"a,b,a\n", {}, "columns are named 'a' more than once: name each once"),
    "one pointer twice": (
        b"a,b\n",
        {"a": "/b"},
        "the columns 'a' and 'b' contradict each other: both put something at /b",
    ),
    "a text with more in it": (
        b"/a,/a/b\n",
        {},
        "the columns '/a' and '/a/b' contradict each other",
    ),
    "more in it, then a text": (b"/a/b,/a\n", {}, ": /a cannot be a text and have more in it"),
    "a gap": (b"/a/0,/a/2\n", {}, "no column puts anything at /a/1, but one does further on"),
    "names and indices": (b"/a/0,/a/b\n", {}, "they put the name 'b' in /a, which by others is an"),
    "no pointer": (b"a\n", {"a": "b"}, "'b', for the column 'a', is no JSON Pointer: write it as"),
    "no name": (b"a,\n", {}, 'column 2 has no name: name it, or map "" to "" to leave it out'),
    "an empty file": (b"", {}, "the stream is empty: the first row of CSV names the columns"),
    "a mark alone": (MARK, {}, "the first row of CSV names the columns"),
    "an empty line": (b"\na\n", {}, "the stream begins with an empty line: the first row"),
    "a broken header": (b'a,"b\n1,2\n', {}, "the stream: the header is no CSV: a cell begins"),
    "a header of another encoding": (b"a,\xff\n", {}, "a byte that is not UTF-8"),
    "lines of old": (b"a,b\r1,2\r", {}, "with a carriage return alone"),
}


@pytest.mark.parametrize("case", WRONG)
def test_columns_that_cannot_be_are_refused(case: str) -> None:
    """A table that gives no records is refused at once, with what is wrong."""
    text, columns, message = WRONG[case]
    with pytest.raises(FieldboundError) as error:
        table(text, columns)
    assert message in str(error.value)


def test_a_header_alone_is_a_table_without_records() -> None:
    """A table may have no rows."""
    assert (records(b"a,b\n"), records(b"a,b"), records(b"a,\n", {"": ""})) == ([], [], [])
