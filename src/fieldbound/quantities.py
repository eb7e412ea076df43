"""A form of numbers goes in, the first, the last, the nearest to zero and any other come out."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor, lcm

from .forms import Numbers
from .source import Source

#: How far numbers without a bound are drawn from the bound they have, or from zero.
_FAR = 1_000_000
_SCALES = (1, 2, 10, 100, 1000)
_TRIES = 50


class Amounts:
    """Numbers of one form: *edges* begins with the one nearest to zero; empty: there is none."""

    def __init__(self, form: Numbers) -> None:
        self._form = form
        self._step = _step(form)
        self.edges = self._edges()
        #: The simplest, the first, the last, and one that is not whole: several of a kind.
        self.bounds = [[each] for each in self._bounds()]

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
            if scale == 1 and not self._step and not form.whole:
                found += [7, 42, 2**31, -(2**31) - 1, 2**53]
            around = range(near - 6, near + 7) if form.avoided or form.broken else ()
            yield from (at * step for at in (*found, *around) if low <= at <= high)
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

    def near(self, steps: int, down: bool) -> int | float:
        """Return the number so many steps from the simplest, up or down, if it is of the form."""
        step = self._step or Fraction(1)
        number = Fraction(str(self.edges[0])) + (-steps if down else steps) * step
        return plain(number) if self._takes(number) else self.edges[0]

    def draw(self, source: Source) -> int | float:
        """Return a number drawn at will."""
        scale = 1 if self._form.whole else _SCALES[source.integer(0, len(_SCALES) - 1)]
        step, least, most = self._grid(scale)
        low, high = _between(least, most)
        if low <= high:
            drawn = source.integer(low, high)
            for at in (drawn, *range(drawn + 1, drawn + _TRIES)):
                number = at * step
                if self._takes(number):
                    return plain(number)
        return self.edges[source.integer(0, len(self.edges) - 1)]


def _between(least: int | None, most: int | None) -> tuple[int, int]:
    """Return two bounds, where there is none one that is far enough."""
    low = least if least is not None else min(-_FAR, -_FAR if most is None else most - _FAR)
    high = most if most is not None else max(_FAR, _FAR if least is None else least + _FAR)
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
