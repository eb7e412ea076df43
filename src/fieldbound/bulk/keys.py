"""A record goes in; the key that tells it from others comes out, where it has one."""

from __future__ import annotations

import json
import math
import re
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from fieldbound.model import FieldboundError, tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldbound.validation import Contract

#: How much of a key is shown, in characters.
_SHOWN: Final = 60
#: Bytes of the digest by which keys are compared.
_DIGEST: Final = 16
_LEAVE: Final = orjson.OPT_SORT_KEYS
_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)+")
_INDEX: Final = re.compile("0|[1-9][0-9]{0,9}")
#: Values of which there is no doubt, however they were read: a reader may round large numbers.
_SURE: Final = frozenset((str, int, bool, type(None)))


class Key(NamedTuple):
    """A record's key: the *digest* by which it is compared, and an *excerpt* of its JSON.

    The excerpt is None where no output may show the key.
    """

    digest: bytes
    excerpt: str | None


class Keyed:
    """What finds the key at a *pointer* into each record, a JSON Pointer.

    Raises FieldboundError for a pointer that is none, or that is to the whole record.
    """

    def __init__(self, pointer: str, contract: Contract) -> None:
        if not isinstance(pointer, str) or not _POINTER.fullmatch(pointer):
            raise FieldboundError(f"a key is named by a JSON Pointer such as /id, not {pointer!r}")
        self.pointer = pointer
        self._path = tokens_of(pointer)
        self._hidden = contract.hides(self._path)

    def is_sure(self, records: Sequence[dict[str, Any]]) -> bool:
        """Return whether the key of each is what a strict reader gives, as `strict` read them."""
        first = self._path[0]
        return _SURE.issuperset([type(each.get(first)) for each in records])

    def find(self, record: Any) -> Key | None:
        """Return the key of a record, None where it has none there, or null."""
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
            value = int(value)  # 1.0 is 1 in JSON
        text = _json(value)
        shown = text.decode(errors="replace")
        if len(shown) > _SHOWN:
            shown = shown[: _SHOWN - 1] + "…"
        return Key(blake2b(text, digest_size=_DIGEST).digest(), None if self._hidden else shown)


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=_LEAVE)
    except TypeError:  # a number or a text that orjson does not write, or one that nests too deep
        pass
    try:
        return json.dumps(value, sort_keys=True, default=str).encode()
    except (RecursionError, ValueError):  # or one with no end, or of more digits than Python writes
        return b"[...]"
