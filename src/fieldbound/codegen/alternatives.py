"""The alternatives of a value, where each is a single value of a type of its own."""

from __future__ import annotations

from typing import Any, Final

from fieldbound.model import Field, Limit, json_type, type_names
from fieldbound.validation import Contract, checker_of

KEYWORDS: Final = ("anyOf", "oneOf")
#: Keywords whose limits hold of a single value, and are kept by a choice of values that keep them.
OF_SCALARS: Final = frozenset(
    "type enum const minLength maxLength pattern format minimum maximum exclusiveMinimum "
    "exclusiveMaximum multipleOf".split()
)
SCALARS: Final = (str, int, bool, type(None))
_TYPES: Final = frozenset("string integer number boolean null".split())
_ABOUT: Final = frozenset("title description $comment default examples deprecated".split())


class Alternatives:
    """The alternatives of the values of one contract."""

    def __init__(self, contract: Contract) -> None:
        self._references = checker_of(contract).references

    def of(self, field: Field) -> list[list[Limit]]:
        """Return the limits of each alternative of a value; nothing where a union cannot say them.

        No value may fit two of them by its type, and nothing else may limit it.
        """
        always = [each for each in field.limits if each.condition is None]
        given = [each for each in always if each.keyword != "required"]
        if len(given) != 1 or given[0].keyword not in KEYWORDS:
            return []
        location, (limit,) = given[0].location, given
        known = set[str]()
        found = []
        for index in range(len(limit.value)):
            node = self._references.resolve(self._references.root, f"{location}/{index}")
            while _is_reference(node.schema):
                node = self._references.resolve(node, node.schema["$ref"])
            types = _types_of(node.schema)
            if not types or types & known:
                return []
            known |= types | ({"integer", "number"} if types & {"integer", "number"} else set())
            holder = f"{node.location}/"
            found.append([each for each in field.limits if _is_in(each.location, holder)])
        return found


def _is_in(location: str, holder: str) -> bool:
    return location.startswith(holder) and "/" not in location[len(holder) :]


def _is_reference(schema: Any) -> bool:
    is_plain = isinstance(schema, dict) and not schema.keys() - _ABOUT - {"$ref"}
    return is_plain and isinstance(schema.get("$ref"), str)


def _types_of(schema: Any) -> set[str]:
    """Return the types of a schema of single values, nothing for one that says anything else."""
    if not isinstance(schema, dict):
        return set()
    words = {each for each in schema if each not in _ABOUT and not each.startswith("x-")}
    found = set(type_names(schema))
    if not words <= OF_SCALARS or not found <= _TYPES:
        return set()
    values = [schema["const"]] if "const" in schema else schema.get("enum", [])
    if not all(isinstance(each, SCALARS) for each in values):
        return set()
    return found or {json_type(each) for each in values}
