"""Values of a column that are not certainly valid: those in doubt, found by a look at each.

The engine says of many values at once whether all are valid, and where they are not, of each half.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final, TypeAlias

from .arrays import take
from .values import Reader, RecordErrors

#: Values that are checked at once.
_AT_ONCE: Final = 256
#: One value in so many is few.
_FEW: Final = 32
#: The longest string that stands for all of its length, and the bytes of a character in UTF-8.
_LONGEST: Final = 100_000
_MOST_BYTES: Final = 4
#: Keywords of a string whose length decides.
OF_LENGTHS: Final = frozenset(("type", "minLength", "maxLength"))

#: Whether all values of a list are valid.
AreValid: TypeAlias = Callable[[list[Any]], bool]
#: The rows of an array whose values are in doubt.
Doubtful: TypeAlias = Collection[int]
#: Finds them.
Proof: TypeAlias = Callable[[Any], Doubtful]
NONE: Final[Doubtful] = ()


class Values:
    """Finds doubtful values by a look at each of them."""

    def __init__(self, read: Reader, are_valid: AreValid) -> None:
        self.read, self.are_valid = read, are_valid

    def find(self, array: Any) -> Doubtful:
        """Find the doubtful values."""
        from pyarrow import compute

        present = array.drop_null() if array.null_count else array
        doubtful = self.of(present)
        if doubtful and present is not array:
            rows = compute.indices_nonzero(array.is_valid())
            return take(rows, list(doubtful)).to_pylist()  # type: ignore[no-any-return]
        return doubtful

    def find_at(self, array: Any, rows: Sequence[int]) -> Doubtful:
        """Find the doubtful values at some rows that are not null."""
        return [rows[at] for at in self.of(take(array, rows))] if rows else NONE

    def find_among(self, array: Any, rows: Sequence[int]) -> Doubtful:
        """Find those of the *rows* in doubt that are still so after a look at each, if many are.

        A few are looked at as rows are, each different value once.
        """
        return self.find_at(array, rows) if len(rows) * _FEW > len(array) else rows

    def of(self, array: Any) -> Doubtful:
        """Find the doubtful values of an array without nulls."""
        errors: RecordErrors = {}
        values = self.read(array, errors)
        for row in errors:
            values[row] = None
        return errors.keys() | set(self._invalid(values))

    def find_distinct(self, array: Any) -> Doubtful:
        """Find the doubtful values of an array that has few different ones."""
        distinct = [each for each in array.unique().to_pylist() if each is not None]
        return NONE if not self._invalid(distinct) else self.find(array)

    def find_by_extremes(self, array: Any) -> Doubtful:
        """Find the doubtful values of an array of numbers, of which all between two are valid."""
        from pyarrow import compute, types

        extremes = compute.min_max(array).as_py().values()
        # NaN is neither least nor greatest
        finite = not types.is_floating(array.type) or compute.all(compute.is_finite(array)).as_py()
        if finite is not False and not self._invalid(list(extremes)):
            return NONE
        return self.find(array)

    def _invalid(self, values: list[Any]) -> Sequence[int]:
        return invalid_among(values, self.are_valid)


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
