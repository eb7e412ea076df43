"""How the texts of records follow each other: as lines, or as the items of an array."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from fieldbound.bulk.inputs.blocks import is_utf8

if TYPE_CHECKING:
    from .pattern_compiler import Replace

#: Texts of records, by their indices.
Texts: TypeAlias = "list[tuple[int, bytes]]"

_BRACKET: Final = b"{"[0]
#: How the rest of a flat item is written, without its first bracket, and what is after it.
_ITEM: Final = re.compile(rb"([^}]*\})[ \t\r\n]*(,?)[ \t\r\n]*")


class Layout(NamedTuple):
    """A layout of records.

    What may be *blank* between tokens, and what is *before* and *after* a record, are regular
    expressions. With a *mark* instead of some records, a text is *split* into the number of all
    records and the texts of the others; None where that is in doubt.
    """

    blank: bytes
    before: bytes
    after: bytes
    mark: bytes
    split: Callable[[bytes], tuple[int, Texts] | None]

    def others(self, raw: bytes, replace: Replace) -> tuple[int, Texts] | None:
        """Return the number of records, and the texts of those that *replace* leaves.

        Return None if it is not known which they are. The text ends as each of its records does.
        """
        if not is_utf8(raw):
            return None
        left, replaced = replace(self.mark, raw)
        found = self.split(left)
        # what is not replaced, and empty, is no record
        return None if found is None or replaced + len(found[1]) != found[0] else found


def _lines(raw: bytes) -> tuple[int, Texts] | None:
    """Split lines, each of them with a line end."""
    lines = raw.split(b"\n")
    if lines.pop():
        return None
    texts = [(at, line) for at, line in enumerate(lines) if line]
    other = [line for _, line in texts if line[0] != _BRACKET]
    return None if any(map(bytes.isspace, other)) else (len(lines), texts)


def _items(raw: bytes) -> tuple[int, Texts] | None:
    """Split items of an array, all of whose brackets are those around the items."""
    first, *items = raw.split(b"{")
    texts = []
    for at, item in enumerate(items):
        if item:
            found = _ITEM.fullmatch(item)
            if found is None or (at + 1 < len(items)) != bool(found[2]):
                return None
            texts.append((at, b"{" + found[1]))
    return None if first else (len(items), texts)


LINES: Final = Layout(b" ?+", rb"(?<![^\n])", rb"\r?+\n", b"\n", _lines)
FLAT_ITEMS: Final = Layout(rb"[ \t\r\n]*+", b"", rb"(?:[ \t\r\n]*+,[ \t\r\n]*+|\z)", b"{", _items)
