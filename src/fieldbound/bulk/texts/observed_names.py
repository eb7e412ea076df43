"""The names that objects have, in the order in which they are observed."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Found = TypeVar("_Found")
#: Sequences of names, and names, that are remembered of the objects at one place.
_MOST_SEQUENCES: Final = 500
_MOST_NAMES: Final = 200
#: Levels of nesting that are remembered.
_MOST_LEVELS: Final = 8


class ObservedNames:
    """The names of the objects at one place, of those within them, and of those in arrays.

    *order* has the names in an order that no object contradicts whose names were added. With every
    change there is another *version*.
    """

    def __init__(self, level: int = 0) -> None:
        self.order: tuple[str, ...] = ()
        self.version = 0
        self.is_object = self.is_array = False
        self._level = level
        self._sequences: set[tuple[str, ...]] = set()
        self._before: dict[str, set[str]] = {}
        self._within: dict[str, ObservedNames] = {}
        self._items: ObservedNames | None = None

    @property
    def items(self) -> ObservedNames:
        """What is observed in arrays at the place."""
        return self._items or ObservedNames()

    def within(self, name: str) -> ObservedNames:
        """Return what is observed at a name."""
        return self._within.get(name) or ObservedNames()

    def add(self, value: Any) -> bool:
        """Add the names of a value, and return whether that changes anything."""
        if self._level > _MOST_LEVELS:
            return False
        changed = False
        if isinstance(value, dict):
            changed = self._add_sequence(tuple(value))
            for name, part in value.items():
                if isinstance(part, (dict, list)) and name in self._before:
                    inner = self._within.setdefault(name, ObservedNames(self._level + 1))
                    changed = inner.add(part) or changed
        elif isinstance(value, list):
            changed, self.is_array = not self.is_array, True
            self._items = self._items or ObservedNames(self._level + 1)
            for each in value:
                changed = self._items.add(each) or changed
        self.version += changed
        return changed

    def _add_sequence(self, names: tuple[str, ...]) -> bool:
        """Add names in their order, unless that contradicts the orders before."""
        if names in self._sequences or len(self._sequences) >= _MOST_SEQUENCES:
            return False
        self._sequences.add(names)
        before = {name: {*others} for name, others in self._before.items()}
        before.update((name, set()) for name in names if name not in before)
        for one, other in pairwise(names):
            before[other].add(one)
        is_new, self.is_object = not self.is_object, True
        if self._has(names):
            self._before = before
            return is_new
        try:
            order = tuple(TopologicalSorter(before).static_order())
        except CycleError:
            return is_new
        if len(order) <= _MOST_NAMES:
            self._before, self.order = before, order
        return True

    def _has(self, names: tuple[str, ...]) -> bool:
        """Return whether names are in the order of all names."""
        rest = iter(self.order)
        return all(name in rest for name in names)


class ByNames(Generic[_Found]):
    """What is *made* of the names that are observed up to now: anew, when there are others."""

    def __init__(
        self, names: ObservedNames, make: Callable[[ObservedNames], _Found], first: _Found
    ) -> None:
        self._names, self._make = names, make
        self._version, self._made = 0, first

    @property
    def made(self) -> _Found:
        """What is made of them; what is given as the *first* where there are none."""
        if self._version != self._names.version:
            self._version, self._made = self._names.version, self._make(self._names)
        return self._made
