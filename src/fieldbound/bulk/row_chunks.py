"""Rows of CSV and of tables: those that are not certainly valid become records."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from .inputs.blocks import CellsChunk, RowTextsChunk
from .lengths import measures_part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .cell_rows import CellRows
    from .check_settings import CheckSettings
    from .inputs.blocks import RowsChunk, ValuesChunk
    from .record_checker import RecordChecker
    from .table_rows import TableRows
    from .texts.row_texts import RowTexts


class RowChunks:
    """Checks rows by their text, or by their columns, as far as that is possible."""

    def __init__(self, settings: CheckSettings) -> None:
        self._settings = settings

    def uncertain(
        self, chunk: RowTextsChunk | RowsChunk, records: RecordChecker
    ) -> Iterator[ValuesChunk]:
        """Count the rows that are certainly valid, and yield the records of the others."""
        if isinstance(chunk, RowTextsChunk):
            yield from self._of_texts(chunk, records)
        else:
            yield from self._tables.uncertain(chunk, records)

    def _of_texts(self, chunk: RowTextsChunk, records: RecordChecker) -> Iterator[ValuesChunk]:
        records.measures_lengths = measures_part(chunk.offset)
        values = self._texts.uncertain(chunk, records)
        if values is not None:
            yield values
            return
        for part in chunk.split():
            if isinstance(part, CellsChunk):
                yield from self._cells.uncertain(part, records)
            else:
                yield part

    # each is imported when there are such rows

    @cached_property
    def _texts(self) -> RowTexts:
        """What proves rows of CSV valid by their text."""
        from .texts.row_texts import RowTexts

        return RowTexts(self._settings)

    @cached_property
    def _cells(self) -> CellRows:
        """What proves rows of cells valid by their columns."""
        from .cell_rows import CellRows

        return CellRows(self._settings)

    @cached_property
    def _tables(self) -> TableRows:
        """What proves rows of tables valid by their columns."""
        from .table_rows import TableRows

        return TableRows(self._settings)
