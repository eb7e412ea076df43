"""Shell completion: commands, options, names of contracts and ids of limits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import fieldbound
from fieldbound.cli.completion import SHELLS
from support.forked import forked
from support.running import Command

EXAMPLE = "fortellis/query-parts-groups"
needs_argcomplete = pytest.mark.skipif("not __import__('importlib').util.find_spec('argcomplete')")
#: The command; argcomplete writes to descriptor 8, on which the shell listens.
_PROGRAM = "import sys; from fieldbound.cli import run; sys.exit(run())"
#: As a shell starts it, which reads descriptor 8 and discards what is written to 9.
_STARTED = f"import os; os.dup2(1, 8); os.dup2(os.open(os.devnull, os.O_WRONLY), 9); {_PROGRAM}"


def completions(line: str, *, by_shell: bool = False) -> list[str]:
    """Return what a shell is told to complete a line with."""
    env = {
        **os.environ,
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_SHELL": "bash",
        "_ARGCOMPLETE_IFS": "\n",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    if by_shell:
        argv = ["sh", "-c", 'exec "$0" -c "$1" 8>&1 9>/dev/null', sys.executable, _PROGRAM]
        done = subprocess.run(argv, env=env, check=False, capture_output=True, text=True).stdout
    else:
        done = forked(_STARTED, env=env).out
    return [each.rstrip() for each in done.split("\n")]


@needs_argcomplete
@pytest.mark.skipif(os.name == "nt", reason="descriptors are passed as POSIX does")
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("fieldbound expl", ["explain"]),
        ("fieldbound schema --dr", ["--draft"]),
        ("fieldbound schema --draft ", ["2020-12", "7"]),
        ("fieldbound explain maxL", ["maxLength"]),
        (f"fieldbound limits {EXAMPLE}/request.q", [f"{EXAMPLE}/request.query"]),
        (f"fieldbound check -c {EXAMPLE}/request.q", [f"{EXAMPLE}/request.query"]),
        ("fieldbound contracts ow", ["own.json"]),
        (f"fieldbound models {EXAMPLE}/request.q", [f"{EXAMPLE}/request.query"]),
        ("fieldbound models --style m", ["msgspec"]),
        (f"fieldbound samples {EXAMPLE}/request.q", [f"{EXAMPLE}/request.query"]),
        ("fieldbound sources o", ["oracle-cx-sales"]),
        ("fieldbound docs --vendor f", ["fortellis"]),
    ],
)
def test_completions(line: str, found: list[str], folder: Path) -> None:
    """Commands, options, their choices, names of contracts and vendors, files of schemas, codes."""
    (folder / "own.json").write_text("{}")
    assert completions(line) == found


@needs_argcomplete
@pytest.mark.skipif(os.name == "nt", reason="descriptors are passed as POSIX does")
def test_ids_are_completed() -> None:
    """After the name of a contract, in quotes, the ids of its limits."""
    name = f"{EXAMPLE}/request.query"
    ids = {each.id for each in fieldbound.contract(name).limits}
    assert {*completions(f"fieldbound explain '{name}#", by_shell=True)} == ids


@needs_argcomplete
@pytest.mark.parametrize("shell", SHELLS)
def test_shell_code(shell: str, cli: Command) -> None:
    """Each shell has code that names the command."""
    ran = cli("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    assert "fieldbound" in ran.out


def test_without_argcomplete(cli: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named; a shell that asks gets nothing, and no error."""
    monkeypatch.setitem(sys.modules, "argcomplete", None)
    ran = cli("completion", "bash")
    assert (ran.code, ran.out) == (2, "")
    assert "pip install 'fieldbound[completion]'" in ran.err
