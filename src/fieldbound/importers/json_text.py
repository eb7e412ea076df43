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
    flat = json.dumps(value, ensure_ascii=False)
    is_short = used + len(flat) + 1 <= _WIDTH and _depth(value) <= _DEPTH
    if not value or not isinstance(value, (dict, list)) or (is_short and indent):
        return flat
    inner = " " * (indent + 2)
    if isinstance(value, list):
        parts = [inner + _lines(each, indent + 2, indent + 2) for each in value]
    else:
        keys = {name: f"{inner}{json.dumps(name, ensure_ascii=False)}: " for name in value}
        parts = [keys[name] + _lines(value[name], indent + 2, len(keys[name])) for name in value]
    opening, closing = "[]" if isinstance(value, list) else "{}"
    return "\n".join((opening, ",\n".join(parts), " " * indent + closing))


def _depth(value: Any) -> int:
    if not isinstance(value, (dict, list)):
        return 0
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(_depth, inner), default=0)
