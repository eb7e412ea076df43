"""What is given as records goes in, a path, a stream or values; the Source of them comes out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, TypeAlias

from fieldbound.model import FieldboundError

from .blocks import Frame, Values
from .compression import PACKED, READ, Bytes, Stream
from .json_array import Array, is_array
from .ndjson import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.validation import Contract

    from .blocks import Block, Piece, Source

Given: TypeAlias = "str | os.PathLike[str] | BinaryIO | Iterable[Any]"

#: Records that are values are judged so many at a time.
_PIECE: Final = 1000
#: What the name of a file ends in, and the format that it is in.
_FORMATS: Final = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
}
FORMATS: Final = ("ndjson", "json", "csv", "tsv", "parquet")
_PARQUET: Final = b"PAR1"
#: Bytes in which the first character of an array is looked for before a file is read as such.
_LOOK: Final = 4 << 10


def source_of(
    given: Given,
    *,
    format: str | None = None,  # noqa: A002 - as it is called everywhere
    columns: Mapping[str, str] | None = None,
    contract: Contract | None = None,
) -> Source:
    """Return the source of records: a file by its path, a binary stream, or values one by one.

    *format* is one of `FORMATS`; without it, the name of a file says, or else how it begins.
    *columns* maps names of columns to JSON Pointers; *contract* says what the texts of CSV are
    taken for. Raises OSError for a file that cannot be read, FieldboundError for one that is none
    of records, TypeError and ValueError for what is no such argument.
    """
    if format is not None and format not in FORMATS:
        raise ValueError(f"format is {format!r}, but must be one of {', '.join(FORMATS)}")
    if isinstance(given, (str, os.PathLike)):
        path = os.fspath(given)
        if not isinstance(path, str):
            raise TypeError("the path is of bytes: give it as str")
        return _of_file(path, format, columns, contract)
    if callable(getattr(given, "read", None)):
        return _of_bytes(Bytes(given), format, columns, contract)  # type: ignore[arg-type]
    if isinstance(given, (bytes, bytearray, Mapping)) or not isinstance(given, Iterable):
        raise TypeError(
            f"records are a {type(given).__name__}: give the path of a file, a binary stream, or "
            "a list or another iterable of records"
        )
    _no_columns(columns, format or "values")
    return Records(given)


def is_records(path: str | os.PathLike[str]) -> bool:
    """Whether the name of a file says that it has many records."""
    plain, packing = _plain(os.fsdecode(path))
    suffix = _suffix(plain)
    return suffix in _FORMATS or (bool(packing) and suffix == ".json")


def holds_array(path: str | os.PathLike[str]) -> bool:
    """Whether a file named as JSON has an array of objects. Raises OSError."""
    name = os.fsdecode(path)
    if _suffix(name) != ".json":
        return False
    with open(name, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
        start = file.read(_LOOK)
    return is_array(start) and start.partition(b"[")[2].lstrip().startswith(b"{")


def _of_file(
    path: str,
    format: str | None,  # noqa: A002
    columns: Mapping[str, str] | None,
    contract: Contract | None,
) -> Source:
    if os.path.isdir(path):  # noqa: PTH112 - pathlib is slow to import
        from .parquet import Parquet

        return Parquet(path, columns, contract)
    given = Bytes(path)
    chosen = format or _FORMATS.get(_suffix(_plain(path)[0])) or _format(given)
    if chosen == "parquet" and given.is_plain:
        from .parquet import Parquet

        return Parquet(path, columns, contract)
    if chosen == "ndjson" and given.is_plain:
        _no_columns(columns, "NDJSON")
        return Lines(path)
    return _of_bytes(given, chosen, columns, contract)


def _of_bytes(
    given: Bytes,
    format: str | None,  # noqa: A002
    columns: Mapping[str, str] | None,
    contract: Contract | None,
) -> Source:
    chosen = format or _format(given)
    if chosen == "parquet":
        raise FieldboundError(
            f"{given.name} is Parquet, which is read from its end: give the path of a file that is "
            "not packed"
        )
    if chosen in ("csv", "tsv"):
        from .csv_records import Table

        return Table(given, columns, contract, "\t" if chosen == "tsv" else None)
    _no_columns(columns, "NDJSON" if chosen == "ndjson" else "a JSON array")
    return Array(given) if chosen == "json" else Stream(given)


def _format(given: Bytes) -> str:
    """Return the format of what begins as it does."""
    start = given.start(READ)
    return "parquet" if start.startswith(_PARQUET) else "json" if is_array(start) else "ndjson"


def _plain(path: str) -> tuple[str, str | None]:
    """Return a path without what says that the file is packed, and how it is."""
    stem, suffix = os.path.splitext(path)  # noqa: PTH122 - pathlib is slow to import
    packing = PACKED.get(suffix.lower())
    return (stem if packing else path), packing


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()  # noqa: PTH122


def _no_columns(columns: Mapping[str, str] | None, given: str) -> None:
    if columns:
        raise FieldboundError(
            f"columns are mapped for CSV and Parquet, but these records are {given}: they have "
            "their attributes where they belong, so leave the columns out"
        )


class Records:
    """Values that are given one by one: a Source, as `pieces` has it."""

    name: str | None = None
    size: int | None = None
    valid = invalid = Frame()
    cut_off: str | None = None

    def __init__(self, given: Iterable[Any]) -> None:
        self._given = given

    def blocks(self, first: int = 0) -> Iterator[tuple[int, Block]]:
        """Take so many of the values at a time."""
        values, number = iter(self._given), 0
        while some := list(islice(values, _PIECE)):
            if number >= first:
                yield 0, Some(some)
            number += 1


class Some(NamedTuple):
    """A block of values."""

    values: Sequence[Any]

    def read(self) -> Iterator[Piece]:
        """Give the values."""
        yield Values(self.values)
