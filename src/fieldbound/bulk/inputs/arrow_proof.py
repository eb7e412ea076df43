"""Columns of Arrow tables: which of their values are certainly valid, without a look at each.

What is asked of each value by itself takes more time than to check NDJSON. So a column is asked as
a whole: for the lengths of its strings, its extremes, its distinct values. What these mean by the
schema is for the engine to say, as for any value; a value that is not certainly valid is in doubt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .arrow_values import Reader, RecordErrors, reader_of

if TYPE_CHECKING:
    import pyarrow

#: Values that are checked at once: if one is invalid, each half of them is, down to the one.
_AT_ONCE: Final = 256
#: The longest string that stands for all of its length.
_LONGEST: Final = 100_000
_LENGTHS: Final = frozenset(("type", "minLength", "maxLength"))
#: Keywords by which a number is valid if one below and one above it are.
_RANGES: Final = frozenset(
    "type minimum maximum exclusiveMinimum exclusiveMaximum multipleOf format".split()
)
_FIXED: Final = ("enum", "const")

#: Whether all values of a list are valid.
AreValid = Callable[[list[Any]], bool]
Doubtful = Collection[int]


class Found(NamedTuple):
    """The rows whose value is *doubtful*, and the *lengths* of all strings, if requested."""

    doubtful: Doubtful
    lengths: pyarrow.Array | None = None


Proof = Callable[[Any], Found]
_NONE: Final[Doubtful] = ()


def proof_of(
    kind: pyarrow.DataType, name: str, schema: Any, are_valid: AreValid, *, measured: bool
) -> Proof:
    """Return what finds the doubtful values of arrays of a type, by the schema of the values.

    With *measured*, it returns the lengths of the strings.
    """
    from pyarrow import types

    inner = kind.value_type if types.is_dictionary(kind) else getattr(kind, "storage_type", kind)
    if types.is_nested(inner):
        return all_doubtful
    values = _Values(reader_of(kind, (name,)), are_valid, measured=measured)
    known = schema if isinstance(schema, dict) else {} if schema is True else {"not": {}}
    if types.is_dictionary(kind):
        return _Words(reader_of(kind.value_type, (name,)), values).find
    if types.is_boolean(kind):
        return values.find_distinct
    if types.is_string(kind) or types.is_large_string(kind):
        if not known.keys().isdisjoint(_FIXED):
            return _Fixed(kind, _allowed(known, are_valid), values).find
        return _Lengths(values).find if known.keys() <= _LENGTHS else values.find
    return values.find_by_extremes if _has_range(kind, known) else values.find


def all_doubtful(array: pyarrow.Array) -> Found:
    """Find all values doubtful."""
    return Found(_indices(array.is_valid()))


def plain_batch(
    batch: pyarrow.RecordBatch, schema: pyarrow.Schema
) -> tuple[pyarrow.RecordBatch, pyarrow.Schema]:
    """Return a batch without the encodings that most functions of pyarrow do not take.

    With it, the *schema* by which its values are read, which is returned as it is if no column has
    such an encoding.
    """
    import pyarrow

    columns = list(map(_plain, batch.columns))
    names = batch.schema.names
    for name, new, old in zip(names, columns, batch.columns, strict=True):
        if new.type != old.type:
            at = schema.get_field_index(name)
            schema = schema.set(at, schema.field(at).with_type(new.type))
    return pyarrow.RecordBatch.from_arrays(columns, names=names), schema


def _plain(array: Any) -> Any:
    import pyarrow
    from pyarrow import compute, types

    if types.is_run_end_encoded(array.type):
        return _plain(compute.run_end_decode(array))
    if types.is_dictionary(array.type) and array.dictionary.null_count:
        return _plain(array.dictionary_decode())
    if types.is_binary_view(array.type):
        return array.cast(pyarrow.large_binary())
    return array.cast(pyarrow.large_string()) if types.is_string_view(array.type) else array


def null_rows(array: pyarrow.Array) -> Sequence[int]:
    """Return the indices of nulls."""
    return _indices(array.is_null()) if array.null_count else ()


def take(rows: Any, indices: Sequence[int]) -> Any:
    """Return the rows of a batch, or the values of an array, at these indices."""
    import pyarrow

    return rows.take(pyarrow.array(indices, pyarrow.int64()))


def length_counts(lengths: pyarrow.Array, without: Sequence[int]) -> Counter[int]:
    """Return how often each length occurs, *without* the rows of these indices."""
    values, counts = lengths.drop_null().value_counts().flatten()
    found = Counter(dict(zip(values.to_pylist(), counts.to_pylist(), strict=True)))
    for each in take(lengths, without).to_pylist() if without else ():
        if each is not None:
            found[each] -= 1
    return +found


class _Values:
    """Finds doubtful values by a look at each of them."""

    def __init__(self, read: Reader, are_valid: AreValid, *, measured: bool) -> None:
        self.read, self.are_valid, self.measured = read, are_valid, measured

    def find(self, array: Any) -> Found:
        """Find the doubtful values."""
        from pyarrow import compute

        present = array.drop_null() if array.null_count else array
        doubtful = self.of(present)[1]
        if doubtful and present is not array:
            rows = compute.indices_nonzero(array.is_valid())
            doubtful = take(rows, list(doubtful)).to_pylist()
        return Found(doubtful, self.lengths(array) if self.measured else None)

    def of(self, array: Any, read: Reader | None = None) -> tuple[list[Any], Doubtful]:
        """Return the values of an array without nulls, and the indices of those in doubt."""
        errors: RecordErrors = {}
        values = (read or self.read)(array, errors)
        for row in errors:
            values[row] = None
        return values, errors.keys() | set(self._invalid(values))

    def lengths(self, array: Any) -> Any:
        """Return the length of each string of an array, null for another value."""
        from pyarrow import compute, types

        if types.is_string(array.type) or types.is_large_string(array.type):
            return compute.utf8_length(array)
        return _lengths(self.read(array, {}))

    def find_distinct(self, array: Any) -> Found:
        """Find the doubtful values of an array that has few different ones."""
        distinct = [each for each in array.unique().to_pylist() if each is not None]
        return Found(_NONE) if not self._invalid(distinct) else self.find(array)

    def find_by_extremes(self, array: Any) -> Found:
        """Find the doubtful values of an array of numbers, of which all between two are valid."""
        from pyarrow import compute, types

        extremes = compute.min_max(array).as_py().values()
        # NaN is neither least nor greatest
        finite = not types.is_floating(array.type) or compute.all(compute.is_finite(array)).as_py()
        if finite is not False and not self._invalid(list(extremes)):
            return Found(_NONE)
        return self.find(array)

    def _invalid(self, values: list[Any]) -> Sequence[int]:
        """Return the indices of values that are not certainly valid."""
        try:
            return [
                at
                for start in range(0, len(values), _AT_ONCE)
                for at in self._invalid_within(values[start : start + _AT_ONCE], start)
            ]
        except ValueError:  # the engine does not take one of them as it is
            return range(len(values))

    def _invalid_within(self, values: list[Any], start: int) -> Iterator[int]:
        """Yield the indices of those of some values, counted from *start*, by halves of them."""
        if self.are_valid(values):
            return
        if len(values) == 1:
            yield start
            return
        middle = len(values) // 2
        yield from self._invalid_within(values[:middle], start)
        yield from self._invalid_within(values[middle:], start + middle)


class _Fixed:
    """Finds doubtful strings where only some are valid."""

    def __init__(self, kind: Any, allowed: Iterable[str], values: _Values) -> None:
        import pyarrow

        self._allowed, self._values = pyarrow.array(list(allowed), kind), values

    def find(self, array: Any) -> Found:
        """Find the doubtful values."""
        from pyarrow import compute

        if self._values.measured:
            return self._values.find(array)
        allowed = compute.is_in(array, value_set=self._allowed)
        if allowed.true_count == len(array) - array.null_count:
            return Found(_NONE)
        return Found(_indices(compute.and_not(array.is_valid(), allowed)))


class _Lengths:
    """Finds doubtful strings where their lengths decide."""

    def __init__(self, values: _Values) -> None:
        self._values = values
        self._valid: dict[int, bool] = {}

    def find(self, array: Any) -> Found:
        """Find the doubtful values."""
        import pyarrow
        from pyarrow import compute

        try:
            array.validate(full=True)  # Arrow does not verify the encoding when it reads
        except pyarrow.ArrowInvalid:
            return self._values.find(array)
        lengths = compute.utf8_length(array)
        distinct = lengths.unique().to_pylist()
        doubtful = [each for each in distinct if each is not None and not self._is_valid(each)]
        found = Found(_NONE, lengths if self._values.measured else None)
        if not doubtful:
            return found
        return found._replace(doubtful=_indices(_is_in(lengths, doubtful)))

    def _is_valid(self, length: int) -> bool:
        known = self._valid.get(length)
        if known is None:
            known = length <= _LONGEST and self._values.are_valid(["x" * length])
            self._valid[length] = known
        return known


class _Words:
    """Finds doubtful values of arrays with a dictionary, each of whose words is looked at once.

    Arrays that follow each other mostly have the same dictionary.
    """

    def __init__(self, read: Reader, values: _Values) -> None:
        self._read, self._values = read, values
        self._last: tuple[Any, Doubtful, Any] | None = None

    def find(self, array: Any) -> Found:
        """Find the doubtful values."""
        words = array.dictionary
        if len(words) > len(array):  # few of which are used
            return self._values.find(array)
        if self._last is None or not self._last[0].equals(words):
            values, doubtful = self._values.of(words, self._read)
            self._last = words, doubtful, _lengths(values) if self._values.measured else None
        _, doubtful, lengths = self._last
        rows = _indices(_is_in(array.indices, doubtful)) if doubtful else _NONE
        return Found(rows, None if lengths is None else lengths.take(array.indices))


def _allowed(schema: Mapping[str, Any], are_valid: AreValid) -> list[str]:
    """Return the valid strings where a schema lists its values."""
    listed = schema.get("enum", [schema.get("const")])
    return [each for each in listed if isinstance(each, str) and are_valid([each])]


def _has_range(kind: Any, schema: Mapping[str, Any]) -> bool:
    """Return whether a number of a type is valid if one below and one above it are."""
    import pyarrow
    from pyarrow import types

    if not schema.keys() <= _RANGES:
        return False
    if types.is_integer(kind):
        return bool(schema.get("multipleOf", 1) == 1)
    any_number = "type" not in schema or "number" in schema["type"]
    return bool(kind == pyarrow.float64()) and any_number and "multipleOf" not in schema


def _lengths(values: Iterable[Any]) -> Any:
    import pyarrow

    found = [len(each) if each.__class__ is str else None for each in values]
    return pyarrow.array(found, pyarrow.int32())


def _is_in(array: Any, values: Iterable[int]) -> Any:
    import pyarrow
    from pyarrow import compute

    return compute.is_in(array, value_set=pyarrow.array(list(values), array.type))


def _indices(mask: Any) -> list[int]:
    from pyarrow import compute

    return compute.indices_nonzero(mask).to_pylist()  # type: ignore[no-any-return]
