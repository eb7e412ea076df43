"""Rows of a table that are certainly valid, by its columns; the others become records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .inputs.arrow_proof import all_doubtful, length_counts, null_rows, plain_batch, proof_of, take
from .inputs.arrow_rows import RowReader, column_names

if TYPE_CHECKING:
    import pyarrow

    from .check_settings import CheckSettings
    from .counts import Counts
    from .inputs.arrow_proof import Found, Proof
    from .inputs.blocks import ValuesChunk

#: If more than one row in so many is in doubt, it takes no more time to check all as records.
_MIN_VALID: Final = 2


class Proven(NamedTuple):
    """What is known of the rows of a *batch*.

    Those at the indices *doubtful* are to be checked as records; *rows* has them, to be read by
    *reader*. Of the others, *lengths* counts the lengths of strings by the index of the limit.
    """

    batch: pyarrow.RecordBatch
    reader: RowReader
    doubtful: Sequence[int]
    rows: pyarrow.RecordBatch
    lengths: Mapping[int, Mapping[int, int]]

    def records(self, before: int) -> Iterator[ValuesChunk]:
        """Yield the records of the doubtful rows, after so many records *before* the batch."""
        start = 0
        for chunk in self.reader.chunks(self.rows):
            end = start + len(chunk.values)
            yield chunk._replace(numbers=[before + 1 + row for row in self.doubtful[start:end]])
            start = end


class TableRows:
    """Proves rows of tables valid, by the columns of a batch."""

    def __init__(self, settings: CheckSettings) -> None:
        firsts = settings.undocumented.first_names
        self._settings = settings
        self._undocumented = firsts or frozenset()
        self._members = None if firsts is None or settings.split else settings.checker.members
        self._proofs: dict[tuple[str, Any], Proof] = {}

    def prove(self, rows: RowReader, batch: pyarrow.RecordBatch) -> Proven | None:
        """Return what is known of a batch; None if most of its rows are to be checked as records.

        An object with a required name missing is not valid: such rows are in doubt, as are those
        with a value that is an object or an array.
        """
        members, tree = self._members, rows.tree
        if members is None or not members.required <= tree.keys():
            return None
        batch, schema = plain_batch(batch, rows.schema)
        doubtful: set[int] = set()
        found: dict[str, Found] = {}
        for name, node in tree.items():
            arrays = [batch.column(each) for each in column_names({name: node})]
            if name in members.required:
                doubtful.update(row for each in arrays for row in null_rows(each))
            for array in arrays:
                if array.null_count < len(array):
                    found[name] = self._proof(name, node, schema)(array)
                    doubtful.update(found[name].doubtful)
            if len(doubtful) * _MIN_VALID > batch.num_rows:
                return None
        chosen = sorted(doubtful)
        reader = rows if schema is rows.schema else RowReader(schema, tree)
        try:
            left = take(batch, chosen)
        except NotImplementedError:  # pyarrow does not take rows of such a type
            return None
        return Proven(batch, reader, chosen, left, self._lengths(found, chosen))

    def count(self, proven: Proven, counts: Counts) -> None:
        """Count the rows of a batch, and what is counted of those that are not in doubt."""
        before, number = counts.records, proven.batch.num_rows
        counts.records += number
        counts.lengths.records += number - len(proven.doubtful)
        for at, lengths in proven.lengths.items():
            if lengths:
                counts.lengths.count(at, lengths)
        extractor = self._settings.key_extractor
        if extractor is not None:
            name, doubtful = extractor.first_name, frozenset(proven.doubtful)
            tree = proven.reader.tree
            only = {name: tree[name]} if name in tree else {}
            records = RowReader(proven.reader.schema, only).records(proven.batch)
            for row, record in enumerate(records):
                if row not in doubtful:
                    counts.add_key(extractor.extract(record), before + 1 + row)

    def _proof(self, name: str, node: Any, schema: pyarrow.Schema) -> Proof:
        """Return what finds the doubtful values of a column."""
        members = self._members
        if members is None or not isinstance(node, str) or name in self._undocumented:
            return all_doubtful
        kind = schema.field(node).type
        proof = self._proofs.get((name, kind))
        if proof is None:
            part = members.schema_of(name)
            proof = self._proofs[name, kind] = proof_of(
                *(kind, name, part, members.are_valid(part)),
                measured=bool(self._settings.length_counter.at(name)),
            )
        return proof

    def _lengths(
        self, found: Mapping[str, Found], doubtful: Sequence[int]
    ) -> dict[int, Mapping[int, int]]:
        """Return how often each length occurs in rows that are not in doubt."""
        lengths: dict[int, Mapping[int, int]] = {}
        for name, each in found.items():
            if each.lengths is not None:
                counts = length_counts(each.lengths, doubtful)
                for at in self._settings.length_counter.at(name):
                    lengths[at] = Counter(lengths.get(at, ())) + counts
        return lengths
