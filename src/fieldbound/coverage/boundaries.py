"""A limit and a value go in, how the value stands to it comes out: inside, at, or beyond."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from fieldbound.model import Limit, json_type

Reach: TypeAlias = Literal["inside", "at", "beyond"]

#: What each keyword with a bound measures, and on which side of the bound a value is kept.
_MEASURES: Final = {
    "maxLength": ("string", -1),
    "minLength": ("string", 1),
    "maxItems": ("array", -1),
    "minItems": ("array", 1),
    "maxProperties": ("object", -1),
    "minProperties": ("object", 1),
    "maximum": ("number", -1),
    "minimum": ("number", 1),
    "exclusiveMaximum": ("number", -1),
    "exclusiveMinimum": ("number", 1),
}
#: Keywords with a bound that a valid value can stand at.
BOUNDS: Final = frozenset(_MEASURES) - {"exclusiveMaximum", "exclusiveMinimum"}


def reach(limit: Limit, value: Any) -> Reach | None:
    """Return how a value stands to a limit, or None where there is no telling from these two.

    "at" is the very bound, or a member of an enumeration. The bound of `exclusiveMaximum` and
    `exclusiveMinimum` is beyond them, so nothing is at one. A `type` is kept inside or broken.
    None where the keyword does not apply to such a value, and for what has no measure, such as
    `format`: whether that is kept only a judge can say.
    """
    if limit.keyword in _MEASURES:
        return _measured(limit, value)
    if limit.keyword == "enum":
        return "at" if member(limit, value) is not None else "beyond"
    if limit.keyword == "const":
        return "at" if identity(value) == identity(limit.value) else "beyond"
    if limit.keyword == "type":
        return "inside" if _is_of(value, limit.value) else "beyond"
    return None


def members(limit: Limit) -> dict[Any, int]:
    """Return the identity of each value that an `enum` or a `const` takes, with its index."""
    if limit.keyword == "const":
        return {identity(limit.value): 0}
    if limit.keyword != "enum" or not isinstance(limit.value, (list, tuple)):
        return {}
    found: dict[Any, int] = {}
    for each in limit.value:
        found.setdefault(identity(each), len(found))
    return found


def member(limit: Limit, value: Any) -> int | None:
    """Return the index of a value among those that an `enum` or a `const` takes."""
    return members(limit).get(identity(value))


def identity(value: Any) -> Any:
    """Return what is equal for values that are one JSON value: 1 and 1.0, but not 1 and true."""
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, (list, tuple)):
        return "array", tuple([identity(each) for each in value])
    if isinstance(value, dict):
        return "object", frozenset((name, identity(each)) for name, each in value.items())
    return value


def _measured(limit: Limit, value: Any) -> Reach | None:
    kind, side = _MEASURES[limit.keyword]
    bound = limit.value
    if not _is_number(bound) or not _KINDS[kind](value):
        return None
    size = value if kind == "number" else len(value)
    if isinstance(bound, Decimal) or isinstance(size, Decimal):
        bound, size = _decimal(bound), _decimal(size)
    if size != size or bound != bound:  # noqa: PLR0124 - NaN, which is at no side of anything
        return None
    if size == bound:
        return "at" if limit.keyword in BOUNDS else "beyond"
    return "inside" if (size > bound) == (side > 0) else "beyond"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


#: Whether a value is of a kind that has a measure.
_KINDS: Final[dict[str, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, (list, tuple)),
    "object": lambda value: isinstance(value, dict),
    "number": _is_number,
}


def _decimal(number: Any) -> Any:
    """Return a float as the decimal number that JSON writes it as; others compare as they are."""
    return Decimal(repr(float(number))) if isinstance(number, float) else number


def _is_of(value: Any, types: Any) -> bool:
    if isinstance(value, Decimal):
        whole = value.is_finite() and value == value.to_integral_value()
        kind = "integer" if whole else "number"
    else:
        kind = json_type(value)
    named = types if isinstance(types, (list, tuple)) else (types,)
    return kind in named or (kind == "integer" and "number" in named)
