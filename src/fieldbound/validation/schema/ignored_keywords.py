"""Keywords without effect: those that the draft of a schema does not define, or ignores there.

Contracts of the field often name an old draft and use keywords of a later one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from fieldbound.model import NOT_CHECKED, child_schemas, put_subschema
from fieldbound.validation.keywords import APPLIED, LIMITS

_2019 = 2019
DRAFT_2020: Final = 2020
#: The draft that first defines a keyword, and the last one that does.
_FIRST: Final = {
    **dict.fromkeys(("const", "contains", "propertyNames"), 6),
    **dict.fromkeys(("if", "then", "else"), 7),
    **dict.fromkeys(("dependentRequired", "dependentSchemas", "$recursiveRef"), _2019),
    **dict.fromkeys(("minContains", "maxContains"), _2019),
    **dict.fromkeys(("unevaluatedItems", "unevaluatedProperties"), _2019),
    **dict.fromkeys(("prefixItems", "$dynamicRef"), DRAFT_2020),
}
_LAST: Final = dict.fromkeys(("additionalItems", "$recursiveRef"), _2019)
#: The names of drafts, and their meta-schemas.
_NAMES: Final = {4: "draft 4", 6: "draft 6", 7: "draft 7", _2019: "2019-09", DRAFT_2020: "2020-12"}
_DRAFTS: Final = {
    "": DRAFT_2020,
    **{f"http://json-schema.org/draft-0{draft}/schema": draft for draft in (4, 6, 7)},
    "https://json-schema.org/draft/2019-09/schema": _2019,
    "https://json-schema.org/draft/2020-12/schema": DRAFT_2020,
}
WITHOUT_SIBLINGS: Final = 7  # the last draft in which keywords beside $ref are ignored


def ignored_keywords(schema: Mapping[str, Any], draft: int) -> Iterator[tuple[str, str]]:
    """Yield the keywords of a schema that its draft ignores, each with the reason."""
    beside = draft <= WITHOUT_SIBLINGS and "$ref" in schema
    for keyword in schema:
        defined = _FIRST.get(keyword, 0) <= draft <= _LAST.get(keyword, DRAFT_2020)
        if not defined:
            yield keyword, f"{keyword!r} is not enforced: {_NAMES[draft]} does not define it"
        elif beside and keyword in LIMITS | APPLIED:
            yield keyword, f"{keyword!r} is not enforced: {_NAMES[draft]} ignores it beside $ref"


def without_ignored(schema: Any, draft: int | None = DRAFT_2020) -> Any:
    """Return a schema without the keywords that its draft ignores, and with the reasons instead.

    Its own `$schema` overrides *draft*. A schema of another dialect, None, is returned as it is,
    as is one without such keywords.
    """
    if not isinstance(schema, dict):
        return schema
    draft = draft_in(schema, draft)
    if draft is None:
        return schema
    reasons = dict(ignored_keywords(schema, draft))
    hidden = frozenset() if "$ref" in schema else frozenset(reasons)  # beside $ref all is hidden
    found = {keyword: each for keyword, each in schema.items() if keyword not in hidden}
    if reasons:
        found[NOT_CHECKED] = [*_stated(schema), *reasons.values()]
    is_changed = bool(reasons)
    for at, child in list(child_schemas(found)):
        made = without_ignored(child, draft)
        if made is not child:
            is_changed = True
            put_subschema(found, schema, at, made)
    return found if is_changed else schema


def draft_in(schema: Mapping[str, Any], draft: int | None) -> int | None:
    """Return the draft of a schema by its own `$schema`, if it has one."""
    dialect = schema.get("$schema")
    if dialect is None:
        return draft
    return _DRAFTS.get(dialect.partition("#")[0]) if isinstance(dialect, str) else None


def _stated(schema: Mapping[str, Any]) -> list[Any]:
    stated = schema.get(NOT_CHECKED)
    return stated if isinstance(stated, list) else []
