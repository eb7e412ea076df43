"""The fenced blocks of a Markdown page, run in reading order: commands, Python, files, settings."""

from __future__ import annotations

import ast
import doctest
import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from fieldbound import config
from fieldbound.cli.entry_point import main
from support.pytest_runs import pytest_runner

#: A fenced block: its language, the name of a file if it is one, and its text.
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FENCE = re.compile(r"^ *(```|~~~)", re.MULTILINE)
#: A command in a script, or in the YAML or Groovy of a CI job.
_COMMAND = re.compile(r"(?<![\w/.-])fieldbound (?=[a-z])[^'\"\n|&;>]*")
#: What needs a session of Spark: its own tests run it.
ON_SPARK = "from fieldbound import spark"


class Block(NamedTuple):
    """A block: its *language*, the *name* of its file or "", its *text*, its first *line*."""

    language: str
    name: str
    text: str
    line: int


class Printed(NamedTuple):
    """What a command printed, and what the page shows; *where* is the page and the line."""

    where: str
    command: str
    shown: str
    printed: str


def blocks(text: str) -> list[Block]:
    """Return the blocks of a page; each has a language, and none is indented."""
    found = [
        Block(match[1], match[2] or "", match[3], text.count("\n", 0, match.start()) + 1)
        for match in _BLOCK.finditer(text)
    ]
    assert len(_FENCE.findall(text)) == 2 * len(found)
    return found


class Reader:
    """Runs the blocks of one page in a folder, one after the other, as a reader does."""

    def __init__(self, page: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._page, self._folder, self._capsys = page, folder, capsys
        self._names: dict[str, Any] = {"__name__": "__main__"}

    def read(self, block: Block) -> Iterator[Printed]:
        """Run a block, or write its file; yield what its commands print."""
        if block.name:
            path = self._folder / block.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, "utf-8")
        _RUNNERS[block.language](self, block)
        if block.language in ("console", "text"):
            yield from self._commands(block)

    def _commands(self, block: Block) -> Iterator[Printed]:
        run = self._command if block.language == "console" else self._pytest
        where = f"{self._page}:{block.line}"
        for each in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, shown = each.partition("\n")
            yield Printed(where, command, shown, run(command))

    def _command(self, command: str) -> str:
        program, *argv = shlex.split(command)
        assert program == "fieldbound"
        self._capsys.readouterr()
        code = main(argv)
        out, err = self._capsys.readouterr()
        assert code in (0, 1) or err, command
        return out + err

    def _pytest(self, command: str) -> str:
        program, *argv, file = shlex.split(command)
        assert program == "pytest"
        run = pytest_runner(self._folder, "")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", "100")
            return run(*argv, "--rootdir=.", "-p", "no:cacheprovider", file).stdout

    def python(self, block: Block) -> None:
        """Run the examples of a session, with the names of those before; or the whole block."""
        if block.name or ON_SPARK in block.text:
            ast.parse(block.text)
        elif ">>> " not in block.text:
            exec(compile(block.text, self._page, "exec"), self._names)  # noqa: S102
        else:
            page = f"{self._page}:{block.line}"
            test = doctest.DocTestParser().get_doctest(block.text, {}, page, page, 0)
            test.globs = self._names
            failures: list[str] = []
            doctest.DocTestRunner().run(test, out=failures.append, clear_globs=False)
            assert not failures, "".join(failures)

    def script(self, block: Block) -> None:
        """Run the commands of fieldbound in a script or in a CI job: none is a usage error."""
        for command in _COMMAND.findall(block.text):
            assert main(shlex.split(command)[1:]) in (0, 1), f"{self._page}:{block.line}: {command}"

    def yaml(self, block: Block) -> None:
        """Parse YAML, and run the commands in it."""
        assert isinstance(yaml.safe_load(block.text), dict)
        self.script(block)

    def settings(self, block: Block) -> None:
        """Read a table of settings, which the file has if it is named."""
        if block.name != "pyproject.toml":
            (self._folder / "settings").mkdir(exist_ok=True)
            (self._folder / "settings" / "pyproject.toml").write_text(block.text, "utf-8")
        config.load(self._folder if block.name else self._folder / "settings")

    def values(self, block: Block) -> None:
        """Parse JSON, on one line or on each."""
        lines = block.text.splitlines() if block.name.endswith("ndjson") else [block.text]
        for line in lines:
            json.loads(line)

    def nothing(self, block: Block) -> None:
        """Do nothing beyond the file, or the commands."""


_RUNNERS: dict[str, Callable[[Reader, Block], None]] = {
    "console": Reader.nothing,
    "csv": Reader.nothing,
    "groovy": Reader.script,
    "json": Reader.values,
    "python": Reader.python,
    "sh": Reader.script,
    "sql": Reader.nothing,
    "text": Reader.nothing,
    "toml": Reader.settings,
    "xml": Reader.nothing,
    "yaml": Reader.yaml,
}
