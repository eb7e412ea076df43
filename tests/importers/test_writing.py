"""Writing a draft: all files or none, merged with what people changed."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.importers import BrokenSource, Draft, SourceDocument, Written, read, writing
from support.imports import DAY, contents


def describe(length: int = 30, *more: dict[str, Any], name: str = "accounts") -> bytes:
    """Return a describe of a resource with a name of that length, and more attributes."""
    given = {"name": "Name", "type": "string", "mandatory": True, "maxLength": length}
    resource = {"attributes": [given, *more]}
    return json.dumps({"Resources": {name: resource}}).encode()


def draft(data: bytes, day: str = DAY) -> Draft:
    """Return the draft of a describe."""
    return read(SourceDocument("d.json", data, read=day), vendor="acme")


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "contracts" / "acme"
    draft(describe()).write(folder)
    return folder


def edit(path: Path, before: str, after: str) -> None:
    """Replace a text in a file."""
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), "utf-8")


def length_of(folder: Path) -> Any:
    """Return the most characters of a name."""
    limits = fieldbound.contract("acme/create-accounts", folder.parent).limits
    return next(each.value for each in limits if each.keyword == "maxLength")


def test_the_date_stays_as_long_as_the_document_does(folder: Path) -> None:
    """The same bytes on another day change nothing; others have the new day."""
    before = contents(folder)
    draft(describe(), "2027-01-01").write(folder)
    assert contents(folder) == before
    written = draft(describe(31), "2027-01-01").write(folder)
    assert written.changed == ("accounts.json", "sources.json")
    (entry,) = json.loads((folder / "sources.json").read_text()).values()
    assert entry["read"] == "2027-01-01"
    assert length_of(folder) == 31


def test_what_people_changed_stays(folder: Path) -> None:
    """A limit that was changed by hand stays, with its text, and the import tells it."""
    edit(folder / "accounts.json", '"maxLength": 30', '"maxLength":   25')
    before = contents(folder)
    written = draft(describe()).write(folder)
    assert contents(folder) == before
    assert written.kept == ("accounts.json#/$defs/Name:maxLength",)
    more = {"name": "Code", "type": "string"}
    assert draft(describe(30, more)).write(folder).changed == ("accounts.json", "sources.json")
    assert length_of(folder) == 25


def test_a_conflict_is_told(folder: Path) -> None:
    """Where people and the vendor changed a limit, that of people stays, until they agree."""
    edit(folder / "accounts.json", '"maxLength": 30', '"maxLength": 25')
    written = draft(describe(35)).write(folder)
    assert [tuple(each) for each in written.conflicts] == [
        ("accounts.json#/$defs/Name:maxLength", 25, 35)
    ]
    assert length_of(folder) == 25
    assert draft(describe(35)).write(folder).conflicts == ()
    edit(folder / "accounts.json", '"maxLength": 25', '"maxLength": 35')
    assert draft(describe(35)).write(folder).kept == ()


def test_what_the_vendor_gives_up_goes(folder: Path) -> None:
    """An attribute that is described no longer is removed, and so is the file of a resource."""
    draft(describe(30, {"name": "Code", "type": "string"})).write(folder)
    assert "Code" in (folder / "accounts.json").read_text()
    draft(describe()).write(folder)
    assert "Code" not in (folder / "accounts.json").read_text()


def test_two_sources_share_a_folder(folder: Path) -> None:
    """Another document adds its resources, and leaves those of the first."""
    written = draft(describe(10, name="orders")).write(folder)
    assert (written.new, written.changed) == (("orders.json",), ("openapi.json", "sources.json"))
    assert length_of(folder) == 30
    assert fieldbound.contract("acme/create-orders", folder.parent).is_valid({"Name": "x"})
    before = contents(folder)
    again = draft(describe()).write(folder)
    assert (again.changed, again.kept) == ((), ())
    assert contents(folder) == before


def test_two_sources_of_one_resource(folder: Path) -> None:
    """Each limit cites the source that has it, the first where both do; conflicts are told."""
    code = {"name": "Code", "type": "string", "maxLength": 5}
    other = json.loads(describe(35, code))
    other["Resources"]["orders"] = {"attributes": [code]}
    second = draft(json.dumps(other).encode())
    written = second.write(folder)
    assert [tuple(each) for each in written.conflicts] == [
        ("accounts.json#/$defs/Name:maxLength", 30, 35)
    ]
    assert written.kept == ()
    limits = fieldbound.contract("acme/create-accounts", folder.parent).limits
    cited = {
        each.id.partition("#")[2]: each.source and each.source.key
        for each in limits
        if each.pointer
    }
    assert cited == {
        "/Name:required": "describe-accounts",
        "/Name:type": "describe-accounts",
        "/Name:maxLength": "describe-accounts",
        "/Code:type": "describe",
        "/Code:maxLength": "describe",
    }
    before = contents(folder)
    assert second.write(folder).conflicts == ()
    again = draft(describe()).write(folder)
    assert (again.changed, again.removed, again.kept, again.conflicts) == ((), (), (), ())
    assert contents(folder) == before


def test_other_files_stay(folder: Path) -> None:
    """Files that no import wrote are left as they are, whatever is in them."""
    (folder / "README.md").write_text("mine")
    (folder / "own.json").write_text('{"$defs": {}}')
    draft(describe(31)).write(folder)
    assert (folder / "README.md").read_text() == "mine"
    assert (folder / "own.json").read_text() == '{"$defs": {}}'


def assert_nothing_written(folder: Path, source: bytes, reason: str) -> None:
    """Assert that an import fails for a reason, and changes no file."""
    before = contents(folder)
    with pytest.raises(BrokenSource, match=reason):
        draft(source).write(folder)
    assert contents(folder) == before


def test_a_broken_file_in_the_folder(folder: Path) -> None:
    """It is not overwritten: the error has its place."""
    (folder / "accounts.json").write_text("{")
    assert_nothing_written(folder, describe(31), r"accounts.json:1:2: .*: mend it, then import")


def test_contracts_that_would_be_broken(folder: Path) -> None:
    """An edit that the newer source makes wrong is an error before anything is written."""
    edit(folder / "accounts.json", '"#/$defs/Name"', '"#/$defs/Gone"')
    assert_nothing_written(folder, describe(31), "would be broken: accounts.json: .*Gone")


def test_a_document_in_yaml(folder: Path) -> None:
    """An import writes JSON: beside an openapi.yaml it would be another vendor's."""
    (folder / "openapi.yaml").write_text("openapi: 3.1.0")
    assert_nothing_written(folder, describe(31), "openapi.yaml is there")


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """It is not a folder, and stays."""
    (tmp_path / "acme").write_text("x")
    with pytest.raises(BrokenSource, match="not a folder"):
        draft(describe()).write(tmp_path / "acme")


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_all_files_or_none(failing: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If a file cannot be replaced, those before it are put back."""
    before = contents(folder)
    count = 0
    replace = Path.replace

    def fail_once(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == failing:
            raise PermissionError(13, "Permission denied", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_once)
    with pytest.raises(PermissionError):
        draft(describe(31)).write(folder)
    assert contents(folder) == before


def outcomes(folder: Path, monkeypatch: pytest.MonkeyPatch, source: bytes) -> Iterator[str]:
    """Yield whether each file is as before or as after an import that is interrupted anywhere.

    The interruption comes right after a file was opened, replaced or removed: first after the first
    of these, then after the second, and so on until none is left.
    """
    before = contents(folder.parent) if folder.parent.is_dir() else {}
    real = {name: getattr(Path, name) for name in ("open", "replace", "unlink", "mkdir")}
    for at in range(1, 100):
        count = [0]

        def interrupted(name: str, at: int = at, count: list[int] = count) -> Any:
            def call(self: Path, *args: Any, **options: Any) -> Any:
                found = real[name](self, *args, **options)
                if folder.parent in (self, *self.parents):
                    count[0] += 1
                    if count[0] == at:
                        if name == "open":
                            found.close()
                        raise KeyboardInterrupt
                return found

            return call

        with monkeypatch.context() as patched:
            for name in real:
                patched.setattr(Path, name, interrupted(name))
            try:
                draft(source).write(folder)
            except KeyboardInterrupt:
                found = contents(folder.parent) if folder.parent.is_dir() else {}
                yield "before" if found == before else "other"
            else:
                yield "after"
                return


def test_ctrl_c_at_any_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted import leaves all files as they were, and nothing beside them."""
    found = [*outcomes(folder, monkeypatch, describe(31, {"name": "Code", "type": "string"}))]
    assert set(found[:-1]) == {"before"}
    assert len(found) > 8
    assert length_of(folder) == 31


def test_ctrl_c_during_a_first_import(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves no folder, and none above it that was not there."""
    folder = tmp_path / "new" / "acme"
    found = [*outcomes(folder, monkeypatch, describe())]
    assert set(found[:-1]) == {"before"}
    assert len(found) > 8
    assert sorted(contents(folder)) == [
        ".imported.json",
        "accounts.json",
        "openapi.json",
        "sources.json",
    ]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder(folder: Path) -> None:
    """An import into it is an error of the system, and changes nothing."""
    before = contents(folder)
    folder.chmod(0o555)
    try:
        with pytest.raises(PermissionError):
            draft(describe(31)).write(folder)
        assert contents(folder) == before
    finally:
        folder.chmod(0o755)


def test_nothing_is_left_of_a_new_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first import that fails leaves no folder."""

    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(PermissionError):
        draft(describe()).write(tmp_path / "acme")
    assert not (tmp_path / "acme").exists()


def test_what_is_written_is_told(tmp_path: Path) -> None:
    """The result has the files, and the contracts as they are now."""
    written = draft(describe()).write(tmp_path / "acme")
    assert isinstance(written, Written)
    assert written.new == ("accounts.json", "openapi.json", "sources.json")
    assert "acme/create-accounts" in written.imported.contracts
    assert written.imported.limits["stated"] > 10


def test_what_is_told_is_counted(folder: Path) -> None:
    """Contracts of one schema are opened once, and counted each."""
    told = draft(describe()).imported
    built = [fieldbound.contract(name, folder.parent) for name in told.contracts]
    says = Counter(each.says for contract in built for each in contract.limits)
    assert told.limits == says
    assert len({each.schema.get("$ref") for each in built}) < len(built)


def test_contracts_are_opened_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a draft writes is opened once, unless there is more in the folder."""
    opened: list[str] = []

    def spy(vendor: str, files: Any, source: str) -> Any:
        opened.append(vendor)
        return real(vendor, files, source)

    real = writing.opened
    monkeypatch.setattr(writing, "opened", spy)
    for _ in range(2):
        found = draft(describe())
        assert found.write(tmp_path / "acme").imported == found.imported
    assert opened == ["acme", "acme"]
    more = draft(describe(name="orders"))
    written = more.write(tmp_path / "acme")
    assert len(written.imported.contracts) > len(more.imported.contracts)
    assert len(opened) == 4
