"""Text as a terminal shows it, and JSON in ASCII."""

from __future__ import annotations

from typing import Any, Final

#: What is written as an escape sequence in JSON: all but printable ASCII, and the start of what a
#: runner of CI jobs would read as a command, such as `##[error]`.
_ESCAPED_IN_JSON: Final = r"[^\n -~]|#(?=#(?:vso|teamcity)?\[)"


def display_width(text: str) -> int:
    """Return the number of terminal cells that *text* takes."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0 if category(char) in ("Mn", "Me", "Cf") else 1 + (east_asian_width(char) in "WF")
        for char in text
    )


def ascii_json(value: Any, *, indent: int | None = 2) -> str:
    r"""Return *value* as JSON in printable ASCII, with a line feed at the end.

    A lone surrogate, which strict parsers reject, becomes `\ufffd`; NaN and infinity become null.
    """
    import json
    import re

    try:
        text = json.dumps(value, ensure_ascii=False, indent=indent, default=str, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), ensure_ascii=False, indent=indent, default=str)
    return re.sub(_ESCAPED_IN_JSON, _json_escape, text) + "\n"


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
