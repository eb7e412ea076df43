"""Formats: which are checked in which draft of JSON Schema, and what those of OpenAPI mean.

JSON Schema leaves a format that its draft does not define to the implementation. What is not
checked is reported, by name. The numbers of OpenAPI's registry are written as the limits they stand
for, which both engines check and generate; `date`, `uuid` and the like are those of JSON Schema.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias, TypeGuard

from fieldbound.model import type_names

#: Whether formats are limits, or annotations.
Formats: TypeAlias = Literal["assert", "annotate"]

#: Those of draft 4, and `date`, `time`, `idn-email` and `regex`, which the engine checks as well.
_DRAFT_4: Final = frozenset(
    "date-time email hostname ipv4 ipv6 uri date time idn-email regex".split()
)
_DRAFT_6: Final = _DRAFT_4 | {"json-pointer", "uri-reference", "uri-template"}
_DRAFT_7: Final = _DRAFT_6 | {"idn-hostname", "iri", "iri-reference", "relative-json-pointer"}
#: The formats that are checked from 2019-09 on.
FORMATS: Final = _DRAFT_7 | {"duration", "uuid"}
_BY_DRAFT: Final = {4: _DRAFT_4, 6: _DRAFT_6, 7: _DRAFT_7}
#: Formats of OpenAPI that every value of the type has: there is nothing to check.
_ANNOTATIONS: Final = frozenset(("password", "binary"))

_FLOAT: Final = 3.4028234663852886e38
_DOUBLE: Final = 1.7976931348623157e308
_BASE64: Final = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_BASE64_URL: Final = "^([A-Za-z0-9_-]{4})*([A-Za-z0-9_-]{2}(==)?|[A-Za-z0-9_-]{3}=?)?$"
#: The limits that formats of OpenAPI's registry stand for.
_LIMITS: Final[Mapping[str, Mapping[str, Any]]] = {
    **{
        f"int{bits}": {"multipleOf": 1, "minimum": -(1 << bits - 1), "maximum": (1 << bits - 1) - 1}
        for bits in (8, 16, 32, 64)
    },
    **{
        f"uint{bits}": {"multipleOf": 1, "minimum": 0, "maximum": (1 << bits) - 1}
        for bits in (8, 16, 32, 64)
    },
    "double-int": {"multipleOf": 1, "minimum": 1 - (1 << 53), "maximum": (1 << 53) - 1},
    "float": {"minimum": -_FLOAT, "maximum": _FLOAT},
    "double": {"minimum": -_DOUBLE, "maximum": _DOUBLE},
    "byte": {"pattern": _BASE64},
    "base64url": {"pattern": _BASE64_URL},
}
#: The formats of OpenAPI's registry that are known here.
OPENAPI_FORMATS: Final = frozenset(_LIMITS) | _ANNOTATIONS
#: The types that a format is about.
_STRINGS: Final = frozenset(("byte", "base64url"))
_BOUNDS: Final = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}


def formats_of(draft: int, formats: str) -> frozenset[str]:
    """Return the formats checked in a draft, 0 for 2019-09 and later; none unless "assert"."""
    return _BY_DRAFT.get(draft, FORMATS) if formats == "assert" else frozenset()


def why_not_checked(schema: Mapping[str, Any], draft: int, formats: str) -> str | None:
    """Return why the format of a schema is not checked; None if it is, or says nothing to check."""
    name = schema.get("format")
    if not isinstance(name, str) or name in formats_of(draft, formats) or name in _ANNOTATIONS:
        return None
    if formats != "assert":
        return f'format "{name}": formats are annotations here'
    if name in FORMATS:
        return f'format "{name}": draft {draft} of JSON Schema does not define it'
    if name not in _LIMITS:
        return f'format "{name}": no such format is known'
    if not _applies(name, type_names(schema)):
        return f'format "{name}": it is about {"strings" if name in _STRINGS else "numbers"}'
    if with_format_limits(schema) == schema:
        return None
    return f'format "{name}": it is one of OpenAPI, and JSON Schema does not define it'


def with_format_limits(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema with the limits that its format stands for in OpenAPI, beside its own."""
    found, types = dict(schema), type_names(schema)
    name = schema.get("format")
    if not isinstance(name, str) or name not in _LIMITS or not _applies(name, types):
        return found
    added = {
        keyword: value
        for keyword, value in _LIMITS[name].items()
        if not _is_implied(schema, types, keyword, value)
    }
    for keyword in ("pattern", "multipleOf"):
        if keyword in added and keyword in schema:
            found["allOf"] = [*found.get("allOf", ()), {keyword: added.pop(keyword)}]
    found.update(added)
    return _with_sources(found, added)


def _applies(name: str, types: Sequence[str]) -> bool:
    """Return whether a format is about a value of one of these types; of any if there are none."""
    about = ("string",) if name in _STRINGS else ("integer", "number")
    return not types or not {*about}.isdisjoint(types)


def _is_implied(schema: Mapping[str, Any], types: Sequence[str], keyword: str, value: Any) -> bool:
    """Return whether a schema has a limit as strict as this one."""
    if keyword in ("pattern", "multipleOf"):
        every = [schema, *(each for each in schema.get("allOf", ()) if isinstance(each, dict))]
        own = [each.get(keyword) for each in every]
        if keyword == "pattern":
            return value in own
        only_integers = bool(types) and "number" not in types
        return only_integers or any(_is_number(each) and each % 1 == 0 for each in own)
    values = schema.get("enum", [schema["const"]] if "const" in schema else None)
    least = keyword == "minimum"
    if isinstance(values, list):
        numbers = filter(_is_number, values)
        return all(each >= value if least else each <= value for each in numbers)
    bounds = filter(_is_number, (schema.get(keyword), schema.get(_BOUNDS[keyword])))
    return any(each >= value if least else each <= value for each in bounds)


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _with_sources(schema: dict[str, Any], added: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema whose added limits are documented where its format is."""
    given = schema.get("x-source")
    entries = given if isinstance(given, list) else [given]
    more = [
        {**each, "of": [*added]}
        for each in entries
        if added and isinstance(each, dict) and "format" in _words(each.get("of"))
    ]
    return {**schema, "x-source": [*entries, *more]} if more else schema


def _words(value: Any) -> Any:
    return value if isinstance(value, list) else (value,)
