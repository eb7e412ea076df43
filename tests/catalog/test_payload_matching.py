"""Which contract a payload is meant for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fieldbound.catalog import match_payload
from support.tables import table

SCHEMAS: dict[str, dict[str, Any]] = {
    "order.json": {
        "type": "object",
        "properties": {"sku": {"maxLength": 3}, "qty": {}, "id": {}},
        "required": ["sku"],
    },
    "update.json": {"type": "object", "properties": {"sku": {}, "qty": {}, "id": {}}},
    "person.json": {"type": "object", "properties": {"name": {}, "age": {}}},
    "broken.json": {"type": "str"},
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, schema in SCHEMAS.items():
        Path(name).write_text(json.dumps(schema))


@table(
    ("value", "found"),
    [
        ({"sku": "a", "qty": 1}, ("order.json", 0)),
        ({"sku": "abcd", "qty": 1}, ("update.json", 0)),
        ({"sku": "abcd", "qty": 1, "name": 1}, ("update.json", 0)),
        ({"name": "a", "age": 1}, ("person.json", 0)),
        ({"name": "a"}, None),
        ({"name": 1, "zip": 1, "sku": 1, "a": 1}, None),
        ({}, None),
        ([{"sku": "a", "qty": 1}], None),
        ("sku", None),
    ],
)
def test_match(value: Any, found: tuple[str, int] | None) -> None:
    """That which knows most of its properties, and is broken least; the first of several."""
    assert match_payload(value, SCHEMAS) == found
