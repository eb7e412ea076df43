"""Where records come from: packed files, arrays, streams and values, and how one is chosen."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from backports import zstd
from hypothesis import example, given, settings, strategies as st

from fieldbound.bulk.inputs import blocks as pieces, compression as packed, json_array as arrays
from fieldbound.bulk.inputs.blocks import Huge, Texts
from fieldbound.bulk.inputs.compression import Bytes, Feed, Stream
from fieldbound.bulk.inputs.json_array import Array
from fieldbound.bulk.inputs.ndjson import Lines
from fieldbound.bulk.inputs.sources import Records, holds_array, is_records, source_of
from fieldbound.model.errors import FieldboundError

MARK = b"\xef\xbb\xbf"
PACK = {"gz": gzip.compress, "zst": zstd.compress}
BLANKS = st.text(" \t\r\n", max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda each: (
        st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=4), each, max_size=4)
    ),
    max_leaves=12,
)


def elements(text: bytes) -> tuple[list[tuple[bytes | None, int, tuple[int, int]]], str | None]:
    """Read an array from a stream; what follows its end counts as a text, too."""
    source = Array(Bytes(io.BytesIO(text)))
    found: list[Any] = []
    for _, block in source.blocks():
        for piece in pickle.loads(pickle.dumps(block)).read():  # noqa: S301
            if isinstance(piece, Texts):
                found += zip(piece.texts, piece.offsets, piece.places, strict=True)
            else:
                found += zip(piece.raws, piece.offsets, piece.lines, strict=True)
                assert [each.code for each in piece.values] == ["trailingData"]
    return found, source.cut_off


def texts(text: bytes) -> list[bytes | None]:
    """Read the texts of the elements of an array."""
    return [each[0] for each in elements(text)[0]]


def rows(source: Any) -> list[bytes]:
    """Read all lines of a source of NDJSON; a long one is told by its place and size."""
    found = []
    for _, block in source.blocks():
        for piece in block.read():
            if isinstance(piece, Huge):
                found.append(b"%d+%d" % piece)
            else:
                found += [piece.offset, *piece.raw.splitlines(keepends=True)]
    return found


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read few bytes at a time, and cut into small blocks."""
    monkeypatch.setattr(packed, "READ", 16)
    monkeypatch.setattr(pieces, "BLOCK", 64)
    monkeypatch.setattr(pieces, "WINDOW", 16)
    monkeypatch.setattr(pieces, "LONGEST", 100)


# -- arrays --------------------------------------------------------------------------------------


@st.composite
def spaced(draw: Any, value: Any) -> str:
    """Write a JSON value with blanks wherever they may be."""
    blank = draw(BLANKS)
    if isinstance(value, list):
        items = [draw(BLANKS) + draw(spaced(each)) + draw(BLANKS) for each in value]
        return "[" + (",".join(items) or blank) + "]"
    if isinstance(value, dict):
        members = [
            f"{blank}{json.dumps(name)}{draw(BLANKS)}:{draw(BLANKS)}{draw(spaced(each))}{blank}"
            for name, each in value.items()
        ]
        return "{" + (",".join(members) or blank) + "}"
    return json.dumps(value, ensure_ascii=draw(st.booleans()))


@given(st.data(), st.lists(JSON, max_size=6), st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_an_element_is_given_as_it_stands(data: Any, values: list[Any], read: int) -> None:
    """Each element comes with its bytes, offset, line and column, wherever the text is cut."""
    text, expected = "[", []
    for index, value in enumerate(values):
        text += "," * bool(index) + data.draw(BLANKS)
        element = data.draw(spaced(value))
        line = text.count("\n") + 1
        column = len(text) - text.rfind("\n")
        expected.append((element.encode(), len(text.encode()), (line, column)))
        text += element + data.draw(BLANKS)
    text = (text if values else "[" + data.draw(BLANKS)) + "]" + data.draw(BLANKS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "READ", max(read, text.encode().find(b"[") + 1))
        assert elements(text.encode()) == (expected, None)


@given(st.text('[]{}:,"\\\n a1\u00e4', max_size=60), st.integers(1, 12))
@example('{"a":"x},\n{"b":1},\n{"c":"\\', 1)
@settings(max_examples=300, deadline=None)
def test_where_the_text_is_read_in_parts_changes_nothing(text: str, read: int) -> None:
    """Whatever stands in an array, its elements are the same however it is read."""
    raw = b"[" + text.encode()
    whole = elements(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "READ", read)
        assert elements(raw) == whole


@given(st.text('[]{}:,"\\\n a1', max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_byte_of_an_array_is_lost(text: str) -> None:
    """Between the elements there are blanks and commas alone, behind them one bracket."""
    raw = b"[" + text.encode()
    rest = bytearray(raw)
    for found, offset, _ in elements(raw)[0]:
        assert found is not None
        assert raw[offset : offset + len(found)] == found
        rest[offset : offset + len(found)] = b" " * len(found)
    assert set(rest[1:]) <= set(b" \n\t\r,]")
    assert rest.count(b"]") <= 1


BROKEN = {
    "no value": (b'[{"a":},{"b":1}]', [b'{"a":}', b'{"b":1}']),
    "a bracket of another kind": (b'[{"a":[1},{"b":1}]', [b'{"a":[1}', b'{"b":1}']),
    "one bracket too many": (b'[{"a":1}},{"b":1}]', [b'{"a":1}}', b'{"b":1}']),
    "no bracket that closes": (b'[{"a":{"b":1}, {"c":2}]', [b'{"a":{"b":1}', b'{"c":2}']),
    "no quotation mark": (
        b'[{"a":"x},\n{"b":1},\n{"c":2}]',
        [b'{"a":"x}', b'{"b":1}', b'{"c":2}'],
    ),
    "a line end in a string": (
        b'[{"a":"x\ny","b":1},\n{"c":2}]',
        [b'{"a":"x\ny","b":1}', b'{"c":2}'],
    ),
    "a comma at the end": (b'[{"a":1}, ]', [b'{"a":1}', b""]),
    "two commas": (b"[1,,2]", [b"1", b"", b"2"]),
    "a comma alone": (b"[,]", [b"", b""]),
    "no comma": (b'[{"a":1} {"b":1}]', [b'{"a":1} {"b":1}']),
    "nothing": (b"[ \n]", []),
    "no UTF-8": (b'[{"a":"\xff"},1]', [b'{"a":"\xff"}', b"1"]),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.parametrize("read", [1, 1000])
def test_a_broken_element_is_one_record(
    case: str, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong in one element does not reach the others."""
    text, expected = BROKEN[case]
    monkeypatch.setattr(packed, "READ", read)
    assert texts(text) == expected


@pytest.mark.parametrize("text", [b'[{"a":1},{"b":"x', b'[{"a":1},{"b":"x\\', b'[{"a":1},{"b":"x '])
def test_an_array_cut_off_is_said_to_be_so(text: bytes) -> None:
    """The last element of an array without an end is a record, as far as it goes."""
    found, cut_off = elements(text)
    assert [each[0] for each in found] == [b'{"a":1}', text[9:].rstrip()]
    assert cut_off == "the array has no end: ] is missing"


@pytest.mark.parametrize("read", [3, 1000])
def test_what_follows_an_array_is_a_record_of_its_own(
    read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind the end of an array, anything but blanks is refused, at its place."""
    monkeypatch.setattr(packed, "READ", read)
    assert elements(b'[1]\n  \n {"a":1} x\n') == ([(b"1", 1, (1, 2)), (b'{"a":1} x', 8, 3)], None)
    assert texts(b"[1] \n ") == [b"1"]


def test_a_byte_order_mark_is_told_of_the_first_record() -> None:
    """A byte order mark before an array stays with the first element, which is judged with it."""
    assert elements(MARK + b"[ 1,2]")[0] == [(MARK + b"1", 5, (1, 3)), (b"2", 7, (1, 5))]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("size", [90, 99, 100, 5000])
def test_a_long_element_is_not_read(size: int) -> None:
    """An element of as many bytes as no record may have has no text; the others have theirs."""
    text = b'"' + b"x" * (size - 2) + b'"'
    expected = None if size >= 100 else text
    assert texts(b"[1," + text + b",2]") == [b"1", expected, b"2"]
    shallow = b'{"a":' + b"x" * (size - 6) + b"}"
    assert texts(b"[1," + shallow + b",2]") == [b"1", None if size >= 100 else shallow, b"2"]


def test_deep_nesting_takes_no_stack() -> None:
    """Brackets may nest as deep as they like."""
    deep = b"[" * 100_000 + b"]" * 100_000
    assert texts(b"[1," + deep + b",2]") == [b"1", deep, b"2"]


@pytest.mark.usefixtures("small")
def test_blocks_of_an_array_can_be_left_out() -> None:
    """Leaving out the first blocks gives just the others, with the same places."""
    text = json.dumps([{"n": n} for n in range(200)]).encode()
    every = list(Array(Bytes(io.BytesIO(text))).blocks())
    assert len(every) > 20
    assert list(Array(Bytes(io.BytesIO(text))).blocks(7)) == every[7:]


def test_what_is_no_array_is_refused() -> None:
    """A text of another kind is refused at once, with what may be meant."""
    with pytest.raises(FieldboundError, match=r"^the stream is no JSON array: .* is ndjson$"):
        source_of(io.BytesIO(b'{"a":1}'), format="json")


# -- packed --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
@given(
    st.lists(st.integers(0, 300).map(lambda size: b"x" * size), max_size=20),
    st.sampled_from([b"\n", b""]),
    st.sampled_from([*PACK, "plain"]),
)
@settings(max_examples=150, deadline=None)
def test_packed_lines_are_those_of_the_plain_file(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes, how: str
) -> None:
    """NDJSON from a stream gives the windows and offsets that the plain file gives."""
    path = tmp_path_factory.getbasetemp() / "lines.ndjson"
    text = b"\n".join(lines) + end
    path.write_bytes(text)
    data = PACK[how](text) if how in PACK else text
    assert rows(Stream(Bytes(io.BytesIO(data)))) == rows(Lines(str(path)))


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.sampled_from([*PACK]))
@settings(max_examples=100, deadline=None)
def test_members_follow_each_other(parts: list[bytes], how: str) -> None:
    """A packed file may have several members, or frames."""
    data = b"".join(map(PACK[how], parts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packed, "READ", 7)
        feed = Feed(io.BytesIO(data), "it")
        assert feed.read(10_000) == b"".join(parts)
    assert (feed.cut_off, feed.position) == (None, len(data))


@given(st.integers(0, 10_000), st.sampled_from([*PACK]))
@settings(max_examples=60, deadline=None)
def test_packed_data_cut_off_are_said_to_be_so(size: int, how: str) -> None:
    """What can be unpacked of a file cut off anywhere is given, and where it breaks off is said."""
    text = os.urandom(20_000).hex().encode()
    data = PACK[how](text)
    feed = Feed(io.BytesIO(data[: size + 4]), "it", {"gz": "gzip", "zst": "zstd"}[how])
    found = feed.read(100_000)
    assert text.startswith(found)
    name = "gzip" if how == "gz" else "zstd"
    assert feed.cut_off == f"the {name} data break off after {len(found):,} bytes of text"


@pytest.mark.parametrize("how", PACK)
def test_an_empty_packed_file_is_cut_off(how: str, tmp_path: Path) -> None:
    """A file of no bytes is not what its name says."""
    path = tmp_path / f"x.ndjson.{how}"
    path.write_bytes(b"")
    source = source_of(path)
    assert list(source.blocks()) == []
    assert source.cut_off is not None
    assert source.cut_off.endswith("data break off after 0 bytes of text")


@pytest.mark.parametrize("at", [-1, -6, 5000])
def test_damaged_gzip_gives_all_before_the_damage(at: int) -> None:
    """Of damaged data, also where only the check at the end fails, all before it is given."""
    text = os.urandom(20_000).hex().encode()
    data = bytearray(gzip.compress(text))
    data[at] ^= 0xFF
    feed = Feed(io.BytesIO(bytes(data)), "it")
    found = feed.read(100_000)
    assert feed.cut_off == f"the gzip data are damaged after {len(found):,} bytes of text"
    assert len(found) > 5000 if at > 0 else found == text


@pytest.mark.parametrize("at", [-1, 150_000])
def test_damaged_zstd_is_said_to_be_so(at: int) -> None:
    """Of zstd with damage in it, what comes before is given but for the last few bytes."""
    text = os.urandom(200_000).hex().encode()
    options = {zstd.CompressionParameter.checksum_flag: 1}
    data = bytearray(zstd.compress(text, options=options))
    data[at] ^= 0xFF
    data[at : at + 50 if at > 0 else at] = bytes(50 if at > 0 else 0)
    feed = Feed(io.BytesIO(bytes(data)), "it")
    found = feed.read(1_000_000)
    assert feed.cut_off == f"the zstd data are damaged after {len(found):,} bytes of text"
    assert len(found) > len(text) - 8192 if at < 0 else len(found) > 100_000


@pytest.mark.parametrize("how", PACK)
def test_something_else_behind_packed_data_is_told(how: str) -> None:
    """What follows packed data is not passed over; zeros that fill up gzip are."""
    name = "gzip" if how == "gz" else "zstd"
    feed = Feed(io.BytesIO(PACK[how](b"abc") + b"hello"), "it")
    assert feed.read(100) == b"abc"
    assert feed.cut_off == f"something else follows the {name} data, after 3 bytes of text"
    filled = Feed(io.BytesIO(gzip.compress(b"abc") + bytes(9) + gzip.compress(b"d")), "it")
    assert (filled.read(100), filled.cut_off) == (b"abcd", None)


def test_frames_to_skip_are_skipped() -> None:
    """A frame of zstd that holds no text is passed, at the start as well."""
    skipped = b"\x5e\x2a\x4d\x18\x03\x00\x00\x00abc"
    feed = Feed(io.BytesIO(skipped + zstd.compress(b"1") + skipped + zstd.compress(b"2")), "it")
    assert (feed.read(9), feed.cut_off) == (b"12", None)


@pytest.mark.parametrize("how", PACK)
def test_a_bomb_is_unpacked_step_by_step(how: str) -> None:
    """However much text comes of few bytes, little of it is there at a time."""
    feed = Feed(io.BytesIO(PACK[how](bytes(50_000_000))), "it")
    size = 0
    while data := feed.read(1000):
        size += len(data)
        assert len(feed._held) <= 64 << 10
    assert size == 50_000_000


@pytest.mark.parametrize("how", PACK)
def test_a_name_that_says_packed_is_held_to_it(how: str, tmp_path: Path) -> None:
    """A file named as packed that is not is refused, for it may be damaged."""
    path = tmp_path / f"x.ndjson.{how}"
    path.write_bytes(b'{"a":1}\n')
    with pytest.raises(FieldboundError, match="does not begin as such data do"):
        list(source_of(path).blocks())


def test_without_zstd_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing unpacks zstd, it is said what to install."""
    for name in ("compression", "compression.zstd", "backports", "backports.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(FieldboundError, match=r"install fieldbound\[zstd\]$"):
        Feed(io.BytesIO(zstd.compress(b"1")), "it").read(1)


def test_zstd_that_takes_much_memory_is_refused() -> None:
    """Data with a window wider than is safe are refused, with what to do."""
    options = {
        zstd.CompressionParameter.window_log: 30,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    packer = zstd.ZstdCompressor(options=options)
    data = packer.compress(b"abc") + packer.flush()
    with pytest.raises(FieldboundError, match="pack it without --long"):
        Feed(io.BytesIO(data), "it").read(10)


def test_a_stream_of_texts_is_refused() -> None:
    """A stream must be of bytes."""
    with pytest.raises(FieldboundError, match="gives str, not bytes: open it in binary mode"):
        source_of(io.StringIO("{}"))  # type: ignore[arg-type]


# -- choosing ------------------------------------------------------------------------------------

CHOICES = {
    "a.ndjson": (b"{}\n", Lines),
    "a.jsonl": (b"[1]\n", Lines),
    "a.JSONL.GZ": (gzip.compress(b"[1]\n"), Stream),
    "a.json": (b" \n[1]", Array),
    "b.json": (b'{"a":1}\n{"a":2}\n', Lines),
    "a.json.zst": (zstd.compress(b"[1]"), Array),
    "a.gz": (gzip.compress(b"[1]"), Array),
    "b.gz": (gzip.compress(b"1\n"), Stream),
    "a": (b"[1]", Array),
    "b": (b"1\n", Lines),
    "c": (gzip.compress(b"1\n"), Stream),
    "c.ndjson": (gzip.compress(b"1\n"), Stream),
    "empty.ndjson": (b"", Lines),
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_file_is_read_by_its_name_or_its_start(name: str, tmp_path: Path) -> None:
    """The name of a file says what is in it, or else how it begins."""
    data, kind = CHOICES[name]
    (tmp_path / name).write_bytes(data)
    source = source_of(tmp_path / name)
    assert (type(source), source.name, source.size) == (kind, str(tmp_path / name), len(data))


def test_names_that_say_records() -> None:
    """A name says records by its suffixes; plain JSON may be one record."""
    yes = "a.ndjson a.jsonl a.csv a.tsv a.parquet a.ndjson.gz A.CSV.ZST a.json.gz a.json.zst"
    assert all(map(is_records, yes.split()))
    assert not any(map(is_records, ["a.json", "a.yaml", "a.gz", "a", "ndjson", "a.yaml.gz"]))


def test_an_array_in_a_json_file_is_seen(tmp_path: Path) -> None:
    """A file named as JSON holds records if it begins as an array of objects."""
    files = {"a.json": b"\n [ {", "b.json": b'{"a":[{}]}', "c.txt": b"[{}]", "d.json": b"[1,{}]"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert [name for name in files if holds_array(tmp_path / name)] == ["a.json"]


def test_a_stream_is_read_once_as_what_it_begins_as() -> None:
    """The format of a stream is seen without passing a byte of it, packed or not."""
    for text in (b'{"a":1}\n', gzip.compress(b'{"a":1}\n'), zstd.compress(b'{"a":1}\n')):
        assert rows(source_of(io.BytesIO(text))) == [0, b'{"a":1}\n']
    assert isinstance(source_of(io.BytesIO(b"[1]")), Array)
    assert isinstance(source_of(io.BytesIO(b"[1]"), format="ndjson"), Stream)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_pipe_with_a_name_is_a_stream(tmp_path: Path) -> None:
    """What is no regular file is read once, from its start to its end."""
    path = tmp_path / "pipe.ndjson"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"1\n2\n",))
    writer.start()
    source = source_of(path)
    assert source.size is None
    assert rows(source) == [0, b"1\n", b"2\n"]
    writer.join()


def test_values_are_records_as_they_are() -> None:
    """Any iterable of values is a source, taken as it is gone through."""
    source = source_of({"n": n} for n in range(2500))
    blocks = [list(block.read()) for _, block in source.blocks()]
    assert isinstance(source, Records)
    assert [len(piece.values) for (piece,) in blocks] == [1000, 1000, 500]  # type: ignore[union-attr]
    assert [position for position, _ in source_of([1]).blocks()] == [0]


def test_what_is_no_source_is_refused(tmp_path: Path) -> None:
    """What is given wrongly is refused with what to give."""
    with pytest.raises(TypeError, match="records are a dict: give the path of a file"):
        source_of({"a": 1})
    with pytest.raises(ValueError, match="format is 'xml', but must be one of ndjson, json"):
        source_of([], format="xml")
    with pytest.raises(FileNotFoundError):
        source_of(tmp_path / "none.ndjson")
    with pytest.raises(FieldboundError, match="columns are mapped for CSV and Parquet"):
        source_of([{"a": 1}], columns={"a": "/b"})
    with pytest.raises(FieldboundError, match="is Parquet, which is read from its end"):
        source_of(io.BytesIO(b"PAR1"))


def test_an_error_crosses_processes() -> None:
    """An error of reading pickles and compares by value, as all of the library do."""
    error = FieldboundError("x")
    assert pickle.loads(pickle.dumps(error)) == error  # noqa: S301


def test_a_block_of_an_array_has_no_more_than_so_many_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Short records are cut into blocks by their number, for each takes memory of its own."""
    monkeypatch.setattr(arrays, "_BLOCK", 3)
    source = Array(Bytes(io.BytesIO(b"[0,1,2,3,4,5,6]")))
    blocks = [list(block.read()) for _, block in source.blocks()]
    assert [[piece.texts for piece in block if isinstance(piece, Texts)] for block in blocks] == [
        [[b"0", b"1", b"2"]],
        [[b"3", b"4", b"5"]],
        [[b"6"]],
    ]
