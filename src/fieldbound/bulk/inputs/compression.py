"""A file or a stream goes in, packed or not; its bytes come out, and NDJSON in blocks of lines.

What is packed is told by the name of a file, or else by its first bytes: gzip of several members,
zstd of several frames. Memory is constant, however much there is when it is unpacked. Of packed
data that are cut off or damaged comes out what can be unpacked; then it is said.
"""

from __future__ import annotations

import os
import stat
import zlib
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

from fieldbound.model import FieldboundError

from . import blocks as pieces
from .blocks import Frame, Huge
from .ndjson import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .blocks import Block, Piece

#: Bytes that are read at a time.
READ: Final = 256 << 10
#: Bytes of text that are unpacked at a time. Of damaged zstd, as many are lost at most.
_STEP: Final = {"gzip": 64 << 10, "zstd": 8 << 10}
#: How packed data begin. Frames of zstd may be ones to skip, with a number in their first byte.
_MAGIC: Final = {"gzip": (b"\x1f\x8b",), "zstd": (b"\x28\xb5\x2f\xfd",)}
_SKIPPED: Final = b"\x2a\x4d\x18"
_LONGEST_MAGIC: Final = 4
#: What the name of a packed file ends in.
PACKED: Final = {".gz": "gzip", ".zst": "zstd"}
_TOO_WIDE: Final = "requires too much memory"
_BOTH: Final = 32 + 15  # asks zlib for a header of gzip, and for its check


class Bytes:
    """The bytes of a file at a path, or of a binary stream, unpacked.

    What is no regular file, as a pipe, is a stream: it is read once. *name* is shown, *size* is how
    many bytes there are as they lie, None if that is not known. Raises OSError.
    """

    def __init__(self, given: str | BinaryIO) -> None:
        self.size: int | None = None
        self._path: str | None = None
        if isinstance(given, str):
            self.name = given
            about = os.stat(given)  # noqa: PTH116 - pathlib is slow to import
            if stat.S_ISREG(about.st_mode):
                self._path, self.size = given, about.st_size
            else:
                self._feed = self._opened(given)
        else:
            name = getattr(given, "name", None)
            self.name = name if isinstance(name, str) else "the stream"
            self._feed = Feed(given, self.name)

    @property
    def is_plain(self) -> bool:
        """Whether this is a file that can be read anywhere, and not packed."""
        if self._path is None:
            return False
        with self.open() as feed:
            return feed.packing is None

    def open(self) -> Feed:
        """Open the file, or go on where the stream stands. Raises OSError."""
        return self._feed if self._path is None else self._opened(self._path)

    def _opened(self, path: str) -> Feed:
        suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122
        file = open(path, "rb")  # noqa: PTH123, SIM115 - the feed closes it
        return Feed(file, self.name, PACKED.get(suffix), owns=True)

    def blocks(
        self, cut: Callable[[Feed], Iterator[Block]], first: int
    ) -> Iterator[tuple[int, Block]]:
        """Cut what is read into blocks, leaving out so many *first* ones, as a Source has it."""
        with self.open() as feed:
            for number, block in enumerate(cut(feed)):
                if number >= first:
                    yield feed.position, block

    def start(self, size: int) -> bytes:
        """Return the first bytes, without passing them."""
        if self._path is None:
            return self._feed.peek(size)
        with self.open() as feed:
            return feed.peek(size)


class Feed:
    """The bytes of an open file, unpacked; *packing* says how they must be packed.

    *position* is how many bytes were read as they lie. *cut_off* says how packed data break off,
    once all was read. Raises FieldboundError where they are not packed so, or nothing unpacks them.
    """

    def __init__(
        self, file: BinaryIO, name: str, packing: str | None = None, *, owns: bool = False
    ) -> None:
        self.position = 0
        self.cut_off: str | None = None
        self._file = file
        self._name = name
        self._owns = owns
        self._held = bytearray()
        self._start = self._at_least(b"", _LONGEST_MAGIC)
        self.packing = packing or next(
            (each for each in _MAGIC if _begins(self._start, each)), None
        )
        self._chunks = self._unpacked()

    def __enter__(self) -> Feed:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file if it was opened for this."""
        if self._owns:
            self._file.close()

    def peek(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end, without passing them."""
        while len(self._held) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._held += chunk
        return bytes(memoryview(self._held)[:size])

    def read(self, size: int) -> bytes:
        """Return the next bytes, fewer only at the end."""
        found = self.peek(size)
        del self._held[: len(found)]
        return found

    def _more(self) -> bytes:
        """Read bytes as they lie, none at the end."""
        data = self._file.read(READ)
        if not isinstance(data, bytes):
            raise FieldboundError(
                f"{self._name} gives {type(data).__name__}, not bytes: open it in binary mode"
            )
        self.position += len(data)
        return data

    def _unpacked(self) -> Iterator[bytes]:
        data, packing = self._start, self.packing
        if packing is None:
            while data:
                yield data
                data = self._more()
            return
        if data and not _begins(data, packing):
            raise FieldboundError(
                f"{self._name} is named as packed with {packing}, but does not begin as such data "
                "do: name it by what it is"
            )
        text = 0
        for chunk in self._members(packing, data):
            if isinstance(chunk, str):
                self.cut_off = chunk.format(packing=packing, text=text)
            else:
                text += len(chunk)
                yield chunk

    def _members(self, packing: str, data: bytes) -> Iterator[bytes | str]:
        """Yield what is in the members, in the order they lie, and what is wrong with them."""
        is_first = True
        while data or is_first:
            if not is_first and not _begins(data, packing):
                yield "something else follows the {packing} data, after {text:,} bytes of text"
                return
            member = _Gzip() if packing == "gzip" else _zstd(self._name)
            while not member.eof:
                if not data and member.hungry:
                    data = self._more()
                ends = not data and member.hungry
                try:
                    chunk, data = member.unpack(data), b""
                except _Damaged as error:
                    yield error.rescued
                    yield self._damage(error)
                    return
                if chunk:
                    yield chunk
                elif ends and not member.eof:
                    yield "the {packing} data break off after {text:,} bytes of text"
                    return
            data, is_first = self._next_member(member.rest, packing), False

    def _next_member(self, rest: bytes, packing: str) -> bytes:
        """Return how the next member begins; zeros may follow one of gzip."""
        rest = self._at_least(rest, _LONGEST_MAGIC)
        while packing == "gzip" and rest and not (left := rest.lstrip(b"\0")).startswith(rest):
            rest = self._at_least(left, _LONGEST_MAGIC)
        return rest

    def _at_least(self, data: bytes, size: int) -> bytes:
        while len(data) < size and (more := self._more()):
            data += more
        return data

    def _damage(self, error: _Damaged) -> str:
        if _TOO_WIDE in str(error):
            raise FieldboundError(
                f"{self._name} cannot be unpacked in little memory: pack it without --long"
            )
        return "the {packing} data are damaged after {text:,} bytes of text"


def _begins(data: bytes, packing: str) -> bool:
    """Whether data begin as a member does, or a frame."""
    skipped = packing == "zstd" and data[1:4] == _SKIPPED and data[0] >> 4 == 5  # noqa: PLR2004
    return skipped or data.startswith(_MAGIC[packing])


class _Damaged(Exception):
    """Data cannot be unpacked any further; *rescued* is what came out before, in the same step."""

    def __init__(self, reason: str, rescued: bytes = b"") -> None:
        super().__init__(reason)
        self.rescued = rescued


class _Gzip:
    """One member of gzip."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(_BOTH)

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""
        return self._engine.eof

    @property
    def hungry(self) -> bool:
        """Whether nothing comes out unless more goes in."""
        return not self._engine.unconsumed_tail

    @property
    def rest(self) -> bytes:
        """What follows the member, as far as it was given."""
        return self._engine.unused_data

    def unpack(self, data: bytes) -> bytes:
        """Return some more of the text, given more data if it is hungry for them."""
        data = self._engine.unconsumed_tail + data
        before = self._engine.copy()
        try:
            return self._engine.decompress(data, _STEP["gzip"])
        except zlib.error as error:
            raise _Damaged(str(error), _rescued(before, data)) from None


def _rescued(engine: Any, data: bytes) -> bytes:
    """Return what comes out before data turn out to be damaged."""
    found = []
    try:
        for at in range(len(data)):
            found.append(engine.decompress(data[at : at + 1]))  # noqa: PERF401 - it raises
    except zlib.error:
        pass
    return b"".join(found)


class _Zstd:
    """One frame of zstd."""

    def __init__(self, engine: Any, error: type[Exception]) -> None:
        self._engine = engine
        self._error = error

    @property
    def eof(self) -> bool:
        """Whether the frame has ended."""
        return bool(self._engine.eof)

    @property
    def hungry(self) -> bool:
        """Whether nothing comes out unless more goes in."""
        return bool(self._engine.needs_input)

    @property
    def rest(self) -> bytes:
        """What follows the frame, as far as it was given."""
        return bytes(self._engine.unused_data)

    def unpack(self, data: bytes) -> bytes:
        """Return some more of the text, given more data if it is hungry for them."""
        try:
            return bytes(self._engine.decompress(data, _STEP["zstd"]))
        except self._error as error:
            raise _Damaged(str(error)) from None


def _zstd(name: str) -> _Zstd:
    """Return what unpacks a frame. Raises FieldboundError if this Python has nothing that does."""
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        try:
            from backports import zstd  # type: ignore[import-not-found,no-redef,unused-ignore]
        except ImportError:
            raise FieldboundError(
                f"{name} is packed with zstd, which this Python does not unpack by itself: "
                "install fieldbound[zstd]"
            ) from None
    return _Zstd(zstd.ZstdDecompressor(), zstd.ZstdError)


class Long(NamedTuple):
    """A block that is one line, of more than `LONGEST` bytes: *size* of them, at an *offset*."""

    offset: int
    size: int

    def read(self) -> Iterator[Piece]:
        """Say that it is too long to be read."""
        yield Huge(self.offset, self.size)


class Stream:
    """NDJSON that is packed, or comes from a stream: a Source, as `pieces` has it."""

    valid = invalid = Frame()

    def __init__(self, given: Bytes) -> None:
        self.name: str | None = given.name
        self.size = given.size
        self.cut_off: str | None = None
        self._given = given

    def blocks(self, first: int = 0) -> Iterator[tuple[int, Block]]:
        """Cut the text into blocks of whole lines."""
        with self._given.open() as feed:
            for number, block in enumerate(cut(feed)):
                if number >= first:
                    yield feed.position, block
            self.cut_off = feed.cut_off


def cut(feed: Feed) -> Iterator[Block]:
    """Cut NDJSON every `BLOCK` bytes; a line belongs to the block in which it begins."""
    held, offset, most = bytearray(), 0, pieces.LONGEST + pieces.WINDOW
    while True:
        size = pieces.BLOCK - offset % pieces.BLOCK
        seen, ended = size - 1, False
        while (broken := held.find(b"\n", seen)) < 0 and len(held) <= size + most and not ended:
            more = feed.read(READ)
            ended = not more
            seen = max(len(held), size - 1)
            held += more
        if broken < 0 and not ended:
            begins = held.rfind(b"\n", 0, size - 1) + 1
            if begins:
                yield Text(bytes(held[:begins]), offset)
            rest, held = len(held) - begins, bytearray()
            skipped, left = _line_end(feed)
            yield Long(offset + begins, rest + skipped)
            offset, held = offset + begins + rest + skipped, bytearray(left)
            continue
        end = broken + 1 if broken >= 0 else len(held)
        if end:
            yield Text(bytes(memoryview(held)[:end]), offset)
        if ended:
            return
        del held[:end]
        offset += end


def _line_end(feed: Feed) -> tuple[int, bytes]:
    """Pass the rest of a line; return its length, and what was read beyond it."""
    length = 0
    while more := feed.read(READ):
        broken = more.find(b"\n") + 1
        if broken:
            return length + broken, more[broken:]
        length += len(more)
    return length, b""
