"""Which files contracts are read from, so that none of them is overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldbound.catalog import is_contract_file


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files: dict[str, object] = {
        "a.json": {"properties": {"b": {"$ref": "sub/b%20b.json#/x"}}},
        "sub/b b.json": {"x": {"$ref": "../c.yaml"}},
        "c.yaml": {"anyOf": [{"$ref": "#/d"}, {"$ref": "a.json"}, {"$ref": "none.json"}]},
        "other.json": {},
        "own/acme/openapi.json": {},
        "own/acme/sources.json": {},
        "own/acme/parts/x.json": {},
        "own/acme/out.ndjson": {},
        "own/report.json": {},
    }
    for name, value in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(json.dumps(value))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.json", True),
        ("./sub/../a.json", True),
        ("sub/b b.json", True),
        ("c.yaml", True),
        ("none.json", False),
        ("other.json", False),
        ("own/acme/openapi.json", True),
        ("own/acme/sources.json", True),
        ("own/acme/parts/x.json", True),
        ("own/acme/out.ndjson", False),
        ("own/acme/new.json", False),
        ("own/report.json", False),
        ("own", False),
    ],
)
def test_files_of_contracts(path: str, expected: bool) -> None:
    """A contract's file, what it refers to, and the files of a vendor's folder are its files."""
    assert (
        is_contract_file(path, ["a.json#/properties/b", "acme/item"], ["own", "none"]) is expected
    )


def test_links_are_the_files_that_they_name() -> None:
    """A symbolic or a hard link to a file of a contract is that file."""
    Path("soft").symlink_to("c.yaml")
    Path("hard").hardlink_to("c.yaml")
    Path("schema").symlink_to("own/acme/sources.json")
    assert all(is_contract_file(each, ["a.json"], ["own"]) for each in ("soft", "hard", "schema"))


def test_a_broken_contract_is_a_file_nevertheless() -> None:
    """A file that is no JSON, or refers to what does not exist, is one of its contract."""
    Path("a.json").write_text('{"$ref": 5, "x": {"$ref": "https://example.com/y.json"}')
    assert is_contract_file("a.json", ["a.json"])
    assert not is_contract_file("other.json", ["a.json"])
