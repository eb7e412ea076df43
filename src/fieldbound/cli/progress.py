"""How far a run has come goes in; a terminal shows it in one line, gone when the run ends."""

from __future__ import annotations

import os
import sys
from collections import deque
from time import monotonic
from typing import TYPE_CHECKING, Final

from .console import is_terminal

if TYPE_CHECKING:
    from typing import TextIO

#: Seconds between two lines: none is drawn sooner, nor at all for a run as short as that.
_PAUSE: Final = 0.1
#: Lines over which a rate is taken: the last half minute of them.
_MEMORY: Final = 300
#: Cells of a terminal that does not say how many it has.
_WIDTH: Final = 80
#: Cells of a bar, at least and at most.
_BAR: Final = (6, 40)
#: What a terminal itself writes behind the line when the run is interrupted: ^C.
_ECHO: Final = 2


class Progress:
    """A line on standard error, or on *stream*, where that is a terminal and not to be *quiet*.

    *size* is where the run ends, in bytes; None where that is not known. A run that is resumed
    begins at *position* with so many *records*, which count for no rate.
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
        stream = sys.stderr if stream is None else stream
        shown = not quiet and is_terminal(stream) and os.environ.get("TERM") != "dumb"
        self._stream = stream if shown else None
        self._size = size
        self._drawn = 0
        now = monotonic()
        self._next = now + _PAUSE
        self._past = deque([(now, position, records)], _MEMORY)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def update(self, position: int, records: int, violations: int) -> None:
        """Show how far the run is: bytes, records and violations until now."""
        if self._stream is None or (now := monotonic()) < self._next:
            return
        self._next = now + _PAUSE
        width = _width(self._stream) - 1  # in its last cell, some terminals begin another line
        line = _fitted(self._parts(now, position, records, violations), width)
        if self._size:
            line += _bar(min(position / self._size, 1), width - len(line))
        self._past.append((now, position, records))
        rest = " " * (min(self._drawn, width) - len(line))
        self._drawn = len(line) + len(rest)  # before it is written: that may be interrupted
        self._write(f"\r{line}{rest}")
        self._drawn = len(line)

    def close(self) -> None:
        """Clear the line, and show nothing any more."""
        if self._stream is not None and self._drawn:
            cells = min(self._drawn + _ECHO, _width(self._stream) - 1)
            self._write(f"\r{' ' * cells}\r")
        self._stream = None

    def _write(self, text: str) -> None:
        if self._stream is not None:
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):  # the terminal is gone: the run is not the less done
                self._stream = None

    def _parts(self, now: float, position: int, records: int, violations: int) -> list[str]:
        """Return what there is to show, what matters most first."""
        begun, from_position, from_records = self._past[0]
        seconds = now - begun
        speed, rate = (position - from_position) / seconds, (records - from_records) / seconds
        parts = []
        if self._size:
            parts.append(f"{min(100 * position // self._size, 100)} %")
            if speed > 0:
                parts.append(f"{_time(max(self._size - position, 0) / speed)} left")
        parts.append(f"{violations:,} violation{'' if violations == 1 else 's'}")
        parts.append(f"{records:,} record{'' if records == 1 else 's'}")
        return [*parts, f"{rate:,.0f} records/s", f"{speed / 1e6:,.1f} MB/s"]


def _fitted(parts: list[str], width: int) -> str:
    """Join as many parts, from the first, as find room."""
    line = ""
    for part in parts:
        longer = f"{line}, {part}" if line else part
        if len(longer) > width:
            break
        line = longer
    return line


def _bar(share: float, room: int) -> str:
    """Draw a bar in what is left of a line, if that is enough for one."""
    least, most = _BAR
    cells = min(room - len(" []"), most)
    if cells < least:
        return ""
    full = int(share * cells)
    return f" [{'#' * full}{'.' * (cells - full)}]"


def _time(seconds: float) -> str:
    """Write a time as a clock does: 0:07, 12:34, 1:02:03."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _width(stream: TextIO) -> int:
    try:
        return os.get_terminal_size(stream.fileno()).columns or _WIDTH
    except (OSError, ValueError):
        return _WIDTH
