"""How the texts of records follow each other: as lines, or as the items of an array."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from fieldbound.bulk.inputs.blocks import ItemsChunk, TextProof, character_count
from fieldbound.bulk.inputs.fast_json import json_items
from fieldbound.bulk.inputs.json_array import texts_of

if TYPE_CHECKING:
    from fieldbound.bulk.inputs.blocks import Texts
    from fieldbound.bulk.inputs.pattern_compiler import Replace

_BRACKET, _COMMA = b"{,"
_SPACE: Final = b" \t\r\n"
#: How the rest of a flat item is written, without its first bracket, and what is after it.
_ITEM: Final = re.compile(rb"([^}]*\})[ \t\r\n]*(,?)[ \t\r\n]*")


class Layout(NamedTuple):
    """A layout of records.

    What may be *blank* between tokens, and what is *before* and *after* a record, are regular
    expressions. A text with a *mark* instead of each valid record is *split*, which proves the
    number of its records, and which are doubtful; None if it is not certain where they end.
    """

    blank: bytes
    before: bytes
    after: bytes
    mark: bytes
    split: Callable[[bytes], TextProof | None]

    def prove(self, raw: bytes, replace: Replace) -> TextProof | None:
        """Return what a text proves whose valid records are found by *replace*; None if nothing.

        The text ends as each of its records does.
        """
        characters = character_count(raw)
        if characters is None:
            return None
        left, replaced = replace(self.mark, raw)
        found = self.split(left)
        # a mark for each one that is replaced
        if found is None or replaced + len(found.doubtful) != found.number:
            return None
        return found._replace(continuations=len(raw) - characters)


def _lines(raw: bytes) -> TextProof | None:
    """Split lines, each of them with a line end."""
    lines = raw.split(b"\n")
    if lines.pop():
        return None
    texts = [(at, line) for at, line in enumerate(lines) if line]
    other = [line for _, line in texts if line[0] != _BRACKET]
    return None if any(map(bytes.isspace, other)) else TextProof(len(lines), texts)


def _flat_items(raw: bytes) -> TextProof | None:
    """Split items of an array, all of whose brackets are certainly those around the items."""
    return _split_items(raw, _texts_of_flat)


def _items(raw: bytes) -> TextProof | None:
    """Split items of an array, if they are certainly whole objects: the others are JSON."""
    return _split_items(raw, _texts_of_objects)


def _split_items(
    raw: bytes, texts_of_part: Callable[[bytes], list[bytes] | None]
) -> TextProof | None:
    parts = raw.split(_MARK)
    if parts[-1]:
        parts[-1] += b","
    number = len(parts) - 1
    texts: Texts = []
    for at, part in [(at, part) for at, part in enumerate(parts) if part]:
        found = texts_of_part(part)
        if found is None:
            return None
        texts += enumerate(found, at + number - len(parts) + 1)
        number += len(found)
    return TextProof(number, texts)


def _texts_of_flat(raw: bytes) -> list[bytes] | None:
    """Return the texts of flat items, each with a comma after it."""
    first, *items = raw.split(b"{")
    found = [_ITEM.fullmatch(item) for item in items]
    texts = [b"{" + each[1] for each in found if each and each[2]]
    return None if first or len(texts) < len(items) else texts


def _texts_of_objects(raw: bytes) -> list[bytes] | None:
    """Return the texts of items that are objects in JSON, each with a comma after it."""
    body = raw.rstrip(_SPACE)
    values = json_items(body[:-1])
    if not values or body[-1] != _COMMA or any(each.__class__ is not dict for each in values):
        return None
    if len(values) == 1:
        return [body[:-1].strip(_SPACE)]
    items = ItemsChunk(body[:-1], 0, (1, 1), flat=False)
    texts = [text or b"" for chunk in texts_of(items) for text in chunk.texts]
    return texts if len(texts) == len(values) else None


#: Stands for items that are replaced; no JSON text has it.
_MARK: Final = b"\x01"
LINES: Final = Layout(b" ?+", rb"(?<![^\n])", rb"\r?+\n", b"\n", _lines)
ITEMS: Final = Layout(rb"[ \t\r\n]*+", b"", rb"(?:[ \t\r\n]*+,[ \t\r\n]*+|\z)", _MARK, _items)
FLAT_ITEMS: Final = ITEMS._replace(split=_flat_items)
