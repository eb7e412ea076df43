"""JSON values in Python: their type, their depth, excerpts, and plain values of any object."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from .pointers import pointer_of

if TYPE_CHECKING:
    from decimal import Decimal

    from .violations import Violation

#: Codes of JSON and YAML syntax errors. Every other code is a keyword of the schema.
SYNTAX_CODES: Final = (
    "syntax",
    "encoding",
    "byteOrderMark",
    "duplicateKey",
    "nonFinite",
    "loneSurrogate",
    "trailingData",
    "depth",
)
#: Levels of nesting that are checked; a deeper value could exhaust the stack of a parser.
MAX_DEPTH: Final = 200
#: Steps of the engine's search for a pattern with lookarounds in the name of a property; beyond
#: them it is undecided.
BACKTRACK_LIMIT: Final = 2_000
#: Characters of a string that a report keeps: enough to recognise it, not to disclose it.
_MAX_EXCERPT: Final = 60
_MAX_SHOWN_INTEGER: Final = 1 << 256
#: Digits of an integer: the limit of jiter, and of Python's int() and str() unless it is lowered.
_MAX_DIGITS: Final = 4300
_TOO_MANY_DIGITS: Final = "integer with more than {} digits is not supported"
_ADVICE: Final = {
    "datetime": "use .isoformat() of an aware datetime",
    "date": "use .isoformat()",
    "UUID": "use str()",
    "Decimal": "use a finite number, or str()",
    "set": "use a list",
    "frozenset": "use a list",
    "bytes": "use .decode()",
    "generator": "use a list",
}

#: bool before int, of which it is a subclass.
_JSON_TYPES: Final[dict[type, str]] = {
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
    """Return the JSON type of a value; a float such as 1.0 is an integer."""
    name = _JSON_TYPES.get(type(value))
    if name is not None:
        return name
    for each, name in _JSON_TYPES.items():
        if isinstance(value, each):
            return name
    return "integer" if _is_integral(value) else "number"


def _is_integral(value: Any) -> bool:
    """Return whether a float or a Decimal is a whole number."""
    if isinstance(value, float):
        return value.is_integer()
    return _is_decimal(value) and value.is_finite() and value == value.to_integral_value()


def _is_decimal(value: Any) -> TypeGuard[Decimal]:
    return type(value).__name__ == "Decimal"  # the module is slow to import


def excerpt(value: Any, kind: str) -> Any:
    """Return a scalar, shortened if it is long, or None for an object or an array."""
    if kind == "string":
        return value if len(value) <= _MAX_EXCERPT else value[: _MAX_EXCERPT - 1] + "…"
    if isinstance(value, int) and not -_MAX_SHOWN_INTEGER < value < _MAX_SHOWN_INTEGER:
        return f"an integer of about {int(value.bit_length() * 0.30103) + 1} digits"
    if kind == "integer" and _is_decimal(value) and abs(value) >= _MAX_SHOWN_INTEGER:
        return f"an integer of about {value.adjusted() + 1} digits"
    return None if kind in ("object", "array") else value


def is_too_deep(value: Any) -> bool:
    """Return whether a value nests deeper than `MAX_DEPTH`."""
    level = {id(value): value}
    for _ in range(MAX_DEPTH + 1):
        containers = (
            each.values() if isinstance(each, dict) else each
            for each in level.values()
            if isinstance(each, (dict, list, tuple))
        )
        level = {id(child): child for each in containers for child in each}
        if not level:
            return False
    return True


def max_digits() -> int:
    """Return how many digits an integer may have: the engine misreads what Python cannot print."""
    limit: int = getattr(sys, "get_int_max_str_digits", int)()  # 0: there is none
    return min(limit or _MAX_DIGITS, _MAX_DIGITS)


def has_long_integer(value: Any) -> bool:
    """Return whether a value has an integer of more than `max_digits`."""
    return count_values(value) is None


def count_values(value: Any) -> int | None:
    """Return how many values are in a value; None for one with an integer of too many digits."""
    pending, seen, limit = [value], set[int](), _power_of_ten(max_digits())
    for each in pending:  # which grows
        if isinstance(each, int):
            if not -limit < each < limit:
                return None
        elif isinstance(each, (dict, list, tuple)) and id(each) not in seen:
            seen.add(id(each))
            pending += each.values() if isinstance(each, dict) else each
    return len(pending)


@lru_cache(maxsize=4)
def _power_of_ten(digits: int) -> int:
    return int(10**digits)


def to_json_value(instance: Any) -> tuple[Any, Violation | None]:
    """Return an instance as plain JSON types, or None and the violation if it is not valid JSON.

    Accepts what `json.dumps` accepts, and finite Decimals. Instances of subclasses of str, int,
    float, list, tuple and dict become these. Raises NotJSON for any other object.
    """
    try:
        return _to_plain(instance, ()), None
    except _InvalidValue as error:
        return None, error.violation


class _InvalidValue(Exception):
    def __init__(self, code: str, path: Path, detail: str | None = None) -> None:
        super().__init__(code)
        from .violations import Violation  # slow to import

        self.violation = Violation(code, pointer_of(path), detail=detail)


def _to_plain(value: Any, path: Path) -> Any:
    if len(path) > MAX_DEPTH:
        raise _InvalidValue("depth", ())
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _to_string(value, path)
    if isinstance(value, int):
        return _to_integer(int(value), path)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, dict):
        return {
            _to_key(key, path): _to_plain(each, (*path, str(key))) for key, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_to_plain(each, (*path, index)) for index, each in enumerate(value)]
    name = type(value).__name__
    if _is_decimal(value) and value.is_finite():
        return value
    from .errors import NotJSON  # slow to import

    raise NotJSON(pointer_of(path), name, *([_ADVICE[name]] if name in _ADVICE else []))


def _to_integer(value: int, path: Path) -> int:
    if has_long_integer(value):
        raise _InvalidValue("syntax", path, too_many_digits())
    return value


def too_many_digits() -> str:
    """Return the message for an integer of more than `max_digits`."""
    return _TOO_MANY_DIGITS.format(max_digits())


def _to_string(value: str, path: Path) -> str:
    text = str.__str__(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _InvalidValue("loneSurrogate", path) from None
    return text


def _to_key(key: Any, path: Path) -> str:
    if not isinstance(key, str):
        name = type(key).__name__
        from .errors import NotJSON  # slow to import

        raise NotJSON(pointer_of((*path, str(key))), f"{name} as a key", "use a str")
    return _to_string(key, path)
