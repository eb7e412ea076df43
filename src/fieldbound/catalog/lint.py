"""A schema as written goes in, what is wrong with it comes out, each with the path to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import jsonschema_rs
from jsonschema_rs import Registry

from fieldbound.algebra import takes_nothing
from fieldbound.model import (
    DIALECTS,
    LIST_KEYWORDS,
    MAP_KEYWORDS,
    SAYS,
    SCHEMA_KEYWORDS,
    VALUE_KEYWORDS,
    Node,
    child_schemas,
    closest,
    is_openapi_dialect,
    members,
    resolve_uri,
)
from fieldbound.validation import FORMATS, LIMITS

Tokens = tuple[str, ...]
Problem = tuple[Tokens, str]

#: Keywords that demand nothing of the value itself: of its attributes and items, or nothing.
_ELSEWHERE: Final = frozenset(
    "properties patternProperties additionalProperties unevaluatedProperties items prefixItems "
    "additionalItems unevaluatedItems propertyNames contains $defs definitions $id id title "
    "description default readOnly writeOnly x-source x-sources x-sensitive".split()
)
_EMPTY: Final = "no value can satisfy this subschema: its limits exclude each other"
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
_NONE: Final = Registry([])
_STATEMENT: Final = frozenset(("says", "from", "of", "note"))
#: Formats that describe a type and are not checked: what they promise is written as limits.
_DESCRIPTIVE: Final = frozenset("int32 int64 float double byte binary password".split())
#: Keywords that a draft from 2019-09 on reads past, and what it has for them.
_MOVED: Final = {
    "dependencies": "dependentRequired or dependentSchemas",
    "additionalItems": "items, after prefixItems",
    "nullable": 'a type list with "null" in it',
    "id": "$id",
}


def problems(node: Node, sources: Mapping[str, Any] | None) -> Iterator[Problem]:
    """Yield what is wrong with a subschema, the path counted from its resource.

    *sources* are those its limits may name; without any (None) keywords are not gone through, and
    whatever the standard allows is right.
    """
    ill = list(_misformed(node))
    yield from ill
    if ill:
        return
    inner = list(_all(node.schema, node.tokens, node.draft))
    for tokens, schema in inner:
        if sources is not None and isinstance(schema, dict):
            yield from ((tokens + at, why) for at, why in _misspelt(schema, node.draft))
            yield from ((tokens + at, why) for at, why in _unsourced(schema, sources))
    for tokens, schema in reversed(inner):  # the inmost first: it is the cause of the others
        shallow = _in_place(schema)
        if shallow and not _refers(shallow) and takes_nothing(shallow):
            yield tokens, _EMPTY
            return


def registry_of(resources: Mapping[str, Any]) -> Registry | None:
    """Return resources for references to lead to; None where one is no address: others tell it."""
    try:
        return Registry(list(resources.items()))
    except ValueError:
        return None


def conflicts(node: Node, registry: Registry | None) -> Iterator[Problem]:
    """Yield where a subschema and what it refers to, each right by itself, exclude each other.

    *registry* has what it refers to.
    """
    for tokens, schema in reversed(list(_all(node.schema, node.tokens, node.draft))):
        shallow = _in_place(schema)
        alone = shallow.keys() <= {"$ref"}  # what it refers to is looked at itself
        if not alone and _refers(shallow) and takes_nothing(_absolute(shallow, node.uri), registry):
            yield tokens, _EMPTY
            return


def is_refusal(schema: Any) -> bool:
    """Return whether a schema says in so many words that it takes nothing."""
    return schema is False or (isinstance(schema, dict) and schema.get("not") in ({}, True))


def _misformed(node: Node) -> Iterator[Problem]:
    """Yield what makes this no schema at all, by the meta-schema of its draft."""
    if not isinstance(node.schema, (dict, bool)):
        yield node.tokens, "a JSON Schema is an object or a boolean"
        return
    dialect = node.schema.get("$schema", "") if isinstance(node.schema, dict) else ""
    if isinstance(node.schema, dict) and is_openapi_dialect(dialect):
        schema = {name: each for name, each in node.schema.items() if name != "$schema"}
        node, dialect = node._replace(schema=schema), ""
    if isinstance(dialect, str) and dialect.partition("#")[0] not in DIALECTS:
        yield (*node.tokens, "$schema"), f"the meta-schema {dialect!r} is no known draft"
        return
    try:  # with a registry at hand, the engine retrieves nothing
        jsonschema_rs.meta.validate(node.schema, registry=_NONE)
    except jsonschema_rs.ValidationError as error:
        path = (*node.tokens, *(str(token) for token in error.instance_path))
        yield path, " ".join(error.message.split())


def _all(schema: Any, tokens: Tokens, draft: int) -> Iterator[tuple[Tokens, Any]]:
    """Yield a schema and all within it, each with its path, the outer before the inner."""
    yield tokens, schema
    if isinstance(schema, dict) and not (draft and "$ref" in schema):
        for at, child in child_schemas(schema):
            if isinstance(child, (dict, bool)):  # else a list of names that others depend on
                yield from _all(child, (*tokens, *at), draft)


def _misspelt(schema: Mapping[str, Any], draft: int) -> Iterator[Problem]:
    """Yield keywords that no validator knows: limits that would never be checked."""
    for keyword in schema:
        if keyword in _MOVED and not draft:
            yield (keyword,), f"{keyword!r} is not a keyword of this draft: use {_MOVED[keyword]}"
        elif keyword.startswith("x-"):
            close = closest(keyword, EXTENSIONS)
            if close is not None and keyword not in EXTENSIONS:
                yield (keyword,), f"{keyword!r} is no extension known here: is {close!r} meant?"
        elif keyword not in _KEYWORDS and not (draft and keyword in _MOVED):
            close = closest(keyword, _KEYWORDS)
            meant = f": is {close!r} meant?" if close else ""
            yield (keyword,), f"{keyword!r} is not a keyword, and nothing would check it{meant}"
    if not isinstance(schema.get("x-sensitive", False), bool):
        yield ("x-sensitive",), "x-sensitive is true or false"
    name = schema.get("format")
    if isinstance(name, str) and name not in FORMATS | _DESCRIPTIVE:
        close = closest(name, FORMATS)
        meant = f": is {close!r} meant?" if close else ""
        yield ("format",), f"{name!r} is not a format, and nothing would check it{meant}"


def _unsourced(schema: Mapping[str, Any], sources: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong in the statements of where limits are documented."""
    if "x-source" not in schema:
        return
    said = schema["x-source"]
    for index, entry in enumerate(said if isinstance(said, list) else [said]):
        at = ("x-source", str(index)) if isinstance(said, list) else ("x-source",)
        if not isinstance(entry, dict):
            yield at, "a statement of a source is an object with says, from, and perhaps of, note"
            continue
        for key in entry.keys() - _STATEMENT:
            yield (*at, key), f"a statement of a source has says, from, of, note, and no {key!r}"
        if entry.get("says") not in SAYS:
            yield (*at, "says"), f"says is one of {', '.join(SAYS)}"
        yield from (((*at, "from"), why) for why in _unknown(entry.get("from"), sources))
        for word in _listed(entry.get("of", [])):
            if not _stands(word, schema):
                yield (*at, "of"), f"{word!r} is no keyword that stands beside this"


def _unknown(keys: Any, sources: Mapping[str, Any]) -> Iterator[str]:
    if not _listed(keys):
        yield "a statement of a source names the documents it is from"
    for key in _listed(keys):
        if key not in sources and not str(key).startswith(("https://", "http://")):
            yield f"there is no source {key!r} in sources.json"


def _listed(value: Any) -> list[str]:
    """Return what stands for a list of words: a list, or one word."""
    return (
        [str(each) for each in value]
        if isinstance(value, list)
        else [value]
        if isinstance(value, str)
        else []
    )


def _stands(word: str, schema: Mapping[str, Any]) -> bool:
    """Whether a statement can be about *word*: it stands beside, or behind a reference there."""
    keyword, _, name = word.partition("/")
    if "$ref" in schema:
        return keyword in _KEYWORDS or word == "nullable"
    if name:
        return name in _listed(schema.get(keyword))
    return word in schema or (word == "nullable" and "null" in _listed(schema.get("type")))


def _in_place(schema: Any) -> dict[str, Any]:
    """Return what a schema demands of a value as it stands; nothing for one that takes nothing.

    What stands in attributes and items is looked at on its own.
    """
    if not isinstance(schema, dict) or is_refusal(schema):
        return {}
    return {keyword: part for keyword, part in schema.items() if keyword not in _ELSEWHERE}


def _absolute(part: Any, uri: str) -> Any:
    """Return a schema whose references say in full where they lead."""
    if isinstance(part, list):
        return [_absolute(each, uri) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        keyword: resolve_uri(uri, each)
        if keyword == "$ref" and isinstance(each, str)
        else each
        if keyword in VALUE_KEYWORDS
        else _absolute(each, uri)
        for keyword, each in part.items()
    }


def _refers(part: Any) -> bool:
    return any(
        token in ("$ref", "$dynamicRef") or (token not in VALUE_KEYWORDS and _refers(child))
        for token, child in members(part)
        if isinstance(child, (dict, list)) or token in ("$ref", "$dynamicRef")
    )
