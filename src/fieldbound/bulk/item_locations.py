"""Where the items of a JSON array are: found for those alone that are reported."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from fieldbound.documents import place_after

from .inputs.blocks import line_and_column
from .inputs.json_array import texts_of
from .samples import RecordLocation

if TYPE_CHECKING:
    from collections.abc import Callable

    from .inputs.blocks import ItemsChunk, TextsChunk


class ItemLocations:
    """Where the items of a chunk are, so many; they must be requested in their order."""

    def __init__(self, chunk: ItemsChunk, number: int) -> None:
        self._chunk, self._number = chunk, number

    def at(self, index: int) -> RecordLocation:
        """Return where the record at an index is."""
        return self._find(index)

    @cached_property
    def _find(self) -> Callable[[int], RecordLocation]:
        chunk = self._chunk
        # with others, the items may have brackets in strings
        if chunk.flat and chunk.raw.count(b"{") == chunk.raw.count(b"}") == self._number:
            place = line_and_column(chunk.place, chunk.offset)
            return _FlatItems(chunk.raw, chunk.offset, place).at
        texts = [
            partial(text_location, each, at)
            for each in texts_of(chunk)
            for at in range(len(each.texts))
        ]
        return lambda index: texts[index]()


def text_location(chunk: TextsChunk, index: int) -> RecordLocation:
    """Return where a text is."""
    offset = chunk.offsets[index]
    return RecordLocation(chunk.texts[index], offset, *line_and_column(chunk.places[index], offset))


class _FlatItems:
    """Where each of the flat items *raw* of an array is, given where the first one is."""

    def __init__(self, raw: bytes, offset: int, place: tuple[int, int]) -> None:
        self._raw, self._offset = raw, offset
        self._index = self._start = 0
        self._line, self._column = place

    def at(self, index: int) -> RecordLocation:
        """Return where the record at an index is."""
        raw, start = self._raw, self._start
        for _ in range(index - self._index):
            start = raw.index(b"{", start + 1)
        between = raw[self._start : start]
        self._line, self._column = place_after(self._line, self._column, between)
        self._index, self._start = index, start
        end = raw.index(b"}", start) + 1
        return RecordLocation(raw[start:end], self._offset + start, self._line, self._column)
