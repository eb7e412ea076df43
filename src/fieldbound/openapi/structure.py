"""A part of an OpenAPI document goes in, with the kind it should be of; what is wrong comes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

#: The styles that there are in each place of a parameter, and of the headers of responses.
STYLES: Final = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form", "cookie"),
    "querystring": (),
}
#: What each kind needs.
_NEEDED: Final = {"parameter": ("name", "in"), "request body": ("content",)}
#: What is in a schema alone, or was once written beside other things than a schema.
_OF_SCHEMAS: Final = (
    *("schema", "type", "items", "properties", "enum", "format", "pattern", "allOf", "anyOf"),
    *("oneOf", "minimum", "maximum", "minLength", "maxLength", "collectionFormat"),
)
_IN_CONTENT: Final = "a schema under content and its media type"
#: Where a schema stands in each kind that has one.
_WRITTEN_IN: Final = {
    "parameter": "a schema",
    "header": "a schema",
    "request body": _IN_CONTENT,
    "response": _IN_CONTENT,
    "path item": _IN_CONTENT,
}
_HAVE_SCHEMAS: Final = ("parameter", "header")


def fault(kind: str, value: Any) -> tuple[str, str | None] | None:
    """Return what is wrong with a part, and the key it is at, or None where it is of its kind."""
    if kind == "schema" and isinstance(value, bool):
        return None
    if not isinstance(value, dict):
        return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} is an object", None
    missing = [key for key in _NEEDED.get(kind, ()) if key not in value]
    if missing:
        return f"it has no {' and no '.join(missing)}", None
    return _misplaced(kind, value) or (_unknown(kind, value) if kind in _HAVE_SCHEMAS else None)


def _misplaced(kind: str, value: Mapping[str, Any]) -> tuple[str, str] | None:
    """Tell what would be a limit in a schema, but stands where nothing reads it."""
    where = _WRITTEN_IN.get(kind)
    if where is None or "content" in value or (kind in _HAVE_SCHEMAS and "schema" in value):
        return None
    for key in _OF_SCHEMAS:
        if key in value:
            return f"nothing reads {key!r} in a {kind}: write it in {where}", key
    return None


def _unknown(kind: str, value: Mapping[str, Any]) -> tuple[str, str] | None:
    """Tell a name that is no text, a place that there is not, and a style that there is not."""
    place, style = (
        value.get("in", "header") if kind == "parameter" else "header",
        value.get("style"),
    )
    if kind == "parameter" and not isinstance(value["name"], str):
        return "the name of a parameter is a text", "name"
    if place not in STYLES:
        return f"there is no place {place!r}: there are {', '.join(STYLES)}", "in"
    known = STYLES[place]
    if style is None or style in known or not known:
        return None
    return f"there is no style {style!r} in a {place}: there is {', '.join(known)}", "style"
