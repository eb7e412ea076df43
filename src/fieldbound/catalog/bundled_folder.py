"""The folder of the vendors that come with fieldbound."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

_NAME: Final = "schemas"


@lru_cache(maxsize=1)
def bundled_folder() -> Path:
    """Return the folder: in the package, or beside its sources.

    Of a package in a zip archive, it is extracted for as long as the process runs.
    """
    package = Path(__file__).resolve().parents[1]
    if not package.is_dir():
        return _extracted()
    inside = package / _NAME
    return inside if inside.is_dir() else package.parents[1] / _NAME


def _extracted() -> Path:
    # slow to import, and only needed here
    from importlib.resources import files
    from tempfile import mkdtemp

    folder = Path(mkdtemp(prefix="fieldbound-")) / _NAME  # that nobody else can write to
    _remove_at_exit(folder.parent)
    _copy(files("fieldbound") / _NAME, folder)
    return folder


def _copy(source: Any, target: Path) -> None:
    """Copy a folder of an archive."""
    target.mkdir()
    for each in source.iterdir():
        if each.is_dir():
            _copy(each, target / each.name)
        else:
            (target / each.name).write_bytes(each.read_bytes())


def _remove_at_exit(folder: Path) -> None:
    import atexit
    from shutil import rmtree

    owner = os.getpid()

    def remove() -> None:
        if os.getpid() == owner:  # a forked process may still need it
            rmtree(folder, ignore_errors=True)

    atexit.register(remove)
