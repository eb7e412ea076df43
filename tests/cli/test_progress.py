"""The progress line: shown on a terminal only, and cleared at the end."""

from __future__ import annotations

import io
import os
import pty
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress
from fcntl import ioctl
from typing import TextIO

import pytest
from hypothesis import given, strategies as st

from fieldbound.cli import progress as progress_module
from fieldbound.cli.progress import Progress, ProgressLine

FULL = (
    "50 %, 0:05 left, 3,210 violations, 1,234,567 records, 246,913 records/s, 10.0 MB/s"
    " [######......]"
)


class Terminal:
    """A terminal of some columns, with what is written to it."""

    def __init__(self, columns: int) -> None:
        self._master, slave = pty.openpty()
        self.resize(columns)
        self.stream: TextIO = os.fdopen(slave, "w", encoding="utf-8")
        self.written = ""

    def resize(self, columns: int) -> None:
        """Change its width."""
        ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self) -> None:
        """Read all that was written, as the device has a small buffer."""
        self.stream.write("\0")  # marks the end
        self.stream.flush()
        while not self.written.endswith("\0"):
            self.written += os.read(self._master, 65536).decode()
        self.written = self.written.rstrip("\0")

    def screen(self) -> str:
        """Return the visible line."""
        self.read()
        cells: list[str] = []
        at = 0
        for each in self.written:
            if each == "\r":
                at = 0
            else:
                cells[at : at + 1] = each
                at += 1
        return "".join(cells).rstrip(" ")

    def close(self) -> None:
        """Close it."""
        self.stream.close()
        os.close(self._master)


@pytest.fixture(name="open_terminal")
def _open_terminal() -> Iterator[Callable[[int], Terminal]]:
    opened: list[Terminal] = []

    def open_one(columns: int) -> Terminal:
        opened.append(Terminal(columns))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


class Clock:
    """A clock that is set by the test."""

    now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture(name="clock")
def _clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(progress_module, "monotonic", clock)
    monkeypatch.setenv("TERM", "xterm")
    return clock


def _half_done(terminal: Terminal, clock: Clock, size: int | None = 100_000_000) -> Progress:
    progress = Progress(size, stream=terminal.stream)
    clock.now += 5
    progress.update(50_000_000, 1_234_567, 3_210)
    return progress


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (98, FULL),
        (160, f"{FULL[:-14]}[{'#' * 20}{'.' * 20}]"),
        (91, FULL.partition(" [")[0]),
        (83, FULL.partition(" [")[0]),
        (82, f"{FULL[:71]} [###....]"),
        (49, "50 %, 0:05 left, 3,210 violations [######......]"),
        (40, "50 %, 0:05 left, 3,210 violations"),
        (14, "50 % [###...]"),
        (13, "50 %"),
        (5, "50 %"),
        (2, ""),
        (0, FULL[:71]),
    ],
)
def test_the_line_fits_the_terminal(
    open_terminal: Callable[[int], Terminal], clock: Clock, columns: int, line: str
) -> None:
    """The line has as many parts as fit into the terminal, the most important first."""
    terminal = open_terminal(columns)
    progress = _half_done(terminal, clock)
    assert terminal.screen() == line
    progress.close()
    assert terminal.screen() == ""


def test_without_a_size_there_is_no_percentage(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """Without a size, only what is done is shown."""
    terminal = open_terminal(100)
    progress = _half_done(terminal, clock, None)
    assert terminal.screen() == FULL.partition("left, ")[2].partition(" [")[0]
    progress.close()


def test_the_line_is_updated_ten_times_a_second(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """The line is updated at most once per interval, and not at the start."""
    terminal = open_terminal(100)
    progress = Progress(1000, stream=terminal.stream)
    for at in range(1000):
        progress.update(at, at, 0)
        terminal.read()
        clock.now += 0.001
    progress.close()
    terminal.read()
    assert 5 <= terminal.written.count("\r") <= 12


def test_a_short_run_shows_nothing(open_terminal: Callable[[int], Terminal], clock: Clock) -> None:
    """A run shorter than the interval writes nothing."""
    terminal = open_terminal(100)
    with Progress(1000, stream=terminal.stream) as progress:
        clock.now += 0.01
        progress.update(1000, 10, 0)
    assert terminal.screen() == ""
    assert terminal.written == ""


def test_a_shorter_line_replaces_a_longer_one(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """A longer line is overwritten, also when the terminal became narrower."""
    terminal = open_terminal(98)
    progress = _half_done(terminal, clock)
    terminal.resize(75)
    clock.now += 1
    progress.update(100_000_000, 1, 1)
    assert (
        terminal.screen()[:74].rstrip()
        == "100 %, 0:00 left, 1 violation, 1 record, 0 records/s, 16.7 MB/s [########]"
    )
    progress.close()


def test_a_resumed_run_counts_from_its_checkpoint(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """The rates of a resumed run do not count earlier records."""
    terminal = open_terminal(200)
    progress = Progress(1000, stream=terminal.stream, position=500, records=50)
    clock.now += 10
    progress.update(600, 60, 0)
    assert terminal.screen().startswith("60 %, 0:40 left, 0 violations, 60 records, 1 records/s")
    progress.close()


def test_rates_are_those_of_the_last_updates(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """The rates of a run that became slower are the current ones."""
    terminal = open_terminal(100)
    progress = Progress(None, stream=terminal.stream)
    for at in range(1000):
        clock.now += 0.1 if at < 500 else 1
        progress.update(at, at * 10, 0)
        terminal.read()
    assert "10 records/s" in terminal.screen()
    progress.close()


def test_a_line_of_any_parts(open_terminal: Callable[[int], Terminal], clock: Clock) -> None:
    """As many parts are shown as fit, and a bar if there is a share; later ones replace them."""
    terminal = open_terminal(40)
    with ProgressLine(stream=terminal.stream) as line:
        line.show(["too early"])
        clock.now += 1
        line.show(["12 pairs", "3 of 6 limits"], 0.5)
        assert terminal.screen() == "12 pairs, 3 of 6 limits [######.......]"
        clock.now += 1
        line.show(["13 pairs"])
        assert terminal.screen().rstrip() == "13 pairs"
    assert terminal.screen().strip() == ""


@given(st.integers(0, 10**7))
def test_durations(seconds: int) -> None:
    """A duration has hours, minutes and seconds."""
    parts = [int(each) for each in progress_module._duration(seconds).split(":")]
    assert sum(each * 60**power for power, each in enumerate(reversed(parts))) == seconds
    assert all(each < 60 for each in parts[1:])


def test_without_a_terminal_nothing_is_shown(
    open_terminal: Callable[[int], Terminal], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file, a dumb terminal, --quiet or a closed stderr shows nothing."""
    file = io.StringIO()
    terminal = open_terminal(100)
    shown = [Progress(10, stream=file), Progress(10, quiet=True, stream=terminal.stream)]
    monkeypatch.setenv("TERM", "dumb")
    shown.append(Progress(10, stream=terminal.stream))
    monkeypatch.setattr(sys, "stderr", None)
    shown.append(Progress(10))
    clock.now += 5
    for progress in shown:
        progress.update(5, 5, 5)
        progress.close()
        progress.update(6, 6, 6)
    assert file.getvalue() == ""
    assert terminal.screen() == ""


def test_a_closed_terminal_does_not_stop_the_run(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """If the line can no longer be written, the run continues."""
    terminal = open_terminal(100)
    progress = _half_done(terminal, clock)
    terminal.stream.close()
    clock.now += 1
    progress.update(60_000_000, 1, 1)
    progress.close()
    assert terminal.stream.closed


def test_an_interrupt_clears_the_line() -> None:
    """After Ctrl-C the line and the echo of it are cleared, and there is no thread."""
    code = """
import signal, sys, threading, termios
from fcntl import ioctl
signal.signal(signal.SIGINT, signal.default_int_handler)  # the parent process may ignore it
ioctl(0, termios.TIOCSCTTY, 0)  # the terminal sends the interrupt
from fieldbound.cli import progress as progress_module
progress_module._INTERVAL = 0
with progress_module.Progress(100) as progress:
    try:
        while True:
            progress.update(50, 5, 5)
    finally:
        assert threading.active_count() == 1
"""
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", "PYTHON_COLORS": "0"},
        start_new_session=True,
    ) as run:
        os.close(slave)
        written = os.read(master, 100)
        os.write(master, b"\x03")
        with suppress(OSError):  # the end of a terminal
            while more := os.read(master, 65536):
                written += more
        assert run.wait() != 0
    os.close(master)
    line, _, after = written.partition(b"Traceback")
    shown, cleared, end = line.rsplit(b"\r", 2)
    assert b"50 %" in shown
    assert cleared.strip() == b""
    assert len(cleared) >= len(b"50 %, 0:00 left^C")
    assert end == b""
    assert after
