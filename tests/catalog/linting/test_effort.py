"""What a lint does once, however many contracts a folder has."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fieldbound.catalog import bundle_lint, lint, lint_paths

PARTS = 5
SOURCED = {"says": "stated", "from": ["doc"]}


@pytest.fixture(name="vendor")
def _vendor(folder: Path) -> Path:
    """Return the folder of a vendor whose operations have one schema for all of them."""
    vendor = folder / "acme"
    vendor.mkdir()
    body = {"content": {"application/json": {"schema": {"$ref": "thing.json"}}}}
    paths = {
        f"/{n}": {"post": {"operationId": f"op{n}", "requestBody": body, "responses": {}}}
        for n in range(PARTS)
    }
    document = {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": paths}
    schema = {"type": "object", "properties": {"a": {"type": "string", "maxLength": 3}}}
    sources = {"doc": {"title": "A", "address": "https://example.com/a", "read": "2026-01-01"}}
    files = {"openapi.json": document, "sources.json": sources}
    files["thing.json"] = {**schema, "x-source": SOURCED}
    for name, value in files.items():
        (vendor / name).write_text(json.dumps(value), "utf-8")
    return vendor


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_schema_is_linted_once(vendor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A schema that many contracts refer to is looked through once for all of them."""
    linted: Counter[str] = Counter()
    original = bundle_lint.problems_of

    def counted(files: Any, location: Any, *rest: Any) -> Any:
        linted[location[0]] += 1
        return original(files, location, *rest)

    monkeypatch.setattr(bundle_lint, "problems_of", counted)
    assert lint_paths([vendor]).diagnostics == ()
    (count,) = {many for uri, many in linted.items() if uri.endswith("/thing.json")}
    assert count == 1


def test_a_mistake_is_found_in_whichever_contract_has_it(vendor: Path) -> None:
    """A mistake in a schema that several contracts have is one diagnostic."""
    schema = json.loads((vendor / "thing.json").read_text("utf-8"))
    schema["properties"]["a"]["maxlength"] = 3
    (vendor / "thing.json").write_text(json.dumps(schema), "utf-8")
    (found,) = lint_paths([vendor]).diagnostics
    assert "'maxlength'" in found.message


def test_known_names_are_not_compared(monkeypatch: pytest.MonkeyPatch, vendor: Path) -> None:
    """A keyword that is known is compared with no other one."""
    compared: list[str] = []
    original = lint.closest_name

    def noted(word: str, *rest: Any) -> str | None:
        compared.append(word)
        return original(word, *rest)

    monkeypatch.setattr(lint, "closest_name", noted)
    lint_paths([vendor])
    assert compared == []
