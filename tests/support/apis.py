"""APIs for tests: of a document written to a folder, and what a vendor's has."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import fieldbound
from fieldbound import API


def described(folder: Path, document: dict[str, Any]) -> API:
    """Return the API of a document."""
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    return fieldbound.api(path)


@cache
def with_paths(vendor: str) -> list[str]:
    """Return the operations of a vendor of which messages can be made."""
    api = fieldbound.api(vendor)
    return [each for each in api.operations if api.known(each)[1].path]
