"""What has been prepared of the vendors that come with fieldbound, when its wheel was made.

Of each contract the schema with all that it refers to, what the engine reads of it, what is known
of it as a whole, and its limits, so that nothing has to be bundled and looked through. It is data
only, and counts only for the very files that it was made of: a checksum of them is in it. Without
it, as in a checkout of the sources, all is read from these files, with the same result.
"""

from __future__ import annotations

import os
from binascii import crc32
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from fieldbound.catalog.bundled_folder import bundled_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldbound.model import ContractEntry, Limit
    from fieldbound.validation import Contract

    from .limit_table import LimitTable

#: The folder of what has been prepared: two files for each vendor, and one of all names. In each,
#: the first line is a checksum of the files that it was prepared of.
FOLDER: Final = "prepared"
#: A line for each contract: its entry, separated by tabs.
NAMES: Final = "names.tsv"
#: A line for each contract: its name, and where it begins and ends, separated by tabs. After an
#: empty line follows that, as JSON, line by line.
SUFFIX: Final = ".ndjson"
#: The same of the limits of contracts: of each its row, and of no name the columns of all rows.
LIMITS_SUFFIX: Final = ".limits.ndjson"
COLUMNS: Final = ""
#: Keywords of which schemas of a vendor have the same members: here, where these begin and end.
SHARED: Final = ("$defs", "x-sources")
Span: TypeAlias = "tuple[int, int]"


class Lines:
    """A file of what is prepared of a vendor: where its contracts are, and the bytes of lines."""

    def __init__(self, data: bytes) -> None:
        head, _, self._rest = data.partition(b"\n\n")
        lines = (line.partition("\t") for line in head.decode().split("\n"))
        #: Where each contract is, as text: few of them are needed.
        self.places = {name: place for name, _, place in lines}

    def of(self, name: str) -> Any:
        """Return the value of a name. Raises KeyError if there is none."""
        start, _, end = self.places[name].partition("\t")
        return self.values([(int(start), int(end))])[0]

    def values(self, spans: Iterable[Span]) -> list[Any]:
        """Return the values at some places."""
        from fieldbound.documents import own_value

        texts = b",".join([self._rest[start:end] for start, end in spans])
        return list(own_value(b"[" + texts + b"]"))


def checksum(folder: str) -> int:
    """Return a checksum of the names and contents of the files of the vendors in a folder.

    It finds what was changed or cut off by mistake: who may write there may change the code as
    well.
    """
    found = 0
    for vendor in sorted(os.listdir(folder)):  # noqa: PTH208 - pathlib takes twice as long
        for name in sorted(os.listdir(os.path.join(folder, vendor))):  # noqa: PTH118, PTH208
            with open(os.path.join(folder, vendor, name), "rb") as file:  # noqa: PTH118, PTH123
                data = file.read()
            found = crc32(data, crc32(f"{vendor}/{name}:{len(data)}:".encode(), found))
    return found


def first_line(made_of: int, length: int) -> bytes:
    """Return the first line of a file: the checksum of what it was made of, and its own length."""
    return f"{made_of:08x} {length}\n".encode()


def entries() -> list[ContractEntry] | None:
    """Return the names of all contracts, sorted; None if they have not been prepared."""
    found = _read(NAMES)
    if found is None:
        return None
    from fieldbound.model import ContractEntry

    return [ContractEntry(*each.split("\t")) for each in found.decode().splitlines()]


@lru_cache(maxsize=1024)
def contract_named(name: str) -> Contract | None:
    """Return the contract of a name, with all formats as limits; None if it is not prepared."""
    vendor, _, rest = name.partition("/")
    lines = _lines(vendor + SUFFIX) if vendor in _vendors() else None
    if lines is None or rest not in lines.places:
        return None
    from fieldbound.validation import Prepared, prepared_contract

    own = lines.of(rest)
    schema, *read = (partial(_with_shared, each, lines) for each in own["schemas"])
    limits = partial(_limits, vendor, rest)
    return prepared_contract(
        name, Prepared(own["facts"], schema, read[0] if read else None, limits)
    )


def _with_shared(schema: dict[str, Any], lines: Lines) -> dict[str, Any]:
    """Return a schema with what it shares with others, which is a copy for each."""
    shared: dict[str, Any] = {
        key: dict(lines.values(schema[key])) for key in SHARED if key in schema
    }
    return {**schema, **shared}


def _limits(vendor: str, rest: str) -> tuple[Limit, ...] | None:
    """Return the limits of a contract; None if they are not prepared."""
    lines, table = _lines(vendor + LIMITS_SUFFIX), _limit_table(vendor)
    if lines is None or table is None:
        return None
    return table.limits(f"{vendor}/{rest}", lines.of(rest))


@lru_cache(maxsize=4)
def _limit_table(vendor: str) -> LimitTable | None:
    from .limit_table import LimitTable

    lines = _lines(vendor + LIMITS_SUFFIX)
    return None if lines is None else LimitTable(lines.of(COLUMNS))


@lru_cache(maxsize=1)
def _vendors() -> frozenset[str]:
    """Return the names of the vendors: what a user names as one may lead anywhere as a path."""
    return frozenset(os.listdir(bundled_path()))  # noqa: PTH208 - names alone


@lru_cache(maxsize=8)
def _lines(name: str) -> Lines | None:
    data = _read(name)
    return None if data is None else Lines(data)


def _read(name: str) -> bytes | None:
    """Return what is in a file; None if it is not there, not readable, or of other files."""
    path = os.path.join(os.path.dirname(bundled_path()), FOLDER, name)  # noqa: PTH118, PTH120
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            first, rest = file.readline(), file.read()
        is_current = first == first_line(_made_of(), len(rest))
    except OSError:
        return None
    return rest if is_current else None


@lru_cache(maxsize=1)
def _made_of() -> int:
    """Return the checksum of the files that are there, as this process found them."""
    return checksum(bundled_path())
