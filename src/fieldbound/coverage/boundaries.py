"""The position of a value relative to a limit: inside, at, or beyond it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias

from fieldbound.model import Limit, json_type

Position: TypeAlias = Literal["inside", "at", "beyond"]

#: What each keyword with a bound measures, and on which side of it values are valid.
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
#: Keywords with an inclusive bound.
INCLUSIVE_BOUNDS: Final = frozenset(_MEASURES) - {"exclusiveMaximum", "exclusiveMinimum"}


def boundary_position(limit: Limit, value: Any) -> Position | None:
    """Return the position of a value relative to a limit, None if it has none.

    "at" is the bound itself, or a member of an enumeration. The bound of `exclusiveMaximum` and
    `exclusiveMinimum` is invalid, hence "beyond". For `type` a value is "inside" or "beyond". None
    if the keyword does not apply to such a value, and for keywords that measure nothing, such as
    `format`: only a validator can check those.
    """
    if limit.keyword in _MEASURES:
        return _measured_position(limit, value)
    if limit.keyword == "enum":
        return "at" if member_index(limit, value) is not None else "beyond"
    if limit.keyword == "const":
        return "at" if identity(value) == identity(limit.value) else "beyond"
    if limit.keyword == "type":
        return "inside" if _has_type(value, limit.value) else "beyond"
    return None


def members(limit: Limit) -> dict[Any, int]:
    """Return the identity of each value of an `enum` or `const`, with its index."""
    if limit.keyword == "const":
        return {identity(limit.value): 0}
    if limit.keyword != "enum" or not isinstance(limit.value, (list, tuple)):
        return {}
    found: dict[Any, int] = {}
    for each in limit.value:
        found.setdefault(identity(each), len(found))
    return found


def member_index(limit: Limit, value: Any) -> int | None:
    """Return the index of a value in an `enum` or `const`, None if it is not a member."""
    return members(limit).get(identity(value))


def identity(value: Any) -> Any:
    """Return a key that is equal for equal JSON values: for 1 and 1.0, but not for 1 and true."""
    if isinstance(value, bool):
        return "boolean", value
    if isinstance(value, (list, tuple)):
        return "array", tuple([identity(each) for each in value])
    if isinstance(value, dict):
        return "object", frozenset((name, identity(each)) for name, each in value.items())
    return value


def _measured_position(limit: Limit, value: Any) -> Position | None:
    type_name, side = _MEASURES[limit.keyword]
    bound = limit.value
    if not _is_number(bound) or not _TYPE_CHECKS[type_name](value):
        return None
    size = value if type_name == "number" else len(value)
    if isinstance(bound, Decimal) or isinstance(size, Decimal):
        bound, size = _decimal(bound), _decimal(size)
    if size != size or bound != bound:  # noqa: PLR0124 - NaN has no position
        return None
    if size == bound:
        return "at" if limit.keyword in INCLUSIVE_BOUNDS else "beyond"
    return "inside" if (size > bound) == (side > 0) else "beyond"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


#: Checks of a value's type, by type.
_TYPE_CHECKS: Final[dict[str, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, (list, tuple)),
    "object": lambda value: isinstance(value, dict),
    "number": _is_number,
}


def _decimal(number: Any) -> Any:
    """Return a float as the decimal number of its JSON; other numbers compare exactly."""
    return Decimal(repr(float(number))) if isinstance(number, float) else number


def _has_type(value: Any, types: Any) -> bool:
    if isinstance(value, Decimal):
        integral = value.is_finite() and value == value.to_integral_value()
        type_name = "integer" if integral else "number"
    else:
        type_name = json_type(value)
    names = types if isinstance(types, (list, tuple)) else (types,)
    return type_name in names or (type_name == "integer" and "number" in names)
