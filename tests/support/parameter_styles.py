"""An OpenAPI document with a parameter of each location, style and type, in an operation each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

LOCATIONS = {
    "path": ("simple", "label", "matrix"),
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "header": ("simple",),
    "cookie": ("form",),
}
SCHEMAS: dict[str, dict[str, Any]] = {
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


def is_defined(style: str, explode: bool, schema_name: str) -> bool:
    """Return whether OpenAPI defines a style for a type of value."""
    if style == "deepObject":
        return schema_name == "object" and explode
    return style not in ("spaceDelimited", "pipeDelimited") or (
        not explode and SCHEMAS[schema_name]["type"] in ("array", "object")
    )


def parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield parameters, each with the name of its operation."""
    for location, styles in LOCATIONS.items():
        for style in styles:
            for explode in (False, True):
                for schema_name, schema in SCHEMAS.items():
                    if is_defined(style, explode, schema_name):
                        serialization = {"style": style, "explode": explode, "schema": schema}
                        name = (
                            f"{location}-{style}-{'exploded' if explode else 'whole'}-{schema_name}"
                        )
                        yield (
                            name.lower(),
                            {"name": "v", "in": location, "required": True, **serialization},
                        )
        content = {"application/json": {"schema": SCHEMAS["object"]}}
        yield (
            f"{location}-json",
            {"name": "v", "in": location, "required": True, "content": content},
        )


def document(version: str = "3.1.0") -> dict[str, Any]:
    """Return the OpenAPI document."""
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
