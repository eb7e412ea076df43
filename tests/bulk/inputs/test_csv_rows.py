"""Rows of CSV: what is split many rows at once is what is parsed row by row."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import event, example, given, settings, strategies as st

from fieldbound.bulk.inputs import blocks, compression, csv_records, csv_rows
from fieldbound.bulk.inputs.blocks import CellsChunk, RowTextsChunk, TextsChunk
from fieldbound.bulk.inputs.compression import ByteInput
from fieldbound.bulk.inputs.csv_records import CsvSource
from support.effort import examples
from support.tables import table

#: Cells, most of which are usual; some are invalid as they stand.
CELLS = [
    *("", "a", "bc", "\u00e4\u7167", "x y", '"a"', '"a,b"', '""', '"\u00e4"', "12"),
    *('"a""b"', '"""a"""', '"a\nb"', '12" pipe', '"a"b', '"', "\r", "a\rb", '"a\r\nb"', "\0"),
    *("a\u2028b", "\x0b", "\x85", "\udcff"),
]
USUAL = 10


def read(raw: bytes) -> tuple[list[Any], str | None, bool]:
    """Read CSV: its rows, how it is cut off, and whether some were split without the csv module."""
    source = CsvSource(ByteInput(io.BytesIO(raw)))
    found: list[Any] = []
    at_once = False
    for chunk in (chunk for block in source.blocks() for chunk in block.read()):
        if isinstance(chunk, TextsChunk):
            found.append(("too long", chunk.offsets[0], chunk.places[0][0]))
            continue
        assert isinstance(chunk, RowTextsChunk)
        for part in chunk.split():
            at_once |= isinstance(part, CellsChunk)
            values = part.values() if isinstance(part, CellsChunk) else part
            found += zip(*filter(None, values), strict=True)
    return found, source.cut_off, at_once


@st.composite
def texts(draw: Any) -> bytes:
    """Return CSV, with few unusual cells or rows, if any."""
    width = draw(st.integers(1, 3))
    usual = st.sampled_from(CELLS[:USUAL])
    others = draw(st.sampled_from([usual, usual, st.sampled_from(CELLS)]))
    cells = st.lists(usual | usual | usual | others, min_size=width, max_size=width)
    rows = [",".join(each) for each in draw(st.lists(cells, max_size=15))]
    if draw(st.integers(0, 3)) == 0:
        rows.insert(
            draw(st.integers(0, len(rows))), draw(st.sampled_from(["", "a,b,c,d", " ", ","]))
        )
    end = draw(st.sampled_from(["\n", "\n", "\r\n"]))
    header = ",".join("abc"[:width])
    text = end.join([header, *rows]) + draw(st.sampled_from([end, end, ""]))
    return text.encode(errors="surrogateescape")


SIZES = st.tuples(st.integers(1, 100), st.sampled_from([20, 10**6]), st.sampled_from([30, 10**6]))


@given(texts(), SIZES, st.sampled_from([1, 10**6]))
@example(b'a,b\n"""x",1\n', (100, 100, 100), 1)
@example(b'a,b\n"x"y,"z"\n', (100, 100, 100), 1)
@settings(max_examples=examples(1500))
def test_rows_split_at_once_are_those_parsed_alone(
    raw: bytes, sizes: tuple[int, int, int], most_quotes: int
) -> None:
    """Whatever the text, each row has the record, the bytes and the place that it has alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "READ_SIZE", sizes[0])
        patch.setattr(blocks, "BLOCK_SIZE", sizes[1])
        patch.setattr(blocks, "MAX_RECORD_SIZE", sizes[2])
        patch.setattr(csv_rows, "_MOST_QUOTES", most_quotes)
        found, cut_off, at_once = read(raw)
        patch.setattr(csv_rows, "last_end", lambda *_: None)
        for name in ("split_cells", "parse_lines"):
            patch.setattr(csv_records, name, lambda *_: None)
        assert (found, cut_off, False) == read(raw)
    event("at once" if at_once else "one by one")


@given(texts(), st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=examples(500))
def test_which_rows_are_too_long_is_a_matter_of_the_rows(raw: bytes, one: int, other: int) -> None:
    """However many bytes are read at a time, the same rows are too long to be read."""
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "MAX_RECORD_SIZE", 12)
        for size in (one, other):
            patch.setattr(compression, "READ_SIZE", size)
            found.append(read(raw)[:2])
    assert found[0] == found[1]


ROWS = {
    "plain": (b"a,b\nc,\n", True),
    "quoted": (b'"a,",b\n"c","d"\n', True),
    "line feeds with carriage returns": (b'a,b\r\n"c",d\r\n', True),
    "without a last line end": (b"a,b\nc,d", True),
    "UTF-8": ("\u00e4,b\n\u7167,d\n".encode(), True),
    "a quotation mark for two": (b'"a""b",c\n', False),
    "a quotation mark within": (b'12" pipe,b\n', False),
    "text after a quoted cell": (b'"a"b,c\n', False),
    "a line end in a cell": (b'"a\nb",c\n', False),
    "a carriage return in a row": (b"a\rb,c\n", False),
    "an empty line": (b"a,b\n\nc,d\n", False),
    "too many cells, then too few": (b"a,b,c\nd\n", False),
    "no UTF-8": (b"a,\xff\n", False),
}


@table("case", ROWS)
def test_what_is_split_without_the_csv_module(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows with few quotation marks that only enclose cells are split without the csv module."""
    raw, at_once = ROWS[case]
    monkeypatch.setattr(csv_rows, "_MOST_QUOTES", 1)
    assert (csv_rows.split_cells(raw, b",", 2) is not None) == at_once


def test_rows_of_few_cells_are_no_longer_ones() -> None:
    """Several short rows, with as many cells as a longer one, are not taken for it."""
    assert csv_rows.split_cells(b"a,b\n" * 20, b",", 5) is None
    assert csv_rows.split_cells(b"a,b\n" * 20, b",", 2) == [[b"a"] * 20, [b"b"] * 20]


ENDS = {
    b"a,b\nc": 4,
    b"a": 0,
    b'"a\n",b\nc,"d': 7,
    b'"a\nb': 0,
    b'"a""\n",b\n"': 9,
    b'a"\n,"b\n': None,
    b'"a"x,"b"\n': 9,
}


@table("raw", ENDS)
def test_the_last_row_is_found_by_quotation_marks(
    raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of the last whole row is found, unless a quotation mark is within a cell."""
    monkeypatch.setattr(csv_rows, "_without_rows", lambda _: None)
    assert csv_rows.last_end(raw, ",") == ENDS[raw]
    ends = csv_rows.RowSplitter(",").find(raw)
    assert ENDS[raw] in (None, ends[-1] if ends else 0)


@given(st.text('"",;\na\r').map(str.encode), st.sampled_from(",;"))
@example(b'12" x,6"\n"a\n",b\n"c', ",")
@settings(max_examples=examples(500))
def test_whole_rows_are_found_among_many_quotation_marks(raw: bytes, delimiter: str) -> None:
    """Where many cells are quoted, the end of the last whole row is that which a scan finds."""
    pytest.importorskip("pcre2")
    ends = csv_rows.RowSplitter(delimiter).find(raw)
    without_rows = csv_rows._without_rows(delimiter)
    assert without_rows is not None
    assert without_rows(b"", raw)[0] == raw[max(ends, default=0) :]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows, "_MOST_QUOTES", 10**6)
        assert csv_rows.last_end(raw, delimiter) == max(ends, default=0)
        patch.setattr(csv_rows, "_SHOWN", 2)
        assert csv_rows.first_end(raw, delimiter) == min(ends, default=None)
