"""Forms go in, instances come out: drawn from a source, through a place in them if one is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from math import inf
from typing import Any, Final, NamedTuple

from fieldbound.algebra import (
    All,
    Amounts,
    Arrays,
    Either,
    Form,
    Numbers,
    Objects,
    Simplest,
    Source,
    Spelling,
    Texts,
    Values,
)

from .bounds import Anatomy
from .objects_and_arrays import ASIDE, DEEPEST, NEAR, ArrayMaker, ObjectMaker, Options

#: Values of an enumeration that are told one by one.
_LISTED: Final = 60
#: How often a leaf is drawn at will, against the simplest, and how much objects count.
_AT_WILL: Final = 7
_WEIGHT: Final = 4
#: Values that are tried for what several forms have in common, and told of one at most.
_TRIES: Final = 20
_MANY: Final = 20_000
#: What share of the draws each of several alternatives has at least: one of so many.
_SHARE: Final = 7

#: Of the bytes that a leaf takes by turns, those whose first is below stand for a value near the
#: simplest.
_NEAREST: Final = 16
_INSIDE: Final = 64
#: How often a form is in itself by turns, and how many bytes any takes at most.
_TURNS: Final = 3
_LARGEST: Final = 4_000

Maker = Callable[[Source, int], Any]


class Branch(NamedTuple):
    """A step of a route: one of several alternatives."""

    number: int


#: The names and indices on the way to a value, and the alternatives taken.
Route = tuple["str | int | Branch", ...]


class Making:
    """Makes instances of the forms of one algebra."""

    def __init__(self, anatomy: Anatomy) -> None:
        self.anatomy = anatomy
        self._options: dict[Form, Options] = {}
        self._objects: dict[Form, ObjectMaker] = {}
        self._arrays: dict[Form, ArrayMaker] = {}
        self._sizes: dict[Form, int] = {}
        self._within: list[Form] = []
        self._building: list[Form] = []

    def draw(self, source: Source) -> Any:
        """Return an instance of the root form."""
        return self.at_will(self.anatomy.root, source, 0)

    def at_will(self, form: Form, source: Source, depth: int = 0) -> Any:
        """Return a value of a form."""
        options = self.options(form)
        if source.turn is not None:
            return options.bound(depth, source, depth)
        if len(options.values) == 1:
            return options.pick(0, source, depth)
        return options.pick(source.bytes(1)[0], source, depth)

    def simplest(self, form: Form) -> Any:
        """Return the simplest value of a form."""
        return self.options(form).pick(0, Simplest(), DEEPEST)

    def options(self, form: Form) -> Options:
        """Return the ways of making a value of a form, of which there must be one."""
        found = self._options.get(form)
        if found is None:
            inner = self.anatomy.resolved(form)
            found = self._options.get(inner)
            if found is None:
                self._building.append(inner)
                ways = tuple(self._ways(inner))
                found = Options(ways, tuple(self._bounds(inner, ways)))
                self._building.pop()
            self._options[form] = self._options[inner] = found
        return found

    def known(self, form: Form) -> list[Any]:
        """Return values of a form told one by one: members, bounds, and such as people write."""
        form = self.anatomy.resolved(form)
        match form:
            case Values(values):
                return [deepcopy(each) for each in values]
            case Texts():
                return list(self.anatomy.spelling(form).edges)
            case Numbers():
                return list(self.anatomy.amounts(form).edges)
            case Either(branches):
                near = [each for each in branches if self.anatomy.height(each) == 0]
                return [value for each in near for value in self.known(each)]
            case All():
                return [each for each in self.options(form).values if not callable(each)]
        return []

    def distinct(self, form: Form, depth: int = 0) -> Iterator[Any]:
        """Yield different values of a form, one after the other, as long as there are more."""
        form = self.anatomy.resolved(form)
        if self.anatomy.height(form) == inf or depth > DEEPEST:
            return
        match form:
            case Values(values):
                yield from deepcopy(values)
            case Texts():
                yield from self.anatomy.spelling(form).several(_MANY)
            case Numbers():
                amounts = self.anatomy.amounts(form)
                yield from dict.fromkeys(
                    amounts.near(at >> 1, at & 1, amounts.edges[0]) for at in range(_MANY)
                )
            case Either(branches):
                for each in branches:
                    yield from self.distinct(each, depth + 1)
            case Arrays():
                inner = form.first[0] if form.first else form.rest
                for item in self.distinct(inner, depth + 1):
                    yield self.array(form).made(Simplest(), DEEPEST, {0: item})
            case Objects():
                yield from self._distinct_objects(form, depth)
        yield self.simplest(form)

    def _distinct_objects(self, form: Objects, depth: int) -> Iterator[Any]:
        maker = self.object(form)
        for each in maker.attributes:
            for value in self.distinct(each.form, depth + 1):
                yield maker.made(Simplest(), DEEPEST, {each.name: value})

    def size(self, form: Form) -> int:
        """Return how many bytes are drawn for all that is in a value, each part once."""
        form = self.anatomy.resolved(form)
        found = self._sizes.get(form)
        if found is not None:
            return found
        above = self._within.count(form)
        if above >= _TURNS or len(self._within) >= DEEPEST:
            return 0  # it is no more in itself than so many times over
        self._within.append(form)
        found = min(self._sized(form), _LARGEST)
        self._within.pop()
        if not self._within:
            self._sizes[form] = found
        return found

    def _sized(self, form: Form) -> int:
        if self.anatomy.height(form) == inf:
            return 0
        match form:
            case Texts() | Numbers():
                return NEAR
            case Objects():
                inner = [each.form for each in self.object(form).attributes]
                return len(inner) + 1 + sum(self.size(each) for each in inner)
            case Arrays():
                return 1 + self.size(form.first[0] if form.first else form.rest)
            case Either(branches) | All(branches):
                return max(self.size(each) for each in branches)
        return 0

    def object(self, form: Objects) -> ObjectMaker:
        """Return what makes the objects of a form."""
        found = self._objects.get(form)
        if found is None:
            found = self._objects[form] = ObjectMaker(self, form)
        return found

    def array(self, form: Arrays) -> ArrayMaker:
        """Return what makes the arrays of a form."""
        found = self._arrays.get(form)
        if found is None:
            found = self._arrays[form] = ArrayMaker(self, form)
        return found

    def _ways(self, form: Form) -> Sequence[Any]:
        anatomy = self.anatomy
        match form:
            case Values(values):
                return [
                    _copied(each) if isinstance(each, (dict, list)) else each
                    for each in values[:_LISTED]
                ] + (
                    [lambda source, _: deepcopy(values[source.integer(0, len(values) - 1)])]
                    if len(values) > _LISTED
                    else []
                )
            case Texts():
                texts = anatomy.spelling(form)
                return [texts.edges[0], *[lambda source, _: texts.draw(source)] * _AT_WILL]
            case Numbers():
                amounts = anatomy.amounts(form)
                return [amounts.edges[0], *[lambda source, _: amounts.draw(source)] * _AT_WILL]
            case Either(branches):
                return self._either(branches)
            case All(branches):
                return self._all(branches)
            case Objects():
                return [self.object(form).draw] * _WEIGHT
            case Arrays():
                return [self.array(form).draw] * _WEIGHT
        raise TypeError(f"no value is of {form!r}")

    def _bounds(self, form: Form, ways: Sequence[Any]) -> Sequence[Any]:
        """Return the ways among which none may be left out."""
        match form:
            case Texts():
                texts = self.anatomy.spelling(form)
                return [_tuned(some, texts) for some in texts.bounds]
            case Numbers():
                amounts = self.anatomy.amounts(form)
                return [_tuned(some, amounts) for some in amounts.bounds]
            case Either(branches):
                height = self.anatomy.height
                found: list[Any] = []
                for each in self._known(branches):
                    if height(each) == 0:
                        found += self.options(each).bounds
                    elif height(each) < inf:
                        found.append(self._later(each))
                return found
        return list(dict.fromkeys(ways))

    def _either(self, branches: Sequence[Form]) -> list[Any]:
        height = self.anatomy.height
        known = [each for each in self._known(branches) if height(each) < inf]
        ways = [
            list(self.options(each).values) if height(each) == 0 else [self._later(each)] * _WEIGHT
            for each in known
        ]
        most = max(map(len, ways))
        even = [each * -(-most // (_SHARE * len(each))) for each in ways]
        return [way for each in even for way in each]

    def _known(self, branches: Sequence[Form]) -> list[Form]:
        """Return branches, the simpler ones first, without those that are what is being built."""
        found = [each for each in branches if self.anatomy.resolved(each) not in self._building]
        return sorted(found, key=self.anatomy.height)

    def _later(self, form: Form) -> Maker:
        """Return what makes a value of a form that may lead back to where it is used."""
        return lambda source, depth: (
            self.simplest(form) if depth >= DEEPEST else self.at_will(form, source, depth)
        )

    def _all(self, branches: Sequence[Form]) -> list[Any]:
        """Return ways of making values of one form that are kept where they are of the others."""
        narrow = min(branches, key=lambda each: _WIDTHS.get(type(self.anatomy.resolved(each)), 9))
        checks = [self.anatomy.takes(each) for each in branches if each is not narrow]
        kept = [each for each in self.known(narrow) if all(takes(each) for takes in checks)]
        ways = self.options(narrow).values
        makers = [way for way in ways if callable(way)]

        def tried(source: Source, depth: int) -> Any:
            value = None
            for _ in range(_TRIES):
                value = makers[source.integer(0, len(makers) - 1)](source, depth)
                if all(takes(value) for takes in checks):
                    break
            return value

        return [*kept, *([tried] if makers else [])] or list(ways)

    # -- a value at a place --------------------------------------------------------------------

    def place(self, source: Source, route: Route, value: Any) -> Any:
        """Return an instance with a value at the end of a route; ABSENT leaves it out there."""
        return self._placed(self.anatomy.root, source, route, value, 0)

    def _placed(self, form: Form, source: Source, route: Route, value: Any, depth: int) -> Any:
        if not route:
            made = value(source, depth) if callable(value) else value
            return deepcopy(made) if isinstance(made, (dict, list)) else made
        form, step = self.anatomy.opened(form), route[0]
        if isinstance(step, Branch) and isinstance(form, (Either, All)):
            return self._placed(form.branches[step.number], source, route[1:], value, depth)
        if isinstance(form, Objects):
            inner = self.anatomy.value_of(form, str(step))
            made = self._placed(inner, source, route[1:], value, depth + 1)
            return self.object(form).made(source, depth, {str(step): made})
        if isinstance(form, Arrays) and isinstance(step, int):
            inner = form.first[step] if step < len(form.first) else form.rest
            made = self._placed(inner, source, route[1:], value, depth + 1)
            return self.array(form).made(source, depth, {step: made})
        raise LookupError(f"no such route: {route}")


_WIDTHS: Final = {
    kind: width for width, kind in enumerate((Values, Texts, Numbers, Objects, Arrays, All, Either))
}


def _tuned(several: Sequence[Any], leaf: Spelling | Amounts) -> Maker:
    """Return what makes one of several bounds, or a value within: near the simplest, or between.

    The lower the draw, the simpler: so a value shrinks from the bound to what shows the point.
    """

    def tuned(source: Source, _depth: int) -> Any:
        high, low = source.bytes(NEAR)
        turn = source.turn or 0
        bound = several[(turn >> ASIDE) % len(several)]
        if high < _NEAREST:
            return leaf.near(high << 8 | low, turn, bound)
        if high < _INSIDE:
            share = (high - _NEAREST << 8 | low) / (_INSIDE - _NEAREST << 8)
            return leaf.inside(share, turn, bound)
        return bound

    return tuned


def _copied(value: Any) -> Maker:
    return lambda _source, _depth: deepcopy(value)
