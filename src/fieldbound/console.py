"""Text goes in, and out to a file or a standard stream, sound whatever these are."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .render import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO


class Console:
    """What is said on stderr, each sentence once; *problems* are the errors, each time anew."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._said: set[str] = set()
        self.problems: list[str] = []

    @property
    def failed(self) -> bool:
        """Whether there was an error."""
        return bool(self.problems)

    def error(self, text: str, *, about: str | None = None) -> None:
        """Say what keeps something from being judged, or shown.

        What is said once holds *about* each of the files that it keeps from being judged.
        """
        self.problems.append(text if about is None else f"{about}: {text}")
        self._say(text)

    def note(self, text: str) -> None:
        """Say what is good to know, unless all is to be quiet."""
        if not self._quiet:
            self._say(text)

    def _say(self, text: str) -> None:
        if text not in self._said and sys.stderr is not None:
            self._said.add(text)
            sys.stderr.write(f"fieldbound: {escaped(text)}\n")


def put(text: str) -> None:
    """Write *text* to standard output, if there is one."""
    if sys.stdout is not None:
        sys.stdout.write(text)


def is_terminal(stream: TextIO | None) -> bool:
    """Tell whether *stream* is shown to somebody as it is written."""
    return stream is not None and stream.isatty()


def width() -> int | None:
    """Tell how many cells a line of standard output has, or None: without bound."""
    if not is_terminal(sys.stdout):
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def colored(choice: str, output: str | None) -> bool:
    """Tell whether to color: as chosen, or "auto", which is only on a terminal that can."""
    if choice != "auto" or output is not None:
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"


def ascii_only(output: str | None) -> bool:
    """Tell whether standard output, if no file is written, cannot take what charts are drawn of."""
    from .render.bulk.charts import BLOCKS

    encoding = "utf-8" if output is not None else getattr(sys.stdout, "encoding", None)
    try:
        BLOCKS.encode(encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return True
    return False


def is_same(path: str, other: str) -> bool:
    """Tell whether two paths lead to one file, be it there or not."""
    from pathlib import Path

    if os.path.realpath(path) == os.path.realpath(other):
        return True
    try:
        return Path(path).samefile(other)
    except OSError:
        return False


@contextmanager
def replacing(output: str) -> Iterator[TextIO]:
    """Open a file that takes the place of *output* once it is written whole."""
    from pathlib import Path

    target = Path(os.path.realpath(output))
    # A device or a pipe is written to; to put a file in its place would destroy it.
    if target.exists() and not target.is_file():
        with target.open("w", encoding="utf-8", newline="\n") as stream:
            yield stream
        return
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}.tmp")
    try:
        with beside.open("x", encoding="utf-8", newline="\n") as stream:
            yield stream
        if target.exists():
            beside.chmod(target.stat().st_mode & 0o7777)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def written(console: Console, chunks: Iterator[str], output: str | None) -> bool:
    """Write to *output*, None being standard output; tell whether all could be written."""
    if output is None:
        for chunk in chunks:
            put(chunk)
        return True
    try:
        with replacing(output) as stream:
            stream.writelines(chunks)
    except OSError as error:
        console.error(f"cannot write {output}: {reason(error)}")
        return False
    return True


def reason(error: OSError) -> str:
    """Give the system's reason without its number and file."""
    return error.strerror or str(error)


def let_go(stream: Any) -> None:
    """Keep Python from writing what is left of *stream* at its end, and failing again."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (AttributeError, OSError, ValueError):
        return
