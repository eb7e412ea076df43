"""File names as GitHub sees them: relative to its workspace."""

from __future__ import annotations

from .style import STDIN


def in_workspace(name: str) -> str | None:
    """Give a file's name as seen from GITHUB_WORKSPACE, if that is set and the file lies below it.

    There annotations are looked for, whatever folder the command was run in.
    """
    import os
    from pathlib import Path

    workspace = os.environ.get("GITHUB_WORKSPACE")
    if not workspace or name == STDIN:
        return None
    try:
        for whole in (os.path.abspath, os.path.realpath):
            file, root = Path(whole(name)), Path(whole(workspace))
            if file.is_relative_to(root):
                return file.relative_to(root).as_posix()
    except ValueError:  # no name of a file
        return None
    return None
