"""Schemas that no value satisfies, because their limits contradict each other."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from jsonschema_rs import Registry

from fieldbound.algebra import canonical_schema, is_unsatisfiable
from fieldbound.model import Node, child_schemas, resolve_uri
from fieldbound.openapi import PointerTokens
from fieldbound.validation import impossible_names as names_of, is_false_schema

from .problems import Problem

CONTRADICTION: Final = "contradiction"
UNSATISFIABLE: Final = "no value can satisfy this schema: its limits contradict each other"
#: Keywords that do not constrain the instance itself, but its properties and items, or nothing.
_NOT_IN_PLACE: Final = frozenset(
    "properties patternProperties additionalProperties unevaluatedProperties items prefixItems "
    "additionalItems unevaluatedItems propertyNames contains $defs definitions $id id title "
    "description default readOnly writeOnly x-source x-sources x-sensitive x-not-checked".split()
)
#: Keywords that constrain values of one type, and say nothing of others.
_OF_ONE_TYPE: Final = frozenset(
    "maxLength minLength pattern format maximum exclusiveMaximum minimum exclusiveMinimum "
    "multipleOf maxItems minItems uniqueItems maxContains minContains maxProperties minProperties "
    "required dependentRequired".split()
)
_REFERENCES: Final = ("$ref", "$dynamicRef")


def subschemas(
    schema: Any, tokens: PointerTokens, draft: int
) -> Iterator[tuple[PointerTokens, Any]]:
    """Yield a schema and all within it, each with its pointer, the outer before the inner."""
    yield tokens, schema
    if isinstance(schema, dict) and not (draft and "$ref" in schema):
        for at, child in child_schemas(schema):
            if isinstance(child, (dict, bool)):  # else the list of names in dependencies
                yield from subschemas(child, (*tokens, *at), draft)


def registry_of(resources: Mapping[str, Any]) -> Registry | None:
    """Return the registry of resources; None for an invalid URI, which is reported elsewhere."""
    try:
        written = canonical_schema(list(resources.values())).schema
        return Registry(list(zip(resources, written, strict=True)))
    except ValueError:
        return None


def contradictions(node: Node, registry: Registry | None) -> Iterator[Problem]:
    """Yield the schemas within one that nothing satisfies, the inner ones before the outer.

    An inner one may be the cause of the outer. Those that refer to others are left to a second
    turn, with the *registry* of what they refer to.
    """
    test = _test(node.uri, registry)
    for tokens, schema in reversed(list(subschemas(node.schema, node.tokens, node.draft))):
        constraints = in_place(schema)
        is_only_reference = constraints.keys() <= {"$ref"}  # its target is checked itself
        is_due = _has_reference(constraints) == (registry is not None)
        if is_due and not is_only_reference and test(constraints):
            removed = tuple((*tokens, keyword) for keyword in _contradictory(constraints, test))
            yield Problem(tokens, UNSATISFIABLE, remove=removed, code=CONTRADICTION)


def impossible_names(schema: Any, tokens: PointerTokens) -> Iterator[Problem]:
    """Yield the names that a schema requires, and allows in no object."""
    for index, reason in names_of(schema) if isinstance(schema, dict) else ():
        yield Problem((*tokens, "required", str(index)), reason, code="impossible-name")


def in_place(schema: Any) -> dict[str, Any]:
    """Return the keywords of a schema that constrain the instance itself.

    {} for a schema that rejects everything on purpose. Properties and items are checked on their
    own.
    """
    if not isinstance(schema, dict) or is_false_schema(schema):
        return {}
    return {keyword: part for keyword, part in schema.items() if keyword not in _NOT_IN_PLACE}


def _test(uri: str, registry: Registry | None) -> Callable[[Mapping[str, Any]], bool]:
    def is_dead(constraints: Mapping[str, Any]) -> bool:
        if not constraints:
            return False
        if not _has_reference(constraints):
            return _is_unsatisfiable(json.dumps(constraints))
        if registry is None:
            return False
        return is_unsatisfiable(_with_absolute_references(constraints, uri), registry)

    return is_dead


@lru_cache(maxsize=2**14)
def _is_unsatisfiable(text: str) -> bool:
    """Return whether nothing satisfies a schema: many of a document's are the same."""
    return is_unsatisfiable(json.loads(text))


def _contradictory(
    constraints: Mapping[str, Any], is_dead: Callable[[Mapping[str, Any]], bool]
) -> tuple[str, ...]:
    """Return the fewest keywords that contradict each other, without a type that fits the rest."""
    core = dict(constraints)
    for keyword in constraints:
        rest = {name: each for name, each in core.items() if name != keyword}
        if is_dead(rest):
            core = rest
    others = core.keys() - {"type"}
    return tuple(others if others and others <= _OF_ONE_TYPE else core)


def _with_absolute_references(schema: Any, uri: str) -> Any:
    """Return a schema with every $ref as an absolute URI."""
    if not isinstance(schema, dict):
        return schema
    copy = dict(schema)
    for at, child in child_schemas(schema):
        inner = _with_absolute_references(child, uri)
        if len(at) == 1:
            copy[at[0]] = inner
        else:
            if copy[at[0]] is schema[at[0]]:
                copy[at[0]] = copy[at[0]].copy()
            copy[at[0]][int(at[1]) if isinstance(copy[at[0]], list) else at[1]] = inner
    if isinstance(schema.get("$ref"), str):
        copy["$ref"] = resolve_uri(uri, schema["$ref"])
    return copy


def _has_reference(schema: Any) -> bool:
    if not isinstance(schema, dict):
        return False
    return any(isinstance(schema.get(each), str) for each in _REFERENCES) or any(
        _has_reference(child) for _, child in child_schemas(schema)
    )
