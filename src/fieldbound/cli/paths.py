"""What a FILE stands for: a file, the files that a glob matches, or those below a folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fieldbound.documents import is_same_file, why_unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How the names of payloads end, of those below a folder that are checked by one contract.
PAYLOADS: Final = (".json", ".yaml", ".yml", ".ndjson", ".jsonl")
#: What makes a glob of a path.
_MAGIC: Final = frozenset("*?[")
#: How the names of recordings end.
RECORDINGS: Final = (".har", *PAYLOADS)


def matching(path: str) -> list[str] | None:
    """Return what a glob matches, for shells that leave globs alone; None for any other path.

    A file of just that name is no glob.
    """
    if _MAGIC.isdisjoint(path) or os.path.lexists(path):
        return None
    from fieldbound.config import found_paths

    return sorted(found_paths(path))


def below(folder: str, suffixes: tuple[str, ...], besides: str | None = None) -> Iterator[str]:
    """Yield the files below a folder with one of the suffixes, sorted, without hidden ones.

    *besides* is a file to leave out: the contract, which may be among its payloads.
    """
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(files):
            path = os.path.normpath(os.path.join(parent, name))  # noqa: PTH118
            if name.startswith(".") or not name.lower().endswith(suffixes):
                continue
            if besides is None or not is_same_file(path, besides):
                yield path


def is_below(path: str, folder: str) -> bool:
    """Return whether a path is below a folder, wherever links lead."""
    parent = os.path.join(os.path.realpath(folder), "")  # noqa: PTH118
    return os.path.realpath(path).startswith(parent)


def unreadable(path: str) -> str | None:
    """Return why there is no file at a path, or None if there is one."""
    try:
        os.stat(path)  # noqa: PTH116 - pathlib is slow to import
    except OSError as error:
        return why_unreadable(error, path)
    except ValueError:  # not a valid file name
        return "no file has such a name"
    return None
