"""An analysis of value sets: their properties and names, minimum depth, and why one is empty."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any, Final, NamedTuple

from fieldbound.algebra import (
    ANYTHING,
    Algebra,
    Arrays,
    Empty,
    Enumerated,
    Intersection,
    Numbers,
    NumberSampler,
    Objects,
    Reference,
    Strings,
    StringSampler,
    Union,
    ValueSet,
    intersection,
    matches,
)
from fieldbound.model import pointer_of

_EMPTY: Final = Empty()
#: Maximum number of items of an array, and of properties of an object, that an instance needs.
_MAX_ITEMS: Final = 100_000
#: Maximum number of values that the smallest instance has in it, itself included.
_MAX_VALUES: Final = 250_000


class Property(NamedTuple):
    """A property of an object."""

    name: str
    values: ValueSet
    required: bool


class Analysis:
    """Facts about the value sets of one algebra, each computed once."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.root = algebra.root
        self._min_depths: dict[ValueSet, float] = {}
        self._sizes: dict[ValueSet, float] = {}  # of the smallest instance, in values
        self._expanded: dict[ValueSet, ValueSet] = {}
        self._number_samplers: dict[ValueSet, NumberSampler] = {}
        self._validators: dict[ValueSet, Callable[[Any], bool]] = {}
        self._properties: dict[Objects, list[Property]] = {}
        self._string_samplers: dict[tuple[Any, ...], StringSampler] = {}

    # -- value sets -----------------------------------------------------------------------------

    def resolve(self, value_set: ValueSet) -> ValueSet:
        """Return the target of a reference, or the value set itself."""
        return self.algebra.resolve(value_set)

    def expand(self, value_set: ValueSet) -> ValueSet:
        """Return a value set, one that lists an object or array as its properties or items."""
        value_set = self.resolve(value_set)
        if not isinstance(value_set, Enumerated) or value_set in self._expanded:
            return self._expanded.get(value_set, value_set)
        container = next(
            (each for each in value_set.values if isinstance(each, (dict, list))), None
        )
        found: ValueSet = value_set
        if isinstance(container, dict):
            parts = {name: Enumerated((each,)) for name, each in container.items()}
            found = Objects(required=tuple(parts), properties=parts, additional_properties=_EMPTY)
        elif isinstance(container, list):
            items = tuple(Enumerated((each,)) for each in container)
            found = Arrays(len(items), len(items), prefix_items=items, items=_EMPTY)
        self._expanded[value_set] = found
        return found

    def string_sampler(self, value_set: Strings) -> StringSampler:
        """Return the sampler of a set of strings."""
        key = value_set.contents()
        found = self._string_samplers.get(key)
        if found is None:
            found = self._string_samplers[key] = StringSampler(value_set)
        return found

    def number_sampler(self, value_set: Numbers) -> NumberSampler:
        """Return the sampler of a set of numbers."""
        found = self._number_samplers.get(value_set)
        if found is None:
            found = self._number_samplers[value_set] = NumberSampler(value_set)
        return found

    def validator(self, value_set: ValueSet) -> Callable[[Any], bool]:
        """Return a check for membership in a value set."""
        found = self._validators.get(value_set)
        if found is None:
            found = self._validators[value_set] = self.algebra.validator(value_set)
        return found

    def properties(self, value_set: Objects) -> list[Property]:
        """Return the declared properties of an object, the required ones first."""
        found = self._properties.get(value_set)
        if found is None:
            names = list(dict.fromkeys((*value_set.required, *value_set.properties)))
            allowed = [
                name
                for name in names
                if value_set.property_names is None
                or self.has_string(value_set.property_names, name)
            ]
            found = self._properties[value_set] = [
                Property(name, self.property_values(value_set, name), name in value_set.required)
                if name in allowed
                else Property(name, _EMPTY, name in value_set.required)
                for name in names
            ]
        return found

    def property_values(self, value_set: Objects, name: str) -> ValueSet:
        """Return the values that a property may have, by its name."""
        value_sets = [value_set.properties[name]] if name in value_set.properties else []
        value_sets += [
            each for pattern, each in value_set.pattern_properties.items() if matches(pattern, name)
        ]
        if not value_sets:
            return value_set.additional_properties
        return value_sets[0] if len(value_sets) == 1 else self.algebra.intersection(value_sets)

    def has_string(self, value_set: ValueSet, string: str) -> bool:
        """Return whether a value set has a string."""
        value_set = self.resolve(value_set)
        match value_set:
            case Enumerated(values):
                return string in [each for each in values if isinstance(each, str)]
            case Strings():
                return self.string_sampler(value_set).accepts(string)
            case Union(branches):
                return any(self.has_string(each, string) for each in branches)
            case Intersection(branches):
                return all(self.has_string(each, string) for each in branches)
        return False

    def undeclared_names(self, value_set: Objects) -> Iterator[Strings | Enumerated]:
        """Yield the names that undeclared properties may have."""
        candidates = [
            Strings(patterns=(pattern,), excluded=tuple(value_set.properties))
            for pattern in value_set.pattern_properties
        ]
        if not isinstance(self.resolve(value_set.additional_properties), Empty):
            candidates.append(
                Strings(
                    excluded_patterns=tuple(value_set.pattern_properties),
                    excluded=tuple(value_set.properties),
                )
            )
        for names in candidates:
            yield from self._intersect_names(names, value_set.property_names)

    def _intersect_names(
        self, names: Strings, allowed: ValueSet | None
    ) -> Iterator[Strings | Enumerated]:
        allowed = None if allowed is None else self.resolve(allowed)
        match allowed:
            case None:
                yield names
            case Strings():
                yield intersection(names, allowed)
            case Enumerated(values):
                strings = [each for each in values if isinstance(each, str)]
                strings = [each for each in strings if self.string_sampler(names).accepts(each)]
                if strings:
                    yield Enumerated(tuple(strings))
            case Union(branches):
                for each in branches:
                    yield from self._intersect_names(names, each)
            case Intersection(branches):
                yield from self._intersect_names(names, branches[0])

    # -- emptiness --------------------------------------------------------------------------------

    def explain_empty(self) -> str:
        """Return why there is no instance at all."""
        reason = self.algebra.explain_empty()
        if reason is not None:
            return reason
        for path, value_set in self._empty_parts(self.root, (), set()):
            at = f"at {pointer_of(path) or '(root)'}"
            if isinstance(value_set, Arrays) and value_set.min_items > _MAX_ITEMS:
                return f"minItems {value_set.min_items} is too many items to generate {at}"
            if isinstance(value_set, Objects) and value_set.min_properties > _MAX_ITEMS:
                least = value_set.min_properties
                return f"minProperties {least} is too many properties to generate {at}"
            if self._known_size(value_set) < inf:
                return f"every instance has more than {_MAX_VALUES} values to generate {at}"
            if isinstance(value_set, Numbers):
                return f"no number was found {at}"
            if isinstance(value_set, Strings):
                string_sampler = self.string_sampler(value_set)
                found = "no string exists" if string_sampler.conclusive else "no string was found"
                return f"{found} {at}: {value_set.description()}"
        return "every instance is infinite: a required property requires the same one again"

    def _empty_parts(
        self, value_set: ValueSet, path: tuple[str, ...], seen: set[ValueSet]
    ) -> Iterator[tuple[tuple[str, ...], ValueSet]]:
        """Yield the required value sets that are empty, the innermost first, each with its path."""
        value_set = self.resolve(value_set)
        if value_set in seen or self.min_depth(value_set) < inf:
            return
        seen.add(value_set)
        match value_set:
            case Objects():
                for each in self.properties(value_set):
                    if each.required:
                        yield from self._empty_parts(each.values, (*path, each.name), seen)
            case Arrays():
                for index, item in enumerate(_required_items(value_set)):
                    yield from self._empty_parts(item, (*path, str(index)), seen)
            case Union(branches) | Intersection(branches):
                for branch in branches:
                    yield from self._empty_parts(branch, path, seen)
        yield path, value_set

    def min_depth(self, value_set: ValueSet) -> float:
        """Return the minimum nesting of an instance; infinite if the value set is empty."""
        if value_set not in self._min_depths:
            self._min_depths[value_set] = inf
            changed = True
            while changed:  # until recursive references are stable
                self._changed = False
                self._visited: set[ValueSet] = set()
                self._update_depth(value_set)
                changed = self._changed
        return self._min_depths[value_set]

    def _update_depth(self, value_set: ValueSet) -> float:
        if value_set in self._visited:
            return self._min_depths.get(value_set, inf)
        self._visited.add(value_set)
        min_depth, size = self._depth(value_set), inf
        if min_depth < inf:
            size = min(self._size(value_set), _MAX_VALUES + 1)
            min_depth = inf if size > _MAX_VALUES else min_depth
        if (min_depth, size) != (self._min_depths.get(value_set, inf), self._known_size(value_set)):
            self._changed = True
        self._min_depths[value_set], self._sizes[value_set] = min_depth, size
        return min_depth

    def _size(self, value_set: ValueSet) -> float:
        """Return the number of values in the smallest instance, from the sizes of its parts."""
        match value_set:
            case Reference() if value_set is not ANYTHING:
                return self._known_size(self.algebra.target(value_set))
            case Union(branches):
                return min(map(self._known_size, branches))
            case Intersection(branches):
                return max(map(self._known_size, branches))
            case Arrays():
                return 1 + self._items_size(value_set)
            case Objects():
                required = [each.values for each in self.properties(value_set) if each.required]
                others = max(0, value_set.min_properties - len(required))
                return 1 + others + sum(map(self._known_size, required))
        return 1

    def _items_size(self, value_set: Arrays) -> float:
        least, first = value_set.min_items, value_set.prefix_items
        size = sum(map(self._known_size, first[:least]))
        if least > len(first):
            size += (least - len(first)) * self._known_size(value_set.items)
        contained = [each for each in value_set.contains if each.min_contains > 0]
        return max([size, *(each.min_contains * self._known_size(each.item) for each in contained)])

    def _known_size(self, value_set: ValueSet) -> float:
        return self._sizes.get(value_set, inf)

    def _depth(self, value_set: ValueSet) -> float:
        match value_set:
            case Reference():
                return (
                    0
                    if value_set is ANYTHING
                    else self._update_depth(self.algebra.target(value_set))
                )
            case Union(branches):
                return min((self._update_depth(each) for each in branches), default=inf)
            case Intersection(branches):
                return max(self._update_depth(each) for each in branches)
            case Arrays():
                return self._array_depth(value_set)
            case Objects():
                if value_set.min_properties > _MAX_ITEMS:
                    return inf
                required = [each.values for each in self.properties(value_set) if each.required]
                return 1 + max((self._update_depth(each) for each in required), default=0)
        return 0 if self._is_inhabited(value_set) else inf

    def _is_inhabited(self, value_set: ValueSet) -> bool:
        match value_set:
            case Enumerated(values):
                return bool(values)
            case Strings():
                return bool(self.string_sampler(value_set).boundaries)
            case Numbers():
                return bool(self.number_sampler(value_set).boundaries)
        return False

    def _array_depth(self, value_set: Arrays) -> float:
        if value_set.min_items > _MAX_ITEMS or (
            value_set.max_items is not None and value_set.max_items < value_set.min_items
        ):
            return inf
        required = _required_items(value_set)
        return 1 + max((self._update_depth(each) for each in required), default=0)


def _required_items(value_set: Arrays) -> list[ValueSet]:
    """Return what an array has to have items of: in order, then those of `contains`."""
    least, first = value_set.min_items, value_set.prefix_items
    items = [value_set.items] if least > len(first) else []
    contained = [each.item for each in value_set.contains if each.min_contains > 0]
    return [*first[:least], *items, *contained]
