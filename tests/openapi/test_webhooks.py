"""Webhooks and callbacks: the requests that the vendor sends have contracts, too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import Message, UnknownName


def message(name: str, **fields: Any) -> dict[str, Any]:
    """Return an operation whose body has a required property, and fields of its own."""
    schema = {
        "type": "object",
        "required": [name],
        "properties": {name: {"type": "integer", "readOnly": True}, "w": {"writeOnly": True}},
    }
    content = {"application/json": {"schema": schema}}
    body = {"required": True, "content": content}
    return {"requestBody": body, "responses": {"204": {"description": "Read"}}, **fields}


def document() -> dict[str, Any]:
    """Return a document with an operation, three webhooks and a callback."""
    key = {"name": "X-Key", "in": "header", "required": True, "schema": {"type": "string"}}
    caller = {
        "operationId": "subscribe",
        "callbacks": {"onData": {"{$request.query.url}": {"post": message("data")}}},
        "responses": {"201": {"description": "Done"}},
    }
    webhooks = {
        "orderCreated": {"post": message("order", operationId="orderHook", parameters=[key])},
        "order.deleted": {"$ref": "#/components/pathItems/deleted"},
        "changed": {"post": message("new"), "put": message("old")},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "paths": {"/subscribe": {"post": caller}},
        "webhooks": webhooks,
        "components": {"pathItems": {"deleted": {"post": message("gone")}}},
    }


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> str:
    (tmp_path / "acme").mkdir()
    path = tmp_path / "acme" / "openapi.json"
    path.write_text(json.dumps(document()))
    return str(path)


def test_names(path: str) -> None:
    """Each has a name after `webhook/`; the operations stay those of paths."""
    api = fieldbound.api(path)
    assert api.operations == ("subscribe",)
    assert api.webhooks == ("order-created", "order-deleted", "changed", "changed-put", "on-data")
    names = fieldbound.contracts([Path(path).parents[1]])
    assert "acme/webhook/order-created" in names
    assert "acme/webhook/order-created/request.headers" in names


@pytest.mark.parametrize(
    ("fragment", "name"),
    [
        ("webhook/order-created", "order"),
        ("webhook/orderCreated", "order"),
        ("orderCreated", "order"),
        ("order-created", "order"),
        ("orderHook", "order"),
        ("order.deleted", "gone"),
        ("webhook/changed-put", "old"),
        ("on-data", "data"),
    ],
)
def test_contract_of_a_webhook(fragment: str, name: str, path: str) -> None:
    """The vendor sends its body: readOnly may be there, writeOnly not."""
    contract = fieldbound.contract(f"{path}#{fragment}")
    assert contract.is_valid({name: 1})
    assert [(each.code, each.pointer) for each in contract.check({"w": 1})] == [
        ("required", f"/{name}"),
        ("writeOnly", "/w"),
    ]


def test_parts_and_vendors(path: str) -> None:
    """A webhook has parts as an operation has, also in a contracts folder."""
    headers = fieldbound.contract(f"{path}#webhook/order-created/request.headers")
    assert not headers.is_valid({})
    folder = Path(path).parents[1]
    assert not fieldbound.contract("acme/webhook/order-created", [folder]).is_valid({})
    with pytest.raises(UnknownName, match=r"has no response\.500"):
        fieldbound.contract("acme/webhook/order-created/response.500", [folder])


def post(body: Any, method: str = "POST", **headers: str) -> Message:
    """Return a request with a JSON body."""
    kind = {"Content-Type": "application/json", **headers}
    return Message(method, "https://me.example/hook", kind, json.dumps(body))


def test_check_webhook(path: str) -> None:
    """A request is checked by the webhook named, or by the one that it fits best."""
    api = fieldbound.api(path)
    key = {"X-Key": "k"}
    assert api.check_webhook(post({"order": 1}, **key), "orderCreated").ok
    report = api.check_webhook(post({"order": "x"}), "order-created")
    assert [each.pointer for each in report] == ["/headers/X-Key", "/body/order"]
    assert report.contract.endswith("#webhook/order-created")
    for name in ("order", "gone", "new", "data"):
        assert api.check_webhook(post({name: 1}, **key)).ok
    (found,) = api.check_webhook(post({"gone": "x"}))
    assert (found.code, found.pointer) == ("type", "/body/gone")
    (found,) = api.check_webhook(post({}, "PATCH"))
    assert found.pointer == "/method"


def test_unknown_webhook(path: str, tmp_path: Path) -> None:
    """An unknown name suggests a known one; a document without webhooks has none to check by."""
    api = fieldbound.api(path)
    with pytest.raises(UnknownName, match=r"no webhook named .*; did you mean order-created"):
        api.check_webhook(post({}), "orderCreate")
    plain = document()
    del plain["webhooks"], plain["paths"]["/subscribe"]["post"]["callbacks"]
    (tmp_path / "plain.json").write_text(json.dumps(plain))
    with pytest.raises(UnknownName, match="has no webhooks or callbacks"):
        fieldbound.api(tmp_path / "plain.json").check_webhook(post({}))


def test_document_of_webhooks_alone(tmp_path: Path) -> None:
    """A document need not have paths."""
    whole = document()
    del whole["paths"]
    (tmp_path / "o.json").write_text(json.dumps(whole))
    api = fieldbound.api(tmp_path / "o.json")
    assert api.operations == ()
    assert api.check_webhook(post({"order": 1}, **{"X-Key": "k"})).ok
    assert not api.check_request(post({})).ok
