"""Sources of records: compressed files, arrays, streams and values, and their detection."""

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

from fieldbound.bulk.inputs import blocks, compression, json_array
from fieldbound.bulk.inputs.blocks import ItemsChunk, LongLine, TextsChunk, ValuesChunk
from fieldbound.bulk.inputs.compression import ByteInput, DecompressedReader
from fieldbound.bulk.inputs.detection import holds_array, is_records
from fieldbound.bulk.inputs.json_array import JsonArraySource, texts_of
from fieldbound.bulk.inputs.json_document import DocumentSource
from fieldbound.bulk.inputs.ndjson import NdjsonSource, NdjsonStreamSource
from fieldbound.bulk.inputs.sources import ValuesSource, source_of
from fieldbound.model.errors import FieldboundError
from support.effort import examples
from support.tables import table

BOM = b"\xef\xbb\xbf"
COMPRESS = {"gz": gzip.compress, "zst": zstd.compress}
BLANKS = st.text(" \t\r\n", max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda each: (
        st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=4), each, max_size=4)
    ),
    max_leaves=12,
)


def elements(text: bytes) -> tuple[list[tuple[bytes | None, int, tuple[int, int]]], str | None]:
    """Read the texts of an array from a stream, and the extra data after its end."""
    source = JsonArraySource(ByteInput(io.BytesIO(text)))
    found: list[Any] = []
    for block in source.blocks():
        for chunk in pickle.loads(pickle.dumps(block)).read():  # noqa: S301
            for each in texts_of(chunk) if isinstance(chunk, ItemsChunk) else [chunk]:
                if isinstance(each, TextsChunk):
                    found += zip(each.texts, each.offsets, each.places, strict=True)
            if isinstance(chunk, ValuesChunk):
                found += zip(chunk.raws, chunk.offsets, chunk.lines, strict=True)
                assert [each.code for each in chunk.values] == ["trailingData"]
    return found, source.cut_off


def texts(text: bytes) -> list[bytes | None]:
    """Read the texts of the elements of an array."""
    return [each[0] for each in elements(text)[0]]


def rows(source: Any) -> list[bytes]:
    """Read all lines of an NDJSON source; of a long one its offset and size."""
    found = []
    for block in source.blocks():
        for chunk in block.read():
            if isinstance(chunk, LongLine):
                found.append(b"%d+%d" % chunk)
            else:
                found += [chunk.offset, *chunk.raw.splitlines(keepends=True)]
    return found


@pytest.fixture
def small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read few bytes at a time, and split into small blocks."""
    monkeypatch.setattr(compression, "READ_SIZE", 16)
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 64)
    monkeypatch.setattr(blocks, "CHUNK_SIZE", 16)
    monkeypatch.setattr(blocks, "MAX_RECORD_SIZE", 100)


# -- arrays --------------------------------------------------------------------------------------


@st.composite
def spaced(draw: Any, value: Any) -> str:
    """Return a JSON value with blanks wherever they are allowed."""
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
@settings(max_examples=examples(150))
def test_elements_have_their_texts_and_places(data: Any, values: list[Any], read: int) -> None:
    """Each element has its bytes, offset, line and column, wherever the text is split."""
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
        patch.setattr(compression, "READ_SIZE", max(read, text.encode().find(b"[") + 1))
        assert elements(text.encode()) == (expected, None)


@given(st.text('[]{}:,"\\\n a1\u00e4', max_size=60), st.integers(1, 12))
@example('{"a":"x},\n{"b":1},\n{"c":"\\', 1)
@settings(max_examples=examples(300))
def test_elements_do_not_depend_on_the_read_size(text: str, read: int) -> None:
    """The elements of any text are the same whatever the read size."""
    raw = b"[" + text.encode()
    whole = elements(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "READ_SIZE", read)
        assert elements(raw) == whole


@given(st.text('[]{}:,"\\\n a1', max_size=60))
@settings(max_examples=examples(300))
def test_no_byte_of_an_array_is_lost(text: str) -> None:
    """Between the elements there are only blanks and commas, after them one bracket."""
    raw = b"[" + text.encode()
    rest = bytearray(raw)
    for found, offset, _ in elements(raw)[0]:
        assert found is not None
        assert raw[offset : offset + len(found)] == found
        rest[offset : offset + len(found)] = b" " * len(found)
    assert set(rest[1:]) <= set(b" \n\t\r,]")
    assert rest.count(b"]") <= 1


INVALID = {
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


@table("case", INVALID)
@table("read", [1, 1000])
def test_an_invalid_element_is_one_record(
    case: str, read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A syntax error in an element does not affect the others."""
    text, expected = INVALID[case]
    monkeypatch.setattr(compression, "READ_SIZE", read)
    assert texts(text) == expected


@pytest.mark.parametrize("text", [b'[{"a":1},{"b":"x', b'[{"a":1},{"b":"x\\', b'[{"a":1},{"b":"x '])
def test_a_truncated_array_is_reported(text: bytes) -> None:
    """The incomplete last element of a truncated array is a record."""
    found, cut_off = elements(text)
    assert [each[0] for each in found] == [b'{"a":1}', text[9:].rstrip()]
    assert cut_off == "the array is not closed: expected ]"


@pytest.mark.parametrize("read", [3, 1000])
def test_extra_data_after_an_array_is_one_record(
    read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Extra data after an array are invalid, at their place."""
    monkeypatch.setattr(compression, "READ_SIZE", read)
    assert elements(b'[1]\n  \n {"a":1} x\n') == ([(b"1", 1, (1, 2)), (b'{"a":1} x', 8, 3)], None)
    assert texts(b"[1] \n ") == [b"1"]


def test_a_byte_order_mark_belongs_to_the_first_record() -> None:
    """A byte order mark before an array is reported of the first element."""
    assert elements(BOM + b"[ 1,2]")[0] == [(BOM + b"1", 5, (1, 3)), (b"2", 7, (1, 5))]


@pytest.mark.usefixtures("small_sizes")
@pytest.mark.parametrize("size", [90, 100, 101, 5000])
def test_elements_that_are_too_long_are_not_read(size: int) -> None:
    """An element that is too long has no text; the others keep their own, blanks do not count."""
    for text in (
        b'"' + b"x" * (size - 2) + b'"',
        b'{"a":' + b"x" * (size - 6) + b"}",
        b'{"a":' + b" " * (size - 7) + b"1}",
    ):
        expected = None if size > 100 else text
        assert texts(b"[1," + text + b",2]") == [b"1", expected, b"2"]
        assert texts(b"[1, " + text + b" " * 300 + b", 2]") == [b"1", expected, b"2"]
        assert texts(b"[\n" + text + b"\n]") == [expected]


def test_deep_nesting_does_not_recurse() -> None:
    """Brackets may be nested to any depth."""
    deep = b"[" * 100_000 + b"]" * 100_000
    assert texts(b"[1," + deep + b",2]") == [b"1", deep, b"2"]


@pytest.mark.usefixtures("small_sizes")
def test_blocks_of_an_array_can_be_skipped() -> None:
    """Skipping the first blocks yields the others, with the same places."""
    text = json.dumps([{"n": n} for n in range(200)]).encode()

    def blocks_after(skip: int) -> list[list[Any]]:
        source = JsonArraySource(ByteInput(io.BytesIO(text)))
        return [list(block.read()) for block in source.blocks(skip)]

    every = blocks_after(0)
    assert len(every) > 20
    assert blocks_after(7) == every[7:]


def test_another_value_than_an_array_is_one_record() -> None:
    """With format="json" a text is an array, or one value."""
    assert isinstance(source_of(io.BytesIO(b'{"a":1}'), format="json"), DocumentSource)


# -- compression ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_sizes")
@given(
    st.lists(st.integers(0, 300).map(lambda size: b"x" * size), max_size=20),
    st.sampled_from([b"\n", b""]),
    st.sampled_from([*COMPRESS, "plain"]),
)
@settings(max_examples=examples(150))
def test_compressed_ndjson_has_the_chunks_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], end: bytes, suffix: str
) -> None:
    """NDJSON from a stream has the chunks and offsets of the uncompressed file."""
    path = tmp_path_factory.getbasetemp() / "lines.ndjson"
    text = b"\n".join(lines) + end
    path.write_bytes(text)
    data = COMPRESS[suffix](text) if suffix in COMPRESS else text
    assert rows(NdjsonStreamSource(ByteInput(io.BytesIO(data)))) == rows(NdjsonSource(str(path)))


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.sampled_from([*COMPRESS]))
@settings(max_examples=examples(100))
def test_several_members_are_decompressed(parts: list[bytes], suffix: str) -> None:
    """A compressed file may have several members or frames."""
    data = b"".join(map(COMPRESS[suffix], parts))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compression, "READ_SIZE", 7)
        reader = DecompressedReader(io.BytesIO(data), "it")
        assert reader.read(10_000) == b"".join(parts)
    assert (reader.cut_off, reader.position) == (None, len(data))


@given(st.integers(0, 10_000), st.sampled_from([*COMPRESS]))
@settings(max_examples=examples(60))
def test_truncated_compressed_data_are_reported(size: int, suffix: str) -> None:
    """Truncated data are decompressed as far as possible, and reported."""
    text = os.urandom(20_000).hex().encode()
    data = COMPRESS[suffix](text)
    reader = DecompressedReader(
        io.BytesIO(data[: size + 4]), "it", {"gz": "gzip", "zst": "zstd"}[suffix]
    )
    found = reader.read(100_000)
    assert text.startswith(found)
    name = "gzip" if suffix == "gz" else "zstd"
    assert (
        reader.cut_off == f"the {name} data are truncated after {len(found):,} decompressed bytes"
    )


@pytest.mark.parametrize("suffix", COMPRESS)
def test_an_empty_compressed_file_is_truncated(suffix: str, tmp_path: Path) -> None:
    """An empty file with the name of a compressed one is truncated."""
    path = tmp_path / f"x.ndjson.{suffix}"
    path.write_bytes(b"")
    source = source_of(path)
    assert list(source.blocks()) == []
    assert source.cut_off is not None
    assert source.cut_off.endswith("data are truncated after 0 decompressed bytes")


@pytest.mark.parametrize("at", [-1, -6, 5000])
def test_corrupt_gzip_is_decompressed_up_to_the_error(at: int) -> None:
    """Corrupt gzip data, also with a wrong checksum, are decompressed up to the error."""
    text = os.urandom(20_000).hex().encode()
    data = bytearray(gzip.compress(text))
    data[at] ^= 0xFF
    reader = DecompressedReader(io.BytesIO(bytes(data)), "it")
    found = reader.read(100_000)
    assert reader.cut_off == f"the gzip data are corrupt after {len(found):,} decompressed bytes"
    assert len(found) > 5000 if at > 0 else found == text


@pytest.mark.parametrize("at", [-1, 150_000])
def test_corrupt_zstd_is_reported(at: int) -> None:
    """Corrupt zstd data are decompressed up to a few bytes before the error."""
    text = os.urandom(200_000).hex().encode()
    options = {zstd.CompressionParameter.checksum_flag: 1}
    data = bytearray(zstd.compress(text, options=options))
    data[at] ^= 0xFF
    data[at : at + 50 if at > 0 else at] = bytes(50 if at > 0 else 0)
    reader = DecompressedReader(io.BytesIO(bytes(data)), "it")
    found = reader.read(1_000_000)
    assert reader.cut_off == f"the zstd data are corrupt after {len(found):,} decompressed bytes"
    assert len(found) > len(text) - 8192 if at < 0 else len(found) > 100_000


@pytest.mark.parametrize("suffix", COMPRESS)
def test_extra_data_after_compressed_data_are_reported(suffix: str) -> None:
    """Extra data after compressed data are reported; zeros after gzip data are skipped."""
    name = "gzip" if suffix == "gz" else "zstd"
    reader = DecompressedReader(io.BytesIO(COMPRESS[suffix](b"abc") + b"hello"), "it")
    assert reader.read(100) == b"abc"
    assert reader.cut_off == f"extra data after the {name} data, after 3 decompressed bytes"
    filled = DecompressedReader(
        io.BytesIO(gzip.compress(b"abc") + bytes(9) + gzip.compress(b"d")), "it"
    )
    assert (filled.read(100), filled.cut_off) == (b"abcd", None)


def test_skippable_frames_are_skipped() -> None:
    """A skippable frame of zstd is skipped, at the start as well."""
    skipped = b"\x5e\x2a\x4d\x18\x03\x00\x00\x00abc"
    reader = DecompressedReader(
        io.BytesIO(skipped + zstd.compress(b"1") + skipped + zstd.compress(b"2")), "it"
    )
    assert (reader.read(9), reader.cut_off) == (b"12", None)


@pytest.mark.parametrize("suffix", COMPRESS)
def test_decompression_bombs_take_little_memory(suffix: str) -> None:
    """Highly compressed data are decompressed in small steps."""
    reader = DecompressedReader(io.BytesIO(COMPRESS[suffix](bytes(50_000_000))), "it")
    size = 0
    while data := reader.read(1000):
        size += len(data)
        assert len(reader._buffer) <= compression.READ_SIZE + 1000
    assert size == 50_000_000


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_name_of_another_compression_is_an_error(suffix: str, tmp_path: Path) -> None:
    """A file that is not compressed as its name says is an error."""
    path = tmp_path / f"x.ndjson.{suffix}"
    path.write_bytes(b'{"a":1}\n')
    with pytest.raises(FieldboundError, match="data, as its name says: rename it"):
        list(source_of(path).blocks())


def test_missing_zstd_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without zstd, the error names the extra to install."""
    for name in ("compression", "compression.zstd", "backports", "backports.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(FieldboundError, match=r"install fieldbound\[zstd\]$"):
        DecompressedReader(io.BytesIO(zstd.compress(b"1")), "it").read(1)


def test_zstd_with_a_large_window_is_an_error() -> None:
    """Data that take too much memory are an error that says what to do."""
    options = {
        zstd.CompressionParameter.window_log: 30,
        zstd.CompressionParameter.enable_long_distance_matching: 1,
    }
    compressor = zstd.ZstdCompressor(options=options)
    data = compressor.compress(b"abc") + compressor.flush()
    with pytest.raises(FieldboundError, match="compress it without --long"):
        DecompressedReader(io.BytesIO(data), "it").read(10)


def test_a_text_stream_is_an_error() -> None:
    """A stream must be binary."""
    with pytest.raises(FieldboundError, match="returns str, not bytes: open it in binary mode"):
        source_of(io.StringIO("{}"))  # type: ignore[arg-type]


# -- detection -----------------------------------------------------------------------------------

FILES = {
    "a.ndjson": (b"{}\n", NdjsonSource),
    "a.jsonl": (b"[1]\n", NdjsonSource),
    "a.JSONL.GZ": (gzip.compress(b"[1]\n"), NdjsonStreamSource),
    "a.json": (b" \n[1]", JsonArraySource),
    "b.json": (b'{"a":1}\n{"a":2}\n', NdjsonSource),
    "c.json": (b'{\n"a":1}\n', DocumentSource),
    "c.log": (b'{"a":1}\n{"a"', NdjsonSource),
    "d.json.gz": (gzip.compress(b'{\n"a":1}\n'), DocumentSource),
    "a.json.zst": (zstd.compress(b"[1]"), JsonArraySource),
    "a.gz": (gzip.compress(b"[1]"), JsonArraySource),
    "b.gz": (gzip.compress(b"1\n"), NdjsonStreamSource),
    "a": (b"[1]", JsonArraySource),
    "b": (b"1\n", NdjsonSource),
    "c": (gzip.compress(b"1\n"), NdjsonStreamSource),
    "c.ndjson": (gzip.compress(b"1\n"), NdjsonStreamSource),
    "empty.ndjson": (b"", NdjsonSource),
}


@pytest.mark.parametrize("name", FILES)
def test_the_format_is_detected_by_name_or_content(name: str, tmp_path: Path) -> None:
    """The name of a file says what is in it, or else suffix it begins."""
    data, kind = FILES[name]
    (tmp_path / name).write_bytes(data)
    source = source_of(tmp_path / name)
    assert (type(source), source.name, source.size) == (kind, str(tmp_path / name), len(data))


def test_names_of_files_of_records() -> None:
    """Files of records are detected by their suffixes; plain JSON may be one record."""
    yes = "a.ndjson a.jsonl a.csv a.tsv a.parquet a.ndjson.gz A.CSV.ZST a.json.gz a.json.zst"
    assert all(map(is_records, yes.split()))
    assert not any(map(is_records, ["a.json", "a.yaml", "a.gz", "a", "ndjson", "a.yaml.gz"]))


def test_an_array_in_a_json_file_is_detected(tmp_path: Path) -> None:
    """A .json file has records if it begins with an array of objects."""
    files = {"a.json": b"\n [ {", "b.json": b'{"a":[{}]}', "c.txt": b"[{}]", "d.json": b"[1,{}]"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    assert [name for name in files if holds_array(tmp_path / name)] == ["a.json"]


def test_the_format_of_a_stream_is_detected() -> None:
    """The format of a stream is detected without consuming bytes, compressed or not."""
    for text in (b'{"a":1}\n', gzip.compress(b'{"a":1}\n'), zstd.compress(b'{"a":1}\n')):
        assert rows(source_of(io.BytesIO(text))) == [0, b'{"a":1}\n']
    assert isinstance(source_of(io.BytesIO(b"[1]")), JsonArraySource)
    assert isinstance(source_of(io.BytesIO(b"[1]"), format="ndjson"), NdjsonStreamSource)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_a_named_pipe_is_a_stream(tmp_path: Path) -> None:
    """What is not a regular file is read once, from its start to its end."""
    path = tmp_path / "pipe.ndjson"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=(b"1\n2\n",))
    writer.start()
    source = source_of(path)
    assert source.size is None
    assert rows(source) == [0, b"1\n", b"2\n"]
    writer.join()


def test_values_are_records() -> None:
    """Any iterable of values is a source, and read lazily."""
    source = source_of({"n": n} for n in range(2500))
    found = [list(block.read()) for block in source.blocks()]
    assert isinstance(source, ValuesSource)
    assert [len(chunk.values) for (chunk,) in found] == [1000, 1000, 500]  # type: ignore[union-attr]
    assert source.position == 0


def test_invalid_arguments_are_errors(tmp_path: Path) -> None:
    """Invalid arguments raise errors that say what is expected."""
    with pytest.raises(TypeError, match=r"records must be the path of a file, .*, not dict"):
        source_of({"a": 1})
    with pytest.raises(ValueError, match=r"format must be one of ndjson, json, .*, not 'xml'"):
        source_of([], format="xml")
    with pytest.raises(FileNotFoundError):
        source_of(tmp_path / "none.ndjson")
    with pytest.raises(
        FieldboundError, match="columns are only mapped for CSV and Parquet, not for values"
    ):
        source_of([{"a": 1}], columns={"a": "/b"})
    with pytest.raises(FieldboundError, match="is Parquet, which is only read from the path of"):
        source_of(io.BytesIO(b"PAR1"))


def test_errors_can_be_pickled() -> None:
    """A reading error can be pickled, and compares by value."""
    error = FieldboundError("x")
    assert pickle.loads(pickle.dumps(error)) == error  # noqa: S301


def test_blocks_of_an_array_have_a_limited_number_of_records(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Blocks of short records are split by their number, as each takes memory."""
    monkeypatch.setattr(json_array, "_MAX_BLOCK", 3)
    monkeypatch.setattr(json_array, "_CHUNK", 1)
    source = JsonArraySource(ByteInput(io.BytesIO(b"[0,1,2,3,4,5,6]")))
    found = [list(block.read()) for block in source.blocks()]
    assert [
        [chunk.texts for chunk in block if isinstance(chunk, TextsChunk)] for block in found
    ] == [
        [[b"0"], [b"1"], [b"2"]],
        [[b"3"], [b"4"], [b"5"]],
        [[b"6"]],
    ]
