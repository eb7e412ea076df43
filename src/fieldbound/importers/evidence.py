"""Evidence of a file that another source began: it stands beside each limit, not at the root."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from copy import deepcopy
from typing import Any, Final

from fieldbound.model import LIST_KEYWORDS, MAP_KEYWORDS, SCHEMA_KEYWORDS, child_schemas

#: What stands for a value that is not there.
ABSENT: Final = type("Absent", (), {"__repr__": lambda _: "nothing"})()
_SOURCE: Final = "x-source"
_NO_LIMITS: Final = frozenset("title description default examples deprecated nullable".split())
#: Limits whose value is one schema or several.
_OF_SCHEMAS: Final = frozenset("anyOf oneOf not contains propertyNames".split())
_BOUNDS: Final = {"exclusiveMinimum": "minimum", "exclusiveMaximum": "maximum"}
#: What a source does not limit by saying it otherwise than another: what is there stays.
ANNOTATIONS: Final = frozenset(("title", "description", "summary"))


def beside(imported: Any, current: Any, base: Any, key: str) -> Any:
    """Return an imported file as it is added to the one that is there.

    Where the root of that cites another source than *key*, what the imported one has at its root
    is put beside each of its limits, but for those that are there of the other source. *base* is
    what the last import of this one wrote.
    """
    if not isinstance(imported, dict) or not isinstance(current, dict):
        return imported
    default = imported.get(_SOURCE)
    if not isinstance(default, dict) or _SOURCE not in current or key in _keys(current[_SOURCE]):
        return imported
    copy = deepcopy(imported)
    copy[_SOURCE] = current[_SOURCE]
    pending: list[tuple[Any, Any, Any]] = [(copy, current, base)]
    while pending:
        schema, there, before = pending.pop()
        for at, child in child_schemas(schema):
            pending.append((child, value_at(there, at), value_at(before, at)))
        if isinstance(schema, dict) and schema is not copy:
            others = _limits(there) - _words(
                before.get(_SOURCE) if isinstance(before, dict) else []
            )
            cite(schema, default, others)
    return copy


def value_at(value: Any, path: Sequence[str], default: Any = ABSENT) -> Any:
    """Return the value at a path, *default* if there is none."""
    for name in path:
        if isinstance(value, list):
            value = value[int(name)] if name.isdecimal() and int(name) < len(value) else default
        else:
            value = value.get(name, default) if isinstance(value, dict) else default
    return value


def combined(current: Any, imported: Any) -> list[Any]:
    """Return the entries that are there, and those imported about keywords that these are not."""
    entries, known = _entries(current), _words(current)
    if any("of" not in each for each in entries):
        return entries
    for each in _entries(imported):
        words = [word for word in _as_list(each.get("of")) if word not in known]
        if words or "of" not in each:
            entries.append({**each, "of": words} if words else each)
    return entries


def cite(schema: dict[str, Any], default: dict[str, Any], others: Collection[str] = ()) -> None:
    """Add the default to a schema, about the limits in it that have no evidence.

    *others* are limits that have it elsewhere.
    """
    entries = _entries(schema.get(_SOURCE))
    known = {*others, *_words(entries)}
    words = sorted(each for each in _limits(schema) - known if each.partition("/")[0] not in known)
    if words and all("of" in each for each in entries):
        entries = [*entries, {"of": words, **default}]
        schema[_SOURCE] = entries[0] if len(entries) == 1 else entries


def _limits(schema: Any) -> set[str]:
    """Return the words by which evidence names the limits of a schema."""
    found: set[str] = set()
    for keyword in schema if isinstance(schema, dict) else ():
        if keyword == "required" and isinstance(schema[keyword], list):
            found |= {f"required/{each}" for each in schema[keyword]}
        elif _is_limit(keyword, schema[keyword]):
            found.add(keyword)
    for exclusive, bound in _BOUNDS.items():  # of OpenAPI 3.0, and of draft 4: one limit by two
        if isinstance(schema.get(exclusive) if found else None, bool):
            found.discard(bound if schema[exclusive] else exclusive)
    return found


def _is_limit(keyword: str, value: Any) -> bool:
    if keyword in _OF_SCHEMAS:
        return True
    if keyword.startswith(("x-", "$")) or keyword in _NO_LIMITS:
        return False
    holds_schemas = keyword in SCHEMA_KEYWORDS | MAP_KEYWORDS | LIST_KEYWORDS
    return not holds_schemas or isinstance(value, bool) or value == {}


def _keys(x_source: Any) -> set[Any]:
    return {key for each in _entries(x_source) for key in _as_list(each.get("from"))}


def _words(x_source: Any) -> set[Any]:
    return {word for each in _entries(x_source) for word in _as_list(each.get("of"))}


def _entries(x_source: Any) -> list[dict[str, Any]]:
    return [each for each in _as_list(x_source) if isinstance(each, dict)]


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list) else [] if value is None else [value]
