"""The JSON of primitive types: how payloads of OData 4, and of the versions before it, have them.

OData 4: "OData JSON Format", 7.1 Primitive Value, and the rules of "OData ABNF Construction
Rules". Before: "JSON Format" of version 2 and "JSON Verbose Format" of version 3, in which 64-bit
integers and decimals are strings, and times are /Date(milliseconds)/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fieldbound.importers.csdl.model import Facets
from fieldbound.importers.values import number, string, unspecified

_RANGES: Final = {
    "Edm.Byte": (0, 255),
    "Edm.SByte": (-128, 127),
    "Edm.Int16": (-(2**15), 2**15 - 1),
    "Edm.Int32": (-(2**31), 2**31 - 1),
    "Edm.Int64": (-(2**63), 2**63 - 1),
}
_DAY: Final = r"-?[0-9]{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_CLOCK: Final = r"([01][0-9]|2[0-3]):[0-5][0-9]"
_OFFSET: Final = r"([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_TICKS: Final = r"/Date\(-?[0-9]+([+-][0-9]{1,4})?\)/"
_DURATION: Final = r"^[+-]?P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?$"
#: Before version 4 a time may have years and months.
_TIME: Final = (
    r"^[+-]?P([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?$"
)
#: Of both alphabets: services write either.
_BASE64: Final = "^[A-Za-z0-9+/_-]*={0,2}$"
_MOST_DIGITS: Final = 12
_MAX_DIGITS: Final = 300


def _clock(facets: Facets) -> str:
    """Return the pattern of a time of day, with so many digits of a second as it may have."""
    precision = _MOST_DIGITS if facets.precision is None else facets.precision
    digits = min(precision, _MOST_DIGITS)
    fraction = rf"(\.[0-9]{{1,{digits}}}0*)?" if digits else r"(\.0+)?"
    return f"{_CLOCK}(:[0-5][0-9]{fraction})?"


def _binary(facets: Facets) -> dict[str, Any]:
    """Return the schema of bytes: three of them are four characters."""
    size = facets.max_length
    return string(None if not size else 4 * -(-size // 3), pattern=_BASE64)


def _decimal(facets: Facets) -> dict[str, Any]:
    """Return the schema of a number. Digits after the point are limited where *scale* says so."""
    scale = facets.scale
    if scale == "floating":
        return number()
    if not isinstance(scale, int):
        return number(facets.precision)
    found = number(facets.precision, scale)
    # Beyond the digits of a double, no number of JSON is a multiple for certain.
    return found if scale > 9 else {**found, "multipleOf": 10**-scale if scale else 1}  # noqa: PLR2004


def _decimal_text(facets: Facets) -> dict[str, Any]:
    scale = facets.scale if isinstance(facets.scale, int) else None
    whole = facets.precision and facets.precision - (scale or 0)
    is_limited = whole is not None and 0 < whole <= _MAX_DIGITS
    before = f"0*[0-9]{{0,{whole}}}" if is_limited else "[0-9]*"
    after = "[0-9]*" if scale is None else f"[0-9]{{0,{scale}}}0*"
    return {"type": "string", "pattern": rf"^[+-]?{before}(\.{after})?[Mm]?$"}


def _floating(_: Facets) -> dict[str, Any]:
    return {"type": ["number", "string"], "pattern": r"^(-?INF|NaN)$"}


def _floating_text(_: Facets) -> dict[str, Any]:
    pattern = r"^([+-]?[0-9]*(\.[0-9]*)?([Ee][+-]?[0-9]+)?[DdFf]?|-?INF|NaN|Nan)$"
    return {"type": ["number", "string"], "pattern": pattern}


def _ranged(name: str) -> Callable[[Facets], dict[str, Any]]:
    minimum, maximum = _RANGES[name]
    return lambda _: {"type": "integer", "minimum": minimum, "maximum": maximum}


def _pattern(text: str) -> Callable[[Facets], dict[str, Any]]:
    return lambda _: {"type": "string", "pattern": text}


def _object(_: Facets) -> dict[str, Any]:
    return {"type": "object"}


_BOTH: Final[dict[str, Callable[[Facets], dict[str, Any]]]] = {
    "Edm.String": lambda facets: string(facets.max_length),
    "Edm.Boolean": lambda _: {"type": "boolean"},
    "Edm.Guid": lambda _: {"type": "string", "format": "uuid"},
    "Edm.Binary": _binary,
    **{name: _ranged(name) for name in _RANGES},
}
_OF_4: Final = {
    **_BOTH,
    "Edm.Decimal": _decimal,
    "Edm.Double": _floating,
    "Edm.Single": _floating,
    "Edm.Date": lambda _: {"type": "string", "format": "date"},
    "Edm.DateTimeOffset": lambda facets: {
        "type": "string",
        "pattern": f"^{_DAY}[Tt]{_clock(facets)}{_OFFSET}$",
    },
    "Edm.TimeOfDay": lambda facets: {"type": "string", "pattern": f"^{_clock(facets)}$"},
    "Edm.Duration": _pattern(_DURATION),
}
_BEFORE_4: Final = {
    **_BOTH,
    "Edm.Int64": _pattern("^[+-]?[0-9]{1,19}[Ll]?$"),
    "Edm.Decimal": _decimal_text,
    "Edm.Double": _floating_text,
    "Edm.Single": _floating_text,
    # Times are accepted as ISO 8601 has them as well, which version 3 writes.
    "Edm.DateTime": lambda facets: {
        "type": "string",
        "pattern": f"^({_TICKS}|{_DAY}T{_clock(facets)}[Zz]?)$",
    },
    "Edm.DateTimeOffset": lambda facets: {
        "type": "string",
        "pattern": f"^({_TICKS}|{_DAY}T{_clock(facets)}{_OFFSET})$",
    },
    "Edm.Time": _pattern(_TIME),
}


def primitive(name: str, facets: Facets, version: int) -> dict[str, Any]:
    """Return the schema of a primitive type, with `x-unspecified` for one that has no form."""
    forms = _OF_4 if version == 4 else _BEFORE_4  # noqa: PLR2004 - of OData
    if name in forms:
        return forms[name](facets)
    if name.startswith(("Edm.Geography", "Edm.Geometry")):
        return _object(facets)
    return unspecified(f"the type {name} has no one form in JSON")
