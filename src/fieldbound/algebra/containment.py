"""Whether schemas accept any value, and whether one accepts all that another does."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from jsonschema_rs import canonical

from .engine_patterns import canonical_schema


def is_unsatisfiable(schema: Any, registry: jsonschema_rs.Registry | None = None) -> bool:
    """Return whether no instance can be valid; False if that is undecided.

    *registry* has the schemas that are referenced.
    """
    try:
        schema_node = jsonschema_rs.canonicalize(
            canonical_schema(schema).schema, registry=registry, offline=True
        )
    except ValueError:  # the base class of the engine's errors
        return False  # an invalid schema or an unresolved $ref: reported elsewhere, with its place
    return bool(schema_node.kind == canonical.CanonicalKind.FALSE)


def is_within(schema: Any, wider: Any) -> bool:
    """Return whether *wider* accepts every value that *schema* accepts; False if undecided."""
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
