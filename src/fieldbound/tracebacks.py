"""An exception or the running code goes in; the code it concerns comes out, not what lies within.

What lies within is fieldbound and the HTTP clients that call it: no business of who reads a test's
failure.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Final

#: Packages whose code is between a test and what is found: contextlib is, of a streamed response.
_WITHIN: Final = frozenset(("fieldbound", "httpx", "requests", "contextlib"))


def chain(error: BaseException | None) -> list[BaseException]:
    """Return an exception, those it came of, and those it is a group of."""
    found: list[BaseException] = []
    left = [error]
    while left:
        each = left.pop(0)
        if each is not None and not any(each is other for other in found):
            found.append(each)
            left.append(each.__cause__ or each.__context__)
            parts = getattr(each, "exceptions", ())
            left += [part for part in parts if isinstance(part, BaseException)]
    return found


def cut(raised: TracebackType | None) -> None:
    """Cut a traceback where it goes within for good."""
    entry, last = raised, None
    while entry is not None:
        if not _is_within(entry.tb_frame.f_globals):
            last = entry
        entry = entry.tb_next
    if last is not None:
        last.tb_next = None


def caller() -> tuple[str, int, str]:
    """Return file, line and module of the code that called what is within."""
    frame = sys._getframe(1)
    while _is_within(frame.f_globals) and frame.f_back is not None:
        frame = frame.f_back
    return frame.f_code.co_filename, frame.f_lineno, str(frame.f_globals.get("__name__"))


def depth() -> int:
    """Return how far up that code is, as the `stacklevel` of a warning by who asks."""
    frame, level = sys._getframe(1), 1
    while _is_within(frame.f_globals) and frame.f_back is not None:
        frame, level = frame.f_back, level + 1
    return level


def _is_within(names: dict[str, object]) -> bool:
    return str(names.get("__name__")).partition(".")[0] in _WITHIN
