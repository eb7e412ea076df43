"""JSON Schemas of any draft: kept as they are, with what is wrong told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.importers import BrokenSource, Draft, read
from support.imports import check_import, source_of
from support.schema_strategies import DIALECTS

INPUTS = Path(__file__).parent / "inputs"
ORDER = {
    "title": "Order",
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string", "maxLength": 3}, "size": {"type": "integer"}},
}
SOME = [None, {}, {"name": "abc"}, {"name": "abcd"}, {"name": "a", "size": "x"}, {"name": 1}]


def draft_of(schema: Any, **options: Any) -> Draft:
    """Return the draft of a schema."""
    return read(source_of("a.json", json.dumps(schema)), "json-schema", vendor="acme", **options)


@pytest.mark.parametrize("dialect", [each for each in DIALECTS if each])
def test_every_draft(dialect: str, tmp_path: Path) -> None:
    """The schema keeps its draft, and checks as it does by itself."""
    schema = {"$schema": dialect, **ORDER}
    draft, folder = check_import(source_of("a.json", json.dumps(schema)), tmp_path)
    assert draft.files["order.json"]["$schema"] == dialect
    path = tmp_path / "own.json"
    path.write_text(json.dumps(schema))
    for name in ("acme/order", "acme/order/response.200"):
        imported, own = fieldbound.contract(name, folder.parent), fieldbound.contract(str(path))
        assert [own.is_valid(each) for each in SOME] == [imported.is_valid(each) for each in SOME]
        assert {each.says for each in imported.limits} == {"stated"}


@pytest.mark.parametrize("end", ["#", ""])
def test_draft_4(end: str, tmp_path: Path) -> None:
    """A schema of draft 4 becomes one of draft 6, which accepts the same."""
    schema = {
        "$schema": f"http://json-schema.org/draft-04/schema{end}",
        "id": "https://acme.example/order.json",
        **ORDER,
        "properties": {
            "name": {"$ref": "#/definitions/name"},
            "size": {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
            "rank": {"type": "integer", "maximum": 9, "exclusiveMaximum": False},
            "id": {"type": "string"},
        },
        "definitions": {"name": {"type": "string", "maxLength": 3}},
    }
    _, folder = check_import(source_of("a.json", json.dumps(schema)), tmp_path)
    contract = fieldbound.contract("acme/order", folder.parent)
    assert contract.is_valid({"name": "abc", "size": 1, "rank": 9, "id": "x"})
    for wrong in ({}, {"name": "abcd"}, {"name": "a", "size": 0}, {"name": "a", "rank": 10}):
        assert len([*contract.check(wrong)]) == 1, wrong


def test_a_definition_is_a_contract() -> None:
    """A schema of definitions alone is a contract for each."""
    schema = {"$defs": {"A b": {"maxLength": 3}, "C": {"$ref": "#/$defs/A b"}}}
    assert draft_of(schema).imported.contracts == (
        "acme/a-b",
        "acme/a-b/response.200",
        "acme/c",
        "acme/c/response.200",
    )
    assert len(draft_of(schema, resource="C").imported.contracts) == 2


def test_the_catalogue_of_netsuite(tmp_path: Path) -> None:
    """Its hyper-schemas have nullable, notes, and links that lead nowhere."""
    source = INPUTS / "customer.schema.json"
    draft, folder = check_import(source, tmp_path)
    assert [each.place for each in draft.omitted] == ["/properties/links/items/$ref"]
    contract = fieldbound.contract("acme/customer", folder.parent)
    assert contract.is_valid(
        {"companyName": None, "custentity_rank": 7, "links": [{"rel": "self"}]}
    )
    assert not contract.is_valid({"companyName": "x" * 84})
    assert not contract.is_valid({"custentity_rank": "7"})


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({**ORDER, "properties": {"name": {"pattern": "(("}}}, "/properties/name/pattern"),
        ({**ORDER, "maxLenght": 5}, "/maxLenght"),
        ({**ORDER, "allOf": [{"$ref": "https://acme.example/other.json"}]}, "/allOf/0/$ref"),
        ({**ORDER, "properties": {"name": {"format": "telephone"}}}, "/properties/name/format"),
    ],
)
def test_what_is_wrong(schema: Any, place: str, tmp_path: Path) -> None:
    """It is left out, and the import says where it was."""
    draft = draft_of(schema)
    assert [each.place for each in draft.omitted] == [place]
    draft.write(tmp_path / "acme")
    contract = fieldbound.contract("acme/order", tmp_path)
    assert contract.is_valid({"name": "abc"})
    assert not contract.is_valid({})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("true", "is an object"),
        ("{}", "limits nothing"),
        ('{"$defs": {}}', "limits nothing"),
        ('{"type": "object", "type": "array"}', "type"),
        ('{"type": ["obj', "a.json:1"),
        ('{"$schema": "https://acme.example/schema", "type": "object"}', "not supported"),
        ('{"not":' * 5000, "a.json"),
    ],
)
def test_a_broken_schema(text: str, reason: str, tmp_path: Path) -> None:
    """It is an error of the file, and nothing is written."""
    with pytest.raises(BrokenSource, match=reason) as caught:
        read(source_of("a.json", text), "json-schema", vendor="acme").write(tmp_path / "acme")
    assert str(caught.value).startswith("a.json")
    assert not (tmp_path / "acme").exists()


def test_a_definition_that_there_is_not() -> None:
    """The error names those that there are."""
    with pytest.raises(BrokenSource, match="no definition 'X': must be one of A"):
        draft_of({"$defs": {"A": {"maxLength": 3}}}, resource="X")
