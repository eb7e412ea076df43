"""Running the command in this process, and pytest in a separate folder and process."""

from __future__ import annotations

import gc
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest


class Ran(NamedTuple):
    """The result of a command: exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Command: TypeAlias = Callable[..., Ran]
Run: TypeAlias = Callable[..., "subprocess.CompletedProcess[str]"]


#: What a run of pytest starts with: imported once, not once a run. Of fieldbound it is what the
#: plugin imports when an option of its asks for it, and nothing of the plugin itself.
_PRELOADED = [
    *("hypothesis", "httpx", "jsonschema", "openapi_core", "pytest", "requests", "vcr"),
    *(
        "fieldbound.coverage.recorder",
        "fieldbound.http.interception",
        "fieldbound.render.exchanges",
    ),
    *("fieldbound.catalog.single_file", "fieldbound.render.coverage", "fieldbound.policy.ignore"),
    *("fieldbound.validation.explain", "fieldbound.documents.json_text", "_pytest.unittest"),
]
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(_PRELOADED)


def pytest_runner(folder: Path, default: str) -> Run:
    """Return a function that runs pytest on the text of a test file, *default* if none is given.

    Each run is a process of its own, forked from a server that has imported pytest, the HTTP
    clients and much of fieldbound already. *workers* of xdist start as they do elsewhere.
    """

    def run(*args: str, tests: str = default, workers: int = 0) -> subprocess.CompletedProcess[str]:
        (folder / "test_it.py").write_text(tests, "utf-8")
        env = {
            **{key: value for key, value in os.environ.items() if "PYTEST" not in key},
            "CI": "",  # pytest prints each failure twice there
            "BUILD_NUMBER": "",
            # the plugin is loaded once, by name, whether or not its entry point exists
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONUTF8": "1",
        }
        spread = ["-p", "xdist", "-n", str(workers)] if workers else []
        return _forked(folder, [*spread, "-p", "fieldbound.pytest_plugin", *args], env)

    return run


def _forked(folder: Path, argv: list[str], env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as outputs:
        files = [os.path.join(outputs, name) for name in ("out", "err")]  # noqa: PTH118
        process = _FORKS.Process(target=_main, args=(str(folder), argv, env, files))
        process.start()
        process.join()
        out, err = (Path(name).read_text("utf-8") for name in files)
    return subprocess.CompletedProcess(argv, int(process.exitcode or 0), out, err)


def _main(folder: str, argv: list[str], env: dict[str, str], files: list[str]) -> None:
    """Run pytest as `python -m pytest` does, in a process that was forked for it."""
    gc.freeze()  # what the server imported: pytest collects garbage twice at the end of a run
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    for descriptor, name in enumerate(files, 1):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), descriptor)
    sys.stdout, sys.stderr = (
        open(descriptor, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        for descriptor in (1, 2)
    )
    sys.path.insert(0, folder)
    sys.argv = ["pytest", *argv]
    code = pytest.main(argv)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(code))
