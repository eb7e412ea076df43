"""Sources of random choices: seeded, the simplest always, or everything; Hypothesis is another."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final, Protocol

#: Objects and arrays that one instance may have before only the simplest values are made.
BUDGET: Final = 60
#: Two drawn bytes from here on mean no cycle: more often in small instances.
_NO_CYCLE_FROM: Final = 15 << 12
_NO_CYCLE_FROM_SMALL: Final = 1 << 15
_SMALL_SIZE: Final = 16


def cycle_of(drawn: Sequence[int], size: int = BUDGET) -> int | None:
    """Return the cycle that two bytes stand for, in an instance of *size* bytes; None for none."""
    number = drawn[0] << 8 | drawn[1]
    end = _NO_CYCLE_FROM_SMALL if size <= _SMALL_SIZE else _NO_CYCLE_FROM
    return number if number < end else None


class RandomSource(Protocol):
    """A source of random choices; the lowest choice is the simplest.

    With a *cycle* (a number), every part of an instance is present and takes the boundary value of
    that index: a few dozen instances cover all of them, however many properties there are. A part
    is present if a byte of at least *threshold* is drawn for it.
    """

    budget: int
    cycle: int | None
    threshold: int

    def bytes(self, count: int) -> Sequence[int]:
        """Return that many numbers from 0 to 255."""
        ...

    def more(self) -> bool:
        """Return whether to add one more item."""
        ...

    def enter(self, size: int) -> tuple[int, int]:
        """Reserve the next *size* bytes for a part, whether it is present or not."""
        ...

    def leave(self, before: tuple[int, int]) -> None:
        """Continue after that part."""
        ...

    def integer(self, minimum: int, maximum: int) -> int:
        """Return an integer within bounds."""
        ...

    def string(self, minimum: int, maximum: int) -> str:
        """Return a string of that many code points."""
        ...


class _Unbounded:
    """A source that never runs out of bytes."""

    threshold = 1

    def enter(self, size: int) -> tuple[int, int]:
        """Do nothing."""
        return size, size

    def leave(self, before: tuple[int, int]) -> None:
        """Do nothing."""


class SimplestSource(_Unbounded):
    """Always returns the simplest choice."""

    def __init__(self) -> None:
        self.budget = BUDGET
        self.cycle: int | None = None

    def bytes(self, count: int) -> Sequence[int]:
        """Return zeros."""
        return bytes(count)

    def more(self) -> bool:
        """Return False."""
        return False

    def integer(self, minimum: int, maximum: int) -> int:
        """Return the integer nearest to zero."""
        return min(max(minimum, 0), maximum)

    def string(self, minimum: int, maximum: int) -> str:  # noqa: ARG002 - the simplest is the shortest
        """Return the shortest string."""
        return "0" * minimum


class FullSource(_Unbounded):
    """Includes every part, with the boundary values of one cycle."""

    def __init__(self, cycle: int = 0) -> None:
        self.budget = BUDGET
        self.cycle: int | None = cycle

    def bytes(self, count: int) -> Sequence[int]:
        """Return the highest numbers."""
        return b"\xff" * count

    def more(self) -> bool:
        """Return False."""
        return False

    def integer(self, minimum: int, maximum: int) -> int:
        """Return the integer nearest to zero."""
        return min(max(minimum, 0), maximum)

    def string(self, minimum: int, maximum: int) -> str:  # noqa: ARG002 - as good as any
        """Return the shortest string."""
        return "0" * minimum


class SeededSource(_Unbounded):
    """Returns random choices: the same ones for the same seed."""

    def __init__(self, random: Random) -> None:
        self.budget = BUDGET
        self.cycle = cycle_of(random.randbytes(2))
        self._random = random

    def bytes(self, count: int) -> Sequence[int]:
        """Return random bytes."""
        return self._random.randbytes(count)

    def more(self) -> bool:
        """Return True half of the time."""
        return self._random.random() < 0.5  # noqa: PLR2004

    def integer(self, minimum: int, maximum: int) -> int:
        """Return a random integer within bounds."""
        return self._random.randint(minimum, maximum)

    def string(self, minimum: int, maximum: int) -> str:
        """Return a random string of letters and digits of several scripts."""
        length = self._random.randint(minimum, maximum)
        return "".join(self._random.choice("0aZ é漢\U0001f600") for _ in range(length))
