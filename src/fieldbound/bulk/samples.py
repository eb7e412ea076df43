"""Records that were found, where they are, and how they are written as JSON."""

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

#: Keeps orjson from writing Python types that JSON does not have as strings.
_JSON_ONLY: Final = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_NON_FINITE_HINT: Final = "use null, or omit it"


class RecordLocation(NamedTuple):
    """Where a record is: its bytes, their offset, and the line and column where they begin.

    The bytes of a row of a table are not JSON.
    """

    raw: bytes | None = None
    offset: int | None = None
    line: int | None = None
    column: int | None = None
    is_row: bool = False

    @property
    def text(self) -> bytes:
        """The bytes of the record, without a line end."""
        return (self.raw or b"").rstrip(b"\r\n")


class FoundRecord(NamedTuple):
    """A record, and whether its bytes, unless they are a row, could be read as JSON."""

    number: int
    value: Any
    location: RecordLocation
    readable: bool = True

    @property
    def is_json(self) -> bool:
        """Whether the bytes at its location are its JSON, without a byte order mark."""
        has_bom = (self.location.raw or b"").startswith(BOM_UTF8)
        return self.readable and not self.location.is_row and not has_bom

    def sample(self, violation: Violation, key: str | None) -> Sample:
        """Return the record as a sample of a violation, with the place of this in the file."""
        number, location = self.number, self.location
        at, line = violation.place, location.line
        if at is not None and line is not None:
            column = at.column + (location.column or 1) - 1 if at.line == 1 else at.column
            violation = replace(violation, place=Place(line + at.line - 1, column))
        return Sample(number, violation, location.offset, line, key)


class LineLocations:
    """Where each of the whole lines *raw* is, given the offset and the lines before them.

    They must be requested in their order.
    """

    def __init__(self, raw: bytes, offset: int, lines: int) -> None:
        self._raw, self._offset, self._lines = raw, offset, lines
        self._index = self._start = 0
        self._requested: dict[int, tuple[int, int]] = {}

    def at(self, index: int) -> RecordLocation:
        """Return where the record at an index is."""
        raw, start = self._raw, self._start
        for _ in range(index - self._index):
            start = raw.find(b"\n", start) + 1
        end = raw.find(b"\n", start) + 1 or len(raw)
        self._index, self._start = index, start
        self._requested[index] = start, end
        return RecordLocation(raw[start:end], self._offset + start, self._lines + index + 1, 1)

    def others(self, indices: Iterable[int]) -> list[bytes]:
        """Return the bytes of all records but these, which were requested before."""
        parts, last = [], 0
        for index in indices:
            start, end = self._requested[index]
            parts.append(self._raw[last:start])
            last = end
        parts.append(self._raw[last:])
        return [part for part in parts if part]


def invalid_record_members(found: FoundRecord, violations: Sequence[Violation]) -> bytes:
    """Return the JSON members that are written of an invalid record beside where it is.

    The record follows its violations byte for byte: as `record` if it is JSON, as `text` if not,
    in base64 as `bytes` if it is not UTF-8. One that is too long is omitted.
    """
    objects = [
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
    return b'"violations":' + dump(objects) + b"," + _record_member(found)


def _record_member(found: FoundRecord) -> bytes:
    if found.location.raw is None:
        return _value_member(found.value)
    if found.is_json:
        return b'"record":' + found.location.text.strip(b" \t\r\n")
    try:
        return b'"text":' + dump(found.location.text.decode())
    except UnicodeDecodeError:
        return b'"bytes":' + dump(b64encode(found.location.text).decode())


def _value_member(value: Any) -> bytes:
    try:
        return b'"record":' + dump_record(value)
    except NotJSON:
        try:  # a value with NaN in it can only be written as text
            return b'"text":' + dump(json.dumps(value))
        except (TypeError, ValueError, RecursionError):
            pass
        raise


def dump_record(value: Any) -> bytes:
    """Return a record as JSON, with nothing in it replaced or omitted.

    Raises NotJSON, with the pointer, for a value that JSON does not have.
    """
    try:
        raw = orjson.dumps(value, option=_JSON_ONLY)
    except TypeError:
        return _dump_exactly(value, ()).encode()
    if b"null" in raw:  # orjson writes NaN so, too
        _dump_exactly(value, ())
    return raw


def dump(value: Any) -> bytes:
    """Return a value as JSON, with all digits of its numbers."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a number or a string that orjson does not write
        return _dump_exactly(value, ()).encode()


def _dump_exactly(value: Any, path: Path) -> str:
    kind = type(value).__name__
    if len(path) > MAX_DEPTH:
        raise NotJSON(pointer_of(path), kind, f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, dict):
        members = (
            f"{json.dumps(str(name))}:{_dump_exactly(each, (*path, str(name)))}"
            for name, each in value.items()
        )
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return (
            "[" + ",".join(_dump_exactly(each, (*path, at)) for at, each in enumerate(value)) + "]"
        )
    if isinstance(value, (float, Decimal)) and not math.isfinite(value):
        raise NotJSON(pointer_of(path), f"{kind} that is not finite", _NON_FINITE_HINT)
    try:
        return json.dumps(value)
    except TypeError:
        raise NotJSON(pointer_of(path), kind) from None
    except ValueError:  # Python does not write so many digits
        raise NotJSON(pointer_of(path), f"{kind} too large to be written", "use a string") from None
