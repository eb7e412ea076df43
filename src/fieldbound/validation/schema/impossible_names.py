"""Names that a schema requires and allows in no object: most likely they are misspelt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fieldbound.algebra import pattern_of
from fieldbound.model import closest_name

#: Keywords by which other schemas evaluate properties of the same object.
_IN_PLACE: Final = frozenset(
    "$ref $dynamicRef $recursiveRef allOf anyOf oneOf if dependentSchemas".split()
)


def is_false_schema(schema: Any) -> bool:
    """Return whether a schema is meant to reject everything: false, or one with `not: {}`."""
    return schema is False or (isinstance(schema, dict) and schema.get("not") in ({}, True))


def impossible_names(schema: Mapping[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the index in `required` of each name that no object may have, and the reason."""
    closed = _closed_by(schema)
    required, properties = schema.get("required"), schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    if closed is None or not isinstance(required, list):
        return
    if not isinstance(properties, dict) or not isinstance(patterns, dict):
        return
    for index, name in enumerate(required):
        if not isinstance(name, str) or name in properties:
            continue
        if not any(_may_match(each, name) for each in patterns):
            meant = closest_name(name, [each for each in properties if each not in required])
            suggestion = f"; did you mean {meant}?" if meant else ""
            yield index, f"{name!r} is required, but {closed}: false rejects it{suggestion}"


def _closed_by(schema: Mapping[str, Any]) -> str | None:
    """Return the keyword by which a schema rejects all names but its own, or None."""
    if is_false_schema(schema.get("additionalProperties")):
        return "additionalProperties"
    is_alone = "additionalProperties" not in schema and _IN_PLACE.isdisjoint(schema)
    if is_alone and is_false_schema(schema.get("unevaluatedProperties")):
        return "unevaluatedProperties"
    return None


def _may_match(pattern: str, name: str) -> bool:
    try:
        return pattern_of(pattern).matches(name) is not False
    except ValueError:
        return True  # an invalid pattern is reported by itself
