"""JSON arrays: the texts of their elements, found without parsing them.

Only strings and brackets are scanned, so an element that is invalid JSON is still one record: it
extends to the comma that ends it. Two things that valid JSON does not have show that a quotation
mark or a bracket is missing: a line end within a string, and an object right after a comma within
an object. There the string or the element ends.

Memory is constant and time linear, whatever the text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from . import blocks, compression
from .blocks import OutputFormat, RecordError, TextsChunk, ValuesChunk
from .compression import ByteSource
from .detection import ARRAY

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from .blocks import Block, Chunk
    from .compression import DecompressedReader

#: Records of a chunk.
_CHUNK: Final = 500
#: Records that a block has at most: short ones take more memory than their text.
_MAX_BLOCK: Final = 100 * _CHUNK
#: Open brackets among which one is searched that a closing bracket matches; the limit of depth.
_DEPTH: Final = 200

_SPACE: Final = b" \t\r\n"
_BOM: Final = b"\xef\xbb\xbf"
_BLANKS: Final = re.compile(rb"[ \t\r\n]*")
_CONTINUATION: Final = bytes(range(0x80, 0xC0))  # bytes that continue a UTF-8 character
# Repetitions are bounded: each takes memory while it matches. A string without a backslash is tried
# first, which takes a third of the time.
_STRING: Final = re.compile(rb'[^"\\\n]*(?:\\.[^"\\\n]*){0,1000}')
_QUOTED: Final = rb'"(?:[^"\\\n]*"|[^"\\\n]*(?:\\.[^"\\\n]*){1,100}")'
_WHOLE: Final = rb'(?:%b[^"\[\]{}%b]*){0,100}'
_INSIDE: Final = re.compile(rb'[^"\[\]{}]*' + _WHOLE % (_QUOTED, b""))
_BETWEEN: Final = re.compile(rb'[^",\[\]{}]*' + _WHOLE % (_QUOTED, b","))
_QUOTE, _ESCAPE, _BREAK, _COMMA, _OPEN, _CLOSE = b'"\\\n,[]'
_OBJECT: Final = b"{"[0]
_CLOSING: Final = bytes.maketrans(b"[{", b"]}")
_OPENING: Final = {b"]"[0]: b"[", b"}"[0]: b"{"}
_EXTRA_DATA: Final = "extra data after the end of the array: remove it"
_UNCLOSED: Final = "the array is not closed: expected ]"


@cache
def _shallow() -> re.Pattern[bytes]:
    """Return a pattern of an object with few nested levels, and the comma after it."""
    return re.compile(rb"[ \t\r\n]*(%b)[ \t\r\n]*," % _nesting(rb"\{", 3))


def _nesting(opening: bytes, levels: int) -> bytes:
    """Return a pattern of objects or arrays with so many nested levels.

    In an object, nested values follow a colon, and one blank at most.
    """
    plain, within, closing = rb'[^"\[\]{}]*', _QUOTED, opening.translate(_CLOSING)
    if levels > 1:
        after_colon = rb"(?:(?<=:)|(?<=: ))" if opening == rb"\{" else b""
        nested = b"|".join(_nesting(each, levels - 1) for each in (rb"\{", rb"\["))
        within += b"|%b(?:%b)" % (after_colon, nested)
    return b"%b%b(?:(?:%b)%b){0,200}%b" % (opening, plain, within, plain, closing)


class JsonArraySource(ByteSource):
    """A Source of the records in a JSON array.

    Between two commas without an element there is an empty record, which is invalid. Extra data
    after the end of the array are one invalid record. A byte order mark is reported of the first
    record. The text must begin with an array.
    """

    valid_format = invalid_format = OutputFormat(b"[\n", b",\n", b"\n]\n")

    def split(self, reader: DecompressedReader) -> Iterator[Block]:
        """Yield the blocks of whole records."""
        elements: list[Element] = []
        scanner = Scanner()
        for each in _elements(reader, scanner):
            size = each.offset - elements[0].offset if elements else 0
            if size >= blocks.BLOCK_SIZE or len(elements) == _MAX_BLOCK:
                yield ElementsBlock.of(elements)
                elements = []
            elements.append(each)
        if elements:
            yield ElementsBlock.of(elements)
        if scanner.closed:
            yield from _trailing(reader, scanner)
        self.cut_off = reader.cut_off or (None if scanner.closed else _UNCLOSED)


class Element(NamedTuple):
    """An element of an array: its *text*, None if it is too long, and where it begins."""

    text: bytes | None
    offset: int
    place: tuple[int, int]


class ElementsBlock(NamedTuple):
    """A block of an array."""

    texts: Sequence[bytes | None]
    offsets: Sequence[int]
    places: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, elements: Sequence[Element]) -> ElementsBlock:
        """Return a block of elements."""
        return cls(*map(list, zip(*elements, strict=True)))

    def read(self) -> Iterator[Chunk]:
        """Read the elements."""
        for at in range(0, len(self.texts), _CHUNK):
            some = slice(at, at + _CHUNK)
            yield TextsChunk(self.texts[some], self.offsets[some], self.places[some])


class TrailingBlock(NamedTuple):
    """A block of extra data after the end of an array."""

    raw: bytes
    offset: int
    line: int

    def read(self) -> Iterator[Chunk]:
        """Yield it as an invalid record."""
        error = RecordError("trailingData", _EXTRA_DATA)
        yield ValuesChunk([error], [self.raw], [self.offset], [self.line])


def _elements(reader: DecompressedReader, scanner: Scanner) -> Iterator[Element]:
    """Yield the elements of an array, to its end or that of the text."""
    found = ARRAY.match(reader.peek(compression.READ_SIZE))
    head = reader.read(found.end() if found else 0)
    has_bom = head.startswith(_BOM)
    scanner.skip(head, len(_BOM) if has_bom else 0)
    while not scanner.closed and (data := reader.read(compression.READ_SIZE)):
        for each in scanner.elements(data):
            text = each.text
            yield each if not has_bom else each._replace(text=text and _BOM + text)
            has_bom = False
    if not scanner.closed:
        yield from scanner.unfinished()


def _trailing(reader: DecompressedReader, scanner: Scanner) -> Iterator[Block]:
    """Yield the data after the end of an array as one block, if they are not blank."""
    data, offset, line = scanner.rest, scanner.offset, scanner.line
    while not (rest := data.lstrip(_SPACE)):
        offset, line = offset + len(data), line + data.count(b"\n")
        data = reader.read(compression.READ_SIZE)
        if not data:
            return
    blank = len(data) - len(rest)
    raw = bytearray(rest)
    while more := reader.read(compression.READ_SIZE):
        raw += more[: max(0, blocks.MAX_RECORD_SIZE - len(raw))]
    yield TrailingBlock(
        bytes(raw).rstrip(_SPACE), offset + blank, line + data.count(b"\n", 0, blank)
    )


class Scanner:
    """Finds the elements of an array in data that are given in chunks.

    Once the array is *closed*, *rest* is what follows it, at *offset* on *line*.
    """

    def __init__(self) -> None:
        self.closed = False
        self.rest = b""
        self.offset = 0  # of the current data in the text
        self.line = self._column = 1  # the place of the byte at ...
        self._counted = 0  # ... this index in the data
        self._is_first = True
        self._start: tuple[int, tuple[int, int]] | None = None  # where the element begins
        self._from = 0  # where it begins or continues in the data
        self._parts: list[bytes] = []  # its parts in the data before
        self._stack = bytearray()  # the brackets that are open in it
        self._in_string = self._escaped = False
        self._last = 0  # the last byte scanned that is not blank

    def skip(self, data: bytes, bom: int) -> None:
        """Skip what precedes the first element; a byte order mark of *bom* bytes has no column."""
        self._counted = bom
        self._count(data, len(data))
        self.offset, self._counted = len(data), 0

    def elements(self, data: bytes) -> Iterator[Element]:
        """Yield the elements that end within the next *data*."""
        at, size = 0, len(data)
        self._from = 0
        while at < size:
            if self._start is None:
                at = yield from self._shallow_elements(data, at)
                at = _end(_BLANKS, data, at)
                if at == size:
                    break
                self._count(data, at)
                self._start, self._from = (self.offset + at, (self.line, self._column)), at
            if self._in_string:
                at = self._string(data, at)
                continue
            begins = at
            at = _end(_INSIDE if self._stack else _BETWEEN, data, at)
            if at == size:
                self._last = self._before(data, begins, at)
                break
            if self._ends(data, begins, at):
                yield from self._ended(data, at)
                if self.closed:
                    return
            at += self._start is not None or data[at] == _COMMA
        if self._start is not None:
            self._hold(data[self._from :])
        self._count(data, size)
        self.offset, self._counted = self.offset + size, 0

    def _shallow_elements(self, data: bytes, at: int) -> Generator[Element, None, int]:
        """Yield the next elements as long as a pattern matches them, and return where they end."""
        match = _shallow().match
        while found := match(data, at):
            begins, ends = found.span(1)
            at = found.end()
            self._count(data, begins)
            text = data[begins:ends] if at - 1 - begins < blocks.MAX_RECORD_SIZE else None
            yield Element(text, self.offset + begins, (self.line, self._column))
            self._is_first = False
        return at

    def unfinished(self) -> Iterator[Element]:
        """Yield the element in which the text ends, if any."""
        if self._start is not None:
            yield self._element(b"")

    def _string(self, data: bytes, at: int) -> int:
        """Skip the content of a string, and return where it or the data end."""
        begins, size = at, len(data)
        while at < size and self._in_string:
            if self._escaped:
                self._escaped = False
                at += data[at] != _BREAK
            at = _end(_STRING, data, at)
            if at < size and data[at] == _ESCAPE:
                self._escaped = True
                at += 1
            elif at < size:
                self._in_string = False
                at += data[at] == _QUOTE
        self._last = self._before(data, begins, at)
        return at

    def _ends(self, data: bytes, begins: int, at: int) -> bool:
        """Process the delimiter at an index, and return whether the element ends before it."""
        delimiter = data[at]
        if delimiter == _QUOTE:
            self._in_string = True
        elif delimiter == _COMMA or (delimiter == _CLOSE and not self._stack):
            return True
        elif delimiter in _OPENING:
            found = self._stack.rfind(_OPENING[delimiter], max(0, len(self._stack) - _DEPTH))
            if found >= 0:
                del self._stack[found:]
        elif delimiter == _OBJECT and self._is_misplaced(data, begins, at):
            return True
        elif len(self._stack) < blocks.MAX_RECORD_SIZE:
            self._stack.append(delimiter)
        self._last = delimiter
        return False

    def _is_misplaced(self, data: bytes, begins: int, at: int) -> bool:
        """Return whether the object at an index follows a comma within an object."""
        return self._stack[-1:] == b"{" and self._before(data, begins, at) == _COMMA

    def _before(self, data: bytes, begins: int, at: int) -> int:
        """Return the last byte before an index that is not blank."""
        skipped = data[begins:at].rstrip(_SPACE)
        return skipped[-1] if skipped else self._last

    def _ended(self, data: bytes, at: int) -> Iterator[Element]:
        """Yield the element that ends before an index, and start the next one."""
        self.closed = data[at] == _CLOSE
        element = self._element(data[self._from : at])
        if self._stack and element.text is not None:  # it ended at the comma before this
            text = element.text.removesuffix(b",").rstrip(_SPACE)
            element = element._replace(text=text)
        if not (self.closed and self._is_first and element.text == b""):
            yield element
        self._is_first = False
        self._start = None
        self._stack.clear()
        if self.closed:
            self._count(data, at + 1)
            self.offset, self.rest = self.offset + at + 1, data[at + 1 :]

    def _element(self, rest: bytes) -> Element:
        """Return the element, whose last part is *rest*."""
        assert self._start is not None  # noqa: S101 - an element has begun
        self._hold(rest)
        text = b"".join(self._parts)
        self._parts = []
        is_too_long = len(text) >= blocks.MAX_RECORD_SIZE
        return Element(None if is_too_long else text.rstrip(_SPACE), *self._start)

    def _hold(self, part: bytes) -> None:
        """Store a part of an element, unless this is too long."""
        if self._parts and len(self._parts[0]) >= blocks.MAX_RECORD_SIZE:
            return
        self._parts.append(part)
        if sum(map(len, self._parts)) >= blocks.MAX_RECORD_SIZE:
            self._parts = [b"".join(self._parts)[: blocks.MAX_RECORD_SIZE]]

    def _count(self, data: bytes, at: int) -> None:
        """Count lines and columns up to an index."""
        part = data[self._counted : at]
        if line_ends := part.count(b"\n"):
            self.line, self._column = self.line + line_ends, 1
            part = part[part.rindex(b"\n") + 1 :]
        self._column += len(part) if part.isascii() else len(part.translate(None, _CONTINUATION))
        self._counted = at


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    """Return where the match of a pattern ends, *at* if there is none."""
    found = pattern.match(data, at)
    return found.end() if found else at
