"""The JSON Schemas of what users write: the configuration, sources.json, schema files of contracts.

They are of draft 7, which editors and validate-pyproject read.
"""

from __future__ import annotations

import json
from typing import Any, Final

#: What the schemas are of.
PRODUCT_SCHEMAS: Final = ("config", "contract", "sources")


def product_schema(of: str) -> dict[str, Any]:
    """Return the JSON Schema of one of `PRODUCT_SCHEMAS`."""
    from importlib.resources import files  # slow to import

    folder = files("fieldbound") / "catalog" / "export"
    schema: dict[str, Any] = json.loads((folder / f"{of}.schema.json").read_bytes())
    return schema


def pyproject_schema(_tool: str = "fieldbound") -> dict[str, Any]:
    """Return the JSON Schema of `[tool.fieldbound]`, for validate-pyproject."""
    return product_schema("config")
