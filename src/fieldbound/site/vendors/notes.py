"""What a vendor does not document, and what was decided where its documents differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from fieldbound.catalog import OperationContracts
from fieldbound.model import pluralize, tokens_of
from fieldbound.validation import Contract

from .cells import cell, code, keys_text, table

_MAX_PLACES: Final = 4
_ABOUT_HTTP: Final = frozenset(("servers", "paths", "components"))


class _Note(NamedTuple):
    """A note, the evidence it is about, and the keys of the sources."""

    text: str
    says: str
    keys: tuple[str, ...]


def undocumented_section(contracts: Sequence[Contract]) -> Iterator[str]:
    """Yield what the vendor does not document, and what is not checked, with the reason of each."""
    found: dict[str, dict[str, None]] = {}
    for each in contracts:
        name = each.name.partition("/")[2]
        for pointer, reason in {**each.unspecified, **each.not_checked}.items():
            found.setdefault(reason, {}).setdefault(f"{name} {pointer}".strip())
    if found:
        yield "## Not documented"
        yield "Any value is valid here, and reports say so."
        rows = ((cell(reason), _places(list(places))) for reason, places in found.items())
        yield table(("What", "Where"), rows)


def notes_section(vendor: OperationContracts, contracts: Sequence[Contract]) -> Iterator[str]:
    """Yield the notes of the limits: what was decided, and what was reasoned."""
    found: dict[_Note, dict[str, None]] = {}
    for contract in contracts:
        for limit in contract.limits:
            keys = tuple(each.key for each in limit.sources)
            if limit.note and keys:
                note = _Note(limit.note, limit.says or "", keys)
                at = (tokens_of(limit.pointer) or (contract.name.partition("/")[2],))[-1]
                found.setdefault(note, {}).setdefault(f"{at} {limit.keyword}")
    known = {each.text for each in found}
    for note, place in _of_document(vendor.openapi.root.value):
        if note.text not in known:
            found.setdefault(note, {}).setdefault(place)
    documented = {note: at for note, at in found.items() if note.says != "inferred"}
    if documented:
        yield "## Contradictions, and what was decided"
        yield table(("Where", "Note", "Evidence"), _rows(documented))
    if len(documented) < len(found):
        yield "## Inferred, and why"
        inferred = {note: at for note, at in found.items() if note not in documented}
        yield table(("Where", "Note", "Evidence"), _rows(inferred))


def _rows(found: dict[_Note, dict[str, None]]) -> Iterable[tuple[str, ...]]:
    for note, places in found.items():
        yield _places(list(places)), cell(note.text), f"{note.says} {keys_text(note.keys)}".strip()


def _places(places: list[str]) -> str:
    more = len(places) - _MAX_PLACES
    shown = ", ".join(map(code, places[:_MAX_PLACES]))
    return shown + (f" and {pluralize(more, 'other')}" if more > 0 else "")


def _of_document(root: Any) -> Iterator[tuple[_Note, str]]:
    """Yield the notes about servers, operations, statuses and media types."""
    names = [name for name in sorted(_ABOUT_HTTP, reverse=True) if name in root]
    pending: list[tuple[Any, tuple[str, ...]]] = [(root[name], (name,)) for name in names]
    while pending:
        value, path = pending.pop()
        if isinstance(value, dict):
            given = value.get("x-source", ())
            for each in given if isinstance(given, list) else (given,):
                if isinstance(each, dict) and each.get("note"):
                    keys = each.get("from", ())
                    keys = tuple(keys) if isinstance(keys, list) else (str(keys),)
                    yield _Note(each["note"], str(each.get("says", "")), keys), _name(path)
        members = value.items() if isinstance(value, dict) else enumerate(value)
        inner = [
            (each, (*path, str(at)))
            for at, each in members
            if isinstance(each, (dict, list)) and at not in ("schema", "x-source")
        ]
        pending += reversed(inner)


def _name(path: tuple[str, ...]) -> str:
    """Return what a place in the document is called: its last names, without the words between."""
    shown = [each for each in path if each not in {"paths", "components", "responses"}]
    return " ".join(shown[-3:])
