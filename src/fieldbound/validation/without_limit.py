"""A schema and one of its limits go in, the schema without that limit comes out."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from fieldbound.model import Limit, References, percent_decoded, tokens_of

_LISTS = ("dependentRequired", "dependencies")
_OLD_BOUNDS = ("exclusiveMinimum", "exclusiveMaximum")


def loosened(
    schema: Any, uri: str, resources: Mapping[str, Any], limit: Limit
) -> tuple[Any, dict[str, Any]] | None:
    """Return a copy of a schema and its resources without a limit, None where that is not found."""
    schema, held = deepcopy((schema, dict(resources)))
    at, _, keyword = limit.location.rpartition("/")
    references = References(schema, uri, held)
    try:
        holder = references.resolved(references.root, at).schema
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    keyword = percent_decoded(keyword)
    if not isinstance(holder, dict) or keyword not in holder:
        return None
    name = tokens_of(limit.pointer)[-1:]
    if keyword == "required" and isinstance(holder[keyword], list):
        holder[keyword] = [each for each in holder[keyword] if (each,) != name]
    elif keyword in _LISTS:
        for trigger, names in holder[keyword].items():
            if isinstance(names, list):
                holder[keyword][trigger] = [each for each in names if (each,) != name]
    elif keyword in _OLD_BOUNDS and isinstance(holder[keyword], bool):
        del holder[keyword]
    elif isinstance(holder.get(f"exclusiveM{keyword[1:]}"), bool):  # of draft 4: nothing alone
        del holder[keyword], holder[f"exclusiveM{keyword[1:]}"]
    else:  # what is made by the server takes nothing, and is marked as such
        holder.pop("not" if limit.keyword in ("readOnly", "writeOnly") else keyword, None)
    return schema, held
