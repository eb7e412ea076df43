"""Values go in, counts of how long their texts are, against the limits of a contract, come out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import BEYOND, NEAR, PARTS, Lengths, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence, Set

    from fieldbound.model import Limit

_CHOICES: Final = ("enum", "const")


class Sizes:
    """How long texts are, by the index of their limit: counts that can be added up.

    A text that is longer than twice its limit counts as of one length, whatever it has; the
    shortest and the longest of all are kept beside.
    """

    __slots__ = ("counts", "extremes", "records")

    def __init__(self) -> None:
        self.records = 0
        self.counts: dict[int, Counter[int]] = {}
        self.extremes: dict[int, tuple[int, int]] = {}

    def count(self, index: int, lengths: Iterable[int]) -> None:
        """Count texts of these lengths, which are to be settled."""
        counts = self.counts.get(index)
        if counts is None:
            counts = self.counts[index] = Counter()
        counts.update(lengths)

    def settle(self, limits: Sequence[Limit]) -> None:
        """Count far too long texts as one length, now that all are counted."""
        for index, counts in self.counts.items():
            far = int(limits[index].value * (1 + BEYOND[-1])) + 1
            self.extremes[index] = min(counts), max(counts)
            for length in [length for length in counts if length > far]:
                counts[far] += counts.pop(length)

    def add(self, other: Sizes) -> None:
        """Add counts of other texts."""
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


class Ruler:
    """What measures texts at the limits of a contract that bound their length."""

    def __init__(self, limits: Iterable[Limit]) -> None:
        self.limits = _bounds(list(limits))
        paths = [tokens_of(limit.pointer) for limit in self.limits]
        self._paths = [(at, path) for at, path in enumerate(paths) if path]

    def measure(self, values: Sequence[Any], sizes: Sizes, names: Set[str] | None = None) -> None:
        """Count how long the texts in *values* are; *names*, if known, are those of all objects."""
        sizes.records += len(values)
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
                lengths = [len(text) for value in objects for text in _texts(value, path)]
            if lengths:
                sizes.count(at, lengths)

    def lengths(self, sizes: Sizes) -> tuple[Lengths, ...]:
        """Return what was measured, a noun for each limit at which there was a text."""
        return tuple(
            _lengths(self.limits[at], counts, *sizes.extremes[at])
            for at, counts in sorted(sizes.counts.items())
        )


def _bounds(limits: list[Limit]) -> list[Limit]:
    """Return the tightest maxLength at each pointer where texts may differ in length."""
    chosen = {limit.pointer for limit in limits if limit.keyword in _CHOICES}
    tightest: dict[str, Limit] = {}
    for limit in limits:
        bounds = limit.keyword == "maxLength" and limit.value > 0 and not limit.sensitive
        if bounds and limit.pointer not in chosen:
            other = tightest.setdefault(limit.pointer, limit)
            if limit.value < other.value:
                tightest[limit.pointer] = limit
    return list(tightest.values())


def _texts(value: Any, path: Sequence[str]) -> Iterator[str]:
    """Yield the texts at a path, `*` being any item or name."""
    if not path:
        if value.__class__ is str:
            yield value
    elif value.__class__ is dict:
        if path[0] != "*":
            if path[0] in value:
                yield from _texts(value[path[0]], path[1:])
            return
        for part in value.values():
            yield from _texts(part, path[1:])
    elif value.__class__ is list and path[0] == "*":
        for part in value:
            yield from _texts(part, path[1:])


def _lengths(limit: Limit, counts: Counter[int], shortest: int, longest: int) -> Lengths:
    most = int(limit.value)
    number = min(most, PARTS)
    parts, beyond = [0] * number, [0] * (len(BEYOND) + 1)
    for length, count in counts.items():
        if length <= most:
            parts[max(0, -(-length * number // most) - 1)] += count
        else:
            beyond[sum(length > most * (1 + share) for share in BEYOND)] += count
    near = range(max(most - NEAR, 0), most)
    return Lengths(
        limit,
        tuple(parts),
        tuple(counts[length] for length in near),
        counts[most],
        tuple(beyond),
        shortest,
        longest,
    )
