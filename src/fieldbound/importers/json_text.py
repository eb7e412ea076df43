"""JSON as the files of a contract are written: what fits on a line stays on one."""

from __future__ import annotations

import json
from typing import Any, Final

_WIDTH: Final = 100
#: How many levels of brackets are written on one line.
_DEPTH: Final = 3


def formatted(value: Any) -> str:
    """Return a JSON value as text with a line feed at the end, the same for the same value."""
    return f"{_lines(value, 0, 0)}\n"


def _lines(value: Any, indent: int, used: int) -> str:
    """Return a value as text; its first line begins after *used* characters."""
    if not value or not isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if indent and _is_short(value, _WIDTH - used, _DEPTH):
        flat = json.dumps(value, ensure_ascii=False)
        if used + len(flat) + 1 <= _WIDTH:
            return flat
    inner = " " * (indent + 2)
    if isinstance(value, list):
        parts = [inner + _lines(each, indent + 2, indent + 2) for each in value]
    else:
        keys = {name: f"{inner}{json.dumps(name, ensure_ascii=False)}: " for name in value}
        parts = [keys[name] + _lines(value[name], indent + 2, len(keys[name])) for name in value]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return "\n".join((opening, ",\n".join(parts), " " * indent + closing))


def _is_short(value: Any, width: int, depth: int) -> bool:
    """Return whether a value may fit within a width, and has no more levels of brackets."""
    if not isinstance(value, (dict, list)):
        return not isinstance(value, str) or len(value) <= width
    inner = value.values() if isinstance(value, dict) else value
    # Each member takes three characters at least: a digit, a comma and a space.
    return (
        depth > 0
        and 3 * len(value) <= width
        and all(_is_short(each, width, depth - 1) for each in inner)
    )
