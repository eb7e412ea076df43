"""The key that identifies a record: the value at a JSON Pointer, compared by its digest."""

from __future__ import annotations

import json
import math
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from fieldbound.model import FieldboundError, tokens_of
from fieldbound.validation import checker_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldbound.validation import Contract

#: Characters of a key that are shown.
_MAX_EXCERPT: Final = 60
#: Bytes of a digest.
_DIGEST_SIZE: Final = 16
#: Bits of an integer that Python writes in decimal whatever the limit of its digits is.
_MOST_BITS: Final = 2000
_OPTIONS: Final = orjson.OPT_SORT_KEYS
_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)+")
_NAME: Final = re.compile(r"\w+")
_INDEX: Final = re.compile("0|[1-9][0-9]{0,9}")
#: Types whose values every JSON parser reads alike: some round large numbers.
_EXACT_TYPES: Final = frozenset((str, int, bool, type(None)))


class Key(NamedTuple):
    """A record's key: the *digest* by which it is compared, and an *excerpt* of its JSON.

    The excerpt is None where no output may show the key.
    """

    digest: bytes
    excerpt: str | None


class KeyExtractor:
    """Extracts the key at a *pointer*, a JSON Pointer, from records.

    Raises FieldboundError for an invalid pointer, and for the one to the whole record.
    """

    def __init__(self, pointer: str, contract: Contract) -> None:
        if not isinstance(pointer, str) or not _POINTER.fullmatch(pointer):
            meant = f"; did you mean /{pointer}?" if _NAME.fullmatch(str(pointer)) else ""
            raise FieldboundError(f"key must be a JSON Pointer such as /id, not {pointer!r}{meant}")
        self.pointer = pointer
        self._path = tokens_of(pointer)
        self.first_name = self._path[0]
        self._sensitive = checker_of(contract).is_sensitive(self._path)

    def is_exact(self, records: Sequence[dict[str, Any]]) -> bool:
        """Return whether the keys of `FastReader.objects` are those of a strict parser."""
        first = self.first_name
        return _EXACT_TYPES.issuperset([type(each.get(first)) for each in records])

    def identify(self, record: Any) -> bytes:
        """Return the digest of a record's key, or of the whole record if it has none."""
        key = self.extract(record)
        return _digest(_json(record)) if key is None else key.digest

    def extract(self, record: Any) -> Key | None:
        """Return the key of a record, None if it is missing, null or not finite."""
        value = record
        for token in self._path:
            if value.__class__ is dict:
                value = value.get(token)
            elif value.__class__ is list and _INDEX.fullmatch(token) and int(token) < len(value):
                value = value[int(token)]
            else:
                return None
        if value is None or (isinstance(value, float) and not math.isfinite(value)):
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)  # 1.0 equals 1 in JSON Schema
        text = _json(value)
        excerpt = text.decode(errors="replace")
        if len(excerpt) > _MAX_EXCERPT:
            excerpt = excerpt[: _MAX_EXCERPT - 1] + "…"
        return Key(_digest(text), None if self._sensitive else excerpt)


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=_DIGEST_SIZE).digest()


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except TypeError:  # a number, a string or a depth that orjson does not write
        pass
    try:
        return json.dumps(value, sort_keys=True, default=str).encode()
    except (RecursionError, ValueError):  # a circular value, or more digits than Python writes
        pass
    try:
        return json.dumps(_in_hex(value), sort_keys=True, default=str).encode()
    except (RecursionError, ValueError):
        return b"[...]"


def _in_hex(value: Any) -> Any:
    """Return a value with its large integers in hexadecimal, which may have any length."""
    if isinstance(value, dict):
        return {name: _in_hex(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_in_hex(each) for each in value]
    is_large = isinstance(value, int) and value.bit_length() > _MOST_BITS
    return {"0x": hex(value)} if is_large else value
