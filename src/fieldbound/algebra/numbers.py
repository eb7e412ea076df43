"""Numbers sampled from a value set: at its bounds, nearest to zero, or at random."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, lcm
from typing import Final

from .random_source import RandomSource
from .value_sets import Numbers

#: How far from their bound, or from zero, numbers are drawn on an unbounded side.
_FAR = 1_000_000
_SCALES = (1, 2, 10, 100, 1000)
_TRIES = 50
#: A wider range is stepped through by integers, a narrower one by hundredths.
_MAX_FINE_RANGE = 50
_FINE_SCALE = 100
#: Number of steps up to which fractions of a range are linear.
_MAX_LINEAR = 4096
#: Number of steps that a fraction is taken of at most: floating point numbers end soon after.
_MOST_STEPS: Final = 10**300
#: The same as _FAR, for integers.
_FAR_INTEGER = 1 << 63


class NumberSampler:
    """Numbers of one value set.

    *boundaries* begins with the one nearest to zero, and is empty if the set is empty.
    """

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers
        self._step = _step(numbers)
        self.boundaries = self._boundaries()
        span = max(self.boundaries) - min(self.boundaries) if self.boundaries else 0
        is_coarse = numbers.only_integers or span > _MAX_FINE_RANGE
        self._scale = 1 if is_coarse else _FINE_SCALE  # of steps without multipleOf
        self._is_plain_integer = (
            is_coarse
            and not numbers.not_multiple_of
            and not numbers.no_integers
            and (self._step is None or self._step.denominator == 1)
        )
        self._low = min(self.boundaries, default=0)
        self._high = max(self.boundaries, default=0)
        #: The simplest number, the smallest, the largest, and one that is not integral.
        self.boundary_groups = [[each] for each in self._main_boundaries()]
        listed = {each for some in self.boundary_groups for each in some}
        if others := [each for each in self.boundaries if each not in listed]:
            self.boundary_groups.append(others)

    def _grid(self, scale: int) -> tuple[Fraction, int | None, int | None]:
        """Return a step, and the first and the last of its multiples within the bounds."""
        numbers, step = self._numbers, self._step or Fraction(1, scale)
        first = last = None
        if numbers.minimum is not None:
            first = ceil(numbers.minimum / step)
            first += numbers.exclusive_minimum and first * step == numbers.minimum
        if numbers.maximum is not None:
            last = floor(numbers.maximum / step)
            last -= numbers.exclusive_maximum and last * step == numbers.maximum
        return step, first, last

    def _accepts(self, number: Fraction) -> bool:
        numbers, integral = self._numbers, number.denominator == 1
        if (
            (numbers.only_integers and not integral)
            or (numbers.no_integers and integral)
            or not _survives_json(number)
        ):
            return False
        if numbers.minimum is not None and (
            number < numbers.minimum or (numbers.exclusive_minimum and number == numbers.minimum)
        ):
            return False
        if numbers.maximum is not None and (
            number > numbers.maximum or (numbers.exclusive_maximum and number == numbers.maximum)
        ):
            return False
        return all(_is_multiple(each, number) for each in numbers.multiple_of) and not any(
            (number / each).denominator == 1 for each in numbers.not_multiple_of
        )

    def _boundaries(self) -> list[int | float]:
        found = [each for each in dict.fromkeys(self._candidates()) if self._accepts(each)]
        first = min(found, key=lambda each: (each.denominator, abs(each), each < 0), default=None)
        return [json_number(each) for each in dict.fromkeys((first, *found)) if each is not None]

    def _candidates(self) -> Iterator[Fraction]:
        numbers = self._numbers
        for scale in (1, 2) if numbers.only_integers or self._step else (*_SCALES, 10**6, 10**9):
            step, first, last = self._grid(scale)
            low, high = _closed_range(first, last)
            if low > high:
                continue
            nearest = min(max(0, low), high)
            found = [nearest, low, high, nearest + 1, nearest - 1, low + 1, high - 1]
            if scale == 1:
                found += [7, 42]
                found += [2**31, 2**53, 2**63] if numbers.maximum is None else []
                found += [-(2**31) - 1, -(2**63) - 1] if numbers.minimum is None else []
                low, high = min(low, *found), max(high, *found)
            around = (
                range(nearest - 6, nearest + 7)
                if numbers.not_multiple_of or numbers.no_integers
                else ()
            )
            yield from (at * step for at in (*found, *around))
        yield from self._exact_bounds()

    def _exact_bounds(self) -> Iterator[Fraction]:
        numbers = self._numbers
        yield from (each for each in (numbers.minimum, numbers.maximum) if each is not None)
        if numbers.minimum is not None and numbers.maximum is not None:
            yield (numbers.minimum + numbers.maximum) / 2
            yield numbers.minimum + (numbers.maximum - numbers.minimum) / 4

    def _main_boundaries(self) -> list[int | float]:
        extremes = [min(self.boundaries), max(self.boundaries)] if self.boundaries else []
        fractional = [each for each in self.boundaries if isinstance(each, float)]
        return list(dict.fromkeys((*self.boundaries[:1], *extremes, *fractional[:1])))

    def at_step(self, steps: int, cycle: int, toward: int | float) -> int | float:
        """Return the number that many steps from the simplest toward another, or the simplest."""
        found = self._number_at(-steps if self._steps_down(cycle, toward) else steps)
        return self.boundaries[0] if found is None else found

    def at_fraction(self, fraction: float, cycle: int, toward: int | float) -> int | float:
        """Return the number at a fraction of the way from the simplest to the last, or the first.

        On a long way the fraction is logarithmic.
        """
        steps = min(self._step_counts[self._steps_down(cycle, toward)], _MOST_STEPS)
        return self.at_step(
            int(steps**fraction if steps > _MAX_LINEAR else steps * fraction), cycle, toward
        )

    def _steps_down(self, cycle: int, toward: int | float) -> bool:
        """Return whether to step down: toward the bound, so that it shrinks, or in alternation."""
        if toward != self.boundaries[0]:
            return toward < self.boundaries[0]
        return bool(cycle & 1 and self._step_counts[True]) or not self._step_counts[False]

    @cached_property
    def _step_counts(self) -> tuple[int, int]:
        """The number of steps from the simplest to the last, and to the first."""
        first = Fraction(str(self.boundaries[0]))
        step = self._step or Fraction(1, self._scale)
        highest, lowest = Fraction(str(max(self.boundaries))), Fraction(str(min(self.boundaries)))
        return int((highest - first) / step), int((first - lowest) / step)

    def _number_at(self, steps: int) -> int | float | None:
        first, step = self.boundaries[0], self._step
        if self._is_plain_integer and isinstance(first, int):  # the common, fast case
            integer = first + steps * int(step or 1)
            return integer if self._low <= integer <= self._high else None
        number = Fraction(str(first)) + steps * (step or Fraction(1, self._scale))
        return json_number(number) if self._accepts(number) else None

    def draw(self, source: RandomSource) -> int | float:
        """Return a random number."""
        scale = 1 if self._numbers.only_integers else _SCALES[source.integer(0, len(_SCALES) - 1)]
        step, first, last = self._grid(scale)
        low, high = _closed_range(first, last, _FAR_INTEGER if scale == 1 else _FAR)
        if low <= high:
            drawn = source.integer(low, high)
            for at in (drawn, *range(drawn + 1, drawn + _TRIES)):
                number = at * step
                if self._accepts(number):
                    return json_number(number)
        return self.boundaries[source.integer(0, len(self.boundaries) - 1)]


def _closed_range(first: int | None, last: int | None, far: int = _FAR) -> tuple[int, int]:
    """Return two bounds, a far one where there is none."""
    low = first if first is not None else min(-far, -far if last is None else last - far)
    high = last if last is not None else max(far, far if first is None else first + far)
    return low, high


def _step(numbers: Numbers) -> Fraction | None:
    """Return the number that every number is a multiple of, None without one."""
    steps = [*numbers.multiple_of, *([Fraction(1)] if numbers.only_integers else [])]
    if not steps:
        return None
    denominator = lcm(*(each.denominator for each in steps))
    return Fraction(lcm(*(int(each * denominator) for each in steps)), denominator)


def _is_multiple(step: Fraction, number: Fraction) -> bool:
    """Return whether a number is a multiple of a step, in floating point, too."""
    if (number / step).denominator != 1:
        return False
    if number.denominator == step.denominator == 1:
        return True
    try:
        return (float(number) / float(step)).is_integer()  # which infinity is not
    except (OverflowError, ZeroDivisionError):
        return False


def _survives_json(number: Fraction) -> bool:
    """Return whether a number survives a round trip through JSON."""
    try:
        return number.denominator == 1 or Fraction(str(json_number(number))) == number
    except OverflowError:  # a fraction beyond the largest floating point number
        return False


def json_number(number: Fraction) -> int | float:
    """Return a fraction as a JSON number."""
    return number.numerator if number.denominator == 1 else float(number)
