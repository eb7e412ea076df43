"""A generator of instances of value sets, from a source of random choices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from math import inf
from typing import Any, Final

from fieldbound.algebra import (
    Arrays,
    Enumerated,
    Intersection,
    Numbers,
    NumberSampler,
    Objects,
    RandomSource,
    SimplestSource,
    Strings,
    StringSampler,
    Union,
    ValueSet,
    canonical_text,
)

from .analysis import Analysis
from .objects_and_arrays import (
    BOUNDARY_BITS,
    LEAF_BYTES,
    MAX_DISTINCT,
    MAX_NESTING,
    ArrayGenerator,
    ObjectGenerator,
    Options,
)
from .value_path import Branch, Chosen, ValuePath

#: Number of enumerated values that are options of their own.
_MAX_LISTED: Final = 60
#: Weight of random scalars against the simplest, and weight of objects and arrays.
_RANDOM_WEIGHT: Final = 7
_CONTAINER_WEIGHT: Final = 4
#: Attempts to satisfy an intersection.
_TRIES: Final = 20
#: Each branch of a union has at least one in so many of the draws.
_SHARE: Final = 7
#: In a cycle, a first byte below these means a value near the simplest, or between the bounds.
_NEAR_SIMPLEST: Final = 16
_BETWEEN_BOUNDS: Final = 64
#: How often a recursive value set counts, and the maximum number of bytes for one.
_MAX_RECURSIONS: Final = 3
_MAX_BYTES: Final = 4_000

Draw = Callable[[RandomSource, int], Any]


class Generator:
    """Generates instances of the value sets of one algebra."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self._options: dict[ValueSet, Options] = {}
        self._objects: dict[ValueSet, ObjectGenerator] = {}
        self._arrays: dict[ValueSet, ArrayGenerator] = {}
        self._byte_counts: dict[ValueSet, int] = {}
        self._counting: list[ValueSet] = []
        self._counted: dict[tuple[ValueSet, int, int], int] = {}  # parts of what is being counted
        self._under_construction: list[ValueSet] = []

    def draw(self, source: RandomSource) -> Any:
        """Return a random instance of the root."""
        return self.draw_value(self.analysis.root, source, 0)

    def draw_value(self, value_set: ValueSet, source: RandomSource, depth: int = 0) -> Any:
        """Return a random value of a value set."""
        options = self.options(value_set)
        if source.cycle is not None:
            return options.boundary(depth, source, depth)
        if len(options.values) == 1:
            return options.pick(0, source, depth)
        return options.pick(source.bytes(1)[0], source, depth)

    def simplest(self, value_set: ValueSet) -> Any:
        """Return the simplest value of a value set."""
        return self.options(value_set).pick(0, SimplestSource(), MAX_NESTING)

    def options(self, value_set: ValueSet) -> Options:
        """Return the options for a value of a value set, which must not be empty."""
        found = self._options.get(value_set)
        if found is None:
            inner = self.analysis.resolve(value_set)
            found = self._options.get(inner)
            if found is None:
                self._under_construction.append(inner)
                values = tuple(self._option_values(inner))
                found = Options(values, tuple(self._boundary_values(inner, values)))
                self._under_construction.pop()
            self._options[value_set] = self._options[inner] = found
        return found

    def examples(self, value_set: ValueSet) -> list[Any]:
        """Return scalars of a value set: members, boundary values and realistic examples."""
        value_set = self.analysis.resolve(value_set)
        match value_set:
            case Enumerated(values):
                return [deepcopy(each) for each in values]
            case Strings():
                return list(self.analysis.string_sampler(value_set).boundaries)
            case Numbers():
                return list(self.analysis.number_sampler(value_set).boundaries)
            case Union(branches):
                scalars = [each for each in branches if self.analysis.min_depth(each) == 0]
                return [value for each in scalars for value in self.examples(each)]
            case Intersection():
                return [each for each in self.options(value_set).values if not callable(each)]
        return []

    def distinct(
        self, value_set: ValueSet, depth: int = 0, most: int = MAX_DISTINCT
    ) -> Iterator[Any]:
        """Yield distinct values of a value set, about *most* of a kind if there are."""
        value_set = self.analysis.resolve(value_set)
        if self.analysis.min_depth(value_set) == inf or depth > MAX_NESTING:
            return
        match value_set:
            case Enumerated(values):
                yield from deepcopy(values)
            case Strings():
                yield from self.analysis.string_sampler(value_set).distinct(most)
            case Numbers():
                numbers = self.analysis.number_sampler(value_set)
                yield from dict.fromkeys(
                    numbers.at_step(at >> 1, at & 1, numbers.boundaries[0]) for at in range(most)
                )
            case Union(branches):
                for each in branches:
                    yield from self.distinct(each, depth + 1, most)
            case Arrays():
                inner = value_set.prefix_items[0] if value_set.prefix_items else value_set.items
                for item in self.distinct(inner, depth + 1, most):
                    yield self.array(value_set).build(SimplestSource(), MAX_NESTING, {0: item})
            case Objects():
                yield from self._distinct_objects(value_set, depth, most)
        yield self.simplest(value_set)

    def _distinct_objects(self, value_set: Objects, depth: int, most: int) -> Iterator[Any]:
        objects = self.object(value_set)
        for each in objects.properties:
            for value in self.distinct(each.values, depth + 1, most):
                yield objects.build(SimplestSource(), MAX_NESTING, {each.name: value})

    def byte_count(self, value_set: ValueSet) -> int:
        """Return the number of bytes to draw for a value, counting each part once."""
        value_set = self.analysis.resolve(value_set)
        found = self._byte_counts.get(value_set)
        if found is not None:
            return found
        nesting = sum(isinstance(each, (Objects, Arrays)) for each in self._counting)
        recursions = self._counting.count(value_set)
        if recursions >= _MAX_RECURSIONS or nesting >= MAX_NESTING:
            return 0  # recursion is counted only so often
        found = self._counted.get((value_set, nesting, recursions))
        if found is None:
            self._counting.append(value_set)
            found = min(self._count_bytes(value_set), _MAX_BYTES)
            self._counting.pop()
            self._counted[value_set, nesting, recursions] = found
        if not self._counting:
            self._byte_counts[value_set] = found
            self._counted.clear()  # in another value a part counts otherwise
        return found

    def _count_bytes(self, value_set: ValueSet) -> int:
        if self.analysis.min_depth(value_set) == inf:
            return 0
        match value_set:
            case Strings() | Numbers():
                return LEAF_BYTES
            case Objects():
                inner = [each.values for each in self.object(value_set).properties]
                return len(inner) + 1 + sum(self.byte_count(each) for each in inner)
            case Arrays():
                return 1 + self.byte_count(
                    value_set.prefix_items[0] if value_set.prefix_items else value_set.items
                )
            case Union(branches) | Intersection(branches):
                return max(self.byte_count(each) for each in branches)
        return 0

    def object(self, value_set: Objects) -> ObjectGenerator:
        """Return the generator of a set of objects."""
        found = self._objects.get(value_set)
        if found is None:
            found = self._objects[value_set] = ObjectGenerator(self, value_set)
        return found

    def array(self, value_set: Arrays) -> ArrayGenerator:
        """Return the generator of a set of arrays."""
        found = self._arrays.get(value_set)
        if found is None:
            found = self._arrays[value_set] = ArrayGenerator(self, value_set)
        return found

    def _option_values(self, value_set: ValueSet) -> Sequence[Any]:
        analysis = self.analysis
        match value_set:
            case Enumerated(values):
                return [
                    _draw_copy(each) if isinstance(each, (dict, list)) else each
                    for each in values[:_MAX_LISTED]
                ] + (
                    [lambda source, _: deepcopy(values[source.integer(0, len(values) - 1)])]
                    if len(values) > _MAX_LISTED
                    else []
                )
            case Strings():
                strings = analysis.string_sampler(value_set)
                return [
                    strings.boundaries[0],
                    *[lambda source, _: strings.draw(source)] * _RANDOM_WEIGHT,
                ]
            case Numbers():
                numbers = analysis.number_sampler(value_set)
                return [
                    numbers.boundaries[0],
                    *[lambda source, _: numbers.draw(source)] * _RANDOM_WEIGHT,
                ]
            case Union(branches):
                return self._union_values(branches)
            case Intersection(branches):
                return self._intersection_values(branches)
            case Objects():
                return [self.object(value_set).draw] * _CONTAINER_WEIGHT
            case Arrays():
                return [self.array(value_set).draw] * _CONTAINER_WEIGHT
        raise TypeError(f"the value set is empty: {value_set!r}")

    def _boundary_values(self, value_set: ValueSet, values: Sequence[Any]) -> Sequence[Any]:
        """Return the options that every run has to cover."""
        match value_set:
            case Strings():
                sampler: StringSampler | NumberSampler = self.analysis.string_sampler(value_set)
                return [_draw_boundary(each, sampler) for each in sampler.boundary_groups]
            case Numbers():
                sampler = self.analysis.number_sampler(value_set)
                return [_draw_boundary(each, sampler) for each in sampler.boundary_groups]
            case Union(branches):
                min_depth = self.analysis.min_depth
                found: list[Any] = []
                for each in self._simplest_first(branches):
                    if min_depth(each) == 0:
                        found += self.options(each).boundaries
                    elif min_depth(each) < inf:
                        found.append(self._draw_branch(each, found))
                return found
        distinct: dict[Any, Any] = {}
        for each in values:  # each a JSON value, which may be unhashable, or what draws one
            distinct.setdefault(each if callable(each) else canonical_text(each), each)
        return list(distinct.values())

    def _union_values(self, branches: Sequence[ValueSet]) -> list[Any]:
        min_depth = self.analysis.min_depth
        possible = [each for each in self._simplest_first(branches) if min_depth(each) < inf]
        options = [
            list(self.options(each).values)
            if min_depth(each) == 0
            else [self._draw_lazily(each)] * _CONTAINER_WEIGHT
            for each in possible
        ]
        most = max(map(len, options))
        balanced = [each * -(-most // (_SHARE * len(each))) for each in options]
        return [option for each in balanced for option in each]

    def _simplest_first(self, branches: Sequence[ValueSet]) -> list[ValueSet]:
        """Return the branches, the simplest first, without those under construction (recursion)."""
        found = [
            each for each in branches if self.analysis.resolve(each) not in self._under_construction
        ]
        return sorted(found, key=self.analysis.min_depth)

    def _draw_lazily(self, value_set: ValueSet) -> Draw:
        """Return a draw of a value set that is resolved when drawn: it may be recursive."""
        return lambda source, depth: (
            self.simplest(value_set)
            if depth >= MAX_NESTING
            else self.draw_value(value_set, source, depth)
        )

    def _draw_branch(self, value_set: ValueSet, branches: Sequence[Any]) -> Draw:
        """Return a draw of one of *branches*: the rest of the cycle chooses the bounds in it."""
        draw = self._draw_lazily(value_set)

        def drawn(source: RandomSource, depth: int) -> Any:
            cycle = source.cycle
            source.cycle = None if cycle is None else cycle // len(branches)
            try:
                return draw(source, depth)
            finally:
                source.cycle = cycle

        return drawn

    def _intersection_values(self, branches: Sequence[ValueSet]) -> list[Any]:
        """Return options of the narrowest branch that the other branches accept."""
        narrowest = min(
            branches, key=lambda each: _WIDTHS.get(type(self.analysis.resolve(each)), 9)
        )
        validators = [self.analysis.validator(each) for each in branches if each is not narrowest]
        accepted = [
            each
            for each in self.examples(narrowest)
            if all(is_valid(each) for is_valid in validators)
        ]
        options = self.options(narrowest).values
        draws = [each for each in options if callable(each)]

        def drawn(source: RandomSource, depth: int) -> Any:
            value = None
            for _ in range(_TRIES):
                value = draws[source.integer(0, len(draws) - 1)](source, depth)
                if all(is_valid(value) for is_valid in validators):
                    break
            return value

        return [*accepted, *([drawn] if draws else [])] or list(options)

    # -- a value at a path ---------------------------------------------------------------------

    def build_with(self, source: RandomSource, path: ValuePath, value: Any) -> Any:
        """Return an instance with the value at a path; ABSENT omits it."""
        return self._build(self.analysis.root, source, path, value, 0)

    def _build(
        self, value_set: ValueSet, source: RandomSource, path: ValuePath, value: Any, depth: int
    ) -> Any:
        if not path:
            placed = value(source, depth) if callable(value) else value
            return deepcopy(placed) if isinstance(placed, (dict, list)) else placed
        value_set, step = self.analysis.expand(value_set), path[0]
        chosen: dict[str, Any] = {}
        while isinstance(step, Chosen):
            chosen[step.name], path = deepcopy(step.value), path[1:]
            if not path:
                return self._build(value_set, source, (), value, depth)
            step = path[0]
        if isinstance(step, Branch) and isinstance(value_set, (Union, Intersection)):
            return self._build(value_set.branches[step.number], source, path[1:], value, depth)
        if isinstance(value_set, Objects):
            inner = self.analysis.property_values(value_set, str(step))
            placed = self._build(inner, source, path[1:], value, depth + 1)
            return self.object(value_set).build(source, depth, {**chosen, str(step): placed})
        if isinstance(value_set, Arrays) and isinstance(step, int):
            inner = (
                value_set.prefix_items[step]
                if step < len(value_set.prefix_items)
                else value_set.items
            )
            placed = self._build(inner, source, path[1:], value, depth + 1)
            return self.array(value_set).build(source, depth, {step: placed})
        raise LookupError(f"no such path: {path}")


_WIDTHS: Final = {
    kind: width
    for width, kind in enumerate(
        (Enumerated, Strings, Numbers, Objects, Arrays, Intersection, Union)
    )
}


def _draw_boundary(boundaries: Sequence[Any], sampler: StringSampler | NumberSampler) -> Draw:
    """Return a draw of a boundary value, or of one near the simplest, or between the bounds.

    The lower the bytes, the simpler the value: so Hypothesis shrinks it from the bound.
    """

    def drawn(source: RandomSource, _depth: int) -> Any:
        high, low = source.bytes(LEAF_BYTES)
        cycle = source.cycle or 0
        bound = boundaries[(cycle >> BOUNDARY_BITS) % len(boundaries)]
        if high < _NEAR_SIMPLEST:
            return sampler.at_step(high << 8 | low, cycle, bound)
        if high < _BETWEEN_BOUNDS:
            fraction = (high - _NEAR_SIMPLEST << 8 | low) / (_BETWEEN_BOUNDS - _NEAR_SIMPLEST << 8)
            return sampler.at_fraction(fraction, cycle, bound)
        return bound

    return drawn


def _draw_copy(value: Any) -> Draw:
    return lambda _source, _depth: deepcopy(value)
