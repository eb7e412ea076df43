"""Checks of many records: the same report for every format and number of workers."""

from __future__ import annotations

import gzip
import io
import json
import math
import multiprocessing
import os
import signal
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import fieldbound
from fieldbound import Contract
from fieldbound.bulk import (
    BulkReport,
    Duplicate,
    Duplicates,
    check,
    lengths,
    render,
    workers as workers_module,
)
from fieldbound.bulk.inputs import blocks
from fieldbound.bulk.inputs.ndjson import ByteRange
from fieldbound.documents.document import parse
from fieldbound.model.errors import BrokenContract, FieldboundError, NotJSON, Unspecified
from support.effort import examples
from support.line_by_line import bare, expected_report, key_of, ndjson
from support.tables import table

SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "id": {"type": ["integer", "string", "number", "null"]},
        "name": {"type": "string", "maxLength": 5},
        "flag": {"enum": ["Y", "N"]},
        "parts": {"type": "array", "items": {"type": "object"}, "maxItems": 2},
    },
    "required": ["name"],
    "additionalProperties": False,
}
CONTRACT = Contract(SCHEMA, name="acme/item")
OPEN = Contract({"properties": {"name": {"type": "string"}}}, name="acme/open")
MARK = b"\xef\xbb\xbf"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Split files into many small blocks."""
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 2000)
    monkeypatch.setattr(blocks, "CHUNK_SIZE", 500)


def records(number: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return records, some of them with violations."""
    random = Random(seed)
    found = []
    for at in range(number):
        record: dict[str, Any] = {"id": at, "name": "a" * random.randrange(6)}
        if random.random() < 0.3:
            record |= random.choice(
                [
                    {"name": "toolong"},
                    {"flag": True},
                    {"flag": "y", "name": 1},
                    {"other": 1},
                    {"parts": [{}, {}, {}]},
                    {"parts": [1, {"a": 2}]},
                    {"id": random.randrange(at + 1)},
                ]
            )
        if random.random() < 0.05:
            del record["name"]
        found.append(record)
    return found


def unusual_lines(number: int, seed: int = 1) -> bytes:
    """Return lines of records, with blank lines and invalid JSON among them."""
    random = Random(seed)
    lines = [json.dumps(each).encode() for each in records(number, seed)]
    unusual = (
        b"",
        b"  \t",
        b"{",
        b'{"name":"\xff"}',
        b'{"name":"a","name":"b"}',
        b'{"name":"a","id":NaN}',
        b'  {"name" : "a"} \t',
        b'{"name":"a"}\r',
        b'\xef\xbb\xbf{"name":"a"}',
        b'{"name":"\\ud800"}',
        b"null",
        b"[]",
        b'{"name":"a"}{}',
        b'{"name":"\x00"}',
        b'{"name":"a","id":123456789012345678901234567890}',
        b'{"name":"a","id":123456789012345678901234567891}',
        b'{"name":"a","parts":%s}' % (b"[" * 210 + b"]" * 210),
    )
    for line in unusual * 2:
        lines.insert(random.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def file(data: bytes, name: str = "a.ndjson") -> str:
    """Write a file, and return its name."""
    Path(name).write_bytes(data)
    return name


# -- the report ----------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("samples", [0, 1, 5])
@pytest.mark.usefixtures("small_blocks")
def test_the_report_is_the_sum_of_all_checks(workers: int, samples: int) -> None:
    """With any number of workers, a file is checked as each of its lines alone."""
    data = unusual_lines(500)
    found = check(file(data), CONTRACT, workers=workers, samples=samples, key="/id")
    assert bare(found) == expected_report(CONTRACT, data, samples=samples, key="/id")
    assert found.name == "a.ndjson"
    assert not list(Path().rglob("*.run*"))


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_are_forked_or_spawned(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report is the same with either start method, and no process remains."""
    monkeypatch.setattr(workers_module, "_start_method", lambda: method)
    data = unusual_lines(200)
    one = check(file(data), CONTRACT, key="/id", valid_out="ok", invalid_out="bad")
    written = Path("ok").read_bytes(), Path("bad").read_bytes()
    two = check(file(data), CONTRACT, key="/id", workers=2, valid_out="ok", invalid_out="bad")
    assert two == one
    assert (Path("ok").read_bytes(), Path("bad").read_bytes()) == written
    assert multiprocessing.active_children() == []


def _formats(found: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    lines = ndjson(found)
    yield "a.ndjson", lines
    yield "a.jsonl", lines[:-1]
    yield "a.ndjson.gz", gzip.compress(lines)
    yield "a.json", b"[" + b",".join(lines.splitlines()) + b"]"
    yield "b.json", json.dumps(found, indent=2).encode()
    yield "a.json.gz", gzip.compress(json.dumps(found).encode())


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_format_has_the_same_counts(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """NDJSON, arrays, compressed or not, streams and values have the same counts and samples."""
    monkeypatch.setattr(lengths, "FULLY_MEASURED", 1_000)  # all of each, whatever its chunks
    found = records(300)
    reports = [
        check(file(data, name), CONTRACT, workers=workers, key="/id")
        for name, data in _formats(found)
    ]
    reports.append(check(io.BytesIO(ndjson(found)), CONTRACT, workers=workers, key="/id"))
    reports.append(check(iter(found), CONTRACT, workers=workers, key="/id"))
    assert all(without_places(each) == without_places(reports[0]) for each in reports)
    assert bare(reports[0]) == expected_report(CONTRACT, ndjson(found), key="/id")


def without_places(report: BulkReport) -> BulkReport:
    """Return a report without what its samples have of a text: places, numbers as written."""
    tallies = tuple(
        replace(
            each,
            samples=tuple(
                replace(
                    sample,
                    violation=replace(sample.violation, place=None, text=None),
                    offset=None,
                    line=None,
                )
                for sample in each.samples
            ),
        )
        for each in report.tallies
    )
    return replace(report, name=None, tallies=tallies)


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("workers", [1, 2])
def test_csv_rows_are_checked_as_records(workers: int) -> None:
    """The report of a CSV file is that of its records."""
    rows = "".join(f"{at},{'a' * (at % 7)},{'YNX'[at % 3]}\n" for at in range(500))
    found = check(
        file(f"id,Name,flag\n{rows}".encode(), "a.csv"),
        CONTRACT,
        workers=workers,
        columns={"Name": "/name"},
    )
    expected = []
    for at in range(500):
        record = {"id": at, "name": "a" * (at % 7), "flag": "YNX"[at % 3]}
        expected.append({name: each for name, each in record.items() if each != ""})
    assert without_places(found) == without_places(check(expected, CONTRACT))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_without_records_is_not_ok(workers: int) -> None:
    """An empty file has no records; blank lines are not records, but counted."""
    empty = check(file(b""), CONTRACT, workers=workers)
    assert (empty.records, empty.blank, empty.ok) == (0, 0, False)
    blank = check(file(b"\n  \n\r\n\t"), CONTRACT, workers=workers, key="/id")
    assert (blank.records, blank.blank, blank.ok) == (0, 4, False)
    assert blank.duplicates == Duplicates("/id")


@pytest.mark.parametrize("block", [1, 7, 30, 4000])
@pytest.mark.parametrize("end", [b'{"name":"a', b'{"name":"aaa"', b"\xff", b'{"name":"\xc3'])
def test_a_truncated_last_line_is_reported(
    block: int, end: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A last line without a line end that cannot be read is an invalid record, and reported."""
    monkeypatch.setattr(blocks, "BLOCK_SIZE", block)
    monkeypatch.setattr(blocks, "CHUNK_SIZE", min(block, 10))
    found = check(file(b'{"name":"a"}\n\n' + end), CONTRACT)
    assert (found.records, found.invalid, found.blank) == (2, 1, 1)
    assert found.cut_off == "line 3, the last one, is incomplete"
    assert not found.ok
    assert check(file(b'{"name":"a"}\n{"name":"a"}'), CONTRACT).cut_off is None
    assert check(file(b'{"name":"a"}\n' + end + b"\n"), CONTRACT).cut_off is None


@pytest.mark.parametrize(
    "end",
    [b'{"name":NaN}', b'{"name":"\\ud800"}', b'{"name":"a"}{"name":"b"} ', b'{"name":"\xff"}'],
)
def test_an_invalid_last_line_that_is_complete_is_not_truncated(end: bytes) -> None:
    """A complete last line that cannot be read and has no line end is only invalid."""
    found = check(file(b'{"name":"a"}\n' + end), CONTRACT)
    assert (found.records, found.invalid, found.cut_off) == (2, 1, None)


def test_a_line_that_is_too_long_is_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line that is too long is one invalid record; the other lines are checked."""
    monkeypatch.setattr(blocks, "MAX_RECORD_SIZE", 100_000)
    data = b'{"name":"a"}\n{"name":"%s"}\n{"name":"b"}\n{"name":1}\n' % (b"x" * 200_000)
    found = check(file(data), CONTRACT, invalid_out="bad", valid_out="ok")
    assert (found.records, found.invalid) == (4, 2)
    (long,) = (each for each in found.tallies if each.code == "syntax")
    assert long.samples[0].line == long.samples[0].number == 2
    assert "the record has 200,011 bytes, the limit is 100,000" in long.samples[0].violation.message
    assert Path("ok").read_bytes() == b'{"name":"a"}\n{"name":"b"}\n'
    assert [json.loads(line)["line"] for line in Path("bad").read_bytes().splitlines()] == [2, 4]


@table("name", ["a.ndjson", "a.json"])
@table("end", [b"", b"\n", b"\r\n", b" \r\n"])
def test_a_record_may_be_as_long_as_the_limit(
    name: str, end: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line end is no part of it, nor is a blank after an item; the message has its own size."""
    monkeypatch.setattr(blocks, "MAX_RECORD_SIZE", 1000)
    texts = [b'{"name":"a","parts":[%b]}' % (b" " * size) for size in (977, 978)]
    assert list(map(len, texts)) == [1000, 1001]
    end = end if name == "a.json" else end.lstrip(b" ")
    for text, message in zip(texts, ["", "has 1,001 bytes, the limit is 1,000"], strict=True):
        data = b"[%b%b]" % (text, end) if name == "a.json" else text + end
        found = check(file(data, name), CONTRACT)
        assert found.records == 1
        assert found.ok is (not message)
        assert all(message in each.samples[0].violation.message for each in found.tallies)


def test_a_contract_is_passed_itself_or_by_name() -> None:
    """A name is looked up; an unknown one is an error."""
    record = {"ProdGroupName": "a", "InternalName": "b" * 151}
    name = "oracle-cx-sales/create-product-group"
    found = check([record], name)
    assert found == check([record], fieldbound.contract(name))
    assert [each.id for each in found.tallies] == [f"{name}#/InternalName:maxLength"]
    with pytest.raises(FieldboundError, match="there is no contract"):
        check([record], "no/such")
    with pytest.raises(TypeError, match="contract must be a Contract or the name of one, not dict"):
        check([record], {"type": "object"})  # type: ignore[arg-type]
    with pytest.raises(BrokenContract):
        check([record], Contract({"type": "nothing"}))
    with pytest.raises(Unspecified):
        check([record], Contract({"x-unspecified": "nobody knows"}))


@table("at", [0, 1, 999, 1000, 1500])
def test_a_value_that_is_not_json_is_an_error_with_its_index(at: int) -> None:
    """The pointer of NotJSON begins with the index among all records."""
    values: list[Any] = [{"name": "a"} for _ in range(at)]
    with pytest.raises(NotJSON) as raised:
        check([*values, {"name": {1}}], CONTRACT)
    assert raised.value.pointer == f"/{at}/name"
    with pytest.raises(NotJSON) as raised:
        check([*values, object()], CONTRACT)
    assert raised.value.pointer == f"/{at}"
    with pytest.raises(NotJSON) as raised:  # a violation before it does not hide it
        check([*values, {"flag": "?", "name": object()}], CONTRACT)
    assert raised.value.pointer == f"/{at}/name"


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"workers": 0}, ValueError, "workers must be an integer >= 1, not 0"),
        ({"workers": 1.5}, ValueError, "workers must be an integer >= 1, not 1.5"),
        ({"workers": True}, ValueError, "workers must be an integer >= 1, not True"),
        ({"samples": -1}, ValueError, "samples must be an integer >= 0, not -1"),
        ({"samples": None}, ValueError, "samples must be an integer >= 0, not None"),
        ({"key": 5}, FieldboundError, "JSON Pointer such as /id, not 5"),
        ({"key": "/a~2"}, FieldboundError, "JSON Pointer such as /id, not '/a~2'"),
        ({"key": "id"}, FieldboundError, "JSON Pointer such as /id, not 'id'"),
        ({"key": ""}, FieldboundError, "JSON Pointer such as /id, not ''"),
        ({"format": "xml"}, ValueError, "format must be one of .*, not 'xml'"),
        (
            {"columns": {"a": "/a"}},
            FieldboundError,
            "columns are only mapped for CSV and Parquet, not for NDJSON",
        ),
        ({"valid_out": "a.ndjson"}, OSError, "it is the input file; use another file"),
        (
            {"valid_out": "x", "invalid_out": "./x"},
            OSError,
            "both valid and invalid records; use two files",
        ),
        ({"valid_out": "no/where"}, OSError, "No such file"),
        ({"invalid_out": "."}, OSError, "it is a folder"),
    ],
)
def test_invalid_options_are_errors(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    """An invalid option raises an error, and leaves no files."""
    file(b'{"name":"a"}\n')
    with pytest.raises(error, match=message):
        check("a.ndjson", CONTRACT, **options)
    assert [each.name for each in Path().iterdir() if each.is_file()] == ["a.ndjson"]


@table("given", [b"{}", {"a": 1}, 1, None, b"a.ndjson"])
def test_invalid_records_arguments_are_errors(given: Any) -> None:
    """Records must be a path, a stream or an iterable."""
    with pytest.raises(TypeError):
        check(given, CONTRACT)


def test_a_missing_file_is_an_error() -> None:
    """The OSError names the file."""
    with pytest.raises(FileNotFoundError) as raised:
        check("none.ndjson", CONTRACT)
    assert raised.value.filename == "none.ndjson"
    assert check(file(ndjson([{"name": "a"}])), CONTRACT, workers=None).ok


def test_a_report_is_rendered_in_every_format() -> None:
    """A report is rendered as text, JSON or HTML; another format is an error."""
    found = check([{"name": "toolong"}], CONTRACT)
    assert "acme/item#/name:maxLength" in render(found, "json")
    assert "/name" in render(found)
    assert render(found, "html").startswith("<!")
    with pytest.raises(ValueError, match=r"format must be one of .*, not 'xml'"):
        render(found, "xml")


# -- keys ----------------------------------------------------------------------------------------


def test_duplicate_keys_are_found() -> None:
    """Equal keys of any type are found, with the first records that have them."""
    ids = [1, "1", 1.0, None, "a", 2.5, "a", 2.5, "a", True, 1, {"b": 1, "a": 2}, {"a": 2, "b": 1}]
    data = ndjson([{"id": each} for each in ids] + [{}, []])
    found = check(file(data), Contract({}), key="/id").duplicates
    assert found == Duplicates(
        "/id",
        4,
        10,
        3,
        (
            Duplicate("1", 3, (1, 3, 11)),
            Duplicate('"a"', 3, (5, 7, 9)),
            Duplicate("2.5", 2, (6, 8)),
            Duplicate('{"a":2,"b":1}', 2, (12, 13)),
        ),
    )


@pytest.mark.parametrize("pointer", ["/id", "/a~1b", "/list/0", "/in/id"])
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.usefixtures("small_blocks")
def test_duplicates_equal_those_of_a_dictionary(pointer: str, workers: int) -> None:
    """All duplicate and missing keys are found, with any number of workers."""
    random = Random(pointer)
    numbers = [10**24 + at for at in range(40)] + [f"k{at}" for at in range(40)] + [None, ""]
    rows = []
    for _ in range(300):
        key: Any = random.choice(numbers)
        rows.append({"id": key, "a/b": key, "list": [key] * random.randrange(3), "in": {"id": key}})
    found = check(file(ndjson(rows)), Contract({}), key=pointer, workers=workers, samples=1000)
    numbers_of: dict[str, list[int]] = {}
    missing = 0
    for number, row in enumerate(rows, 1):
        key = key_of(row, pointer)
        missing += key is None
        if key is not None:
            numbers_of.setdefault(key, []).append(number)
    duplicates = {key: at for key, at in numbers_of.items() if len(at) > 1}
    assert found.duplicates == Duplicates(
        pointer,
        len(duplicates),
        sum(map(len, duplicates.values())),
        missing,
        tuple(Duplicate(key, len(at), tuple(at[:5])) for key, at in duplicates.items()),
    )
    assert not found.ok


def test_large_numbers_are_distinct_keys() -> None:
    """Integers with more digits than a double has are distinct keys."""
    flat = Contract(SCHEMA)
    rows = [{"name": "a", "id": 10**24 + at} for at in range(5)]
    found = check(file(ndjson(rows)), flat, key="/id")
    assert (found.records, found.invalid) == (5, 0)
    assert found.duplicates == Duplicates("/id")


@table("pointer", ["/list/00", "/list/-1", "/list/1e0", "/list/\u0661", "/list/9"])
def test_invalid_indices_find_no_item(pointer: str) -> None:
    """Only 0, 1, 2 and so on are indices of an array."""
    found = check([{"list": ["a", "b"]}], Contract({}), key=pointer).duplicates
    assert found == Duplicates(pointer, missing=1)


# -- output files --------------------------------------------------------------------------------


def written(line: bytes) -> tuple[int, bytes]:
    """Return the number and the original record of an output line."""
    value = json.loads(line)
    assert list(value)[-1] in ("record", "text", "bytes")
    if "record" in value:
        return value["number"], line[line.index(b',"record":') + 10 : -1]
    if "text" in value:
        return value["number"], value["text"].encode()
    return value["number"], b64decode(value["bytes"])


def joined(valid: bytes, invalid: bytes) -> list[bytes]:
    """Return all records in order, byte for byte."""
    invalid_records = dict(written(line) for line in invalid.splitlines())
    valid_records = iter([line for line in valid.split(b"\n") if line.strip()])
    total = len(invalid_records) + sum(1 for line in valid.split(b"\n") if line.strip())
    return [
        invalid_records[at] if at in invalid_records else next(valid_records)
        for at in range(1, total + 1)
    ]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("block", [100, 2000, 1 << 20])
def test_output_files_have_all_records(
    workers: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Joined in their order, both files have every record, byte for byte."""
    monkeypatch.setattr(blocks, "BLOCK_SIZE", block)
    monkeypatch.setattr(blocks, "CHUNK_SIZE", min(block, 1000))
    data = unusual_lines(400) + b"\n"
    found = check(file(data), CONTRACT, workers=workers, valid_out="ok", invalid_out="bad")
    valid, invalid = Path("ok").read_bytes(), Path("bad").read_bytes()
    assert [each.strip(b" \t\r") for each in joined(valid, invalid)] == [
        each.strip(b" \t\r") for each in data.split(b"\n") if each.strip()
    ]
    lines = [line for line in data.split(b"\n") if line.strip()]
    expected = [line for line in lines if CONTRACT.check(parse(line)).ok]
    assert [line for line in valid.split(b"\n") if line.strip()] == expected
    assert len(expected) == found.valid
    assert len(invalid.splitlines()) == found.invalid


def test_an_invalid_record_is_written_with_its_violations() -> None:
    """An output line is JSON: where its record is, and each violation, as in the report."""
    data = unusual_lines(200)
    check(file(data), CONTRACT, invalid_out="bad")
    lines = data.split(b"\n")
    for line in Path("bad").read_bytes().splitlines():
        value = json.loads(line)
        raw = lines[value["line"] - 1]
        assert data[value["offset"] :].startswith(raw)
        assert value["violations"] == [
            {
                "code": each.code,
                "limit": each.limit and each.limit.id,
                "pointer": each.pointer,
                "message": each.message,
                "hint": each.hint,
                "says": each.says,
            }
            for each in CONTRACT.check(parse(raw.rstrip(b"\r")))
        ]


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("name", ["a.ndjson", "a.json"])
@pytest.mark.parametrize(
    "neighbour", [b'{"name":"a"}', b'{"name":"a","parts":[{}]}', b'{"name":2}']
)
def test_a_number_is_written_as_the_text_has_it(name: str, neighbour: bytes, workers: int) -> None:
    """In the message and in the hint of a violation, whatever the records around it are."""
    numbers = (b"1E2", b"1.50", b"10.1", b"-0", b"0", b"5", b"1" * 120)
    lines = [b'{"name":%b,"parts":[]}' % number for number in numbers for _ in range(9)]
    lines += [b'{"name":%b}' % number for number in numbers]
    lines = [line for each in lines for line in (each, neighbour)]
    is_array = name == "a.json"
    data = b"[%b]" % b",\n".join(lines) if is_array else b"\n".join(lines)
    check(file(data, name), CONTRACT, invalid_out="bad", workers=workers)
    text = Path("bad").read_bytes()
    found = json.loads(text) if is_array else list(map(json.loads, text.splitlines()))
    expected = [
        [(each.message, each.hint) for each in report]
        for line in lines
        if not (report := CONTRACT.check(parse(line))).ok
    ]
    written = [[(at["message"], at["hint"]) for at in each["violations"]] for each in found]
    assert written == expected


def test_an_invalid_record_is_written_as_json_text_or_base64() -> None:
    """JSON is written unchanged, other text as a string, and invalid UTF-8 in base64."""
    data = b'{"b" : 1.50, "name":1}\n{"name":\n\xff\n' + MARK + b'{"name":"a"}\n'
    check(file(data), CONTRACT, invalid_out="bad")
    lines = Path("bad").read_bytes().splitlines()
    assert lines[0].endswith(b',"record":{"b" : 1.50, "name":1}}')
    assert [written(line)[1] for line in lines] == data.splitlines()
    assert [list(json.loads(line))[-1] for line in lines] == ["record", "text", "bytes", "text"]


def test_output_files_of_an_array_are_arrays() -> None:
    """Both output files of an array are arrays."""
    found = records(50)
    report = check(file(json.dumps(found, indent=1).encode(), "a.json"), CONTRACT, valid_out="ok",
                   invalid_out="bad")  # fmt: skip
    valid, invalid = json.loads(Path("ok").read_text()), json.loads(Path("bad").read_text())
    assert (len(valid), len(invalid)) == (report.valid, report.invalid)
    numbers = {each["number"]: each["record"] for each in invalid}
    rest = iter(valid)
    assert [numbers.get(at) or next(rest) for at in range(1, 51)] == found


def test_invalid_rows_are_written_as_text() -> None:
    """Invalid rows are written as text, valid ones unchanged after the header."""
    file(b"name,flag\na,Y\ntoolong,N\nb,N\nx\n", "a.csv")
    check("a.csv", CONTRACT, valid_out="ok", invalid_out="bad")
    assert Path("ok").read_bytes() == b"name,flag\na,Y\nb,N\n"
    assert [written(line) for line in Path("bad").read_bytes().splitlines()] == [
        (2, b"toolong,N"),
        (4, b"x"),
    ]


def test_values_are_written_as_ndjson() -> None:
    """Values are written as JSON, with all digits of a number."""
    values = [{"name": "a", "id": 10**30}, {"name": 1, "id": 10**30}]
    check(values, CONTRACT, valid_out="ok", invalid_out="bad")
    assert json.loads(Path("ok").read_text()) == values[0]
    assert json.loads(Path("bad").read_text())["record"] == values[1]


@pytest.mark.parametrize(
    "value",
    [math.nan, -math.inf, date(2026, 1, 1), [{1}], pytest.param(1 << 20_000, id="6021 digits")],
)
def test_values_that_are_not_json_are_not_written(value: Any) -> None:
    """A valid record with a value that JSON does not have fails when it is to be written."""
    records = [{"name": "a", "id": 1}, {"name": "b", "id": {"x": value}}]
    assert check(records, OPEN).ok
    with pytest.raises(NotJSON) as raised:
        check(records, OPEN, valid_out="ok")
    assert raised.value.pointer.startswith("/1/id/x")
    assert not Path("ok").exists()


def test_an_invalid_record_with_nan_is_written_as_text() -> None:
    """An invalid record with NaN is written as text, as it is not JSON."""
    check([{"name": 1, "id": math.nan}], OPEN, invalid_out="bad")
    assert json.loads(Path("bad").read_text())["text"] == '{"name": 1, "id": NaN}'


def test_nan_is_a_missing_key() -> None:
    """NaN, which tables have for missing values, is not a key."""
    found = check([{"name": "a", "id": math.nan}] * 2, OPEN, key="/id").duplicates
    assert found is not None
    assert (found.keys, found.missing) == (0, 2)


@table("key", [lambda number: number, lambda number: [{"a": number}], lambda number: -number])
def test_keys_of_any_size_are_compared(key: Callable[[int], Any]) -> None:
    """Numbers of more digits than Python writes are duplicates only if they are the same."""
    values = [{"name": "a", "id": key(10**power)} for power in (5000, 5001, 5000)]
    found = check(values, OPEN, key="/id").duplicates
    assert found is not None
    assert (found.keys, found.records) == (1, 2)


@pytest.mark.parametrize("only", ["valid_out", "invalid_out"])
def test_either_output_file_can_be_written_alone(only: str) -> None:
    """Each output file can be written without the other."""
    check(file(ndjson([{"name": "a"}, {"name": 1}])), CONTRACT, **{only: "out"})  # type: ignore[arg-type]
    assert len(Path("out").read_bytes().splitlines()) == 1


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_failed_run_leaves_no_part_files(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A target is unchanged until all records are checked, and no part file remains."""
    file(b"before", "ok")
    file(ndjson(records(500)))
    read = ByteRange.read

    def failing(self: ByteRange) -> Iterator[Any]:
        if self.start > 5000:
            raise OSError(5, "Input/output error", self.path)
        return read(self)

    monkeypatch.setattr(workers_module, "_start_method", lambda: "fork")
    monkeypatch.setattr(ByteRange, "read", failing)
    with pytest.raises(OSError, match="Input/output error"):
        check("a.ndjson", CONTRACT, workers=workers, valid_out="ok", invalid_out="bad", key="/id")
    assert Path("ok").read_bytes() == b"before"
    assert sorted(each.name for each in Path().iterdir() if each.is_file()) == ["a.ndjson", "ok"]
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("small_blocks")
def test_a_killed_worker_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is killed ends the run with an error, and all other workers."""
    read, parent = ByteRange.read, os.getpid()

    def killed(self: ByteRange) -> Iterator[Any]:
        if self.start > 5000 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(self)

    monkeypatch.setattr(workers_module, "_start_method", lambda: "fork")
    monkeypatch.setattr(ByteRange, "read", killed)
    with pytest.raises(FieldboundError, match="a worker process ended unexpectedly"):
        check(file(ndjson(records(500))), CONTRACT, workers=2, valid_out="ok")
    assert multiprocessing.active_children() == []
    assert not Path("ok").exists()


@pytest.mark.parametrize("size", [0, 1 << 20], ids=["small", "larger than a pipe holds"])
def test_a_script_without_a_main_guard_is_an_error(size: int) -> None:
    """Spawned workers import the script again: the error says what to do, whatever the contract."""
    file(ndjson(records(50)))
    Path("script.py").write_text(
        "from fieldbound import Contract, bulk\n"
        "from fieldbound.bulk import workers\n"
        "from fieldbound.bulk.inputs import blocks\n"
        "workers._start_method = lambda: 'spawn'\n"
        "blocks.BLOCK_SIZE = 100\n"
        f"bulk.check('a.ndjson', Contract({{'description': 'a' * {size}}}), workers=2)\n"
    )
    done = subprocess.run(
        [sys.executable, "script.py"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1
    assert 'below `if __name__ == "__main__":`' in done.stderr.splitlines()[-1]


# -- any file ------------------------------------------------------------------------------------

LINES = st.lists(
    st.sampled_from(
        [
            b'{"name":"a"}',
            b'{"name":"a","id":1}',
            b'{"name":"toolong","id":1.0}',
            b'{"name":1,"flag":true,"id":"1"}',
            b'{"name":"a","id":1e400}',
            b'{"name":"a","id":18446744073709551617}',
            b'{"id":"\xc3\xa9","parts":[{"a":1,"a":2}]}',
            b'{"id":null,"parts":{"x:":1,"x:":2},"name":"a"}',
            b"\xff",
            b"{",
            b"[1",
            b"2]",
            b"",
            b"\r",
            MARK + b'{"name":"a"}',
            b'{"name":"a"}' + b" " * 40,
        ]
    ),
    max_size=12,
)


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    LINES,
    st.booleans(),
    st.sampled_from([1, 16, 64, 1000]),
    st.integers(0, 2),
    st.sampled_from([None, "/id"]),
)
def test_the_report_of_any_file_is_the_sum_of_all_checks(
    lines: list[bytes], ends: bool, block: int, samples: int, key: str | None
) -> None:
    """Wherever a file is split, its report is the sum of the checks of its lines."""
    data = b"\n".join(lines) + b"\n" * ends
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK_SIZE", block)
        patch.setattr(blocks, "CHUNK_SIZE", min(block, 64))
        found = check(
            file(data), CONTRACT, samples=samples, key=key, valid_out="ok", invalid_out="bad"
        )
        plain = check(file(data), CONTRACT, samples=samples, key=key)
    assert bare(found) == expected_report(CONTRACT, data, samples=samples, key=key)
    assert plain == found
    assert len(Path("bad").read_bytes().splitlines()) == found.invalid
    if found.duplicates is not None:
        keys = [key_of(parse(line.rstrip(b"\r")).value, key) for line in lines]
        assert found.duplicates.keys == sum(keys.count(each) > 1 for each in {*keys} - {None})


@pytest.mark.usefixtures("small_blocks")
def test_no_more_workers_are_started_than_there_are_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Workers without a block are not started."""
    started = []
    check_blocks = workers_module.check_blocks

    def count_workers(checker: Any, source: Any, skip: int, workers: int, sampled: Any) -> Any:
        started.append(workers)
        return check_blocks(checker, source, skip, 1, sampled)

    monkeypatch.setattr("fieldbound.bulk.run.check_blocks", count_workers)
    assert check(file(b'{"name":"a"}\n' * 350), CONTRACT, workers=10**9).records == 350
    assert started == [3]


class Failing(io.RawIOBase):
    """A stream that fails at its end."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)

    def read(self, size: int = -1) -> bytes:
        """Read some bytes, or raise OSError."""
        found = self._data.read(size)
        if not found:
            raise TimeoutError("the other side does not answer")
        return found


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    ("layout", "text"),
    [
        ("ndjson", b'{"name":"a"}\n' * 2000),
        ("json", b"[" + b'{"name":"a"},' * 2000),
        ("csv", b"name\n" + b"a\n" * 2000),
    ],
)
@pytest.mark.usefixtures("small_blocks")
def test_an_error_of_a_stream_is_raised(layout: str, text: bytes, workers: int) -> None:
    """An error of a stream is raised as it is, whichever process checks the records."""
    with pytest.raises(TimeoutError, match="does not answer"):
        check(Failing(text), CONTRACT, workers=workers, format=layout)
