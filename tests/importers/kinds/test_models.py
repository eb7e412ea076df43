"""Models: a class that is named by its module is a contract."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fieldbound
from fieldbound.importers import BrokenSource, read
from support.imports import contents

pytest.importorskip("pydantic")
MODULE = """
from dataclasses import dataclass
from typing import Annotated, Literal, Optional

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict


class Order(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=30)
    size: Literal["s", "m"] = "s"
    memo: Optional[str] = Field(None, alias="Memo", max_length=5)


class Tree(BaseModel):
    name: str = Field(max_length=30)
    children: list["Tree"] = []


@dataclass
class Plain:
    name: Annotated[str, Field(max_length=30)]
    size: str = "s"


class Typed(TypedDict):
    name: Annotated[str, Field(max_length=30)]


class Opaque:
    pass


def function(): ...
"""


@pytest.fixture(autouse=True)
def _module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "acme_models.py").write_text(MODULE)
    (tmp_path / "acme_broken.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    before = [*sys.path]
    yield
    assert sys.path == before
    sys.modules.pop("acme_models", None)


@pytest.mark.parametrize("name", ["Order", "Plain", "Tree", "Typed"])
def test_a_class_is_a_contract(name: str, tmp_path: Path) -> None:
    """Pydantic models, dataclasses and TypedDicts have their lengths and required fields."""
    folder = tmp_path / "contracts" / "acme"
    draft = read(f"acme_models:{name}", vendor="acme")
    draft.write(folder)
    before = contents(folder)
    assert read(f"acme_models:{name}", "models", vendor="acme").write(folder).changed == ()
    assert contents(folder) == before
    contract = fieldbound.contract(f"acme/{name.lower()}", folder.parent)
    assert contract.is_valid({"name": "x"})
    assert not contract.is_valid({"name": "x" * 31})
    assert not contract.is_valid({})
    assert {each.says for each in contract.limits} == {"stated"}


def test_what_a_model_has_more(tmp_path: Path) -> None:
    """Aliases, choices and what is forbidden are limits, too."""
    read("acme_models:Order", vendor="acme").write(tmp_path / "acme")
    contract = fieldbound.contract("acme/order", tmp_path)
    assert contract.is_valid({"name": "x", "size": "m", "Memo": None})
    for wrong in ({"size": "l"}, {"Memo": "x" * 6}, {"memo": "x"}, {"other": 1}):
        assert not contract.is_valid({"name": "x", **wrong}), wrong


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("acme_models:Gone", "there is no Gone in acme_models"),
        ("acme_models:Opaque", "pydantic has no schema of it"),
        ("acme_models:function", "a class is expected, not function"),
        ("acme_gone:Order", "acme_gone cannot be imported"),
        ("acme_broken:Order", "acme_broken cannot be imported"),
    ],
)
def test_what_is_no_model(source: str, reason: str) -> None:
    """It is an error that names the source."""
    with pytest.raises(BrokenSource, match=reason) as caught:
        read(source, vendor="acme")
    assert str(caught.value).startswith(source)


def test_nothing_is_imported_of_a_file() -> None:
    """Only a source of that form is imported: the name of a file is read."""
    with pytest.raises(BrokenSource, match=r"name a class in it, as package\.module:Class"):
        read("acme_models.py", vendor="acme")
    with pytest.raises(BrokenSource, match=r"named as package\.module:Class"):
        read("acme_models.py", "models", vendor="acme")
    assert "acme_models" not in sys.modules


def test_without_pydantic(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    read("acme_models:Order", vendor="acme")
    monkeypatch.setitem(sys.modules, "pydantic", None)
    with pytest.raises(BrokenSource, match=r"pip install 'fieldbound\[import\]'"):
        read("acme_models:Order", vendor="acme")
