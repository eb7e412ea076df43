"""A schema without references and annotations: the engine checks it faster."""

from __future__ import annotations

from typing import Any, Final

from fieldbound.model import (
    DIALECTS,
    LIST_KEYWORDS,
    MAP_KEYWORDS,
    SCHEMA_KEYWORDS,
    Node,
    SchemaRegistry,
    members,
)

#: Keywords that constrain nothing by themselves.
_ANNOTATIONS: Final = frozenset(
    "$id $anchor $comment $defs definitions title description default examples deprecated "
    "readOnly writeOnly x-source x-sources x-unspecified x-sensitive x-not-checked".split()
)
#: Keywords whose meaning depends on the reference by which they are reached, or on their siblings.
_CONTEXTUAL: Final = frozenset(
    "$dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor unevaluatedProperties "
    "unevaluatedItems".split()
)
#: A schema of more subschemas than this, all inlined, is not inlined.
_MOST_SUBSCHEMAS: Final = 20_000


#: Keywords whose verdict does not depend on their siblings.
INDEPENDENT: Final = frozenset(
    "$schema type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum "
    "maxLength minLength pattern format maxItems minItems uniqueItems maxProperties minProperties "
    "required".split()
)


class _CannotInlineError(Exception):
    """The schema cannot be written without references."""


def inlined(references: SchemaRegistry) -> Any:
    """Return the root schema with references replaced by their targets, None if impossible.

    That is so for drafts in which a reference hides what stands beside it, for schemas that refer
    to themselves, and where a keyword's meaning depends on the reference.
    """
    root = references.root
    dialect = root.schema.get("$schema", "") if isinstance(root.schema, dict) else ""
    if root.draft or dialect.partition("#")[0] not in DIALECTS:
        return None
    try:
        return _Inliner(references).copy(root, ())
    except (_CannotInlineError, KeyError, IndexError, TypeError, ValueError, RecursionError):
        return None


class _Inliner:
    def __init__(self, references: SchemaRegistry) -> None:
        self._references = references
        self._count = 0

    def copy(self, node: Node, above: tuple[str, ...]) -> Any:
        """Return a subschema without references; *above* are the references followed so far."""
        self._count += 1
        schema = node.schema
        if not isinstance(schema, dict):
            return schema
        foreign = "$schema" in schema and node is not self._references.root
        if (
            self._count > _MOST_SUBSCHEMAS
            or not _CONTEXTUAL.isdisjoint(schema)
            or node.draft
            or foreign
        ):
            raise _CannotInlineError
        own = {
            keyword: self._part(node, keyword, above)
            for keyword in schema
            if keyword not in _ANNOTATIONS and keyword != "$ref"
        }
        if "$ref" not in schema:
            return own
        target = self._references.resolve(node, schema["$ref"])
        if target.location in above:
            raise _CannotInlineError
        there = self.copy(target, (*above, target.location))
        if isinstance(there, dict) and _may_merge(own, there):
            return {**there, **own}
        return {**own, "allOf": [*own.get("allOf", ()), there]} if own else there

    def _part(self, node: Node, keyword: str, above: tuple[str, ...]) -> Any:
        value = node.schema[keyword]
        if keyword in SCHEMA_KEYWORDS and isinstance(value, dict):
            return self.copy(self._references.child(node, keyword), above)
        if (keyword in MAP_KEYWORDS and isinstance(value, dict)) or (
            keyword in LIST_KEYWORDS and isinstance(value, list)
        ):
            within = self._references.child(node, keyword)
            parts = [
                (token, self.copy(self._references.child(within, token), above))
                for token, _ in members(value)
            ]
            return dict(parts) if isinstance(value, dict) else [part for _, part in parts]
        return value


def _may_merge(own: dict[str, Any], there: dict[str, Any]) -> bool:
    """Return whether two schemas mean the same merged as in `allOf`."""
    return own.keys().isdisjoint(there) and (
        own.keys() <= INDEPENDENT or there.keys() <= INDEPENDENT
    )
