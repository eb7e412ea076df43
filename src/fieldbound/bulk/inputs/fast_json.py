"""Lines of NDJSON go in; their values come out where every line is proper JSON beyond doubt.

Many lines are read at once, as the items of one array, for that takes half the time. None may be
mistaken for another: between two lines stands a number that no file can foresee, and only where
all these numbers are items themselves is a line an item.
"""

from __future__ import annotations

import secrets
from typing import Any, Final

import orjson
from jiter import from_json

from fieldbound.documents import has_infinite

#: What stands between two lines: a number in no order, to be found again among the items.
_MARK: Final = 10**8 + secrets.randbelow(9 * 10**8)
_BETWEEN: Final = b",%d," % _MARK
#: All but quotation marks and colons.
_OTHERS: Final = bytes(set(range(256)) - set(b'":'))
_DICT: Final = {dict}
#: Names that are remembered, about so many.
_KEPT: Final = 10_000


class Lines:
    """What reads lines of proper JSON, many at once."""

    def __init__(self) -> None:
        self._sound: set[str] = set()
        #: The names that the objects read last have.
        self.names: set[str] = set()

    def objects(self, raw: bytes) -> list[dict[str, Any]] | None:
        """Return the value of each line, each an object; None where there is any doubt.

        Such an object is as a strict reader would have it, if none of its values is an object, an
        array, or a number of 2**63 and more: of equal keys this reader keeps the last, and counts
        those of the outermost object alone, and large integers it rounds.
        """
        text = b"[" + raw.replace(b"\n", _BETWEEN) + b"]"
        try:
            items = orjson.loads(text)
        except orjson.JSONDecodeError:
            return None
        values = items[::2]
        if not _are_lines(items, len(text) - len(raw)) or set(map(type, values)) != _DICT:
            return None
        names = self.names = set().union(*values)
        if not names <= self._sound:
            if any(":" in name for name in names):
                return None
            if len(self._sound) > _KEPT:  # the names of one record are as those of another, or not
                self._sound = set()
            self._sound |= names
        # A key without a colon has its two quotation marks just before the next colon. So there
        # are at least as many of these as there are keys in the text; and if there are no more
        # than in the values, no key is there twice.
        keys = raw.translate(None, _OTHERS).count(b'"":')
        return values if keys == sum(map(len, values)) else None

    def values(self, raw: bytes) -> list[Any] | None:
        """Return the value of each line, whatever it is; None where there is any doubt."""
        text = b"[" + raw.replace(b"\n", _BETWEEN) + b"]"
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


def _are_lines(items: list[Any], added: int) -> bool:
    """Whether every other item is the mark that stands between two lines.

    So many bytes were *added* to the lines, two of them around all.
    """
    breaks = (added - 2) // (len(_BETWEEN) - 1)
    return len(items) == 2 * breaks + 1 and items[1::2].count(_MARK) == breaks
