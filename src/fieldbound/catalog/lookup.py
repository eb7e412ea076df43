"""A name goes in, a Contract comes out; also the names there are.

Names are looked for in the vendors that come with fieldbound, in folders of the same layout, and
in packages that offer the entry-point group `fieldbound.contracts`. A path to a JSON Schema, or
to an OpenAPI document with `#operation`, is a name as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final

from fieldbound.model import BrokenContract, UnknownName
from fieldbound.validation import BASE, Contract

from .builder import contract_of, demanding, offered, self_contained
from .bundle import Bundle
from .operation_contracts import Operations
from .schema_files import SUFFIXES, Files
from .single_file import is_path, of_file, operations_of

GROUP: Final = "fieldbound.contracts"
_MOST_PARTS: Final = 6


def contract(name: str, folders: Iterable[str | os.PathLike[str]] = ()) -> Contract:
    """Return the contract of that name, from fieldbound, *folders*, or installed packages.

    Raises UnknownName, which offers the closest names, and BrokenContract, which says what is
    wrong with the contract itself, in which file, and where.
    """
    if is_path(name):
        return of_file(name)
    vendor, _, rest = name.partition("/")
    shelf = _shelves(folders, vendor).get(vendor)
    if shelf is None or not rest:
        raise UnknownName(name, offered(name, contracts(folders)))
    return shelf.known(name, rest)


def operations(name: str, folders: Iterable[str | os.PathLike[str]] = ()) -> Operations:
    """Return the operations of the vendor of that name, or of the OpenAPI document at that path.

    Raises UnknownName, and BrokenContract where the document is none.
    """
    if is_path(name):
        return operations_of(name)
    found = _shelves(folders, name).get(name)
    if found is None:
        vendors = sorted(_shelves(folders))
        raise UnknownName(
            name,
            offered(name, vendors),
            f"there is no vendor named {name!r}: there are {', '.join(vendors)}, and the path of "
            "an OpenAPI document ends in .json, .yaml or .yml",
        )
    return found


def contracts(folders: Iterable[str | os.PathLike[str]] = ()) -> list[str]:
    """Return the names of all contracts: of fieldbound, of *folders*, of installed packages."""
    vendors = _shelves(folders).values()
    return sorted(name for vendor in vendors for name in vendor.names())


# -- vendors -------------------------------------------------------------------------------------


class Vendor(Operations):
    """One vendor's folder: an OpenAPI document, and the schemas and sources beside it."""

    def __init__(self, folder: Path, uri: str, files: Files, *, proofread: bool) -> None:
        super().__init__(folder.name, "/", files, uri)
        self.folder = folder
        self.strict = True if proofread else None
        self._kept: dict[str, Contract] = {}

    @cached_property
    def sources(self) -> Mapping[str, Any]:
        """The documents that limits may name as their sources."""
        path = self.folder / "sources.json"
        if not path.is_file():
            return {}
        document = self._files.document(self._files.uri(path))
        if self.strict:
            from .folder_lint import check_sources

            check_sources(document)
        sources: Mapping[str, Any] = document.value
        return sources

    def known(self, name: str, rest: str) -> Contract:
        """Return the contract of that name, of which *rest* is what follows the vendor's."""
        made = self._kept.get(name)
        if made is None:
            operation, _, part = rest.partition("/")
            found = self.contract(operation, part, name)
            if found is None:
                near = offered(name, list(self.names()))
                raise UnknownName(name, near, self._lacks(operation, part))
            made = found
            if not self.strict:  # what comes with fieldbound does not change
                self._kept[name] = made
        return made

    def _made(self, schema: dict[str, Any], bundle: Bundle, name: str) -> Contract:
        if self.strict:
            bundle.proofread(self.sources)
        whole = self_contained(schema, name, bundle, self.sources)
        made = contract_of(self._files, self._uri, bundle, whole, name)
        return demanding(made, str(self.folder)) if self.strict else made

    def _lacks(self, operation: str, part: str) -> str | None:
        if operation not in self.openapi.operations:
            return None
        parts = [each or "the request body" for each in self.openapi.parts(operation)]
        more = f", and {len(parts) - _MOST_PARTS} more" if len(parts) > _MOST_PARTS else ""
        has = ", ".join(parts[:_MOST_PARTS]) or "nothing"
        return f"{self.name}/{operation} has no {part or 'request body'}: it has {has}{more}"


def _shelves(
    folders: Iterable[str | os.PathLike[str]] = (), wanted: str | None = None
) -> dict[str, Vendor]:
    """Return the vendors by name; installed packages are gone through only if need be."""
    vendors = dict(_own_vendors())
    for folder in folders:
        _add(vendors, _vendors(Path(folder), proofread=True))
    if wanted is None or wanted not in vendors:
        for folder in _installed():
            _add(vendors, _vendors(folder, proofread=True))
    return vendors


def _add(vendors: dict[str, Vendor], more: Mapping[str, Vendor]) -> None:
    for name, vendor in more.items():
        if name in vendors and vendors[name].folder != vendor.folder:
            raise BrokenContract(
                f"the vendor {name!r} is there already, in {vendors[name].folder}: rename this one",
                file=str(vendor.folder),
            )
        vendors[name] = vendor


@lru_cache(maxsize=1)
def _own_vendors() -> Mapping[str, Vendor]:
    """Return the vendors that come with fieldbound: in the package, or beside its sources."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "schemas"
    folder = inside if inside.is_dir() else package.parents[1] / "schemas"
    return _vendors(folder, proofread=False)


def _vendors(folder: Path, *, proofread: bool) -> dict[str, Vendor]:
    if not folder.is_dir():
        raise BrokenContract("there is no such folder of contracts", file=str(folder))
    files = Files(folder, f"{BASE}{'schemas' if not proofread else folder.name}/")
    found = {
        each.name: Vendor(each, files.uri(document), files, proofread=proofread)
        for each in sorted(folder.iterdir())
        if (document := _document(each)) is not None
    }
    if not found:
        reason = "no vendor in this folder: each has a folder of its own with an openapi.json"
        raise BrokenContract(reason, file=str(folder))
    return found


def _document(folder: Path) -> Path | None:
    """Return the OpenAPI document of a vendor's folder."""
    paths = (folder / f"openapi{suffix}" for suffix in SUFFIXES)
    return next((path for path in paths if path.is_file()), None)


def _installed() -> Iterator[Path]:
    """Yield the folders that installed packages offer."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    for point in entry_points(group=GROUP):
        try:  # a package within another is found by importing that one, which may do anything
            spec = find_spec(point.module)
        except (Exception, SystemExit):  # noqa: BLE001
            spec = None
        places = list(spec.submodule_search_locations or ()) if spec else []
        if not places:
            raise BrokenContract(
                f"the entry point {point.name!r} of group {GROUP} names {point.value!r}, "
                "which is no package with a folder"
            )
        yield Path(places[0])
