"""Values of a column that are not certainly valid: those in doubt, found by a look at each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final, TypeAlias

from fieldbound.bulk.inputs.valid_values import AreValid, invalid_among

from .arrays import take
from .values import Reader, RecordErrors

#: One value in so many is few.
_FEW: Final = 32

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
