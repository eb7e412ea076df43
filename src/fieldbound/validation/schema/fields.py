"""The fields of a contract: what it says of the values at each pointer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fieldbound.model import Field, Limit, type_names
from fieldbound.validation.trail import Trail, direction_of

_ABSENT: Final = object()


def fields_of(trails: Iterable[Trail], limits: Iterable[Limit]) -> tuple[Field, ...]:
    """Return the fields of a contract, by every way to its schemas and by its limits."""
    schemas: dict[str, list[Trail]] = {}
    for trail in trails:
        schemas.setdefault(trail.pointer, []).append(trail)
    by_pointer: dict[str, list[Limit]] = {}
    for limit in limits:
        by_pointer.setdefault(limit.pointer, []).append(limit)
    pointers = dict.fromkeys((*schemas, *by_pointer))
    return tuple(_field(at, schemas.get(at, ()), by_pointer.get(at, ())) for at in pointers)


def _field(pointer: str, trails: Iterable[Trail], limits: Iterable[Limit]) -> Field:
    found = [each.node.schema for each in trails if isinstance(each.node.schema, dict)]
    keywords = {each.keyword for each in limits if each.condition is None}
    default = _first(found, "default")
    return Field(
        pointer,
        next((each.title for each in trails if each.title), None),
        tuple(dict.fromkeys(name for schema in found for name in type_names(schema))),
        required="required" in keywords,
        read_only=_is_marked(found, "readOnly"),
        write_only=_is_marked(found, "writeOnly"),
        has_default=default is not _ABSENT,
        default=None if default is _ABSENT else default,
        limits=tuple(limits),
    )


def _first(schemas: Iterable[Mapping[str, Any]], keyword: str) -> Any:
    return next((each[keyword] for each in schemas if keyword in each), _ABSENT)


def _is_marked(schemas: Iterable[Mapping[str, Any]], keyword: str) -> bool:
    return any(direction_of(each) == keyword or each.get(keyword) is True for each in schemas)
