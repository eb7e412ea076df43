"""Sensitive values: which paths lead to one, and mistakes without anything of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from fieldbound.model import pointer_of, tokens_of

if TYPE_CHECKING:
    from fieldbound.model import Violation

    from .mistakes import Mistake


class Redaction:
    """What no output may show: the values at *pointers*, `*` being any name or index."""

    def __init__(self, pointers: Iterable[str]) -> None:
        self._paths = [tokens_of(pointer) for pointer in pointers]

    def __bool__(self) -> bool:
        return bool(self._paths)

    def covers(self, path: tuple[str, ...]) -> bool:
        """Return whether a path leads to a sensitive value, into one, or to what holds one."""
        return self._sensitive_part(path) is not None

    def mistake(self, mistake: Mistake) -> Mistake:
        """Return a mistake without its value, and without names inside a sensitive value."""
        path = tuple(str(each) for each in mistake.path)
        kept = self._sensitive_part(path)
        if kept is None:
            return mistake
        if kept < len(path):
            from fieldbound.model import INSIDE_SENSITIVE  # slow to import

            return mistake._replace(
                path=mistake.path[:kept],
                actual=None,
                known=(),
                taken=(),
                text=None,
                detail=INSIDE_SENSITIVE,
            )
        return mistake._replace(actual=None, detail=None, text=None)

    def syntax_error(self, violation: Violation) -> Violation:
        """Return a syntax error of a text without anything that the text says.

        Its message stays, unless that quotes the text, which *actual* then is.
        """
        if not self._paths:
            return violation
        path = tokens_of(violation.pointer)
        kept = self._sensitive_part(path)
        pointer = violation.pointer if kept is None else pointer_of(path[:kept])
        detail = violation.detail if violation.actual is None else None
        return replace(violation, pointer=pointer, actual=None, detail=detail)

    def _sensitive_part(self, path: tuple[str, ...]) -> int | None:
        """Return how many tokens of a path lead to a sensitive value; None: it touches none."""
        for sensitive in self._paths:
            if all(own in ("*", other) for own, other in zip(sensitive, path, strict=False)):
                return min(len(sensitive), len(path))
        return None
