"""Rows of cells count by their columns as they count as records."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fieldbound import Contract
from fieldbound.bulk import BulkReport, check
from fieldbound.bulk.cell_rows import CellRows
from fieldbound.bulk.inputs import blocks
from support.effort import examples

CONTRACT = Contract(
    {
        "type": "object",
        "properties": {
            "text": {"type": ["string", "null"], "minLength": 2, "maxLength": 4},
            "flag": {"enum": ["Y", "N", None]},
            "date": {"type": "string", "format": "date"},
            "size": {"type": "integer", "minimum": 0},
            "price": {"type": ["number", "string"], "maxLength": 3},
            "rate": {"minimum": 0, "maximum": 9},
            "open": {"x-unspecified": "why"},
            "never": {"not": {}, "readOnly": True},
        },
        "required": ["text"],
        "additionalProperties": False,
    }
)
CELLS = {
    "text": ["", "ab", "abcd", "\u00e4\u7167", "\u7167" * 4, "\u7167" * 5, "a", "\u7167", "abcde"],
    "flag": ["", "Y", "N", "null", "X"],
    "date": ["", "2020-01-31", "2020-02-30", "x"],
    "rate": ["", "5", "0", "-1", "9.5", "1e1", "1e-1", "x", "9" * 20],
    "size": ["", "0", "12", "-1", "12.0", "1e2", "0.5", "1E30", "007", "x", "9" * 18, "9" * 40],
    "price": ["", "1.5", "1e3", "abc", "abcd", "\u7167\u7167\u7167", "12345678901234567890"],
    "open": ["", "x"],
    "never": ["", "", "", "x"],
    "more": ["", "", "", "x"],
}
TEXT = "text,flag,size\n" + "ab,Y,1\nabcd,N,\n" * 50


def report(text: str, contract: Contract = CONTRACT, **options: Any) -> BulkReport:
    """Return the report of CSV."""
    return check(io.BytesIO(text.encode()), contract, format="csv", **options)


@pytest.fixture
def as_records(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Note how many rows are checked as records."""
    checked: list[int] = []
    uncertain = CellRows.uncertain

    def noted(*args: Any) -> Iterator[Any]:
        for each in uncertain(*args):
            checked.append(len(each.values))
            yield each

    monkeypatch.setattr(CellRows, "uncertain", noted)
    return checked


@given(st.data(), st.lists(st.sampled_from([*CELLS]), min_size=1, max_size=4, unique=True))
@settings(max_examples=examples(400))
def test_rows_count_by_columns_as_records_do(data: Any, names: list[str]) -> None:
    """Whatever the cells, the report is that of the records, with samples, keys and lengths."""
    names = [*dict.fromkeys([*names, "text"])]
    good = data.draw(st.integers(0, 20))
    rows = st.tuples(*(st.sampled_from(CELLS[name]) for name in names))
    valid = st.tuples(*(st.sampled_from(CELLS[name][:2]) for name in names))
    cells = data.draw(st.lists(valid, min_size=good, max_size=good))
    cells += data.draw(st.lists(rows, max_size=20))
    cells = data.draw(st.permutations(cells))
    text = "".join(",".join(row) + "\n" for row in [names, *cells])
    options = {
        "samples": data.draw(st.integers(0, 2)),
        "key": f"/{data.draw(st.sampled_from(names))}",
    }
    found = report(text, **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CellRows, "uncertain", lambda _, chunk, __: iter([chunk.values()]))
        assert found == report(text, **options)


def test_valid_rows_do_not_become_records(as_records: list[int]) -> None:
    """Of rows, only those in doubt become records."""
    assert report(TEXT).ok
    assert as_records == []
    found = report(TEXT + "abcde,Y,1\n,Y,1\nab,X,1\nab,Y,x\n")
    assert (found.invalid, as_records) == (4, [4])


ALL: dict[str, tuple[str, dict[str, Any]]] = {
    "most are in doubt": ("text,flag\nab,Y\nab,X\nab,X\n", {}),
    "a required name has no column": ("flag\nY\nY\n", {}),
    "columns are nested": ("text,a\nab,\n", {"columns": {"a": "/open/a"}}),
}


@pytest.mark.parametrize("case", ALL)
def test_all_rows_become_records(case: str, as_records: list[int]) -> None:
    """Where columns do not say enough, all rows become records."""
    text, options = ALL[case]
    rows = text.count("\n") - 1
    assert report(text, **options).records == rows
    assert as_records == [rows]


def test_records_that_are_written_are_all_read(tmp_path: Any, as_records: list[int]) -> None:
    """Records that are written are all read, and are unchanged."""
    path, valid, invalid = (tmp_path / name for name in ("a.csv", "valid", "invalid"))
    path.write_text(TEXT + "abcde,Y,1\n")
    assert check(path, CONTRACT, valid_out=valid, invalid_out=invalid).invalid == 1
    assert valid.read_text() == TEXT
    assert json.loads(invalid.read_text())["text"] == "abcde,Y,1"
    assert sum(as_records) == 101


def test_lengths_are_measured_in_parts_of_large_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lengths are measured at the start of a text, and in some parts after that."""
    array = json.dumps([{"text": "ab"}] * 100)
    texts = {"csv": TEXT, "json": array}
    for kind, text in texts.items():
        assert check(io.BytesIO(text.encode()), CONTRACT, format=kind).measured == 100
    monkeypatch.setattr(blocks, "CHUNK_SIZE", 1)
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 20)
    for kind, text in texts.items():
        found = check(io.BytesIO(text.encode()), CONTRACT, format=kind)
        assert 0 < found.measured < found.records == 100
