"""What values are drawn from: chance, Hypothesis, or nothing at all, which gives the simplest."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final, Protocol

#: Objects and arrays that one instance may have before only the simplest values are made.
BUDGET: Final = 60


#: Of two bytes, those from here on stand for no turn: fewer where there is much to reach.
_AT_WILL: Final = 15 << 12
_AT_WILL_SMALL: Final = 1 << 15
_SMALL: Final = 16


def turn_of(drawn: Sequence[int], size: int = BUDGET) -> int | None:
    """Return the turn that two bytes stand for, for an instance that takes *size* bytes."""
    number = drawn[0] << 8 | drawn[1]
    return None if number >= (_AT_WILL_SMALL if size <= _SMALL else _AT_WILL) else number


class Source(Protocol):
    """Gives numbers to choose by; the lowest choice is the simplest.

    With a *turn* every part of an instance is there, and is that one of its bounds whose turn it
    is: so a few dozen instances reach all of them, however many attributes there are. Those
    parts are there for which a byte of at least *threshold* is drawn.
    """

    budget: int
    turn: int | None
    threshold: int

    def bytes(self, count: int) -> Sequence[int]:
        """Return as many numbers from 0 to 255."""
        ...

    def more(self) -> bool:
        """Return whether one more is wanted."""
        ...

    def enter(self, size: int) -> tuple[int, int]:
        """Keep to the next *size* bytes, for a part that has them for itself, there or not."""
        ...

    def leave(self, before: tuple[int, int]) -> None:
        """Go on after that part."""
        ...

    def integer(self, least: int, most: int) -> int:
        """Return an integer within bounds."""
        ...

    def text(self, least: int, most: int) -> str:
        """Return a text of as many code points."""
        ...


class _Unbounded:
    """A source that has bytes without end."""

    threshold = 1

    def enter(self, size: int) -> tuple[int, int]:
        """Do nothing."""
        return size, size

    def leave(self, before: tuple[int, int]) -> None:
        """Do nothing."""


class Simplest(_Unbounded):
    """Always gives the simplest."""

    def __init__(self) -> None:
        self.budget = BUDGET
        self.turn: int | None = None

    def bytes(self, count: int) -> Sequence[int]:
        """Return zeros."""
        return bytes(count)

    def more(self) -> bool:
        """Return False."""
        return False

    def integer(self, least: int, most: int) -> int:
        """Return the integer nearest to zero."""
        return min(max(least, 0), most)

    def text(self, least: int, most: int) -> str:  # noqa: ARG002 - the simplest is the shortest
        """Return the shortest text."""
        return "0" * least


class Everything(_Unbounded):
    """Gives all there is, the bounds by one turn."""

    def __init__(self, turn: int = 0) -> None:
        self.budget = BUDGET
        self.turn: int | None = turn

    def bytes(self, count: int) -> Sequence[int]:
        """Return the highest numbers."""
        return b"\xff" * count

    def more(self) -> bool:
        """Return False."""
        return False

    def integer(self, least: int, most: int) -> int:
        """Return the integer nearest to zero."""
        return min(max(least, 0), most)

    def text(self, least: int, most: int) -> str:  # noqa: ARG002 - as good as any
        """Return the shortest text."""
        return "0" * least


class Chance(_Unbounded):
    """Gives what a generator of random numbers gives: the same for the same seed."""

    def __init__(self, random: Random) -> None:
        self.budget = BUDGET
        self.turn = turn_of(random.randbytes(2))
        self._random = random

    def bytes(self, count: int) -> Sequence[int]:
        """Return random bytes."""
        return self._random.randbytes(count)

    def more(self) -> bool:
        """Return True in one of two cases."""
        return self._random.random() < 0.5  # noqa: PLR2004

    def integer(self, least: int, most: int) -> int:
        """Return any integer within bounds."""
        return self._random.randint(least, most)

    def text(self, least: int, most: int) -> str:
        """Return a text of letters and digits."""
        length = self._random.randint(least, most)
        return "".join(self._random.choice("0aZ é漢\U0001f600") for _ in range(length))
