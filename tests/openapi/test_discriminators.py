"""Discriminators: they change no verdict, and select the branch that is reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound import Contract

VERSIONS = ("3.0.4", "3.1.1", "3.2.0")


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def contract_of(
    folder: Path, schema: Any, version: str = "3.1.0", schemas: Any = None, **options: Any
) -> Contract:
    """Return the contract of a request body, and the same by the reference validator."""
    content = {"content": {"application/json": {"schema": schema}}}
    do = {"operationId": "do", "requestBody": content, "responses": {"200": {"description": ""}}}
    whole = {
        "openapi": version,
        "info": {"title": "T", "version": "1"},
        "paths": {"/do": {"post": do}},
        "components": {"schemas": schemas or {}},
    }
    (folder / "openapi.json").write_text(json.dumps(whole))
    return fieldbound.contract(f"{folder}/openapi.json#do", **options)


def codes(contract: Contract, body: Any) -> list[tuple[str, str]]:
    """Return code and pointer of each violation; both engines agree on whether there are any."""
    found = [(each.code, each.pointer) for each in contract.check(body)]
    assert contract.jsonschema_validator().is_valid(body) is not bool(found)
    return found


def message(role: str, *required: str) -> dict[str, Any]:
    """Return a schema of a message with a role that it fixes."""
    properties = {"role": {"type": "string", "enum": [role]}, "text": {"type": "string"}}
    return {"type": "object", "properties": properties, "required": ["role", *required]}


MESSAGES = {"UserMessage": message("user", "text"), "SystemMessage": message("system", "code")}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("keyword", ["oneOf", "anyOf"])
def test_fixed_values_count_before_schema_names(version: str, keyword: str, tmp_path: Path) -> None:
    """Where branches fix the property, that counts: the names of their schemas do not."""
    schema = {keyword: [ref(each) for each in MESSAGES], "discriminator": {"propertyName": "role"}}
    contract = contract_of(tmp_path, schema, version, MESSAGES)
    assert codes(contract, {"role": "user", "text": "a"}) == []
    assert codes(contract, {"role": "user", "text": 1}) == [("type", "/text")]
    assert codes(contract, {"role": "system"}) == [("required", "/code")]
    assert codes(contract, {"role": "other"}) == [("enum", "/role")]
    assert codes(contract, {}) == [("required", "/role")]


CLOSED = {
    name: {
        "type": "object",
        "properties": {"kind": {"type": "string"}, own: {"type": "integer"}},
        "required": ["kind", own],
        "additionalProperties": False,
    }
    for name, own in (("Cat", "lives"), ("Dog", "legs"))
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("mapping", [None, {"meow": "#/components/schemas/Cat", "woof": "Dog"}])
def test_mapping_and_names_select_the_branch_that_is_reported(
    version: str, order: int, mapping: Any, tmp_path: Path
) -> None:
    """Violations are those of the branch selected, whatever its place among the others."""
    discriminator = {"propertyName": "kind", **({"mapping": mapping} if mapping else {})}
    schema = {
        "oneOf": [ref(each) for each in list(CLOSED)[::order]],
        "discriminator": discriminator,
    }
    contract = contract_of(tmp_path, schema, version, CLOSED)
    cat, dog = ("meow", "woof") if mapping else ("Cat", "Dog")
    assert codes(contract, {"kind": cat, "lives": 9}) == []
    assert codes(contract, {"kind": "anything", "lives": 9}) == []
    for kind, own in ((cat, "lives"), (dog, "legs")):
        assert codes(contract, {"kind": kind}) == [("required", f"/{own}")]
        assert codes(contract, {"kind": kind, own: "x"}) == [("type", f"/{own}")]


PET = {
    "type": "object",
    "required": ["kind"],
    "properties": {"kind": {"type": "string"}},
    "discriminator": {"propertyName": "kind", "mapping": {"cat": "#/components/schemas/Cat"}},
}
CAT = {"allOf": [ref("Pet"), {"type": "object", "required": ["lives"]}]}


@pytest.mark.parametrize("version", VERSIONS)
def test_base_does_not_enforce_its_children(version: str, tmp_path: Path) -> None:
    """A base schema is what it says; "enforce" selects the child as a limit."""
    schemas = {"Pet": PET, "Cat": CAT}
    contract = contract_of(tmp_path, ref("Pet"), version, schemas)
    assert codes(contract, {"kind": "cat"}) == []
    assert codes(contract, {"kind": "cow"}) == []
    assert codes(contract, {}) == [("required", "/kind")]
    enforced = contract_of(tmp_path, ref("Pet"), version, schemas, discriminator="enforce")
    assert codes(enforced, {"kind": "cat"}) == [("required", "/lives")]
    assert codes(enforced, {"kind": "cow"}) == [("enum", "/kind")]


@pytest.mark.parametrize("discriminator", ["report", "enforce"])
def test_dead_child_concerns_itself_alone(discriminator: Any, tmp_path: Path) -> None:
    """A child that nothing satisfies leaves its base and the other children as they are."""
    dead = {"allOf": [ref("Pet"), {"properties": {"kind": {"type": "integer"}}}]}
    schemas = {"Pet": PET, "Cat": CAT, "Dead": dead, "Pets": {"oneOf": [ref("Dead"), ref("Cat")]}}
    for name in ("Pet", "Pets", "Cat"):
        contract = contract_of(tmp_path, ref(name), schemas=schemas, discriminator=discriminator)
        assert codes(contract, {"kind": "cat", "lives": 9}) == [], name
        assert not contract.not_checked
    contract = contract_of(tmp_path, ref("Pets"), schemas=schemas)
    assert codes(contract, {"kind": "cat"}) == [("required", "/lives")]


def test_discriminator_is_report_or_enforce() -> None:
    """Any other value is an error."""
    with pytest.raises(ValueError, match="discriminator must be 'report' or 'enforce'"):
        fieldbound.contract("a.json", discriminator="ignore")  # type: ignore[arg-type]


def test_broken_discriminator_of_a_foreign_document_is_reported(tmp_path: Path) -> None:
    """It is not used, and all else is checked."""
    schemas = {"Pet": {**PET, "discriminator": {"mapping": {}}}}
    report = contract_of(tmp_path, ref("Pet"), schemas=schemas).check({"kind": 1})
    assert [each.code for each in report] == ["type"]
    assert "propertyName of a discriminator must be a string" in report.not_checked[""]
