"""Files on disk: whether two paths are one file, what the system says of an error, atomic writes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO


def is_same_file(path: str, other: str) -> bool:
    """Return whether two paths lead to one file, be it there or not."""
    if os.path.realpath(path) == os.path.realpath(other):
        return True
    try:
        return Path(path).samefile(other)
    except OSError:
        return False


@contextmanager
def replacing(output: str) -> Iterator[TextIO]:
    """Open a file that takes the place of *output* once it is written whole."""
    target = Path(os.path.realpath(output))
    # A device or a pipe is written to; to put a file in its place would destroy it.
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as stream:
            yield stream
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def reason(error: OSError) -> str:
    """Give the system's reason without its number and file."""
    return error.strerror or str(error)
