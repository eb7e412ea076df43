"""Windows of JSON arrays: what is read many items at once is what a scan finds item by item."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import event, example, given, settings, strategies as st

from fieldbound import Contract, FieldboundError
from fieldbound.bulk import BulkReport, check
from fieldbound.bulk.inputs import blocks, compression, json_array
from fieldbound.bulk.inputs.array_windows import Windows
from fieldbound.bulk.inputs.blocks import ItemsChunk, TextsChunk, ValuesChunk
from fieldbound.bulk.inputs.compression import ByteInput
from fieldbound.bulk.inputs.json_array import JsonArraySource, texts_of
from support.effort import examples
from support.tables import table

BOM = b"\xef\xbb\xbf"
CONTRACT = Contract(
    {
        "type": "object",
        "properties": {
            "a": {"type": "string", "maxLength": 3},
            "b": {"type": "integer"},
            "c": {"type": "array", "items": {"type": "object"}},
            "d": {"x-unspecified": "why"},
        },
        "required": ["a"],
        "additionalProperties": False,
    }
)
#: Items of records, and such as are unusual, invalid, or no JSON.
USUAL = ['{"a":"x"}', '{"a":"abcd","b":1}', '{"a":"\u00e4\u7167","b":2}', '{"b":3}']
UNUSUAL = [
    '{"a":"x","c":[{"a":1},{"b":2}]}',
    '{"a":"x","c":[[],[{}],{"a":{"b":{}}}]}',
    '{"a":"x","d":{"a":{"a":1},"b":{}}}',
    '{"a":"},{"}',
    '{"a":"}\\",{\\"a\\":1"}',
    '{"a":"\\\\"}',
    '{"a":"\\\\\\"{"}',
    '{"a":"\\u007b\\n"}',
    '{"a":"[","b":1}',
    '{"a" : "x" , "b":\n 1}',
    '{"a":"x","a":"y"}',
    '{"b":12345678901234567890123,"a":"x"}',
    '{"a":"x","b":1e999}',
    '{"a":"x","d":' + "[" * 9 + "]" * 9 + "}",
    '{"a":"x","d":' + "[" * 250 + "]" * 250 + "}",
    '{"a":"x","d":"' + "y" * 300 + '"}',
    "{}",
    "[]",
    '[{"a":1},{"b":2}]',
    "1",
    '"},{"',
]
INVALID = [
    "",
    '{"a":"x"',
    '{"a":"x}',
    '{"a":x"}',
    '{"a":"x\ny"}',
    '{"a":"x"}}',
    '{"a":"x","c":[}',
    '{"a":"x","c":[{"a":1,{"b":2}]}',
    '{"a":"x",{"b":2}}',
    '{"a":{"b":1},{"c":2}}',
    '{"a":"x"} {"b":1}',
    '{"a":"x"}\\',
    '\\{"a":"x"}',
    '{"a":"x\\',
    '{"a":"x"}\\"',
    "]",
    '{"a":"\x01"}',
    '{"a":"\udcff"}',
]
#: How many bytes are removed, and what is inserted.
EDITS = st.tuples(
    st.integers(0, 3), st.sampled_from([*map(bytes, zip(b'"\\{}[],:\n 1\xff', strict=True)), b""])
)
SEPARATORS = [",", ", ", ",\n", " ,", "\n,\n", ",\r\n  "]


def read(raw: bytes) -> tuple[list[Any], str | None, int]:
    """Read an array: its elements, how it is cut off, and the number of windows."""
    source = JsonArraySource(ByteInput(io.BytesIO(raw)))
    found: list[Any] = []
    windows = 0
    for chunk in (chunk for block in source.blocks() for chunk in block.read()):
        windows += isinstance(chunk, ItemsChunk)
        for each in texts_of(chunk) if isinstance(chunk, ItemsChunk) else [chunk]:
            if isinstance(each, TextsChunk):
                found += zip(each.texts, each.offsets, each.places, strict=True)
            else:
                assert isinstance(each, ValuesChunk)
                found.append(each)
    return found, source.cut_off, windows


def reported(records: Any, key: str | None = "/a") -> BulkReport | str:
    """Return the report of an array, without the lengths, which are measured in some windows.

    It is the error for a text that is no array, but a record on each line.
    """
    try:
        report = check(records, CONTRACT, samples=3, key=key, format="json")
    except FieldboundError as error:
        return str(error)
    return replace(report, lengths=(), measured=0, name=None)


@st.composite
def arrays(draw: Any) -> bytes:
    """Return the text of an array, of records for the most part, perhaps cut off or edited."""
    chosen = st.sampled_from(USUAL)
    others = draw(st.sampled_from([[], [], UNUSUAL, INVALID, [*UNUSUAL, *INVALID]]))
    if others:
        chosen = chosen | chosen | chosen | st.sampled_from(others)
    items = draw(st.lists(chosen, min_size=draw(st.sampled_from([0, 5, 15])), max_size=25))
    separators = draw(st.sampled_from([[each] for each in SEPARATORS] * 2 + [SEPARATORS]))
    text = "".join(item + draw(st.sampled_from(separators)) for item in items)
    text = "[" + draw(st.sampled_from(["", "\n ", " "])) + text
    if items and draw(st.integers(0, 5)):
        text = text.rstrip(", \r\n")
    text += draw(st.sampled_from(["]", "]", "]", "\n]\n", "", "] x", ']\n,{"a":"x"}]']))
    raw = text.encode(errors="surrogateescape")
    edits = draw(st.lists(st.tuples(st.integers(0, len(raw)), EDITS), max_size=2))
    for at, (size, inserted) in edits if draw(st.booleans()) else ():
        raw = raw[:at] + inserted + raw[at + size :]
    return draw(st.sampled_from([b"", b"", BOM])) + (raw if raw.startswith(b"[") else b"[" + raw)


@given(arrays(), st.integers(1, 200), st.integers(1, 80), st.sampled_from([60, 10**6]))
@example(b'[{"a":1},{"a":2},{"c":[1,{"a":1,{"b":2}]},{"a":3},{"a":4},{"a":5}]', 100, 10, 10**6)
@settings(max_examples=examples(1500))
def test_windows_have_the_items_that_a_scan_finds(
    raw: bytes, size: int, window: int, longest: int
) -> None:
    """Whatever the text, its items have the bytes, offsets and places that a scan finds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "READ_SIZE", max(size, raw.find(b"[") + 1))
        patch.setattr(blocks, "CHUNK_SIZE", window)
        patch.setattr(blocks, "MAX_RECORD_SIZE", longest)
        patch.setattr(blocks, "BLOCK_SIZE", 5 * window)
        found, cut_off, windows = read(raw)
        patch.setattr(Windows, "learn", lambda *_: False)
        assert (found, cut_off, 0) == read(raw)
    event("windows" if windows else "no windows")


@given(arrays(), st.integers(1, 200), st.integers(1, 80))
@example(b'[]\n{"a":"x"}, ]', 10, 1)
@settings(max_examples=examples(500))
def test_records_in_windows_count_as_those_that_a_scan_finds(
    raw: bytes, size: int, window: int
) -> None:
    """The report of any array is that of its items, found one by one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "READ_SIZE", max(size, raw.find(b"[") + 1))
        patch.setattr(blocks, "CHUNK_SIZE", window)
        found = reported(io.BytesIO(raw))
        patch.setattr(Windows, "learn", lambda *_: False)
        assert found == reported(io.BytesIO(raw))


@given(arrays(), st.integers(1, 200), st.integers(1, 80))
@settings(max_examples=examples(300))
def test_lines_are_found_again_in_a_file(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes, size: int, window: int
) -> None:
    """Where lines are not counted, what is before a record is read again to find its place."""
    path = tmp_path_factory.getbasetemp() / "array.json"
    path.write_bytes(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "READ_SIZE", max(size, raw.find(b"[") + 1))
        patch.setattr(blocks, "CHUNK_SIZE", window)
        patch.setattr(blocks, "_READ_AGAIN", 7)
        expected = reported(io.BytesIO(raw), key=None)
        patch.setattr(json_array, "_SHORT_LINE", 10**6)
        found = reported(path, key=None)
    if isinstance(found, str) and isinstance(expected, str):
        expected = expected.replace("the stream", str(path))
    assert found == expected


def in_windows(items: list[str], separator: str) -> float:
    """Return which share of items is in windows."""
    raw, scans = f"[{separator.join(items)}]".encode(), 0
    for block in JsonArraySource(ByteInput(io.BytesIO(raw))).blocks():
        scans += sum(len(each.texts) for each in block.read() if isinstance(each, TextsChunk))
    return 1 - scans / len(items)


@table("separator", SEPARATORS)
def test_almost_all_records_are_in_windows(separator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records with the same blanks between are read in windows, nested and escaped ones, too."""
    monkeypatch.setattr(compression, "READ_SIZE", 5000)
    monkeypatch.setattr(blocks, "CHUNK_SIZE", 1000)
    for each in UNUSUAL[:9]:
        items = [*(USUAL[:2] * 5), each] * 50
        assert in_windows(items, separator) > 0.99, each
    indented = json.dumps([{"a": "x", "c": [{"d": 1}, {}]}] * 500, indent=2)
    assert in_windows(indented[4:-2].split(",\n  {"), ",\n  {") > 0.99


def test_what_is_between_records_may_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is between records is learned anew where it changes."""
    monkeypatch.setattr(compression, "READ_SIZE", 1000)
    monkeypatch.setattr(blocks, "CHUNK_SIZE", 100)
    items = [f"{{}}{blank}" for blank in ("", " ", "\n") for _ in range(1000)]
    assert in_windows(items, ",") > 0.8
