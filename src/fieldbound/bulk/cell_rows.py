"""Rows of cells that are certainly valid, by their columns; the others become records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress, count
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from .inputs.blocks import text_of, texts_of
from .inputs.valid_values import OF_LENGTHS, ValidLengths, invalid_among

if TYPE_CHECKING:
    from .check_settings import CheckSettings
    from .inputs.blocks import CellsChunk, ValuesChunk
    from .inputs.columns import Conversions
    from .inputs.valid_values import AreValid
    from .record_checker import RecordChecker

#: If more than one row in so many is in doubt, it takes no more time to check all as records.
_MIN_VALID: Final = 2
#: Texts of a column that are remembered to be valid.
_MOST_TEXTS: Final = 10_000
#: From here on, parsers read integers differently.
_LARGE: Final = 2**63

#: The cells of each name.
Columns: TypeAlias = Mapping[str, Sequence[Any]]
#: How the cells of each name are converted, None for strings.
ConversionsOf: TypeAlias = "Mapping[str, Conversions | None]"


class CellRows:
    """Checks rows of cells by their columns, as far as that is possible."""

    def __init__(self, settings: CheckSettings) -> None:
        firsts = settings.undocumented.first_names
        self._settings = settings
        self._undocumented = firsts or frozenset()
        self._members = None if firsts is None or settings.split else settings.checker.members
        self._texts: dict[str, _Texts] = {}

    def uncertain(self, chunk: CellsChunk, records: RecordChecker) -> Iterator[ValuesChunk]:
        """Count the rows that are certainly valid, and yield the records of the others.

        If these are most of the rows, yield the records of all.
        """
        flat, size = chunk.mapping.flat, len(chunk.indices)
        doubtful = None
        if flat is not None:
            named = zip(flat, chunk.columns, strict=True)
            columns = {to[0]: cells for to, cells in named if to}
            conversions = dict(filter(None, flat))
            doubtful = self._doubtful(columns, conversions, size)
        if doubtful is None:
            yield chunk.values()
            return
        before = records.counts.records
        self._count(columns, conversions, frozenset(doubtful), size, records)
        if doubtful:
            yield chunk.values(doubtful, [before + 1 + row for row in doubtful])

    def _doubtful(
        self, columns: Columns, conversions: ConversionsOf, size: int
    ) -> list[int] | None:
        """Return the rows that are not certainly valid; None if they are most."""
        members = self._members
        if members is None or not members.required <= columns.keys():
            return None
        doubtful: set[int] = set()
        for name, cells in columns.items():
            if name in members.required and not all(cells):
                doubtful.update(_rows(cells, ("", b"")))
            texts = self._texts.get(name)
            if texts is None:
                part = name not in self._undocumented and members.schema_of(name)
                texts = _Texts(part, members.are_valid(part), conversions[name])
                self._texts[name] = texts
            doubtful.update(texts.doubtful(cells))
            if len(doubtful) * _MIN_VALID > size:
                return None
        return sorted(doubtful)

    def _count(
        self,
        columns: Columns,
        conversions: ConversionsOf,
        doubtful: Collection[int],
        size: int,
        records: RecordChecker,
    ) -> None:
        """Count all rows, and what is counted of those that are not in doubt."""
        counts, before = records.counts, records.counts.records
        counts.records += size
        if records.measures_lengths:
            counts.lengths.records += size - len(doubtful)
            for name, cells in columns.items():
                limits = self._settings.length_counter.at(name)
                lengths = _lengths(cells, conversions[name], doubtful) if limits else None
                for at in limits if lengths else ():
                    counts.lengths.count(at, lengths or {})
        extractor = self._settings.key_extractor
        if extractor is not None:
            name = extractor.first_name
            for row in [row for row in range(size) if row not in doubtful]:
                cell = columns[name][row] if name in columns else ""
                record = {name: _value(cell, conversions[name])} if cell else {}
                counts.add_key(extractor.extract(record), before + 1 + row)


def _rows(cells: Iterable[Any], chosen: Collection[Any]) -> list[int]:
    """Return the rows of the cells that are chosen."""
    return [*compress(count(), map(chosen.__contains__, cells))]


def _value(cell: Any, conversions: Conversions | None) -> Any:
    return text_of(cell) if conversions is None else conversions[text_of(cell)]


def _lengths(
    cells: Sequence[Any], conversions: Conversions | None, doubtful: Collection[int]
) -> Counter[int]:
    """Return how often each length occurs of the strings in cells that are not in doubt."""
    texts = texts_of(cells)
    if conversions is not None:
        texts = [each if conversions[each].__class__ is str else "" for each in texts]
    lengths = Counter(map(len, texts))
    lengths.subtract(len(texts[row]) for row in doubtful)
    del lengths[0]  # an empty cell is no value
    return +lengths


class _Texts:
    """Finds texts of a column that are not certainly valid."""

    def __init__(self, schema: Any, are_valid: AreValid, conversions: Conversions | None) -> None:
        self._are_valid, self._conversions = are_valid, conversions
        known = schema if isinstance(schema, dict) else {} if schema is True else None
        self._by_length = conversions is None and known is not None and known.keys() <= OF_LENGTHS
        self._valid: set[Any] = {"", b""}  # an empty cell is omitted
        self._lengths = ValidLengths(are_valid)

    def doubtful(self, cells: Sequence[Any]) -> Sequence[int]:
        """Return the rows whose cells are in doubt."""
        if self._by_length:
            return self._doubtful_lengths(cells)
        new = [*set(cells).difference(self._valid)]
        invalid = {new[at] for at in invalid_among(new, self._are_all_valid)}
        if len(self._valid) < _MOST_TEXTS:
            self._valid.update(set(new) - invalid)
        return _rows(cells, invalid) if invalid else ()

    def _doubtful_lengths(self, cells: Sequence[Any]) -> Sequence[int]:
        """Return the rows of doubtful lengths."""
        valid = self._lengths
        sizes = {at for at in set(map(len, cells)) - {0} if not valid.has_size(at)}
        rows = _rows(map(len, cells), sizes) if sizes else ()
        return [row for row in rows if not valid.has(len(text_of(cells[row])))]

    def _are_all_valid(self, texts: list[Any]) -> bool:
        if self._conversions is None:
            return self._are_valid([*texts_of(texts)])
        values = [_value(each, self._conversions) for each in texts]
        return not any(map(_is_large, values)) and self._are_valid(values)


def _is_large(value: Any) -> bool:
    return value.__class__ is int and not -_LARGE <= value < _LARGE
