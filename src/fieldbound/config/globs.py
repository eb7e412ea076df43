"""Globs of files: the pattern of the files that Python's `glob` finds."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Final

#: A pattern for any number of folders, none of them hidden.
_ANY_FOLDERS: Final = r"(?:(?!\.)[^/]+/)*"
#: What `translate` puts after a pattern, and "(?s:" before.
_END: Final = r")\Z"


@lru_cache(maxsize=1024)
def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return a pattern that matches the files which Python's `glob` finds."""
    *folders, last = os.path.normpath(glob).replace(os.sep, "/").split("/")
    start = "".join(_ANY_FOLDERS if each == "**" else f"{_name_regex(each)}/" for each in folders)
    end = f"{_ANY_FOLDERS}{_name_regex('*')}" if last == "**" else _name_regex(last)
    try:
        return re.compile(start + end, re.DOTALL)
    except re.error:
        return re.compile(r"(?!)")  # a reversed range, such as [z-a], matches nothing


def _name_regex(glob: str) -> str:
    """Return a regular expression for one name of a glob, a file's or a folder's."""
    tokens = re.findall(r"\[!?\]?[^\]]*\]|\*+|.", glob, re.DOTALL)
    not_hidden = r"(?!\.)" if tokens and tokens[0][0] in "*?[" else ""
    return not_hidden + "".join(map(_token_regex, tokens))


def _token_regex(token: str) -> str:
    if token[0] == "*":
        return "[^/]*"
    if token == "?":
        return "[^/]"
    if token[0] == "[" and token[1:] not in ("", "]", "!]"):
        from fnmatch import translate

        return f"(?!/){translate(token)[len('(?s:') : -len(_END)]}"
    return re.escape(token)
