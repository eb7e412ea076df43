"""Globs of files: the files that Python's `glob` finds, and a pattern that matches them."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

#: A pattern for any number of folders, none of them hidden.
_ANY_FOLDERS: Final = r"(?:(?!\.)[^/]+/)*"
_ANY_CHARACTERS: Final = "[^/]*"
_SEPARATORS: Final = "/" + os.sep
_SEPARATOR: Final = f"[{re.escape(_SEPARATORS)}]"
_BEFORE_ANY_FOLDERS: Final = rf"(?=\*\*(?:{_SEPARATOR}|\Z))"
#: `**/` before another one, which adds nothing to it.
_REPEATED: Final = re.compile(rf"(?:(?<={_SEPARATOR})|\A)\*\*{_SEPARATOR}+{_BEFORE_ANY_FOLDERS}")
_SPLIT: Final = re.compile(rf"(?<={_SEPARATOR}){_BEFORE_ANY_FOLDERS}")
#: Numbers of groups, each with a name of its own wherever it is put.
_GROUPS: Final = count()
#: What `translate` puts after a pattern, and "(?s:" before.
_END: Final = r")\Z"


def found_paths(glob: str, root: str = "") -> set[str]:
    """Return the paths that Python's `glob` finds below a folder.

    Not those of Path.glob: its rules for hidden files and `**` differ between Python versions.
    The folders that are found up to a `**` are searched once, however often they are found:
    iglob alone would search them once for each way in which `**` can share the folders above.
    """
    from glob import iglob  # slow to import

    found = {""}
    join = os.path.join
    for part in _SPLIT.split(_REPEATED.sub("", glob)):
        itself = found if part.rstrip(_SEPARATORS) == "**" else set()  # iglob leaves it out
        found = itself | {
            join(folder, each)
            for folder in found
            for each in iglob(part, root_dir=join(root, folder), recursive=True)  # noqa: PTH207
        }
    return found - {""}


@lru_cache(maxsize=1024)
def glob_pattern(glob: str) -> re.Pattern[str]:
    """Return a pattern that matches the files which Python's `glob` finds."""
    *folders, last = os.path.normpath(glob).replace(os.sep, "/").split("/")
    if last == "**":
        folders, last = [*folders, last], "*"
    parts = [""]
    for each in folders:
        if each == "**":
            parts.append("")
        else:
            parts[-1] += f"{_name_regex(each)}/"
    parts[-1] += _name_regex(last)
    try:
        return re.compile(_in_turn(parts, _ANY_FOLDERS), re.DOTALL)
    except re.error:
        return re.compile(r"(?!)")  # a reversed range, such as [z-a], matches nothing


def _name_regex(glob: str) -> str:
    """Return a regular expression for one name of a glob, a file's or a folder's."""
    parts = [""]
    for token in re.findall(r"\[!?\]?[^\]]*\]|\*+|.", glob, re.DOTALL):
        if token[0] == "*":
            parts.append("")
        else:
            parts[-1] += _token_regex(token)
    not_hidden = r"(?!\.)" if glob[:1] in {*"*?["} else ""
    return not_hidden + _in_turn(parts, _ANY_CHARACTERS)


def _in_turn(parts: Sequence[str], between: str) -> str:
    """Return a regular expression for parts with any number of something between them.

    Each part is searched for once, as where it first is leaves most to those after it. The groups
    see to that, as no match goes back into a lookahead: without them, the time that it takes is
    multiplied with each part.
    """
    first, *others = parts
    for part in filter(None, others[:-1]):
        group = f"g{next(_GROUPS)}"
        first += f"(?=(?P<{group}>{between}?{part}))(?P={group})"
    return first + "".join(between + part for part in others[-1:])


def _token_regex(token: str) -> str:
    if token == "?":
        return "[^/]"
    if token[0] == "[" and token[1:] not in ("", "]", "!]"):
        from fnmatch import translate

        return f"(?!/){translate(token)[len('(?s:') : -len(_END)]}"
    return re.escape(token)
