"""A form of numbers goes in, the first, the last, the nearest to zero and any other come out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, lcm

from .random_source import Source
from .value_sets import Numbers

#: How far numbers without a bound are drawn from the bound they have, or from zero.
_FAR = 1_000_000
_SCALES = (1, 2, 10, 100, 1000)
_TRIES = 50
#: Numbers farther apart are told in whole steps, others in hundredths.
_WIDE = 50
_FINE = 100
#: Steps that are told one by one.
_LONG = 4096
#: How far numbers at will are drawn where nothing bounds them.
_FARTHEST = 1 << 63


class Amounts:
    """Numbers of one form: *edges* begins with the one nearest to zero; empty: there is none."""

    def __init__(self, form: Numbers) -> None:
        self._form = form
        self._step = _step(form)
        self.edges = self._edges()
        span = max(self.edges) - min(self.edges) if self.edges else 0
        self._scale = 1 if form.whole or span > _WIDE else _FINE  # of steps where there are none
        self._plain = self._scale == 1 and not form.avoided and not form.broken
        self._plain = self._plain and (self._step is None or self._step.denominator == 1)
        self._low = min(self.edges, default=0)
        self._high = max(self.edges, default=0)
        #: The simplest, the first, the last, and one that is not whole: several of a kind.
        self.bounds = [[each] for each in self._bounds()]
        told = {each for some in self.bounds for each in some}
        if others := [each for each in self.edges if each not in told]:
            self.bounds.append(others)

    def _grid(self, scale: int) -> tuple[Fraction, int | None, int | None]:
        """Return a step, and between which of its multiples the numbers are."""
        form, step = self._form, self._step or Fraction(1, scale)
        least = most = None
        if form.least is not None:
            least = ceil(form.least / step)
            least += form.above and least * step == form.least
        if form.most is not None:
            most = floor(form.most / step)
            most -= form.below and most * step == form.most
        return step, least, most

    def _takes(self, number: Fraction) -> bool:
        form, whole = self._form, number.denominator == 1
        if (form.whole and not whole) or (form.broken and whole) or not _is_exact(number):
            return False
        if form.least is not None and (
            number < form.least or (form.above and number == form.least)
        ):
            return False
        if form.most is not None and (number > form.most or (form.below and number == form.most)):
            return False
        return all(_divides(each, number) for each in form.multiples) and not any(
            (number / each).denominator == 1 for each in form.avoided
        )

    def _edges(self) -> list[int | float]:
        found = [each for each in dict.fromkeys(self._candidates()) if self._takes(each)]
        first = min(found, key=lambda each: (each.denominator, abs(each), each < 0), default=None)
        return [plain(each) for each in dict.fromkeys((first, *found)) if each is not None]

    def _candidates(self) -> Iterator[Fraction]:
        form = self._form
        for scale in (1, 2) if form.whole or self._step else (*_SCALES, 10**6, 10**9):
            step, least, most = self._grid(scale)
            low, high = _between(least, most)
            if low > high:
                continue
            near = min(max(0, low), high)
            found = [near, low, high, near + 1, near - 1, low + 1, high - 1]
            if scale == 1:
                found += [7, 42]
                found += [2**31, 2**53, 2**63] if form.most is None else []
                found += [-(2**31) - 1, -(2**63) - 1] if form.least is None else []
                low, high = min(low, *found), max(high, *found)
            around = range(near - 6, near + 7) if form.avoided or form.broken else ()
            yield from (at * step for at in (*found, *around))
        yield from self._exact_bounds()

    def _exact_bounds(self) -> Iterator[Fraction]:
        form = self._form
        yield from (each for each in (form.least, form.most) if each is not None)
        if form.least is not None and form.most is not None:
            yield (form.least + form.most) / 2
            yield form.least + (form.most - form.least) / 4

    def _bounds(self) -> list[int | float]:
        extremes = [min(self.edges), max(self.edges)] if self.edges else []
        broken = [each for each in self.edges if isinstance(each, float)]
        return list(dict.fromkeys((*self.edges[:1], *extremes, *broken[:1])))

    def near(self, steps: int, turn: int, toward: int | float) -> int | float:
        """Return the number so many steps from the simplest toward another, if there is one."""
        found = self._stepped(-steps if self._is_down(turn, toward) else steps)
        return self.edges[0] if found is None else found

    def inside(self, share: float, turn: int, toward: int | float) -> int | float:
        """Return the number at a share of the way from the simplest to the last, or the first.

        Where that is far, the share is one of its order of magnitude.
        """
        way = self._ways[self._is_down(turn, toward)]
        return self.near(int(way**share if way > _LONG else way * share), turn, toward)

    def _is_down(self, turn: int, toward: int | float) -> bool:
        """Whether it goes down: toward a bound, which so shrinks to what is near; or by turns."""
        if toward != self.edges[0]:
            return toward < self.edges[0]
        return bool(turn & 1 and self._ways[True]) or not self._ways[False]

    @cached_property
    def _ways(self) -> tuple[int, int]:
        """How many steps it is from the simplest to the last, and to the first."""
        first = Fraction(str(self.edges[0]))
        step = self._step or Fraction(1, self._scale)
        last, least = Fraction(str(max(self.edges))), Fraction(str(min(self.edges)))
        return int((last - first) / step), int((first - least) / step)

    def _stepped(self, steps: int) -> int | float | None:
        first, step = self.edges[0], self._step
        if self._plain and isinstance(first, int):  # as most are
            whole = first + steps * int(step or 1)
            return whole if self._low <= whole <= self._high else None
        number = Fraction(str(first)) + steps * (step or Fraction(1, self._scale))
        return plain(number) if self._takes(number) else None

    def draw(self, source: Source) -> int | float:
        """Return a number drawn at will."""
        scale = 1 if self._form.whole else _SCALES[source.integer(0, len(_SCALES) - 1)]
        step, least, most = self._grid(scale)
        low, high = _between(least, most, _FARTHEST if scale == 1 else _FAR)
        if low <= high:
            drawn = source.integer(low, high)
            for at in (drawn, *range(drawn + 1, drawn + _TRIES)):
                number = at * step
                if self._takes(number):
                    return plain(number)
        return self.edges[source.integer(0, len(self.edges) - 1)]


def _between(least: int | None, most: int | None, far: int = _FAR) -> tuple[int, int]:
    """Return two bounds, where there is none one that is far enough."""
    low = least if least is not None else min(-far, -far if most is None else most - far)
    high = most if most is not None else max(far, far if least is None else least + far)
    return low, high


def _step(form: Numbers) -> Fraction | None:
    """Return of what every number of a form is a multiple, None: of nothing in particular."""
    steps = [*form.multiples, *([Fraction(1)] if form.whole else [])]
    if not steps:
        return None
    below = lcm(*(each.denominator for each in steps))
    return Fraction(lcm(*(int(each * below) for each in steps)), below)


def _divides(step: Fraction, number: Fraction) -> bool:
    """Whether a number is a multiple of a step, in floating point too, as some judges reckon."""
    if (number / step).denominator != 1:
        return False
    if number.denominator == step.denominator == 1:
        return True
    try:
        quotient = float(number) / float(step)
    except OverflowError:
        return False
    return quotient == int(quotient)


def _is_exact(number: Fraction) -> bool:
    """Whether a number is written in JSON, and read again, without becoming another."""
    return number.denominator == 1 or Fraction(str(plain(number))) == number


def plain(number: Fraction) -> int | float:
    """Return a number as JSON has it."""
    return number.numerator if number.denominator == 1 else float(number)
