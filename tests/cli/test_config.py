"""`fieldbound config`: what is in force, and where it is from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fieldbound.config.parse import ATTRIBUTES
from support.running import Command

TOML = """\
fail-on = "stated"
folders = ["contracts"]
ignore = ["*:maxLength"]
recordings = ["*.har"]

[files]
"payloads/*.json" = "acme/create-order"
"other/*.json" = "own.json"

[overrides]
"acme/create-order#/gift:maxLength" = {value = 5}
"""


@pytest.fixture(autouse=True)
def _folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDBOUND_CONFIG", raising=False)
    (folder / "payloads").mkdir()
    for name in ("a", "b"):
        (folder / f"payloads/{name}.json").write_text("{}")


def test_settings_with_their_file(cli: Command, folder: Path) -> None:
    """What is set comes first, with the files of each glob; then the defaults."""
    (folder / "fieldbound.toml").write_text(TOML)
    ran = cli("config")
    assert (ran.code, ran.err) == (0, "")
    head, separator, defaults = ran.out.partition("apis ")
    assert head == (
        "configuration          fieldbound.toml\n"
        "folders                contracts\n"
        "fail-on                stated\n"
        "files\n"
        "  payloads/*.json = acme/create-order (2 files)\n"
        "  other/*.json = own.json (no file)\n"
        "recordings             *.har (no file)\n"
        "ignore                 *:maxLength\n"
        "overrides\n"
        '  acme/create-order#/gift:maxLength = {"value": 5, "says": "observed"}\n'
    )
    assert separator
    assert all(line.endswith(" (default)") for line in defaults.splitlines())


def test_json(cli: Command, folder: Path) -> None:
    """As JSON there are all settings, the names of those by default, and the matches."""
    (folder / "fieldbound.toml").write_text(TOML)
    found = json.loads(cli("config", "--format", "json").out)
    assert (found["file"], found["variable"]) == ("fieldbound.toml", None)
    assert found["settings"].keys() == ATTRIBUTES.keys()
    assert {*found["settings"]} - {*found["defaults"]} == {
        "fail-on",
        "folders",
        "ignore",
        "recordings",
        "files",
        "overrides",
    }
    assert found["matches"] == {"payloads/*.json": 2, "other/*.json": 0, "*.har": 0}


@pytest.mark.parametrize("value", ["none", "other.toml"])
def test_the_variable_is_named(
    value: str, cli: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A configuration that FIELDBOUND_CONFIG names or rules out says so."""
    (folder / "fieldbound.toml").write_text(TOML)
    (folder / "other.toml").write_text("")
    monkeypatch.setenv("FIELDBOUND_CONFIG", value)
    first = cli("config").out.splitlines()[0]
    origin = "none: all settings have their defaults" if value == "none" else value
    assert first == f"configuration          {origin} (by FIELDBOUND_CONFIG={value})"


def test_no_configuration(cli: Command) -> None:
    """Without a file all settings have their defaults, which is said."""
    out = cli("config").out
    assert out.startswith("configuration          none: all settings have their defaults\n")
    assert out.count(" (default)\n") == len(ATTRIBUTES)


def test_a_broken_configuration(cli: Command, folder: Path) -> None:
    """What is wrong in it is an error."""
    (folder / "fieldbound.toml").write_text('foldrs = ["a"]')
    ran = cli("config")
    assert (ran.code, ran.out) == (2, "")
    assert "unknown key foldrs" in ran.err
