"""A schema goes in as the set of what it takes: the one room that uses the canonical form."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from jsonschema_rs import canonical


def takes_nothing(schema: Any, registry: jsonschema_rs.Registry | None = None) -> bool:
    """Return whether no instance can be valid; False where that cannot be told.

    *registry* has what the schema refers to.
    """
    try:
        form = jsonschema_rs.canonicalize(schema, registry=registry, offline=True)
    except ValueError:  # of which all the engine's errors are kinds
        return False  # no schema, or a reference that leads nowhere: others say so, with its place
    return bool(form.kind == canonical.CanonicalKind.FALSE)
