"""The progress line of a run on a terminal, cleared when the run ends."""

from __future__ import annotations

import os
import sys
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from .console import is_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

#: Seconds between two updates; shorter runs have no progress line.
_INTERVAL: Final = 0.1
#: Updates over which rates are averaged: those of the last half minute.
_AVERAGED: Final = 300
#: Columns of a terminal of unknown size.
_DEFAULT_WIDTH: Final = 80
#: The smallest and the largest width of a bar.
_BAR_WIDTHS: Final = (6, 40)
#: The width of the ^C that a terminal writes after the line when the run is interrupted.
_ECHO_WIDTH: Final = 2


_Line = TypeVar("_Line", bound="ProgressLine")


class ProgressLine:
    """A line on standard error, or on *stream*, if it is a terminal and not *quiet*."""

    def __init__(self, quiet: bool = False, stream: TextIO | None = None) -> None:
        stream = sys.stderr if stream is None else stream
        shown = not quiet and is_terminal(stream) and os.environ.get("TERM") != "dumb"
        self._stream = stream if shown else None
        self._drawn = 0
        self._next = monotonic() + _INTERVAL

    def __enter__(self: _Line) -> _Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def show(self, parts: Sequence[str], share: float | None = None) -> None:
        """Show as many parts as fit, the most important first, and a bar for a share of all."""
        if self._is_due(monotonic()):
            self._draw(parts, share)

    def close(self) -> None:
        """Clear the line, and stop showing progress."""
        if self._stream is not None and self._drawn:
            cells = min(self._drawn + _ECHO_WIDTH, _width(self._stream) - 1)
            self._write(f"\r{' ' * cells}\r")
        self._stream = None

    def _is_due(self, now: float) -> bool:
        if self._stream is None or now < self._next:
            return False
        self._next = now + _INTERVAL
        return True

    def _draw(self, parts: Sequence[str], share: float | None) -> None:
        if self._stream is None:
            return
        width = _width(self._stream) - 1  # some terminals wrap after the last column
        line = _join_fitting(parts, width)
        if share is not None:
            line += _bar(min(share, 1), width - len(line))
        rest = " " * (min(self._drawn, width) - len(line))
        self._drawn = len(line) + len(rest)  # set before writing, which may be interrupted
        self._write(f"\r{line}{rest}")
        self._drawn = len(line)

    def _write(self, text: str) -> None:
        if self._stream is not None:
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):  # the terminal is gone, but the run continues
                self._stream = None


class Progress(ProgressLine):
    """The progress of a run over records.

    *size* is the number of bytes to read, None if that is not known. A resumed run starts at
    *position* with so many *records*, which are not counted in rates.
    """

    def __init__(
        self,
        size: int | None,
        quiet: bool = False,
        stream: TextIO | None = None,
        *,
        position: int = 0,
        records: int = 0,
    ) -> None:
        super().__init__(quiet, stream)
        self._size = size
        self._history = deque([(monotonic(), position, records)], _AVERAGED)

    def update(self, position: int, records: int, violations: int) -> None:
        """Show the position in bytes, and the number of records and violations."""
        now = monotonic()
        if self._is_due(now):
            share = position / self._size if self._size else None
            self._draw(self._parts(now, position, records, violations), share)
            self._history.append((now, position, records))

    def _parts(self, now: float, position: int, records: int, violations: int) -> list[str]:
        """Return the parts of the line, the most important first."""
        start, from_position, from_records = self._history[0]
        seconds = now - start
        speed, rate = (position - from_position) / seconds, (records - from_records) / seconds
        parts = []
        if self._size:
            parts.append(f"{min(100 * position // self._size, 100)} %")
            if speed > 0:
                parts.append(f"{_duration(max(self._size - position, 0) / speed)} left")
        parts.append(f"{violations:,} violation{'' if violations == 1 else 's'}")
        parts.append(f"{records:,} record{'' if records == 1 else 's'}")
        return [*parts, f"{rate:,.0f} records/s", f"{speed / 1e6:,.1f} MB/s"]


def _join_fitting(parts: Sequence[str], width: int) -> str:
    """Return as many of the first parts, joined, as fit into a width."""
    line = ""
    for part in parts:
        longer = f"{line}, {part}" if line else part
        if len(longer) > width:
            break
        line = longer
    return line


def _bar(share: float, width: int) -> str:
    """Return a bar of at most a width, "" if that is too small."""
    least, most = _BAR_WIDTHS
    cells = min(width - len(" []"), most)
    if cells < least:
        return ""
    full = int(share * cells)
    return f" [{'#' * full}{'.' * (cells - full)}]"


def _duration(seconds: float) -> str:
    """Return a duration as 0:07, 12:34 or 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _DEFAULT_WIDTH
    except (OSError, ValueError):
        return _DEFAULT_WIDTH
