"""Files on disk: whether two paths are the same file, atomic writes, reasons of errors."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

#: How the names of files end that have a JSON value.
SUFFIXES: Final = (".json", ".yaml", ".yml")
#: How many files of a folder are compared with the name of one that is missing.
_MAX_NAMES: Final = 1000


def is_same_file(path: str, other: str) -> bool:
    """Return whether two paths name the same file, even if it does not exist."""
    if os.path.realpath(path) == os.path.realpath(other):
        return True
    try:
        return os.path.samefile(path, other)  # noqa: PTH121 - pathlib is slow to import
    except OSError:
        return False


@contextmanager
def atomic_write(output: str) -> Iterator[TextIO]:
    """Open a file that replaces *output* once it is completely written."""
    from pathlib import Path  # slow to import

    target = Path(os.path.realpath(output))
    # A device or a pipe is written to: replacing it with a file would destroy it.
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    temporary = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    try:
        with temporary.open("x", encoding="utf-8", newline="\n") as stream:
            yield stream
        if target.exists():
            temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def os_error_reason(error: OSError) -> str:
    """Return the system's message of an error, without errno and file name."""
    return error.strerror or str(error)


def why_unreadable(error: OSError, path: str) -> str:
    """Return why a file cannot be read; of one that is missing, also which one may be meant."""
    reason = os_error_reason(error)
    return f"{reason}{_did_you_mean(path)}" if isinstance(error, FileNotFoundError) else reason


def _did_you_mean(path: str) -> str:
    from pathlib import Path  # slow to import

    from fieldbound.model import closest_name

    folder = Path(path).parent
    try:
        names = [each.name for each, _ in zip(folder.iterdir(), range(_MAX_NAMES), strict=False)]
    except (OSError, ValueError):
        return ""
    meant = closest_name(Path(path).name, names)
    return f"; did you mean {folder / meant}?" if meant else ""
