"""Parameters, headers and forms of Swagger 2.0, rewritten as those of OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from fieldbound.openapi import is_form

Path = tuple[str, ...]
Omit = Callable[[Path, str], None]

_KEYWORDS: Final = frozenset(
    "type format items default maximum exclusiveMaximum minimum exclusiveMinimum maxLength "
    "minLength pattern maxItems minItems uniqueItems enum multipleOf".split()
)
_FIELDS: Final = ("name", "in", "description", "required", "allowEmptyValue")
#: The style of each collectionFormat in a query or a form, and whether each item is a parameter.
_STYLES: Final = {
    "csv": ("form", False),
    "ssv": ("spaceDelimited", False),
    "pipes": ("pipeDelimited", False),
    "multi": ("form", True),
}
_MULTIPART: Final = "multipart/form-data"
_URLENCODED: Final = "application/x-www-form-urlencoded"


def parameter(given: Mapping[str, Any], path: Path, omit: Omit) -> dict[str, Any]:
    """Return a parameter in a path, a query or a header."""
    found = {name: each for name, each in given.items() if name in _FIELDS or _is_extension(name)}
    schema = value_schema(given, path, omit)
    if schema.get("type") == "array":
        style = _style(given, path, omit, in_query=given["in"] == "query")
        if style is None:
            schema = {"type": "string"}
        else:
            found["style"], found["explode"] = style
    return {**found, "schema": schema}


def header(given: Mapping[str, Any], path: Path, omit: Omit) -> dict[str, Any]:
    """Return a header of a response."""
    found = {name: each for name, each in given.items() if name == "description"}
    schema = value_schema(given, path, omit)
    if schema.get("type") == "array" and _style(given, path, omit, in_query=False) is None:
        schema = {"type": "string"}
    return {**found, "schema": schema}


def form_content(
    fields: list[tuple[dict[str, Any], Path]], consumes: tuple[str, ...], omit: Omit
) -> dict[str, Any]:
    """Return the content of a body that is a form of some fields."""
    has_file = any(each.get("type") == "file" for each, _ in fields)
    kinds = [each for each in consumes if is_form(each) and not (has_file and "url" in each)]
    found = {}
    for kind in kinds or [_MULTIPART if has_file else _URLENCODED]:
        is_multipart = kind.lower().startswith("multipart/")
        found[kind] = _form(fields, omit if kind == (kinds or [kind])[0] else _ignore, is_multipart)
    return found


def _form(
    fields: list[tuple[dict[str, Any], Path]], omit: Omit, is_multipart: bool
) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    encoding: dict[str, Any] = {}
    for each, at in fields:
        name, schema = each["name"], value_schema(each, at, omit)
        if schema.get("type") == "array":
            style = _style(each, at, omit, in_query=True)
            if style is not None and is_multipart and style != _STYLES["multi"]:
                omit(at, "a list in one field of multipart/form-data: its items are not checked")
                style = None
            if style is None:
                schema = {"type": "string"}
            elif not is_multipart:
                encoding[name] = {"style": style[0], "explode": style[1]}
        about = {"description": each["description"]} if "description" in each else {}
        properties[name] = {**about, **schema}
    schema = {"type": "object", "properties": properties}
    if required := sorted(each["name"] for each, _ in fields if each.get("required") is True):
        schema["required"] = required
    return {"schema": schema, **({"encoding": encoding} if encoding else {})}


def value_schema(given: Mapping[str, Any], path: Path, omit: Omit) -> dict[str, Any]:
    """Return the schema of the value of a parameter, a field or a header."""
    found = {name: each for name, each in given.items() if name in _KEYWORDS}
    if given.get("x-nullable") is True:
        found["nullable"] = True
    if found.get("type") == "file":
        return {"type": "string", "format": "binary"}
    items = found.get("items")
    if isinstance(items, dict):
        found["items"] = {name: each for name, each in items.items() if name != "collectionFormat"}
        if items.get("type") == "array":
            omit((*path, "items"), "a list within a list: its items are not checked")
            found["items"] = {}
    return found


def _style(
    given: Mapping[str, Any], path: Path, omit: Omit, *, in_query: bool
) -> tuple[str, bool] | None:
    """Return the style of a list and whether it is exploded, None where OpenAPI 3 has none."""
    name = given.get("collectionFormat", "csv")
    if not in_query and name == "csv":
        return "simple", False
    if in_query and isinstance(name, str) and name in _STYLES:
        return _STYLES[name]
    reason = f"collectionFormat {name!r} is none that OpenAPI 3 has here: items are not checked"
    omit((*path, "collectionFormat"), reason)
    return None


def _is_extension(name: str) -> bool:
    return name.startswith("x-") and name != "x-nullable"


def _ignore(path: Path, reason: str) -> None:
    """Take no note: it is noted of the first media type."""
