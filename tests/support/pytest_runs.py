"""Running pytest in a folder and a process of its own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from .forked import forked

Run: TypeAlias = Callable[..., "subprocess.CompletedProcess[str]"]

#: What a run of pytest starts with: imported once, not once a run. Of fieldbound it is what the
#: plugin imports when an option of its asks for it, and nothing of the plugin itself. The last line
#: is what pytest does at the first failure: Python looks at the file of each module.
_IMPORTS = """\
import hypothesis, httpx, jsonschema, openapi_core, pytest, requests, vcr
import fieldbound.coverage.recorder, fieldbound.http.interception, fieldbound.render.exchanges
import fieldbound.catalog.single_file, fieldbound.render.coverage, fieldbound.policy.ignore
import fieldbound.http.exchange, fieldbound.validation.explain
import importlib, inspect
from _pytest.config import default_plugins
for each in (*default_plugins, "_argcomplete"):
    importlib.import_module("_pytest." + each)
inspect.getmodule(compile("", "<string>", "exec"))
"""
_RUN = "import os, pytest, sys; sys.path.insert(0, os.getcwd()); sys.exit(int(pytest.main()))"


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
        argv = [*spread, "-p", "fieldbound.pytest_plugin", *args]
        ran = forked(_RUN, *argv, env=env, folder=folder, imports=_IMPORTS)
        return subprocess.CompletedProcess(argv, *ran)

    return run
