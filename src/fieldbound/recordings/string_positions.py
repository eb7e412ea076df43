"""Positions of characters of a string in the JSON or YAML text that contains it.

They map a place in a body to a place in the recording, through the escapes of JSON strings and the
folding of YAML scalars. The result is compared with the string: for a notation that is not
supported there is none.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from json import loads
from typing import Final

#: Start and end of a piece of the text, and its characters: literal ones, or those of one escape or
#: fold.
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


def find_characters(
    text: bytes | str, at: int, value: str, indexes: Iterable[int]
) -> dict[int, int] | None:
    """Return the offsets of characters of a string in a text, by index.

    The string *value* begins *at* its quote or its first character. *text* is bytes of JSON or
    characters of YAML, and offsets count these. An index may be the length of the string. Returns
    None if the notation of the string is not supported.
    """
    pieces = _json_pieces(text, at) if isinstance(text, bytes) else _yaml_pieces(text, at, value)
    found: dict[int, int] = {}
    remaining, passed, end = deque(sorted(set(indexes))), 0, at
    while remaining and passed < len(value):
        start, end, chars = next(pieces, (-1, end, ""))
        if start < 0:
            break
        if len(chars) > len(value) - passed:  # a plain scalar: the end is not marked
            chars = chars[: len(value) - passed]
            end = start + len(chars)
        if not value.startswith(chars, passed):
            if value[passed:].strip("\n"):
                return None
            break  # trailing line ends of a block scalar
        while remaining and remaining[0] < passed + len(chars):
            before = chars[: remaining[0] - passed]
            found[remaining.popleft()] = start + _width(before, text)
        passed += len(chars)
    if remaining and passed < len(value.rstrip("\n")):
        return None
    return {**dict.fromkeys(remaining, end), **found}


def _width(chars: str, text: bytes | str) -> int:
    return len(chars.encode()) if isinstance(text, bytes) else len(chars)


def _json_pieces(text: bytes, at: int) -> Iterator[_Piece]:
    at += 1
    while match := _JSON.match(text, at):
        at = match.end()
        written = match[1]
        yield match.start(), at, written.decode() if written else loads(b'"%b"' % match[0])


# -- YAML ------------------------------------------------------------------------------------------


def _yaml_pieces(text: str, at: int, value: str) -> Iterator[_Piece]:
    style = text[at : at + 1]
    if style in ("'", '"'):
        return _flow_scalar(_SINGLE if style == "'" else _DOUBLE, text, at + 1)
    if style in ("|", ">") and (header := _HEADER.match(text, at)):
        lines = _block_lines(text, header.end(), value)
        return lines if style == "|" else _folded_block(lines)
    return _flow_scalar(_PLAIN, text, at)


def _flow_scalar(pattern: re.Pattern[str], text: str, at: int) -> Iterator[_Piece]:
    """Yield the pieces of a quoted or plain scalar."""
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


def _block_lines(text: str, at: int, value: str) -> Iterator[_Piece]:
    """Yield the lines of a block scalar without indent, and their line ends."""
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


def _folded_block(lines: Iterator[_Piece]) -> Iterator[_Piece]:
    """Yield the pieces of a folded block scalar, whose line ends become spaces."""
    first, last, breaks = -1, -1, 0
    for start, end, chars in lines:
        if chars == "\n":
            first, last, breaks = start if first < 0 else first, end, breaks + 1
            continue
        if breaks:
            yield first, last, " " if breaks == 1 else "\n" * (breaks - 1)
        yield start, end, chars
        first, breaks = -1, 0
