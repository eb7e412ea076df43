"""Values that are certainly valid: found of many at once, and of strings by their lengths alone.

The engine says of many values at once whether all are valid, and where they are not, of each half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeAlias

#: Values that are checked at once.
_AT_ONCE: Final = 256
#: The longest string that stands for all of its length, and the bytes of a character in UTF-8.
_LONGEST: Final = 100_000
_MOST_BYTES: Final = 4
#: Keywords of a string whose length decides.
OF_LENGTHS: Final = frozenset(("type", "minLength", "maxLength"))

#: Whether all values of a list are valid.
AreValid: TypeAlias = Callable[[list[Any]], bool]


class ValidLengths:
    """The lengths of valid strings, where the length decides; all between two of them are such."""

    def __init__(self, are_valid: AreValid) -> None:
        self._are_valid = are_valid
        self._known: dict[int, bool] = {}

    def has(self, length: int) -> bool:
        """Return whether a string of so many characters is valid."""
        known = self._known.get(length)
        if known is None:
            known = length <= _LONGEST and self._are_valid(["x" * length])
            self._known[length] = known
        return known

    def has_size(self, size: int) -> bool:
        """Return whether any string of so many bytes is valid."""
        return self.has(size) and self.has(-(-size // _MOST_BYTES))


def invalid_among(values: list[Any], are_valid: AreValid) -> Sequence[int]:
    """Return the indices of values that are not certainly valid."""
    try:
        return [
            at
            for start in range(0, len(values), _AT_ONCE)
            for at in _invalid_within(values[start : start + _AT_ONCE], start, are_valid)
        ]
    except ValueError:  # the engine does not take one of them as it is
        return range(len(values))


def _invalid_within(values: list[Any], start: int, are_valid: AreValid) -> Iterator[int]:
    """Yield the indices of those of some values, counted from *start*, by halves of them."""
    if are_valid(values):
        return
    if len(values) == 1:
        yield start
        return
    middle = len(values) // 2
    yield from _invalid_within(values[:middle], start, are_valid)
    yield from _invalid_within(values[middle:], start + middle, are_valid)
