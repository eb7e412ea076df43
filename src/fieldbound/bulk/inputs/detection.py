"""Whether a file is one of records, by its name or its first bytes, before any of them is read.

Each file of a check is asked this; nothing that reads records is imported for it.
"""

from __future__ import annotations

import os
import re
from typing import Final

#: The compression of a file by the suffix of its name.
COMPRESSIONS: Final = {".gz": "gzip", ".zst": "zstd"}
#: The format of a file by the suffix of its name.
FORMAT_OF: Final = {
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
}
#: The start of an array.
ARRAY: Final = re.compile(rb"(?:\xef\xbb\xbf)?[ \t\r\n]*\[")
#: Bytes in which the first characters of an array are searched.
_DETECTED: Final = 4 << 10


def is_records(path: str | os.PathLike[str]) -> bool:
    """Return whether the name of a file is one of a file of records."""
    name, is_compressed = uncompressed(os.fsdecode(path))
    suffix = suffix_of(name)
    return suffix in FORMAT_OF or (is_compressed and suffix == ".json")


def holds_array(path: str | os.PathLike[str]) -> bool:
    """Return whether a file named .json has an array of objects. Raises OSError."""
    name = os.fsdecode(path)
    if suffix_of(name) != ".json":
        return False
    with open(name, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
        start = file.read(_DETECTED)
    return is_array(start) and start.partition(b"[")[2].lstrip().startswith(b"{")


def is_array(start: bytes) -> bool:
    """Return whether a text with this start is an array."""
    return ARRAY.match(start) is not None


def uncompressed(path: str) -> tuple[str, bool]:
    """Return a path without the suffix of a compression, and whether it has one."""
    stem, suffix = os.path.splitext(path)  # noqa: PTH122 - pathlib is slow to import
    is_compressed = suffix.lower() in COMPRESSIONS
    return (stem if is_compressed else path), is_compressed


def suffix_of(path: str) -> str:
    """Return the suffix of a path in lower case."""
    return os.path.splitext(path)[1].lower()  # noqa: PTH122
