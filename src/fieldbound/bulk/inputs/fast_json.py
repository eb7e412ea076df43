"""Parse many lines of NDJSON at once, if every line is certainly valid JSON.

Many lines are parsed together, as the items of one array, which takes half the time. To make sure
that each line is one item, a random number is put between two lines, which no file can predict:
only if all these numbers are items themselves, each line is an item.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

import orjson
from jiter import from_json

from fieldbound.documents import has_infinite
from fieldbound.model import MAX_DEPTH

#: The random number between two lines, to be found again among the items.
_MARK: Final = 10**8 + secrets.randbelow(9 * 10**8)
_SEPARATOR: Final = b",%d," % _MARK
#: All bytes but quotation marks and colons.
_OTHER_BYTES: Final = bytes(set(range(256)) - set(b'":'))
#: All bytes but those that open an object or an array, and line ends.
_NOT_OPENING: Final = bytes(set(range(256)) - set(b"{[\n"))
_ONLY_DICT: Final = {dict}
_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
#: So many digits at least has an integer of 2**63 or more.
_LONG_NUMBER: Final = b"0" * 19
#: Property names that are remembered, about so many.
_MAX_NAMES: Final = 10_000


class FastReader:
    """Parses lines of valid JSON, many at once."""

    def __init__(self) -> None:
        self._known_names: set[str] = set()
        #: The property names of the objects that were read last.
        self.names: set[str] = set()
        #: Whether some of these objects have objects or arrays.
        self.are_nested = False

    def objects(self, raw: bytes) -> list[dict[str, Any]] | None:
        """Return the value of each line, which is an object; None if there is any doubt.

        Such an object is what a strict parser returns if none of its values is an object, an
        array, or a number of 2**63 or more: this parser rounds large integers. Where *are_nested*
        is set, some have objects or arrays, and all are exactly what a strict parser returns.
        """
        self.are_nested = False
        text = b"[" + raw.replace(b"\n", _SEPARATOR) + b"]"
        try:
            items = orjson.loads(text)
        except orjson.JSONDecodeError:
            return None
        values: list[dict[str, Any]] = items[::2]
        if not _are_lines(items, len(text) - len(raw)) or set(map(type, values)) != _ONLY_DICT:
            return None
        names = self.names = set().union(*values)
        if not names <= self._known_names:
            if any(":" in name for name in names):
                return None
            if (
                len(self._known_names) > _MAX_NAMES
            ):  # records either have the same names, or too many
                self._known_names = set()
            self._known_names |= names
        # A key without a colon has its two quotation marks right before the next colon. So the text
        # has at least as many of these as keys; if it has no more than the values have, there are
        # no duplicate keys.
        marks = raw.translate(None, _OTHER_BYTES)
        if marks.count(b'"":') == sum(map(len, values)):
            return values
        self.are_nested = _is_exact(raw, len(marks), values)
        return values if self.are_nested else None

    def values(self, raw: bytes) -> list[Any] | None:
        """Return the value of each line, of any type; None if there is any doubt."""
        text = b"[" + raw.replace(b"\n", _SEPARATOR) + b"]"
        try:
            items = from_json(
                text,
                catch_duplicate_keys=True,
                allow_inf_nan=False,
                cache_mode="keys",
            )
        except ValueError:
            return None
        values = items[::2]
        lines = _are_lines(items, len(text) - len(raw))
        return values if lines and not has_infinite(raw, values) else None


def _is_exact(raw: bytes, marks: int, values: list[dict[str, Any]]) -> bool:
    """Return whether objects, read from *raw*, have every key in it, and no number was rounded.

    *marks* is the number of quotation marks and colons in it. Each key has three of them, so that
    written again without one there are fewer; escaped code points, which could make up for them,
    leave it in doubt. To count keys in Python instead takes three times as long.
    """
    if b"\\u" in raw or raw.translate(_ZEROS).find(_LONG_NUMBER) >= 0:
        return False
    if max(map(len, raw.translate(None, _NOT_OPENING).split(b"\n"))) > MAX_DEPTH:
        return False  # a line may be nested deeper than a strict parser reads
    return marks == len(orjson.dumps(values).translate(None, _OTHER_BYTES))


def _are_lines(items: list[Any], added: int) -> bool:
    """Return whether every other item is the mark between two lines.

    *added* is the number of bytes that were added to the lines, two of them around all.
    """
    breaks = (added - 2) // (len(_SEPARATOR) - 1)
    return len(items) == 2 * breaks + 1 and items[1::2].count(_MARK) == breaks
