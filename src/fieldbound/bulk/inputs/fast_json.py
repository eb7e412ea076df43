"""Parse many lines of NDJSON at once, if every line is certainly valid JSON.

Many lines are parsed together, as the items of one array, which takes half the time. To make sure
that each line is one item, a random number is put between two lines, which no file can predict:
only if all these numbers are items themselves, each line is an item.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

import orjson
from jiter import from_json

from fieldbound.documents import has_infinite
from fieldbound.model import MAX_DEPTH

#: The random number between two lines, to be found again among the items.
_MARK: Final = 10**8 + secrets.randbelow(9 * 10**8)
_SEPARATOR: Final = b",%d," % _MARK
#: All bytes but quotation marks, colons, those that open an object or an array, and line ends.
_OTHER_BYTES: Final = bytes(set(range(256)) - set(b'":{[\n'))
#: Those of them that no name may have that is counted as a key.
_NOT_IN_NAMES: Final = frozenset(":{[")
#: The end of a name without them, as it is left of a text.
_KEY: Final = b'"":'
_NOT_OPENING: Final = b'":'
#: All bytes but brackets.
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"{}[]"))
#: Levels of nesting that are looked through.
_LEVELS: Final = 20
_ONLY_DICT: Final = {dict}
_ZEROS: Final = bytes.maketrans(b"123456789", b"000000000")
#: So many digits at least has an integer of 2**63 or more.
_LONG_NUMBER: Final = b"0" * 19
#: Property names that are remembered, about so many.
_MAX_NAMES: Final = 10_000


class Objects(NamedTuple):
    """Objects that were read, the *names* of their properties, and what of their text counts.

    Such an object is what a strict parser returns if none of its values is an object, an array, or
    a number of 2**63 or more: this parser rounds large integers. That the text has no other keys
    than the objects, such as duplicate ones, is only certain if they are *flat*.
    """

    values: list[dict[str, Any]]
    names: set[str]
    marks: bytes
    flat: bool

    def are_flat_without(self, suspects: Collection[int], texts: Iterable[bytes]) -> bool:
        """Return whether objects are flat without *suspects*, whose *texts* are given."""
        keys = self.marks.count(_KEY) - sum(_marks(text).count(_KEY) for text in texts)
        lengths = list(map(len, self.values))
        return keys == sum(lengths) - sum(lengths[at] for at in suspects)


class FastReader:
    """Parses lines of valid JSON, many at once."""

    def __init__(self) -> None:
        self._known_names: set[str] = set()

    def objects(self, raw: bytes, *, is_array: bool = False) -> Objects | None:
        """Return the value of each line, which is an object; None if there is any doubt.

        Of an array, whose text is given without its brackets, these are the items.
        """
        text = _array(raw, is_array)
        try:
            items = orjson.loads(text)
        except orjson.JSONDecodeError:
            return None
        values: list[dict[str, Any]] = items if is_array else items[::2]
        is_split = is_array or _are_lines(items, len(text) - len(raw))
        if not is_split or set(map(type, values)) != _ONLY_DICT:
            return None
        names = set().union(*values)
        if not names <= self._known_names:
            if not all(map(_NOT_IN_NAMES.isdisjoint, names)):
                return None
            if (
                len(self._known_names) > _MAX_NAMES
            ):  # records either have the same names, or too many
                self._known_names = set()
            self._known_names |= names
        # A key has its two quotation marks right before the next colon. So the text has at least as
        # many of these as keys; if it has no more than the values have, there are no duplicates.
        marks = _marks(raw)
        return Objects(values, names, marks, marks.count(_KEY) == sum(map(len, values)))

    def are_exact(self, raw: bytes, objects: Objects, *, is_array: bool = False) -> bool:
        """Return whether objects, read from *raw*, have every key in it, and no number was rounded.

        Each key has three marks, so that written again without one there are fewer; escaped code
        points, which could make up for them, leave it in doubt. To count keys in Python instead
        takes three times as long.
        """
        if b"\\" in raw and b"\\u" in raw:
            return False
        if raw.translate(_ZEROS).find(_LONG_NUMBER) >= 0:
            return False
        depth = _depth(raw) if is_array else _depth_of_lines(objects.marks)
        if depth > MAX_DEPTH:  # deeper than a strict parser reads
            return False
        written = _marks(orjson.dumps(objects.values))
        return len(objects.marks) - objects.marks.count(b"\n") == len(written) - len(b"[")

    def values(self, raw: bytes, *, is_array: bool = False) -> list[Any] | None:
        """Return the value of each line, or item, of any type; None if there is any doubt."""
        text = _array(raw, is_array)
        try:
            items = from_json(
                text,
                catch_duplicate_keys=True,
                allow_inf_nan=False,
                cache_mode="keys",
            )
        except ValueError:
            return None
        values = items if is_array else items[::2]
        is_split = is_array or _are_lines(items, len(text) - len(raw))
        return values if is_split and not has_infinite(raw, values) else None


def json_items(raw: bytes) -> list[Any] | None:
    """Return the items of an array as far as JSON alone is concerned, None if they are no JSON.

    A strict parser may read others: one with a key twice, with large numbers, or none.
    """
    try:
        return orjson.loads(_array(raw, is_array=True))  # type: ignore[no-any-return]
    except orjson.JSONDecodeError:
        return None


def _array(raw: bytes, is_array: bool) -> bytes:
    """Return the text of an array: of the items *raw*, or of lines with a mark between two."""
    return b"[%b]" % (raw if is_array else raw.replace(b"\n", _SEPARATOR))


def _marks(raw: bytes) -> bytes:
    """Return what is left of a text to count its keys, and how deep it is nested."""
    return raw.translate(None, _OTHER_BYTES)


def _depth_of_lines(marks: bytes) -> int:
    """Return how deep a line may be nested: a strict parser does not read any depth."""
    return max(map(len, marks.translate(None, _NOT_OPENING).split(b"\n")))


def _depth(raw: bytes) -> int:
    """Return how deep a text may be nested, as far as a few levels show."""
    brackets, levels = raw.translate(None, _NO_BRACKETS), 0
    while brackets and levels < _LEVELS:
        brackets, levels = brackets.replace(b"{}", b"").replace(b"[]", b""), levels + 1
    return levels + len(brackets)


def _are_lines(items: list[Any], added: int) -> bool:
    """Return whether every other item is the mark between two lines.

    *added* is the number of bytes that were added to the lines, two of them around all.
    """
    breaks = (added - 2) // (len(_SEPARATOR) - 1)
    return len(items) == 2 * breaks + 1 and items[1::2].count(_MARK) == breaks
