"""The examples of the README: every command and every Python example, with its output."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import fieldbound
from fieldbound.catalog.lint import EXTENSIONS
from fieldbound.cli.entry_point import parser_of_commands
from support.paths import ROOT

README = (ROOT / "README.md").read_text("utf-8")
#: A fenced block: its language, the name of a file if it is one, and its text.
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(language: str) -> list[str]:
    return [text for found, _, text in BLOCK.findall(README) if found == language]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change to a folder with all files of the README."""
    monkeypatch.chdir(tmp_path)
    for _, name, text in BLOCK.findall(README):
        if name:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, "utf-8")


def _run(command: str, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *command.split(), *options],
        env={**os.environ, "FORCE_COLOR": "", **env},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("text", _blocks("console"))
def test_output_of_commands(text: str) -> None:
    """Every command of the README prints exactly the output below it."""
    for shown in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = shown.partition("\n")
        assert command.startswith("fieldbound ")
        result = _run(command, GITHUB_ACTIONS="")
        assert result.stdout + result.stderr == expected


@pytest.mark.parametrize("text", _blocks("text"))
def test_output_of_pytest(text: str) -> None:
    """Every run of pytest in the README prints the output below it, among other lines."""
    command, _, expected = text.removeprefix("$ ").partition("\n")
    result = _run(command, "--rootdir=.", COLUMNS="100", PYTEST_ADDOPTS="")
    assert expected in result.stdout
    assert result.returncode == 1


def test_python_examples() -> None:
    """The Python examples, run one after the other, print the output below them."""
    examples = doctest.DocTestParser().get_doctest(
        "\n".join(_blocks("python")), {}, "README.md", "README.md", 0
    )
    runner = doctest.DocTestRunner()
    assert len(examples.examples) > 15
    assert runner.run(examples).failed == 0


def test_every_option_exists() -> None:
    """Every option in the README is an option of the command, or of pytest with the plugin."""
    usage = parser_of_commands().format_help()
    for action in parser_of_commands()._subparsers._group_actions:  # type: ignore[union-attr]
        usage += "".join(each.format_help() for each in action.choices.values())  # type: ignore[union-attr]
    usage += subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True
    ).stdout
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README))
    assert shown
    assert all(re.search(rf"{option}\b", usage) for option in shown)


def test_every_extension_keyword_is_documented() -> None:
    """Every extension keyword for authors of contracts is in the README."""
    # added by the catalog: of sources.json, of headers, and of what is broken in a foreign document
    internal = {"x-sources", "x-any-case", "x-not-checked"}
    assert all(f"`{keyword}`" in README for keyword in set(EXTENSIONS) - internal)


def test_every_vendor_is_in_the_table() -> None:
    """The table of contracts has exactly the vendors that come with fieldbound."""
    vendors = {name.partition("/")[0] for name in fieldbound.contracts()}
    assert set(re.findall(r"^\| `([\w-]+)` \| \w+ groups", README, re.MULTILINE)) == vendors
