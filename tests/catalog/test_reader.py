"""Many contracts of one document or folder: what is read of it, and when."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fieldbound.catalog import (
    cited_documents,
    contract,
    contracts,
    matching_entries,
    reader,
    schema_files,
)
from fieldbound.cli.entry_point import main
from fieldbound.model import UnknownName
from support.growth import LINEAR, growth

SOURCED = {"says": "stated", "from": "doc"}
SOURCES = {"doc": {"title": "A", "address": "https://example.com/a", "read": "2026-01-01"}}


def _document(count: int, most: int = 3) -> dict[str, Any]:
    """Return a document of so many operations, each with a body of its own."""
    properties = {"a": {"type": "string", "maxLength": most}}
    schema = {"type": "object", "properties": properties, "x-source": SOURCED}
    body = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    paths = {f"/{at}": {"post": {"operationId": f"op{at}", **body}} for at in range(count)}
    return {"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": paths}


def _vendor(folder: Path, count: int) -> Path:
    """Write a folder of contracts with a vendor of so many operations, and return it."""
    vendor = folder / f"contracts{count}" / "acme"
    vendor.mkdir(parents=True, exist_ok=True)
    (vendor / "openapi.json").write_text(json.dumps(_document(count)), "utf-8")
    (vendor / "sources.json").write_text(json.dumps(SOURCES), "utf-8")
    return vendor.parent


@pytest.fixture(name="opened")
def _opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return how often each file is read, by its name, in an empty working folder."""
    monkeypatch.chdir(tmp_path)
    counts = Counter[str]()
    original = schema_files.read

    def read(path: Any, **options: Any) -> Any:
        counts[Path(path).name] += 1
        return original(path, **options)

    monkeypatch.setattr(schema_files, "read", read)
    return counts


def test_a_document_is_read_once(opened: Counter[str]) -> None:
    """A reader reads the document of several operations once."""
    Path("o.json").write_text(json.dumps(_document(5)), "utf-8")
    read = reader()
    found = [read(f"o.json#op{at}") for at in range(5)]
    assert opened == {"o.json": 1}
    assert [each.name for each in found] == [f"o.json#op{at}" for at in range(5)]
    assert [each.schema for each in found] == [contract(each.name).schema for each in found]


def test_a_folder_is_read_once(opened: Counter[str], tmp_path: Path) -> None:
    """A reader reads the files of a vendor once, however many contracts it is asked for."""
    folder = _vendor(tmp_path, 5)
    read = reader(folder)
    found = [read(f"acme/op{at}") for at in range(5)]
    assert opened == {"openapi.json": 1, "sources.json": 1}
    assert [each.schema for each in found] == [contract(each.name, folder).schema for each in found]


def test_a_file_that_changes(opened: Counter[str], tmp_path: Path) -> None:
    """A contract is of the file as it is now, and one of a reader as it was read."""
    folder, path = _vendor(tmp_path, 2), Path("o.json")
    path.write_text(json.dumps(_document(2)), "utf-8")
    names = {"o.json#op1": None, "acme/op1": folder}
    readers = {name: reader(each) for name, each in names.items()}
    for name, each in names.items():
        assert [limit.value for limit in readers[name](name).limits if limit.keyword != "type"] == [
            3
        ]
        assert contract(name, each).is_valid({"a": "abc"})
    for each in (path, folder / "acme" / "openapi.json"):
        each.write_text(json.dumps(_document(2, most=2)), "utf-8")
    for name, each in names.items():
        assert not contract(name, each).is_valid({"a": "abc"})
        assert not reader(each)(name).is_valid({"a": "abc"})
        assert readers[name](name).is_valid({"a": "abc"})
    assert opened["o.json"] == 4


def test_unknown_names(opened: Counter[str], tmp_path: Path) -> None:
    """A reader refuses a name with the words of `contract`, also after it has read the document."""
    folder = _vendor(tmp_path, 2)
    Path("o.json").write_text(json.dumps(_document(2)), "utf-8")
    read = reader(folder)
    assert [read(each).name for each in ("acme/op1", "o.json#op1")] == ["acme/op1", "o.json#op1"]
    for name in ("acme/op9", "acme/", "acme", "acmo/op1", "o.json", "o.json#op9", "o.json#op1/x"):
        with pytest.raises(UnknownName) as expected:
            contract(name, folder)
        with pytest.raises(UnknownName) as found:
            read(name)
        assert str(found.value) == str(expected.value)
    assert opened["o.json"] > 1


def test_growth_with_operations_of_a_document(opened: Counter[str]) -> None:
    """The limits of twice as many operations of a document take about twice the work."""

    def prepared(count: int) -> Callable[[], object]:
        name = f"o{count}.json"
        Path(name).write_text(json.dumps(_document(count)), "utf-8")
        return lambda: [*map(reader(), [each.name for each in matching_entries([name])])]

    assert growth(prepared, 20) <= LINEAR
    assert opened["o20.json"] == opened["o40.json"]


def test_growth_with_operations_of_a_vendor(opened: Counter[str], tmp_path: Path) -> None:
    """The limits of twice as many operations of a vendor take about twice the work."""

    def prepared(count: int) -> Callable[[], object]:
        folder = _vendor(tmp_path, count)
        names = [each for each in contracts(folder) if each.startswith("acme/")]
        assert len(names) == count
        return lambda: [*map(reader(folder), names)]

    assert growth(prepared, 20) <= LINEAR
    assert opened


def test_growth_of_cited_documents(opened: Counter[str], tmp_path: Path) -> None:
    """To count the limits that rest on a document takes twice the work for twice the operations."""

    def prepared(count: int) -> Callable[[], object]:
        folder = _vendor(tmp_path, count)
        return lambda: cited_documents("acme", folder)

    assert growth(prepared, 20) <= LINEAR
    assert opened


@pytest.mark.parametrize("command", ["limits", "cases", "sources"])
def test_commands_read_a_folder_a_few_times(
    command: str, opened: Counter[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command reads a vendor's files as often for many contracts as for few."""
    counts = []
    for count in (2, 8):
        opened.clear()
        assert main([command, "acme", "--folder", str(_vendor(tmp_path, count))]) == 0
        counts.append(opened.copy())
    assert counts[0] == counts[1]
    assert capsys.readouterr().out
