"""Limits that are ignored in vain: told, or with --fail-on-unused-ignores an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.running import Command

USED, UNUSED = "order.json#/name:maxLength", "order.json#/name:enum"


@pytest.fixture(autouse=True)
def _files(folder: Path) -> None:
    folder.joinpath("order.json").write_text('{"properties": {"name": {"maxLength": 3}}}', "utf-8")
    folder.joinpath("p").mkdir()
    folder.joinpath("p", "a.json").write_text('{"name": "long"}', "utf-8")
    configure("")


def configure(text: str) -> None:
    """Write a configuration that maps p/*.json, and has other settings."""
    text = f'{text}\n[files]\n"p/*.json" = "order.json"\n'
    Path("fieldbound.toml").write_text(text, "utf-8")


def message(setting: str, pattern: str = UNUSED) -> str:
    """Return the line about a pattern of a setting."""
    return f"fieldbound: {setting}: {pattern!r} is not used: there is nothing to ignore\n"


@pytest.mark.parametrize("quiet", [(), ("--quiet",)])
def test_an_option_that_is_not_used(cli: Command, quiet: tuple[str, ...]) -> None:
    """It is a note, unless --quiet; with the option it fails, and is always told."""
    argv = ("check", "--ignore", USED, "--ignore", UNUSED, *quiet)
    ran = cli(*argv)
    assert (ran.code, ran.err) == (0, "" if quiet else message("--ignore"))
    ran = cli(*argv, "--fail-on-unused-ignores")
    assert (ran.code, ran.err) == (1, message("--ignore"))


def test_a_setting_that_is_not_used(cli: Command) -> None:
    """Where every file is checked, those of the configuration count; of one file, none does."""
    configure(f'ignore = ["{USED}", "{UNUSED}"]\nfail-on-unused-ignores = true')
    assert cli("check") == (1, cli("check").out, message("fieldbound.toml: ignore"))
    assert cli("check", "p/a.json").code == 0
    configure(f'fail-on-unused-ignores = false\nignore = ["{USED}", "{UNUSED}"]')
    assert cli("check").code == 0
    assert cli("check", "--fail-on-unused-ignores").code == 1
    configure(f'fail-on-unused-ignores = true\nignore = ["{USED}"]')
    assert cli("check").code == 0


def test_a_setting_of_some_files(cli: Command) -> None:
    """An entry of per-file-ignores counts, too."""
    configure(
        f'fail-on-unused-ignores = true\n[per-file-ignores]\n"p/*.json" = ["{USED}", "{UNUSED}"]'
    )
    ran = cli("check")
    assert (ran.code, ran.err) == (1, message("fieldbound.toml: per-file-ignores.'p/*.json'"))


def test_what_is_in_force(cli: Command) -> None:
    """`config` shows the setting; another value than true or false is an error."""
    assert "fail-on-unused-ignores false (default)\n" in cli("config").out
    configure("fail-on-unused-ignores = true")
    assert "fail-on-unused-ignores true\n" in cli("config").out
    shown = json.loads(cli("config", "--format", "json").out)
    assert "fail-on-unused-ignores" in json.dumps(shown)
    configure('fail-on-unused-ignores = "yes"')
    ran = cli("check")
    assert ran.code == 2
    assert "fail-on-unused-ignores must be true or false, not 'yes'" in ran.err
