"""Arrow arrays and batches: rows by their indices, lengths of strings, and plain encodings."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow

    from .values import Reader


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
    """Return an array with a plain encoding, None if it has one."""
    import pyarrow
    from pyarrow import compute, types

    kind = column.type
    if types.is_dictionary(kind):
        if not column.dictionary.null_count:
            return None
        column = column.dictionary_decode()
    elif types.is_run_end_encoded(kind):
        column = compute.run_end_decode(column)
    if types.is_binary_view(column.type):
        return column.cast(pyarrow.large_binary())
    return column.cast(pyarrow.large_string()) if types.is_string_view(column.type) else column


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


def string_lengths(column: Any, read: Reader) -> Any:
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
