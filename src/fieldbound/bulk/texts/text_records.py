"""Lines and items that are certainly valid by their text; the others have to be parsed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fieldbound.bulk.inputs.blocks import ItemsChunk
from fieldbound.bulk.item_locations import ItemLocations
from fieldbound.bulk.samples import LineLocations

from .doubtful_records import DoubtfulRecords
from .invalid_texts import InvalidTexts
from .layouts import FLAT_ITEMS, ITEMS, LINES
from .observed_names import ObservedNames
from .valid_texts import ValidTexts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldbound.bulk.check_settings import CheckSettings
    from fieldbound.bulk.counts import Counts
    from fieldbound.bulk.inputs.blocks import LinesChunk, TextProof
    from fieldbound.bulk.record_checker import RecordChecker


#: With fewer than one record in so many counted by its text, it takes no more time to parse all.
_MIN_COUNTED: Final = 4
#: After such records, those of so many chunks are parsed.
_PATIENCE: Final = 15
#: The names of so many records are observed, of so many chunks at first, and of one more whenever
#: most had to be parsed.
_MOST_RECORDS: Final = 200
_FIRST_OBSERVED: Final = 4
_MOST_OBSERVED: Final = 16


class TextRecords:
    """Checks records by their text, as far as that is possible."""

    def __init__(self, settings: CheckSettings) -> None:
        self._settings, self._names = settings, ObservedNames()
        self._observed, self._observable = 0, _FIRST_OBSERVED
        self._patience = self._number = 0
        self._lines = ValidTexts(settings, self._names, LINES)
        self._items = ValidTexts(settings, self._names, ITEMS)
        self._invalid = InvalidTexts(settings, self._names)

    def observe(self, values: Sequence[Any]) -> None:
        """Observe the names that records have, and their order."""
        if self._observed < self._observable and self._settings.counts_only_invalid:
            self._observed += 1
            for each in values[:_MOST_RECORDS]:
                self._names.add(each)

    def prove_items(self, raw: bytes) -> TextProof | None:
        """Return what the text of items proves, None if they may not be whole items."""
        return None if self._patience else self._items.prove(raw)

    def prove(self, chunk: LinesChunk | ItemsChunk) -> TextProof | None:
        """Return what the text of records proves, None if that is nothing."""
        if self._patience:
            self._patience -= 1
            return None
        if isinstance(chunk, ItemsChunk):
            layout = FLAT_ITEMS if chunk.flat else ITEMS
            return chunk.proof or self._items.prove(chunk.raw, layout)
        return self._lines.prove(chunk.raw)

    def doubtful(
        self, chunk: LinesChunk | ItemsChunk, proof: TextProof, counts: Counts
    ) -> DoubtfulRecords:
        """Count all records, and return those that are doubtful."""
        number = proof.number
        if isinstance(chunk, ItemsChunk):
            locate = ItemLocations(chunk, number).at
        else:
            locate = LineLocations(chunk.raw, chunk.offset, counts.lines).at
            counts.lines += number
        first = counts.records + 1
        counts.records += number
        self._number += number
        return DoubtfulRecords(proof.doubtful, locate, first)

    def uncounted(self, texts: Sequence[bytes], records: RecordChecker) -> Sequence[int]:
        """Count records by their texts, as far as that is possible; return which are left.

        They are all that are uncertain since the last ones.
        """
        number, self._number = self._number, 0
        if records.measures_lengths:
            return range(len(texts))
        left = self._invalid.uncounted(texts, records)
        if number and (number - len(left)) * _MIN_COUNTED < number:
            self._patience = _PATIENCE
            self._observable = min(self._observed + 1, _MOST_OBSERVED)
        return left
