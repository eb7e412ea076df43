"""`fieldbound models`: a contract as typed Python."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import fieldbound
from fieldbound.codegen import STYLES, model_code
from support.running import Command

NAME = "oracle-cx-sales/create-product-group"


@pytest.mark.parametrize("style", STYLES)
def test_printed(style: str, cli: Command) -> None:
    """The code is printed, as the library makes it."""
    ran = cli("models", NAME, "--style", style)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == model_code(fieldbound.contract(NAME), style)


def test_written(cli: Command, folder: Path) -> None:
    """A file is written whole, or left as it is; pydantic is the default."""
    (folder / "models.py").write_text("before")
    ran = cli("models", NAME, "--output", "models.py")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert (folder / "models.py").read_text("utf-8") == model_code(fieldbound.contract(NAME))
    ran = cli("models", NAME, "--output", "nowhere/models.py")
    assert ran.code == 2
    assert "cannot write nowhere/models.py" in ran.err


def test_not_overwritten(cli: Command, folder: Path) -> None:
    """A file of the contract is not overwritten, nor any file where no model can be made."""
    schema = json.dumps({"type": "object", "properties": {"a": {"type": "string"}}})
    (folder / "thing.json").write_text(schema)
    ran = cli("models", "thing.json", "--output", "thing.json")
    assert ran.code == 2
    assert "would be overwritten" in ran.err
    assert (folder / "thing.json").read_text() == schema
    (folder / "models.py").write_text("before")
    ran = cli("models", "fortellis/create-parts-groups", "--output", "models.py")
    assert ran.code == 2
    assert "nothing to make a model of" in ran.err
    assert (folder / "models.py").read_text() == "before"


def test_own_contract(cli: Command, folder: Path) -> None:
    """A contract of one's own is named as for other commands, and an unknown style is an error."""
    (folder / "thing.json").write_text('{"type": "object", "properties": {"a": {"const": "x"}}}')
    assert "class ThingJson(Payload" in cli("models", "thing.json").out
    assert cli("models", "thing.json", "--style", "java").code == 2
