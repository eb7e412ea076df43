"""Patterns that mean the same in ECMA-262, in Python and in Rust."""

from __future__ import annotations

import re
from typing import Final

_CLASS: Final = r"\[\^?(?:[A-Za-z0-9_ .,:;/@#%!=<>+*?()$'\"{}-]|\\[dwrnt]|\\[^A-Za-z0-9&~|])+\]"
_TOKEN: Final = re.compile(
    rf"(?P<set>{_CLASS})|(?P<dot>\.)|(?P<end>\$)|(?P<escape>\\[dwrnt]|\\[^A-Za-z0-9&~])"
    r"|(?P<open>\((?:\?:|(?!\?)))|(?P<count>\{\d+(?:,\d*)?\})"
    r"|(?P<other>[A-Za-z0-9_ ,:;/@#%!=<>'\"+*?)|^-])"
)
_MEANT: Final = {r"\d": "0-9", r"\w": "A-Za-z0-9_"}
_SPECIAL: Final = r".+*?()[]{}^$|\-"
#: A repetition of more is too large for some engines, as is one of a group.
_MOST: Final = 200


def portable_pattern(pattern: str, end: str = "$") -> str | None:
    """Return a pattern so that Python and Rust read it as ECMA-262 does; None if that is not known.

    *end* is what stands for the end of the text: `$` of Python is also before a last line feed.
    """
    found, at = [], 0
    while at < len(pattern):
        token = _TOKEN.match(pattern, at)
        if token is None or not _is_sure(token, pattern):
            return None
        found.append(_written(token, end))
        at = token.end()
    made = "".join(found)
    try:
        re.compile(made)
    except re.error:
        return None
    return made


def _is_sure(token: re.Match[str], pattern: str) -> bool:
    text = token[0]
    if token["set"]:
        return "--" not in text
    if token["count"]:
        is_group = pattern[token.start() - 1 : token.start()] == ")"
        return not is_group and all(int(each) <= _MOST for each in re.findall(r"\d+", text))
    return True


def _written(token: re.Match[str], end: str) -> str:
    text = token[0]
    if token["dot"]:
        return r"[^\n\r\u2028\u2029]"
    if token["end"]:
        return end
    if token["escape"]:
        return f"[{_MEANT[text]}]" if text in _MEANT else _escape(text)
    if token["set"]:
        return re.sub(r"\\.", lambda each: _MEANT.get(each[0]) or _escape(each[0]), text)
    return text


def _escape(text: str) -> str:
    return text if text[1] in f"{_SPECIAL}rnt" else text[1]
