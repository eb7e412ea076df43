"""Lint of one JSON Schema: the meta-schema, unknown keywords and formats, sources.

Every problem comes with the pointer to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from fieldbound.model import (
    NOT_CHECKED,
    SAYS,
    Node,
    closest_name,
    draft_of,
    is_web_address,
    type_names,
)
from fieldbound.openapi import ENFORCED, SchemaLocation
from fieldbound.validation import (
    FORMATS,
    KEYWORDS,
    OPENAPI_FORMATS,
    ignored_keywords,
    misspellings,
    why_not_checked,
)

from .contradictions import impossible_names, subschemas
from .discriminator_lint import discriminator_problems
from .meta_schema import meta_schema_problems
from .problems import Problem
from .schema_files import SchemaFiles

EXTENSIONS: Final = (
    "x-source",
    "x-sources",
    "x-unspecified",
    "x-sensitive",
    "x-any-case",
    NOT_CHECKED,
    ENFORCED,
)
UNKNOWN_KEYWORD: Final = "unknown-keyword"
IGNORED_KEYWORD: Final = "ignored-keyword"
FORMAT: Final = "format-not-enforced"
_SOURCE_KEYS: Final = ("says", "from", "of", "note")
#: Keywords that drafts from 2019-09 on ignore, and their replacements.
_REPLACED: Final = {
    "dependencies": "dependentRequired or dependentSchemas",
    "additionalItems": "items, after prefixItems",
    "nullable": 'a type list with "null" in it',
    "id": "$id",
}


def problems_of(
    files: SchemaFiles,
    location: SchemaLocation,
    schema: Any,
    sources: Mapping[str, Any] | None = None,
) -> list[Problem]:
    """Return the problems of a schema in a file, and of those within it.

    *sources* are those that limits may cite; None allows what JSON Schema does.
    """
    uri, tokens = location
    node = Node(schema, uri, tokens, draft_of(files.load(uri)))
    found = schema_problems(node, sources)
    return [*found, *discriminator_problems(files, node)] if files.is_openapi(uri) else found


def schema_problems(node: Node, sources: Mapping[str, Any] | None) -> list[Problem]:
    """Return the problems of a schema, except for those that depend on what it refers to.

    *sources* are those that its limits may cite. None allows what JSON Schema does: unknown
    keywords and formats, which it ignores, but not those that are misspelt.
    """
    found = list(meta_schema_problems(node))
    broken = {removed for each in found for removed in each.removed}
    for tokens, schema in subschemas(node.schema, node.tokens, node.draft):
        if tokens in broken or not isinstance(schema, dict):
            continue
        if sources is not None:
            found += _keyword_errors(schema, tokens, node.draft)
            found += source_problems(schema, tokens, sources)
        else:
            found += _misspellings(schema, tokens)
        found += _ignored(schema, tokens, node.draft)
        found += impossible_names(schema, tokens)
    return found


def _misspellings(schema: Mapping[str, Any], tokens: tuple[str, ...]) -> Iterator[Problem]:
    for keyword, reason in misspellings(schema):
        yield Problem((*tokens, keyword), reason, weakens=False, code=UNKNOWN_KEYWORD)


def _ignored(schema: Mapping[str, Any], tokens: tuple[str, ...], draft: int) -> Iterator[Problem]:
    for keyword, reason in ignored_keywords(schema, draft) if draft else ():
        yield Problem((*tokens, keyword), reason, weakens=False, code=IGNORED_KEYWORD)


def _keyword_errors(
    schema: Mapping[str, Any], tokens: tuple[str, ...], draft: int
) -> Iterator[Problem]:
    """Yield unknown keywords and formats: limits that would not be enforced."""
    for keyword in schema:
        at = (*tokens, keyword)
        if keyword in _REPLACED and not draft:
            reason = f"{keyword!r} is not a keyword of this draft: use {_REPLACED[keyword]}"
            yield Problem(at, reason, code=IGNORED_KEYWORD)
        elif keyword.startswith("x-"):
            yield from unknown_extension(keyword, tokens)
        elif keyword not in KEYWORDS and not (draft and keyword in _REPLACED):
            suggestion = did_you_mean(keyword, KEYWORDS)
            reason = f"unknown keyword {keyword!r} would not be enforced{suggestion}"
            yield Problem(at, reason, code=UNKNOWN_KEYWORD)
    if not isinstance(schema.get("x-sensitive", False), bool):
        yield Problem((*tokens, "x-sensitive"), "x-sensitive must be true or false")
    yield from _format_errors(schema, tokens, draft)


def unknown_extension(keyword: str, tokens: tuple[str, ...]) -> Iterator[Problem]:
    """Yield that an extension is not one of fieldbound, where it is most likely meant to be."""
    suggestion = "" if keyword in EXTENSIONS else did_you_mean(keyword, EXTENSIONS)
    if suggestion:
        reason = f"unknown extension {keyword!r}{suggestion}"
        yield Problem((*tokens, keyword), reason, code=UNKNOWN_KEYWORD)


def _format_errors(
    schema: Mapping[str, Any], tokens: tuple[str, ...], draft: int
) -> Iterator[Problem]:
    name = schema.get("format")
    if isinstance(name, str) and name not in OPENAPI_FORMATS:
        reason = ""
        if name not in FORMATS:
            reason = f"unknown format {name!r} would not be enforced{did_you_mean(name, FORMATS)}"
        elif why_not_checked(schema, draft, "assert"):
            reason = f"format {name!r} would not be enforced: not in draft {draft}"
        if reason:
            yield Problem((*tokens, "format"), reason, code=FORMAT)


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """Return the end of a message that suggests the closest of some names; "" if none is close."""
    meant = closest_name(word, names)
    return f"; did you mean {meant}?" if meant else ""


def source_problems(
    schema: Any, tokens: tuple[str, ...], sources: Mapping[str, Any] | None
) -> Iterator[Problem]:
    """Yield the problems of the x-source of one schema; none where *sources* is None."""
    if sources is None or not isinstance(schema, dict):
        return
    for at, reason in _source_errors(schema, sources):
        yield Problem((*tokens, *at), reason, code="invalid-source")


def _source_errors(
    schema: Mapping[str, Any], sources: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, ...], str]]:
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
        if key not in sources and not is_web_address(key):
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
        return keyword in KEYWORDS or word == "nullable"
    if name:
        return name in _words(schema.get(keyword))
    return word in schema or (word == "nullable" and "null" in type_names(schema))
