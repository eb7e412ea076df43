"""`fieldbound init`: a project is set up by what is in it, and nothing there is changed."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from fieldbound.catalog.bundled_folder import bundled_folder
from fieldbound.config import load
from support.paths import CASES
from support.running import Command

GROUP = {"ProdGroupName": "a", "InternalName": "b", "ActiveFlag": "Y"}
SCHEMA = {
    "type": "object",
    "properties": {"sku": {"type": "string", "maxLength": 5}, "qty": {"type": "integer"}},
}


@pytest.fixture(autouse=True)
def _folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(folder.iterdir())
    monkeypatch.delenv("FIELDBOUND_CONFIG", raising=False)


def write(**files: Any) -> None:
    """Write JSON files: `a__b` is the file b.json in the folder a."""
    for name, value in files.items():
        path = Path(f"{name.replace('__', '/')}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))


def everything() -> dict[str, bytes]:
    """Return every file below the working directory."""
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


def test_payloads_of_a_bundled_vendor(cli: Command) -> None:
    """A folder of payloads has one glob, and the hook is written; the CI job is printed."""
    write(payloads__a=GROUP, payloads__b={**GROUP, "InternalName": "x" * 151})
    ran = cli("init")
    assert (ran.code, ran.err) == (0, "")
    assert "wrote fieldbound.toml: 2 payloads mapped" in ran.out
    assert "run: fieldbound check" in ran.out
    assert load().mapping == (("payloads/*.json", "oracle-cx-sales/create-product-group"),)
    (hook,) = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert (hook["id"], hook["require_serial"]) == ("fieldbound", True)
    assert cli("check").code == 1  # the second payload is too long


def test_own_contracts_are_found(cli: Command) -> None:
    """Schemas, OpenAPI documents and vendors' folders of the project are tried as well."""
    shutil.copytree(bundled_folder() / "fortellis", "contracts/acme")
    write(order_schema=SCHEMA, orders__a={"sku": "a", "qty": 1}, package={"name": "x"})
    Path("orders/b.ndjson").write_text('{"sku": "b", "qty": 2}\n')
    Path("traffic.har").write_text("{}")
    assert cli("init").code == 0
    config = load()
    assert dict(config.mapping) == {
        "orders/*.json": "order_schema.json",
        "orders/*.ndjson": "order_schema.json",
    }
    assert [str(each) for each in config.folders] == ["contracts"]
    text = Path("fieldbound.toml").read_text()
    assert '# recordings = ["*.har"]' in text
    assert "package.json" not in text


def test_payloads_of_several_contracts_in_one_folder(cli: Command) -> None:
    """The first glob that matches counts: the few come before the glob of the many."""
    write(all__a=GROUP, all__b=GROUP, all__c={"sku": "a", "qty": 1}, order_schema=SCHEMA)
    cli("init")
    assert load().mapping == (
        ("all/c.json", "order_schema.json"),
        ("all/*.json", "oracle-cx-sales/create-product-group"),
    )


def test_payloads_that_no_contract_fits(cli: Command) -> None:
    """They are in a comment, to be filled in; so is an example where there are none."""
    write(data__a={"zzz": 1, "yyy": 2})
    cli("init")
    assert '# "data/a.json" = "NAME"' in Path("fieldbound.toml").read_text()
    assert load().mapping == ()
    Path("fieldbound.toml").unlink()
    shutil.rmtree("data")
    cli("init")
    assert '# "payloads/*.json" = ' in Path("fieldbound.toml").read_text()


@pytest.mark.parametrize("before", ['[project]\nname = "é"\n', '[project]\r\nname = "a"', "# x"])
def test_a_pyproject_is_added_to(before: str, cli: Command) -> None:
    """What is there stays byte for byte, with its line ends."""
    Path("pyproject.toml").write_bytes(before.encode())
    write(payloads__a=GROUP)
    assert "added to pyproject.toml" in cli("init").out
    after = Path("pyproject.toml").read_bytes()
    assert after.startswith(before.encode())
    assert (b"\r\n" in before.encode()) == (b"\r\n[tool.fieldbound]\r\n" in after)
    assert load().file == "pyproject.toml"
    assert len(load().mapping) == 1


def test_a_second_run_changes_nothing(cli: Command) -> None:
    """What has been set up is left as it is, which is said."""
    write(payloads__a=GROUP)
    cli("init")
    before = everything()
    ran = cli("init")
    assert ran.out.startswith(
        "fieldbound.toml has the settings already: left as it is\n"
        ".pre-commit-config.yaml has the hook already: left as it is\n"
    )
    assert everything() == before


def test_other_hooks_are_left_alone(cli: Command) -> None:
    """What to add to them is printed."""
    Path(".pre-commit-config.yaml").write_text("repos: []\n")
    out = cli("init").out
    assert ".pre-commit-config.yaml is there: add to its `repos`\n\n  - repo: local\n" in out
    assert Path(".pre-commit-config.yaml").read_text() == "repos: []\n"


def test_a_dry_run_writes_nothing(cli: Command) -> None:
    """It prints what would be written."""
    write(payloads__a=GROUP)
    before = everything()
    ran = cli("init", "--dry-run")
    assert ran.code == 0
    assert "would write to fieldbound.toml (1 payload mapped" in ran.out
    assert '"payloads/*.json" = "oracle-cx-sales/create-product-group"' in ran.out
    assert everything() == before


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("[tool", "invalid TOML"),
        ("tool = {}\n", "invalid TOML"),
        ("[tool.fieldbound]\nfoldrs = []\n", "unknown key tool.fieldbound.foldrs"),
    ],
)
def test_a_pyproject_that_cannot_be_added_to(text: str, error: str, cli: Command) -> None:
    """It is an error, and stays as it is."""
    Path("pyproject.toml").write_text(text)
    ran = cli("init")
    assert ran.code == 2
    assert error in ran.err
    assert everything() == {"pyproject.toml": text.encode()}


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root writes anywhere")
def test_a_folder_that_cannot_be_written_to(cli: Command, folder: Path) -> None:
    """It is an error that names the file."""
    folder.chmod(0o500)
    try:
        ran = cli("init")
    finally:
        folder.chmod(0o700)
    assert ran.code == 2
    assert "cannot write" in ran.err


def test_bundled_cases_are_mapped_to_their_contracts(cli: Command) -> None:
    """Most valid request bodies of the vendors are mapped to their own contract."""
    names = {}
    for path in sorted(CASES.glob("*/create-*/request/valid/*.json")):
        vendor, operation = path.parts[-5], path.parts[-4]
        value = json.loads(path.read_text("utf-8"))
        if isinstance(value, dict) and len(value) > 3:
            names[f"p{len(names)}.json"] = f"{vendor}/{operation}"
            Path(f"p{len(names) - 1}.json").write_text(json.dumps(value))
    cli("init")
    mapping = dict(load().mapping)
    assert sum(mapping.get(file) == name for file, name in names.items()) > 0.7 * len(names)
