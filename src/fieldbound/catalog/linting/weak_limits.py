"""Limits that reject less than their author means: unreachable, without a type, not enforced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from fieldbound.catalog.lint import FORMAT, UNKNOWN_KEYWORD, did_you_mean, unknown_extension
from fieldbound.catalog.problems import Problem
from fieldbound.model import Node, child_schemas, closest_name, json_type, type_names
from fieldbound.openapi import PointerTokens
from fieldbound.validation import FORMATS, KEYWORDS, why_not_checked, with_format_limits

from .pattern_dialects import dialect_differences

UNREACHABLE: Final = "unreachable-limit"
#: The codes of what may be meant as it is written: a warning, not an error.
NO_TYPE: Final = "no-type"
MISSPELT_NAME: Final = "misspelt-name"
DIALECT: Final = "pattern-dialect"
#: The keywords that limit values of one type alone, by that type in words.
_BY_TYPE: Final[Mapping[str, Sequence[str]]] = {
    "strings": ("maxLength", "minLength", "pattern"),
    "numbers": ("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum", "multipleOf"),
    "arrays": ("items prefixItems maxItems minItems uniqueItems contains unevaluatedItems".split()),
    "objects": (
        "properties patternProperties additionalProperties unevaluatedProperties propertyNames "
        "required dependentRequired dependentSchemas maxProperties minProperties".split()
    ),
}
_TYPES: Final = {
    "strings": {"string"},
    "numbers": {"number", "integer"},
    "arrays": {"array"},
    "objects": {"object"},
}
#: What must stand beside a keyword, or it limits nothing.
_NEEDS: Final = {"then": "if", "else": "if", "maxContains": "contains", "minContains": "contains"}
#: Keywords whose subschemas apply to the same value: a type may be given around them.
_IN_PLACE: Final = frozenset("allOf anyOf oneOf not if then else dependentSchemas".split())
#: Keywords that may give the type, or the values, elsewhere.
_TYPED_BY: Final = _IN_PLACE | {"$ref", "$dynamicRef", "$recursiveRef", "type", "enum", "const"}


def weak_limits(node: Node, *, is_openapi: bool = False) -> Iterator[Problem]:
    """Yield the limits of a schema, and of those within it, that reject less than is meant."""
    yield from _walk(node.schema, node.tokens, node.draft, is_openapi=is_openapi, typed=False)


def _walk(
    schema: Any, tokens: PointerTokens, draft: int, *, is_openapi: bool, typed: bool
) -> Iterator[Problem]:
    if not isinstance(schema, dict) or (draft and "$ref" in schema):
        return  # what is beside $ref is reported as ignored
    typed = typed or not _TYPED_BY.isdisjoint(schema)
    yield from _unreachable(schema, tokens)
    if not typed:
        yield from _without_type(schema, tokens)
    yield from _misspelt_names(schema, tokens)
    yield from _not_enforced(schema, tokens, draft, is_openapi)
    if isinstance(schema.get("pattern"), str):
        yield from _dialects(schema["pattern"], (*tokens, "pattern"))
    patterns = schema.get("patternProperties")
    for pattern in patterns if isinstance(patterns, dict) else ():
        yield from _dialects(pattern, (*tokens, "patternProperties", pattern))
    for at, child in child_schemas(schema):
        inner = typed if at[0] in _IN_PLACE else at[0] == "propertyNames"
        yield from _walk(child, (*tokens, *at), draft, is_openapi=is_openapi, typed=inner)


def _unreachable(schema: Mapping[str, Any], tokens: PointerTokens) -> Iterator[Problem]:
    types = _types_of(schema)
    for noun, keywords in _BY_TYPE.items():
        for keyword in keywords if types and types.isdisjoint(_TYPES[noun]) else ():
            if keyword in schema:
                given = " or ".join(sorted(types))
                reason = f"{keyword} is about {noun}, but type is {given}: it rejects nothing"
                yield Problem((*tokens, keyword), reason, code=UNREACHABLE)
    for keyword, needed in _NEEDS.items():
        if keyword in schema and needed not in schema:
            reason = f"{keyword} without {needed} rejects nothing"
            yield Problem((*tokens, keyword), reason, code=UNREACHABLE)
    values = schema.get("enum")
    for index, value in enumerate(values if types and isinstance(values, list) else ()):
        if not _is_of(value, types):
            reason = f"this value is never allowed: type is {' or '.join(sorted(types))}"
            yield Problem((*tokens, "enum", str(index)), reason, code=UNREACHABLE)


def _types_of(schema: Mapping[str, Any]) -> frozenset[str]:
    """Return the types of a schema; none where any is allowed, or one is no type at all."""
    names = frozenset(type_names(schema))
    return names if names <= {"null", "boolean"}.union(*_TYPES.values()) else frozenset()


def _is_of(value: Any, types: frozenset[str]) -> bool:
    name = json_type(value)
    is_whole = isinstance(value, float) and value.is_integer()
    return name in types or (
        ("number" in types and name == "integer") or ("integer" in types and is_whole)
    )


def _without_type(schema: Mapping[str, Any], tokens: PointerTokens) -> Iterator[Problem]:
    for noun in ("strings", "numbers"):
        for keyword in _BY_TYPE[noun]:
            if keyword in schema:
                reason = f"{keyword} without type limits {noun} alone: any other value passes"
                yield Problem((*tokens, keyword), reason, code=NO_TYPE)


def _misspelt_names(schema: Mapping[str, Any], tokens: PointerTokens) -> Iterator[Problem]:
    """Yield names that are required, are no property, and are like one that is not required."""
    required, properties = schema.get("required"), schema.get("properties")
    if not isinstance(required, list) or not isinstance(properties, dict):
        return
    if schema.get("additionalProperties") is False:
        return  # an error, which is reported as such
    others = [each for each in properties if each not in required]
    for index, name in enumerate(required):
        meant = None
        if isinstance(name, str) and name not in properties:
            meant = closest_name(name, others)
        if meant:
            reason = f"{name!r} is required, but is no property; did you mean {meant}?"
            yield Problem((*tokens, "required", str(index)), reason, code=MISSPELT_NAME)


def _not_enforced(
    schema: Mapping[str, Any], tokens: PointerTokens, draft: int, is_openapi: bool
) -> Iterator[Problem]:
    written = with_format_limits(schema) if is_openapi else schema
    name, reason = schema.get("format"), why_not_checked(written, draft, "assert")
    if reason is not None:
        meant = did_you_mean(name, FORMATS) if isinstance(name, str) and name not in FORMATS else ""
        yield Problem((*tokens, "format"), f"{reason}: it is not enforced{meant}", code=FORMAT)
    for keyword in schema:
        if keyword.startswith("x-"):
            yield from unknown_extension(keyword, tokens)
        elif keyword not in KEYWORDS and not (draft or is_openapi):
            reason = f"unknown keyword {keyword!r} is not enforced"
            yield Problem((*tokens, keyword), reason, code=UNKNOWN_KEYWORD)


def _dialects(pattern: str, tokens: PointerTokens) -> Iterator[Problem]:
    for part, reason in dialect_differences(pattern):
        yield Problem(tokens, f"{part} in the pattern: {reason}", code=DIALECT)
