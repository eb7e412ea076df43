"""Patterns compiled to machine code, by PCRE2, if that is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

#: Replaces all matches, and returns with the text how many there are.
Replace: TypeAlias = "Callable[[bytes, bytes], tuple[bytes, int]]"


def compiled_pattern(pattern: bytes) -> Replace | None:
    """Return what replaces all matches of a pattern in a text; None if that cannot be had."""
    try:
        import pcre2
    except ImportError:
        return None
    try:
        replace: Any = pcre2.compile(pattern).subn
    except (pcre2.PatternError, pcre2.LibraryError):  # it is too large, or no code may be made
        return None

    def replaced(by: bytes, raw: bytes) -> tuple[bytes, int]:
        try:
            return replace(by, raw)  # type: ignore[no-any-return]
        except pcre2.LibraryError:  # it takes too much memory
            return raw, 0

    return replaced
