"""The folder of the vendors that come with fieldbound."""

from __future__ import annotations

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path

_NAME: Final = "schemas"


@lru_cache(maxsize=1)
def bundled_folder() -> Path:
    """Return the folder, as `bundled_path` does."""
    from pathlib import Path  # slow to import

    return Path(bundled_path())


@lru_cache(maxsize=1)
def bundled_path() -> str:
    """Return the path of the folder: in the package, or beside its sources.

    Of a package in a zip archive, it is extracted for as long as the process runs.
    """
    package = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
    if not os.path.isdir(package):
        return _extracted()
    inside = os.path.join(package, _NAME)
    if os.path.isdir(inside):
        return inside
    return os.path.join(os.path.dirname(os.path.dirname(package)), _NAME)


def _extracted() -> str:
    # slow to import, and only needed here
    from importlib.resources import files
    from pathlib import Path
    from tempfile import mkdtemp

    folder = Path(mkdtemp(prefix="fieldbound-")) / _NAME  # that nobody else can write to
    _remove_at_exit(folder.parent)
    _copy(files("fieldbound") / _NAME, folder)
    return str(folder)


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
