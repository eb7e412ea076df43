"""Arrow arrays and batches: rows by their indices, lengths of strings, and plain encodings."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow


def plain_batch(
    batch: pyarrow.RecordBatch, schema: pyarrow.Schema
) -> tuple[pyarrow.RecordBatch, pyarrow.Schema]:
    """Return a batch without the encodings that most functions of pyarrow do not take.

    With it, the *schema* by which its values are read, which is returned as it is if no column has
    such an encoding.
    """
    import pyarrow

    names, columns = batch.schema.names, batch.columns
    changed = {
        at: plain
        for at in _encoded(tuple(batch.schema.types))
        if (plain := _plain(columns[at])) is not None
    }
    if not changed:
        return batch, schema
    for at, plain in changed.items():
        columns[at] = plain
        field = schema.get_field_index(names[at])
        schema = schema.set(field, schema.field(field).with_type(plain.type))
    return pyarrow.RecordBatch.from_arrays(columns, names=names), schema


@lru_cache(maxsize=64)
def _encoded(kinds: tuple[pyarrow.DataType, ...]) -> Sequence[int]:
    """Return the indices of the columns that may have such an encoding, given their types."""
    from pyarrow import types

    tests = (
        *(types.is_dictionary, types.is_run_end_encoded),
        *(types.is_binary_view, types.is_string_view),
    )
    return [at for at, kind in enumerate(kinds) if any(test(kind) for test in tests)]


def byte_size(batch: pyarrow.RecordBatch) -> int:
    """Return the bytes of a batch: of all that its arrays share, if those of a part are unknown.

    Older versions of pyarrow do not know them of views.
    """
    try:
        return batch.nbytes  # type: ignore[no-any-return]
    except TypeError:
        return batch.get_total_buffer_size()  # type: ignore[no-any-return]


def _plain(column: Any) -> Any:
    """Return an array with a plain encoding, None if it has one: that may be a dictionary."""
    from pyarrow import types

    kind = column.type
    if not types.is_dictionary(kind):
        return plain_values(column)
    if column.dictionary.null_count:
        return decoded(column)
    return _with_plain_words(column) if _encoded((kind.value_type,)) else None


def plain_values(column: Any) -> Any:
    """Return an array without a dictionary, runs, or views."""
    import pyarrow
    from pyarrow import types

    kind = column.type
    if types.is_dictionary(kind) or types.is_run_end_encoded(kind):
        return decoded(column)
    if types.is_binary_view(kind):
        return column.cast(pyarrow.large_binary())
    return column.cast(pyarrow.large_string()) if types.is_string_view(kind) else column


def decoded(column: Any) -> Any:
    """Return an array without its dictionary, or its runs.

    Most functions of pyarrow that do so do not take those of views, or of other such arrays.
    """
    import pyarrow
    from pyarrow import compute, types

    if types.is_dictionary(column.type):
        return _with_plain_words(column).dictionary_decode()
    values = plain_values(column.values)
    runs = pyarrow.RunEndEncodedArray.from_arrays(column.run_ends, values)
    return compute.run_end_decode(runs.slice(column.offset, len(column)))


def _with_plain_words(column: Any) -> Any:
    """Return an array with a dictionary of plain values. Raises IndexError if a word is missing."""
    import pyarrow

    return pyarrow.DictionaryArray.from_arrays(column.indices, plain_values(column.dictionary))


def verified(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """Return a batch as it was read. Raises IndexError for what is not in a dictionary.

    Arrow does not verify that when it reads, and fails wherever the values are used.
    """
    for column in batch.columns:
        _verify(column)
    return batch


def _verify(column: Any) -> None:
    import pyarrow
    from pyarrow import types

    kind = column.type
    if types.is_dictionary(kind):
        pyarrow.DictionaryArray.from_arrays(column.indices, column.dictionary)
    elif _has_dictionary(kind):
        flat = (column.keys, column.items) if types.is_map(kind) else column.flatten()
        for each in [flat] if isinstance(flat, pyarrow.Array) else flat:
            _verify(each)


@lru_cache(maxsize=64)
def _has_dictionary(kind: pyarrow.DataType) -> bool:
    from pyarrow import types

    inner = (kind.field(at).type for at in range(kind.num_fields))
    return types.is_dictionary(kind) or any(map(_has_dictionary, inner))


def is_text(kind: Any) -> bool:
    """Return whether arrays of a type have strings, plainly encoded."""
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind))


def text_of(column: Any) -> bytes:
    """Return the bytes of all strings of an array, one after another."""
    from pyarrow import types

    _, offsets, text = column.buffers()
    if text is None or not len(column):
        return b""
    ends = memoryview(offsets).cast("q" if types.is_large_string(column.type) else "i")
    return bytes(memoryview(text)[ends[column.offset] : ends[column.offset + len(column)]])


def integers(values: Iterable[int], kind: Any = None) -> Any:
    """Return an array of integers, of 64 bits if no type is given.

    `pyarrow.array` imports pandas, if there is one, and so does any scalar that is made of a value:
    that takes longer than to check a hundred thousand rows.
    """
    import pyarrow

    numbers = array("q", values)
    found = pyarrow.Array.from_buffers(
        pyarrow.int64(), len(numbers), [None, pyarrow.py_buffer(numbers)]
    )
    return found if kind is None else found.cast(kind)


def strings(values: Iterable[str], kind: Any) -> Any:
    """Return an array of strings, without those that are not Unicode."""
    import pyarrow

    texts = [each.encode() for each in values if is_unicode(each)]
    buffers = (array("i", accumulate(map(len, texts), initial=0)), b"".join(texts))
    found = pyarrow.Array.from_buffers(
        pyarrow.string(), len(texts), [None, *map(pyarrow.py_buffer, buffers)]
    )
    return found.cast(kind)


def is_unicode(text: str) -> bool:
    """Return whether a string has an encoding in UTF-8: no half of a pair of surrogates."""
    return not any("\ud800" <= each <= "\udfff" for each in text)


def rows_of(mask: Any) -> list[int]:
    """Return the indices at which a mask is true."""
    from pyarrow import compute

    return compute.indices_nonzero(mask).to_pylist()  # type: ignore[no-any-return]


def null_rows(column: Any) -> Sequence[int]:
    """Return the indices of nulls."""
    return rows_of(column.is_null()) if column.null_count else ()


def is_in(numbers: Any, values: Iterable[int]) -> Any:
    """Return the mask of what is one of some values."""
    from pyarrow import compute

    return compute.is_in(numbers, value_set=integers(values, numbers.type))


def take(rows: Any, indices: Sequence[int]) -> Any:
    """Return the rows of a batch, or the values of an array, at these indices."""
    return rows.take(integers(indices))


def string_lengths(column: Any, read: Callable[[Any, dict[int, Any]], list[Any]]) -> Any:
    """Return the length of each string of an array, null for another value."""
    import pyarrow
    from pyarrow import compute, types

    kind = column.type
    if is_text(kind):
        return compute.utf8_length(column)
    if types.is_dictionary(kind) and is_text(kind.value_type):
        return compute.utf8_length(column.dictionary).take(column.indices)
    if types.is_boolean(kind) or types.is_integer(kind) or types.is_floating(kind):
        return pyarrow.nulls(len(column), pyarrow.int32())
    lengths = [len(each) if each.__class__ is str else None for each in read(column, {})]
    return pyarrow.array(lengths, pyarrow.int32())


def length_counts(lengths: Any, without: Sequence[int]) -> Counter[int]:
    """Return how often each length occurs, *without* the rows of these indices."""
    if lengths.null_count == len(lengths):
        return Counter()
    values, counts = lengths.drop_null().value_counts().flatten()
    found = Counter(dict(zip(values.to_pylist(), counts.to_pylist(), strict=True)))
    for each in take(lengths, without).to_pylist() if without else ():
        if each is not None:
            found[each] -= 1
    return +found
