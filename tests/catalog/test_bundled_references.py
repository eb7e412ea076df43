"""References from contracts of one's own to the schemas that come with fieldbound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import BrokenContract

NAME = "fieldbound:oracle-cx-sales/product-group.json#/$defs/InternalName"
SHIPPED = "oracle-cx-sales/create-product-group"


def folder_of(tmp_path: Path, reference: str) -> Path:
    """Return a contracts folder whose one body has a property with a reference."""
    vendor = tmp_path / "contracts" / "acme"
    vendor.mkdir(parents=True)
    own = {"maxLength": 9, "x-source": {"of": "maxLength", "says": "stated", "from": "guide"}}
    schema = {
        "type": "object",
        "properties": {"name": {"$ref": reference}, "code": {"type": "string", **own}},
    }
    operation = {
        "operationId": "createThing",
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "thing.json"}}}},
        "responses": {"201": {"description": "Done"}},
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Acme", "version": "1"},
        "paths": {"/things": {"post": operation}},
    }
    source = {"title": "Guide", "address": "https://acme.example/guide"}
    files = {"thing.json": schema, "openapi.json": document, "sources.json": {"guide": source}}
    for name, value in files.items():
        (vendor / name).write_text(json.dumps(value), "utf-8")
    return vendor.parent


def limits_at(contract: fieldbound.Contract, pointer: str) -> list[Any]:
    """Return keyword, value, evidence and source title of each limit at a pointer."""
    return [
        (each.keyword, each.value, each.says, each.source and each.source.title)
        for each in contract.limits
        if each.pointer == pointer
    ]


def test_a_folder_refers_to_a_shipped_schema(tmp_path: Path) -> None:
    """The limits of a shipped schema are those of the shipped contract, with their sources."""
    contract = fieldbound.contract("acme/create-thing", folder_of(tmp_path, NAME))
    shipped = [
        each
        for each in limits_at(fieldbound.contract(SHIPPED), "/InternalName")
        if each[0] != "required"
    ]
    assert limits_at(contract, "/name") == shipped
    assert ("maxLength", 150, "stated", "Create a product group") in shipped
    assert limits_at(contract, "/code")[-1] == ("maxLength", 9, "stated", "Guide")
    (violation,) = contract.check({"name": "b" * 151})
    assert violation.message == "/name has 151 characters, the limit is 150"


def test_a_shipped_file_as_a_whole(tmp_path: Path) -> None:
    """A reference without a fragment is to the body that the file says it is of."""
    reference = "fieldbound:oracle-cx-sales/product-group.json"
    contract = fieldbound.contract("acme/create-thing", folder_of(tmp_path, reference))
    shipped = fieldbound.contract("oracle-cx-sales/create-product-group")
    found = {(each.pointer, each.keyword, str(each.value)) for each in contract.limits}
    for each in shipped.limits:
        assert (f"/name{each.pointer}", each.keyword, str(each.value)) in found


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_file_refers_to_a_shipped_schema(tmp_path: Path, suffix: str) -> None:
    """A schema of a single file refers to a shipped one, too, and so do the files it refers to."""
    text = f"properties: {{a: {{$ref: {NAME}}}}}" if suffix == "yaml" else ""
    path = tmp_path / f"own.{suffix}"
    path.write_text(text or json.dumps({"properties": {"a": {"$ref": NAME}}}), "utf-8")
    contract = fieldbound.contract(str(path))
    (violation,) = contract.check({"a": "b" * 151})
    assert violation.limit is not None
    assert violation.limit.source is not None
    assert violation.limit.source.title == "Create a product group"


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("fieldbound:oracle-cx-sales/nope.json", "file not found"),
        ("fieldbound:oracle-cx-sales/product-group.json#/$defs/Nope", "is not in product-group"),
        ("fieldbound:../../../../etc/hostname.json", "file not found"),
        ("fieldbound:", "cannot be read|file not found|Is a directory"),
    ],
)
def test_what_is_not_there(tmp_path: Path, reference: str, reason: str) -> None:
    """A reference to what is not shipped is an error at its place, and leaves the folder never."""
    with pytest.raises(BrokenContract, match=reason) as raised:
        fieldbound.contract("acme/create-thing", folder_of(tmp_path, reference))
    assert "thing.json:1:" in str(raised.value)
