"""The elements of a JSON array, found without parsing them, or windows of many.

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

from fieldbound.documents import place_after

from . import blocks
from .blocks import ItemsChunk

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from .array_windows import Window, Windows
    from .blocks import PlaceFinder, PlaceOrFinder

#: Open brackets among which one is searched that a closing bracket matches; the limit of depth.
_DEPTH: Final = 200

SPACE: Final = b" \t\r\n"
_BLANKS: Final = re.compile(rb"[ \t\r\n]*")
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


class Element(NamedTuple):
    """An element of an array: its *text*, None if it is too long, where it begins, and its size."""

    text: bytes | None
    offset: int
    place: PlaceOrFinder
    size: int


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


class Scanner:
    """Finds the elements of an array in data that are given in chunks, if it may in *windows*.

    Once the array is *closed*, *rest* is what follows it, at *offset*. What is *held* is to be
    given again, before the next data. Lines and columns are not counted if *places* finds them.
    """

    def __init__(self, windows: Windows | None = None, places: PlaceFinder | None = None) -> None:
        self.closed = False
        self.rest = self.held = b""
        self.offset = 0  # of the current data in the text
        self.line = self.column = 1  # the place of the byte at ...
        self._counted = 0  # ... this index in the data
        self._places = places
        self._windows, self._tries_windows = windows, False
        self._is_first = True
        self._start: tuple[int, PlaceOrFinder] | None = None  # where the element begins
        self._from = 0  # where it begins or continues in the data
        self._parts: list[bytes] = []  # its parts in the data before, no more than may be read
        self._held_size = self._size = 0  # of all its parts, and without the blanks at the end
        self._stack = bytearray()  # the brackets that are open in it
        self._in_string = self._escaped = False
        self._last = 0  # the last byte scanned that is not blank

    def skip(self, data: bytes, bom: int) -> None:
        """Skip what precedes the first element; a byte order mark of *bom* bytes has no column."""
        self._counted = bom
        self._place(data, len(data))
        self.offset, self._counted = len(data), 0

    @property
    def place(self) -> PlaceOrFinder:
        """Where the byte at the offset is."""
        return self._places or (self.line, self.column)

    def elements(self, data: bytes, *, is_last: bool = False) -> Iterator[Element | ItemsChunk]:
        """Yield the elements that end within the next *data*, and windows of them."""
        at, size = 0, len(data)
        self._from, self.held = 0, b""
        self._tries_windows = self._windows is not None
        while at < size:
            if self._start is None:
                at = _end(_BLANKS, data, at)
                if at < size and data[at] == _OBJECT:
                    at = yield from self._at_once(data, at, is_last=is_last)
                    size -= len(self.held)
                if at == size:
                    break
                self._start, self._from = (self.offset + at, self._place(data, at)), at
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
        self._place(data, size)
        self.offset, self._counted = self.offset + size, 0

    def _at_once(
        self, data: bytes, at: int, *, is_last: bool
    ) -> Generator[Element | ItemsChunk, None, int]:
        """Yield the elements that are found at once from an object on; return where the rest is."""
        windows = self._windows if self._tries_windows else None
        if windows is not None and windows.learn(data, at):
            at = yield from self._in_windows(windows, data, at, is_last=is_last)
            if self.held:
                return at
            self._tries_windows, windows = False, None
        at = yield from self._shallow_elements(data, at, most=1 if windows else None)
        return _end(_BLANKS, data, at)

    def _in_windows(
        self, windows: Windows, data: bytes, at: int, *, is_last: bool
    ) -> Generator[ItemsChunk, None, int]:
        """Yield windows as long as there are any, and return where the rest begins.

        If more data may make the next window, the rest is held.
        """
        self._place(data, at)
        while window := windows.find(data, at, is_last=is_last):
            offset, place = self.offset + at, self.place
            yield ItemsChunk(window.raw, offset, place, window.flat, window.proof)
            self._is_first = False
            at = self._pass(data, at, window)
        if not is_last and windows.needs_more(len(data) - at):
            self.held = data[at:]
        return at

    def _pass(self, data: bytes, at: int, window: Window) -> int:
        """Count the lines and columns of a window, and return where the next element begins."""
        ends = window.following
        if self._places is None and b"\n" not in data[at:ends]:
            self.column += ends - at - window.continuations
            self._counted = ends
        self._place(data, ends)
        return ends

    def _shallow_elements(
        self, data: bytes, at: int, most: int | None
    ) -> Generator[Element, None, int]:
        """Yield the next elements as long as a pattern matches them, and return where they end."""
        match = _shallow().match
        while most != 0 and (found := match(data, at)):
            most = most and most - 1
            begins, ends = found.span(1)
            at = found.end()
            place = self._place(data, begins)
            size = ends - begins
            text = data[begins:ends] if size <= blocks.MAX_RECORD_SIZE else None
            yield Element(text, self.offset + begins, place, size)
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
        skipped = data[begins:at].rstrip(SPACE)
        return skipped[-1] if skipped else self._last

    def _ended(self, data: bytes, at: int) -> Iterator[Element]:
        """Yield the element that ends before an index, and start the next one."""
        self.closed = data[at] == _CLOSE
        element = self._element(data[self._from : at])
        if self._stack and element.text is not None:  # it ended at the comma before this
            text = element.text.removesuffix(b",").rstrip(SPACE)
            element = element._replace(text=text)
        if not (self.closed and self._is_first and element.text == b""):
            yield element
        self._is_first = False
        self._start = None
        self._stack.clear()
        if self.closed:
            self._place(data, at + 1)
            self.offset, self.rest = self.offset + at + 1, data[at + 1 :]

    def _element(self, rest: bytes) -> Element:
        """Return the element, whose last part is *rest*."""
        assert self._start is not None  # noqa: S101 - an element has begun
        self._hold(rest)
        is_too_long = self._size > blocks.MAX_RECORD_SIZE
        text = None if is_too_long else b"".join(self._parts).rstrip(SPACE)
        element = Element(text, *self._start, self._size)
        self._parts = []
        self._held_size = self._size = 0
        return element

    def _hold(self, part: bytes) -> None:
        """Store a part of an element, unless this is too long."""
        if content := part.rstrip(SPACE):
            self._size = self._held_size + len(content)
        if self._held_size < blocks.MAX_RECORD_SIZE:
            self._parts.append(part[: blocks.MAX_RECORD_SIZE - self._held_size])
        self._held_size += len(part)

    def _place(self, data: bytes, at: int) -> PlaceOrFinder:
        """Return where the byte at an index is, and count lines and columns up to it."""
        if self._places is None:
            part = data[self._counted : at]
            self.line, self.column = place_after(self.line, self.column, part)
            self._counted = at
        return self.place


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    """Return where the match of a pattern ends, *at* if there is none."""
    found = pattern.match(data, at)
    return found.end() if found else at
