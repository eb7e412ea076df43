"""Rows of CSV that are certainly valid by their text; the cells of the others have to be split."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fieldbound.bulk.inputs.blocks import RowLines, ValuesChunk
from fieldbound.bulk.inputs.csv_rows import parse_rows
from fieldbound.bulk.inputs.pattern_compiler import compiled_pattern

from .cell_patterns import CellPatterns
from .layouts import LINES

if TYPE_CHECKING:
    from fieldbound.bulk.check_settings import CheckSettings
    from fieldbound.bulk.inputs.blocks import RowTextsChunk
    from fieldbound.bulk.inputs.pattern_compiler import Replace
    from fieldbound.bulk.record_checker import RecordChecker


class RowTexts:
    """Checks rows of CSV by their text, as far as that is possible."""

    def __init__(self, settings: CheckSettings) -> None:
        self._settings = settings
        self._known: dict[Any, Replace | None] = {}

    def uncertain(self, chunk: RowTextsChunk, records: RecordChecker) -> ValuesChunk | None:
        """Count all rows, and return the records of those that are not certainly valid.

        Return None, and count nothing, if it is not known which they are.
        """
        replace = None if records.measures_lengths else self._replace(chunk)
        found = None if replace is None else LINES.prove(chunk.raw, replace)
        if found is None:
            return None
        number, texts, _ = found
        rows = parse_rows([text + b"\n" for _, text in texts], chunk.delimiter) if texts else []
        # a quoted cell goes on in the next line, or something is wrong
        if len(rows) != len(texts) or not all(isinstance(row, list) for row in rows):
            return None
        first = records.counts.records + 1
        records.counts.records += number
        indices = [index for index, _ in texts]
        lines = RowLines(chunk.raw, chunk.offset, chunk.line).of(indices)
        numbers = [first + index for index in indices]
        return ValuesChunk(chunk.mapping.records(rows), *lines, numbers)

    def _replace(self, chunk: RowTextsChunk) -> Replace | None:
        """Return what replaces the rows that are certainly valid."""
        settings, columns = self._settings, chunk.mapping.flat
        if columns is None or not settings.counts_only_invalid:
            return None
        key = (chunk.delimiter, tuple(each and (each[0], each[1] is None) for each in columns))
        if key not in self._known:
            members = settings.checker.members
            patterns = CellPatterns(chunk.delimiter, settings.undocumented.may_be_at)
            row = None if members is None else patterns.of_row(columns, members)
            pattern = row and b"%b%b%b" % (LINES.before, row, LINES.after)
            self._known[key] = compiled_pattern(pattern) if pattern else None
        return self._known[key]
