"""What has been prepared of the vendors that come with fieldbound, when its wheel was made.

Of each contract the schema with all that it refers to, and what is known of it as a whole, so that
nothing has to be bundled and looked through. It is data only, and counts only for the very files
that it was made of: a checksum of them is in it. Without it, as in a checkout of the sources, all
is read from these files, with the same result.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from zlib import crc32

from fieldbound.catalog.bundled_folder import bundled_folder
from fieldbound.model import ContractEntry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from fieldbound.validation import Contract

#: The folder of what has been prepared: a file for each vendor, and one of all names. In each, the
#: first line is a checksum of the files that it was prepared of.
FOLDER: Final = "prepared"
#: A line for each contract: its entry, separated by tabs.
NAMES: Final = "names.tsv"
#: First where each contract begins and ends, in bytes after that line, then JSON, line by line.
SUFFIX: Final = ".ndjson"
#: Keywords of which schemas of a vendor have the same members: here, where these begin and end.
SHARED: Final = ("$defs", "x-sources")
Span: TypeAlias = "tuple[int, int]"


class Lines:
    """A file of what is prepared of a vendor: where its contracts are, and the bytes of lines."""

    def __init__(self, data: bytes) -> None:
        from fieldbound.documents import parse

        head, _, self._rest = data.partition(b"\n")
        self.spans: dict[str, Span] = parse(head).value

    def values(self, spans: Iterable[Span]) -> list[Any]:
        """Return the values at some places."""
        from fieldbound.documents import parse

        texts = b",".join([self._rest[start:end] for start, end in spans])
        return list(parse(b"[" + texts + b"]").value)


def checksum(folder: Path, length: int) -> str:
    """Return a checksum of the names and contents of the files of the vendors in a folder.

    It begins with the *length* of what is prepared of them. It finds what was changed or cut off by
    mistake: who may write there may change the code as well.
    """
    found = length
    for vendor in sorted(os.listdir(folder)):  # noqa: PTH208 - pathlib takes twice as long
        for name in sorted(os.listdir(os.path.join(folder, vendor))):  # noqa: PTH118, PTH208
            with open(os.path.join(folder, vendor, name), "rb") as file:  # noqa: PTH118, PTH123
                data = file.read()
            found = crc32(data, crc32(f"{vendor}/{name}:{len(data)}:".encode(), found))
    return f"{found:08x}"


def entries() -> list[ContractEntry] | None:
    """Return the names of all contracts, sorted; None if they have not been prepared."""
    found = _read(NAMES)
    if found is None:
        return None
    return [ContractEntry(*each.split("\t")) for each in found.decode().splitlines()]


@lru_cache(maxsize=1024)
def contract_named(name: str) -> Contract | None:
    """Return the contract of a name, with all formats as limits; None if it is not prepared."""
    vendor, _, rest = name.partition("/")
    lines = _vendor(vendor) if vendor in _vendors() else None
    span = None if lines is None else lines.spans.get(rest)
    if lines is None or span is None:
        return None
    from fieldbound.validation import Prepared, prepared_contract

    (own,) = lines.values([span])
    schemas = [_with_shared(each, lines) for each in own["schemas"]]
    return prepared_contract(name, Prepared(schemas[0], schemas[-1], own["facts"]))


def _with_shared(schema: dict[str, Any], lines: Lines) -> dict[str, Any]:
    """Return a schema with what it shares with others, which is a copy for each."""
    shared: dict[str, Any] = {
        key: dict(lines.values(schema[key])) for key in SHARED if key in schema
    }
    return {**schema, **shared}


@lru_cache(maxsize=1)
def _vendors() -> frozenset[str]:
    """Return the names of the vendors: what a user names as one may lead anywhere as a path."""
    return frozenset(os.listdir(bundled_folder()))  # noqa: PTH208 - names alone


@lru_cache(maxsize=4)
def _vendor(name: str) -> Lines | None:
    data = _read(name + SUFFIX)
    return None if data is None else Lines(data)


def _read(name: str) -> bytes | None:
    """Return what is in a file; None if it is not there, not readable, or of other files."""
    path = os.path.join(bundled_folder().parent, FOLDER, name)  # noqa: PTH118
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            made_of, rest = file.readline(), file.read()
        is_current = made_of.strip() == checksum(bundled_folder(), len(rest)).encode()
    except OSError:
        return None
    return rest if is_current else None
