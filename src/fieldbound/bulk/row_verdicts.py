"""What invalid rows of a table break, by their values that are in doubt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from .inputs.arrow.arrays import take
from .inputs.arrow.rows import column_names
from .inputs.blocks import RecordError

if TYPE_CHECKING:
    import pyarrow

    from fieldbound.model import Report
    from fieldbound.validation import Members, Verdict

    from .check_settings import CheckSettings
    from .inputs.arrow.doubtful_values import Doubtful
    from .inputs.arrow.rows import RowReader
    from .inputs.blocks import ValuesChunk

#: Verdicts and reports that are remembered, each on strings of so many characters, or fewer.
_MOST: Final = 1_000
_LONGEST: Final = 100

#: A doubtful value with its name and its type: True is not 1.
_Cell: TypeAlias = "tuple[str, type, Any]"
#: The doubtful values of a row.
_Key: TypeAlias = tuple[_Cell, ...]


class Rows(NamedTuple):
    """Rows of a *batch*, read by *reader*, and by name those whose value is *doubtful*.

    *complete* returns the batch with the columns whose values are valid, if these are not read yet.
    """

    batch: pyarrow.RecordBatch
    reader: RowReader
    doubtful: Mapping[str, Doubtful]
    complete: Callable[[], pyarrow.RecordBatch]

    def column(self, name: str) -> Any:
        """Return the column that has the values of a name.

        None if it is not read, or if several have parts of the values.
        """
        node = self.reader.tree[name]
        is_read = isinstance(node, str) and self.batch.schema.get_field_index(node) >= 0
        return self.batch.column(node) if is_read else None

    def part(self, names: Collection[str], rows: Sequence[int]) -> Rows:
        """Return some rows, with these names alone."""
        reader = self.reader.of(frozenset(names))
        batch = take(self.batch.select(column_names(reader.tree)), rows)
        return Rows(batch, reader, {}, lambda: batch)

    def records(self, names: Collection[str]) -> list[Any]:
        """Return the records, with these names alone."""
        reader = self.reader.of(frozenset(names))
        columns, is_read = column_names(reader.tree), self.batch.schema.names
        batch = self.batch if all(each in is_read for each in columns) else self.complete()
        return reader.records(batch.select(columns))

    def chunks(self, rows: Sequence[int]) -> Iterator[ValuesChunk]:
        """Yield the records of some rows, few at a time."""
        if not rows:
            return
        batch = self.complete()
        try:
            parts = [take(batch, rows)]
        except NotImplementedError:  # pyarrow does not take rows of such a type
            parts = [batch.slice(row, 1) for row in rows]
        for part in parts:
            yield from self.reader.chunks(part)


class RowVerdicts:
    """Finds what rows break: a matter of their doubtful values, and of those required.

    Rows with the same doubtful values break the same.
    """

    def __init__(self, settings: CheckSettings, members: Members) -> None:
        self._settings, self._members = settings, members
        self._verdicts: dict[_Key, Verdict | None] = {}
        self._reports: dict[_Key, Report | None] = {}

    def verdicts(
        self, rows: Rows, names: Sequence[str], chosen: Sequence[int]
    ) -> list[Verdict | None]:
        """Return the verdict on each of the *chosen* rows, whose doubtful values have these names.

        It is None where the record has to be checked. Raises UndecidedError, a ValueError, where it
        takes too long to decide what is broken.
        """
        part, known = rows.part({*names, *self._members.required}, chosen), self._verdicts
        keys = _keys(rows, part, names, chosen)
        unknown = {key: at for at, key in enumerate(keys) if key not in known}
        if not unknown:
            return [known[key] for key in keys]
        records = part.reader.records(take(part.batch, list(unknown.values())))
        readable = [each for each in records if each.__class__ is not RecordError]
        verdicts = iter(self._settings.batch.broken(readable))
        found = {
            key: None if record.__class__ is RecordError else next(verdicts)
            for key, record in zip(unknown, records, strict=True)
        }
        for key, verdict in found.items():
            _keep(known, key, verdict)
        return [found[key] if key in found else known[key] for key in keys]

    def reports(
        self, rows: Rows, names: Sequence[str], chosen: Sequence[int], values: Sequence[Any]
    ) -> Iterator[Report]:
        """Yield the report of each of the *chosen* rows, with these *values*.

        The doubtful values have these *names*. What is said of an undocumented one is a matter of
        all names of the record.
        """
        documented = {name for name in names if self._members.schema_of(name) is not False}
        known = self._reports
        keys = _keys(rows, rows.part(names, chosen), names, chosen)
        for key, value in zip(keys, values, strict=True):
            report = known.get(key)
            if report is None:
                report = self._settings.check(value)
                if key in known:  # most are never seen again
                    known[key] = report
                elif documented.issuperset(name for name, *_ in key):
                    _keep(known, key, None)
            yield report


def _keys(rows: Rows, part: Rows, names: Sequence[str], chosen: Sequence[int]) -> list[_Key]:
    """Return the doubtful values of each of the *chosen* rows, which *part* has."""
    cells: list[list[_Cell]] = [[] for _ in chosen]
    for name in names:
        doubtful = rows.doubtful[name]
        values = part.reader.reader_of(part.reader.tree[name])(part.column(name), {})
        for row, cell, value in zip(chosen, cells, values, strict=True):
            if row in doubtful:
                cell.append((name, value.__class__, value))
    return [tuple(each) for each in cells]


def _keep(known: dict[_Key, Any], key: _Key, found: Any) -> None:
    """Remember what is found of a key, if it is short."""
    if len(known) < _MOST and all(
        kind is not str or len(value) <= _LONGEST for _, kind, value in key
    ):
        known[key] = found
