"""The type of an Arrow array goes in; what gives the JSON values of such arrays comes out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, Final, NamedTuple, TypeAlias

from fieldbound.model import FieldboundError, pointer_of

from .blocks import Flaw

#: What is wrong with which value of an array.
Flaws: TypeAlias = dict[int, Flaw]
#: Gives the values of an array, None for null, and tells of those that are no JSON.
Reader: TypeAlias = Callable[[Any, Flaws], list[Any]]
Path: TypeAlias = tuple[str, ...]


class Part(NamedTuple):
    """The member of each object that has one *name*, None for absent, which some may be."""

    name: Any
    values: list[Any]
    some_absent: bool


def part_of(name: str, read: Reader, array: Any, flaws: Flaws) -> Part | None:
    """Return the member that an array has the values of, None where all are null."""
    if array.null_count == len(array):
        return None
    # what is null may be what is encoded, and not the code
    return Part(name, read(array, flaws), bool(array.null_count) or _is_encoded(array.type))


def objects_of(parts: Iterable[Part | None], count: int) -> list[Any]:
    """Return *count* objects of their parts."""
    there = [each for each in parts if each is not None]
    if not there:
        return [{} for _ in range(count)]
    made = _display(tuple([each.name for each in there]))
    objects = made([each.values for each in there])
    for name, values, some_absent in there:
        if some_absent:
            # taken out again, so that the members of all objects are in the order of the columns
            for each, value in zip(objects, values, strict=True):
                if value is None:
                    del each[name]
    return objects


@lru_cache(maxsize=64)
def _display(names: tuple[str | int, ...]) -> Callable[[list[list[Any]]], list[Any]]:
    """Return what makes the objects of columns that have these names.

    Written out as Python code, {"a": v0, "b": v1} for v0, v1 in zip(*columns), that takes half the
    time of dict(zip(names, row)), which would be half of all that it takes to read a table.
    """
    values = [f"v{index}" for index in range(len(names))]
    members = ", ".join(f"{name!r}: {value}" for name, value in zip(names, values, strict=True))
    code = f"lambda columns: [{{{members}}} for {', '.join(values)}, in zip(*columns)]"
    return eval(code)  # type: ignore[no-any-return]  # noqa: S307 - of names, each as a literal


def _is_encoded(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_dictionary(kind) or types.is_run_end_encoded(kind))


def _check_names(names: list[str], where: str) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        told = ", ".join(repr(name) for name in twice)
        raise FieldboundError(f"{where} has more than one member named {told}")


# -- one reader for each type --------------------------------------------------------------------


def reader_of(kind: Any, path: Path) -> Reader:
    """Return what reads arrays of a type, which are at a *path*. Raises FieldboundError."""
    from pyarrow import types

    for tests, make in (
        (("is_null", "is_boolean", "is_integer"), _as_they_are),
        (("is_string", "is_large_string", "is_string_view"), _texts),
        (("is_floating",), _numbers),
        (("is_decimal",), _decimals),
        (("is_timestamp",), _instants),
        (("is_date", "is_time"), _days),
        (("is_struct",), _structs),
        (("is_map",), _maps),
        (_LISTS, _lists),
        (("is_binary", "is_large_binary", "is_fixed_size_binary", "is_binary_view"), _bytes),
        (("is_dictionary", "is_run_end_encoded"), _encoded),
    ):
        if any(getattr(types, test)(kind) for test in tests if hasattr(types, test)):
            return make(kind, path)
    if hasattr(kind, "storage_type"):
        return _extended(kind, path)
    raise FieldboundError(
        f"{pointer_of(path)} is of the type {kind}, which has no JSON value: make it a text in the "
        "table, or leave the column out"
    )


_LISTS: Final = (
    "is_list",
    "is_large_list",
    "is_fixed_size_list",
    "is_list_view",
    "is_large_list_view",
)


def _as_they_are(kind: Any, path: Path) -> Reader:  # noqa: ARG001
    return lambda array, _: array.to_pylist()


def _texts(kind: Any, path: Path) -> Reader:  # noqa: ARG001
    import pyarrow

    as_bytes = _bytes(None, path)

    def read(array: Any, flaws: Flaws) -> list[Any]:
        try:
            return array.to_pylist()  # type: ignore[no-any-return]
        except UnicodeDecodeError:  # Arrow takes the word of whoever wrote the file
            return as_bytes(array.cast(pyarrow.large_binary()), flaws)

    return read


def _bytes(kind: Any, path: Path) -> Reader:  # noqa: ARG001
    flaw = Flaw("encoding", f"{pointer_of(path)} is not UTF-8")

    def read(array: Any, flaws: Flaws) -> list[Any]:
        values = array.to_pylist()
        for index, value in enumerate(values):
            if value is not None:
                try:
                    values[index] = value.decode()
                except UnicodeDecodeError:
                    flaws.setdefault(index, flaw)
        return values  # type: ignore[no-any-return]

    return read


def _numbers(kind: Any, path: Path) -> Reader:
    import pyarrow
    from pyarrow import compute

    text = f"{pointer_of(path)} is no finite number, and JSON has no other"
    flaw = Flaw("nonFinite", text)

    def read(array: Any, flaws: Flaws) -> list[Any]:
        if kind != pyarrow.float64():  # 0.1 in 32 bits is 0.10000000149011612 in 64
            array = array.cast(pyarrow.float32()).cast(pyarrow.string()).cast(pyarrow.float64())
        finite = compute.is_finite(array)
        if compute.all(finite).as_py() is False:
            _tell(flaws, flaw, (each is False for each in finite.to_pylist()))
        return array.to_pylist()  # type: ignore[no-any-return]

    return read


def _decimals(kind: Any, path: Path) -> Reader:  # noqa: ARG001
    return lambda array, _: [each if each is None else _exact(each) for each in array.to_pylist()]


def _exact(number: Decimal) -> int | float | Decimal:
    whole = int(number)
    if whole == number:
        return whole
    near = float(number)
    return near if Decimal(repr(near)) == number else number


def _days(kind: Any, path: Path) -> Reader:
    import pyarrow
    from pyarrow import compute

    fraction = getattr(kind, "unit", "s") != "s"
    flaw = Flaw("syntax", f"{pointer_of(path)} is beyond the calendar")

    def read(array: Any, flaws: Flaws) -> list[Any]:
        texts = array.cast(pyarrow.string())
        if fraction:
            texts = compute.replace_substring_regex(texts, r"\.?0+$", "")
        values = texts.to_pylist()
        if compute.any(compute.starts_with(texts, "<")).as_py():  # so Arrow says it has no text
            _tell(flaws, flaw, (each is not None and each[0] == "<" for each in values))
        return values  # type: ignore[no-any-return]

    return read


def _instants(kind: Any, path: Path) -> Reader:
    import pyarrow

    as_text = _days(kind, path)
    zone = "" if kind.tz is None else "Z"

    def read(array: Any, flaws: Flaws) -> list[Any]:
        # cast to a type without a zone, an instant is what clocks show in UTC
        texts = as_text(array.cast(pyarrow.timestamp(kind.unit)), flaws)
        return [each and each.replace(" ", "T") + zone for each in texts]

    return read


def _structs(kind: Any, path: Path) -> Reader:
    fields = [kind.field(index) for index in range(kind.num_fields)]
    names = [each.name for each in fields]
    _check_names(names, pointer_of(path))
    readers = [reader_of(each.type, (*path, each.name)) for each in fields]

    def read(array: Any, flaws: Flaws) -> list[Any]:
        # flattened, what is in a struct that is null is null
        arrays = zip(names, readers, array.flatten(), strict=True)
        parts = (part_of(*each, flaws) for each in arrays)
        return _none_where_null(array, objects_of(parts, len(array)))

    return read


def _lists(kind: Any, path: Path) -> Reader:
    item = reader_of(kind.value_type, (*path, "*"))

    def read(array: Any, flaws: Flaws) -> list[Any]:
        ends = _ends(array)
        items = _within(item, array.flatten(), ends, flaws)
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
            f"{pointer_of(path)} is a map whose keys are of the type {key}, but the names in an "
            "object are texts: make it a map of texts in the table, or leave the column out"
        )
    name, item = reader_of(key, (*path, "*")), reader_of(kind.item_type, (*path, "*"))
    pairs = pyarrow.struct([pyarrow.field("key", key, nullable=False), kind.item_field])
    twice = Flaw("duplicateKey", f"{pointer_of(path)} has the same name twice")

    def read(array: Any, flaws: Flaws) -> list[Any]:
        array = array.cast(pyarrow.list_(pairs))
        ends = _ends(array)
        keys, items = array.flatten().flatten()
        names = _within(name, keys, ends, flaws)
        values = _within(item, items, ends, flaws)
        maps: list[Any] = []
        for start, end in pairwise([0, *ends]):
            maps.append(dict(zip(names[start:end], values[start:end], strict=True)))
            if len(maps[-1]) < end - start:
                flaws.setdefault(len(maps) - 1, twice)
        return _none_where_null(array, maps)

    return read


def _encoded(kind: Any, path: Path) -> Reader:
    from pyarrow import compute, types

    read = reader_of(kind.value_type, path)
    if types.is_dictionary(kind):
        return lambda array, flaws: read(array.dictionary_decode(), flaws)
    return lambda array, flaws: read(compute.run_end_decode(array), flaws)


def _extended(kind: Any, path: Path) -> Reader:
    if kind.extension_name == "arrow.uuid":
        return lambda array, _: [each if each is None else str(each) for each in array.to_pylist()]
    read = reader_of(kind.storage_type, path)
    return lambda array, flaws: read(array.storage, flaws)


# -- of arrays within arrays ---------------------------------------------------------------------


def _ends(array: Any) -> list[int]:
    """Return where each list of an array ends among the items of all."""
    from pyarrow import compute

    lengths = compute.list_value_length(array).to_pylist()
    return list(accumulate(each or 0 for each in lengths))


def _within(read: Reader, items: Any, ends: list[int], flaws: Flaws) -> list[Any]:
    """Read the items of lists, and tell of what is wrong with one as wrong with its list."""
    inner: Flaws = {}
    values = read(items, inner)
    for index, flaw in sorted(inner.items()):
        flaws.setdefault(bisect_right(ends, index), flaw)
    return values


def _none_where_null(array: Any, values: list[Any]) -> list[Any]:
    if not array.null_count:
        return values
    there = array.is_valid().to_pylist()
    return [value if valid else None for value, valid in zip(values, there, strict=True)]


def _tell(flaws: Flaws, flaw: Flaw, found: Iterable[bool]) -> None:
    for index, wrong in enumerate(found):
        if wrong:
            flaws.setdefault(index, flaw)
