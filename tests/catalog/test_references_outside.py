"""A reference is followed within the folder of its file, and its repository or project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import fieldbound
from fieldbound import BrokenContract

SCHEMA = {"type": "object", "properties": {"b": {"maxLength": 1}}}


def write(path: Path, reference: str) -> str:
    """Write a schema with a reference, and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**SCHEMA, "allOf": [{"$ref": reference}]}))
    return str(path)


@pytest.mark.parametrize("here", [".", "inner", "elsewhere"])
@pytest.mark.parametrize(
    "reference",
    [
        "../secret.json",
        "../../../../../../../../../../../../etc/passwd",
        "x/../../secret.json",
        "%2e%2e/secret.json",
        "link.json",
        "link/secret.json",
    ],
)
def test_reference_does_not_leave_the_folder(
    here: str, reference: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is outside is not read, however the reference is written, from wherever."""
    (tmp_path / "secret.json").write_text('{"required": ["secret"]}')
    (tmp_path / "elsewhere").mkdir()
    name = write(tmp_path / "inner" / "a.json", reference)
    (tmp_path / "inner" / "link.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "inner" / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path / here)
    report = fieldbound.contract(name).check({"b": "xx"})
    assert [each.pointer for each in report] == ["/b"]
    assert "leaves the folder of the file and its repository" in report.not_checked[""]
    with pytest.raises(BrokenContract, match="leaves the folder"):
        fieldbound.contract(name, strict=True)


@pytest.mark.parametrize("mark", [".git", "pyproject.toml"])
def test_reference_may_go_anywhere_in_the_repository(mark: str, tmp_path: Path) -> None:
    """The root of the repository or project is the folder with .git or pyproject.toml."""
    (tmp_path / mark).mkdir()
    (tmp_path / "shared.json").write_text('{"required": ["x"]}')
    contract = fieldbound.contract(write(tmp_path / "a" / "b" / "c.json", "../../shared.json"))
    assert [each.pointer for each in contract.check({})] == ["/x"]
    assert not contract.not_checked


def test_folders_below_the_file_are_inside(tmp_path: Path) -> None:
    """A reference may go down, and up again to where it started."""
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "b.json").write_text('{"$ref": "../c.json"}')
    (tmp_path / "c.json").write_text('{"required": ["x"]}')
    contract = fieldbound.contract(write(tmp_path / "a.json", "d/b.json"))
    assert [each.pointer for each in contract.check({})] == ["/x"]


def test_vendor_may_be_a_link(tmp_path: Path) -> None:
    """A vendor's folder may be a link: its files are those of the folder that it leads to."""
    real = tmp_path / "real"
    real.mkdir()
    (real / "thing.json").write_text('{"type": "object", "required": ["x"]}')
    body = {"content": {"application/json": {"schema": {"$ref": "thing.json"}}}}
    do = {"operationId": "do", "requestBody": body, "responses": {"204": {"description": ""}}}
    head = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}}
    (real / "openapi.json").write_text(json.dumps({**head, "paths": {"/do": {"post": do}}}))
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "acme").symlink_to(real)
    contract = fieldbound.contract("acme/do", [tmp_path / "contracts"])
    assert [each.pointer for each in contract.check({})] == ["/x"]
