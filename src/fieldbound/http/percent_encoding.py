"""Percent-encoding (RFC 3986): what is invalid in a string, and one spelling of a path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote, unquote, unquote_to_bytes

from fieldbound.model import Violation

_LONE_PERCENT: Final = re.compile("%(?![0-9A-Fa-f]{2})")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_DELIMITER: Final = re.compile("(%2[146-9a-c]|%3[abd]|%40)", re.IGNORECASE)
_UNRESERVED: Final = "!$&'()*+,;=:@-._~"
_DIGITS: Final = "invalid percent-encoding: % must be followed by two hexadecimal digits"
_BYTES: Final = "invalid percent-encoding: the bytes are not valid {charset}"
_NO_CHARACTER: Final = "it contains a lone surrogate, which is not a character"


def encoding_error(raw: str | bytes, charset: str = "UTF-8") -> tuple[str, str] | None:
    """Return the code and the reason why a string cannot be decoded, or None if it can."""
    text = raw if isinstance(raw, str) else raw.decode("latin-1")
    if text.isascii() and "%" not in text:
        return None
    if _SURROGATE.search(text):
        return "loneSurrogate", _NO_CHARACTER
    if _LONE_PERCENT.search(text):
        return "encoding", _DIGITS
    try:
        unquote_to_bytes(raw).decode(charset)
    except UnicodeError:
        return "encoding", _BYTES.format(charset=charset)
    return None


def undecodable(pointer: str, error: tuple[str, str]) -> Violation:
    """Return the violation of a value at a pointer into a message that cannot be decoded."""
    code, reason = error
    return Violation(code, pointer, detail=reason)


def without_surrogates(text: str) -> str:
    """Return a text with a replacement character for each lone surrogate."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def normalized(path: str, *, keep: bool = False) -> str:
    """Return a path with each segment percent-encoded in one way.

    Escaped delimiters stay escaped with *keep*. What cannot be decoded stays as it is.
    """
    return "/".join(
        [
            each
            if each.replace("-", "").isalnum() and each.isascii()
            else "".join(_normalized_parts(each, keep=keep))
            for each in path.split("/")
        ]
    )


def _normalized_parts(segment: str, *, keep: bool) -> Iterator[str]:
    if encoding_error(segment):
        yield segment
        return
    for index, part in enumerate(_DELIMITER.split(segment) if keep else [segment]):
        yield part.upper() if index % 2 else quote(unquote(part), safe=_UNRESERVED)
