"""A text and where a string in it begins go in; where characters of the string stand comes out.

So the place of what is wrong in a body is found in the file that quotes the body, be it a string of
JSON, with its escapes, or a scalar of YAML, folded over several lines. What is found is held
against the string itself: where a scalar is written as it is not read here, nothing comes out.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from json import loads
from typing import Final

#: Where a piece begins and ends in the text, and the characters it stands for: as they are
#: written, or as one escape or fold.
_Piece = tuple[int, int, str]

_JSON: Final = re.compile(
    rb'([^"\\]+)|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\u.{4}|\\[^u]', re.DOTALL
)
_FOLD: Final = r"(?P<fold>[ \t]*(?:\r?\n[ \t]*)+)|(?P<run>[ \t]+"
_DOUBLE: Final = re.compile(
    _FOLD + r'|[^"\\ \t\r\n]+)|\\(?P<code>x..|u.{4}|U.{8})|\\(?P<skip>\r?\n[ \t]*)|\\(?P<char>.)'
)
_SINGLE: Final = re.compile(_FOLD + r"|[^' \t\r\n]+)|'(?P<quote>')")
_PLAIN: Final = re.compile(_FOLD + r"|[^ \t\r\n]+)")
_HEADER: Final = re.compile(r"[|>][-+0-9]*[ \t]*(?:#[^\n]*)?\n")
_ESCAPES: Final = {
    **dict(zip("0abtnvfre", "\0\a\b\t\n\v\f\r\x1b", strict=True)),
    **dict(zip("N_LP", "\x85\xa0\u2028\u2029", strict=True)),
}


def found_inside(
    text: bytes | str, at: int, value: str, indexes: Iterable[int]
) -> dict[int, int] | None:
    """Return where in a text characters of a string stand, each given by its index.

    The string, which is *value*, begins *at* its quote or its first character. *text* is bytes of
    JSON or characters of YAML, and so counts what is returned. An index may be that of the end.
    None is for a string that is written as it is not read here.
    """
    pieces = _of_json(text, at) if isinstance(text, bytes) else _of_yaml(text, at, value)
    found: dict[int, int] = {}
    due, passed, end = deque(sorted(set(indexes))), 0, at
    while due and passed < len(value):
        start, end, chars = next(pieces, (-1, end, ""))
        if start < 0:
            break
        if len(chars) > len(value) - passed:  # what ends with no quote is read too far
            chars = chars[: len(value) - passed]
            end = start + len(chars)
        if not value.startswith(chars, passed):
            if value[passed:].strip("\n"):
                return None
            break  # line ends that a block keeps, of which none stands for itself
        while due and due[0] < passed + len(chars):
            before = chars[: due[0] - passed]
            found[due.popleft()] = start + _width(before, text)
        passed += len(chars)
    if due and passed < len(value.rstrip("\n")):
        return None
    return {**dict.fromkeys(due, end), **found}


def _width(chars: str, text: bytes | str) -> int:
    return len(chars.encode()) if isinstance(text, bytes) else len(chars)


def _of_json(text: bytes, at: int) -> Iterator[_Piece]:
    at += 1
    while match := _JSON.match(text, at):
        at = match.end()
        written = match[1]
        yield match.start(), at, written.decode() if written else loads(b'"%b"' % match[0])


# -- YAML ------------------------------------------------------------------------------------------


def _of_yaml(text: str, at: int, value: str) -> Iterator[_Piece]:
    style = text[at : at + 1]
    if style in ("'", '"'):
        return _flow(_SINGLE if style == "'" else _DOUBLE, text, at + 1)
    if style in ("|", ">") and (header := _HEADER.match(text, at)):
        lines = _lines(text, header.end(), value)
        return lines if style == "|" else _folded(lines)
    return _flow(_PLAIN, text, at)


def _flow(pattern: re.Pattern[str], text: str, at: int) -> Iterator[_Piece]:
    """Yield the pieces of a scalar in quotes, or of a plain one."""
    while match := pattern.match(text, at):
        at = match.end()
        named = match.groupdict()
        if named["fold"]:
            breaks = match[0].count("\n")
            chars = " " if breaks == 1 else "\n" * (breaks - 1)
        elif named.get("code"):
            chars = chr(int(match["code"][1:], 16))
        elif named.get("skip"):
            chars = ""
        elif named.get("char"):
            chars = _ESCAPES.get(match["char"], match["char"])
        else:
            chars = named.get("quote") or match[0]
        yield match.start(), at, chars


def _lines(text: str, at: int, value: str) -> Iterator[_Piece]:
    """Yield the lines of a block, without their indent, and their ends."""
    first = next((line for line in value.split("\n") if line.strip(" ")), "")
    written = re.compile(r"(?:[ \t]*\r?\n)*( *)").match(text, at)
    indent = len(written[1]) - (len(first) - len(first.lstrip(" "))) if written else 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        stop = end - (text[end - 1 : end] == "\r")
        start = min(at + indent, stop)
        if stop > start:
            yield start, stop, text[start:stop]
        yield stop, end + 1, "\n"
        at = end + 1


def _folded(lines: Iterator[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces of a block of which line ends between texts stand for blanks."""
    first, last, breaks = -1, -1, 0
    for start, end, chars in lines:
        if chars == "\n":
            first, last, breaks = start if first < 0 else first, end, breaks + 1
            continue
        if breaks:
            yield first, last, " " if breaks == 1 else "\n" * (breaks - 1)
        yield start, end, chars
        first, breaks = -1, 0
