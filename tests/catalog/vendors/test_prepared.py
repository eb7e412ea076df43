"""What is prepared of the vendors that come with fieldbound, and when it counts."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import fieldbound
from fieldbound.catalog.lookup import entries
from fieldbound.catalog.vendors import prepared
from fieldbound.catalog.vendors.vendor import bundled_vendors
from fieldbound.model import Limit
from fieldbound.validation import Contract, checker_of, preparation_of
from support.effort import sampled
from support.prepared_vendors import prepared_vendors

NAME = "oracle-cx-sales/create-product-group"


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared_vendors(tmp_path_factory)


@pytest.fixture(name="folder")
def _folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the files of the vendors, with what is prepared of them beside."""
    shutil.copytree(made.parent, tmp_path / "wheel")
    folder = tmp_path / "wheel" / made.name
    monkeypatch.setattr(prepared, "bundled_path", lambda: str(folder))
    _forget()
    monkeypatch.setattr(prepared, "contract_named", prepared.contract_named)
    return folder


@pytest.fixture(autouse=True)
def _forgotten() -> object:
    yield
    _forget()


def _forget() -> None:
    for each in vars(prepared).values():
        if hasattr(each, "cache_clear"):
            each.cache_clear()


def _read(name: str) -> Contract:
    """Return a contract as it is read from the vendor's files."""
    (entry,) = (each for each in entries() if each.name == name)
    vendor = bundled_vendors()[name.partition("/")[0]]
    found = vendor.contract(entry.operation, entry.part, name)
    assert found is not None
    return found


@pytest.mark.usefixtures("folder")
def test_same_contracts() -> None:
    """A prepared contract has the schema, to the letter, and the facts that it has when read.

    The limits are the same as well, and the engine takes what is prepared for it.
    """
    names = fieldbound.contracts()
    found = {name: prepared.contract_named(name) for name in names}
    assert all(each is not None for each in found.values())
    for name in sampled(names):
        each = found[name]
        if each is not None:
            files = _read(name)
            assert _facts(each.limits) == _facts(files.limits), name
            assert checker_of(each).compiled.engine is not None
            own, read = preparation_of(each), preparation_of(files)
            assert own is not None
            assert read is not None
            assert json.dumps(own.schema) == json.dumps(read.schema), name
            assert json.dumps(own.facts) == json.dumps(read.facts), name
            assert json.dumps(own.engine_schema) == json.dumps(read.engine_schema), name
            checkers = checker_of(each).compiled, checker_of(files).compiled
            assert len({compiled.uri for compiled in checkers}) == 1, name


def _facts(limits: tuple[Limit, ...]) -> list[str]:
    """Return all that is in limits, some of which does not count where they are compared."""
    return [repr(each) for each in limits]


@pytest.mark.usefixtures("folder")
def test_same_reports() -> None:
    """A prepared contract reports, and lists, what it does when it is read."""
    instances = ({}, {"InternalName": "x" * 151, "ActiveFlag": True}, {"Unknown": 10**400}, [])
    own = prepared.contract_named(NAME)
    assert own is not None
    assert own.limits == _read(NAME).limits
    assert own.unspecified == _read(NAME).unspecified
    for instance in instances:
        assert own.check(instance) == _read(NAME).check(instance)
        assert own.is_valid(instance) == _read(NAME).is_valid(instance)


@pytest.mark.usefixtures("folder")
def test_same_names() -> None:
    """The names that are prepared are those that are read, in the same order."""
    read = [each for vendor in bundled_vendors().values() for each in vendor.entries]
    assert prepared.entries() == sorted(read)


@pytest.mark.usefixtures("folder")
def test_own_schema() -> None:
    """The schema of a prepared contract is its user's own: to change it changes no other."""
    name = f"{NAME}/response.201"
    first, other = (prepared.contract_named(each) for each in (name, f"{NAME}/response.200"))
    assert first is not None
    assert other is not None
    before = json.dumps(other.schema)
    for each in first.schema["$defs"].values():
        each.clear()
    assert json.dumps(other.schema) == before


@pytest.mark.usefixtures("folder")
def test_own_limits() -> None:
    """The value of a prepared limit is its user's own: to change it changes no other."""
    names = (f"{NAME}/response.201", f"{NAME}/response.200")
    first, other = (fieldbound.contract(each).limits for each in names)
    before = [repr(each.value) for each in other]
    changed = [each.value.clear() for each in first if isinstance(each.value, list)]
    assert changed
    assert [repr(each.value) for each in other] == before


def test_limits_without_a_file(folder: Path) -> None:
    """Where the limits alone are not prepared, they are found in the schema."""
    (folder.parent / prepared.FOLDER / f"oracle-cx-sales{prepared.LIMITS_SUFFIX}").unlink()
    own = prepared.contract_named(NAME)
    assert own is not None
    assert own.limits == _read(NAME).limits


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", ["names", "names/x", "../x", "..", "", "/", NAME.upper(), "a/b/c"])
def test_other_names(name: str) -> None:
    """A name that is none of a vendor's leads to no file."""
    assert prepared.contract_named(name) is None


@pytest.mark.parametrize("change", ["changed", "added", "removed", "cut off", "missing"])
def test_not_current(folder: Path, change: str) -> None:
    """What is prepared of other files than those that are there, or is incomplete, does not count.

    The contract is read from the files then.
    """
    own = folder.parent / prepared.FOLDER
    if change == "changed":
        path = folder / "oracle-cx-sales" / "product-group.json"
        path.write_text(path.read_text().replace("150", "151"))
    elif change == "added":
        (folder / "fortellis" / "more.json").write_text("{}")
    elif change == "removed":
        (folder / "fortellis" / "sources.json").unlink()
    else:
        for path in own.iterdir():
            data = path.read_bytes()
            path.unlink()
            if change == "cut off":
                path.write_bytes(data[: len(data) // 2])
    assert prepared.contract_named(NAME) is None
    assert prepared.entries() is None
