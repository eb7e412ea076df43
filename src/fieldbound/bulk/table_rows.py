"""Rows of a table that are certainly valid, by its columns; few of the others become records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from fieldbound.validation import VALID

from .inputs.arrow.arrays import length_counts, null_rows, plain_batch, string_lengths
from .inputs.arrow.proof import all_doubtful, is_exact, may_have, proof_of
from .inputs.arrow.rows import BLOCK_ROWS, RowReader, column_names
from .inputs.blocks import RecordError
from .row_verdicts import Rows, RowVerdicts
from .samples import FoundRecord, RecordLocation

if TYPE_CHECKING:
    import pyarrow

    from .check_settings import CheckSettings
    from .inputs.arrow.doubtful_values import Doubtful, Proof
    from .inputs.blocks import RowsChunk, ValuesChunk
    from .record_checker import RecordChecker

#: If more than one row in so many is in doubt, it takes no more time to check all as records.
_MIN_VALID: Final = 2
#: Strings are measured in the first of so many blocks of a table.
_MEASURED_EVERY: Final = 8


class TableRows:
    """Checks rows of tables by the columns of a batch, as far as that is possible."""

    def __init__(self, settings: CheckSettings) -> None:
        firsts = settings.undocumented.first_names
        self._settings = settings
        self._members = None if firsts is None or settings.split else settings.checker.members
        self._proofs: dict[tuple[str, Any, bool], Proof] = {}
        self._verdicts = None if self._members is None else RowVerdicts(settings, self._members)

    def uncertain(self, chunk: RowsChunk, records: RecordChecker) -> Iterator[ValuesChunk]:
        """Count the rows that are certainly valid, or invalid as others are; yield other records.

        If that are most of the rows, yield the records of all.
        """
        records.measures_lengths = not chunk.before // BLOCK_ROWS % _MEASURED_EVERY
        rows = self._prove(chunk, measured=records.measures_lengths)
        left = None if rows is None else self._uncounted(rows, records)
        if rows is None or left is None:
            yield from chunk.reader.chunks(chunk.complete())
            return
        before = records.counts.records
        self._count(rows, left, records)
        start = 0
        for each in rows.chunks(left):
            end = start + len(each.values)
            yield each._replace(numbers=[before + 1 + row for row in left[start:end]])
            start = end

    def _prove(self, chunk: RowsChunk, *, measured: bool) -> Rows | None:
        """Return the rows that are in doubt; None if they are most.

        An object with a required name missing is not valid: such rows are in doubt.
        """
        members, tree = self._members, chunk.reader.tree
        if members is None or not members.required <= tree.keys():
            return None
        batch, schema = plain_batch(chunk.batch, chunk.reader.schema)
        is_read = frozenset(batch.schema.names)
        doubtful: dict[str, Doubtful] = {}
        for name, node in tree.items():
            columns = [each for each in column_names({name: node}) if each in is_read]
            arrays = [batch.column(each) for each in columns]
            found: set[int] = set()
            if name in members.required:
                found.update(row for each in arrays for row in null_rows(each))
            for array in arrays:
                if array.null_count < len(array):
                    found.update(self._proof(name, node, array.type, measured=measured)(array))
            if len(found) * _MIN_VALID > batch.num_rows:
                return None
            if found:
                doubtful[name] = found
        same = schema is chunk.reader.schema
        reader = chunk.reader if same else RowReader(schema, tree)

        def complete() -> pyarrow.RecordBatch:
            return batch if chunk.unread is None else plain_batch(chunk.complete(), schema)[0]

        return Rows(batch, reader, doubtful, complete)

    def _proof(self, name: str, node: Any, kind: Any, *, measured: bool) -> Proof:
        """Return what finds the doubtful values of a column.

        All are, if they may have something that is counted of records alone.
        """
        proof = self._proofs.get((name, kind, measured))
        if proof is None:
            members, lengths = self._members, self._settings.length_counter.within(name)
            is_inner = measured and any(may_have(kind, path) for path in lengths)
            proof = all_doubtful
            if members and isinstance(node, str) and not is_inner and self._documents(name, kind):
                proof = proof_of(kind, name, members.schema_of(name), members)
            self._proofs[name, kind, measured] = proof
        return proof

    def _documents(self, name: str, kind: Any) -> bool:
        """Return whether all parts that a column may have are documented."""
        paths = self._settings.undocumented.paths
        return not any(each[0] == name and may_have(kind, each[1:]) for each in paths)

    # -- invalid rows ------------------------------------------------------------------------------

    def _uncounted(self, rows: Rows, records: RecordChecker) -> list[int] | None:
        """Count rows that are invalid as others are, and return those that are still in doubt.

        Return None if they are most of the rows. What a row breaks is a matter of the values in
        doubt alone, and of the required ones.
        """
        doubtful = sorted(set[int]().union(*rows.doubtful.values()))
        if len(doubtful) * _MIN_VALID > rows.batch.num_rows:
            return None
        names = [name for name in rows.doubtful if self._is_exact(rows, name)]
        others = (each for name, each in rows.doubtful.items() if name not in names)
        inexact = set[int]().union(*others)
        exact = [row for row in doubtful if row not in inexact]
        counted: set[int] = set()
        if not exact:
            return doubtful
        if records.violations.counts_verdicts:
            counted = self._count_verdicts(rows, names, exact, records)
        elif self._settings.known is None and not inexact:
            # or else the samples would not be those of the first rows
            counted = self._count_reports(rows, names, exact, records)
        return [row for row in doubtful if row not in counted]

    def _count_verdicts(
        self, rows: Rows, names: Sequence[str], chosen: Sequence[int], records: RecordChecker
    ) -> set[int]:
        """Count rows of whose limits no more samples are needed, and return those counted."""
        try:
            verdicts = self._verdicts.verdicts(rows, names, chosen) if self._verdicts else []
        except ValueError:  # it takes too long to decide what is broken
            return set()
        count = records.violations.count_verdict
        counted = {
            verdict
            for verdict, times in Counter(verdicts).items()
            if verdict is VALID or (verdict is not None and count(verdict, times))
        }
        return {row for row, each in zip(chosen, verdicts, strict=True) if each in counted}

    def _count_reports(
        self, rows: Rows, names: Sequence[str], chosen: Sequence[int], records: RecordChecker
    ) -> set[int]:
        """Count rows by their reports, and return those counted."""
        before, location = records.counts.records, RecordLocation(is_row=True)
        values = [value for chunk in rows.chunks(chosen) for value in chunk.values]
        if self._verdicts is None or any(each.__class__ is RecordError for each in values):
            return set()
        reports = self._verdicts.reports(rows, names, chosen, values)
        for row, value, report in zip(chosen, values, reports, strict=True):
            records.count_report(FoundRecord(before + 1 + row, value, location), report)
        return set(chosen)

    def _is_exact(self, rows: Rows, name: str) -> bool:
        """Return whether the engine takes the values of a name as they are, all documented."""
        column = rows.column(name)
        return column is not None and is_exact(column.type) and self._documents(name, column.type)

    # -- counts --------------------------------------------------------------------------------

    def _count(self, rows: Rows, left: Sequence[int], records: RecordChecker) -> None:
        """Count the rows of a batch, and what is counted of those that are not *left*."""
        counts, number = records.counts, rows.batch.num_rows
        before = counts.records
        counts.records += number
        if records.measures_lengths:
            counts.lengths.records += number - len(left)
            for at, lengths in self._lengths(rows, left).items():
                if lengths:
                    counts.lengths.count(at, lengths)
        extractor = self._settings.key_extractor
        if extractor is not None:
            remaining = frozenset(left)
            named = [extractor.first_name] if extractor.first_name in rows.reader.tree else []
            for row, record in enumerate(rows.records(named)):
                if row not in remaining:
                    counts.add_key(extractor.extract(record), before + 1 + row)

    def _lengths(self, rows: Rows, left: Sequence[int]) -> dict[int, Counter[int]]:
        """Return how often each length occurs in rows that are not *left*."""
        lengths: dict[int, Counter[int]] = {}
        for name in rows.reader.tree:
            array = rows.column(name)
            limits = self._settings.length_counter.at(name)
            if array is not None and limits and array.null_count < len(array):
                read = rows.reader.reader_of(rows.reader.tree[name])
                counts = length_counts(string_lengths(array, read), left)
                for at in limits:
                    lengths[at] = lengths.get(at, Counter()) + counts
        return lengths
