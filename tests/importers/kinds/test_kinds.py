"""The table of kinds: which one a document is of."""

from __future__ import annotations

import sys
from importlib import import_module, metadata
from pathlib import Path
from types import ModuleType

import pytest

from fieldbound.importers import KINDS, BrokenSource, Draft, Options, SourceDocument, read
from fieldbound.importers.kinds import kind_of
from support.imports import source_of

INPUTS = Path(__file__).parent / "inputs"
#: What is like a source, and is none: no kind may take it, or fail.
OTHERS = [
    b"\xff\xfe",
    b"\x00" * 9,
    b"{",
    b"[]",
    b"{}",
    b"null",
    b'{"fields": 5, "Resources": 5}',
    b"<",
]


@pytest.mark.parametrize("path", sorted(INPUTS.iterdir()), ids=lambda path: path.name)
def test_each_input_is_of_one_kind(path: Path) -> None:
    """Every input of the tests is recognised as one kind."""
    assert kind_of(SourceDocument(path.name, path.read_bytes())).name in KINDS


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("data", OTHERS)
def test_matching_never_raises(name: str, data: bytes) -> None:
    """What is of no kind is none of any, whatever it is named."""
    module = import_module(f"fieldbound.importers.kinds.{name.replace('-', '_')}")
    for suffix in (".json", ".yaml", ".csv", ".xlsx", ".html", ".xml", ".sql", ""):
        assert module.matches(source_of(f"a{suffix}", data)) in (True, False)


def test_a_source_of_no_kind() -> None:
    """The error lists the kinds."""
    with pytest.raises(BrokenSource, match=r"a\.json: the kind is not recognised: .*salesforce"):
        read(source_of("a.json", "{}"), vendor="acme")


def test_a_kind_that_there_is_not() -> None:
    """The error lists the kinds."""
    with pytest.raises(BrokenSource, match=r"there is no kind 'csw': must be one of adf-describe"):
        read(source_of("a.json", "{}"), "csw", vendor="acme")


class _Point:
    """An entry point."""

    def __init__(self, name: str, value: str) -> None:
        self.name, self.value = name, value


@pytest.fixture(name="plugin")
def _plugin(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("acme_kind")

    def read_it(document: SourceDocument, options: Options) -> Draft:
        return Draft(options.vendor, "acme", {}, (), document)

    module.matches = lambda document: b"acme" in document.data  # type: ignore[attr-defined]
    module.read = read_it  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "acme_kind", module)
    _offer(monkeypatch, "acme_kind")


def _offer(monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
    """Have packages offer kinds: acme is the first module, gone the second."""
    points = [_Point(*each) for each in zip(("acme", "gone"), modules, strict=False)]
    found = {"fieldbound.importers": points}
    monkeypatch.setattr(metadata, "entry_points", lambda group: found.get(group, []))


@pytest.mark.usefixtures("plugin")
def test_a_kind_of_another_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry point adds a kind; one that cannot be imported is an error that names it."""
    assert read(source_of("a.json", "acme"), "acme", vendor="v").key == "acme"
    _offer(monkeypatch, "acme_kind", "no_such_module")
    with pytest.raises(BrokenSource, match=r"'gone' of group fieldbound\.importers"):
        read(source_of("a.json", "acme"), "gone", vendor="v")


@pytest.mark.usefixtures("plugin")
def test_a_source_of_several_kinds() -> None:
    """The error names them."""
    text = (INPUTS / "account.describe.json").read_text("utf-8").replace('"Account"', '"acme"', 1)
    with pytest.raises(BrokenSource, match="it looks like salesforce and acme; pass one as --as"):
        read(source_of("a.json", text), vendor="v")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.json", '{"a":', r"a\.json:1:\d+: "),
        ("a.yaml", "a: [1", r"a\.yaml:1:\d+: "),
        ("a.json", '{"a": 1}', "the kind is not recognised"),
        ("a.py", "x = 1", "name a class in it, as package.module:Class"),
        ("a.pdf", "%PDF-1.7", "copy the text of its table into a file .txt"),
        ("a.zip", "PK\x03\x04", "unpack it"),
        ("a.sql", "CREATE TABLE a (b int)".encode("utf-16"), "encoded as UTF-16: save it as UTF-8"),
        ("a.xlsx", "PK\x03\x04", "unless it is a workbook of Excel"),
    ],
)
def test_what_is_wrong_with_a_file_of_no_kind(name: str, data: str | bytes, reason: str) -> None:
    """A syntax error is told with its place, rather than that no kind is recognised."""
    with pytest.raises(BrokenSource, match=reason):
        kind_of(source_of(name, data))


def test_columns_are_of_a_table() -> None:
    """Naming columns of what is no table is an error, for they would do nothing."""
    with pytest.raises(BrokenSource, match="the kind is odata: only a table has columns"):
        read(INPUTS / "orders.metadata.xml", vendor="acme", columns={"name": "x"})
