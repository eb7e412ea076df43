"""A fresh copy of a document, held against its digest and the limits that cite it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.importers import BrokenSource, read, verify

NAME = {"name": "Name", "type": "string", "mandatory": True, "maxLength": 30}
CODE = {"name": "Code", "type": "string", "maxLength": 5}
MORE = {"name": "More", "type": "string", "maxLength": 9}
KEY = "describe-accounts"


def describe(path: Path, *attributes: dict[str, Any], name: str = "accounts") -> Path:
    """Write the describe of a resource with these attributes."""
    path.write_text(json.dumps({"Resources": {name: {"attributes": attributes}}}), "utf-8")
    return path


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    source = describe(tmp_path / "describe.json", NAME, CODE)
    read(source, vendor="acme").write(tmp_path / "contracts" / "acme")
    return tmp_path / "contracts"


def changed(file: Path, folder: Path) -> dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Return the values that a copy changes in the request of create, by the limit."""
    found = verify("acme", KEY, file, folder)
    assert (found.is_same, found.ok, found.not_compared) == (False, not found.changed, None)
    assert found.compared
    own = "acme/create-accounts#"
    return {
        each.limit.removeprefix(own): (each.before, each.after)
        for each in found.changed
        if each.limit.startswith(own)
    }


def test_the_file_that_was_read(folder: Path, tmp_path: Path) -> None:
    """It has the digest that is recorded: there is nothing to compare."""
    found = verify("acme", KEY, tmp_path / "describe.json", folder)
    assert (found.is_same, found.ok, found.compared, found.changed) == (True, True, 0, ())
    assert found.document.digest == found.digest


def test_limits_that_changed(folder: Path, tmp_path: Path) -> None:
    """One has another value, one is new, one is gone; those that did not change are not listed."""
    copy = describe(tmp_path / "copy.json", {**NAME, "maxLength": 40}, MORE)
    found = changed(copy, folder)
    assert found["/Name:maxLength"] == ((30,), (40,))
    assert found["/More:maxLength"] == ((), (9,))
    assert found["/Code:maxLength"] == ((5,), ())
    assert "/Name:type" not in found


def test_another_file_with_the_same_limits(folder: Path, tmp_path: Path) -> None:
    """Its digest differs, and no limit does."""
    copy = tmp_path / "copy.json"
    copy.write_text(json.dumps(json.loads((tmp_path / "describe.json").read_text()), indent=3))
    assert changed(copy, folder) == {}


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("page.html", "<p>Names have 30 characters.</p>", "the kind is not recognised"),
        ("other.json", None, "no contract in it has the name"),
    ],
)
def test_a_copy_that_cannot_be_compared(
    name: str, text: str | None, reason: str, folder: Path, tmp_path: Path
) -> None:
    """The reason is given, and it is not ok."""
    copy = describe(tmp_path / name, NAME, name="orders")
    if text is not None:
        copy.write_text(text, "utf-8")
    found = verify("acme", KEY, copy, folder)
    assert not found.ok
    assert reason in str(found.not_compared)


def test_what_is_no_copy(folder: Path, tmp_path: Path) -> None:
    """A key that there is not, and a file that cannot be read, are errors."""
    with pytest.raises(fieldbound.UnknownName, match="did you mean describe-accounts"):
        verify("acme", "describe-account", tmp_path / "describe.json", folder)
    with pytest.raises(BrokenSource, match="cannot be read"):
        verify("acme", KEY, tmp_path / "missing.json", folder)


def test_nothing_is_written(folder: Path, tmp_path: Path) -> None:
    """The contracts stay as they are."""
    before = {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
    verify("acme", KEY, describe(tmp_path / "copy.json", MORE), folder)
    assert before == {each: each.read_bytes() for each in folder.rglob("*") if each.is_file()}
