"""Overrides of limits by the configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.config import BrokenConfig

NAME = "oracle-cx-sales/create-product-group"
VALID = {"ProdGroupName": "a", "InternalName": "b"}


@pytest.fixture(name="configure")
def _configure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that overrides limits in a project, which is the working directory."""
    monkeypatch.chdir(tmp_path)

    def configure(contract: str = NAME, **overrides: str) -> None:
        tables = [
            f"[overrides.{json.dumps(f'{contract}#{limit}')}]\n{settings}\n"
            for limit, settings in overrides.items()
        ]
        Path("fieldbound.toml").write_text("".join(tables), "utf-8")

    return configure


def test_another_value(configure: Any) -> None:
    """A limit has the value of the override, its evidence, and what is documented in the note."""
    settings = 'value = 120\nnote = "shorter here"\ndate = 2026-11-20'
    configure(**{"/InternalName:maxLength": settings})
    contract = fieldbound.contract(NAME)
    assert contract.is_valid({**VALID, "InternalName": "b" * 120})
    (violation,) = contract.check({**VALID, "InternalName": "b" * 130})
    limit = violation.limit
    assert limit is not None
    assert limit.id == f"{NAME}#/InternalName:maxLength"
    assert (violation.message, violation.hint) == (
        "/InternalName has 130 characters, the limit is 120",
        "shorten it by 10 characters",
    )
    assert (limit.value, limit.says, limit.note) == (
        120,
        "observed",
        'overridden here; documented 150, stated in "Create a product group": shorter here',
    )
    assert limit.source == fieldbound.Source(
        "override of /InternalName:maxLength", "override in fieldbound.toml", None, "2026-11-20"
    )


def test_no_other_limit_changes(configure: Any) -> None:
    """An override changes its limit alone: every other id, value and evidence stays."""
    before = {each.id: each for each in fieldbound.contract(NAME).limits}
    configure(**{"/InternalName:maxLength": "value = 120"})
    after = {each.id: each for each in fieldbound.contract(NAME).limits}
    assert list(after) == list(before)
    changed = {
        each
        for each in before
        if (before[each].value, before[each].says, before[each].sources, before[each].note)
        != (after[each].value, after[each].says, after[each].sources, after[each].note)
    }
    assert changed == {f"{NAME}#/InternalName:maxLength"}


def test_a_removed_limit(configure: Any) -> None:
    """A limit that is removed is not enforced, which every report says."""
    configure(**{"/InternalName:maxLength": 'removed = true\nnote = "never seen"'})
    contract = fieldbound.contract(NAME)
    report = contract.check({**VALID, "InternalName": "b" * 999})
    assert report.ok
    assert report.not_checked["/InternalName"] == (
        "maxLength is removed in fieldbound.toml; documented 150, "
        'stated in "Create a product group": never seen'
    )
    assert f"{NAME}#/InternalName:maxLength" not in {each.id for each in contract.limits}


@pytest.mark.parametrize(
    ("limit", "settings", "instance", "code"),
    [
        ("/ActiveFlag:required", "value = true", VALID, "required"),
        ("/ActiveFlag:enum", 'value = ["Y"]', {**VALID, "ActiveFlag": "N"}, "enum"),
        ("/InternalName:pattern", 'value = "^[A-Z]"', VALID, "pattern"),
        (
            "/ProductGroupProductSetup/*/InvOrgId:minimum",
            "value = 7",
            {**VALID, "ProductGroupProductSetup": [{"InventoryItemId": 1, "InvOrgId": 2}]},
            "minimum",
        ),
    ],
)
def test_added_and_changed(
    configure: Any, limit: str, settings: str, instance: Any, code: str
) -> None:
    """A limit that is not documented is added, also within items; both validators enforce it."""
    assert fieldbound.contract(NAME).is_valid(instance)
    configure(**{limit: settings})
    contract = fieldbound.contract(NAME)
    (violation,) = contract.check(instance)
    assert violation.code == code
    assert violation.limit is not None
    assert violation.limit.id == f"{NAME}#{limit}"
    assert not contract.jsonschema_validator().is_valid(instance)


@pytest.mark.parametrize(
    ("limit", "instance"),
    [("/InternalName:required", {"ProdGroupName": "a"}), ("/CreatedBy:readOnly", VALID)],
)
def test_removed_kinds(configure: Any, limit: str, instance: dict[str, Any]) -> None:
    """A required or a read-only property can be made optional, or writable."""
    sent = instance if "required" in limit else {**instance, "CreatedBy": "me"}
    assert not fieldbound.contract(NAME).is_valid(sent)
    configure(**{limit: "removed = true"})
    assert fieldbound.contract(NAME).is_valid(sent)


def test_a_shared_schema_changes_for_one_pointer(configure: Any, tmp_path: Path) -> None:
    """Where two properties refer to one schema, the other keeps its limit."""
    schema = {
        "properties": {"a": {"$ref": "#/$defs/code"}, "b": {"$ref": "#/$defs/code"}},
        "additionalProperties": {"items": {"$ref": "#/$defs/code"}},
        "$defs": {"code": {"type": "string", "maxLength": 9, "$ref": "#/$defs/text"}, "text": {}},
    }
    (tmp_path / "own.json").write_text(json.dumps(schema), "utf-8")
    configure("own.json", **{"/a:maxLength": "value = 2"})
    contract = fieldbound.contract("own.json")
    report = contract.check({"a": "1234", "b": "1234", "c": ["1234", "1" * 10]})
    assert [each.pointer for each in report] == ["/a", "/c/1"]


def test_operations_of_an_api(configure: Any) -> None:
    """A request that is checked by an API is checked by the overridden limits, too."""
    configure(**{"/InternalName:maxLength": "value = 3"})
    message = fieldbound.Message(
        "POST",
        "https://x.oraclecloud.com/crmRestApi/resources/11.13.18.05/setupSalesCatalogs",
        [("Content-Type", "application/json")],
        json.dumps({**VALID, "InternalName": "long"}).encode(),
    )
    codes = [each.code for each in fieldbound.api("oracle-cx-sales").check_request(message)]
    assert "maxLength" in codes


@pytest.mark.parametrize(
    ("limit", "settings", "error"),
    [
        ("/InternalNam:maxLength", "removed = true", "did you mean .*#/InternalName:maxLength"),
        ("/Nope/deep:maxLength", "value = 3", "has no value at /Nope/deep"),
        ("/InternalName:maxLength", 'value = "x"', "the contract is invalid with it"),
        ("/InternalName:maxLength", "", "either a value or removed = true"),
        ("/InternalName:maxLength", "value = 1\nremoved = true", "either a value or removed"),
        ("/InternalName:maxLength", 'value = 1\nsay = "x"', "unknown key say.*did you mean says"),
        ("/InternalName:maxLength", 'value = 1\nsays = "x"', "must be one of stated"),
        ("/InternalName:maxLength", 'value = 1\ndate = "soon"', "must be a date such as"),
        ("/InternalName:maxLen", "value = 1", "did you mean maxLength"),
        ("/InternalName:required", "value = false", "must be true"),
        ("InternalName", "value = 1", "must be the id of a limit"),
    ],
)
def test_errors_name_the_file_and_the_key(
    configure: Any, limit: str, settings: str, error: str
) -> None:
    """What cannot be overridden is an error that names the file, the key and what is meant."""
    configure(**{limit: settings})
    with pytest.raises(BrokenConfig, match=error) as raised:
        fieldbound.contract(NAME)
    assert str(raised.value).startswith("fieldbound.toml: overrides.'oracle-cx-sales/create-")
