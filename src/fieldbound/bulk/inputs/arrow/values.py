"""Values of Arrow arrays: a reader for each type that converts them to JSON values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, pairwise
from struct import pack, unpack
from typing import Any, Final, NamedTuple, TypeAlias

from fieldbound.bulk.inputs.blocks import RecordError
from fieldbound.model import FieldboundError, pointer_of

from .arrays import decoded

#: The errors of the values of an array, by index.
RecordErrors: TypeAlias = dict[int, RecordError]
#: Returns the values of an array, None for null, and adds the errors of those that are not JSON.
Reader: TypeAlias = Callable[[Any, RecordErrors], list[Any]]
Path: TypeAlias = tuple[str, ...]

#: Types of pandas whose values are codes: the months, days or hours since 1970 of a period.
_CODED: Final = frozenset(("pandas.period",))
#: No number of 16 bits needs so many digits.
_HALF_DIGITS: Final = 6


class Member(NamedTuple):
    """The values of one property, by its *name*; None where it is absent."""

    name: Any
    values: list[Any]
    some_absent: bool


def member_of(name: str, read: Reader, array: Any, errors: RecordErrors) -> Member | None:
    """Return the member with the values of an array, None if all are null."""
    if array.null_count == len(array):
        return None
    # a null may be among the encoded values instead of the codes
    return Member(name, read(array, errors), bool(array.null_count) or _is_encoded(array.type))


def build_objects(members: Iterable[Member | None], count: int) -> list[Any]:
    """Return *count* objects with these members."""
    present = [each for each in members if each is not None]
    if not present:
        return [{} for _ in range(count)]
    create = _constructor(tuple([each.name for each in present]))
    objects = create([each.values for each in present])
    for name, values, some_absent in present:
        if some_absent:
            # deleted again, so that the properties of all objects are in the order of the columns
            for each, value in zip(objects, values, strict=True):
                if value is None:
                    del each[name]
    return objects


@lru_cache(maxsize=64)
def _constructor(names: tuple[str | int, ...]) -> Callable[[list[list[Any]]], list[Any]]:
    """Return a function that creates objects with these names from columns of values.

    As Python code, {"a": v0, "b": v1} for v0, v1 in zip(*columns), this takes half the time of
    dict(zip(names, row)), which would be half of the time to read a table.
    """
    values = [f"v{index}" for index in range(len(names))]
    members = ", ".join(f"{name!r}: {value}" for name, value in zip(names, values, strict=True))
    code = f"lambda columns: [{{{members}}} for {', '.join(values)}, in zip(*columns)]"
    return eval(code)  # type: ignore[no-any-return]  # noqa: S307 - of names, each as a literal


def _is_encoded(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_dictionary(kind) or types.is_run_end_encoded(kind))


def _check_names(names: list[str], where: str) -> None:
    duplicates = sorted({name for name in names if names.count(name) > 1})
    if duplicates:
        listed = ", ".join(map(repr, duplicates))
        raise FieldboundError(f"{where} has duplicate fields: {listed}")


# -- one reader for each type --------------------------------------------------------------------


def reader_of(kind: Any, path: Path) -> Reader:
    """Return the reader of arrays of a type at a *path*. Raises FieldboundError."""
    from pyarrow import types

    for tests, create in (
        (("is_null", "is_boolean", "is_integer"), _unchanged),
        (("is_string", "is_large_string", "is_string_view"), _strings),
        (("is_floating",), _numbers),
        (("is_decimal",), _decimals),
        (("is_timestamp",), _instants),
        (("is_date", "is_time"), _dates),
        (("is_struct",), _structs),
        (("is_map",), _maps),
        (_LISTS, _lists),
        (("is_binary", "is_large_binary", "is_fixed_size_binary", "is_binary_view"), _bytes),
        (("is_dictionary", "is_run_end_encoded"), _encoded),
    ):
        if any(getattr(types, test)(kind) for test in tests if hasattr(types, test)):
            return create(kind, path)
    if hasattr(kind, "storage_type"):
        return _extended(kind, path)
    raise _unsupported(kind, path)


def reader_of_field(field: Any, path: Path) -> Reader:
    """Return the reader of arrays of a field at a *path*. Raises FieldboundError.

    If nothing has imported pandas, its types are those of what they store.
    """
    name = (field.metadata or {}).get(b"ARROW:extension:name", b"").decode(errors="replace")
    if name in _CODED:
        raise _unsupported(name, path)
    return reader_of(field.type, path)


def _unsupported(kind: Any, path: Path) -> FieldboundError:
    return FieldboundError(
        f"{pointer_of(path)} has the type {kind}, which is not supported: convert it to a string "
        "in the table, or omit the column"
    )


_LISTS: Final = (
    "is_list",
    "is_large_list",
    "is_fixed_size_list",
    "is_list_view",
    "is_large_list_view",
)


def _unchanged(kind: Any, path: Path) -> Reader:  # noqa: ARG001
    return lambda array, _: array.to_pylist()


def _strings(kind: Any, path: Path) -> Reader:  # noqa: ARG001
    import pyarrow

    read_bytes = _bytes(None, path)

    def read(array: Any, errors: RecordErrors) -> list[Any]:
        try:
            return array.to_pylist()  # type: ignore[no-any-return]
        except UnicodeDecodeError:  # Arrow does not verify the encoding
            return read_bytes(array.cast(pyarrow.large_binary()), errors)

    return read


def _bytes(kind: Any, path: Path) -> Reader:  # noqa: ARG001
    error = RecordError("encoding", f"{pointer_of(path)} is not UTF-8")

    def read(array: Any, errors: RecordErrors) -> list[Any]:
        values = array.to_pylist()
        for index, value in enumerate(values):
            if value is not None:
                try:
                    values[index] = value.decode()
                except UnicodeDecodeError:
                    errors.setdefault(index, error)
        return values  # type: ignore[no-any-return]

    return read


def _numbers(kind: Any, path: Path) -> Reader:
    import pyarrow
    from pyarrow import compute

    error = RecordError("nonFinite", f"{pointer_of(path)} must be a finite number")
    is_half = kind == pyarrow.float16()

    def read(array: Any, errors: RecordErrors) -> list[Any]:
        if is_half:
            array = array.cast(pyarrow.float32())
        elif kind != pyarrow.float64():  # 0.1 in 32 bits is 0.10000000149011612 in 64
            array = array.cast(pyarrow.string()).cast(pyarrow.float64())
        finite = compute.is_finite(array)
        if compute.all(finite).as_py() is False:
            _add_errors(errors, error, (each is False for each in finite.to_pylist()))
        values = array.to_pylist()
        return [each and _shortest_half(each) for each in values] if is_half else values

    return read


def _shortest_half(number: float) -> float:
    """Return the shortest decimal that rounds to a number of 16 bits."""
    for digits in range(1, _HALF_DIGITS):
        near = float(f"{number:.{digits}g}")
        with suppress(OverflowError):  # rounded up, it has no 16 bits
            if unpack("e", pack("e", near)) == (number,):
                return near
    return number


def _decimals(kind: Any, path: Path) -> Reader:  # noqa: ARG001
    return lambda array, _: [each if each is None else _exact(each) for each in array.to_pylist()]


def _exact(number: Decimal) -> int | float | Decimal:
    whole = int(number)
    if whole == number:
        return whole
    near = float(number)
    return near if Decimal(repr(near)) == number else number


def _dates(kind: Any, path: Path) -> Reader:
    import pyarrow
    from pyarrow import compute

    fraction = getattr(kind, "unit", "s") != "s"
    error = RecordError("syntax", f"{pointer_of(path)} is out of the range of dates")

    def read(array: Any, errors: RecordErrors) -> list[Any]:
        strings = array.cast(pyarrow.string())
        if fraction:
            strings = compute.replace_substring_regex(strings, r"\.?0+$", "")
        values = strings.to_pylist()
        if compute.any(compute.starts_with(strings, "<")).as_py():  # "<value out of range: ...>"
            _add_errors(errors, error, (each is not None and each[0] == "<" for each in values))
        return values  # type: ignore[no-any-return]

    return read


def _instants(kind: Any, path: Path) -> Reader:
    import pyarrow

    read_date = _dates(kind, path)
    zone = "" if kind.tz is None else "Z"

    def read(array: Any, errors: RecordErrors) -> list[Any]:
        # cast to a type without a zone, an instant is the local time in UTC
        strings = read_date(array.cast(pyarrow.timestamp(kind.unit)), errors)
        return [each and each.replace(" ", "T") + zone for each in strings]

    return read


def _structs(kind: Any, path: Path) -> Reader:
    fields = [kind.field(index) for index in range(kind.num_fields)]
    names = [each.name for each in fields]
    _check_names(names, pointer_of(path))
    if _is_variant({each.name: each.type for each in fields}):
        raise _unsupported("variant", path)
    readers = [reader_of_field(each, (*path, each.name)) for each in fields]

    def read(array: Any, errors: RecordErrors) -> list[Any]:
        # flattened, the fields of a null struct are null
        arrays = zip(names, readers, array.flatten(), strict=True)
        members = (member_of(*each, errors) for each in arrays)
        return _none_where_null(array, build_objects(members, len(array)))

    return read


def _is_variant(members: Mapping[str, Any]) -> bool:
    """Return whether a struct is a variant, whose values Parquet has in an encoding of its own."""
    from pyarrow import types

    return {"metadata", "value"} <= members.keys() <= {"metadata", "value", "typed_value"} and all(
        types.is_binary(members[name]) or types.is_large_binary(members[name])
        for name in ("metadata", "value")
    )


def _lists(kind: Any, path: Path) -> Reader:
    item = reader_of(kind.value_type, (*path, "*"))

    def read(array: Any, errors: RecordErrors) -> list[Any]:
        ends = _ends(array)
        items = _read_items(item, array.flatten(), ends, errors)
        lists = [items[start:end] for start, end in pairwise([0, *ends])]
        return _none_where_null(array, lists)

    return read


def _maps(kind: Any, path: Path) -> Reader:
    import pyarrow
    from pyarrow import types

    key = kind.key_type
    plain = key.value_type if types.is_dictionary(key) else key
    if plain not in (pyarrow.string(), pyarrow.large_string()):
        raise FieldboundError(
            f"{pointer_of(path)} is a map with keys of the type {key}, which is not supported: "
            "convert them to strings in the table, or omit the column"
        )
    name, item = reader_of(key, (*path, "*")), reader_of(kind.item_type, (*path, "*"))
    pairs = pyarrow.struct([pyarrow.field("key", key, nullable=False), kind.item_field])
    duplicate = RecordError("duplicateKey", f"{pointer_of(path)} has a duplicate key")

    def read(array: Any, errors: RecordErrors) -> list[Any]:
        array = array.cast(pyarrow.list_(pairs))
        ends = _ends(array)
        keys, items = array.flatten().flatten()
        names = _read_items(name, keys, ends, errors)
        values = _read_items(item, items, ends, errors)
        maps: list[Any] = []
        for start, end in pairwise([0, *ends]):
            maps.append(dict(zip(names[start:end], values[start:end], strict=True)))
            if len(maps[-1]) < end - start:
                errors.setdefault(len(maps) - 1, duplicate)
        return _none_where_null(array, maps)

    return read


def _encoded(kind: Any, path: Path) -> Reader:
    if _is_encoded(kind.value_type):
        return _encoded(kind.value_type, path)
    read = reader_of(kind.value_type, path)
    return lambda array, errors: read(decoded(array), errors)


def _extended(kind: Any, path: Path) -> Reader:
    if kind.extension_name == "arrow.uuid":
        return lambda array, _: [each if each is None else str(each) for each in array.to_pylist()]
    if kind.extension_name in _CODED:
        raise _unsupported(kind.extension_name, path)
    read = reader_of(kind.storage_type, path)
    return lambda array, errors: read(array.storage, errors)


# -- of arrays within arrays ---------------------------------------------------------------------


def _ends(array: Any) -> list[int]:
    """Return the index at which each list of an array ends among the items of all."""
    from pyarrow import compute

    lengths = compute.list_value_length(array).to_pylist()
    return list(accumulate(each or 0 for each in lengths))


def _read_items(read: Reader, items: Any, ends: list[int], errors: RecordErrors) -> list[Any]:
    """Read the items of lists, and add the error of an item as one of its list."""
    item_errors: RecordErrors = {}
    values = read(items, item_errors)
    for index, error in sorted(item_errors.items()):
        errors.setdefault(bisect_right(ends, index), error)
    return values


def _none_where_null(array: Any, values: list[Any]) -> list[Any]:
    if not array.null_count:
        return values
    valid = array.is_valid().to_pylist()
    return [value if is_valid else None for value, is_valid in zip(values, valid, strict=True)]


def _add_errors(errors: RecordErrors, error: RecordError, invalid: Iterable[bool]) -> None:
    for index, is_invalid in enumerate(invalid):
        if is_invalid:
            errors.setdefault(index, error)
