"""Schemas of OpenAPI 3.0 whose `nullable: true` has no effect, read as it means: null is accepted.

By the text of the specification they refuse null, which their vendors send: that would be a false
alarm. What is read otherwise is reported once for each contract.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fieldbound.model import NOT_CHECKED, Node
from fieldbound.openapi import (
    MEANT_NULLABLE as MARK,
    SchemaGraph,
    SchemaLocation,
    accepting_null,
    refuses_null,
)

from .problems import Problem

WITHOUT_EFFECT: Final = "nullable-without-effect"


class NullableReading:
    """Which of some *schemas* are read so, by their locations."""

    def __init__(self, graph: SchemaGraph, schemas: Mapping[SchemaLocation, Any]) -> None:
        self._graph = graph
        meant = (at for at, each in schemas.items() if isinstance(each, dict) and MARK in each)
        self._by_keyword = {at: keyword for at in meant if (keyword := refuses_null(graph, at))}

    def apply(self, copy: dict[str, Any], location: SchemaLocation) -> dict[str, Any]:
        """Return the copy of the schema at a location as it is read, without the mark."""
        if MARK not in copy:
            return copy
        copy = {name: each for name, each in copy.items() if name != MARK}
        if location not in self._by_keyword:
            return copy
        copy = accepting_null(self._graph, location, copy)
        if location == next(iter(self._by_keyword)):
            copy[NOT_CHECKED] = [*copy.get(NOT_CHECKED, ()), self._reason(location)]
        return copy

    def _reason(self, location: SchemaLocation) -> str:
        """Return what is reported, with the first place and the number of others."""
        uri, tokens = location
        file, _, pointer = Node(None, uri, (*tokens, "nullable")).location.partition("#")
        place = f"{file.rpartition('/')[2]}#{pointer}"
        others = len(self._by_keyword) - 1
        more = f" and at {others} other place{'s' if others > 1 else ''}" if others else ""
        return (
            f"nullable: true has no effect by OpenAPI 3.0 at {place}{more}, as "
            f"{_why(self._by_keyword[location])}: null is accepted, as it is meant"
        )


def nullable_problems(graph: SchemaGraph, node: Node) -> Iterator[Problem]:
    """Yield each `nullable: true` without effect, of a schema and of those within it."""
    from .contradictions import subschemas  # slow to import

    for tokens, schema in subschemas(node.schema, node.tokens, node.draft):
        is_meant = isinstance(schema, dict) and MARK in schema
        keyword = refuses_null(graph, (node.uri, tokens)) if is_meant else None
        if keyword is not None:
            reason = f"nullable: true has no effect by OpenAPI 3.0, as {_why(keyword)}"
            yield Problem((*tokens, "nullable"), reason, weakens=False, code=WITHOUT_EFFECT)


def _why(keyword: str) -> str:
    if keyword == "enum":
        return "null is not in the enum"
    return f"the {keyword} beside it refuses null"
