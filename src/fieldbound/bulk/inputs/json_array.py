"""The bytes of a JSON array go in; each of its elements comes out, just as it stands in the text.

Nothing is read but where strings and brackets begin and end, so an element that is no JSON is one
record all the same: its text goes on to the comma that ends it. Two things no JSON has show that
a quotation mark or a bracket is missing: a string that goes on over the end of a line, and an
object straight behind a comma within an object. There the string ends, and the element.

Memory is constant and time linear, whatever the text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from fieldbound.model import FieldboundError

from . import blocks as pieces, compression as packed
from .blocks import Flaw, Frame, Texts, Values

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from .blocks import Block, Piece
    from .compression import Bytes, Feed

#: Records that are judged at a time.
_PIECE: Final = 500
#: Records that a block has at most: of short ones, each takes more memory than its text.
_BLOCK: Final = 100 * _PIECE
#: How deep a bracket is looked for that one of another kind may close; none nests deeper.
_DEPTH: Final = 200

_SPACE: Final = b" \t\r\n"
_MARK: Final = b"\xef\xbb\xbf"
_HEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\[")
_BLANKS: Final = re.compile(rb"[ \t\r\n]*")
_CONTINUATION: Final = bytes(range(0x80, 0xC0))  # bytes that begin no character
# What is passed at once. Repetitions are bounded: each costs memory while it matches. A string
# without a backslash is tried first, for that takes a third of the time.
_STRING: Final = re.compile(rb'[^"\\\n]*(?:\\.[^"\\\n]*){0,1000}')
_QUOTED: Final = rb'"(?:[^"\\\n]*"|[^"\\\n]*(?:\\.[^"\\\n]*){1,100}")'
_WHOLE: Final = rb'(?:%b[^"\[\]{}%b]*){0,100}'
_INSIDE: Final = re.compile(rb'[^"\[\]{}]*' + _WHOLE % (_QUOTED, b""))
_BETWEEN: Final = re.compile(rb'[^",\[\]{}]*' + _WHOLE % (_QUOTED, b","))
_QUOTE, _ESCAPE, _BREAK, _COMMA, _OPEN, _CLOSE = b'"\\\n,[]'
_OBJECT: Final = b"{"[0]
_CLOSING: Final = bytes.maketrans(b"[{", b"]}")
_OPENING: Final = {b"]"[0]: b"[", b"}"[0]: b"{"}
_TRAILING: Final = "something follows the end of the array: take it out"
_NO_END: Final = "the array has no end: ] is missing"


@cache
def _shallow() -> re.Pattern[bytes]:
    """Return what matches an object at once, up to the comma behind it: one that nests little."""
    return re.compile(rb"[ \t\r\n]*(%b)[ \t\r\n]*," % _nesting(rb"\{", 3))


def _nesting(opening: bytes, levels: int) -> bytes:
    """Return a pattern of objects or arrays in which so few levels nest.

    In an object, what nests stands behind a colon, and one blank at most.
    """
    plain, within, closing = rb'[^"\[\]{}]*', _QUOTED, opening.translate(_CLOSING)
    if levels > 1:
        behind = rb"(?:(?<=:)|(?<=: ))" if opening == rb"\{" else b""
        nested = b"|".join(_nesting(each, levels - 1) for each in (rb"\{", rb"\["))
        within += b"|%b(?:%b)" % (behind, nested)
    return b"%b%b(?:(?:%b)%b){0,200}%b" % (opening, plain, within, plain, closing)


def is_array(start: bytes) -> bool:
    """Whether a text that begins so is an array."""
    return _HEAD.match(start) is not None


class Array:
    """A file with an array of records: a Source, as `pieces` has it.

    Behind a comma at which nothing stands there is an empty record, which no contract takes. What
    follows the end of the array is one record, refused. A byte order mark is told of the first
    record. Raises FieldboundError where the text does not begin as an array.
    """

    valid = invalid = Frame(b"[\n", b",\n", b"\n]\n")

    def __init__(self, given: Bytes) -> None:
        self.name: str | None = given.name
        self.size = given.size
        self.cut_off: str | None = None
        self._given = given
        if not is_array(given.start(packed.READ)):
            raise FieldboundError(
                f"{given.name} is no JSON array: its first character is not [; if it has a record "
                "on each line, its format is ndjson"
            )

    def blocks(self, first: int = 0) -> Iterator[tuple[int, Block]]:
        """Cut the array into blocks of whole elements."""
        return self._given.blocks(self._cut, first)

    def _cut(self, feed: Feed) -> Iterator[Block]:
        held: list[Element] = []
        scanner = Scanner()
        for each in _elements(feed, scanner):
            if held and (each.offset - held[0].offset >= pieces.BLOCK or len(held) == _BLOCK):
                yield Elements.of(held)
                held = []
            held.append(each)
        if held:
            yield Elements.of(held)
        if scanner.closed:
            yield from _trailing(feed, scanner)
        self.cut_off = feed.cut_off or (None if scanner.closed else _NO_END)


class Element(NamedTuple):
    """An element of an array: its *text*, None if that is too long, where it begins."""

    text: bytes | None
    offset: int
    place: tuple[int, int]


class Elements(NamedTuple):
    """A block of an array."""

    texts: Sequence[bytes | None]
    offsets: Sequence[int]
    places: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, elements: Sequence[Element]) -> Elements:
        """Make a block of elements."""
        return cls(*map(list, zip(*elements, strict=True)))

    def read(self) -> Iterator[Piece]:
        """Read the elements."""
        for at in range(0, len(self.texts), _PIECE):
            some = slice(at, at + _PIECE)
            yield Texts(self.texts[some], self.offsets[some], self.places[some])


class Trailing(NamedTuple):
    """A block of what is behind the end of an array."""

    raw: bytes
    offset: int
    line: int

    def read(self) -> Iterator[Piece]:
        """Say that it is no record."""
        flaw = Flaw("trailingData", _TRAILING)
        yield Values([flaw], [self.raw], [self.offset], [self.line])


def _elements(feed: Feed, scanner: Scanner) -> Iterator[Element]:
    """Yield the elements of an array, up to its end or that of the text."""
    found = _HEAD.match(feed.peek(packed.READ))
    head = feed.read(found.end() if found else 0)
    is_marked = head.startswith(_MARK)
    scanner.skip(head, len(_MARK) if is_marked else 0)
    while not scanner.closed and (data := feed.read(packed.READ)):
        for each in scanner.elements(data):
            text = each.text
            yield each if not is_marked else each._replace(text=text and _MARK + text)
            is_marked = False
    if not scanner.closed:
        yield from scanner.last()


def _trailing(feed: Feed, scanner: Scanner) -> Iterator[Block]:
    """Yield what follows the end of an array as one block, if it is not blank."""
    data, offset, line = scanner.rest, scanner.offset, scanner.line
    while not (rest := data.lstrip(_SPACE)):
        offset, line = offset + len(data), line + data.count(b"\n")
        data = feed.read(packed.READ)
        if not data:
            return
    blank = len(data) - len(rest)
    raw = bytearray(rest)
    while more := feed.read(packed.READ):
        raw += more[: max(0, pieces.LONGEST - len(raw))]
    yield Trailing(bytes(raw).rstrip(_SPACE), offset + blank, line + data.count(b"\n", 0, blank))


class Scanner:
    """What finds the elements of an array in its text, given piece by piece.

    Once it is *closed*, by its bracket, *rest* is what follows, at *offset* on *line*.
    """

    def __init__(self) -> None:
        self.closed = False
        self.rest = b""
        self.offset = 0  # of the data that are looked at
        self.line = self._column = 1  # where ...
        self._counted = 0  # ... this byte of them stands
        self._is_first = True
        self._start: tuple[int, tuple[int, int]] | None = None  # where the element begins
        self._from = 0  # where it begins in the data, or goes on
        self._parts: list[bytes] = []  # what of it was in data before
        self._stack = bytearray()  # the brackets that are open in it
        self._in_string = self._escaped = False
        self._last = 0  # the last byte before what is passed now that is not blank

    def skip(self, data: bytes, mark: int) -> None:
        """Pass what comes before the first element; a byte order *mark* takes no column."""
        self._counted = mark
        self._count(data, len(data))
        self.offset, self._counted = len(data), 0

    def elements(self, data: bytes) -> Iterator[Element]:
        """Yield the elements that end within the next *data* of the text."""
        at, size = 0, len(data)
        self._from = 0
        while at < size:
            if self._start is None:
                at = yield from self._at_once(data, at)
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

    def _at_once(self, data: bytes, at: int) -> Generator[Element, None, int]:
        """Yield the next elements as far as each is quickly read, and return where it goes on."""
        match = _shallow().match
        while found := match(data, at):
            begins, ends = found.span(1)
            at = found.end()
            self._count(data, begins)
            text = data[begins:ends] if at - 1 - begins < pieces.LONGEST else None
            yield Element(text, self.offset + begins, (self.line, self._column))
            self._is_first = False
        return at

    def last(self) -> Iterator[Element]:
        """Yield the element in which the text breaks off."""
        if self._start is not None:
            yield self._element(b"")

    def _string(self, data: bytes, at: int) -> int:
        """Pass what is in a string, and return where it ends, or the data do."""
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
        """Take in the mark at a place, and return whether the element ends before it."""
        mark = data[at]
        if mark == _QUOTE:
            self._in_string = True
        elif mark == _COMMA or (mark == _CLOSE and not self._stack):
            return True
        elif mark in _OPENING:
            found = self._stack.rfind(_OPENING[mark], max(0, len(self._stack) - _DEPTH))
            if found >= 0:
                del self._stack[found:]
        elif mark == _OBJECT and self._is_odd(data, begins, at):
            return True
        elif len(self._stack) < pieces.LONGEST:
            self._stack.append(mark)
        self._last = mark
        return False

    def _is_odd(self, data: bytes, begins: int, at: int) -> bool:
        """Whether an object that begins at a place stands behind a comma within an object."""
        return self._stack[-1:] == b"{" and self._before(data, begins, at) == _COMMA

    def _before(self, data: bytes, begins: int, at: int) -> int:
        """Return the last byte before a place that is not blank."""
        passed = data[begins:at].rstrip(_SPACE)
        return passed[-1] if passed else self._last

    def _ended(self, data: bytes, at: int) -> Iterator[Element]:
        """Yield the element that ends before a place, and begin anew."""
        self.closed = data[at] == _CLOSE
        element = self._element(data[self._from : at])
        if self._stack and element.text is not None:  # it was the comma before that ended it
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
        """Return the element that ends with *rest*."""
        assert self._start is not None  # noqa: S101 - an element has begun
        self._hold(rest)
        text = b"".join(self._parts)
        self._parts = []
        is_long = len(text) >= pieces.LONGEST
        return Element(None if is_long else text.rstrip(_SPACE), *self._start)

    def _hold(self, part: bytes) -> None:
        """Keep a part of an element, as long as it is not too long."""
        if self._parts and len(self._parts[0]) >= pieces.LONGEST:
            return
        self._parts.append(part)
        if sum(map(len, self._parts)) >= pieces.LONGEST:
            self._parts = [b"".join(self._parts)[: pieces.LONGEST]]

    def _count(self, data: bytes, at: int) -> None:
        """Count lines and columns up to a place."""
        part = data[self._counted : at]
        if breaks := part.count(b"\n"):
            self.line, self._column = self.line + breaks, 1
            part = part[part.rindex(b"\n") + 1 :]
        self._column += len(part) if part.isascii() else len(part.translate(None, _CONTINUATION))
        self._counted = at


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    """Return where a pattern ends that matches anywhere, if only nothing."""
    found = pattern.match(data, at)
    return found.end() if found else at
