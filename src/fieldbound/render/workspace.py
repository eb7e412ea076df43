"""File names relative to GITHUB_WORKSPACE."""

from __future__ import annotations

from .style import STDIN


def in_workspace(name: str) -> str | None:
    """Return a file name relative to GITHUB_WORKSPACE, or None if that is unset or not above it.

    GitHub resolves the files of annotations there, whatever the working directory was.
    """
    import os
    from pathlib import Path

    workspace = os.environ.get("GITHUB_WORKSPACE")
    if not workspace or name == STDIN:
        return None
    try:
        for absolute in (os.path.abspath, os.path.realpath):
            file, root = Path(absolute(name)), Path(absolute(workspace))
            if file.is_relative_to(root):
                return file.relative_to(root).as_posix()
    except ValueError:  # not a valid file name
        return None
    return None
