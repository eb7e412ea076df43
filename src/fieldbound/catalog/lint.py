"""Lint of one JSON Schema: the meta-schema, unknown keywords and formats, sources, contradictions.

Every error comes with the pointer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import jsonschema_rs
from jsonschema_rs import Registry

from fieldbound.algebra import canonical_schema, engine_schema, is_unsatisfiable, original_error
from fieldbound.model import (
    LIST_KEYWORDS,
    MAP_KEYWORDS,
    SAYS,
    SCHEMA_KEYWORDS,
    VALUE_KEYWORDS,
    Node,
    child_schemas,
    closest_name,
    is_openapi_dialect,
    members,
    resolve_uri,
)
from fieldbound.openapi import PointerTokens
from fieldbound.validation import FORMATS, LIMITS, OPENAPI_FORMATS, why_not_checked

from .schema_files import dialect_error

Problem = tuple[PointerTokens, str]

#: Keywords that do not constrain the instance itself, but its properties and items, or nothing.
_NOT_IN_PLACE: Final = frozenset(
    "properties patternProperties additionalProperties unevaluatedProperties items prefixItems "
    "additionalItems unevaluatedItems propertyNames contains $defs definitions $id id title "
    "description default readOnly writeOnly x-source x-sources x-sensitive".split()
)
_UNSATISFIABLE: Final = "no value can satisfy this schema: its limits contradict each other"
EXTENSIONS: Final = ("x-source", "x-sources", "x-unspecified", "x-sensitive", "x-any-case")
_KEYWORDS: Final = (
    LIMITS
    | MAP_KEYWORDS
    | LIST_KEYWORDS
    | SCHEMA_KEYWORDS
    | frozenset(
        "$schema $id $ref $anchor $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor "
        "$vocabulary $comment title description default examples deprecated readOnly writeOnly "
        "contentEncoding contentMediaType discriminator xml externalDocs example".split()
    )
)
_EMPTY_REGISTRY: Final = Registry([])
_SOURCE_KEYS: Final = ("says", "from", "of", "note")
#: Keywords that drafts from 2019-09 on ignore, and their replacements.
_REPLACED: Final = {
    "dependencies": "dependentRequired or dependentSchemas",
    "additionalItems": "items, after prefixItems",
    "nullable": 'a type list with "null" in it',
    "id": "$id",
}


def lint_schema(node: Node, sources: Mapping[str, Any] | None) -> Iterator[Problem]:
    """Yield the errors in a schema, except for those that depend on what it refers to.

    *sources* are those that its limits may cite. None allows what JSON Schema does: unknown
    keywords and formats, which it ignores.
    """
    errors = list(_meta_schema_errors(node))
    yield from errors
    if errors:
        return
    subschemas = list(_subschemas(node.schema, node.tokens, node.draft))
    for tokens, schema in subschemas:
        if sources is not None and isinstance(schema, dict):
            yield from ((tokens + at, why) for at, why in _keyword_errors(schema, node.draft))
            yield from ((tokens + at, why) for at, why in _source_errors(schema, sources))
    for tokens, schema in reversed(subschemas):  # the innermost first: it causes the others
        constraints = _in_place(schema)
        if constraints and not _has_reference(constraints) and is_unsatisfiable(constraints):
            yield tokens, _UNSATISFIABLE
            return


def build_registry(resources: Mapping[str, Any]) -> Registry | None:
    """Return the registry of resources; None for an invalid URI, which is reported elsewhere."""
    try:
        written = canonical_schema(list(resources.values())).schema
        return Registry(list(zip(resources, written, strict=True)))
    except ValueError:
        return None


def find_conflicts(node: Node, registry: Registry | None) -> Iterator[Problem]:
    """Yield where a schema contradicts what it refers to, which is in the registry."""
    for tokens, schema in reversed(list(_subschemas(node.schema, node.tokens, node.draft))):
        constraints = _in_place(schema)
        is_only_reference = constraints.keys() <= {"$ref"}  # its target is checked itself
        if (
            not is_only_reference
            and _has_reference(constraints)
            and is_unsatisfiable(_with_absolute_references(constraints, node.uri), registry)
        ):
            yield tokens, _UNSATISFIABLE
            return


def is_false_schema(schema: Any) -> bool:
    """Return whether a schema is meant to reject everything: false, or one with `not: {}`."""
    return schema is False or (isinstance(schema, dict) and schema.get("not") in ({}, True))


def _meta_schema_errors(node: Node) -> Iterator[Problem]:
    if not isinstance(node.schema, (dict, bool)):
        yield node.tokens, "a JSON Schema must be an object or a boolean"
        return
    dialect = node.schema.get("$schema", "") if isinstance(node.schema, dict) else ""
    if isinstance(node.schema, dict) and is_openapi_dialect(dialect):
        schema = {name: each for name, each in node.schema.items() if name != "$schema"}
        node, dialect = node._replace(schema=schema), ""
    error = dialect_error(dialect)
    if error is not None:
        yield (*node.tokens, "$schema"), error
        return
    try:  # with a registry, the engine never fetches a meta-schema
        jsonschema_rs.meta.validate(engine_schema(node.schema).schema, registry=_EMPTY_REGISTRY)
    except jsonschema_rs.ValidationError as invalid:
        path, refusal = original_error(node.schema, invalid.instance_path, invalid.instance)
        reason = refusal or " ".join(invalid.message.split())
        yield (*node.tokens, *(str(token) for token in path)), reason


def _subschemas(
    schema: Any, tokens: PointerTokens, draft: int
) -> Iterator[tuple[PointerTokens, Any]]:
    """Yield a schema and all within it, each with its pointer, the outer before the inner."""
    yield tokens, schema
    if isinstance(schema, dict) and not (draft and "$ref" in schema):
        for at, child in child_schemas(schema):
            if isinstance(child, (dict, bool)):  # else the list of names in dependencies
                yield from _subschemas(child, (*tokens, *at), draft)


def _keyword_errors(schema: Mapping[str, Any], draft: int) -> Iterator[Problem]:
    """Yield unknown keywords and formats: limits that would not be enforced."""
    for keyword in schema:
        if keyword in _REPLACED and not draft:
            advice = f"use {_REPLACED[keyword]}"
            yield (keyword,), f"{keyword!r} is not a keyword of this draft: {advice}"
        elif keyword.startswith("x-"):
            suggestion = did_you_mean(keyword, EXTENSIONS)
            if suggestion and keyword not in EXTENSIONS:
                yield (keyword,), f"unknown extension {keyword!r}{suggestion}"
        elif keyword not in _KEYWORDS and not (draft and keyword in _REPLACED):
            suggestion = did_you_mean(keyword, _KEYWORDS)
            yield (keyword,), f"unknown keyword {keyword!r} would not be enforced{suggestion}"
    if not isinstance(schema.get("x-sensitive", False), bool):
        yield ("x-sensitive",), "x-sensitive must be true or false"
    name = schema.get("format")
    if isinstance(name, str) and name not in OPENAPI_FORMATS:
        if name not in FORMATS:
            suggestion = did_you_mean(name, FORMATS)
            yield ("format",), f"unknown format {name!r} would not be enforced{suggestion}"
        elif why_not_checked(schema, draft, "assert"):
            yield ("format",), f"format {name!r} would not be enforced: not in draft {draft}"


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return the end of a message that suggests the closest of some names; "" if none is close."""
    meant = closest_name(word, names)
    return f"; did you mean {meant}?" if meant else ""


def _source_errors(schema: Mapping[str, Any], sources: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield the errors in the x-source of a schema."""
    if "x-source" not in schema:
        return
    x_source = schema["x-source"]
    for index, entry in enumerate(x_source if isinstance(x_source, list) else [x_source]):
        at = ("x-source", str(index)) if isinstance(x_source, list) else ("x-source",)
        if not isinstance(entry, dict):
            yield at, "an x-source entry must be an object with says, from, and optionally of, note"
            continue
        for key in entry.keys() - {*_SOURCE_KEYS}:
            keys = ", ".join(_SOURCE_KEYS)
            yield (*at, key), f"unknown key {key!r} in an x-source entry: must be one of {keys}"
        if entry.get("says") not in SAYS:
            yield (*at, "says"), f"says must be one of {', '.join(SAYS)}"
        yield from (((*at, "from"), why) for why in _from_errors(entry.get("from"), sources))
        for word in _words(entry.get("of", [])):
            if not _is_keyword_of(schema, word):
                yield (*at, "of"), f"{word!r} is not a keyword of this schema"


def _from_errors(keys: Any, sources: Mapping[str, Any]) -> Iterator[str]:
    if not _words(keys):
        yield "from must name the sources of the limit"
    for key in _words(keys):
        if key not in sources and not str(key).startswith(("https://", "http://")):
            yield f"there is no source {key!r} in sources.json"


def _words(value: Any) -> list[str]:
    """Return the strings in a list, or one string as a list."""
    if isinstance(value, list):
        return [str(each) for each in value]
    return [value] if isinstance(value, str) else []


def _is_keyword_of(schema: Mapping[str, Any], word: str) -> bool:
    """Return whether "of" may have a word: a keyword of the schema, or any behind its $ref."""
    keyword, _, name = word.partition("/")
    if "$ref" in schema:
        return keyword in _KEYWORDS or word == "nullable"
    if name:
        return name in _words(schema.get(keyword))
    return word in schema or (word == "nullable" and "null" in _words(schema.get("type")))


def _in_place(schema: Any) -> dict[str, Any]:
    """Return the keywords of a schema that constrain the instance itself.

    {} for a schema that rejects everything on purpose. Properties and items are checked on their
    own.
    """
    if not isinstance(schema, dict) or is_false_schema(schema):
        return {}
    return {keyword: part for keyword, part in schema.items() if keyword not in _NOT_IN_PLACE}


def _with_absolute_references(part: Any, uri: str) -> Any:
    """Return a schema with every $ref as an absolute URI."""
    if isinstance(part, list):
        return [_with_absolute_references(each, uri) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        keyword: resolve_uri(uri, each)
        if keyword == "$ref" and isinstance(each, str)
        else each
        if keyword in VALUE_KEYWORDS
        else _with_absolute_references(each, uri)
        for keyword, each in part.items()
    }


def _has_reference(part: Any) -> bool:
    return any(
        token in ("$ref", "$dynamicRef") or (token not in VALUE_KEYWORDS and _has_reference(child))
        for token, child in members(part)
        if isinstance(child, (dict, list)) or token in ("$ref", "$dynamicRef")
    )
