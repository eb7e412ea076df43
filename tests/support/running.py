"""Runs of the command in this process, and of pytest in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias


class Ran(NamedTuple):
    """What a run of the command left: its exit code, what it wrote and what it said."""

    code: int
    out: str
    err: str


Command: TypeAlias = Callable[..., Ran]
Run: TypeAlias = Callable[..., "subprocess.CompletedProcess[str]"]


def runs_in(folder: Path, otherwise: str) -> Run:
    """Return what runs pytest on the text of a test file, *otherwise* where none is given."""

    def run(
        *args: str, tests: str = otherwise, workers: int = 0
    ) -> subprocess.CompletedProcess[str]:
        (folder / "test_it.py").write_text(tests, "utf-8")
        also = ["-p", "xdist", "-n", str(workers)] if workers else []
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "fieldbound.pytest_plugin", *also, *args],
            cwd=folder,
            env={
                **{key: value for key, value in os.environ.items() if "PYTEST" not in key},
                "CI": "",  # where pytest tells each failure twice
                "BUILD_NUMBER": "",
                # whether or not the entry point is installed: loaded once, and by its name
                "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
                "PYTHONUTF8": "1",
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )

    return run
