"""The kinds of sources: one module each, with `matches` and `read`.

`matches(document) -> bool` is cheap, and never raises; `read(document, options) -> Draft` raises
BrokenSource. A package adds a kind by an entry point of the group `fieldbound.importers`, which
names such a module.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from fieldbound.importers.errors import BrokenSource

if TYPE_CHECKING:
    from fieldbound.importers.draft import Draft
    from fieldbound.importers.options import Options
    from fieldbound.importers.source import SourceDocument

GROUP: Final = "fieldbound.importers"
#: Files in which a syntax error is told rather than that the kind is not recognised.
_SYNTAXES: Final = (".json", ".yaml", ".yml")
#: How files begin that are of no kind, and what to do with them.
_NO_KINDS: Final = {
    b"%PDF": "a PDF is not read: copy the text of its table into a file .txt",
    b"PK": "an archive is not read unless it is a workbook of Excel: unpack it",
    b"\xd0\xcf\x11\xe0": "a file of an old Office is not read: save it as .xlsx or .csv",
    b"\x1f\x8b": "a compressed file is not read: unpack it",
    **dict.fromkeys((b"\xff\xfe", b"\xfe\xff"), "encoded as UTF-16: save it as UTF-8"),
}
#: Each kind, and what it is: its module has the same name, with `_` for `-`.
KINDS: Final[dict[str, str]] = {
    "adf-describe": "describe of a resource of Oracle Fusion, CRM On Demand or another ADF service",
    "json-schema": "JSON Schema of any draft, or of the metadata catalogue of NetSuite",
    "models": "pydantic model, dataclass or TypedDict, named as package.module:Class",
    "odata": "$metadata of an OData service, as XML or JSON",
    "openapi": "OpenAPI 3 document, or one of Swagger 2.0",
    "salesforce": "describe of an sObject of Salesforce",
    "samples": "payloads or answers: JSON, a JSON record on each line, or a HAR file",
    "sql": "CREATE TABLE in SQL, or an export of INFORMATION_SCHEMA.COLUMNS",
    "table": "table of limits: CSV, XLSX, Markdown, HTML, or text copied from a PDF",
}


class Kind(Protocol):
    """What the module of a kind has."""

    def matches(self, document: SourceDocument) -> bool:
        """Return whether a document is of this kind."""

    def read(self, document: SourceDocument, options: Options) -> Draft:
        """Return the draft of the contracts in a document. Raises BrokenSource."""


class NamedKind(NamedTuple):
    """A kind by its name."""

    name: str
    module: Kind


def kind_of(document: SourceDocument, name: str | None = None) -> NamedKind:
    """Return the kind of that name, or the one that a document is of.

    Raises BrokenSource with the kinds that there are, if it is of none, or of several.
    """
    if name is not None:
        found = _named(name)
        if found is None:
            raise BrokenSource(f"there is no kind {name!r}: must be one of {_listed()}")
        return found
    matching = [each for each in _all() if each.module.matches(document)]
    if len(matching) == 1:
        return matching[0]
    reason = f"the kind is not recognised: pass --as (kind= in Python), one of {_listed()}"
    if not matching and document.suffix in _SYNTAXES:
        document.require_value()
    for start, hint in _NO_KINDS.items():
        if document.start.startswith(start):
            reason = hint
    if document.suffix == ".py":
        reason = "a file of Python is not read: name a class in it, as package.module:Class"
    if matching:
        names = " and ".join(each.name for each in matching)
        reason = f"the kind is not clear: it looks like {names}; pass one as --as (kind= in Python)"
    raise BrokenSource(reason, document.name)


def _listed() -> str:
    return ", ".join(sorted({*KINDS, *_points()}))


def _all() -> Iterator[NamedKind]:
    for name in (*KINDS, *_points()):
        if (found := _named(name)) is not None:
            yield found


def _named(name: str) -> NamedKind | None:
    if name in KINDS:
        return NamedKind(name, import_module(f".{name.replace('-', '_')}", __name__))
    return NamedKind(name, _loaded(name)) if name in _points() else None


def _points() -> dict[str, str]:
    """Return the modules of the kinds that installed packages add, by their names."""
    from importlib.metadata import entry_points

    found = {each.name: each.value for each in entry_points(group=GROUP)}
    return {name: found[name] for name in sorted(found) if name not in KINDS}


def _loaded(name: str) -> Kind:
    module = _points()[name]
    try:
        return import_module(module)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - importing a module may raise anything
        reason = f"the entry point {name!r} of group {GROUP} names {module!r}, which"
        raise BrokenSource(f"{reason} cannot be imported: {error}") from None
