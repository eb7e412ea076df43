"""Text made harmless: for a terminal, for a log line, for JSON."""

from __future__ import annotations

from typing import Any, Final

#: Not printable in Python's sense, yet no harm: the joiners of emoji, Indic and Arabic script, and
#: the space of Chinese and Japanese.
_HARMLESS: Final = "\u200c\u200d\u3000"


def escaped(text: str) -> str:
    r"""Make *text* harmless on any line: what is not printable is written as `\x1b`."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def cells(text: str) -> int:
    """Count the cells of a terminal that *text* takes."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0 if category(char) in ("Mn", "Me", "Cf") else 1 + (east_asian_width(char) in "WF")
        for char in text
    )


def ascii_json(value: Any) -> str:
    r"""Write *value* as JSON that any parser and any terminal takes, with a line end.

    All but printable ASCII is escaped; a lone surrogate, which strict parsers refuse, becomes
    `\ufffd`, and a number beyond JSON (NaN, infinity) becomes null.
    """
    import json
    import re

    try:
        text = json.dumps(value, ensure_ascii=False, indent=2, default=str, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, indent=2, default=str)
    return re.sub(r"[^\n -~]", _json_escape, text) + "\n"


def _json_escape(match: Any) -> str:
    code = ord(match[0])
    if 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - the surrogates
        return "\\ufffd"
    units = match[0].encode("utf-16-be").hex()
    return "".join(f"\\u{units[i : i + 4]}" for i in range(0, len(units), 4))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and value - value != 0 else value


def _visible(char: str) -> str:
    if char.isprintable() or char in _HARMLESS:
        return char
    return char.encode("unicode_escape").decode()
