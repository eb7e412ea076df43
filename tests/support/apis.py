"""APIs for tests: of an OpenAPI document, and the operations of a vendor."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import fieldbound
from fieldbound import API


def api_of_document(folder: Path, document: dict[str, Any], **options: Any) -> API:
    """Return the API of an OpenAPI document, written to a folder."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return fieldbound.api(path, **options)


@cache
def operations_with_path(vendor: str) -> list[str]:
    """Return the operations of a vendor whose path is documented."""
    api = fieldbound.api(vendor)
    return [each for each in api.operations if api.find_operation(each)[1].path]
