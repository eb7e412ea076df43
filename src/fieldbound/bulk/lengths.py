"""Counts of string lengths, measured against the maxLength limits of a contract."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import (
    LENGTH_BUCKETS,
    LENGTHS_BELOW_LIMIT,
    OVER_LIMIT_RATIOS,
    Lengths,
    tokens_of,
)

from .inputs import blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from fieldbound.model import Limit

#: Strings are measured in the first so many chunks of a text, and in one of so many after them.
FULLY_MEASURED: Final = 16
MEASURED_EVERY: Final = 32
#: So many chunks are read at once of a text of rows.
_PART: Final = 4
_FIXED_VALUES: Final = ("enum", "const")


class LengthCounts:
    """How often each string length occurs, by the index of the limit; can be added up.

    All strings longer than twice their limit are counted as one length; *extremes* has the
    shortest and the longest length.
    """

    __slots__ = ("counts", "extremes", "records")

    def __init__(self) -> None:
        self.records = 0
        self.counts: dict[int, Counter[int]] = {}
        self.extremes: dict[int, tuple[int, int]] = {}

    def count(self, index: int, lengths: Iterable[int] | Mapping[int, int]) -> None:
        """Count strings of these lengths, or so many of each; `cap` is called after the last."""
        counts = self.counts.get(index)
        if counts is None:
            counts = self.counts[index] = Counter()
        counts.update(lengths)

    def cap(self, limits: Sequence[Limit]) -> None:
        """Merge the counts of all lengths that are far beyond the limit."""
        for index, counts in self.counts.items():
            far = int(limits[index].value * (1 + OVER_LIMIT_RATIOS[-1])) + 1
            self.extremes[index] = min(counts), max(counts)
            for length in [length for length in counts if length > far]:
                counts[far] += counts.pop(length)

    def add(self, other: LengthCounts) -> None:
        """Add the counts of other strings."""
        self.records += other.records
        for index, counts in other.counts.items():
            for length, number in counts.items():
                self._count(index, length, number)
        for index, (shortest, longest) in other.extremes.items():
            self._extend(index, shortest, longest)

    def _count(self, index: int, length: int, number: int) -> None:
        counts = self.counts.get(index)
        if counts is None:
            counts = self.counts[index] = Counter()
        counts[length] += number

    def _extend(self, index: int, shortest: int, longest: int) -> None:
        least, most = self.extremes.get(index, (shortest, longest))
        self.extremes[index] = min(least, shortest), max(most, longest)


class LengthCounter:
    """Counts the lengths of strings at the maxLength limits of a contract."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self.limits = _tightest(list(limits))
        paths = [tokens_of(limit.pointer) for limit in self.limits]
        self._paths = [(at, path) for at, path in enumerate(paths) if path]

    def measure(
        self, values: Sequence[Any], counts: LengthCounts, names: Set[str] | None = None
    ) -> None:
        """Count the lengths of the strings in *values*.

        *names*, if known, are those of the properties of all values, which are objects then.
        """
        counts.records += len(values)
        objects = values
        if names is None:
            objects = [each for each in values if each.__class__ is dict]
            names = set[str]().union(*objects)
        for at, path in self._paths:
            name = path[0]
            if name not in names and name != "*":
                continue
            if len(path) == 1 and name != "*":
                lengths = [
                    len(text) for each in objects if (text := each.get(name)).__class__ is str
                ]
            else:
                lengths = [len(text) for value in objects for text in _strings(value, path)]
            if lengths:
                counts.count(at, lengths)

    def at(self, name: str) -> list[int]:
        """Return the indices of the limits of a string that is the member of this name."""
        return [at for at, path in self._paths if path in ((name,), ("*",))]

    def within(self, name: str) -> list[tuple[str, ...]]:
        """Return the paths of the limits of strings within the member of this name."""
        return [path[1:] for _, path in self._paths if len(path) > 1 and path[0] in (name, "*")]

    def lengths(self, counts: LengthCounts) -> tuple[Lengths, ...]:
        """Return the Lengths of each limit at which a string was counted."""
        return tuple(
            _lengths(self.limits[at], by_length, *counts.extremes[at])
            for at, by_length in sorted(counts.counts.items())
        )


def _tightest(limits: list[Limit]) -> list[Limit]:
    """Return the tightest maxLength at each pointer that has no list of valid values."""
    fixed = {limit.pointer for limit in limits if limit.keyword in _FIXED_VALUES}
    tightest: dict[str, Limit] = {}
    for limit in limits:
        if limit.keyword != "maxLength" or limit.sensitive or limit.pointer in fixed:
            continue
        if 0 < limit.value <= sys.maxsize:  # a string is never longer
            other = tightest.setdefault(limit.pointer, limit)
            if limit.value < other.value:
                tightest[limit.pointer] = limit
    return list(tightest.values())


def _strings(value: Any, path: Sequence[str]) -> Iterator[str]:
    """Yield the strings at a path, `*` being any item or name."""
    if not path:
        if value.__class__ is str:
            yield value
    elif value.__class__ is dict:
        if path[0] != "*":
            if path[0] in value:
                yield from _strings(value[path[0]], path[1:])
            return
        for part in value.values():
            yield from _strings(part, path[1:])
    elif value.__class__ is list and path[0] == "*":
        for part in value:
            yield from _strings(part, path[1:])


def _lengths(limit: Limit, counts: Counter[int], shortest: int, longest: int) -> Lengths:
    most = int(limit.value)
    number = min(most, LENGTH_BUCKETS)
    parts, beyond = [0] * number, [0] * (len(OVER_LIMIT_RATIOS) + 1)
    for length, count in counts.items():
        if length <= most:
            parts[max(0, -(-length * number // most) - 1)] += count
        else:
            beyond[sum(length > most * (1 + share) for share in OVER_LIMIT_RATIOS)] += count
    near = range(max(most - LENGTHS_BELOW_LIMIT, 0), most)
    return Lengths(
        limit,
        tuple(parts),
        tuple(counts[length] for length in near),
        counts[most],
        tuple(beyond),
        shortest,
        longest,
    )


def measures(offset: int) -> bool:
    """Return whether strings are measured in the chunk of a text at an offset."""
    index = offset // blocks.CHUNK_SIZE
    return index < FULLY_MEASURED or index % MEASURED_EVERY == 0


def measures_part(offset: int) -> bool:
    """Return whether strings are measured in the part of a text of rows at an offset."""
    index = offset // (_PART * blocks.CHUNK_SIZE)
    return index * _PART < FULLY_MEASURED or index % MEASURED_EVERY == 0
