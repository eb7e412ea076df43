"""Formats of OpenAPI documents: limits, where the registry gives them a meaning to check."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import Message, cases
from support.tables import table

URL = "https://a.example/a?q=3000000000"
JSON = {"Content-Type": "application/json"}
PROPERTIES = {
    "i": {"type": "integer", "format": "int32"},
    "l": {"type": "integer", "format": "int64"},
    "f": {"type": "number", "format": "float"},
    "d": {"type": "number", "format": "double"},
    "b": {"type": "string", "format": "byte"},
    "x": {"type": "string", "format": "binary"},
    "p": {"type": "string", "format": "password"},
    "u": {"type": "string", "format": "uuid"},
    "ph": {"type": "string", "format": "phone"},
}
#: What a format makes of a value.
VERDICTS = [
    ("i", 2**31 - 1, True),
    ("i", 2**31, False),
    ("i", 3_000_000_000, False),
    ("i", -(2**31) - 1, False),
    ("l", 2**63 - 1, True),
    ("l", 2**63, False),
    ("f", 3.4e38, True),
    ("f", 1e39, False),
    ("d", 1e308, True),
    ("d", 10**309, False),
    ("b", "QUJD", True),
    ("b", "%%%", False),
    ("u", "x", False),
    ("x", "any", True),
    ("ph", "any", True),
]


@pytest.fixture(params=["3.0.4", "3.1.1"])
def document(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the path of an OpenAPI document."""
    schema = {"type": "object", "properties": PROPERTIES}
    query = {"name": "q", "in": "query", "schema": {"$ref": "#/components/schemas/Int"}}
    operation: dict[str, Any] = {
        "operationId": "make",
        "parameters": [query],
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "ok"}},
    }
    contents = {
        "openapi": request.param,
        "info": {"title": "t", "version": "1"},
        "paths": {"/a": {"post": operation}},
        "components": {"schemas": {"Int": {"type": "integer", "format": "int32"}}},
    }
    path = tmp_path / "api.json"
    path.write_text(json.dumps(contents), "utf-8")
    return str(path)


@table(("name", "value", "ok"), VERDICTS)
def test_formats_of_openapi_are_limits(document: str, name: str, value: Any, ok: bool) -> None:
    """Both engines check them."""
    contract = fieldbound.contract(f"{document}#make")
    assert contract.is_valid({name: value}) == ok
    assert contract.check({name: value}).ok == ok
    assert contract.jsonschema_validator().is_valid({name: value}) == ok


def test_formats_of_openapi_are_listed_and_reached(document: str) -> None:
    """The limits they stand for have cases at and beyond their bounds; others are reported."""
    contract = fieldbound.contract(f"{document}#make")
    listed = {(limit.pointer, limit.keyword) for limit in contract.limits}
    expected = {
        *((f"/{name}", keyword) for name in "ilfd" for keyword in ("minimum", "maximum")),
        ("/b", "pattern"),
        ("/u", "format"),
    }
    assert expected == {each for each in listed if each[1] != "type"}
    assert [*contract.not_checked] == ["/ph"]
    reached = [each for each in cases(contract) if each.limit.pointer == "/i"]
    values = {each.invalid["i"] for each in reached if each.limit.keyword == "maximum"}
    assert 2**31 in values


def test_formats_of_openapi_hold_in_messages(document: str) -> None:
    """Parameters included; what is not checked is in the report of the message."""
    message = Message("POST", URL, JSON, {"i": 2**31, "ph": "x"})
    report = fieldbound.api(document).check_request(message)
    assert [each.pointer for each in report] == ["/query/q", "/body/i"]
    assert report.not_checked == {"/body/ph": 'format "phone": no such format is known'}


def test_formats_may_be_annotations_of_an_api(document: str) -> None:
    """Then none is checked, and each is reported; after pickling, too."""
    api = pickle.loads(pickle.dumps(fieldbound.api(document, formats="annotate")))  # noqa: S301
    message = Message("POST", URL, JSON, {"i": 2**31, "u": "x"})
    report = api.check_request(message)
    assert report.ok
    assert [*report.not_checked] == ["/query/q", "/body/i", "/body/u"]
    contract = fieldbound.contract(f"{document}#make", formats="annotate")
    assert contract.check({"u": "x"}).not_checked == {
        "/u": 'format "uuid": formats are annotations here'
    }
    assert not fieldbound.contract(f"{document}#make").is_valid({"u": "x"})


def test_formats_of_a_vendor_may_be_annotations() -> None:
    """The contracts of both kinds are kept apart."""
    name = "oracle-cx-sales/create-product-group"
    formats = [
        {limit.keyword for limit in fieldbound.contract(name, formats=each).limits}
        for each in ("assert", "annotate", "assert")
    ]
    assert ["format" in each for each in formats] == [True, False, True]
