"""Whether a file is a JSON Schema, an OpenAPI document, or neither, such as a payload."""

from __future__ import annotations

from typing import Any, Final, Literal

from fieldbound.model import DIALECTS, type_names
from fieldbound.validation import misspelt_keywords

Kind = Literal["openapi", "schema", "other"]

#: Keywords that a payload hardly has with a value of that kind.
_BY_KIND: Final[dict[type, list[str]]] = {
    dict: (
        "properties patternProperties $defs definitions additionalProperties items not if then "
        "dependentRequired dependentSchemas propertyNames"
    ).split(),
    list: "allOf anyOf oneOf enum required prefixItems".split(),
    str: ["$ref", "pattern", "$dynamicRef"],
    int: "maxLength minLength maximum minimum maxItems minItems maxProperties".split(),
}
_TYPES: Final = frozenset("string number integer boolean object array null str int".split())


def kind_of(value: Any) -> Kind:
    """Return what the document with a value is."""
    if not isinstance(value, dict):
        return "schema" if isinstance(value, bool) else "other"
    if not value:
        return "schema"  # it takes everything, which is reported
    if "openapi" in value or "swagger" in value:
        return "openapi"
    dialect = value.get("$schema")
    if isinstance(dialect, str) and dialect.partition("#")[0] in DIALECTS - {""}:
        return "schema"
    if any(isinstance(value.get(each), kind) for kind, keys in _BY_KIND.items() for each in keys):
        return "schema"
    if not _TYPES.isdisjoint(type_names(value)):
        return "schema"
    holds_schemas = [meant for word, meant in misspelt_keywords(value) if _is_map(value[word])]
    return "schema" if "properties" in holds_schemas else "other"


def _is_map(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(each, dict) for each in value.values())
