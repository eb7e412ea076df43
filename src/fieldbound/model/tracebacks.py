"""Tracebacks: exception chains, and the user's code that called fieldbound or an HTTP client."""

from __future__ import annotations

import sys
from types import FrameType, TracebackType
from typing import Final, TypeAlias

#: Packages whose frames are hidden: fieldbound, HTTP clients, and what stands between these and a
#: test, such as contextlib for a streamed response, or a task, a thread or a mock.
_INTERNAL_PACKAGES: Final = frozenset(
    "fieldbound httpx requests contextlib asyncio concurrent threading anyio trio outcome "
    "unittest pytest_asyncio".split()
)
#: The package that calls a test: no frame above it belongs to the test.
_TEST_RUNNER: Final = "_pytest"

#: The file, the line number and the module name of some code.
CodeLocation: TypeAlias = tuple[str, int, str]


def exception_chain(error: BaseException | None) -> list[BaseException]:
    """Return an exception with its causes, contexts and the members of exception groups.

    A context suppressed by `raise … from None` is not included: no traceback shows it.
    """
    found: list[BaseException] = []
    remaining = [error]
    while remaining:
        each = remaining.pop(0)
        if each is not None and not any(each is other for other in found):
            found.append(each)
            suppressed = each.__cause__ is not None or each.__suppress_context__
            remaining.append(each.__cause__ if suppressed else each.__context__)
            members = getattr(each, "exceptions", ())
            remaining += [member for member in members if isinstance(member, BaseException)]
    return found


def trim_traceback(traceback: TracebackType | None) -> None:
    """Remove the internal frames at the end of a traceback, in place."""
    entry, last = traceback, None
    while entry is not None:
        if not _is_internal(entry.tb_frame.f_globals):
            last = entry
        entry = entry.tb_next
    if last is not None:
        last.tb_next = None


def caller_location(default: CodeLocation | None = None) -> CodeLocation:
    """Return the location of the innermost frame on the stack that is not internal.

    If there is none, as in a task or a thread that was given an internal function to call, return
    *default*, or else the location of the outermost frame.
    """
    last = sys._getframe(1)
    frame: FrameType | None = last
    while frame is not None and _is_internal(frame.f_globals):
        last, frame = frame, frame.f_back
    if frame is None or _top_level_package(frame.f_globals) == _TEST_RUNNER:
        if default is not None:
            return default
        frame = frame or last
    return frame.f_code.co_filename, frame.f_lineno, str(frame.f_globals.get("__name__"))


def caller_stacklevel() -> int:
    """Return the `stacklevel` at which `warnings.warn` reports the frame that is not internal."""
    frame, level = sys._getframe(1), 1
    while _is_internal(frame.f_globals) and frame.f_back is not None:
        frame, level = frame.f_back, level + 1
    return level


def _is_internal(module_globals: dict[str, object]) -> bool:
    return _top_level_package(module_globals) in _INTERNAL_PACKAGES


def _top_level_package(module_globals: dict[str, object]) -> str:
    return str(module_globals.get("__name__")).partition(".")[0]
