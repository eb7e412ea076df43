"""Structural checks of OpenAPI objects: parameters, headers, bodies, responses, path items."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

#: The styles of each parameter location; a response header has those of "header".
STYLES: Final = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
    "querystring": (),
}
_REQUIRED: Final = {"parameter": ("name", "in"), "request body": ("content",)}
#: Keywords that belong in a schema, and those that Swagger 2.0 had outside of one.
_SCHEMA_ONLY: Final = (
    *("schema", "type", "items", "properties", "enum", "format", "pattern", "allOf", "anyOf"),
    *("oneOf", "minimum", "maximum", "minLength", "maxLength", "collectionFormat"),
)
_IN_CONTENT: Final = "the schema of a media type under content"
#: Where the schema of each kind of object is.
_SCHEMA_OF: Final = {
    "parameter": "its schema",
    "header": "its schema",
    "request body": _IN_CONTENT,
    "response": _IN_CONTENT,
    "path item": _IN_CONTENT,
}
_WITH_SCHEMA: Final = ("parameter", "header")
_OF_VALUE: Final = {
    "required": (bool, "true or false"),
    "explode": (bool, "true or false"),
    "allowReserved": (bool, "true or false"),
    "allowEmptyValue": (bool, "true or false"),
    "content": (dict, "an object"),
}
#: The fields of each kind of object that must be of a type, and that type in words.
_FIELDS: Final[Mapping[str, Mapping[str, tuple[type, str]]]] = {
    "parameter": _OF_VALUE,
    "header": _OF_VALUE,
    "request body": {"required": (bool, "true or false"), "content": (dict, "an object")},
    "response": {"headers": (dict, "an object"), "content": (dict, "an object")},
    "media type": {"encoding": (dict, "an object")},
    "operation": {
        "parameters": (list, "an array"),
        "callbacks": (dict, "an object"),
        "security": (list, "an array"),
    },
    "path item": {"parameters": (list, "an array")},
}


def structure_error(kind: str, value: Any) -> tuple[str, str | None] | None:
    """Return what is wrong with an object of a kind, and the key it is at, or None if valid."""
    if kind == "schema" and isinstance(value, bool):
        return None
    if kind.endswith(" list"):
        is_list = isinstance(value, (list, dict))
        return None if is_list else (f"a {kind} must be an array or an object", None)
    if not isinstance(value, dict):
        return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} must be an object", None
    missing = [key for key in _REQUIRED.get(kind, ()) if key not in value]
    if missing:
        return f"missing {' and '.join(missing)}", None
    return _misplaced_keyword(kind, value) or (
        _parameter_error(kind, value) if kind in _WITH_SCHEMA else None
    )


def field_errors(kind: str, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the fields of an object of a kind that are not of their type, each with the reason."""
    for field, (type_, words) in _FIELDS.get(kind, {}).items():
        given = value.get(field) if isinstance(value, dict) else None
        is_reference = isinstance(given, dict) and isinstance(given.get("$ref"), str)
        if given is not None and not isinstance(given, type_) and not is_reference:
            yield field, f"{field} must be {words}"


def _misplaced_keyword(kind: str, value: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the error of a keyword outside of a schema, where it would not be enforced."""
    right_place = _SCHEMA_OF.get(kind)
    if right_place is None or "content" in value or (kind in _WITH_SCHEMA and "schema" in value):
        return None
    for key in _SCHEMA_ONLY:
        if key in value:
            return f"{key!r} is not allowed in a {kind}: move it to {right_place}", key
    return None


def _parameter_error(kind: str, value: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the error of a name that is no string, an unknown location or an unknown style."""
    location = value.get("in", "header") if kind == "parameter" else "header"
    style = value.get("style")
    if kind == "parameter" and not isinstance(value["name"], str):
        return "the name of a parameter must be a string", "name"
    if not isinstance(location, str) or location not in STYLES:
        return f"in must be one of {', '.join(STYLES)}, not {location!r}", "in"
    styles = STYLES[location]
    if style is None or not styles or style in styles:
        return None
    return f"the style in a {location} must be one of {', '.join(styles)}, not {style!r}", "style"
