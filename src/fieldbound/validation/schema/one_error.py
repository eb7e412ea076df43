"""Another form of a schema, by which the engine makes one error for a keyword.

By the keyword itself it would make many: for each name that is not allowed, or for all that is
wrong by each of several alternatives.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

from fieldbound.model import child_schemas, put_subschema
from fieldbound.validation.engine import EngineError

if TYPE_CHECKING:
    from fieldbound.validation.limits import Limits

Path: TypeAlias = "tuple[str | int, ...]"


def has_keyword(schema: Any, keywords: Iterable[str]) -> bool:
    """Return whether a schema has one of the keywords anywhere."""
    return isinstance(schema, dict) and (
        any(each in schema for each in keywords)
        or any(has_keyword(child, keywords) for _, child in child_schemas(schema))
    )


def with_one_error(schema: Any, keywords: Iterable[str], omit: Iterable[str] = ()) -> Any:
    """Return a schema of the same meaning, with one error for each of the keywords.

    It is without those to *omit*: what a subschema evaluates is not known from outside of `not`.
    """
    if not has_keyword(schema, (*keywords, *omit)):
        return schema
    made = {keyword: part for keyword, part in schema.items() if keyword not in omit}
    for at, child in list(child_schemas(made)):
        put_subschema(made, schema, at, with_one_error(child, keywords, omit))
    negated = [{"not": {"not": {each: made.pop(each)}}} for each in keywords if each in made]
    if negated:
        made["allOf"] = [*made.get("allOf", ()), *negated]
    return made


def keyword_path(error: EngineError, limits: Limits) -> Path | None:
    """Return the evaluation path of a keyword if *error* is its one error, else None."""
    path = tuple(error.evaluation_path)
    if path[-1:] != ("not",) or path[-3:-2] != ("allOf",) or limits.resolves(path):
        return None
    (keyword,) = error.kind.schema["not"]  # type: ignore[attr-defined]
    at = (*path[:-3], keyword)
    location = f"{(error.absolute_keyword_location or '').rsplit('/', 3)[0]}/{keyword}"
    return at if limits.resolves(at) else limits.path_to(location, error.instance_path)
