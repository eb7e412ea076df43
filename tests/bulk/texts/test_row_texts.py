"""Rows of CSV that are proven by their text count as those whose cells are split."""

from __future__ import annotations

from io import BytesIO
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from fieldbound import Contract, bulk
from fieldbound.bulk import BulkReport
from fieldbound.bulk.check_settings import CheckSettings
from fieldbound.bulk.inputs import compression
from fieldbound.bulk.inputs.blocks import RowTextsChunk
from fieldbound.bulk.inputs.columns import ColumnMapping
from fieldbound.bulk.record_checker import RecordChecker
from fieldbound.bulk.texts.row_texts import RowTexts
from support.effort import examples
from support.record_texts import small_chunks
from support.tables import table

pytest.importorskip("pcre2")

CONTRACT = Contract(
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "minLength": 2, "maxLength": 5},
            "text": {"type": ["string", "null"], "maxLength": 40},
            "flag": {"type": "string", "enum": ["Y", "N", "a,b", "é"]},
            "at": {"type": "string", "format": "date"},
            "size": {"type": "integer", "minimum": -50, "maximum": 1000},
            "price": {"type": ["number", "null"]},
            "rate": {"exclusiveMinimum": 0, "maximum": 1000},
            "open": {"type": "boolean"},
            "mixed": {"type": ["integer", "string"], "maxLength": 3},
            "list": {"enum": [1, 2, None]},
            "any": {},
            "pattern": {"type": "string", "pattern": "^a"},
            "why": {"x-unspecified": "no page says"},
            "never": {"not": {}},
        },
        "required": ["name"],
        "additionalProperties": False,
    },
    name="acme/thing",
)
#: Cells of each column: some that are proven, and any others.
CELLS: dict[str, tuple[list[str], list[str]]] = {
    "name": (
        ["ab", "abcde", '"abc"', "a b"],
        ["", '""', "a", "é", "éé", "ééééé", "abcdef", '"a""b"'],
    ),
    "text": (
        ["", '""', "x" * 40, '"a b;c"', "é照😀", "{}"],
        ["x" * 41, '"a\nb"', '12" x', '"', "é" * 40],
    ),
    "flag": (["Y", "N", '"Y"', ""], ["y", '"a,b"', "a,b", "é", "true", " Y"]),
    "at": (
        ["2024-01-31", '"2023-12-01"', ""],
        ["2024-02-29", "2023-02-29", "today", "2024-01-31 "],
    ),
    "size": (
        ["0", "-9", "999", '"12"', ""],
        ["1000", "1001", "007", "1.0", "-0", "x", "1e2", "9" * 30],
    ),
    "price": (
        ["1.5", "-3", "0.25", ""],
        ["null", "1e400", "1e5", "1,5", "NaN", ".5", "12345678901.5"],
    ),
    "rate": (["5", "99.5", '"7"', ""], ["0", "1e3", "1001", "-1", "1.0", "x", "007", "1e400"]),
    "open": (["true", "false", '"true"', ""], ["TRUE", "yes", "1", "null"]),
    "mixed": ([""], ["12", "abc", "abcd", "007"]),
    "list": ([""], ["1", "2", "3", "null"]),
    "any": (["x", "1", "null", ""], ['"a""b"', "a\tb", "a\0b"]),
    "pattern": ([""], ["ab", "b"]),
    "why": ([""], ["x"]),
    "never": ([""], ["x", '" "']),
    "other": ([""], ["x"]),
}


def row_texts(names: list[str], raw: str, delimiter: str = ",", **columns: str) -> list[Any] | None:
    """Return the records of the rows that are in doubt, None if all are split."""
    mapping = ColumnMapping(names, columns, CONTRACT)
    chunk = RowTextsChunk(raw.encode(), 0, 2, delimiter, mapping, lambda: iter(()))
    checked = CheckSettings(CONTRACT, None, 5, False, None)
    records = RecordChecker(checked, frozenset())
    records.measures_lengths = False
    found = RowTexts(checked).uncertain(chunk, records)
    assert records.counts.records == (0 if found is None else raw.count("\n"))
    return None if found is None else list(found.values)


@table("name", CELLS)
def test_usual_cells_are_proven(name: str) -> None:
    """Usual texts of valid values are proven, quoted or not; others are in doubt."""
    names = ["name", "text", name] if name not in ("name", "text") else ["name", "text"]
    for cell in CELLS[name][0]:
        row = {"name": "ab", "text": "t", name: cell}
        assert row_texts(names, ",".join(row[each] for each in names) + "\n") == [], cell


@table("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_is_one(delimiter: str) -> None:
    """The delimiter is no part of a cell that is not quoted."""
    row = delimiter.join(["ab", "t", "5"])
    assert row_texts(["name", "text", "size"], row + "\n", delimiter) == []
    assert row_texts(["name", "text", "size"], row + delimiter + "\n", delimiter) is not None


def test_rows_in_doubt_become_records() -> None:
    """A row that is in doubt becomes a record, if it is certain where it ends."""
    good = "ab,5\n"
    assert row_texts(["name", "size"], good + "ab,x\n" + good) == [{"name": "ab", "size": "x"}]
    assert row_texts(["name", "size"], good + '"a\nb",5\n' + good) is None
    assert row_texts(["name", "size"], good + '"a\nab,5\n"b",5\n' + good) is None
    assert row_texts(["name", "size"], good + "\n" + good) is None
    assert row_texts(["name", "size"], good + 'a"b,5\n')[0]["name"] == 'a"b'  # type: ignore[index]


def test_columns_without_a_property_are_left_out() -> None:
    """A column that is in no record may have anything; nested columns are split."""
    assert row_texts(["name", "more"], 'ab,"x;y"\nab,\n', more="") == []
    assert row_texts(["name", "zip"], "ab,1\n", zip="/any/zip") is None
    assert row_texts(["text", "size"], "ab,1\n") is None
    assert row_texts(["name"], "ab\n") is None


def csv_report(text: str, **options: Any) -> BulkReport:
    """Return the report of CSV that is read in small parts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "READ_SIZE", 300)
        return bulk.check(BytesIO(text.encode()), CONTRACT, format="csv", workers=1, **options)


@settings(max_examples=examples(400))
@given(
    st.integers(0, 2**32),
    st.lists(st.sampled_from(sorted(CELLS)), unique=True, min_size=1, max_size=6),
    st.sampled_from([0.0, 0.02, 0.2, 0.8]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_rows_are_reported_as_those_that_are_split(
    seed: int, names: list[str], share: float, end: str
) -> None:
    """The report is the same whether rows are proven by their text, or their cells are split."""
    random = Random(seed)
    names = [*dict.fromkeys([*names, "name"])]
    rows = [
        ",".join(random.choice(CELLS[name][random.random() < share]) for name in names)
        for _ in range(random.randrange(120))
    ]
    text = end.join([",".join(names), *rows]) + random.choice([end, ""])
    with small_chunks(without_pcre2=True):
        expected = csv_report(text, samples=2)
    with small_chunks():
        assert csv_report(text, samples=2) == expected


def test_most_rows_are_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of valid rows, those after the first parts are not split, but where they are measured."""
    split: list[int] = []
    cells = RowTextsChunk.split
    assert cells is not None
    text = "name,size\n" + "ab,5\n" * 4000
    uncertain = RowTexts.uncertain

    def noted(self: RowTexts, chunk: RowTextsChunk, records: RecordChecker) -> Any:
        found = uncertain(self, chunk, records)
        split.append(0 if found is not None else chunk.raw.count(b"\n"))
        return found

    monkeypatch.setattr(RowTexts, "uncertain", noted)
    with small_chunks():
        assert csv_report(text).records == 4000
    assert sum(split) < 2000
