"""What a lint does once, however many contracts a folder has, and how its work grows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldbound.catalog import bundle_lint, lint, lint_paths
from support.growth import LINEAR, growth

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


# -- growth --------------------------------------------------------------------------------------


def _properties(schema: Callable[[int], Any]) -> Callable[[int], Any]:
    """Return what makes a schema with so many properties."""
    return lambda count: {"properties": {f"p{at}": schema(at) for at in range(count)}}


def _definitions(count: int) -> Any:
    """Return a schema with so many references, each to a definition that contradicts itself."""
    wrong = {"type": "string", "minLength": 3, "maxLength": 2}
    uses = _properties(lambda at: {"$ref": f"#/$defs/d{at}"})(count)
    return {**uses, "$defs": {f"d{at}": wrong for at in range(count)}}


def _operations(count: int) -> Any:
    content = {"application/json": {"schema": {"type": "strin", "x-sorce": 1}}}
    operation = {"requestBody": {"content": content}, "responses": {}, "sumary": "a"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "a", "version": "1"},
        "paths": {
            f"/{at}": {"post": {"operationId": f"o{at}", **operation}} for at in range(count)
        },
    }


MISTAKES = {
    "misspelt": _properties(lambda _: {"maxLenght": 3}),
    "unknown type": _properties(lambda _: {"type": "strin"}),
    "contradiction": _properties(lambda _: {"type": "string", "minLength": 3, "maxLength": 2}),
    "no target": _properties(lambda at: {"$ref": f"#/$defs/d{at}"}),
    "no effect": _properties(lambda _: {"type": "integer", "maxLength": 3}),
    "alternatives": lambda count: {"allOf": [{"minLenght": at} for at in range(count)]},
    "patterns": lambda count: {"patternProperties": {f"^a{at}": {"min": 1} for at in range(count)}},
    "definitions": _definitions,
    "operations": _operations,
}


@pytest.mark.parametrize("suffix", ["json", "yaml"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_growth_with_mistakes(mistake: str, suffix: str, folder: Path) -> None:
    """Twice as many mistakes in one file take about twice the work."""

    def prepared(count: int) -> Callable[[], object]:
        path = folder / f"{count}.{suffix}"
        path.write_text(json.dumps(MISTAKES[mistake](count), indent=1), "utf-8")
        assert lint_paths([path]).diagnostics
        return lambda: lint_paths([path])

    assert growth(prepared, 25) <= LINEAR
