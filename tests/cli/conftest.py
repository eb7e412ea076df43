"""The command, run in this process, in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldbound.cli.entry_point import main
from support.running import Command, Ran


@pytest.fixture(name="cli")
def _cli(capsys: pytest.CaptureFixture[str]) -> Command:
    def command(*argv: str) -> Ran:
        code = main(argv)
        return Ran(code, *capsys.readouterr())

    return command


@pytest.fixture(name="folder")
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory: an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
