"""JSON Schemas of values, by what vendors say of them: length, digits, a list of values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

#: Beyond this, digits limit nothing that a number of JSON has.
_MAX_DIGITS: Final = 300


def nullable(schema: dict[str, Any], *, unless: bool = False) -> dict[str, Any]:
    """Return the schema of a value that may be null as well; the same schema where *unless*."""
    if unless or "type" not in schema:
        return schema
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    found = {**schema, "type": [*types, *(() if "null" in types else ("null",))]}
    if "enum" in found and None not in found["enum"]:
        found["enum"] = [*found["enum"], None]
    return found


def string(max_length: int | None = None, **more: Any) -> dict[str, Any]:
    """Return the schema of a string of so many characters at most; None or 0 is any number."""
    return {"type": "string", **({"maxLength": max_length} if max_length else {}), **more}


def integer(digits: int | None = None) -> dict[str, Any]:
    """Return the schema of an integer of so many digits at most."""
    if not digits or digits > _MAX_DIGITS:
        return {"type": "integer"}
    return {"type": "integer", "minimum": 1 - 10**digits, "maximum": 10**digits - 1}


def number(precision: int | None = None, scale: int | None = None) -> dict[str, Any]:
    """Return the schema of a number of *precision* digits, *scale* of them after the point.

    More digits after the point are rounded by most systems, so that they are not refused: the
    bound is the first number that has too many before it.
    """
    whole = None if precision is None else precision - (scale or 0)
    if not precision or whole is None or not 0 <= whole <= _MAX_DIGITS:
        return {"type": "number"}
    return {"type": "number", "exclusiveMinimum": -(10**whole), "exclusiveMaximum": 10**whole}


def one_of(values: Iterable[Any]) -> dict[str, Any]:
    """Return the schema of one of some strings; {} where there is none."""
    found = list(dict.fromkeys(values))
    return {"type": "string", "enum": found} if found else {}


def unspecified(reason: str) -> dict[str, Any]:
    """Return the schema of a value of which nothing is known: reports say so, and the reason."""
    return {"x-unspecified": reason}


def whole_number(value: Any) -> int | None:
    """Return a length or a number of digits as vendors write it: 30, 30.0 or "30"; None if none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004
    if isinstance(value, float) and not value.is_integer():
        return None
    return int(value) if isinstance(value, (int, float)) and 0 <= value < 10**9 else None
