"""Ctrl-C, and a reader that is gone, wherever a command is: an exit code, and whole files."""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Sequence
from inspect import CO_GENERATOR
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from fieldbound.cli.commands import COMMANDS
from fieldbound.cli.entry_point import run
from support.effort import is_thorough
from support.imports import contents

CONTRACT = "axim-commerce/create-company-group"
SCHEMA = {"type": "object", "properties": {"name": {"maxLength": 3}}}
DESCRIBE = {"Resources": {"orders": {"attributes": [{"name": "a", "type": "string"}]}}}
FILES = {
    "describe.json": json.dumps(DESCRIBE),
    "order.json": json.dumps(SCHEMA),
    "p/a.json": '{"name": "long"}',
    "r.ndjson": '{"name": "long"}\n{"name": "abc"}\n',
}
#: The arguments of each command; what is written is below `out`, or new.
ARGUMENTS: dict[str, list[list[str]]] = {
    "check": [
        ["-c", "order.json", "p/a.json", "--output", "out"],
        ["-c", "order.json", "p/a.json", "--write-baseline", "out"],
        ["-c", "order.json", "r.ndjson", "--key", "/name", "--write-baseline", "out"],
        ["-c", "order.json", "r.ndjson", "--valid-out", "out", "--invalid-out", "out.invalid"],
    ],
    "lint": [["order.json"]],
    "import": [["describe.json", "--vendor", "acme", "--output", "out"]],
    "init": [[]],
    "explain": [["order.json#/name:maxLength"], ["maxLength"]],
    "docs": [["records"], ["--html", "out"], ["api"]],
    "limits": [["order.json"], [CONTRACT, "--format", "json"]],
    "contracts": [[], ["axim-commerce"]],
    "schema": [["order.json"], [CONTRACT]],
    "config": [[]],
    "cases": [["order.json"]],
    "completion": [["bash"]],
    "models": [["order.json", "--style", "dataclass", "--output", "out"]],
    "samples": [["order.json"]],
    "sources": [["axim-commerce"]],
}
CALLS = [(command, *argv) for command, several in ARGUMENTS.items() for argv in several]


class Interruption:
    """Counts the calls of fieldbound's functions, and interrupts the one of a number."""

    def __init__(self, at: int | None = None) -> None:
        self.count, self._at = 0, at

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """Count a call; at the number, raise what Ctrl-C raises there.

        A generator is called, too, when it is deleted: Python ignores what is raised there.
        """
        if event != "call" or frame.f_code.co_flags & CO_GENERATOR:
            return
        if str(frame.f_globals.get("__name__")).startswith("fieldbound."):
            self.count += 1
            if self.count == self._at:
                raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def _environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "FIELDBOUND_CONFIG", "PAGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def ran(
    argv: Sequence[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    interruption: Interruption | None = None,
) -> int:
    """Run a command in a new folder, with its calls counted if asked for; return its exit code."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["fieldbound", *argv])
    before = sys.getprofile()
    gc.disable()  # it calls what is deleted at any time
    if interruption:
        sys.setprofile(interruption)
    try:
        return run()
    except KeyboardInterrupt:  # it would end the run of all tests
        pytest.fail("the command does not handle Ctrl-C")
    finally:
        sys.setprofile(before)
        gc.enable()


def test_every_command_is_interrupted() -> None:
    """Each command of the table is in these tests."""
    assert {*ARGUMENTS} == {*COMMANDS}


@pytest.mark.parametrize("argv", CALLS, ids=" ".join)
def test_ctrl_c(
    argv: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Ctrl-C ends any command with 130, without a traceback or a file that is not whole."""
    ran(argv, tmp_path / "first", monkeypatch)  # what is imported, and read once
    every = Interruption()
    expected = ran(argv, tmp_path / "whole", monkeypatch, every)
    whole = contents(tmp_path / "whole")
    assert expected in (0, 1)
    capsys.readouterr()
    times = 4 if is_thorough() else 2  # at calls that are evenly spread
    for number in range(times):
        folder = tmp_path / str(number)
        at = 2 + (every.count - 2) * number // times
        code = ran(argv, folder, monkeypatch, Interruption(at))
        err = capsys.readouterr().err
        assert code == 130
        assert "Traceback" not in err
        assert "internal error" not in err
        assert contents(folder).items() <= whole.items()
    assert ran(argv, tmp_path / "last", monkeypatch) == expected
    assert contents(tmp_path / "last") == whole


@pytest.mark.parametrize("argv", CALLS, ids=" ".join)
def test_a_closed_pipe(
    argv: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """If the reader of its output is gone, any command ends with 141, and says nothing of it."""
    expected = ran(argv, tmp_path / "whole", monkeypatch)
    whole = capsys.readouterr()
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        code = ran(argv, tmp_path / "closed", monkeypatch)
    monkeypatch.undo()
    assert code == (141 if whole.out else expected)
    assert {*capsys.readouterr().err.splitlines()} <= {*whole.err.splitlines()}
    assert contents(tmp_path / "closed").items() <= contents(tmp_path / "whole").items()
