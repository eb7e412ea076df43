"""Evidence at the root of a file: it holds for all limits of the file that have none nearer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import BrokenContract
from fieldbound.catalog import lint_paths

ORDER: dict[str, Any] = {
    "x-source": {"says": "stated", "from": "guide"},
    "$defs": {
        "id": {"type": "string", "readOnly": True},
        "code": {
            "type": "string",
            "maxLength": 5,
            "x-source": {"of": "maxLength", "says": "example", "from": "guide"},
        },
        "create": {
            "type": "object",
            "properties": {
                "id": {"$ref": "#/$defs/id"},
                "code": {"$ref": "#/$defs/code"},
                "line": {"$ref": "line.json#/$defs/line"},
            },
            "required": ["code"],
        },
    },
}
LINE = {"$defs": {"line": {"type": "integer", "maximum": 9}}}
OPENAPI: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Acme", "version": "1"},
    "x-source": {"says": "observed", "from": "guide"},
    "paths": {
        "/orders": {
            "post": {
                "operationId": "createOrder",
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "order.json#/$defs/create"}}
                    }
                },
                "responses": {
                    "201": {
                        "description": "Created.",
                        "content": {"application/json": {"schema": {"maxProperties": 3}}},
                    }
                },
            }
        }
    },
}


def write(folder: Path, **files: Any) -> Path:
    """Write the folder of a vendor, and return the folder of contracts."""
    vendor = folder / "contracts" / "acme"
    vendor.mkdir(parents=True)
    for name, value in files.items():
        (vendor / f"{name}.json").write_text(json.dumps(value))
    return vendor.parent


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    sources = {"guide": {"title": "Guide", "address": "https://acme.example"}}
    return write(tmp_path, openapi=OPENAPI, order=ORDER, line=LINE, sources=sources)


def evidence(name: str, folder: Path) -> dict[str, str | None]:
    """Return the evidence for each limit of a contract."""
    limits = fieldbound.contract(name, folder).limits
    return {each.id.partition("#")[2]: each.says for each in limits}


def test_the_root_of_a_schema_file(folder: Path) -> None:
    """It is that of each limit without evidence, and of no limit in another file."""
    assert evidence("acme/create-order", folder) == {
        "/code:required": "stated",
        ":type": "stated",
        "/id:readOnly": "stated",
        "/code:type": "stated",
        "/code:maxLength": "example",
        "/line:type": None,
        "/line:maximum": None,
    }


def test_the_root_of_an_openapi_document(folder: Path) -> None:
    """It is that of the schemas in the document."""
    assert evidence("acme/create-order/response.201", folder) == {":maxProperties": "observed"}


def test_a_message_cites_it(folder: Path) -> None:
    """The source has its title and address, also where a read-only property is sent."""
    contract = fieldbound.contract("acme/create-order", folder)
    found = {each.pointer: each for each in contract.check({"id": "1", "code": "123456"})}
    assert found["/id"].code == "readOnly"
    for violation, says in ((found["/id"], "stated"), (found["/code"], "example")):
        assert violation.says == says
        assert violation.limit is not None
        assert violation.limit.source is not None
        assert violation.limit.source.title == "Guide"


def test_a_definition_of_a_single_file(folder: Path) -> None:
    """A file by its path, whole or at a pointer, has it as well."""
    for name in ("order.json#/$defs/create", "order.json#/$defs/code"):
        limits = fieldbound.contract(f"{folder}/acme/{name}").limits
        assert {each.says for each in limits if "line.json" not in each.location} == {
            "stated",
            "example",
        }


def test_a_source_at_the_root_that_is_not_listed(tmp_path: Path) -> None:
    """It is an error like any other, for the contract and for lint."""
    order = {**ORDER, "x-source": {"says": "stated", "from": "gone"}}
    folder = write(
        tmp_path, openapi=OPENAPI, order=order, line=LINE, sources={"guide": {"title": "G"}}
    )
    with pytest.raises(BrokenContract, match=r"there is no source 'gone' in sources\.json"):
        fieldbound.contract("acme/create-order", folder)
    (found,) = lint_paths([folder]).diagnostics
    assert (found.code, found.pointer) == ("invalid-source", "/x-source/from")


def test_sources_are_optional(tmp_path: Path) -> None:
    """A folder without any has its limits, which always fail, and lint finds nothing."""
    order = {name: each for name, each in ORDER.items() if name != "x-source"}
    order["$defs"] = {**ORDER["$defs"], "code": {"type": "string", "maxLength": 5}}
    openapi = {name: each for name, each in OPENAPI.items() if name != "x-source"}
    folder = write(tmp_path, openapi=openapi, order=order, line=LINE)
    assert {*evidence("acme/create-order", folder).values()} == {None}
    assert lint_paths([folder / "acme"]).diagnostics == ()
    (violation,) = fieldbound.contract("acme/create-order", folder).check({"code": "123456"})
    assert violation.fails("stated")
