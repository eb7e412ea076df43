"""A schema without one of its limits."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from fieldbound.model import Limit, SchemaRegistry, percent_decoded, tokens_of

_LISTS = ("dependentRequired", "dependencies")
_OLD_BOUNDS = ("exclusiveMinimum", "exclusiveMaximum")


def without_limit(
    schema: Any, uri: str, resources: Mapping[str, Any], limit: Limit
) -> tuple[Any, dict[str, Any]] | None:
    """Return a copy of a schema and its resources without a limit, None if it is not found."""
    schema, held = deepcopy((schema, dict(resources)))
    at, _, keyword = limit.location.rpartition("/")
    references = SchemaRegistry(schema, uri, held)
    try:
        holder = references.resolve(references.root, at).schema
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    keyword = percent_decoded(keyword)
    if not isinstance(holder, dict) or keyword not in holder:
        return None
    name = tokens_of(limit.pointer)[-1:]
    if limit.keyword == "not" and holder[keyword] is False:  # a schema, by whatever name
        del holder[keyword]
    elif keyword == "required":
        _remove(holder, keyword, name)
    elif keyword in _LISTS:
        for trigger, names in list(holder[keyword].items()):
            if isinstance(names, list):
                _remove(holder[keyword], trigger, name)
    elif keyword in _OLD_BOUNDS and isinstance(holder[keyword], bool):
        del holder[keyword]
    elif isinstance(holder.get(f"exclusiveM{keyword[1:]}"), bool):  # of draft 4: no limit by itself
        del holder[keyword], holder[f"exclusiveM{keyword[1:]}"]
    else:  # readOnly is written as a mark beside `not`
        holder.pop("not" if limit.keyword in ("readOnly", "writeOnly") else keyword, None)
    return schema, held


def _remove(lists: dict[str, Any], key: str, name: tuple[str, ...]) -> None:
    """Remove a name from a list; an empty list with it, which draft 4 does not allow."""
    rest = [each for each in lists[key] if (each,) != name]
    if rest:
        lists[key] = rest
    else:
        del lists[key]
