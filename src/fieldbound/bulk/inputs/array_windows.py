"""Windows of JSON arrays: many items at once, of which it is certain where they begin and end.

To find the items one by one takes three times as long as to check them. So the text is cut where an
item seems to end. The cut is proven if all items are objects in JSON, as is known of most of them
where they are checked at once; or else what opens and closes within is counted at once. Only where
that does not prove it, the text is parsed for it. Text that is no JSON is cut where the scanner of
items does: an invalid item remains one record.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from . import blocks
from .fast_json import json_items

if TYPE_CHECKING:
    from .blocks import TextProof

#: Returns what a text proves, if it certainly is whole items.
Prove: TypeAlias = "Callable[[bytes], TextProof | None]"

#: What is between two objects, with the bracket before it; and how the second one begins, up to its
#: first name.
_BETWEEN: Final = re.compile(rb'(\}[ \t\r\n]*,[ \t\r\n]*)(\{(?:[ \t\r\n]*"[^"\\\n]{1,100}")?)')
#: Bytes in which what is between two items is searched.
_FAR: Final = 1000
#: All bytes but those that open or close, escape, end a line, or continue a UTF-8 character.
_PLAIN: Final = bytes(set(range(0x80)) - set(b'"{}[]\\\n')) + bytes(range(0xC0, 0x100))
#: An array of empty objects, and an object of them. Repetitions are bounded: each takes memory.
_ARRAY: Final = re.compile(rb"\[(?:\{\}){0,1000}\]")
_OBJECTS: Final = re.compile(rb"\{(?:\{\}){1,1000}\}")
#: A backslash or a quotation mark that is escaped.
_ESCAPED: Final = re.compile(rb'\\["\\]')
#: Levels of nesting that are looked through.
_LEVELS: Final = 8


class Window(NamedTuple):
    """Whole items, *raw*, and where the *following* one begins.

    They have so many *continuations*: bytes that continue a UTF-8 character. If they are *flat*,
    all brackets in them are those around the items. With a *proof*, all are certainly objects.
    """

    raw: bytes
    following: int
    continuations: int
    flat: bool
    proof: TextProof | None = None


class Windows:
    """Finds windows, once it is known what is between items.

    *prove* is asked of a text that seems to be whole items.
    """

    def __init__(self, prove: Prove | None = None) -> None:
        self._prove = prove
        self._between: tuple[bytes, bytes] | None = None

    def learn(self, data: bytes, at: int) -> bool:
        """Learn what is between items, if it is not known, from the begin of one, an object.

        Return whether it is known.
        """
        if self._between is None:
            bracket = data.rfind(b"}", max(0, at - _FAR), at)
            found = _BETWEEN.match(data, bracket) if bracket >= 0 else None
            if found and found.start(2) == at:
                # what has a name does not stand between the objects of an array in an item
                self._between = found[0], found[1] + b"{"
        return self._between is not None

    def find(self, data: bytes, at: int, *, is_last: bool) -> Window | None:
        """Return the window that begins with the item at an index.

        Return None if more data are needed, or if there is any doubt: then it is learned anew what
        is between items.
        """
        for between in self._between or ():
            end = data.find(between, at + blocks.CHUNK_SIZE)
            if end < 0 and is_last:
                end = data.rfind(between, at)
            if end >= 0:
                window = self._proven(data[at : end + 1], data.index(b"{", end))
                if window is None:
                    self._between = None
                return window
        if not self.needs_more(len(data) - at):
            self._between = None
        return None

    def needs_more(self, size: int) -> bool:
        """Return whether so many bytes without a window may become one with more data."""
        return self._between is not None and size <= 2 * blocks.CHUNK_SIZE

    def _proven(self, raw: bytes, following: int) -> Window | None:
        """Return the window of whole items, None if it is not certain that they are."""
        if len(raw) >= blocks.MAX_RECORD_SIZE:
            return None
        proof = None if self._prove is None else self._prove(raw)
        if proof is None:
            return _proven_by_brackets(raw, following)
        return Window(raw, following, proof.continuations, True, proof)


def _proven_by_brackets(raw: bytes, following: int) -> Window | None:
    """Return the window of whole items, by all that opens and closes in them."""
    outline = raw.translate(None, _PLAIN)
    marks = outline if outline.isascii() else outline.translate(None, blocks.CONTINUATION)
    brackets = _brackets(raw, marks)
    flat = brackets == b"{}" * (len(brackets) // 2)
    if not (flat or _are_whole(brackets) or json_items(raw) is not None):
        return None
    return Window(raw, following, len(outline) - len(marks), flat)


def _brackets(raw: bytes, marks: bytes) -> bytes:
    """Return the brackets in a text, of which these are the *marks*; with others if in doubt."""
    if b"\\" in marks:
        if _ESCAPED.search(raw):
            return marks
        marks = marks.translate(None, b"\\")
    # Quotation marks are in pairs, with nothing between, if no string has a bracket or a line end.
    return marks.replace(b'""', b"").translate(None, b"\n")


def _are_whole(brackets: bytes) -> bool:
    """Return whether brackets are certainly those of whole items.

    The scanner ends an item at an object that follows a comma within an object. With objects alone
    it still finds the end of the last one. With an array around them it may take the end of that
    for the end of all, so there is doubt.
    """
    nested, flat = (_ARRAY, b"") if b"[" in brackets else (_OBJECTS, b"{}")
    for _ in range(_LEVELS):
        brackets = nested.sub(flat, brackets)
        if brackets == b"{}" * (len(brackets) // 2):
            return True
    return False
