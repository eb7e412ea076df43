"""The README's examples, run as they stand."""

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
#: A fenced block: its language, the file it stands for if it names one, and its text.
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(language: str) -> list[str]:
    return [text for found, _, text in BLOCK.findall(README) if found == language]


@pytest.fixture(name="here", autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder that has every file the README shows."""
    monkeypatch.chdir(tmp_path)
    for _, name, text in BLOCK.findall(README):
        if name:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(text, "utf-8")


@pytest.mark.parametrize("text", _blocks("console"))
def test_a_command_prints_what_the_readme_shows(text: str) -> None:
    """Every command of the README prints just what stands below it."""
    for shown in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = shown.partition("\n")
        assert command.startswith("fieldbound ")
        done = subprocess.run(
            [sys.executable, "-m", *command.split()],
            env={**os.environ, "GITHUB_ACTIONS": "", "FORCE_COLOR": ""},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stdout + done.stderr == expected


@pytest.mark.parametrize("text", _blocks("text"))
def test_a_run_of_pytest_prints_what_the_readme_shows(text: str) -> None:
    """The run of pytest that the README shows prints what stands below it, among its own lines."""
    command, _, expected = text.removeprefix("$ ").partition("\n")
    done = subprocess.run(
        [sys.executable, "-m", *command.split(), "--rootdir=."],
        env={**os.environ, "FORCE_COLOR": "", "COLUMNS": "100", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert expected in done.stdout
    assert done.returncode == 1


def test_python_examples_do_what_they_say() -> None:
    """The Python examples, run one after the other, print what stands below them."""
    examples = doctest.DocTestParser().get_doctest(
        "\n".join(_blocks("python")), {}, "README.md", "README.md", 0
    )
    runner = doctest.DocTestRunner(optionflags=doctest.IGNORE_EXCEPTION_DETAIL)
    assert len(examples.examples) > 15
    assert runner.run(examples).failed == 0


def test_every_option_that_is_shown_exists() -> None:
    """Every option in the README is one of the command line's, or of pytest with the plugin."""
    usage = parser_of_commands().format_help()
    for action in parser_of_commands()._subparsers._group_actions:  # type: ignore[union-attr]
        usage += "".join(each.format_help() for each in action.choices.values())  # type: ignore[union-attr]
    usage += subprocess.run(
        [sys.executable, "-m", "pytest", "--help"], capture_output=True, text=True, check=True
    ).stdout
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", README))
    assert shown
    assert all(re.search(rf"{option}\b", usage) for option in shown)


def test_every_extension_keyword_is_explained() -> None:
    """Every keyword that a contract's author writes is in the README."""
    made_here = {"x-sources", "x-any-case"}  # by the catalogue, from sources.json and headers
    assert all(f"`{keyword}`" in README for keyword in set(EXTENSIONS) - made_here)


def test_every_vendor_is_in_the_table() -> None:
    """The table of contracts has every vendor that comes with fieldbound, and no other."""
    vendors = {name.partition("/")[0] for name in fieldbound.contracts()}
    assert set(re.findall(r"^\| `([\w-]+)` \| \w+ groups", README, re.MULTILINE)) == vendors
