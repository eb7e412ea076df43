"""The bytes of a CSV file go in; where its rows end comes out, and the cells of each row.

A quotation mark opens a cell only at its beginning, as it does for those who write CSV: `12" pipe`
is a cell. Within such a cell a line may end, and "" is one quotation mark.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

from . import blocks as pieces
from .blocks import Flaw

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUOTE, _BREAK = b'"\n'
# Where the text goes on: with a new cell, in one without quotation marks, in one with them, or
# behind one of these that closes it, if it is not the first of two.
_NEW, _BARE, _QUOTED, _BEHIND = range(4)
# What is passed at once. Repetitions are bounded: each costs memory while it matches.
_WITHIN: Final = re.compile(rb'[^"]*(?:""[^"]*){0,1000}')
#: What is wrong with a row, by what the reader of the standard library says of it.
_DETAILS: Final = (
    ("new-line", "a line ends in a cell with a carriage return alone: end lines with a line feed"),
    ("unexpected end", 'a cell begins with " and has no " that closes it'),
    ("expected after", 'something follows the " that closes a cell: write "" for one " within it'),
    ("NUL", "a NUL character: save the file as UTF-8"),
)
_NOT_UTF8: Final = "a byte that is not UTF-8: save the file as UTF-8"


class Ends:
    """What finds where rows end, in a text given piece by piece."""

    def __init__(self, delimiter: str) -> None:
        between = re.escape(delimiter.encode())
        bare = rb'[^"\n%b][^\n%b]*' % (between, between)
        quoted = rb'"[^"]*(?:""[^"]*){0,100}"(?!")[^\n%b]*' % between
        self._cells = re.compile(rb"(?:(?:%b|%b)?%b){1,200}" % (quoted, bare, between))
        self._bare = re.compile(rb"[^\n%b]*" % between)
        self._state = _NEW

    @property
    def is_open(self) -> bool:
        """Whether the text breaks off in a cell that has a mark to open it, and none to close."""
        return self._state == _QUOTED

    def within(self, data: bytes) -> list[int]:
        """Return behind which bytes of the next *data* a row ends."""
        found: list[int] = []
        at, size = 0, len(data)
        while at < size:
            if self._state == _NEW:
                at = self._cell(data, at, found)
            elif self._state == _BARE:
                at = _end(self._bare, data, at)
                if at < size:
                    self._state = _NEW
                    at += 1
                    if data[at - 1] == _BREAK:
                        found.append(at)
            elif self._state == _QUOTED:
                at = _end(_WITHIN, data, at)
                if at < size:
                    self._state = _BEHIND
                    at += 1
            elif data[at] == _QUOTE:
                self._state = _QUOTED
                at += 1
            else:
                self._state = _BARE
        return found

    def _cell(self, data: bytes, at: int, found: list[int]) -> int:
        """Pass whole lines or cells, and return where what is left of the text goes on."""
        quote = data.find(b'"', at)
        last = len(data) if quote < 0 else quote
        while (end := data.find(b"\n", at, last) + 1) > 0:
            found.append(end)
            at = end
        at = _end(self._cells, data, at)
        if at < len(data):
            is_quoted = data[at] == _QUOTE
            self._state = _QUOTED if is_quoted else _BARE
            at += is_quoted
        return at


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found else at


def cells_of(rows: Sequence[bytes], delimiter: str) -> list[list[str] | Flaw]:
    """Return the cells of each row, none of a blank one; a Flaw where it has none that are any."""
    # The limit is that of the process. It is there against files in which a quotation mark is
    # missing; here, a row has a limit itself.
    limit = csv.field_size_limit(max(pieces.LONGEST, csv.field_size_limit()))
    try:
        texts = [row.decode() for row in rows]
        return list(csv.reader(texts, delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return [_cells(row, delimiter) for row in rows]
    finally:
        csv.field_size_limit(limit)


def _cells(row: bytes, delimiter: str) -> list[str] | Flaw:
    try:
        return next(csv.reader([row.decode()], delimiter=delimiter, strict=True))
    except UnicodeDecodeError:
        return Flaw("encoding", _NOT_UTF8)
    except csv.Error as error:
        said = str(error)
        return Flaw("syntax", next((told for sign, told in _DETAILS if sign in said), said))
