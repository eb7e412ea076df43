"""A Python object goes in, the JSON value it stands for comes out, or what is wrong with it."""

from __future__ import annotations

from typing import Any, Final

from .errors import NotJSON
from .pointers import pointer_of
from .violations import Violation

#: Nesting that no vendor's body comes near; deeper ones would exhaust the stack of some reader.
MAX_DEPTH: Final = 200
#: Steps back that one match of a pattern may take before the value counts as not matching.
BACKTRACK_LIMIT: Final = 100_000
#: How much of a string a report keeps: enough to recognise it, too little to give it away.
_EXCERPT: Final = 60
_LONG_NUMBER: Final = 1 << 256
_ADVICE: Final = {
    "datetime": "give the text .isoformat() makes of it, with its offset",
    "date": "give the text .isoformat() makes of it",
    "UUID": "give str() of it",
    "Decimal": "give a finite one, or str() of it",
    "set": "give a list",
    "frozenset": "give a list",
    "bytes": "give str, decoded",
    "generator": "give a list",
}

#: In this order: True is an int, too.
_KINDS: Final[dict[type, str]] = {
    str: "string",
    dict: "object",
    list: "array",
    tuple: "array",
    bool: "boolean",
    int: "integer",
    type(None): "null",
}

Path = tuple[str | int, ...]


def json_type(value: Any) -> str:
    """Return the JSON type of a value; a whole number written as 1.0 is an integer."""
    kind = _KINDS.get(type(value))
    if kind is not None:
        return kind
    for each, kind in _KINDS.items():
        if isinstance(value, each):
            return kind
    return "integer" if isinstance(value, float) and value.is_integer() else "number"


def excerpt(value: Any, kind: str) -> Any:
    """Return at most a short part of a value: nothing of an object or an array."""
    if kind == "string":
        return value if len(value) <= _EXCERPT else value[: _EXCERPT - 1] + "…"
    if isinstance(value, int) and not -_LONG_NUMBER < value < _LONG_NUMBER:
        return f"an integer of about {int(value.bit_length() * 0.30103) + 1} digits"
    return None if kind in ("object", "array") else value


def is_too_deep(value: Any) -> bool:
    """Return whether a value nests deeper than `MAX_DEPTH`."""
    level = {id(value): value}
    for _ in range(MAX_DEPTH + 1):
        parts = (
            each.values() if isinstance(each, dict) else each
            for each in level.values()
            if isinstance(each, (dict, list, tuple))
        )
        level = {id(part): part for each in parts for part in each}
        if not level:
            return False
    return True


def to_json_value(instance: Any) -> tuple[Any, Violation | None]:
    """Return an instance in plain types, and the first violation that keeps it from being JSON.

    Takes what `json.dumps` takes: subclasses of str, int, float, list, tuple and dict stand for
    what they are. Raises NotJSON, which says where, for any other object.
    """
    try:
        return _plain(instance, ()), None
    except _Fault as fault:
        return None, fault.violation


class _Fault(Exception):
    def __init__(self, code: str, path: Path) -> None:
        super().__init__(code)
        self.violation = Violation(code, pointer_of(path))


def _plain(value: Any, path: Path) -> Any:
    if len(path) > MAX_DEPTH:
        raise _Fault("depth", ())
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, int) else float(value)
    if isinstance(value, dict):
        return {_name(key, path): _plain(each, (*path, str(key))) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each, (*path, index)) for index, each in enumerate(value)]
    kind = type(value).__name__
    if kind == "Decimal" and value.is_finite():
        return value
    raise NotJSON(pointer_of(path), kind, *([_ADVICE[kind]] if kind in _ADVICE else []))


def _text(value: str, path: Path) -> str:
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Fault("loneSurrogate", path) from None
    return text


def _name(key: Any, path: Path) -> str:
    if not isinstance(key, str):
        kind = type(key).__name__
        raise NotJSON(pointer_of((*path, str(key))), f"{kind} as a name", "give the name as str")
    return _text(key, path)
