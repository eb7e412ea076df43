"""The pager: what is longer than the screen of a terminal is shown page by page."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from .console import is_terminal, write_stdout

if TYPE_CHECKING:
    import argparse

#: What less gets, unless the user has LESS: quit if it fits, keep colors, keep the screen.
_LESS: Final = "FRX"
#: Values of PAGER that stand for none.
_NO_PAGER: Final = frozenset(("", "cat", "-"))


def add_no_pager(parser: argparse.ArgumentParser) -> None:
    """Add the --no-pager option of a command whose output may be long."""
    parser.add_argument(
        "--no-pager", action="store_true", help="print at once, even if longer than the screen"
    )


def page(text: str, *, no_pager: bool = False) -> None:
    """Write a text to standard output: to the PAGER if it is longer than the terminal's screen."""
    command = os.environ.get("PAGER", "less").strip()
    shown = not no_pager and command not in _NO_PAGER and _is_interactive() and _is_long(text)
    if not (shown and _show(command, text)):
        write_stdout(text)


def _is_interactive() -> bool:
    return is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"


def _is_long(text: str) -> bool:
    from shutil import get_terminal_size

    return text.count("\n") >= get_terminal_size().lines


def _show(command: str, text: str) -> bool:
    """Show a text in the pager; return whether there is one."""
    import shlex
    import signal
    import subprocess

    env = {"LESS": _LESS, "LV": "-c", **os.environ}
    sys.stdout.flush()
    before = signal.getsignal(signal.SIGINT)
    try:
        pager = subprocess.Popen(shlex.split(command), stdin=subprocess.PIPE, env=env)  # noqa: S603
    except (OSError, ValueError):
        return False
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pager
        pager.communicate(text.encode("utf-8", "backslashreplace"))
    finally:
        signal.signal(signal.SIGINT, before)
    return True
