"""The folders of the configuration: where contracts are looked up unless folders are given."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

import fieldbound
from fieldbound import BrokenContract, bulk
from fieldbound.cli.entry_point import main
from fieldbound.config import BrokenConfig
from fieldbound.http import Guard
from fieldbound.strategies import requests
from fieldbound.testing import assert_within, text

OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Acme", "version": "1"},
    "paths": {
        "/orders": {
            "post": {
                "operationId": "createOrder",
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "order.json"}}}
                },
                "responses": {"204": {"description": "created"}},
            }
        }
    },
}
ORDER = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {"ref": {"maxLength": 3, "x-source": {"says": "stated", "from": "guide"}}},
    "x-source": {"says": "stated", "from": "guide"},
}
NAME, SHIPPED = "acme/create-order", "axim-commerce/create-company"
CONFIG = '[tool.fieldbound]\nfolders = ["contracts"]\n'


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_vendor("contracts", "acme")
    Path("pyproject.toml").write_text(CONFIG, "utf-8")


def make_vendor(folder: str, name: str) -> None:
    """Write the folder of a vendor."""
    vendor = Path(folder, name)
    vendor.mkdir(parents=True)
    sources = {
        "guide": {"title": "Guide", "address": "https://acme.example/", "read": "2026-01-01"}
    }
    for file, value in (("openapi", OPENAPI), ("order", ORDER), ("sources", sources)):
        (vendor / f"{file}.json").write_text(json.dumps(value), "utf-8")


def test_python_finds_what_the_command_finds(capsys: pytest.CaptureFixture[str]) -> None:
    """Every function that takes a name looks it up in the folders of the configuration."""
    contract = fieldbound.contract(NAME)
    assert not contract.is_valid({"ref": "long"})
    assert NAME in fieldbound.contracts()
    assert "create-order" in fieldbound.api("acme").operations
    assert [each.name for each in Guard("acme").hosts.apis] == ["acme"]
    assert bulk.check([{"ref": "long"}], NAME).invalid == 1
    assert requests(fieldbound.api("acme"), "create-order") is not None
    assert_within(lambda ref: {"ref": ref[:3]}, NAME, text(max_size=9), max_examples=9)
    assert main(["contracts", "acme"]) == 0
    assert NAME in capsys.readouterr().out


def test_the_configuration_of_a_folder_above(monkeypatch: pytest.MonkeyPatch) -> None:
    """The configuration is found from the working directory, upward."""
    Path("a/b").mkdir(parents=True)
    monkeypatch.chdir("a/b")
    assert fieldbound.contract(NAME).name == NAME


def test_without_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    """FIELDBOUND_CONFIG=none, or folders that are given, keep the configuration's out."""
    assert fieldbound.contract(NAME)
    with pytest.raises(fieldbound.UnknownName):
        fieldbound.contract(NAME, folders=())
    assert NAME not in fieldbound.contracts(())
    monkeypatch.setenv("FIELDBOUND_CONFIG", "none")
    with pytest.raises(fieldbound.UnknownName):
        fieldbound.contract(NAME)
    with pytest.raises(fieldbound.UnknownName):
        fieldbound.api("acme")


@pytest.mark.parametrize(
    "kind", [str, Path, lambda folder: [folder], lambda folder: (Path(folder),)]
)
def test_folders_are_one_or_several(kind: object) -> None:
    """A string or a path is one folder, anything else several; they replace the configuration's."""
    make_vendor("more", "other")
    given = kind("more")  # type: ignore[operator]
    assert fieldbound.contract("other/create-order", given).name == "other/create-order"
    assert fieldbound.api("other", given).name == "other"
    assert "acme/create-order" not in fieldbound.contracts(given)


def test_a_missing_folder_breaks_what_needs_it(capsys: pytest.CaptureFixture[str]) -> None:
    """A folder of the configuration that is missing breaks no contract that is elsewhere."""
    Path("pyproject.toml").write_text(CONFIG.replace("contracts", "typo"), "utf-8")
    Path("own.json").write_text('{"type": "object"}', "utf-8")
    assert fieldbound.contract(SHIPPED).name == SHIPPED
    assert fieldbound.contract("own.json").name == "own.json"
    assert fieldbound.api("axim-commerce").name == "axim-commerce"
    assert main(["limits", SHIPPED]) == 0
    assert main(["limits", "own.json"]) == 0
    reason = "pyproject.toml: tool.fieldbound.folders: contracts folder not found: typo"
    for look_up in (
        lambda: fieldbound.contract(NAME),
        lambda: fieldbound.api("acme"),
        fieldbound.contracts,
    ):
        with pytest.raises(BrokenConfig) as caught:
            look_up()
        assert str(caught.value) == reason
    capsys.readouterr()
    for argv in (["limits", NAME], ["contracts"], ["check", "-c", NAME, "own.json"]):
        assert main(argv) == 2
        assert reason in capsys.readouterr().err


def test_a_folder_without_vendors_breaks_what_needs_it() -> None:
    """A folder of the configuration in which no vendor is breaks what is nowhere else, too."""
    Path("empty").mkdir()
    Path("fieldbound.toml").write_text('folders = ["empty", "contracts"]', "utf-8")
    assert fieldbound.contract(NAME)
    with pytest.raises(BrokenConfig, match=r"^fieldbound.toml: folders: no vendor in this folder"):
        fieldbound.contract("nowhere/operation")


def test_a_missing_folder_that_is_given_is_an_error() -> None:
    """A folder that the caller gives must be there, whatever is looked up."""
    with pytest.raises(BrokenContract, match="contracts folder not found"):
        fieldbound.contract(SHIPPED, "typo")


def test_a_vendor_in_two_folders_is_an_error() -> None:
    """A vendor of the configuration's folders with the name of another is an error, not hidden."""
    make_vendor("contracts", "fortellis")
    with pytest.raises(BrokenContract, match="duplicate vendor 'fortellis'"):
        fieldbound.contract("fortellis/create-parts-groups/request.headers")


def test_an_api_keeps_its_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of an API has the folders that it was found in, whatever the configuration is then."""
    pickled = pickle.dumps(fieldbound.api("acme"))
    monkeypatch.setenv("FIELDBOUND_CONFIG", "none")
    assert pickle.loads(pickled).name == "acme"  # noqa: S301
