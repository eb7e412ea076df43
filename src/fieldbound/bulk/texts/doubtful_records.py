"""Records that have to be parsed, counted already: they are collected, to be parsed together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fieldbound.bulk.inputs.blocks import Texts
    from fieldbound.bulk.samples import RecordLocation

#: So many are collected.
_MOST: Final = 2000


class DoubtfulRecords(NamedTuple):
    """Records of one text.

    *texts* has index and text of each, *locate* returns where the record of an index is, and
    *first* is the number of that of index 0.
    """

    texts: Texts
    locate: Callable[[int], RecordLocation]
    first: int


class CollectedRecords:
    """Doubtful records of many texts, in their order."""

    def __init__(self) -> None:
        self._records: list[tuple[DoubtfulRecords, int, bytes]] = []

    def __bool__(self) -> bool:
        return bool(self._records)

    def add(self, doubtful: DoubtfulRecords) -> bool:
        """Add records, and return whether it is time to check them."""
        self._records += [(doubtful, *each) for each in doubtful.texts]
        return len(self._records) > _MOST

    @property
    def texts(self) -> list[bytes]:
        """Their texts."""
        return [text for *_, text in self._records]

    @property
    def numbers(self) -> list[int]:
        """Their numbers."""
        return [group.first + index for group, index, _ in self._records]

    def location(self, at: int) -> RecordLocation:
        """Return where one is; they must be requested in their order."""
        group, index, _ = self._records[at]
        return group.locate(index)

    def keep(self, chosen: Sequence[int]) -> None:
        """Keep some of them."""
        self._records = [self._records[at] for at in chosen]
