"""Standard input, output and error, and output files."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO


#: The width of a terminal that does not say it.
_COLUMNS = 80


class Console:
    """Writes errors and notes to stderr, each once.

    *problems* lists every error, *unreported* those that no output has counted yet.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._written: set[str] = set()
        self.problems: list[str] = []
        self.unreported: list[str] = []

    @property
    def failed(self) -> bool:
        """Whether there was an error."""
        return bool(self.problems)

    def error(self, text: str, *, about: str | None = None) -> None:
        """Report what could not be checked or written.

        *about* is the file: the same error about two files is written once and counts as two
        problems.
        """
        problem = text if about is None else f"{about}: {text}"
        self.problems.append(problem)
        self.unreported.append(problem)
        self._write(text)

    def failure(self, text: str) -> None:
        """Write why the check fails, if that is no violation, even with --quiet."""
        self._write(text)

    def note(self, text: str) -> None:
        """Write a note, unless --quiet."""
        if not self._quiet:
            self._write(text)

    def _write(self, text: str) -> None:
        if text not in self._written and sys.stderr is not None:
            from fieldbound.model import escaped

            self._written.add(text)
            sys.stderr.write(f"fieldbound: {escaped(text)}\n")


def write_stdout(text: str) -> None:
    """Write *text* to standard output, unless it is closed."""
    if sys.stdout is not None:
        sys.stdout.write(text)


def stdin_bytes() -> bytes:
    """Read all of standard input. Raises OSError if it is closed."""
    if sys.stdin is None:
        raise OSError("it is closed")
    return sys.stdin.buffer.read()


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether *stream* is a terminal."""
    return stream is not None and stream.isatty()


def width() -> int | None:
    """Return the width of the terminal in cells, or None if standard output is not a terminal."""
    if not is_terminal(sys.stdout):
        return None
    return columns()


def columns() -> int:
    """Return what `shutil.get_terminal_size` does for columns: it is slow to import."""
    given = os.environ.get("COLUMNS", "")
    if given.isdecimal() and int(given) > 0:
        return int(given)
    try:
        found = os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    except (AttributeError, ValueError, OSError):
        found = 0
    return found or _COLUMNS


def colored(choice: str, output: str | None) -> bool:
    """Return whether to color: as chosen, or with "auto" on a terminal that supports it."""
    if choice != "auto" or output is not None:
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"


def ascii_only(output: str | None) -> bool:
    """Return whether the encoding of the output lacks the block characters of charts."""
    from fieldbound.render import BLOCKS

    encoding = "utf-8" if output is not None else getattr(sys.stdout, "encoding", None)
    try:
        BLOCKS.encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return True
    return False


def write(console: Console, chunks: Iterator[str], output: str | None) -> bool:
    """Write to the file *output*, or to standard output if None; return whether that worked."""
    if output is None:
        for chunk in chunks:
            write_stdout(chunk)
        return True
    from fieldbound.documents import atomic_write, os_error_reason

    try:
        with atomic_write(output) as stream:
            stream.writelines(chunks)
    except OSError as error:
        console.error(f"cannot write {output}: {os_error_reason(error)}")
        return False
    return True


def detach(stream: Any) -> None:
    """Redirect *stream* to the null device, so that flushing it at exit does not fail again."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (AttributeError, OSError, ValueError):
        return
