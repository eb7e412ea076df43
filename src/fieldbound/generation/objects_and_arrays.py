"""The forms of objects and arrays go in, objects and arrays of them come out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from fieldbound.algebra import Arrays, Either, Form, Objects, Source, Texts, Values, canonical_text

if TYPE_CHECKING:
    from .bounds import Anatomy

#: An attribute that is left out, an item that there is none of.
ABSENT: Final = object()
#: Nesting beyond which only the simplest values are made.
DEEPEST: Final = 12
BYTE: Final = 256
#: Of 256 draws, those that leave an optional attribute out, those that add one nobody knows, and
#: those that fill an array.
_LEFT_OUT: Final = 64
_ADDED: Final = 20
_FULL: Final = 40
_DRAWN: Final = 192
#: Bytes that a leaf takes by turns.
NEAR: Final = 2
#: Items up to which an array is filled, items beyond the fewest, and names tried in vain.
_FILLED: Final = 120
_LOOSE: Final = 24
#: Of so many turns one fills arrays, and one leaves out each optional attribute that holds no
#: others. Of those that do, inside of others, every turn leaves out some: one of six.
_OFTEN: Final = 8
_FILL: Final = 0
_BARE: Final = 1
_SEVERAL: Final = 3
_SOME: Final = 6
_MIXED: Final = 40_503
#: What is left of a turn, without what chooses among up to so many bounds.
ASIDE: Final = 3


class Options(NamedTuple):
    """The ways of making a value: the values as they are, and what makes one; the simplest first.

    *bounds* are those of which each has its turn.
    """

    values: tuple[Any, ...]
    bounds: tuple[Any, ...]

    def pick(self, byte: int, source: Source, depth: int) -> Any:
        """Return the value that a byte stands for."""
        value = self.values[byte * len(self.values) >> 8]
        return value(source, depth) if callable(value) else value

    def bound(self, offset: int, source: Source, depth: int) -> Any:
        """Return the bound whose turn it is; at turn 0 it is the simplest."""
        turn = source.turn or 0
        value = self.bounds[(turn + offset if turn else 0) % len(self.bounds)]
        return value(source, depth) if callable(value) else value


class Maker(Protocol):
    """What makes the values inside objects and arrays: the generator, which is made of these."""

    anatomy: Anatomy

    def at_will(self, form: Form, source: Source, depth: int = 0) -> Any:
        """Return a value of a form."""
        ...

    def simplest(self, form: Form) -> Any:
        """Return the simplest value of a form."""
        ...

    def options(self, form: Form) -> Options:
        """Return the ways of making a value of a form."""
        ...

    def distinct(self, form: Form, depth: int = 0) -> Iterator[Any]:
        """Yield different values of a form."""
        ...

    def size(self, form: Form) -> int:
        """Return how many bytes are drawn for all that is in a value."""
        ...


class ObjectMaker:
    """Makes the objects of one form."""

    def __init__(self, making: Maker, form: Objects) -> None:
        self._making, self._form = making, form
        anatomy = making.anatomy
        #: Those that may be there at all.
        self.attributes = [
            each for each in anatomy.attributes(form) if anatomy.height(each.form) < inf
        ]
        self._needed = sum(each.required for each in self.attributes)
        self._families = [family for family in anatomy.names(form) if anatomy.height(family) < inf]

    @cached_property
    def _sizes(self) -> list[int]:
        return [self._making.size(each.form) for each in self.attributes]

    @cached_property
    def _holding(self) -> list[bool]:
        """Of each attribute whether it may hold others."""
        size = self._making.size
        return [size(each.form) > NEAR for each in self.attributes]

    def draw(self, source: Source, depth: int) -> dict[str, Any]:
        """Return an object."""
        return self.made(source, depth, {})

    def made(self, source: Source, depth: int, fixed: Mapping[str, Any]) -> dict[str, Any]:
        """Return an object that has the attributes in *fixed*, or has not those that are ABSENT."""
        form = self._form
        source.budget -= 1
        free = depth < DEEPEST and source.budget > 0
        count = len(self.attributes) + bool(self._families)
        header = source.bytes(count) if free and count else bytes(count)
        room = (inf if form.most is None else form.most) - self._needed
        room -= sum(each not in form.required for each in fixed)
        made: dict[str, Any] = {}
        for index, ((name, inner, required), byte) in enumerate(
            zip(self.attributes, header, strict=False)
        ):
            if name not in fixed and (required or room > 0):
                before = source.enter(self._sizes[index]) if self._sizes[index] else None
                value = self._value(inner, source, (byte, index, required, depth, free))
                if before is not None:
                    source.leave(before)
                if value is not ABSENT:
                    room -= not required
                    made[name] = value
        made |= {name: each for name, each in fixed.items() if each is not ABSENT}
        added = BYTE - (_ADDED if source.turn is None else BYTE // 4)
        wanted = 0
        if free and self._families and room > 0 and header[-1] >= (added if self.attributes else 1):
            wanted = int(min(room, 1 + (header[-1] & 3)))
        if wanted or form.breaches or len(made) < form.least:
            self._fill(made, source, depth, wanted, fixed)
        return made

    def _value(self, form: Form, source: Source, drawn: tuple[int, int, bool, int, bool]) -> Any:
        """Return the value of an attribute, ABSENT if it is to be left out."""
        byte, index, required, depth, free = drawn
        if source.turn is not None and free:
            bare = _is_bare(source.turn >> ASIDE, index, depth, self._holding[index])
            if byte < source.threshold or (bare and not required):
                return self._making.simplest(form) if required else ABSENT
            return self._making.options(form).bound(index, source, depth + 1)
        if not required:
            if byte < _LEFT_OUT:
                return ABSENT
            byte = (byte - _LEFT_OUT) * BYTE // (BYTE - _LEFT_OUT)
        if not free:
            return self._making.simplest(form)
        return self._making.options(form).pick(byte, source, depth + 1)

    def _fill(
        self, made: dict[str, Any], source: Source, depth: int, wanted: int, fixed: Any
    ) -> None:
        """Add attributes that nobody knows, as wanted, and those that are needed."""
        making, form = self._making, self._form
        for names, values in form.breaches:
            name = next((each for each in self.names_of(names, 8) if each not in fixed), None)
            if name is not None:
                made[name] = making.at_will(values, source, depth + 1)
        known = [each for each in self.attributes if each.name not in made]
        for each in known[: max(0, form.least - len(made))]:
            if each.name not in fixed:
                made[each.name] = making.simplest(each.form)
        missing = max(wanted, form.least - len(made))
        for family in self._families:
            for name in self.names_of(
                family, missing + len(made) + _LOOSE, source if wanted else None
            ):
                if missing <= 0:
                    return
                value = making.anatomy.value_of(form, name)
                if name not in made and name not in fixed and making.anatomy.height(value) < inf:
                    made[name] = making.at_will(value, source, depth + 1)
                    missing -= 1

    def names_of(self, form: Form, most: int, source: Source | None = None) -> Iterator[str]:
        """Yield texts of a form, one drawn at will first if there is a source."""
        form = self._making.anatomy.resolved(form)
        match form:
            case Values(values):
                yield from (each for each in values if isinstance(each, str))
            case Texts():
                spelling = self._making.anatomy.spelling(form)
                if source is not None and source.turn is None:
                    yield spelling.draw(source)
                elif source is not None:  # what is drawn by turns is drawn in one go
                    yield spelling.edges[((source.turn or 0) >> ASIDE) % len(spelling.edges)]
                yield from spelling.several(most)
            case Either(branches):
                for each in branches:
                    yield from self.names_of(each, most, source)


class ArrayMaker:
    """Makes the arrays of one form."""

    def __init__(self, making: Maker, form: Arrays) -> None:
        self._making, self._form = making, form
        height = making.anatomy.height
        self._rest = form.rest
        most = inf if form.most is None else form.most
        first = next(
            (at for at, each in enumerate(form.first) if height(each) == inf), len(form.first)
        )
        if first < len(form.first) or height(form.rest) == inf:
            most = min(most, first)
        self._forms = self._assigned(most)
        self._least = max(form.least, 1 + max(self._forms, default=-1), 2 * form.repeated)
        self._most = most

    def _assigned(self, most: float) -> dict[int, Form]:
        """Return which item has to be of a form of its own, for the array to contain it."""
        anatomy, found = self._making.anatomy, dict[int, Form]()
        for each in self._form.contained:
            index = 0
            for _ in range(each.least):
                while index < min(most, len(self._form.first) + each.least + len(found) + 1):
                    inner = anatomy.algebra.both((found.get(index, self._at(index)), each.item))
                    index += 1
                    free = index - 1 not in found or index >= most
                    if free and anatomy.height(inner) < inf:
                        found[index - 1] = inner
                        break
            if each.most is not None:
                self._rest = anatomy.algebra.without(self._rest, each.item) or self._rest
        return found

    def _at(self, index: int) -> Form:
        return self._form.first[index] if index < len(self._form.first) else self._rest

    def draw(self, source: Source, depth: int) -> list[Any]:
        """Return an array."""
        return self.made(source, depth, {})

    def made(self, source: Source, depth: int, fixed: Mapping[int, Any]) -> list[Any]:
        """Return an array that has the items in *fixed*."""
        source.budget -= 1
        free = depth < DEEPEST and source.budget > 0
        byte = source.bytes(1)[0] if free else 0
        least = max(self._least, 1 + max(fixed, default=-1))
        most = min(self._most, least + _LOOSE)
        if source.turn is not None and byte:
            kind = source.turn >> ASIDE & _OFTEN - 1
            byte = BYTE - 1 if kind == _FILL else 0
            several = 1 + (source.turn >> 2 * ASIDE & 3) if kind == _SEVERAL else 1
            least = max(least, int(min(most, several)))
        elif _DRAWN <= byte < BYTE - _FULL and free and most > least:
            least = source.integer(least, int(most))
        if byte >= BYTE - _FULL and self._most <= _FILLED:
            least = most = max(int(self._most), least)
        made: list[Any] = []
        keys: set[str] = set()
        others: Iterator[Any] | None = None
        while len(made) < least or (
            free and len(made) < most and byte >= _LEFT_OUT and source.more()
        ):
            index = len(made)
            given = index in fixed
            item = fixed[index] if given else self._item(index, source, depth, free, others)
            key = canonical_text(item) if self._form.distinct and item is not ABSENT else ""
            if self._form.distinct and key in keys and not given:
                if others is None:  # from now on values are told one after the other
                    others = self._making.distinct(self._rest)
                item = next((each for each in others if canonical_text(each) not in keys), ABSENT)
                key = canonical_text(item) if item is not ABSENT else ""
            if item is ABSENT:
                break
            keys.add(key)
            made.append(item)
        if self._form.repeated and len(made) > 1:
            made[-1] = deepcopy(made[0])
        return made

    def _item(
        self, index: int, source: Source, depth: int, free: bool, others: Iterator[Any] | None
    ) -> Any:
        form = self._forms.get(index) or self._at(index)
        if self._making.anatomy.height(form) == inf:
            return ABSENT
        if others is not None and index not in self._forms and index >= len(self._form.first):
            return next(others, ABSENT)
        return (
            self._making.at_will(form, source, depth + 1) if free else self._making.simplest(form)
        )


def _is_bare(turn: int, index: int, depth: int, holding: bool) -> bool:
    """Return whether an optional attribute is left out at a turn."""
    if not holding:
        return turn % _OFTEN == _BARE
    mixed = (turn + 1) * (2 * index + 1) * (depth + 2) * _MIXED >> 8
    return depth > 0 and mixed % _SOME == 0
