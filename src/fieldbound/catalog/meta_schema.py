"""Errors of a schema by the meta-schema of its draft, in words of the one who writes schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from fieldbound.algebra import engine_schema, original_error
from fieldbound.model import Node, child_schemas, closest_name, is_openapi_dialect, members
from fieldbound.openapi import PointerTokens

from .problems import INVALID_KEYWORD, Problem
from .schema_files import dialect_error, has_token, value_at

_DEFAULT: Final = "https://json-schema.org/draft/2020-12/schema"
NO_SCHEMA: Final = "no-schema"
#: The codes of problems with the value of a keyword that have one of their own.
_CODES: Final = {"type": "unknown-type", "pattern": "invalid-pattern"}
_TYPES: Final = ("string", "number", "integer", "boolean", "object", "array", "null")
#: What other languages call the types of JSON Schema.
_OTHER_NAMES: Final = {
    **dict.fromkeys(("str", "text", "char", "varchar", "uuid", "date", "datetime"), "string"),
    **dict.fromkeys(("int", "int32", "int64", "long", "short"), "integer"),
    **dict.fromkeys(("float", "double", "decimal", "num", "numeric", "real"), "number"),
    **dict.fromkeys(("bool", "flag", "logical"), "boolean"),
    **dict.fromkeys(("dict", "map", "hash", "record", "struct"), "object"),
    **dict.fromkeys(("list", "tuple", "set", "vector"), "array"),
    **dict.fromkeys(("none", "nil", "void", "undefined"), "null"),
}
_NOUNS: Final = {
    "string": "a string",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
#: Keywords that describe: a broken one loses no limit.
_ANNOTATIONS: Final = frozenset(
    "title description $comment default examples deprecated contentMediaType contentEncoding "
    "contentSchema $schema $vocabulary".split()
)


def meta_schema_problems(node: Node) -> Iterator[Problem]:
    """Yield what the meta-schema rejects in a schema, each at the keyword it is about."""
    if not isinstance(node.schema, (dict, bool)):
        yield Problem(node.tokens, "a JSON Schema must be an object or a boolean", code=NO_SCHEMA)
        return
    schema = node.schema
    dialect = schema.get("$schema", "") if isinstance(schema, dict) else ""
    if isinstance(schema, dict) and is_openapi_dialect(dialect):
        schema, dialect = {name: each for name, each in schema.items() if name != "$schema"}, ""
    error = dialect_error(dialect)
    if error is not None:
        yield Problem((*node.tokens, "$schema"), error, remove=(node.tokens,), code="unknown-draft")
        return
    found: dict[tuple[Any, ...], Problem] = {}
    written = engine_schema(schema).schema
    for invalid in _validator(dialect if isinstance(dialect, str) else "").iter_errors(written):
        if invalid.kind.name == "format" and invalid.kind.format != "regex":
            continue  # a URI need not be percent-encoded here
        cause = invalid.kind.error if invalid.kind.name == "propertyNames" else invalid
        where, refusal = original_error(schema, invalid.instance_path, cause.instance)
        path = tuple(str(token) for token in where)
        if refusal is not None:
            refused = (*node.tokens, *path)
            found.setdefault((refused, ()), Problem(refused, refusal, code="invalid-pattern"))
            continue
        at, rest = locate(schema, path)
        for problem in _problems(schema, at, rest, invalid):
            full = problem._replace(
                tokens=(*node.tokens, *problem.tokens),
                remove=tuple((*node.tokens, *each) for each in problem.remove),
            )
            found.setdefault((full.tokens, full.remove), full)
    yield from found.values()


@lru_cache(maxsize=8)
def _validator(dialect: str) -> Any:
    """Return the validator of the schemas of a draft; the engine has the meta-schemas."""
    name = dialect.partition("#")[0] or _DEFAULT
    return jsonschema_rs.validator_for(
        {"$schema": name, "allOf": [{"$ref": name}]},
        offline=True,
        validate_formats=True,
    )


def locate(schema: Any, path: PointerTokens) -> tuple[PointerTokens, PointerTokens]:
    """Return the subschema that a pointer leads into, and what of the pointer is left there."""
    at: PointerTokens = ()
    while (step := _step(schema, path)) is not None:
        schema, at, path = value_at(schema, step), (*at, *step), path[len(step) :]
    return at, path


def _step(schema: Any, path: PointerTokens) -> PointerTokens | None:
    """Return the pointer of the direct subschema that a pointer leads into, None if into none."""
    if not path or not isinstance(schema, dict):
        return None
    part = schema.get(path[0])
    inner = [token for token in path[1:2] if has_token(part, token)]  # all others are left out
    if isinstance(part, dict):
        part = {token: part[token] for token in inner}
    elif isinstance(part, list):
        part = [part[int(token)] for token in inner]
    return next((path[: len(at)] for at, _ in child_schemas({path[0]: part})), None)


def _problems(root: Any, at: PointerTokens, rest: PointerTokens, invalid: Any) -> Iterator[Problem]:
    """Yield the problems of one error at *rest* within the subschema at a pointer."""
    if not rest:
        if invalid.kind.name == "type":
            reason = "a JSON Schema must be an object or a boolean"
            yield Problem(at, reason, remove=(at,), code=NO_SCHEMA)
        return
    keyword, value = rest[0], value_at(root, (*at, *rest))
    tokens, kind = (*at, *rest), invalid.kind.name
    if kind == "uniqueItems" and isinstance(value, list):
        for index, item in _repeated(value):
            reason = f"{keyword} has {_shown(item)} more than once"
            yield Problem((*tokens, index), reason, weakens=False, remove=((*tokens, index),))
    else:
        is_member = keyword in ("required", "dependentRequired", "dependencies")
        removed = (*at, *rest[:2]) if is_member else (*at, keyword)
        is_limit = keyword not in _ANNOTATIONS
        shown = tokens if is_member else (*at, keyword)
        reason = _reason(keyword, value, invalid)
        code = _CODES.get(keyword, INVALID_KEYWORD)
        yield Problem(shown, reason, is_limit, (removed,), is_limit, code)


def _reason(keyword: str, value: Any, invalid: Any) -> str:
    kind = invalid.kind
    if keyword == "type":
        names = value if isinstance(value, list) else [value]
        wrong = next((each for each in names if each not in _TYPES), value)
        return f"unknown type {_shown(wrong)}{_type_meant(wrong)}"
    if kind.name == "type":
        types = [_NOUNS.get(each, each) for each in kind.types]
        return f"{keyword} must be {' or '.join(types)}, not {_shown(value)}"
    if kind.name in ("minimum", "exclusiveMinimum"):
        more = "at least" if kind.name == "minimum" else "more than"
        return f"{keyword} must be {more} {kind.limit}, not {_shown(value)}"
    if kind.name == "minItems":
        return f"{keyword} must not be empty"
    return f"{keyword}: {' '.join(str(invalid.message).split())}"


def _type_meant(name: Any) -> str:
    if not isinstance(name, str):
        return f": must be one of {', '.join(_TYPES)}"
    meant = _OTHER_NAMES.get(name.lower()) or closest_name(name, _TYPES)
    return f"; did you mean {meant}?" if meant else f": must be one of {', '.join(_TYPES)}"


def _repeated(items: list[Any]) -> Iterator[tuple[str, Any]]:
    seen = set[str]()
    for index, item in members(items):
        text = json.dumps(item, sort_keys=True)
        if text in seen:
            yield index, item
        seen.add(text)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)[:80]
