"""The names that objects have, in the orders in which they are observed."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Compiled = TypeVar("_Compiled")
#: So often are names tried to be added to an order: to sort it may take half a millisecond.
_MOST_TRIES: Final = 500
#: Names of an order.
_MOST_NAMES: Final = 200
#: Orders of names that are remembered of the objects that are no part of others.
_MOST_ORDERS: Final = 4
#: With fewer than one object in so many, an order is not a usual one.
_FEW: Final = 10
#: Levels of nesting that are remembered.
_MOST_LEVELS: Final = 8


class _Order:
    """An order of *names* that no object contradicts, and how many *objects* it has."""

    def __init__(self) -> None:
        self.objects = 0
        self.names: tuple[str, ...] = ()
        self._before: dict[str, set[str]] = {}

    def add(self, names: tuple[str, ...]) -> bool | None:
        """Add names in their order, and return whether that changes anything.

        Return None, and change nothing, where they contradict it.
        """
        before = {name: {*others} for name, others in self._before.items()}
        before.update((name, set()) for name in names if name not in before)
        for one, other in pairwise(names):
            before[other].add(one)
        rest = iter(self.names)
        if all(name in rest for name in names):
            self._before = before
            return False
        try:
            order = tuple(TopologicalSorter(before).static_order())
        except CycleError:
            return None
        if len(order) > _MOST_NAMES:
            return False
        self._before, self.names = before, order
        return True


class ObservedNames:
    """The names of the objects at one place, of those within them, and of those in arrays.

    Objects that contradict an order of names are of another one, up to a few. With every change
    there is another *version*.
    """

    def __init__(self, level: int = 0) -> None:
        self.version = 0
        self.is_object = self.is_array = False
        self._level = level
        self._orders: list[_Order] = []
        self._sequences: dict[tuple[str, ...], _Order | None] = {}
        self._tries = 0
        self._within: dict[str, ObservedNames] = {}
        self._items: ObservedNames | None = None

    @property
    def orders(self) -> list[tuple[str, ...]]:
        """Orders of names: each object is in one of them, if these are not too many."""
        return [each.names for each in self._orders]

    @property
    def usual_orders(self) -> list[tuple[str, ...]]:
        """Those of them that are not of few objects alone."""
        least = sum(each.objects for each in self._orders) / _FEW
        return [each.names for each in self._orders if each.objects >= least]

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
                if isinstance(part, (dict, list)) and any(name in each for each in self.orders):
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
        """Add names in their order to the first one that they do not contradict."""
        usual = self.usual_orders if len(self._orders) > 1 else None  # one alone is always usual
        changed = names not in self._sequences and self._is_new(names)
        order = self._sequences.get(names)
        if order is not None:
            order.objects += 1
        return changed or (usual is not None and usual != self.usual_orders)

    def _is_new(self, names: tuple[str, ...]) -> bool:
        """Add names that are not known, and return whether that changes anything."""
        if self._tries >= _MOST_TRIES:
            return False
        is_first, self.is_object = not self.is_object, True
        # within others, each would be written out for each order of these
        may_add = len(self._orders) < (1 if self._level else _MOST_ORDERS)
        for order in (*self._orders, *([_Order()] if may_add else [])):
            self._tries += 1
            changed = order.add(names)
            if changed is not None:
                self._sequences[names] = order
                if order not in self._orders:
                    self._orders.append(order)
                return changed or is_first
        self._sequences[names] = None
        return is_first


class CompiledByNames(Generic[_Compiled]):
    """What is *compiled* for the names observed up to now, again when there are others."""

    def __init__(
        self, names: ObservedNames, compiler: Callable[[ObservedNames], _Compiled], first: _Compiled
    ) -> None:
        self._names, self._compiler = names, compiler
        self._version, self._value = 0, first

    @property
    def compiled(self) -> _Compiled:
        """What is compiled; what is given as the *first* until names are observed."""
        if self._version != self._names.version:
            self._version, self._value = self._names.version, self._compiler(self._names)
        return self._value
