"""What a command imports, reads and calls before it does its work: counts, no times."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fieldbound.cli import main
from support.prepared_vendors import prepared_vendors

NAME = "oracle-cx-sales/create-product-group"
PAYLOAD = {"ProdGroupName": "Laptops", "InternalName": "Laptops", "ActiveFlag": "Y"}
#: Runs a command with what is prepared in a folder, and prints what it imported and opened.
CODE = """
import json, sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
from fieldbound.cli import run
if sys.argv[1]:
    import fieldbound.catalog.vendors.prepared as prepared
    folder = sys.argv[1]
    prepared.bundled_path = lambda: folder
sys.argv[1:] = sys.argv[2:]
code = run()
data = [each for each in opened if each.endswith((".json", ".ndjson", ".tsv"))]
print(json.dumps([code, sorted(sys.modules), data]), file=sys.stderr)
"""
#: What no command needs that reads prepared contracts: it takes longer to import than to use.
HEAVY = {
    "importlib.metadata",
    "inspect",
    "jsonschema",
    "jsonschema_rs",
    "openapi_core",
    "orjson",
    "pathlib",
    "shutil",
    "yaml",
}
#: The rooms of what is wrong: a list of limits has no violation, and neither has a valid file.
WRONG = {"fieldbound.model.facts", "fieldbound.model.violations", "fieldbound.validation.mistakes"}
#: The rooms that make contracts of files, look through schemas and patterns, or read records.
ROOMS = {
    "fieldbound.algebra.patterns",
    "fieldbound.bulk.inputs.sources",
    "fieldbound.catalog.builder",
    "fieldbound.catalog.bundle",
    "fieldbound.catalog.schema_files",
    "fieldbound.catalog.vendors.vendor",
    "fieldbound.config.parse",
    "fieldbound.model.bulk_report",
    "fieldbound.openapi.operations",
    "fieldbound.policy.baseline",
    "fieldbound.render.bulk.sampled",
    "fieldbound.validation.limits",
    "fieldbound.validation.schema.survey",
}


@pytest.fixture(name="vendors", scope="module")
def _vendors(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared_vendors(tmp_path_factory)


def _ran(folder: Path, vendors: Path | str, *argv: str) -> tuple[set[str], list[str]]:
    """Return the modules that a command imported, and the files of data that it opened."""
    command = [sys.executable, "-c", CODE, str(vendors), *argv]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    code, modules, opened = json.loads(ran.stderr)
    assert code == 0
    return set(modules), opened


def _own(modules: set[str]) -> int:
    """Return how many modules of fieldbound were imported."""
    return sum(each.startswith("fieldbound.") for each in modules)


def test_check_of_a_file(tmp_path: Path, vendors: Path) -> None:
    """A check of one file by a prepared contract imports what it uses, and reads no more."""
    (tmp_path / "payload.json").write_text(json.dumps(PAYLOAD))
    modules, opened = _ran(tmp_path, vendors, "check", "-c", NAME, "payload.json")
    assert not modules & (ROOMS | WRONG | HEAVY - {"inspect", "jsonschema_rs"})
    assert _own(modules) <= 64
    # the payload, twice as its kind is looked for, what is prepared, and what that is made of
    files = list(vendors.glob("*/*.json"))
    assert len(opened) <= 3 + len(files)


def test_list_of_contracts(tmp_path: Path, vendors: Path) -> None:
    """A list of the names of contracts imports no engine, no reports, and nothing to make them."""
    modules, _ = _ran(tmp_path, vendors, "contracts")
    assert not modules & (ROOMS | WRONG | HEAVY | {"dataclasses"})
    assert _own(modules) <= 27


@pytest.mark.parametrize(("names", "most"), [((NAME,), 50), ((), 55)])
def test_list_of_limits(tmp_path: Path, vendors: Path, names: tuple[str, ...], most: int) -> None:
    """A list of limits looks through no schema, and imports no engine."""
    modules, opened = _ran(tmp_path, vendors, "limits", *names)
    assert not modules & (ROOMS | WRONG - {"fieldbound.model.facts"} | HEAVY - {"inspect"})
    assert _own(modules) <= most
    # what is prepared, and what that is made of
    files = list(vendors.glob("*/*.json"))
    assert len(opened) <= (3 if names else 7) + len(files)


def test_help(tmp_path: Path) -> None:
    """The help imports no command, no contract and no report."""
    modules, opened = _ran(tmp_path, "", "--help")
    assert not modules & (ROOMS | WRONG | HEAVY | {"dataclasses"})
    assert _own(modules) <= 8
    assert not any(each.startswith("fieldbound.cli.commands.") for each in modules)
    assert not opened


def test_growth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the files take at most 2.3 times the calls."""
    monkeypatch.chdir(tmp_path)
    names = [f"{number}.json" for number in range(120)]
    for name in names:
        Path(name).write_text(json.dumps(PAYLOAD))
    _calls(names[:20])  # what is made once is made
    few, many = _calls(names[:60]), _calls(names)
    assert many <= 2.3 * few, (few, many)


def _calls(names: list[str]) -> int:
    """Return how many calls a check of files makes, of Python and of C."""
    count = 0

    def profile(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        assert main(["check", "-c", NAME, *names]) == 0
    finally:
        sys.setprofile(before)
    return count
