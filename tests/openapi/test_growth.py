"""The work of reading a document grows with what is in it, not with its square."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.openapi.composition import SchemaGraph
from fieldbound.openapi.operation_names import OperationNames
from support.growth import LINEAR, growth

RESPONSES = {"204": {"description": "Done"}}


def callers(count: int) -> dict[str, Any]:
    """Return paths of which each has a callback of one name."""
    callback = {"{$request.query.url}": {"post": {"responses": RESPONSES}}}
    return {
        f"/p{index}": {"post": {"responses": RESPONSES, "callbacks": {"onData": callback}}}
        for index in range(count)
    }


def webhooks(count: int) -> dict[str, Any]:
    """Return webhooks, each of its own name."""
    return {f"w{index}": {"post": {"responses": RESPONSES}} for index in range(count)}


def secured(count: int) -> dict[str, Any]:
    """Return an operation that needs one of many security schemes."""
    names = [f"key{index}" for index in range(count)]
    security = [{name: []} for name in names]
    schemes = {name: {"type": "apiKey", "in": "query", "name": name} for name in names}
    return {
        "paths": {"/p": {"get": {"responses": RESPONSES, "security": security}}},
        "components": {"securitySchemes": schemes},
    }


@pytest.mark.parametrize(
    "document",
    [
        lambda count: {"paths": callers(count)},
        lambda count: {"webhooks": webhooks(count)},
        secured,
    ],
    ids=["callbacks", "webhooks", "security"],
)
def test_documents(tmp_path: Path, document: Callable[[int], Any]) -> None:
    """A document of twice the callbacks, webhooks or security schemes takes twice the steps."""

    def prepared(count: int) -> Callable[[], Any]:
        path = tmp_path / f"{count}.json"
        head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {}}
        path.write_text(json.dumps({**head, **document(count)}))
        message = fieldbound.Message("GET", "https://h.invalid/p")
        return lambda: fieldbound.api(str(path)).check_request(message)

    assert growth(prepared, 250) <= LINEAR


def test_operation_names() -> None:
    """Twice the operations of one name take twice the steps, each with a number of its own."""

    def prepared(count: int) -> Callable[[], Any]:
        names = OperationNames(["same"] * count)

        def add() -> None:
            found = [
                names.add("same", "", index, strict=False, unique=False) for index in range(count)
            ]
            assert found[:3] == ["same", "same-2", "same-3"][:count]
            assert len(set(found)) == count

        return add

    assert growth(prepared, 200) <= LINEAR


def test_chains_of_references() -> None:
    """Whether a chain of references is a cycle is found once for all schemas on it."""

    def prepared(count: int) -> Callable[[], Any]:
        chain: dict[str, Any] = {f"{at}": {"$ref": f"#/{at + 1}"} for at in range(count)}
        chain[f"{count}"] = {"$ref": f"#/{count}"}
        graph = SchemaGraph(lambda _: chain, lambda _, tokens: chain[tokens[0]])
        return lambda: [graph.is_circular(("", (name,))) for name in chain]

    assert all(prepared(3)())
    assert growth(prepared, 100) < LINEAR


def test_only_cycles_are_circular() -> None:
    """Each schema of a chain that ends is none, in whatever order they are asked about."""
    schemas: dict[str, Any] = {
        "end": {"type": "string"},
        "to-end": {"$ref": "#/end"},
        "a": {"$ref": "#/b"},
        "b": {"$ref": "#/a"},
        "to-a": {"$ref": "#/a"},
        "missing": {"$ref": "#/nothing"},
    }
    for names in (list(schemas), list(schemas)[::-1]):
        graph = SchemaGraph(lambda _: schemas, lambda _, tokens: schemas[tokens[0]])
        found = {name for name in names if graph.is_circular(("", (name,)))}
        assert found == {"a", "b", "to-a"}
