"""JSON documents: one record each; their first line shows whether they are NDJSON."""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import pytest

from fieldbound import Contract, FieldboundError
from fieldbound.bulk import check
from fieldbound.bulk.inputs import blocks
from fieldbound.bulk.inputs.compression import ByteInput
from fieldbound.bulk.inputs.json_document import layout_of

CONTRACT = Contract({"type": "object", "properties": {"a": {"maxLength": 2}}, "required": ["a"]})
DOCUMENT = b'\n{\n  "a":\n  "x"\n}\n'

LAYOUTS = {
    b"": "line",
    b" \n\t\r\n": "line",
    b"{}": "line",
    b"\xef\xbb\xbf{}\n": "line",
    b"1\n": "line",
    b"{\n}": "document",
    b'\n\n{"a":\n1}\n': "document",
    b'{"a":\n{"a":1}\n{"a":2}\n': "document",
    b'"a': "document",
    b"[]": "array",
    b"[\n1]\n": "array",
    b"[1]\n\n": "array",
    b"[1]\nx": "array",
    b"[1]\n]": "array",
    b"[1\n[2]\n": "array",
    b"{}\n{}\n": "lines",
    b"{}\r\n\r\n{}": "lines",
    b"{}\n{": "lines",
    b"\xef\xbb\xbf\n1\n2\n": "lines",
    b"[1]\n[2]\n": "lines",
    b"[1]\n\n{}\n": "lines",
}


@pytest.mark.parametrize("text", LAYOUTS, ids=repr)
def test_the_layout_is_that_of_the_first_value(text: bytes) -> None:
    """A complete value on the first line with another line after it makes each line a record."""
    for data in (text, gzip.compress(text)):
        assert layout_of(ByteInput(io.BytesIO(data))) == LAYOUTS[text]


@pytest.mark.parametrize("size", [300_000, 3_000_000])
def test_the_first_line_may_be_long(size: int) -> None:
    """The first line is read as far as a record may be long."""
    line = b'{"a":"%s"}' % (b"x" * size)
    assert layout_of(ByteInput(io.BytesIO(line + b"\n{}\n"))) == "lines"
    assert layout_of(ByteInput(io.BytesIO(line))) == "line"
    assert layout_of(ByteInput(io.BytesIO(line[:-1]))) == "document"


@pytest.mark.parametrize("name", ["p.json", "p.log", "p", "p.json.gz"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_document_is_one_record(name: str, workers: int, tmp_path: Path) -> None:
    """A value on several lines is one record, in a file, in a compressed file and in a stream."""
    path = tmp_path / name
    path.write_bytes(gzip.compress(DOCUMENT) if name.endswith(".gz") else DOCUMENT)
    report = check(path, CONTRACT, workers=workers, samples=3)
    assert (report.records, report.ok, report.name) == (1, True, str(path))
    assert check(path, CONTRACT, format="json").records == 1
    with path.open("rb") as stream:
        assert check(stream, CONTRACT).records == 1


def test_the_places_in_a_document_are_those_of_the_file(tmp_path: Path) -> None:
    """A sample has the line and the column in the file, and the key of the record."""
    path = tmp_path / "p.json"
    path.write_bytes(DOCUMENT.replace(b"x", b"xyz"))
    report = check(path, CONTRACT, key="/a")
    (sample,) = report.tallies[0].samples
    assert (str(sample.violation.place), sample.number, sample.key) == ("4:3", 1, '"xyz"')


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b'{\n"a": 1\n', "syntax"),
        (b'{\n"a": "x"\n}\n}', "trailingData"),
        (b'{\n"a": "x",\n"a": "x"\n}', "duplicateKey"),
        (b'\xef\xbb\xbf{\n"a": "x"\n}', "byteOrderMark"),
        (b'{\n"a": "\xff"\n}', "encoding"),
        ('{\n"a": "x"\n}'.encode("utf-16"), "encoding"),
    ],
)
def test_an_invalid_text_is_one_invalid_record(text: bytes, code: str, tmp_path: Path) -> None:
    """A text that is no JSON value is one invalid record, not one per line."""
    (tmp_path / "p.json").write_bytes(text)
    report = check(tmp_path / "p.json", CONTRACT)
    assert (report.records, report.invalid, report.tallies[0].code) == (1, 1, code)


def test_a_document_is_written_unchanged_or_as_an_array(tmp_path: Path) -> None:
    """A valid document is written byte for byte, an invalid one as an item of an array."""
    path, valid, invalid = (tmp_path / name for name in ("p.json", "valid", "invalid"))
    for data, files in (
        (DOCUMENT, (DOCUMENT, b"[\n\n]\n")),
        (DOCUMENT.replace(b"x", b"xyz"), (b"", None)),
    ):
        path.write_bytes(data)
        check(path, CONTRACT, valid_out=valid, invalid_out=invalid)
        assert valid.read_bytes() == files[0]
        assert invalid.read_bytes() == (files[1] or invalid.read_bytes())
    assert check(invalid, Contract({"required": ["number", "violations", "record"]})).ok


def test_a_blank_document_has_no_records(tmp_path: Path) -> None:
    """A blank file has no records, also with format="json"."""
    (tmp_path / "p.json").write_bytes(b" \n")
    for format_ in (None, "json"):
        report = check(tmp_path / "p.json", CONTRACT, format=format_)
        assert (report.records, report.ok) == (0, False)


def test_a_truncated_document_fails(tmp_path: Path) -> None:
    """A document in truncated compressed data is reported as truncated."""
    (tmp_path / "p.json.gz").write_bytes(gzip.compress(DOCUMENT)[:-4])
    assert check(tmp_path / "p.json.gz", CONTRACT).cut_off is not None


def test_lines_are_not_one_document(tmp_path: Path) -> None:
    """NDJSON given with format="json" is an error that names its format."""
    (tmp_path / "p.json").write_bytes(b'{"a":"x"}\n{"a":"xyz"}\n')
    report = check(tmp_path / "p.json", CONTRACT)
    assert (report.records, report.invalid) == (2, 1)
    with pytest.raises(FieldboundError, match=r"another line follows; .*its format is ndjson"):
        check(tmp_path / "p.json", CONTRACT, format="json")


def test_lines_are_read_where_the_format_is_said(tmp_path: Path) -> None:
    """With format="ndjson", or a name of NDJSON, each line is a record."""
    for name, options in (("p.json", {"format": "ndjson"}), ("p.ndjson", {})):
        (tmp_path / name).write_bytes(b'{\n"a": "x"\n}\n')
        report = check(tmp_path / name, CONTRACT, **options)  # type: ignore[arg-type]
        assert (report.records, report.invalid) == (3, 3)


def test_a_document_longer_than_a_record_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document that is too long is an error that says what to do, on one line or several."""
    monkeypatch.setattr(blocks, "MAX_RECORD_SIZE", 20)
    for text in (b'{\n"a": "x",\n"b": "%s"}', b'{"a": "x", "b": "%s"}'):
        (tmp_path / "p.json").write_bytes(text % (b"x" * 20))
        with pytest.raises(FieldboundError, match="more than 20 bytes: check it as a document"):
            check(tmp_path / "p.json", CONTRACT)


@pytest.mark.parametrize("name", ["p.yaml", "p.YML", "p.yaml.gz"])
def test_yaml_is_an_error(name: str, tmp_path: Path) -> None:
    """YAML is not read as records, neither from its path nor from an open file."""
    path = tmp_path / name
    text = b"a: x\n---\na: y\n"
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    with pytest.raises(FieldboundError, match="is YAML, which is not read as records: check it"):
        check(path, CONTRACT)
    with path.open("rb") as stream, pytest.raises(FieldboundError, match="is YAML"):
        check(stream, CONTRACT)
    with pytest.raises(FieldboundError, match="is YAML"):
        check(path, CONTRACT, format="yaml")
