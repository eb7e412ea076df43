"""An exception or the running code goes in; the code it concerns comes out, not what lies within.

What lies within is fieldbound and the HTTP clients that call it: no business of who reads a test's
failure.
"""

from __future__ import annotations

import sys
from types import FrameType, TracebackType
from typing import Final, TypeAlias

#: Packages whose code is between a test and what is found: contextlib is, of a streamed response,
#: and others where a call is handed to a task, a thread or a mock.
_WITHIN: Final = frozenset(
    "fieldbound httpx requests contextlib asyncio concurrent threading anyio trio outcome "
    "unittest pytest_asyncio".split()
)
#: What runs a test: no code above it is the test's.
_RUNNER: Final = "_pytest"

#: The file, the line and the module of some code.
Where: TypeAlias = tuple[str, int, str]


def chain(error: BaseException | None) -> list[BaseException]:
    """Return an exception, those it is said to have come of, and those it is a group of.

    One that `raise … from None` suppresses is not among them: no traceback shows it.
    """
    found: list[BaseException] = []
    left = [error]
    while left:
        each = left.pop(0)
        if each is not None and not any(each is other for other in found):
            found.append(each)
            hidden = each.__cause__ is not None or each.__suppress_context__
            left.append(each.__cause__ if hidden else each.__context__)
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


def caller(otherwise: Where | None = None) -> Where:
    """Return where the code is that called what is within.

    A task or a thread may have been given what is within to call, and no such code is left: then it
    is *otherwise*, or where the task or thread began.
    """
    last = sys._getframe(1)
    frame: FrameType | None = last
    while frame is not None and _is_within(frame.f_globals):
        last, frame = frame, frame.f_back
    if frame is None or _package(frame.f_globals) == _RUNNER:
        if otherwise is not None:
            return otherwise
        frame = frame or last
    return frame.f_code.co_filename, frame.f_lineno, str(frame.f_globals.get("__name__"))


def depth() -> int:
    """Return how far up that code is, as the `stacklevel` of a warning by who asks."""
    frame, level = sys._getframe(1), 1
    while _is_within(frame.f_globals) and frame.f_back is not None:
        frame, level = frame.f_back, level + 1
    return level


def _is_within(names: dict[str, object]) -> bool:
    return _package(names) in _WITHIN


def _package(names: dict[str, object]) -> str:
    return str(names.get("__name__")).partition(".")[0]
