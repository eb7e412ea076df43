"""A schema goes in; the same without references and annotations comes out, quicker to judge by."""

from __future__ import annotations

from typing import Any, Final

from fieldbound.model import (
    DIALECTS,
    LIST_KEYWORDS,
    MAP_KEYWORDS,
    SCHEMA_KEYWORDS,
    Node,
    References,
    members,
)

#: Keywords that demand nothing by themselves.
_SILENT: Final = frozenset(
    "$id $anchor $comment $defs definitions title description default examples deprecated "
    "readOnly writeOnly x-source x-sources x-unspecified x-sensitive".split()
)
#: Keywords whose meaning depends on where a schema is referred to, or on what stands beside it.
_BOUND: Final = frozenset(
    "$dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor unevaluatedProperties "
    "unevaluatedItems".split()
)
#: A schema that unfolds to more than this is left as it is.
_MOST: Final = 20_000


#: Keywords that judge a value by themselves, whatever stands beside them.
LONE: Final = frozenset(
    "$schema type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum "
    "maxLength minLength pattern format maxItems minItems uniqueItems maxProperties minProperties "
    "required".split()
)


class _AsItIsError(Exception):
    """The schema cannot be had without references."""


def inlined(references: References) -> Any:
    """Return the root schema with all it refers to in place, or None where that cannot be done.

    That is so for drafts in which a reference hides what stands beside it, for schemas that refer
    to themselves, and where a keyword's meaning depends on the reference.
    """
    root = references.root
    dialect = root.schema.get("$schema", "") if isinstance(root.schema, dict) else ""
    if root.draft or dialect.partition("#")[0] not in DIALECTS:
        return None
    try:
        return _Inliner(references).copy(root, ())
    except (_AsItIsError, KeyError, IndexError, TypeError, ValueError, RecursionError):
        return None


class _Inliner:
    def __init__(self, references: References) -> None:
        self._references = references
        self._count = 0

    def copy(self, node: Node, above: tuple[str, ...]) -> Any:
        """Return a subschema without references; *above* are those it was come to by."""
        self._count += 1
        schema = node.schema
        if not isinstance(schema, dict):
            return schema
        foreign = "$schema" in schema and node is not self._references.root
        if self._count > _MOST or not _BOUND.isdisjoint(schema) or node.draft or foreign:
            raise _AsItIsError
        own = {
            keyword: self._part(node, keyword, above)
            for keyword in schema
            if keyword not in _SILENT and keyword != "$ref"
        }
        if "$ref" not in schema:
            return own
        target = self._references.resolved(node, schema["$ref"])
        if target.location in above:
            raise _AsItIsError
        there = self.copy(target, (*above, target.location))
        if isinstance(there, dict) and _is_alone(own, there):
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


def _is_alone(own: dict[str, Any], there: dict[str, Any]) -> bool:
    """Whether two schemas say the same in one as side by side."""
    return own.keys().isdisjoint(there) and (own.keys() <= LONE or there.keys() <= LONE)
