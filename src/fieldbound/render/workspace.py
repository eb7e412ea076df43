"""File names relative to the root of the repository in a CI job."""

from __future__ import annotations

from .style import STDIN


def in_workspace(name: str, variable: str = "GITHUB_WORKSPACE") -> str | None:
    """Return a file name relative to the root that *variable* names.

    It is None if that is unset or not above the file. GitHub resolves the files of annotations
    there, whatever the working directory was.
    """
    import os

    workspace = os.environ.get(variable)
    return in_folder(name, workspace) if workspace and name != STDIN else None


def in_folder(name: str, folder: str) -> str | None:
    """Return a file name relative to a folder, or None if that is not above it."""
    import os
    from pathlib import Path

    try:
        for absolute in (os.path.abspath, os.path.realpath):
            file, root = Path(absolute(name)), Path(absolute(folder))
            if file.is_relative_to(root):
                return file.relative_to(root).as_posix()
    except ValueError:  # not a valid file name
        return None
    return None
