"""Files of records: one account, whatever their form, and however many processes judge them."""

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
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

import fieldbound
from fieldbound import Contract
from fieldbound.bulk import BulkReport, Duplicate, Duplicates, check, render, workers as crew
from fieldbound.bulk.inputs import blocks as pieces
from fieldbound.bulk.inputs.ndjson import Range
from fieldbound.documents.document import parse
from fieldbound.model.errors import BrokenContract, FieldboundError, NotJSON, Unspecified
from support.line_by_line import account, bare, key_of, ndjson

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
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut files into many small blocks."""
    monkeypatch.setattr(pieces, "BLOCK", 2000)
    monkeypatch.setattr(pieces, "WINDOW", 500)


def records(number: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return records, some of which break a limit or several."""
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


def odd(number: int, seed: int = 1) -> bytes:
    """Return lines of records among which are blank ones, and some that are no proper JSON."""
    random = Random(seed)
    lines = [json.dumps(each).encode() for each in records(number, seed)]
    strange = (
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
    for line in strange * 2:
        lines.insert(random.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def file(data: bytes, name: str = "a.ndjson") -> str:
    """Write a file, and return its name."""
    Path(name).write_bytes(data)
    return name


# -- one account ---------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("samples", [0, 1, 5])
@pytest.mark.usefixtures("small")
def test_the_account_is_the_sum_of_all_checks(workers: int, samples: int) -> None:
    """By any number of processes, a file is judged as each of its lines is alone."""
    data = odd(500)
    found = check(file(data), CONTRACT, workers=workers, samples=samples, key="/id")
    assert bare(found) == account(CONTRACT, data, samples=samples, key="/id")
    assert found.name == "a.ndjson"
    assert not list(Path().rglob("*.run*"))


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_processes_are_started_in_either_way(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account is the same whether processes are forked or begin anew, and none is left."""
    monkeypatch.setattr(crew, "_way", lambda: way)
    data = odd(200)
    one = check(file(data), CONTRACT, key="/id", valid_out="ok", invalid_out="bad")
    kept = Path("ok").read_bytes(), Path("bad").read_bytes()
    two = check(file(data), CONTRACT, key="/id", workers=2, valid_out="ok", invalid_out="bad")
    assert two == one
    assert (Path("ok").read_bytes(), Path("bad").read_bytes()) == kept
    assert multiprocessing.active_children() == []


def _forms(found: list[dict[str, Any]]) -> Iterator[tuple[str, bytes]]:
    lines = ndjson(found)
    yield "a.ndjson", lines
    yield "a.jsonl", lines[:-1]
    yield "a.ndjson.gz", gzip.compress(lines)
    yield "a.json", b"[" + b",".join(lines.splitlines()) + b"]"
    yield "b.json", json.dumps(found, indent=2).encode()
    yield "a.json.gz", gzip.compress(json.dumps(found).encode())


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_form_of_the_same_records_has_the_same_counts(workers: int) -> None:
    """Lines, arrays, packed or not, streams and values: the counts and the samples are the same."""
    found = records(300)
    reports = [
        check(file(data, name), CONTRACT, workers=workers, key="/id")
        for name, data in _forms(found)
    ]
    reports.append(check(io.BytesIO(ndjson(found)), CONTRACT, workers=workers, key="/id"))
    reports.append(check(iter(found), CONTRACT, workers=workers, key="/id"))
    assert all(counted(each) == counted(reports[0]) for each in reports)
    assert bare(reports[0]) == account(CONTRACT, ndjson(found), key="/id")


def counted(report: BulkReport) -> BulkReport:
    """Return a report without where in a text its samples are."""
    tallies = tuple(
        replace(
            each,
            samples=tuple(
                replace(
                    sample,
                    violation=replace(sample.violation, place=None),
                    offset=None,
                    line=None,
                )
                for sample in each.samples
            ),
        )
        for each in report.tallies
    )
    return replace(report, name=None, tallies=tallies)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_table_is_judged_by_its_rows(workers: int) -> None:
    """The rows of CSV count as the records that they stand for."""
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
    assert counted(found) == counted(check(expected, CONTRACT))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_with_no_records_is_told_as_such(workers: int) -> None:
    """An empty file has no records, blank lines are none but counted: nothing was judged."""
    empty = check(file(b""), CONTRACT, workers=workers)
    assert (empty.records, empty.blank, empty.ok) == (0, 0, False)
    blank = check(file(b"\n  \n\r\n\t"), CONTRACT, workers=workers, key="/id")
    assert (blank.records, blank.blank, blank.ok) == (0, 4, False)
    assert blank.duplicates == Duplicates("/id")


@pytest.mark.parametrize("block", [1, 7, 30, 4000])
@pytest.mark.parametrize("end", [b'{"name":"a', b'{"name":"aaa"', b"\xff", b'{"name":"\xc3'])
def test_a_file_cut_off_at_its_end_is_said_to_be_so(
    block: int, end: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A last line without an end that cannot be read is one refused record, and told."""
    monkeypatch.setattr(pieces, "BLOCK", block)
    monkeypatch.setattr(pieces, "WINDOW", min(block, 10))
    found = check(file(b'{"name":"a"}\n\n' + end), CONTRACT)
    assert (found.records, found.invalid, found.blank) == (2, 1, 1)
    assert found.cut_off == "line 3, the last one, breaks off: what comes after it is missing"
    assert not found.ok
    assert check(file(b'{"name":"a"}\n{"name":"a"}'), CONTRACT).cut_off is None
    assert check(file(b'{"name":"a"}\n' + end + b"\n"), CONTRACT).cut_off is None


@pytest.mark.parametrize(
    "end",
    [b'{"name":NaN}', b'{"name":"\\ud800"}', b'{"name":"a"}{"name":"b"} ', b'{"name":"\xff"}'],
)
def test_a_bad_record_at_the_end_that_is_whole_is_not_cut_off(end: bytes) -> None:
    """A last line that cannot be read and has no end, but breaks off nowhere, is only bad."""
    found = check(file(b'{"name":"a"}\n' + end), CONTRACT)
    assert (found.records, found.invalid, found.cut_off) == (2, 1, None)


def test_a_line_too_long_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line longer than any record may be is one refused record; those around it are judged."""
    monkeypatch.setattr(pieces, "LONGEST", 100_000)
    data = b'{"name":"a"}\n{"name":"%s"}\n{"name":"b"}\n{"name":1}\n' % (b"x" * 200_000)
    found = check(file(data), CONTRACT, invalid_out="bad", valid_out="ok")
    assert (found.records, found.invalid) == (4, 2)
    (long,) = (each for each in found.tallies if each.code == "syntax")
    assert long.samples[0].line == long.samples[0].number == 2
    assert "200,012 bytes: no more than 100,000 are read" in long.samples[0].violation.message
    assert Path("ok").read_bytes() == b'{"name":"a"}\n{"name":"b"}\n'
    assert [json.loads(line)["line"] for line in Path("bad").read_bytes().splitlines()] == [2, 4]


def test_a_contract_is_given_itself_or_by_its_name() -> None:
    """A name finds the contract that it names; one that there is none of is told."""
    record = {"ProdGroupName": "a", "InternalName": "b" * 151}
    name = "oracle-cx-sales/create-product-group"
    found = check([record], name)
    assert found == check([record], fieldbound.contract(name))
    assert [each.id for each in found.tallies] == [f"{name}#/InternalName:maxLength"]
    with pytest.raises(FieldboundError, match="there is no contract"):
        check([record], "no/such")
    with pytest.raises(TypeError, match="contract is a dict: give a Contract, or the name of one"):
        check([record], {"type": "object"})  # type: ignore[arg-type]
    with pytest.raises(BrokenContract):
        check([record], Contract({"type": "nothing"}))
    with pytest.raises(Unspecified):
        check([record], Contract({"x-unspecified": "nobody knows"}))


@pytest.mark.parametrize("at", [0, 1, 999, 1000, 1500])
def test_a_value_that_is_none_of_json_is_told_by_its_index(at: int) -> None:
    """The pointer of NotJSON begins with the index among all records."""
    values: list[Any] = [{"name": "a"} for _ in range(at)]
    with pytest.raises(NotJSON) as raised:
        check([*values, {"name": {1}}], CONTRACT)
    assert raised.value.pointer == f"/{at}/name"
    with pytest.raises(NotJSON) as raised:
        check([*values, object()], CONTRACT)
    assert raised.value.pointer == f"/{at}"
    with pytest.raises(NotJSON) as raised:  # a limit that is broken before does not hide it
        check([*values, {"flag": "?", "name": object()}], CONTRACT)
    assert raised.value.pointer == f"/{at}/name"


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"workers": 0}, ValueError, "workers is 0, but must be a whole number from 1"),
        ({"workers": 1.5}, ValueError, "workers is 1.5"),
        ({"workers": True}, ValueError, "workers is True"),
        ({"samples": -1}, ValueError, "samples is -1, but must be a whole number from 0"),
        ({"samples": None}, ValueError, "samples is None, but must be a whole number from 0"),
        ({"key": 5}, FieldboundError, "JSON Pointer such as /id, not 5"),
        ({"key": "/a~2"}, FieldboundError, "JSON Pointer such as /id, not '/a~2'"),
        ({"key": "id"}, FieldboundError, "JSON Pointer such as /id, not 'id'"),
        ({"key": ""}, FieldboundError, "JSON Pointer such as /id, not ''"),
        ({"format": "xml"}, ValueError, "format is 'xml', but must be one of"),
        ({"columns": {"a": "/a"}}, FieldboundError, "leave the columns out"),
        ({"valid_out": "a.ndjson"}, OSError, "it is the file that is read"),
        ({"valid_out": "x", "invalid_out": "./x"}, OSError, "would be one file"),
        ({"valid_out": "no/where"}, OSError, "No such file"),
        ({"invalid_out": "."}, OSError, "it is a folder"),
    ],
)
def test_an_option_that_cannot_be_is_told(
    options: dict[str, Any], error: type[Exception], said: str
) -> None:
    """What is wrong with an option is said, and nothing is left behind."""
    file(b'{"name":"a"}\n')
    with pytest.raises(error, match=said):
        check("a.ndjson", CONTRACT, **options)
    assert [each.name for each in Path().iterdir() if each.is_file()] == ["a.ndjson"]


@pytest.mark.parametrize("given", [b"{}", {"a": 1}, 1, None, b"a.ndjson"])
def test_what_is_no_run_of_records_is_told(given: Any) -> None:
    """Records are a path, a stream or an iterable, and nothing else."""
    with pytest.raises(TypeError):
        check(given, CONTRACT)


def test_a_file_that_cannot_be_read_is_told() -> None:
    """An OSError names the file."""
    with pytest.raises(FileNotFoundError) as raised:
        check("none.ndjson", CONTRACT)
    assert raised.value.filename == "none.ndjson"
    assert check(file(ndjson([{"name": "a"}])), CONTRACT, workers=None).ok


def test_a_report_is_rendered_in_every_format() -> None:
    """A report is text, JSON or a page; another format is refused by its name."""
    found = check([{"name": "toolong"}], CONTRACT)
    assert "acme/item#/name:maxLength" in render(found, "json")
    assert "/name" in render(found)
    assert render(found, "html").startswith("<!")
    with pytest.raises(ValueError, match="format is 'xml', but must be one of"):
        render(found, "xml")


# -- keys ----------------------------------------------------------------------------------------


def test_keys_that_several_records_have_are_found() -> None:
    """Equal keys are found whatever their kind, and told by the first records that have them."""
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
@pytest.mark.usefixtures("small")
def test_duplicates_are_those_that_a_table_finds(pointer: str, workers: int) -> None:
    """All keys there are twice, how many there are, and which are missing, by any processes."""
    random = Random(pointer)
    numbers = [10**24 + at for at in range(40)] + [f"k{at}" for at in range(40)] + [None, ""]
    rows = []
    for _ in range(300):
        key: Any = random.choice(numbers)
        rows.append({"id": key, "a/b": key, "list": [key] * random.randrange(3), "in": {"id": key}})
    found = check(file(ndjson(rows)), Contract({}), key=pointer, workers=workers, samples=1000)
    having: dict[str, list[int]] = {}
    missing = 0
    for number, row in enumerate(rows, 1):
        key = key_of(row, pointer)
        missing += key is None
        if key is not None:
            having.setdefault(key, []).append(number)
    twice = {key: at for key, at in having.items() if len(at) > 1}
    assert found.duplicates == Duplicates(
        pointer,
        len(twice),
        sum(map(len, twice.values())),
        missing,
        tuple(Duplicate(key, len(at), tuple(at[:5])) for key, at in twice.items()),
    )
    assert not found.ok


def test_large_numbers_are_no_keys_of_each_other() -> None:
    """Numbers of more digits than a double has are told apart, whatever reads them."""
    flat = Contract(SCHEMA)
    rows = [{"name": "a", "id": 10**24 + at} for at in range(5)]
    found = check(file(ndjson(rows)), flat, key="/id")
    assert (found.records, found.invalid) == (5, 0)
    assert found.duplicates == Duplicates("/id")


@pytest.mark.parametrize(
    "pointer", ["/list/00", "/list/-1", "/list/1e0", "/list/\u0661", "/list/9"]
)
def test_what_is_no_index_finds_no_item(pointer: str) -> None:
    """Only 0, 1, 2 and so on name the items of an array."""
    found = check([{"list": ["a", "b"]}], Contract({}), key=pointer).duplicates
    assert found == Duplicates(pointer, missing=1)


# -- accepted and refused ------------------------------------------------------------------------


def told(line: bytes) -> tuple[int, bytes]:
    """Return the number and the record that a refused line has, as it stood."""
    value = json.loads(line)
    assert list(value)[-1] in ("record", "text", "bytes")
    if "record" in value:
        return value["number"], line[line.index(b',"record":') + 10 : -1]
    if "text" in value:
        return value["number"], value["text"].encode()
    return value["number"], b64decode(value["bytes"])


def together(accepted: bytes, refused: bytes) -> list[bytes]:
    """Return all records in order, as they stood."""
    apart = dict(told(line) for line in refused.splitlines())
    kept = iter([line for line in accepted.split(b"\n") if line.strip()])
    total = len(apart) + sum(1 for line in accepted.split(b"\n") if line.strip())
    return [apart[at] if at in apart else next(kept) for at in range(1, total + 1)]


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("block", [100, 2000, 1 << 20])
def test_accepted_and_refused_are_all_records(
    workers: int, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Put together in their order, both files give back every record, byte for byte."""
    monkeypatch.setattr(pieces, "BLOCK", block)
    monkeypatch.setattr(pieces, "WINDOW", min(block, 1000))
    data = odd(400) + b"\n"
    found = check(file(data), CONTRACT, workers=workers, valid_out="ok", invalid_out="bad")
    accepted, refused = Path("ok").read_bytes(), Path("bad").read_bytes()
    assert [each.strip(b" \t\r") for each in together(accepted, refused)] == [
        each.strip(b" \t\r") for each in data.split(b"\n") if each.strip()
    ]
    lines = [line for line in data.split(b"\n") if line.strip()]
    valid = [line for line in lines if CONTRACT.check(parse(line)).ok]
    assert [line for line in accepted.split(b"\n") if line.strip()] == valid
    assert len(valid) == found.valid
    assert len(refused.splitlines()) == found.invalid


def test_a_refused_line_tells_what_check_does() -> None:
    """A refused line is JSON: where its record is, and each violation, as check has them."""
    data = odd(200)
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


def test_a_refused_line_has_the_record_in_the_way_it_can() -> None:
    """JSON stands as it is, other texts as a text, and bytes that are no text in base64."""
    data = b'{"b" : 1.50, "name":1}\n{"name":\n\xff\n' + MARK + b'{"name":"a"}\n'
    check(file(data), CONTRACT, invalid_out="bad")
    lines = Path("bad").read_bytes().splitlines()
    assert lines[0].endswith(b',"record":{"b" : 1.50, "name":1}}')
    assert [told(line)[1] for line in lines] == data.splitlines()
    assert [list(json.loads(line))[-1] for line in lines] == ["record", "text", "bytes", "text"]


def test_refused_elements_are_an_array() -> None:
    """Of an array, both files are arrays."""
    found = records(50)
    report = check(file(json.dumps(found, indent=1).encode(), "a.json"), CONTRACT, valid_out="ok",
                   invalid_out="bad")  # fmt: skip
    accepted, refused = json.loads(Path("ok").read_text()), json.loads(Path("bad").read_text())
    assert (len(accepted), len(refused)) == (report.valid, report.invalid)
    numbers = {each["number"]: each["record"] for each in refused}
    kept = iter(accepted)
    assert [numbers.get(at) or next(kept) for at in range(1, 51)] == found


def test_refused_rows_are_texts() -> None:
    """The rows of a table stand in what tells of them as they are; accepted ones have a header."""
    file(b"name,flag\na,Y\ntoolong,N\nb,N\nx\n", "a.csv")
    check("a.csv", CONTRACT, valid_out="ok", invalid_out="bad")
    assert Path("ok").read_bytes() == b"name,flag\na,Y\nb,N\n"
    assert [told(line) for line in Path("bad").read_bytes().splitlines()] == [
        (2, b"toolong,N"),
        (4, b"x"),
    ]


def test_values_are_written_as_lines() -> None:
    """Of values that no file has, both files have JSON, whatever the size of a number."""
    values = [{"name": "a", "id": 10**30}, {"name": 1, "id": 10**30}]
    check(values, CONTRACT, valid_out="ok", invalid_out="bad")
    assert json.loads(Path("ok").read_text()) == values[0]
    assert json.loads(Path("bad").read_text())["record"] == values[1]


@pytest.mark.parametrize(
    "value",
    [math.nan, -math.inf, date(2026, 1, 1), [{1}], pytest.param(1 << 20_000, id="6021 digits")],
)
def test_what_json_has_not_is_not_written_as_something_else(value: Any) -> None:
    """A value that no limit looks at, but JSON has none such, fails a run that is to write it."""
    records = [{"name": "a", "id": 1}, {"name": "b", "id": {"x": value}}]
    assert check(records, OPEN).ok
    with pytest.raises(NotJSON) as raised:
        check(records, OPEN, valid_out="ok")
    assert raised.value.pointer.startswith("/1/id/x")
    assert not Path("ok").exists()


def test_a_refused_value_that_is_not_finite_is_a_text() -> None:
    """A refused record with NaN in it is told as a text, for it is no JSON."""
    check([{"name": 1, "id": math.nan}], OPEN, invalid_out="bad")
    assert json.loads(Path("bad").read_text())["text"] == '{"name": 1, "id": NaN}'


def test_what_is_not_finite_is_no_key() -> None:
    """NaN, as tables have it where nothing is, tells no record apart."""
    found = check([{"name": "a", "id": math.nan}] * 2, OPEN, key="/id").duplicates
    assert found is not None
    assert (found.keys, found.missing) == (0, 2)


@pytest.mark.parametrize("only", ["valid_out", "invalid_out"])
def test_either_file_may_be_asked_for_alone(only: str) -> None:
    """One of the two files is written without the other."""
    check(file(ndjson([{"name": "a"}, {"name": 1}])), CONTRACT, **{only: "out"})  # type: ignore[arg-type]
    assert len(Path("out").read_bytes().splitlines()) == 1


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_run_that_fails_leaves_no_half_file(
    workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there already stays as it is until all records are judged, and no part is left."""
    file(b"before", "ok")
    file(ndjson(records(500)))
    read = Range.read

    def failing(self: Range) -> Iterator[Any]:
        if self.start > 5000:
            raise OSError(5, "Input/output error", self.path)
        return read(self)

    monkeypatch.setattr(crew, "_way", lambda: "fork")
    monkeypatch.setattr(Range, "read", failing)
    with pytest.raises(OSError, match="Input/output error"):
        check("a.ndjson", CONTRACT, workers=workers, valid_out="ok", invalid_out="bad", key="/id")
    assert Path("ok").read_bytes() == b"before"
    assert sorted(each.name for each in Path().iterdir() if each.is_file()) == ["a.ndjson", "ok"]
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("small")
def test_a_process_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is killed while it judges ends the run with an error, and all the others."""
    read, parent = Range.read, os.getpid()

    def killed(self: Range) -> Iterator[Any]:
        if self.start > 5000 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return read(self)

    monkeypatch.setattr(crew, "_way", lambda: "fork")
    monkeypatch.setattr(Range, "read", killed)
    with pytest.raises(FieldboundError, match="has ended before its time"):
        check(file(ndjson(records(500))), CONTRACT, workers=2, valid_out="ok")
    assert multiprocessing.active_children() == []
    assert not Path("ok").exists()


def test_a_script_without_a_guard_is_told_what_it_lacks() -> None:
    """Where processes begin anew, each runs the script again: the error says what to do."""
    file(ndjson(records(50)))
    Path("script.py").write_text(
        "from fieldbound import Contract, bulk, crew, pieces\n"
        "crew._way = lambda: 'spawn'\n"
        "pieces.BLOCK = 100\n"
        "bulk.check('a.ndjson', Contract(True), workers=2)\n"
    )
    done = subprocess.run(
        [sys.executable, "script.py"], capture_output=True, text=True, check=False
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


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    LINES,
    st.booleans(),
    st.sampled_from([1, 16, 64, 1000]),
    st.integers(0, 2),
    st.sampled_from([None, "/id"]),
)
def test_any_file_is_accounted_for(
    lines: list[bytes], ends: bool, block: int, samples: int, key: str | None
) -> None:
    """Wherever a file is cut, its account is the sum of what check says of each line."""
    data = b"\n".join(lines) + b"\n" * ends
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "BLOCK", block)
        patch.setattr(pieces, "WINDOW", min(block, 64))
        found = check(
            file(data), CONTRACT, samples=samples, key=key, valid_out="ok", invalid_out="bad"
        )
        plain = check(file(data), CONTRACT, samples=samples, key=key)
    assert bare(found) == account(CONTRACT, data, samples=samples, key=key)
    assert plain == found
    assert len(Path("bad").read_bytes().splitlines()) == found.invalid
    if found.duplicates is not None:
        keys = [key_of(parse(line.rstrip(b"\r")).value, key) for line in lines]
        assert found.duplicates.keys == sum(keys.count(each) > 1 for each in {*keys} - {None})


@pytest.mark.usefixtures("small")
def test_no_more_processes_are_started_than_there_are_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However many workers are asked for, none is started for nothing."""
    asked = []
    judged = crew.judged

    def counted(judge: Any, blocks: Any, workers: int, full: Any) -> Any:
        asked.append(workers)
        return judged(judge, blocks, 1, full)

    monkeypatch.setattr("fieldbound.bulk.run.judged", counted)
    assert check(file(b'{"name":"a"}\n' * 350), CONTRACT, workers=10**9).records == 350
    assert asked == [3]
