"""Patterns of limits: a limit's id with `*` for any characters, or a kind of evidence."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from fieldbound.model import SAYS, SYNTAX_CODES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fieldbound.model import Limit

_EXAMPLES: Final = "acme/create-order#/gift:enum or *:maxLength"
#: What is special in a glob, but not in a pattern of limits.
_SPECIAL: Final = re.compile(r"[?[]")


def first_match(patterns: Iterable[str], identifier: str, says: str | None) -> str | None:
    """Return the first of the patterns that matches a limit of this id and evidence, or None."""
    for pattern in patterns:
        if pattern == says or _compiled(pattern).fullmatch(identifier):
            return pattern
    return None


def identifier_of(limit: Limit | None, code: str) -> str:
    """Return the id of a limit, or the code of a violation that has none."""
    return code if limit is None else limit.id


def pattern_error(pattern: str) -> str | None:
    """Return why no limit can match a pattern, or None if one may."""
    if "*" in pattern or "#" in pattern or pattern in SAYS or pattern in SYNTAX_CODES:
        return None
    if "/" in pattern:
        return f"{pattern!r} is no limit; did you mean {pattern + '#*'!r}?"
    from fieldbound.model import closest_name  # slow to import

    meant = closest_name(pattern, (*SAYS, *SYNTAX_CODES)) or f"*:{pattern.lstrip(':')}"
    return f"{pattern!r} is no limit, such as {_EXAMPLES}; did you mean {meant!r}?"


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return a regular expression: only `*` is special, as an id may have any other character.

    That of `translate` searches for what is between two stars once, and never goes back.
    """
    from fnmatch import translate

    return re.compile(translate(_SPECIAL.sub(r"[\g<0>]", pattern)))
