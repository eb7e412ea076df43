"""What a terminal shows while a run is under way, and that nothing else shows it."""

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

from fieldbound.cli import progress as room
from fieldbound.cli.progress import Progress

FULL = (
    "50 %, 0:05 left, 3,210 violations, 1,234,567 records, 246,913 records/s, 10.0 MB/s"
    " [######......]"
)


class Terminal:
    """A terminal of so many cells, with what is written to it."""

    def __init__(self, columns: int) -> None:
        self._master, slave = pty.openpty()
        self.resize(columns)
        self.stream: TextIO = os.fdopen(slave, "w", encoding="utf-8")
        self.written = ""

    def resize(self, columns: int) -> None:
        """Give it another width."""
        ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def read(self) -> None:
        """Take in all that was written: the device holds only so much."""
        self.stream.write("\0")  # what there is to read ends here
        self.stream.flush()
        while not self.written.endswith("\0"):
            self.written += os.read(self._master, 65536).decode()
        self.written = self.written.rstrip("\0")

    def screen(self) -> str:
        """Return what is seen in the line, after all that was written."""
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
        """Give it up."""
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
    """A clock that is set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@pytest.fixture(name="clock")
def _clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(room, "monotonic", clock)
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
def test_a_line_fits(
    open_terminal: Callable[[int], Terminal], clock: Clock, columns: int, line: str
) -> None:
    """A terminal shows as much as has room in one line, what matters most first."""
    terminal = open_terminal(columns)
    progress = _half_done(terminal, clock)
    assert terminal.screen() == line
    progress.close()
    assert terminal.screen() == ""


def test_without_a_size_there_is_no_share(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """Of a pipe nobody knows how much is left, so what was done is shown."""
    terminal = open_terminal(100)
    progress = _half_done(terminal, clock, None)
    assert terminal.screen() == FULL.partition("left, ")[2].partition(" [")[0]
    progress.close()


def test_a_line_is_drawn_ten_times_a_second(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """However often it is told, the line is drawn anew only after a pause, and not at once."""
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
    """A run that is over at once writes nothing to the terminal."""
    terminal = open_terminal(100)
    with Progress(1000, stream=terminal.stream) as progress:
        clock.now += 0.01
        progress.update(1000, 10, 0)
    assert terminal.screen() == ""
    assert terminal.written == ""


def test_a_shorter_line_leaves_nothing_of_a_longer_one(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """What was shown before is gone, even when the terminal got narrower."""
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


def test_a_resumed_run_counts_from_where_it_begins(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """What an earlier run did makes this one no faster."""
    terminal = open_terminal(200)
    progress = Progress(1000, stream=terminal.stream, position=500, records=50)
    clock.now += 10
    progress.update(600, 60, 0)
    assert terminal.screen().startswith("60 %, 0:40 left, 0 violations, 60 records, 1 records/s")
    progress.close()


def test_the_rate_is_that_of_the_last_while(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """A run that got slower is shown at its pace of now."""
    terminal = open_terminal(100)
    progress = Progress(None, stream=terminal.stream)
    for at in range(1000):
        clock.now += 0.1 if at < 500 else 1
        progress.update(at, at * 10, 0)
        terminal.read()
    assert "10 records/s" in terminal.screen()
    progress.close()


@given(st.integers(0, 10**7))
def test_a_time_is_written_as_by_a_clock(seconds: int) -> None:
    """Hours, minutes and seconds of what is shown are the time that was meant."""
    parts = [int(each) for each in room._time(seconds).split(":")]
    assert sum(each * 60**power for power, each in enumerate(reversed(parts))) == seconds
    assert all(each < 60 for each in parts[1:])


def test_nothing_is_shown_elsewhere(
    open_terminal: Callable[[int], Terminal], clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a file, a pipe or a terminal that cannot go back, or when asked to be quiet: nothing."""
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


def test_a_terminal_that_goes_away_stops_nothing(
    open_terminal: Callable[[int], Terminal], clock: Clock
) -> None:
    """When the line cannot be written any more, the run goes on without."""
    terminal = open_terminal(100)
    progress = _half_done(terminal, clock)
    terminal.stream.close()
    clock.now += 1
    progress.update(60_000_000, 1, 1)
    progress.close()
    assert terminal.stream.closed


def test_an_interruption_leaves_a_clean_line() -> None:
    """After Ctrl-C the line is empty, what the terminal echoes of it gone too, and no thread is."""
    code = """
import signal, sys, threading, termios
from fcntl import ioctl
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever started this may ignore it
ioctl(0, termios.TIOCSCTTY, 0)  # it is the terminal that interrupts
from fieldbound.cli import progress as room
room._PAUSE = 0
with room.Progress(100) as progress:
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
        with suppress(OSError):  # how a terminal ends
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
