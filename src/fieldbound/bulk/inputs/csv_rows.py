"""CSV rows: where they end, found in chunks of bytes, and their cells.

The csv module parses the cells; it reports no byte offsets, so the ends of rows are found here. A
quotation mark opens a quoted cell only at its beginning: `12" pipe` is an unquoted cell. A quoted
cell may contain line ends, and "" for one quotation mark. Where all quotation marks do open or
close quoted cells, the end of the last row is found by them alone.
"""

from __future__ import annotations

import csv
import re
from contextlib import contextmanager
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING, Final, NamedTuple

from . import blocks
from .blocks import RecordError, character_count
from .pattern_compiler import compiled_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .pattern_compiler import Replace

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
#: With more than one quotation mark in so many characters, the csv module is as fast.
_MOST_QUOTES: Final = 16
#: The first so many bytes show whether that is so.
_SHOWN: Final = 4096
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


class LongRow(NamedTuple):
    """A row that is too long to be read: its *size*, and the *line_ends* in it."""

    size: int
    line_ends: int


class WholeRows:
    """Splits data into parts of whole rows."""

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter
        self._held: list[bytes] = []  # the data after the last row that is whole
        self._size = 0  # of these data
        self._splitter: RowSplitter | None = None  # what has found no end in them

    @property
    def is_open(self) -> bool:
        """Whether the data end within a quoted cell."""
        return self._scanned().is_open

    def parts(self, data: Iterator[bytes]) -> Iterator[bytes | LongRow]:
        """Yield whole rows, at last those before the end of the data."""
        for each in data:
            if rows := self._add(each):
                yield from self._without_long(rows)
            if self._size > blocks.MAX_RECORD_SIZE:
                yield self._skip(data)
        if any(self._held):
            yield b"".join(self._held)

    def _without_long(self, rows: bytes) -> Iterator[bytes | LongRow]:
        """Yield whole rows, and such as are too long."""
        begin = start = 0
        most = blocks.MAX_RECORD_SIZE
        for end in RowSplitter(self._delimiter).find(rows) if len(rows) > most else ():
            if end - 1 - start > most:
                if begin < start:
                    yield rows[begin:start]
                yield LongRow(end - start, rows.count(b"\n", start, end))
                begin = end
            start = end
        if begin < len(rows):
            yield rows[begin:]

    def _add(self, data: bytes) -> bytes:
        """Return the whole rows that end within the next *data*."""
        end = None
        if self._splitter is None:
            data, self._held, self._size = b"".join((*self._held, data)), [], 0
            end = last_end(data, self._delimiter)
        if not end:
            self._splitter = self._splitter or RowSplitter(self._delimiter)
            end = max(self._splitter.find(data), default=0)
        if not end:
            self._held.append(data)
            self._size += len(data)
            return b""
        rows, self._held = b"".join((*self._held, data[:end])), [data[end:]]
        self._splitter, self._size = None, len(self._held[0])
        return rows

    def _skip(self, data: Iterator[bytes]) -> LongRow:
        """Skip the rest of a row."""
        splitter = self._splitter = self._scanned()
        size, line_ends = self._size, sum(each.count(b"\n") for each in self._held)
        self._held, self._size = [], 0
        for each in data:
            ends = splitter.find(each)
            end = ends[0] if ends else len(each)
            size, line_ends = size + end, line_ends + each.count(b"\n", 0, end)
            if ends:
                self._held, self._splitter, self._size = [each[end:]], None, len(each) - end
                break
        return LongRow(size, line_ends)

    def _scanned(self) -> RowSplitter:
        """Return what has scanned the data that are held."""
        splitter = self._splitter
        if splitter is None:
            splitter = RowSplitter(self._delimiter)
            splitter.find(b"".join(self._held))
        return splitter


def first_end(data: bytes, delimiter: str) -> int | None:
    """Return where the first row ends, None if it does not end in the data."""
    splitter = RowSplitter(delimiter)
    for at in range(0, len(data), _SHOWN):
        ends = splitter.find(data[at : at + _SHOWN])
        if ends:
            return at + ends[0]
    return None


def last_end(data: bytes, delimiter: str) -> int | None:
    """Return where the last whole row ends in data that begin with a row, 0 if none does.

    Return None where a quotation mark may be part of an unquoted cell.
    """
    if b'"' not in data:
        return data.rfind(b"\n") + 1
    shown = data[:_SHOWN]
    has_many = shown.count(b'"') * _MOST_QUOTES > len(shown)
    if has_many and (without_rows := _without_rows(delimiter)) is not None:
        rest, _ = without_rows(b"", data)
        return len(data) - len(rest)
    parts = data.split(b'"')
    unquoted = parts[::2]
    before = unquoted[:-1] if len(parts) % 2 else unquoted
    if not {each[-1:] for each in before} <= {delimiter.encode(), b"\n", b""}:
        return None
    end = len(data)
    for at in range(len(parts) - 1, -1, -1):
        line_end = parts[at].rfind(b"\n") + 1 if at % 2 == 0 else 0
        if line_end:
            return end - len(parts[at]) + line_end
        end -= len(parts[at]) + 1
    return 0


@cache
def _without_rows(delimiter: str) -> Replace | None:
    """Return what removes all whole rows from data that begin with one; None without PCRE2.

    Where many cells are quoted, that takes a tenth of the time.
    """
    separator = re.escape(delimiter.encode())
    unquoted = rb'[^"\n%b][^\n%b]*+' % (separator, separator)
    quoted = rb'"[^"]*+(?:""[^"]*+)*+"[^\n%b]*+' % separator
    cell = rb"(?:%b|%b)?+" % (quoted, unquoted)
    # what does not begin with a row ends the search
    return compiled_pattern(rb"(?:%b(?:%b%b)*+\n)++|(*COMMIT)(*FAIL)" % (cell, separator, cell))


def _end(pattern: re.Pattern[bytes], data: bytes, at: int) -> int:
    found = pattern.match(data, at)
    return found.end() if found else at


def split_cells(raw: bytes, delimiter: bytes, width: int) -> list[list[bytes]] | None:
    """Return the columns of rows that are a line each; None if there is any doubt what they are.

    Where few cells are quoted, that takes half the time of the csv module.
    """
    if width == 1 or b"\0" in raw or character_count(raw) is None:
        return None
    text = raw.removesuffix(b"\n")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").removesuffix(b"\r")
    cells = None if b"\r" in text else _split(text, delimiter)
    if cells is None:
        return None
    rows, rest = divmod(len(cells) + 1, width + 1)  # each line end is a cell, too
    line_ends = cells[width :: width + 1].count(b"\n")
    if rest or not line_ends == text.count(b"\n") == rows - 1:
        return None
    return [cells[column :: width + 1] for column in range(width)]


def _split(text: bytes, delimiter: bytes) -> list[bytes] | None:
    """Return the cells of a text, of which one is each line end that is not quoted."""
    parts = text.split(b'"')
    quoted, unquoted = parts[1::2], b'"'.join(parts[::2])
    is_closed = len(parts) > 2 * len(quoted)
    if not is_closed or len(text) < _MOST_QUOTES * len(parts) or b"\n" in b"".join(quoted):
        return None
    cells = unquoted.replace(b"\n", delimiter + b"\n" + delimiter).split(delimiter)
    # Each quotation mark now stands for a quoted cell, if it is one by itself.
    at = -1
    try:
        for cell in quoted:
            at = cells.index(b'"', at + 1)
            cells[at] = cell
    except ValueError:
        return None
    return cells


def parse_lines(raw: bytes, delimiter: str) -> list[list[str]] | None:
    """Return the cells of rows that are a line each; None if they are not, or if one is invalid."""
    try:
        with _long_cells():
            rows = list(csv.reader(StringIO(raw.decode()), delimiter=delimiter, strict=True))
    except (UnicodeDecodeError, csv.Error):
        return None
    return rows if len(rows) == raw.count(b"\n") + (not raw.endswith(b"\n")) else None


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let the csv module read cells of any length.

    Its limit is for files with a missing quotation mark, and applies to the whole process; here,
    rows have their own limit.
    """
    limit = csv.field_size_limit(max(blocks.MAX_RECORD_SIZE, csv.field_size_limit()))
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def parse_rows(rows: Sequence[bytes], delimiter: str) -> list[list[str] | RecordError]:
    """Return the cells of each row, none of a blank one; a RecordError if a row is invalid."""
    with _long_cells():
        try:
            texts = [row.decode() for row in rows]
            return list(csv.reader(texts, delimiter=delimiter, strict=True))
        except (UnicodeDecodeError, csv.Error):
            return [_cells(row, delimiter) for row in rows]


def _cells(row: bytes, delimiter: str) -> list[str] | RecordError:
    try:
        return next(csv.reader([row.decode()], delimiter=delimiter, strict=True))
    except UnicodeDecodeError:
        return RecordError("encoding", _NOT_UTF8)
    except csv.Error as error:
        message = str(error)
        detail = next((detail for part, detail in _DETAILS if part in message), message)
        return RecordError("syntax", detail)
