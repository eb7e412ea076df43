"""An OpenAPI document with a parameter of each place, style and kind, one operation for each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

PLACES = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
KINDS: dict[str, dict[str, Any]] = {
    "integers": {"type": "array", "items": {"type": "integer", "maximum": 9}, "maxItems": 3},
    "texts": {"type": "array", "items": {"type": "string", "maxLength": 5}, "maxItems": 3},
    "object": {
        "type": "object",
        "properties": {
            "R": {"type": "integer", "minimum": 0, "maximum": 255},
            "name": {"type": "string", "maxLength": 4},
            "on": {"type": "boolean"},
        },
        "additionalProperties": False,
    },
    "text": {"type": "string", "maxLength": 7},
    "integer": {"type": "integer", "minimum": -3, "maximum": 3},
    "boolean": {"type": "boolean"},
}


def is_defined(style: str, explode: bool, kind: str) -> bool:
    """Return whether OpenAPI says how a style writes a kind of value."""
    if style == "deepObject":
        return kind == "object" and explode
    return style not in ("spaceDelimited", "pipeDelimited") or (
        not explode and KINDS[kind]["type"] in ("array", "object")
    )


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield parameters, each with the name of its operation."""
    for place, styles in PLACES.items():
        for style in styles:
            for explode in (False, True):
                for kind, schema in KINDS.items():
                    if is_defined(style, explode, kind):
                        said = {"style": style, "explode": explode, "schema": schema}
                        name = f"{place}-{style}-{'exploded' if explode else 'whole'}-{kind}"
                        yield name.lower(), {"name": "v", "in": place, "required": True, **said}
        content = {"application/json": {"schema": KINDS["object"]}}
        yield f"{place}-json", {"name": "v", "in": place, "required": True, "content": content}


def document(version: str = "3.1.0") -> dict[str, Any]:
    """Return the document."""
    paths = {
        f"/{name}" + ("/{v}" if each["in"] == "path" else ""): {
            "get": {
                "operationId": name,
                "parameters": [each],
                "responses": {"204": {"description": "Done"}},
            }
        }
        for name, each in parameters()
    }
    return {
        "openapi": version,
        "info": {"title": "Styles", "version": "1"},
        "servers": [{"url": "https://api.invalid/v1"}],
        "paths": paths,
    }
