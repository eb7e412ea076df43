"""NDJSON files are split into blocks and chunks of whole lines, wherever they are split."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings, strategies as st

from fieldbound.bulk.inputs import blocks, compression
from fieldbound.bulk.inputs.blocks import Chunk, LinesChunk, LongLine, Source
from fieldbound.bulk.inputs.compression import ByteInput
from fieldbound.bulk.inputs.ndjson import NdjsonSource, NdjsonStreamSource
from support.effort import examples


def chunks_of(source: Source, skip: int = 0) -> list[Chunk]:
    """Read the blocks of a source, pickled as for another process."""
    return [
        chunk
        for block in source.blocks(skip)
        for chunk in pickle.loads(pickle.dumps(block)).read()  # noqa: S301
    ]


def assert_complete(data: bytes, found: list[Chunk], longest: int) -> None:
    """Check that chunks are the text: whole lines in order, and the sizes of long ones."""
    at = 0
    for chunk in found:
        assert chunk.offset == at  # type: ignore[union-attr]
        if isinstance(chunk, LongLine):
            end = data.find(b"\n", at) + 1 or len(data)
            assert chunk.size == len(data[at:end].rstrip(b"\r\n")) > longest
            at = end
        else:
            assert isinstance(chunk, LinesChunk)
            assert chunk.raw == data[at : at + len(chunk.raw)]
            assert chunk.raw
            at += len(chunk.raw)
            assert chunk.raw.endswith(b"\n") or at == len(data)
            assert max(len(line.removesuffix(b"\r")) for line in chunk.raw.split(b"\n")) <= longest
    assert at == len(data)


LINES = st.lists(
    st.sampled_from([0, 0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 130]), max_size=12
).flatmap(
    lambda sizes: st.sampled_from([b"\n", b"\r\n"]).map(
        lambda end: b"".join(b"x" * size + end for size in sizes)
    )
)


@settings(max_examples=examples(500))
@given(
    LINES,
    st.sampled_from([b"", b"y", b"y" * 40, b"\n"]),
    st.sampled_from([1, 8, 16, 64]),
    st.sampled_from([1, 2, 8, 16]),
    st.sampled_from([1, 8, 32, 200]),
)
@example(b"x" * 16 + b"\n", b"", 8, 8, 8)
@example(b"\n" * 20, b"", 8, 2, 1)
def test_every_byte_is_in_one_chunk(
    tmp_path_factory: pytest.TempPathFactory,
    lines: bytes,
    last: bytes,
    block: int,
    chunk_size: int,
    longest: int,
) -> None:
    """Whatever the sizes, the chunks are whole lines, or sizes of long ones, of the whole file."""
    data, longest = lines + last, max(longest, chunk_size)  # a chunk holds a valid line
    with pytest.MonkeyPatch.context() as patch:
        for name, size in (
            ("BLOCK_SIZE", block),
            ("CHUNK_SIZE", chunk_size),
            ("MAX_RECORD_SIZE", longest),
        ):
            patch.setattr(blocks, name, size)
        patch.setattr(compression, "READ_SIZE", chunk_size)
        path = tmp_path_factory.getbasetemp() / "lines.ndjson"
        path.write_bytes(data)
        found = chunks_of(NdjsonSource(str(path)))
        assert_complete(data, found, longest)
        assert_complete(data, chunks_of(NdjsonStreamSource(ByteInput(io.BytesIO(data)))), longest)
        for skip in range(4):
            assert chunks_of(NdjsonSource(str(path)), skip) == [
                chunk
                for chunk in found
                if chunk.offset >= skip * block  # type: ignore[union-attr]
            ]


def test_blocks_do_not_depend_on_the_order_of_reading(tmp_path: Path) -> None:
    """The chunks of a block are the same whichever blocks were read before."""
    random = Random(1)
    data = b"".join(b"z" * random.randrange(9000) + b"\n" for _ in range(3000))
    path = tmp_path / "a.ndjson"
    path.write_bytes(data)
    source = NdjsonSource(str(path))
    assert_complete(data, chunks_of(source), blocks.MAX_RECORD_SIZE)
    every = list(source.blocks())
    assert source.position == source.size == len(data)
    assert list(source.blocks(2)) == every[2:]
    assert [list(block.read()) for block in every[::-1]][::-1] == [
        list(block.read()) for block in every
    ]


def test_lines_that_are_too_long_are_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that is too long is skipped, with its size; its end does not count."""
    monkeypatch.setattr(blocks, "MAX_RECORD_SIZE", 100_000)
    path = tmp_path / "a.ndjson"
    path.write_bytes(
        b"1\n%b\n2\n%b\n3\r\n%b\r\n%b\r\n"
        % (b"x" * 5_000_000, b"y" * 100_001, b"z" * 100_001, b"z" * 100_000)
    )
    assert [
        chunk.size if isinstance(chunk, LongLine) else chunk.raw
        for chunk in chunks_of(NdjsonSource(str(path)))
        if isinstance(chunk, (LongLine, LinesChunk))
    ] == [b"1\n", 5_000_000, b"2\n", 100_001, b"3\r\n", 100_001, b"z" * 100_000 + b"\r\n"]


def test_an_empty_file_has_no_blocks(tmp_path: Path) -> None:
    """Nothing is in no chunk."""
    (tmp_path / "a.ndjson").write_bytes(b"")
    assert chunks_of(NdjsonSource(str(tmp_path / "a.ndjson"))) == []
    assert chunks_of(NdjsonStreamSource(ByteInput(io.BytesIO(b"")))) == []


def test_a_file_that_becomes_shorter_is_truncated(tmp_path: Path) -> None:
    """A file that becomes shorter during the check is reported as truncated."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"1\n2\n")
    source = NdjsonSource(str(path))
    assert source.cut_off is None
    path.write_bytes(b"1\n")
    assert source.cut_off == "it became shorter while it was read"
    path.write_bytes(b"1\n2\n3\n")
    assert source.cut_off is None
