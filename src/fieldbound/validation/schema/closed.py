"""A schema by which the engine accepts nothing with an integer that it misreads.

To look for such an integer in each instance costs half as much as the check. The engine does so on
the way: one of too many digits is an integer to it, and no number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fieldbound.model import type_names

_NUMBERS: Final = frozenset(("integer", "number"))
_SCALARS: Final = ("string", "boolean", "null")
_CONTAINERS: Final = ("object", "array")
#: Levels of objects and arrays that are looked at where the schema says nothing of the value.
_DEEPEST: Final = 8


def closed(schema: Any) -> Any:
    """Return a schema that accepts what *schema*, one without references, accepts.

    But it rejects whatever has an integer that the engine misreads, and what nests very deeply
    where the schema says nothing of it.
    """
    made = _closed(schema)
    if made is False:
        return False
    return {**made, "$defs": {f"level{at}": _anything(at) for at in range(_DEEPEST + 1)}}


def _closed(schema: Any) -> Any:
    if schema is False:
        return False
    part = {} if schema is True else schema
    if part.get("not") == {} or _has_plain_values(part):
        return part
    kinds: Sequence[str] = type_names(part)
    if not kinds:
        if "properties" not in part:
            return _with(part, _level(_DEEPEST))
        kinds = (*_SCALARS, "number", *_CONTAINERS)
    made = dict(part)
    if "object" in kinds:
        made |= _closed_object(part)
    if "array" in kinds:
        if isinstance(part.get("items"), list):  # of an old draft
            return _with(part, _level(_DEEPEST))
        made["items"] = _closed(part.get("items", True))
        if "prefixItems" in part:
            made["prefixItems"] = [_closed(each) for each in part["prefixItems"]]
    if _NUMBERS.isdisjoint(kinds) or part.get("type") == "number":
        return made
    return _with(made, _number_or([each for each in kinds if each not in _NUMBERS]))


def _closed_object(schema: dict[str, Any]) -> dict[str, Any]:
    made = {"additionalProperties": _closed(schema.get("additionalProperties", True))}
    for keyword in ("properties", "patternProperties"):
        if keyword in schema:
            made[keyword] = {name: _closed(each) for name, each in schema[keyword].items()}
    return made


def _has_plain_values(schema: dict[str, Any]) -> bool:
    """Return whether a schema fixes the value to strings, true, false or null."""
    values = [schema["const"]] if "const" in schema else schema.get("enum")
    return isinstance(values, list) and all(
        each is None or isinstance(each, (str, bool)) for each in values
    )


def _with(schema: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "allOf": [*schema.get("allOf", ()), other]}


def _anything(levels: int) -> dict[str, Any]:
    """Return a schema of anything with so many levels of objects and arrays."""
    if not levels:
        return _number_or(_SCALARS)
    inner = _level(levels - 1)
    return _number_or((*_SCALARS, *_CONTAINERS), items=inner, additionalProperties=inner)


def _level(levels: int) -> dict[str, Any]:
    return {"$ref": f"#/$defs/level{levels}"}


def _number_or(kinds: Sequence[str], **keywords: Any) -> dict[str, Any]:
    """Return a schema of numbers and these types; of a list of types the engine asks otherwise."""
    number = {"type": "number"}
    return {"anyOf": [number, {"type": [*kinds], **keywords}]} if kinds else number
