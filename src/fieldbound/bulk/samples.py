"""Nouns of a record that was found, and where: it goes in, the line that tells of it comes out."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from codecs import BOM_UTF8
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, NamedTuple

import orjson

from fieldbound.model import MAX_DEPTH, NotJSON, Path, Place, Sample, Violation, pointer_of

#: So that orjson makes no text of what is none in JSON.
_AS_IT_IS: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_NO_NUMBER: Final = "give null, or leave it out"


class Spot(NamedTuple):
    """Where a record is: its bytes, their offset, and the line and column where they begin.

    The bytes of a *row* of a table are no JSON.
    """

    raw: bytes | None = None
    offset: int | None = None
    line: int | None = None
    column: int | None = None
    is_row: bool = False


class Found(NamedTuple):
    """A record, and whether the bytes where it is are JSON, if they are those of no row."""

    number: int
    value: Any
    spot: Spot
    readable: bool = True

    @property
    def is_json(self) -> bool:
        """Whether the bytes where the record is are its JSON, and without a mark before it."""
        marked = (self.spot.raw or b"").startswith(BOM_UTF8)
        return self.readable and not self.spot.is_row and not marked

    @property
    def text(self) -> bytes:
        """The record's bytes, without the end of a line."""
        return (self.spot.raw or b"").rstrip(b"\r\n")

    def sample(self, violation: Violation, key: str | None) -> Sample:
        """Return the record as a sample of a violation, whose place counts in the file."""
        number, spot = self.number, self.spot
        at, line = violation.place, spot.line
        if at is not None and line is not None:
            column = at.column + (spot.column or 1) - 1 if at.line == 1 else at.column
            violation = replace(violation, place=Place(line + at.line - 1, column))
        return Sample(number, violation, spot.offset, line, key)


class Spots:
    """Where each record in a window is: whole lines, *raw*, at an offset, with lines before them.

    They are asked for in their order.
    """

    def __init__(self, raw: bytes, offset: int, lines: int) -> None:
        self._raw, self._offset, self._lines = raw, offset, lines
        self._index = self._start = 0
        self._asked: dict[int, tuple[int, int]] = {}

    def at(self, index: int) -> Spot:
        """Return where the record of this index is."""
        raw, start = self._raw, self._start
        for _ in range(index - self._index):
            start = raw.find(b"\n", start) + 1
        end = raw.find(b"\n", start) + 1 or len(raw)
        self._index, self._start = index, start
        self._asked[index] = start, end
        return Spot(raw[start:end], self._offset + start, self._lines + index + 1, 1)

    def others(self, indices: Iterable[int]) -> list[bytes]:
        """Return the bytes of all records but these, which were asked for before."""
        parts, last = [], 0
        for index in indices:
            start, end = self._asked[index]
            parts.append(self._raw[last:start])
            last = end
        parts.append(self._raw[last:])
        return [part for part in parts if part]


def told(found: Found, violations: Sequence[Violation]) -> bytes:
    """Return what a line tells of a refused record beside where it is: members of JSON.

    The record follows its violations byte for byte: as `record` if it is JSON, as `text` if not,
    in base64 as `bytes` if it is no text either. One too long to be read is left out.
    """
    facts = [
        {
            "code": each.code,
            "limit": None if each.limit is None else each.limit.id,
            "pointer": each.pointer,
            "message": each.message,
            "hint": each.hint,
            "says": each.says,
        }
        for each in violations
    ]
    return b'"violations":' + dumped(facts) + b"," + _record(found)


def _record(found: Found) -> bytes:
    if found.spot.raw is None:
        return _value(found.value)
    if found.is_json:
        return b'"record":' + found.text.strip(b" \t\r\n")
    try:
        return b'"text":' + dumped(found.text.decode())
    except UnicodeDecodeError:
        return b'"bytes":' + dumped(b64encode(found.text).decode())


def _value(value: Any) -> bytes:
    try:
        return b'"record":' + record_of(value)
    except NotJSON:
        try:  # with NaN in it, it is a text that is no JSON
            return b'"text":' + dumped(json.dumps(value))
        except (TypeError, ValueError, RecursionError):
            pass
        raise


def record_of(value: Any) -> bytes:
    """Return a record as JSON, with nothing in it made up or left out.

    Raises NotJSON, which says where, for what JSON does not have.
    """
    try:
        raw = orjson.dumps(value, option=_AS_IT_IS)
    except TypeError:
        return _written(value, ()).encode()
    if b"null" in raw:  # orjson writes NaN so, too
        _written(value, ())
    return raw


def dumped(value: Any) -> bytes:
    """Return a value as JSON, its numbers with all their digits."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a number or a text that orjson does not write
        return _written(value, ()).encode()


def _written(value: Any, path: Path) -> str:
    kind = type(value).__name__
    if len(path) > MAX_DEPTH:
        raise NotJSON(pointer_of(path), kind, f"it nests deeper than {MAX_DEPTH} levels")
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, dict):
        members = (
            f"{json.dumps(str(name))}:{_written(each, (*path, str(name)))}"
            for name, each in value.items()
        )
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(_written(each, (*path, at)) for at, each in enumerate(value)) + "]"
    if isinstance(value, (float, Decimal)) and not math.isfinite(value):
        raise NotJSON(pointer_of(path), f"{kind} that is not finite", _NO_NUMBER)
    try:
        return json.dumps(value)
    except TypeError:
        raise NotJSON(pointer_of(path), kind) from None
    except ValueError:  # Python writes none of so many digits
        raise NotJSON(
            pointer_of(path), f"{kind} too large to be written", "give its text"
        ) from None
