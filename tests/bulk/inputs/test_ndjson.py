"""A file of NDJSON is cut so that every line is in one piece, whole, wherever it is cut."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings, strategies as st

from fieldbound.bulk.inputs import blocks as pieces, compression as packed
from fieldbound.bulk.inputs.blocks import Huge, Piece, Source, Window
from fieldbound.bulk.inputs.compression import Bytes, Stream
from fieldbound.bulk.inputs.ndjson import Lines, Text


def cut(source: Source, first: int = 0) -> list[Piece]:
    """Read the blocks of a source from one on, each as another process would have it."""
    return [
        piece
        for _, block in source.blocks(first)
        for piece in pickle.loads(pickle.dumps(block)).read()  # noqa: S301
    ]


def holds(data: bytes, found: list[Piece], longest: int) -> None:
    """Hold pieces to be the text: in order, whole lines, and those too long by their size."""
    at = 0
    for piece in found:
        assert piece.offset == at  # type: ignore[union-attr]
        if isinstance(piece, Huge):
            end = data.find(b"\n", at) + 1 or len(data)
            assert piece.size == end - at > longest
            at = end
        else:
            assert isinstance(piece, Window)
            assert piece.raw == data[at : at + len(piece.raw)]
            assert piece.raw
            at += len(piece.raw)
            assert piece.raw.endswith(b"\n") or at == len(data)
            assert max(map(len, piece.raw.splitlines(keepends=True))) <= longest
    assert at == len(data)


LINES = st.lists(
    st.sampled_from([0, 0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 130]), max_size=12
).map(lambda sizes: b"".join(b"x" * size + b"\n" for size in sizes))


@settings(max_examples=500, deadline=None)
@given(
    LINES,
    st.sampled_from([b"", b"y", b"y" * 40, b"\n"]),
    st.sampled_from([1, 8, 16, 64]),
    st.sampled_from([1, 2, 8, 16]),
    st.sampled_from([1, 8, 32, 200]),
)
@example(b"x" * 16 + b"\n", b"", 8, 8, 8)
@example(b"\n" * 20, b"", 8, 2, 1)
def test_every_byte_is_in_one_piece(
    tmp_path_factory: pytest.TempPathFactory,
    lines: bytes,
    last: bytes,
    block: int,
    window: int,
    longest: int,
) -> None:
    """Whatever the sizes, pieces are whole lines, long ones by their size, and give the file."""
    data, longest = lines + last, max(longest, window)  # a window holds a line that may be
    with pytest.MonkeyPatch.context() as patch:
        for name, size in (("BLOCK", block), ("WINDOW", window), ("LONGEST", longest)):
            patch.setattr(pieces, name, size)
        patch.setattr(packed, "READ", window)
        path = tmp_path_factory.getbasetemp() / "lines.ndjson"
        path.write_bytes(data)
        found = cut(Lines(str(path)))
        holds(data, found, longest)
        holds(data, cut(Stream(Bytes(io.BytesIO(data)))), longest)
        for first in range(4):
            assert cut(Lines(str(path)), first) == [
                piece
                for piece in found
                if piece.offset >= first * block  # type: ignore[union-attr]
            ]


def test_where_a_line_is_cut_depends_on_the_file_alone(tmp_path: Path) -> None:
    """The pieces of each block are the same whichever blocks were read before."""
    random = Random(1)
    data = b"".join(b"z" * random.randrange(9000) + b"\n" for _ in range(3000))
    path = tmp_path / "a.ndjson"
    path.write_bytes(data)
    source = Lines(str(path))
    holds(data, cut(source), pieces.LONGEST)
    blocks = list(source.blocks())
    assert [end for end, _ in blocks][-1] == source.size == len(data)
    assert list(source.blocks(2)) == blocks[2:]
    assert [list(block.read()) for _, block in blocks[::-1]][::-1] == [
        list(block.read()) for _, block in blocks
    ]


def test_a_line_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a line longer than any record may be, its size is told, and its bytes are passed."""
    monkeypatch.setattr(pieces, "LONGEST", 1000)
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"1\n" + b"x" * 5_000_000 + b"\n2\n" + b"y" * 1000 + b"\n")
    assert [
        piece.size if isinstance(piece, Huge) else piece.raw
        for piece in cut(Lines(str(path)))
        if isinstance(piece, (Huge, Window))
    ] == [b"1\n", 5_000_001, b"2\n", 1001]


def test_lines_in_a_larger_text_have_their_offsets() -> None:
    """A block of lines that were unpacked says where in the text they are."""
    assert list(Text(b"1\n2\n", 70).read()) == [Window(b"1\n2\n", 70)]


def test_an_empty_file_has_no_blocks(tmp_path: Path) -> None:
    """Nothing is in no piece."""
    (tmp_path / "a.ndjson").write_bytes(b"")
    assert cut(Lines(str(tmp_path / "a.ndjson"))) == []
    assert cut(Stream(Bytes(io.BytesIO(b"")))) == []


def test_a_file_that_becomes_shorter_is_said_to_be_cut_off(tmp_path: Path) -> None:
    """What was there when the check began and is gone before it ends does not pass quietly."""
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"1\n2\n")
    source = Lines(str(path))
    assert source.cut_off is None
    path.write_bytes(b"1\n")
    assert source.cut_off == "it became shorter while it was read: what was there last is missing"
    path.write_bytes(b"1\n2\n3\n")
    assert source.cut_off is None
