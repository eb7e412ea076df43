"""The contracts that names stand for: a full name, the beginning of names, a vendor, a file."""

from __future__ import annotations

from collections.abc import Iterable

from fieldbound.model import ContractEntry

from .lookup import Folders, contract, entries, is_path, operations


def matching_entries(
    names: Iterable[str] = (), folders: Folders | None = None, *, exact: bool = False
) -> list[ContractEntry]:
    """Return the contracts that names match, each once; all of them if there are none.

    A name matches itself and the names below it; with *exact* only itself, if it is a contract. The
    path of an OpenAPI document matches its contracts. Raises UnknownName for a name without a
    match.
    """
    given = list(names)
    try:
        known = entries(folders)
    except ValueError as error:
        from fieldbound.config import BrokenConfig

        # a folder is missing that none of the names may need
        if not given or not isinstance(error, BrokenConfig):
            raise
        known = entries(())
    if not given:
        return known
    matching: dict[str, ContractEntry] = {}
    for name in given:
        found = _matching(name, known, exact=exact)
        if not found and is_path(name):
            found = _of_file(name, folders, exact=exact)
        elif not found:
            contract(name, folders)  # raises UnknownName
            found = [ContractEntry(name)]
        matching.update({each.name: each for each in found if each.name not in matching})
    return list(matching.values())


def _matching(name: str, known: Iterable[ContractEntry], *, exact: bool) -> list[ContractEntry]:
    below = f"{name.rstrip('/')}/"
    own = [each for each in known if each.name == name]
    if own and exact:
        return own
    return [each for each in known if each.name == name or each.name.startswith(below)]


def _of_file(name: str, folders: Folders | None, *, exact: bool) -> list[ContractEntry]:
    """Return the contracts of an OpenAPI document, or the one of a JSON Schema."""
    from .schema_likeness import kind_of
    from .single_file import files_of

    path, _, fragment = name.partition("#")
    files, uri = files_of(path)
    if kind_of(files.load(uri)) == "openapi":
        known = operations(path, folders).entries
        found = _matching(name, known, exact=exact) if fragment else list(known)
        if found:
            return found
    contract(name, folders)  # raises where it is neither
    return [ContractEntry(name)]
