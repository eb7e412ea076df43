"""Whether schemas accept any value, or why not, and whether one accepts all that another does."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from jsonschema_rs import canonical

from .alternatives import is_wide
from .engine_patterns import canonical_schema


def is_unsatisfiable(schema: Any, registry: jsonschema_rs.Registry | None = None) -> bool:
    """Return whether no instance can be valid; False if that is undecided.

    *registry* has the schemas that are referenced.
    """
    if is_wide(schema, registry):
        return False
    try:
        schema_node = jsonschema_rs.canonicalize(
            canonical_schema(schema).schema, registry=registry, offline=True
        )
    except ValueError:  # the base class of the engine's errors
        return False  # an invalid schema or an unresolved $ref: reported elsewhere, with its place
    return bool(schema_node.kind == canonical.CanonicalKind.FALSE)


def is_within(schema: Any, wider: Any) -> bool:
    """Return whether *wider* accepts every value that *schema* accepts; False if undecided."""
    if is_wide(schema) or is_wide(wider):
        return False
    try:
        inner, outer = (
            jsonschema_rs.canonicalize(
                canonical_schema(each).schema, offline=True, validate_formats=True
            )
            for each in (schema, wider)
        )
        return bool(outer.covers(inner) == canonical.Containment.YES)
    except ValueError:
        return False


def unsatisfiable_reason(reason: Any) -> str:
    """Return in words why the engine says that a schema accepts no value."""
    match reason:
        case canonical.UnsatisfiableReason.Literal():
            return "the schema is false"
        case canonical.UnsatisfiableReason.Empty(cause):
            return f"no value satisfies {_keywords(cause)}"
        case canonical.UnsatisfiableReason.Conflict(causes):
            return f"no value satisfies {' and '.join(_keywords(each) for each in causes)} together"
    return "no value is valid"


def _keywords(cause: Any) -> str:
    words = ", ".join(cause.keywords) or "the subschema"
    return f"{words} at {cause.pointer}" if cause.pointer else words
