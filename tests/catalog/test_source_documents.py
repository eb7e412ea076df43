"""The documents of sources.json, with the limits that rest on each."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

import fieldbound
from fieldbound.catalog import cited_documents, lint_paths, vendor_names

SOURCES = {
    "unused": {"title": "Nobody cites it"},
    "page": {"title": "A page", "address": "https://a.example", "read": "2026-02-28"},
    "guide": {"title": "A guide", "address": None, "read": "2026-01-02", "digest": "sha256:1"},
}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    schema = {
        "type": "object",
        "properties": {
            "a": {"maxLength": 3, "x-source": {"says": "inferred", "from": ["page", "guide"]}},
            "b": {"maxLength": 4, "x-source": {"says": "stated", "from": "page"}},
        },
        "x-source": {"says": "stated", "from": "guide"},
    }
    body = {"content": {"application/json": {"schema": schema}}}
    operation = {
        "operationId": "createOrder",
        "requestBody": body,
        "responses": {"201": {"description": "Created", **body}},
    }
    document = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}}
    vendor = tmp_path / "contracts" / "acme"
    vendor.mkdir(parents=True)
    files = {"openapi.json": {**document, "paths": {"/o": {"post": operation}}}}
    for name, value in {**files, "sources.json": SOURCES}.items():
        (vendor / name).write_text(json.dumps(value, indent=1), "utf-8")
    return vendor.parent


def test_the_documents_of_a_vendor(folder: Path) -> None:
    """In the order of the file, with their dates, and the limits of all contracts that cite them.

    A source of several counts as well.
    """
    found = {each.key: each for each in cited_documents("acme", folder)}
    assert [*found] == ["unused", "page", "guide"]
    assert found["unused"][1:] == ("unused", "Nobody cites it", None, None, None, 0)
    assert (found["page"].read, found["page"].limits) == (date(2026, 2, 28), 4)
    assert (found["guide"].digest, found["guide"].limits) == ("sha256:1", 4)


def test_vendors(folder: Path) -> None:
    """The bundled ones and those of the folder; another is unknown, and a similar one is named."""
    assert vendor_names(folder) == ["acme", "axim-commerce", "fortellis", "oracle-cx-sales"]
    with pytest.raises(fieldbound.UnknownName, match="acme"):
        cited_documents("acne", folder)


@pytest.mark.parametrize("day", ["2026-02-29", "2026-13-01", "21 November 2026", "", "2026-2-3"])
def test_a_date_is_a_date(day: str, folder: Path) -> None:
    """Anything else is an error with its file and place, where it is loaded and in the lint."""
    path = folder / "acme" / "sources.json"
    path.write_text(path.read_text("utf-8").replace("2026-02-28", day), "utf-8")
    with pytest.raises(fieldbound.BrokenContract, match="must be a date") as caught:
        cited_documents("acme", folder)
    assert str(caught.value.place) == "8:11"
    (error,) = [each for each in lint_paths([folder / "acme"]).diagnostics if each.is_error]
    assert (Path(error.file).name, error.place.line) == ("sources.json", 8)
