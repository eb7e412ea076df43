"""OpenAPI 3.0 schemas rewritten as JSON Schema 2020-12 schemas with the same meaning.

OpenAPI 3.0 differs in `nullable`, in boolean `exclusiveMinimum` and `exclusiveMaximum`, and in
ignoring what is beside a `$ref`.
"""

from __future__ import annotations

from typing import Any, Final

from fieldbound.model import child_schemas

from .nullable import MAY_REFUSE_NULL, MEANT_NULLABLE

_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}


class Upgrade:
    """Rewrites schemas of OpenAPI 3.0 in place, each once.

    Only what stands where a schema stands is rewritten: an object that is a default or an example
    stays as it is, whatever its names are. Where *marks_nullable*, a `nullable: true` leaves a mark
    if a keyword beside it may refuse null nevertheless.
    """

    def __init__(self, *, marks_nullable: bool = False) -> None:
        self._marks_nullable = marks_nullable
        self._upgraded: dict[int, Any] = {}  # by id; the values keep their ids from being reused

    def apply(self, schema: Any) -> None:
        """Rewrite a schema and all subschemas in it."""
        pending = [schema]
        while pending:
            each = pending.pop()
            if isinstance(each, dict) and id(each) not in self._upgraded:
                self._upgraded[id(each)] = each
                is_marked = self._marks_nullable and each.get("nullable") is True
                _upgrade(each)
                if is_marked and not each.keys().isdisjoint(MAY_REFUSE_NULL):
                    each[MEANT_NULLABLE] = True
                pending += [child for _, child in child_schemas(each)]


def _upgrade(schema: dict[str, Any]) -> None:
    if isinstance(schema.get("$ref"), str):
        for keyword in schema.keys() - {"$ref"}:
            del schema[keyword]
        return
    if isinstance(schema.get("nullable"), bool):  # no keyword of JSON Schema
        is_nullable = schema.pop("nullable")
        if is_nullable and isinstance(schema.get("type"), str):
            schema["type"] = [schema["type"], "null"]
    for exclusive, bound in _BOUNDS.items():
        if isinstance(schema.get(exclusive), bool):
            is_exclusive = schema.pop(exclusive)
            if is_exclusive and bound in schema:
                schema[exclusive] = schema.pop(bound)
