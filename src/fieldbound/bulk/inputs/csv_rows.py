"""CSV rows: where they end, found in chunks of bytes, and their cells.

The csv module parses the cells; it reports no byte offsets, so the ends of rows are found here. A
quotation mark opens a quoted cell only at its beginning: `12" pipe` is an unquoted cell. A quoted
cell may contain line ends, and "" for one quotation mark.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

from . import blocks
from .blocks import RecordError

if TYPE_CHECKING:
    from collections.abc import Sequence

_QUOTE, _BREAK = b'"\n'
# The state of the scan: at the begin of a cell, in an unquoted one, in a quoted one, or after a
# quotation mark that closes it unless it is the first of two.
_BEGIN, _UNQUOTED, _QUOTED, _AFTER_QUOTE = range(4)
# Repetitions are bounded: each takes memory while it matches.
_QUOTED_TEXT: Final = re.compile(rb'[^"]*(?:""[^"]*){0,1000}')
#: The message for an error, by a part of the message of the csv module.
_DETAILS: Final = (
    (
        "new-line",
        "carriage return without line feed in an unquoted cell: end lines with a line feed",
    ),
    ("unexpected end", 'unclosed quoted cell: expected "'),
    ("expected after", 'extra data after the closing " of a cell: write "" for a " in it'),
    ("NUL", "NUL character: save the file as UTF-8"),
)
_NOT_UTF8: Final = "invalid UTF-8: save the file as UTF-8"


class RowSplitter:
    """Finds the ends of rows in data that are given in chunks."""

    def __init__(self, delimiter: str) -> None:
        separator = re.escape(delimiter.encode())
        unquoted = rb'[^"\n%b][^\n%b]*' % (separator, separator)
        quoted = rb'"[^"]*(?:""[^"]*){0,100}"(?!")[^\n%b]*' % separator
        self._cells = re.compile(rb"(?:(?:%b|%b)?%b){1,200}" % (quoted, unquoted, separator))
        self._unquoted = re.compile(rb"[^\n%b]*" % separator)
        self._state = _BEGIN

    @property
    def is_open(self) -> bool:
        """Whether the data end within a quoted cell."""
        return self._state == _QUOTED

    def find(self, data: bytes) -> list[int]:
        """Return the offsets after the ends of rows in the next *data*."""
        found: list[int] = []
        at, size = 0, len(data)
        while at < size:
            if self._state == _BEGIN:
                at = self._cell(data, at, found)
            elif self._state == _UNQUOTED:
                at = _end(self._unquoted, data, at)
                if at < size:
                    self._state = _BEGIN
                    at += 1
                    if data[at - 1] == _BREAK:
                        found.append(at)
            elif self._state == _QUOTED:
                at = _end(_QUOTED_TEXT, data, at)
                if at < size:
                    self._state = _AFTER_QUOTE
                    at += 1
            elif data[at] == _QUOTE:
                self._state = _QUOTED
                at += 1
            else:
                self._state = _UNQUOTED
        return found

    def _cell(self, data: bytes, at: int, found: list[int]) -> int:
        """Skip whole lines or cells, and return where the rest begins."""
        quote = data.find(b'"', at)
        last = len(data) if quote < 0 else quote
        while (end := data.find(b"\n", at, last) + 1) > 0:
            found.append(end)
            at = end
        at = _end(self._cells, data, at)
        if at < len(data):
            is_quoted = data[at] == _QUOTE
            self._state = _QUOTED if is_quoted else _UNQUOTED
            at += is_quoted
        return at


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found else at


def parse_rows(rows: Sequence[bytes], delimiter: str) -> list[list[str] | RecordError]:
    """Return the cells of each row, none of a blank one; a RecordError if a row is invalid."""
    # The limit of the csv module is for files with a missing quotation mark, and applies to the
    # whole process; here, rows have their own limit.
    limit = csv.field_size_limit(max(blocks.MAX_RECORD_SIZE, csv.field_size_limit()))
    try:
        texts = [row.decode() for row in rows]
        return list(csv.reader(texts, delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return [_cells(row, delimiter) for row in rows]
    finally:
        csv.field_size_limit(limit)


def _cells(row: bytes, delimiter: str) -> list[str] | RecordError:
    try:
        return next(csv.reader([row.decode()], delimiter=delimiter, strict=True))
    except UnicodeDecodeError:
        return RecordError("encoding", _NOT_UTF8)
    except csv.Error as error:
        message = str(error)
        detail = next((detail for part, detail in _DETAILS if part in message), message)
        return RecordError("syntax", detail)
