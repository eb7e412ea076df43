"""Whether a file is one that contracts are read from: it must not be overwritten."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from fieldbound.documents import SUFFIXES, is_same_file, read
from fieldbound.model import percent_decoded

from .lookup import is_path
from .vendors.vendor import bundled_vendors, openapi_path


def is_contract_file(
    path: str, names: Iterable[str] = (), folders: Iterable[str | os.PathLike[str]] = ()
) -> bool:
    """Return whether a file is in a vendor's folder, or one that contracts of these names use.

    Vendors are the bundled ones, and those of *folders*; a name that is a path is that of a file,
    which may refer to others.
    """
    target = Path(os.path.realpath(path))
    if not target.is_file():
        return False
    if target.suffix in SUFFIXES and any(map(target.is_relative_to, _vendor_folders(folders))):
        return True
    return any(is_same_file(path, str(each)) for each in _files_of(names))


def _vendor_folders(folders: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    """Yield the folders of vendors, without symbolic links."""
    yield from (Path(os.path.realpath(each.folder)) for each in bundled_vendors().values())
    for folder in map(Path, folders):
        for each in folder.iterdir() if folder.is_dir() else ():
            if openapi_path(each) is not None:
                yield Path(os.path.realpath(each))


def _files_of(names: Iterable[str]) -> Iterator[Path]:
    """Yield the files of these names, and those that they refer to, directly or by others."""
    pending = [Path(name.partition("#")[0]).absolute() for name in names if is_path(name)]
    seen = set[Path]()
    while pending:
        path = pending.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        yield path
        try:
            value = read(path).value
        except OSError:
            continue  # reported when it is read as a contract
        pending += [Path(os.path.normpath(path.parent / each)) for each in _references(value)]


def _references(value: Any) -> Iterator[str]:
    """Yield the files that a document refers to, relative to its folder."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            file = str(each.get("$ref", "")).partition("#")[0]
            if file and "://" not in file:
                yield percent_decoded(file)
            stack.extend(each.values())
        elif isinstance(each, list):
            stack.extend(each)
