"""The URI that the references of a schema are relative to."""

from __future__ import annotations

from typing import Any, Final

#: The URI under which a schema without one of its own is known. Nothing is ever fetched from it.
BASE_URI: Final = "https://fieldbound.invalid/"


def base_uri(schema: Any, name: str) -> str:
    """Return the URI that a schema's references are relative to."""
    if isinstance(schema, dict):
        for keyword in ("$id", "id"):
            if isinstance(schema.get(keyword), str) and ":" in schema[keyword]:
                uri: str = schema[keyword].partition("#")[0]
                return uri
    from urllib.parse import quote

    return BASE_URI + quote(name)
