"""A file of NDJSON goes in, ranges of its bytes come out, each read by itself as whole lines."""

from __future__ import annotations

import os
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

from . import blocks as pieces
from .blocks import Frame, Huge, Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .blocks import Block, Piece


#: Bytes that are read from a file at a time.
_BUFFER: Final = 1 << 20
_SHORTER: Final = "it became shorter while it was read: what was there last is missing"


class Lines:
    """A plain file of NDJSON: a Source, as `pieces` has it.

    A record is a line that is not blank. Each line is written as it stands when records are split.
    """

    valid = invalid = Frame()

    def __init__(self, path: str, name: str | None = None) -> None:
        self.name: str | None = name or path
        self._path = path
        self.size: int | None = _size(path)

    @property
    def cut_off(self) -> str | None:
        """Say that bytes which were there have gone, if they have."""
        return _SHORTER if _size(self._path) < (self.size or 0) else None

    def blocks(self, first: int = 0) -> Iterator[tuple[int, Block]]:
        """Cut the file into ranges of bytes."""
        size = self.size or 0
        for start in range(first * pieces.BLOCK, size, pieces.BLOCK):
            end = min(start + pieces.BLOCK, size)
            yield end, Range(self._path, start, end)


def _size(path: str) -> int:
    return os.stat(path).st_size  # noqa: PTH116 - pathlib is slow to import


class Range(NamedTuple):
    """The lines of a file that begin within a range of its bytes."""

    path: str
    start: int
    end: int

    def read(self) -> Iterator[Piece]:
        """Read the lines."""
        with open(self.path, "rb", _BUFFER) as file:  # noqa: PTH123 - pathlib is slow to import
            at = self.start
            if at:
                file.seek(at - 1)
                at = _next_line(file, at - 1, self.end)
            if at < self.end:
                file.seek(at)
                yield from windows(file, at, self.end)


class Text(NamedTuple):
    """Whole lines, *data*, that are at an *offset* in a larger text."""

    data: bytes
    offset: int

    def read(self) -> Iterator[Piece]:
        """Read the lines."""
        return windows(BytesIO(self.data), self.offset, self.offset + len(self.data))


def windows(file: BinaryIO, offset: int, end: int) -> Iterator[Piece]:
    """Read the lines that begin from *offset*, where the file stands, up to *end*.

    They come in windows that are cut where the text as a whole is, every `WINDOW` bytes.
    """
    while offset < end:
        cut = min(end, (offset // pieces.WINDOW + 1) * pieces.WINDOW) - offset
        raw = file.read(cut)
        if raw and not raw.endswith(b"\n"):
            raw += file.readline(pieces.LONGEST + 1)
        begins = raw.rfind(b"\n", 0, cut - 1) + 1
        length = len(raw) - begins
        if length <= pieces.LONGEST:
            if not raw:
                return
            yield Window(raw, offset)
            offset += len(raw)
            continue
        if begins:
            yield Window(raw[:begins], offset)
        while raw and not raw.endswith(b"\n"):
            raw = file.readline(pieces.LONGEST)
            length += len(raw)
        yield Huge(offset + begins, length)
        offset += begins + length


def _next_line(file: BinaryIO, at: int, end: int) -> int:
    """Return where the first line begins after the byte at *at*, where the file stands.

    It is *end* or more where none begins before that.
    """
    while at < end and (more := file.read(pieces.WINDOW)):
        broken = more.find(b"\n") + 1
        if broken:
            return at + broken
        at += len(more)
    return end
