"""Strings of a column that are not certainly valid: by their lengths, words, dates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from fieldbound.bulk.inputs.valid_values import ValidLengths

from .arrays import decoded, integers, is_in, rows_of, strings, take, text_of
from .doubtful_values import NONE, Doubtful, Proof, Values

#: One string in so many is few.
_FEW: Final = 32
#: The first so many strings show whether a column has few different ones: half as many.
_SHOWN: Final = 512
_DATE: Final = (
    "[0-9]{4}-(?:"
    "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    "|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_TIME: Final = (
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    "(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
#: Dates of a format that are valid, without those that only some days are, as leap seconds; and
#: the shortest and the longest of them.
_DATES: Final = {
    "date": (rf"\A{_DATE}\z", "2000-01-01", "2000-01-01"),
    "date-time": (
        *(rf"\A{_DATE}T{_TIME}\z", "2000-01-01T00:00:00Z"),
        "2000-01-01T00:00:00.123456789+00:00",
    ),
}
DATES: Final = frozenset(_DATES)
#: The sizes of instants that are valid, if pyarrow parses them: other instants have other ones, as
#: those with fractions of a second, or an offset without a colon.
_INSTANT_SIZES: Final = (20, 25)
#: Where the day is in them; from the 29th, it is not valid in all months.
_DAY: Final = (8, 10)
_LAST_DAY: Final = "29"


class FixedStrings:
    """Finds doubtful strings where only those *allowed* are valid."""

    def __init__(self, kind: Any, allowed: Iterable[str]) -> None:
        self._allowed = strings(allowed, kind)

    def find(self, array: Any) -> Doubtful:
        """Find the doubtful values."""
        from pyarrow import compute

        allowed = compute.is_in(array, value_set=self._allowed)
        if allowed.true_count == len(array) - array.null_count:
            return NONE
        return rows_of(compute.and_not(array.is_valid(), allowed))


class StringsByLength:
    """Finds doubtful strings where their lengths decide, all between two valid ones being valid."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self._lengths = ValidLengths(values.are_valid)
        self._sizes: tuple[int, ...] = ()

    def find(self, array: Any) -> Doubtful:
        """Find the doubtful values."""
        import pyarrow
        from pyarrow import compute

        try:
            array.validate(full=True)  # Arrow does not verify the encoding when it reads
        except pyarrow.ArrowInvalid:
            return self._values.find(array)
        # to count bytes takes a tenth of the time to count characters
        sizes = compute.binary_length(array)
        rows = self._long_or_short(sizes)
        if not rows:
            return NONE
        lengths = compute.utf8_length(take(array, rows))
        doubtful = [each for each in lengths.unique().to_pylist() if not self._lengths.has(each)]
        return [rows[at] for at in rows_of(is_in(lengths, doubtful))] if doubtful else NONE

    def _long_or_short(self, sizes: Any) -> list[int]:
        """Return the rows of strings whose size does not say that they are valid."""
        from pyarrow import compute

        least, most = compute.min_max(sizes).as_py().values()
        if least is None:
            return []
        self._note([least, most])
        outside = self._outside(sizes, least, most)
        if len(outside) * _FEW > len(sizes):  # more sizes may be valid
            self._note([each for each in sizes.unique().to_pylist() if each is not None])
            outside = self._outside(sizes, least, most)
        return outside

    def _note(self, sizes: Iterable[int]) -> None:
        """Note the least and the greatest of those of some sizes that are valid."""
        valid = [*self._sizes, *filter(self._lengths.has_size, sizes)]
        self._sizes = (min(valid), max(valid)) if valid else ()

    def _outside(self, sizes: Any, least: int, most: int) -> list[int]:
        """Return the rows of other sizes than those noted, and all between them."""
        from pyarrow import compute

        if not self._sizes:
            return rows_of(sizes.is_valid())
        low, high = self._sizes
        bounds = integers(self._sizes, sizes.type)
        if low <= least:
            return rows_of(compute.greater(sizes, bounds[1])) if most > high else []
        outside = compute.or_(compute.greater(sizes, bounds[1]), compute.less(sizes, bounds[0]))
        return rows_of(outside)


class Words:
    """Finds doubtful values of arrays with a dictionary, in which each word is looked at once.

    Arrays that follow each other mostly have the same dictionary. It is not looked at before so
    many values are, as it may have words that are never used.
    """

    def __init__(self, find: Proof, values: Values) -> None:
        self._find, self._values = find, values
        self._words: Any = None
        self._doubtful: Doubtful | None = None
        self._seen = 0

    def find(self, array: Any) -> Doubtful:
        """Find the doubtful values."""
        words = array.dictionary
        if self._words is None or not self._words.equals(words):
            self._words, self._doubtful, self._seen = words, None, 0
        self._seen += len(array)
        if self._doubtful is None:
            if self._seen < len(words):
                return self._find(decoded(array))
            self._doubtful = self._values.find_at(words, list(self._find(words)))
        if len(self._doubtful) == len(words):
            return rows_of(array.is_valid())
        return rows_of(is_in(array.indices, self._doubtful)) if self._doubtful else NONE


class RepeatedStrings:
    """Finds doubtful strings by a look at each different one, where there are few."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def find(self, array: Any) -> Doubtful:
        """Find the doubtful values."""
        shown = array.slice(0, _SHOWN)
        if len(shown.unique()) * 2 > len(shown):
            return self._values.find(array)
        encoded = array.dictionary_encode()
        doubtful = self._values.of(encoded.dictionary)
        return rows_of(is_in(encoded.indices, doubtful)) if doubtful else NONE


class MatchingStrings:
    """Finds doubtful strings where those that match a regular expression are valid."""

    def __init__(self, regex: str, values: Values) -> None:
        self._regex, self._values = regex, values

    def find(self, array: Any) -> Doubtful:
        """Find the doubtful values."""
        return self._values.find_among(array, self.unmatched(array))

    def unmatched(self, array: Any) -> list[int]:
        """Return the rows of strings that do not match."""
        from pyarrow import compute

        # one match takes a third of the time in which the string is read and checked
        return rows_of(compute.invert(compute.match_substring_regex(array, self._regex)))


class InstantStrings:
    """Finds doubtful strings where only dates with a time are valid: parses most, all at once.

    That takes half the time to match a regular expression, by which the others are found.
    """

    def __init__(self, regex: str, values: Values) -> None:
        import pyarrow

        self._matching, self._values = MatchingStrings(regex, values), values
        self._kind = pyarrow.timestamp("s", "UTC")

    def find(self, array: Any) -> Doubtful:
        """Find the doubtful values."""
        rows = self._unparsed(array)
        if rows is None:
            return self._matching.find(array)
        unmatched = self._matching.unmatched(take(array, rows)) if rows else ()
        return self._values.find_among(array, [rows[at] for at in unmatched])

    def _unparsed(self, array: Any) -> list[int] | None:
        """Return the rows of strings that were not parsed, None if they cannot be told."""
        import pyarrow
        from pyarrow import compute

        sizes, bytes_ = compute.binary_length(array), array.cast(_bytes_of(array.type))
        short, long = (compute.equal(sizes, size) for size in integers(_INSTANT_SIZES, sizes.type))
        (last,) = strings([_LAST_DAY], bytes_.type)
        is_day = compute.less(compute.binary_slice(bytes_, *_DAY), last)
        plain = compute.and_(compute.or_(short, long), is_day)
        (null,) = pyarrow.nulls(1, array.type)
        instants = compute.if_else(plain, array, null)
        if b" " in text_of(instants):  # which stands for the T as well
            return None
        try:
            instants.cast(self._kind)
        except pyarrow.ArrowInvalid:
            return None
        return rows_of(compute.invert(plain))


def proof_of_dates(format_name: str, values: Values) -> Proof | None:
    """Return what finds the strings that are doubtful by a format of dates.

    None where a schema has more limits, so that not all that match are valid.
    """
    regex, shortest, longest = _DATES[format_name]
    if not values.are_valid([shortest, longest]):
        return None
    kind = InstantStrings if "T" in shortest else MatchingStrings
    return kind(regex, values).find


def _bytes_of(kind: Any) -> Any:
    import pyarrow
    from pyarrow import types

    return pyarrow.large_binary() if types.is_large_string(kind) else pyarrow.binary()
