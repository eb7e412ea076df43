"""What every import has to hold, whatever the kind of its source."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import fieldbound
from fieldbound.catalog import lint_paths, operations
from fieldbound.importers import Draft, SourceDocument, read

#: The date on which the sources of the tests are read.
DAY = "2026-11-21"


def source_of(name: str, data: bytes | str) -> SourceDocument:
    """Return a source document with these contents."""
    return SourceDocument(name, data.encode() if isinstance(data, str) else data, read=DAY)


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder."""
    found = (each for each in folder.rglob("*") if each.is_file())
    return {each.relative_to(folder).as_posix(): each.read_bytes() for each in found}


def limits_of(folder: Path) -> dict[str, Any]:
    """Return the values of the limits of all contracts in a vendor's folder, by their ids."""
    found = operations(folder.name, folder.parent)
    built = (found.contract(each.operation, each.part) for each in found.entries)
    return {limit.id: limit.value for each in built if each for limit in each.limits}


def uncertified(name: str, folder: Path) -> dict[str, str]:
    """Return why limits of a contract have no case that breaks them alone, by their ids."""
    contract = fieldbound.contract(name, folder.parent)
    found = {case.limit.id: case.reason for case in fieldbound.cases(contract)}
    assert {*found} == {each.id for each in contract.limits}
    return {id_.partition("#")[2]: why for id_, why in found.items() if why is not None}


def check_import(
    source: SourceDocument | Path, above: Path, inseparable: Collection[str] = (), **options: Any
) -> tuple[Draft, Path]:
    """Import a source for the vendor acme into a new folder, and hold what is true of each import.

    Lint finds nothing, cases are certified at every limit of requests but the *inseparable* ones, a
    second import writes the same bytes, and what is read again has the limits that were written.
    Return the draft, and the vendor's folder.
    """
    folder = above / "contracts" / "acme"
    draft = read(source, vendor="acme", **options)
    written = draft.write(folder)
    assert written[2:] == ((), (), (), (), (), draft.imported)  # nothing was there
    assert lint_paths([folder]).diagnostics == ()
    first = contents(folder)
    again = read(source, vendor="acme", **options).write(folder)
    assert (again.new, again.changed, again.removed, again.conflicts) == ((), (), (), ())
    assert contents(folder) == first
    found = limits_of(folder)
    assert len(found) <= sum(draft.imported.limits.values())
    assert {id_.partition("#")[0] for id_ in found} <= {*draft.imported.contracts}
    for name in draft.imported.contracts:
        if name.count("/") == 1:  # of a request
            assert {*uncertified(name, folder)} <= {*inseparable}
    return draft, folder
