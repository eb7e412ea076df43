"""The README and the guides: each page in an empty folder, every block in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from _pytest.config.argparsing import Parser
from hypothesis import HealthCheck, settings

import fieldbound
from fieldbound import pytest_plugin
from fieldbound.catalog.lint import EXTENSIONS
from fieldbound.cli.entry_point import parser_of_commands
from fieldbound.config import load
from fieldbound.model import FieldboundError
from fieldbound.site import TOPICS, guide
from support.fenced_blocks import Reader, blocks
from support.paths import ROOT

README = (ROOT / "README.md").read_text("utf-8")
#: No example fails for the time it takes.
NO_CLOCK: Final[dict[str, Any]] = {"suppress_health_check": [HealthCheck.too_slow]}
PAGES = {"README": README, **{topic: guide(topic).text for topic in TOPICS if topic != "api"}}


@pytest.fixture(autouse=True)
def _reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Change to an empty folder, as far from CI as a reader is; a few examples show a property."""
    monkeypatch.chdir(tmp_path)
    for name in ("FIELDBOUND_CONFIG", "GITHUB_ACTIONS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    profile = settings.get_current_profile_name()
    settings.register_profile(
        "page", max_examples=10, database=None, deadline=None, derandomize=True, **NO_CLOCK
    )
    settings.load_profile("page")
    yield
    settings.load_profile(profile)


@pytest.mark.parametrize("page", PAGES)
def test_every_block(page: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command and every example of a page prints exactly what is below it.

    Below a run of pytest are some of the lines that it prints.
    """
    reader = Reader(page, tmp_path, capsys)
    for block in blocks(PAGES[page]):
        for printed in reader.read(block):
            if block.language == "text":
                assert printed.shown
                assert printed.shown in printed.printed, printed.where
            else:
                assert printed.printed == printed.shown, printed.where


def test_the_readme_is_short() -> None:
    """The README has less than two hundred lines, and both commands that are run from it."""
    assert README.count("\n") < 200
    for command in (r"^python3 -m venv .* check -c ", r"^python3 -m venv .*pytest"):
        assert len(re.findall(command, README, re.MULTILINE)) == 1


# -- what must stay in step ------------------------------------------------------------------------


def _options() -> set[str]:
    """Return every option of the command, and of pytest with the plugin."""
    (commands,) = parser_of_commands()._subparsers._group_actions  # type: ignore[union-attr]
    usage = "".join(each.format_help() for each in commands.choices.values())  # type: ignore[union-attr]
    return {*re.findall(r"--[a-z][a-z-]*", usage), *_plugin_options()[0]}


def _plugin_options() -> tuple[set[str], set[str]]:
    """Return the options and the settings of the plugin."""
    parser = Parser(_ispytest=True)
    pytest_plugin.pytest_addoption(parser)
    options = {
        name for each in parser._groups for option in each.options for name in option.names()
    }
    return options, {*parser._inidict}


def test_every_option_exists() -> None:
    """Every option in a page is one of the command, of the plugin of pytest, or of another tool."""
    others = {"--all-files", "--dist", "--quick"}  # of pre-commit, pytest-xdist, the benchmarks
    options = {*_options(), *others}
    for page, text in PAGES.items():
        assert {*re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)} <= options, page


def test_every_setting_is_documented() -> None:
    """Every key of the configuration, and every setting of pytest, has its place in the guide."""
    Path("pyproject.toml").write_text("[tool.fieldbound]\nunknown-key = 1\n", "utf-8")
    with pytest.raises(FieldboundError) as caught:
        load()
    keys = str(caught.value).partition("must be one of ")[2].split(", ")
    assert len(keys) > 4
    for key in keys:
        assert f"\n### `{key}`\n" in PAGES["configuration"], key
        assert f"\n| `{key}` | " in PAGES["configuration"], key
    for setting in _plugin_options()[1]:
        assert f"\n| `{setting}` | " in PAGES["configuration"], setting


def test_every_extension_keyword_is_documented() -> None:
    """Every extension keyword for authors of contracts is in their guide."""
    # added by the catalog: of sources.json, of headers, and of what is broken in a foreign document
    internal = {"x-sources", "x-any-case", "x-not-checked"}
    for keyword in set(EXTENSIONS) - internal:
        assert f"\n| `{keyword}` | " in PAGES["your-own-vendor"], keyword


def test_every_vendor_is_in_the_table() -> None:
    """The table of contracts has exactly the vendors that come with fieldbound."""
    vendors = {name.partition("/")[0] for name in fieldbound.contracts()}
    assert set(re.findall(r"^\| `([\w-]+)` \| \w+ groups", README, re.MULTILINE)) == vendors
