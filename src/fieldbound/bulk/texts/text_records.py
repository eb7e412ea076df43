"""Lines and items that are certainly valid by their text; the others have to be parsed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from fieldbound.bulk.inputs.blocks import ItemsChunk
from fieldbound.bulk.item_locations import item_locations
from fieldbound.bulk.samples import LineLocations, RecordLocation

from .valid_texts import FLAT_ITEMS, LINES, ValidTexts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fieldbound.bulk.check_settings import CheckSettings
    from fieldbound.bulk.inputs.blocks import LinesChunk
    from fieldbound.bulk.record_checker import RecordChecker


class DoubtfulRecord(NamedTuple):
    """A record that has to be parsed: its *text*, where it is, and its number, counted already."""

    text: bytes
    locate: Callable[[], RecordLocation]
    number: int

    @classmethod
    def at(cls, location: RecordLocation, number: int) -> DoubtfulRecord:
        """Return the record at a location."""
        return cls(location.text, lambda: location, number)


class TextRecords:
    """Checks records by their text, as far as that is possible."""

    def __init__(self, settings: CheckSettings) -> None:
        self._lines, self._items = ValidTexts(settings, LINES), ValidTexts(settings, FLAT_ITEMS)

    def observe(self, values: Sequence[Any], *, is_array: bool) -> None:
        """Observe the names of records that were parsed."""
        (self._items if is_array else self._lines).observe(values)

    def uncertain(
        self, chunk: LinesChunk | ItemsChunk, records: RecordChecker
    ) -> list[DoubtfulRecord] | None:
        """Count all records, and return those that are not certainly valid.

        Return None, and count nothing, if they are most, or if it is not known which they are.
        """
        if records.measures_lengths:
            return None
        counts = records.counts
        is_array = isinstance(chunk, ItemsChunk)
        found = (self._items if is_array else self._lines).others(chunk.raw)
        if found is None:
            return None
        number, texts = found
        if isinstance(chunk, ItemsChunk):
            locate = item_locations(chunk, number)
        else:
            locate = LineLocations(chunk.raw, chunk.offset, counts.lines).at
            counts.lines += number
        first = counts.records + 1
        counts.records += number
        return [
            DoubtfulRecord(text, partial(locate, index), first + index) for index, text in texts
        ]
