"""Generators of objects and of arrays, from a source of random choices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from fieldbound.algebra import (
    Arrays,
    Enumerated,
    Objects,
    RandomSource,
    SimplestSource,
    Strings,
    Union,
    ValueSet,
    canonical_text,
)

if TYPE_CHECKING:
    from .analysis import Analysis

#: Stands for a property or an item that is omitted.
ABSENT: Final = object()
#: Nesting beyond which only the simplest values are made.
MAX_NESTING: Final = 12
#: Number of distinct values of a kind that are enumerated, unless more items are needed.
MAX_DISTINCT: Final = 20_000
BYTE: Final = 256
#: Of 256 draws, those that omit an optional property, that add an undeclared one, that fill an
#: array, and those from which on its length is drawn.
_OMIT: Final = 64
_ADD: Final = 20
_FILL_DRAWS: Final = 40
_LENGTH_DRAWN: Final = 192
#: Bytes that a scalar takes in a cycle.
LEAF_BYTES: Final = 2
#: Maximum length of an array that is filled, and maximum number of extra items or names.
_MAX_FILLED: Final = 120
_MAX_EXTRA: Final = 24
#: Of so many cycles one fills arrays, one omits each optional scalar property, and one has several
#: items. Every cycle omits one in six of the nested optional properties that are not scalar.
_PHASES: Final = 8
_FILL_PHASE: Final = 0
_OMIT_PHASE: Final = 1
_SEVERAL_PHASE: Final = 3
_OMIT_NESTED: Final = 6
_MULTIPLIER: Final = 40_503
#: Bits of a cycle that choose a boundary value: it is shifted by them for another purpose.
BOUNDARY_BITS: Final = 3


class Options(NamedTuple):
    """The options for a value: scalars, or functions that draw one; the simplest first.

    *boundaries* are the ones that cycles iterate over.
    """

    values: tuple[Any, ...]
    boundaries: tuple[Any, ...]

    def pick(self, byte: int, source: RandomSource, depth: int) -> Any:
        """Return the value that a byte selects."""
        value = self.values[byte * len(self.values) >> 8]
        return value(source, depth) if callable(value) else value

    def boundary(self, offset: int, source: RandomSource, depth: int) -> Any:
        """Return the boundary value of the cycle; in cycle 0 the simplest."""
        cycle = source.cycle or 0
        value = self.boundaries[(cycle + offset if cycle else 0) % len(self.boundaries)]
        return value(source, depth) if callable(value) else value


class ValueGenerator(Protocol):
    """What generates the values inside objects and arrays: `generator.Generator`."""

    analysis: Analysis

    def draw_value(self, value_set: ValueSet, source: RandomSource, depth: int = 0) -> Any:
        """Return a random value of a value set."""
        ...

    def simplest(self, value_set: ValueSet) -> Any:
        """Return the simplest value of a value set."""
        ...

    def options(self, value_set: ValueSet) -> Options:
        """Return the options for a value of a value set."""
        ...

    def distinct(
        self, value_set: ValueSet, depth: int = 0, most: int = MAX_DISTINCT
    ) -> Iterator[Any]:
        """Yield distinct values of a value set."""
        ...

    def byte_count(self, value_set: ValueSet) -> int:
        """Return the number of bytes to draw for a value."""
        ...


class ObjectGenerator:
    """Generates the objects of one value set."""

    def __init__(self, generator: ValueGenerator, value_set: Objects) -> None:
        self._generator, self._value_set = generator, value_set
        analysis = generator.analysis
        #: The properties that can be present.
        self.properties = [
            each for each in analysis.properties(value_set) if analysis.min_depth(each.values) < inf
        ]
        numbered = [*enumerate(self.properties)]
        self._required = [(index, each) for index, each in numbered if each.required]
        self._numbered = numbered
        self._name_sets = [
            each for each in analysis.undeclared_names(value_set) if analysis.min_depth(each) < inf
        ]

    @cached_property
    def _byte_counts(self) -> list[int]:
        return [self._generator.byte_count(each.values) for each in self.properties]

    @cached_property
    def _is_container(self) -> list[bool]:
        """For each property: whether it is an object or an array."""
        byte_count = self._generator.byte_count
        return [byte_count(each.values) > LEAF_BYTES for each in self.properties]

    def draw(self, source: RandomSource, depth: int) -> dict[str, Any]:
        """Return a random object."""
        return self.build(source, depth, {})

    def build(self, source: RandomSource, depth: int, fixed: Mapping[str, Any]) -> dict[str, Any]:
        """Return an object with the properties in *fixed*, without those that are ABSENT."""
        value_set = self._value_set
        source.budget -= 1
        within_budget = depth < MAX_NESTING and source.budget > 0
        count = len(self.properties) + bool(self._name_sets)
        drawn = source.bytes(count) if within_budget and count else bytes(count)
        maximum = inf if value_set.max_properties is None else value_set.max_properties
        remaining = maximum - len(self._required)
        remaining -= sum(each not in value_set.required for each in fixed)
        built: dict[str, Any] = {}
        is_simplest = isinstance(source, SimplestSource)  # which omits what it may
        for index, (name, inner, required) in self._required if is_simplest else self._numbered:
            if name not in fixed and (required or remaining > 0):
                size = self._byte_counts[index]
                before = source.enter(size) if size else None
                value = self._value(
                    inner, source, (drawn[index], index, required, depth, within_budget)
                )
                if before is not None:
                    source.leave(before)
                if value is not ABSENT:
                    remaining -= not required
                    built[name] = value
        built |= {name: each for name, each in fixed.items() if each is not ABSENT}
        extra = 0
        if within_budget and self._name_sets and remaining > 0:
            extra = int(min(remaining, self._extra_count(source, drawn[-1])))
        if extra or value_set.witnesses or len(built) < value_set.min_properties:
            self._fill(built, source, depth, extra, fixed)
        return built

    def _extra_count(self, source: RandomSource, byte: int) -> int:
        """Return how many undeclared properties a byte adds."""
        add_from = BYTE - (_ADD if source.cycle is None else BYTE // 4) if self.properties else 1
        return 1 + (byte & 3) if byte >= add_from else 0

    def _value(
        self, value_set: ValueSet, source: RandomSource, choice: tuple[int, int, bool, int, bool]
    ) -> Any:
        """Return the value of a property, ABSENT to omit it."""
        byte, index, required, depth, within_budget = choice
        if source.cycle is not None and within_budget:
            omitted = _is_omitted(
                source.cycle >> BOUNDARY_BITS, index, depth, self._is_container[index]
            )
            if byte < source.threshold or (omitted and not required):
                return self._generator.simplest(value_set) if required else ABSENT
            return self._generator.options(value_set).boundary(index, source, depth + 1)
        if not required:
            if byte < _OMIT:
                return ABSENT
            byte = (byte - _OMIT) * BYTE // (BYTE - _OMIT)
        if not within_budget:
            return self._generator.simplest(value_set)
        return self._generator.options(value_set).pick(byte, source, depth + 1)

    def _fill(
        self, built: dict[str, Any], source: RandomSource, depth: int, extra: int, fixed: Any
    ) -> None:
        """Add the undeclared properties that are wanted, and those that the value set needs."""
        generator, value_set = self._generator, self._value_set
        for names, values in value_set.witnesses:
            name = next((each for each in self.sample_names(names, 8) if each not in fixed), None)
            if name is not None:
                built[name] = generator.draw_value(values, source, depth + 1)
        declared = [each for each in self.properties if each.name not in built]
        for each in declared[: max(0, value_set.min_properties - len(built))]:
            if each.name not in fixed:
                built[each.name] = generator.simplest(each.values)
        missing = max(extra, value_set.min_properties - len(built))
        for names in self._name_sets:
            for name in self.sample_names(
                names, missing + len(built) + _MAX_EXTRA, source if extra else None
            ):
                if missing <= 0:
                    return
                value = generator.analysis.property_values(value_set, name)
                if (
                    name not in built
                    and name not in fixed
                    and generator.analysis.min_depth(value) < inf
                ):
                    built[name] = generator.draw_value(value, source, depth + 1)
                    missing -= 1

    def sample_names(
        self, value_set: ValueSet, limit: int, source: RandomSource | None = None
    ) -> Iterator[str]:
        """Yield names of a value set, a random one first if there is a source."""
        value_set = self._generator.analysis.resolve(value_set)
        match value_set:
            case Enumerated(values):
                yield from (each for each in values if isinstance(each, str))
            case Strings():
                string_sampler = self._generator.analysis.string_sampler(value_set)
                if source is not None and source.cycle is None:
                    yield string_sampler.draw(source)
                elif source is not None:  # a cycle draws all its bytes at once
                    yield string_sampler.boundaries[
                        ((source.cycle or 0) >> BOUNDARY_BITS) % len(string_sampler.boundaries)
                    ]
                yield from string_sampler.distinct(limit)
            case Union(branches):
                for each in branches:
                    yield from self.sample_names(each, limit, source)


class ArrayGenerator:
    """Generates the arrays of one value set."""

    def __init__(self, generator: ValueGenerator, value_set: Arrays) -> None:
        self._generator, self._value_set = generator, value_set
        min_depth = generator.analysis.min_depth
        self._rest = value_set.items
        maximum = inf if value_set.max_items is None else value_set.max_items
        possible = next(
            (index for index, each in enumerate(value_set.prefix_items) if min_depth(each) == inf),
            len(value_set.prefix_items),
        )
        if possible < len(value_set.prefix_items) or min_depth(value_set.items) == inf:
            maximum = min(maximum, possible)
        self._contained = self._assign_contains(maximum)
        self._minimum = max(
            value_set.min_items, 1 + max(self._contained, default=-1), 2 * value_set.has_duplicates
        )
        self._maximum = maximum

    def _assign_contains(self, maximum: float) -> dict[int, ValueSet]:
        """Return the value sets of the items that satisfy `contains`, by index."""
        analysis, found = self._generator.analysis, dict[int, ValueSet]()
        for each in self._value_set.contains:
            index = 0
            for _ in range(each.min_contains):
                while index < min(
                    maximum, len(self._value_set.prefix_items) + each.min_contains + len(found) + 1
                ):
                    inner = analysis.algebra.intersection(
                        (found.get(index, self._at(index)), each.item)
                    )
                    index += 1
                    is_free = index - 1 not in found or index >= maximum
                    if is_free and analysis.min_depth(inner) < inf:
                        found[index - 1] = inner
                        break
            if each.max_contains is not None:
                self._rest = analysis.algebra.difference(self._rest, each.item) or self._rest
        return found

    def _at(self, index: int) -> ValueSet:
        return (
            self._value_set.prefix_items[index]
            if index < len(self._value_set.prefix_items)
            else self._rest
        )

    def draw(self, source: RandomSource, depth: int) -> list[Any]:
        """Return a random array."""
        return self.build(source, depth, {})

    def build(self, source: RandomSource, depth: int, fixed: Mapping[int, Any]) -> list[Any]:
        """Return an array with the items in *fixed*."""
        source.budget -= 1
        within_budget = depth < MAX_NESTING and source.budget > 0
        unique = self._value_set.unique_items
        minimum, maximum, adds_more = self._length(
            source, within_budget, 1 + max(fixed, default=-1)
        )
        built: list[Any] = []
        keys: set[str] = set()
        distinct_values: Iterator[Any] | None = None
        while len(built) < minimum or (len(built) < maximum and adds_more and source.more()):
            index = len(built)
            if index in fixed:
                item = fixed[index]
            else:
                item = self._item(index, source, depth, within_budget, distinct_values)
            key = canonical_text(item) if unique and item is not ABSENT else ""
            if unique and key in keys and index not in fixed:
                if distinct_values is None:  # from now on enumerate distinct values
                    most = max(MAX_DISTINCT, 2 * minimum)  # as only some may be free
                    distinct_values = self._generator.distinct(self._rest, most=most)
                item = next(
                    (each for each in distinct_values if canonical_text(each) not in keys), ABSENT
                )
                key = canonical_text(item) if item is not ABSENT else ""
            if item is ABSENT:
                break
            keys.add(key)
            built.append(item)
        if self._value_set.has_duplicates and len(built) > 1:
            built[-1] = deepcopy(built[0])
        return built

    def _length(
        self, source: RandomSource, within_budget: bool, needed: int
    ) -> tuple[int, float, bool]:
        """Return the minimum and the maximum length, and whether to draw more items."""
        byte = source.bytes(1)[0] if within_budget else 0
        minimum = max(self._minimum, needed)
        maximum = min(self._maximum, minimum + _MAX_EXTRA)
        if source.cycle is not None and byte:
            phase = source.cycle >> BOUNDARY_BITS & _PHASES - 1
            byte = BYTE - 1 if phase == _FILL_PHASE else 0
            length = 1 + (source.cycle >> 2 * BOUNDARY_BITS & 3) if phase == _SEVERAL_PHASE else 1
            minimum = max(minimum, int(min(maximum, length)))
        elif _LENGTH_DRAWN <= byte < BYTE - _FILL_DRAWS and within_budget and maximum > minimum:
            minimum = source.integer(minimum, int(maximum))
        if byte >= BYTE - _FILL_DRAWS and self._maximum <= _MAX_FILLED:
            minimum = maximum = max(int(self._maximum), minimum)
        return minimum, maximum, within_budget and byte >= _OMIT

    def _item(
        self,
        index: int,
        source: RandomSource,
        depth: int,
        within_budget: bool,
        distinct_values: Iterator[Any] | None,
    ) -> Any:
        value_set = self._contained.get(index) or self._at(index)
        if self._generator.analysis.min_depth(value_set) == inf:
            return ABSENT
        if (
            distinct_values is not None
            and index not in self._contained
            and index >= len(self._value_set.prefix_items)
        ):
            return next(distinct_values, ABSENT)
        return (
            self._generator.draw_value(value_set, source, depth + 1)
            if within_budget
            else self._generator.simplest(value_set)
        )


def _is_omitted(cycle: int, index: int, depth: int, is_container: bool) -> bool:
    """Return whether a cycle omits an optional property."""
    if not is_container:
        return cycle % _PHASES == _OMIT_PHASE
    scrambled = (cycle + 1) * (2 * index + 1) * (depth + 2) * _MULTIPLIER >> 8
    return depth > 0 and scrambled % _OMIT_NESTED == 0
