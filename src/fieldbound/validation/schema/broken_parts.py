"""What is broken in a schema itself: what was taken out of it, and words that are misspelt.

JSON Schema ignores an unknown keyword: the limit of a misspelt one is lost. A misspelt name that is
required rejects every object.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from fieldbound.model import (
    LIST_KEYWORDS,
    MAP_KEYWORDS,
    NOT_CHECKED,
    SCHEMA_KEYWORDS,
    Node,
    closest_name,
)
from fieldbound.validation.keywords import LIMITS, REFERENCES

from .impossible_names import impossible_names

#: The keywords that constrain, by themselves or by their subschemas.
_CONSTRAINTS: Final = (
    LIMITS | MAP_KEYWORDS | LIST_KEYWORDS | SCHEMA_KEYWORDS | frozenset(REFERENCES)
)
#: All keywords, of JSON Schema and of OpenAPI's Schema Object.
KEYWORDS: Final = _CONSTRAINTS | frozenset(
    "$schema $id $anchor $dynamicAnchor $recursiveAnchor $vocabulary $comment title description "
    "default examples deprecated readOnly writeOnly contentEncoding contentMediaType discriminator "
    "xml externalDocs example".split()
)
#: Keywords of older drafts and of OpenAPI 3.0, which are no misspellings.
_FORMER: Final = frozenset(("id", "nullable", "divisibleBy", "extends", "disallow"))


def misspelt_keywords(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keywords of a schema that are most likely misspelt, each with what is meant."""
    for keyword in schema:
        if keyword not in KEYWORDS and (meant := _meant(keyword)) and meant not in schema:
            yield keyword, meant


def misspellings(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keywords of a schema that are most likely misspelt, each with the reason."""
    for keyword, meant in misspelt_keywords(schema):
        yield keyword, f"unknown keyword {keyword!r} is not enforced; did you mean {meant}?"


@lru_cache(maxsize=1_000)
def _meant(keyword: str) -> str | None:
    if keyword.startswith("x-") or keyword in _FORMER:
        return None
    return closest_name(keyword, _CONSTRAINTS)


class BrokenParts:
    """Collects the reasons by the pointer to what they apply to, each reason once."""

    def __init__(self) -> None:
        self._pointers: dict[tuple[str, str], str] = {}  # by reason and where it is found

    def add(self, pointer: str, node: Node) -> None:
        """Add the reasons of a subschema, which applies at a pointer."""
        if not isinstance(node.schema, dict):
            return
        stated = node.schema.get(NOT_CHECKED)
        for reason in stated if isinstance(stated, list) else ():
            self._pointers.setdefault((str(reason), ""), pointer)
        for _, reason in misspellings(node.schema):
            self._pointers.setdefault((reason, node.location), pointer)
        if not (node.draft and "$ref" in node.schema):
            for _, reason in impossible_names(node.schema):
                self._pointers.setdefault((reason, node.location), pointer)

    def reasons(self) -> dict[str, str]:
        """Return the reasons by pointer."""
        found: dict[str, list[str]] = {}
        for (reason, _), pointer in self._pointers.items():
            found.setdefault(pointer, []).append(reason)
        return {pointer: "; ".join(reasons) for pointer, reasons in found.items()}
