"""Vendors by name: those that come with fieldbound, those of folders, those of installed packages.

A folder has the layout of `schemas/`; a package offers one by an entry point of the group
`fieldbound.contracts`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fieldbound.catalog.builder import close_matches, require_limits
from fieldbound.catalog.bundle import Bundle, Options
from fieldbound.catalog.bundled_folder import bundled_folder
from fieldbound.catalog.bundled_references import bundled_sources
from fieldbound.catalog.operation_contracts import OperationContracts
from fieldbound.catalog.schema_files import SchemaFiles
from fieldbound.config import BrokenConfig, ConfiguredFolder
from fieldbound.documents import SUFFIXES
from fieldbound.model import BrokenContract, UnknownName
from fieldbound.validation import BASE_URI

from .packages import package_folders
from .prepared import contract_named

if TYPE_CHECKING:
    from fieldbound.validation import Contract

_MAX_PARTS: Final = 6
_DEFAULTS: Final = Options()


class Vendor(OperationContracts):
    """One vendor's folder: an OpenAPI document, and the schemas and sources beside it.

    Where *lint* is false, as for the bundled vendors, files are trusted and contracts are cached.
    """

    def __init__(
        self, folder: Path, uri: str, files: SchemaFiles, options: Options, *, lint: bool
    ) -> None:
        super().__init__(folder.name, "/", files, uri, options)
        self.folder = folder
        self.strict = lint
        self.version_folder = uri.rpartition("/")[0]
        self._cache: dict[str, Contract] = {}

    @cached_property
    def sources(self) -> Mapping[str, Any]:
        """The documents that limits may cite as their sources: those in sources.json."""
        path = self.folder / "sources.json"
        if not path.is_file():
            return {}
        document = self._files.document(self._files.uri(path))
        if self.strict:
            from fieldbound.catalog.folder_lint import check_sources

            check_sources(document)
        sources: Mapping[str, Any] = document.value
        return sources

    def find_contract(self, name: str, rest: str) -> Contract:
        """Return the contract of a name; *rest* is what follows the vendor in it."""
        found = self._cache.get(name) or self._prepared(name)
        if found is None:
            operation, part = self.openapi.split_name(rest)
            found = self.contract(operation, part, name)
            if found is None:
                suggestions = close_matches(name, self.names)
                raise UnknownName(name, suggestions, self._missing_part(operation, part))
            if not self.strict:
                self._cache[name] = found
        return found

    def _prepared(self, name: str) -> Contract | None:
        """Return what has been prepared of a contract without options, if anything has."""
        if self.strict or self._options._replace(overrides=()) != _DEFAULTS:
            return None
        if any(each.contract == name for each in self._options.overrides):
            return None
        return contract_named(name)

    def _build(self, schema: dict[str, Any], bundle: Bundle, name: str) -> Contract:
        if not self.strict:
            bundle.build()
            return self._compile(schema, bundle, name)
        from fieldbound.catalog.bundle_lint import lint_bundle  # slow to import

        lint_bundle(bundle, {**bundled_sources(), **self.sources})
        return require_limits(self._compile(schema, bundle, name), str(self.folder), bundle)

    def _missing_part(self, operation: str, part: str) -> str | None:
        """Return the reason for an unknown name if its operation exists, else None."""
        if operation not in {**self.openapi.operations, **self.openapi.webhooks}:
            return None
        parts = [each or "the request body" for each in self.openapi.parts(operation)]
        more = f", and {len(parts) - _MAX_PARTS} more" if len(parts) > _MAX_PARTS else ""
        existing = ", ".join(parts[:_MAX_PARTS]) or "nothing"
        return f"{self.name}/{operation} has no {part or 'request body'}: it has {existing}{more}"


def find_vendors(
    folders: Iterable[str | os.PathLike[str]] = (),
    name: str | None = None,
    options: Options = _DEFAULTS,
) -> dict[str, Vendor]:
    """Return the vendors by name, those in *folders*, too.

    Those of installed packages are there only if *name* is in no folder.

    A folder of the configuration that cannot be read is an error only if *name* is in no other.
    """
    options = options._replace(lenient=False)
    vendors = dict(bundled_vendors(options))
    broken: list[BrokenConfig] = []
    for folder in folders:
        _add(vendors, _vendors_unless_broken(folder, options, broken))
    if name is None or name not in vendors:
        for package in package_folders():
            _add(vendors, _vendors_in(package, options, lint=True))
    if broken and (name is None or name not in vendors):
        raise broken[0]
    return vendors


def _vendors_unless_broken(
    folder: str | os.PathLike[str], options: Options, broken: list[BrokenConfig]
) -> Mapping[str, Vendor]:
    """Return the vendors in a folder; add to *broken* why one of the configuration has none."""
    try:
        return _vendors_in(Path(folder), options, lint=True)
    except BrokenContract as error:
        if not isinstance(folder, ConfiguredFolder):
            raise
        broken.append(folder.broken(error.reason))
        return {}


def _add(vendors: dict[str, Vendor], more: Mapping[str, Vendor]) -> None:
    for name, vendor in more.items():
        if name in vendors and vendors[name].folder != vendor.folder:
            raise BrokenContract(
                f"duplicate vendor {name!r}: already in {vendors[name].folder}; rename this folder",
                file=str(vendor.folder),
            )
        vendors[name] = vendor


@lru_cache(maxsize=4)
def bundled_vendors(options: Options = _DEFAULTS) -> Mapping[str, Vendor]:
    """Return the vendors that come with fieldbound."""
    return _vendors_in(bundled_folder(), options, lint=False)


def _vendors_in(folder: Path, options: Options, *, lint: bool) -> dict[str, Vendor]:
    from urllib.parse import quote

    if not folder.is_dir():
        raise BrokenContract("contracts folder not found", file=str(folder))
    inner = [each for each in folder.iterdir() if each.is_dir()]  # any may be a link
    base = f"{BASE_URI}{quote(folder.name) if lint else 'schemas'}/"
    files = SchemaFiles(folder, base, (folder, *inner))
    found = {
        each.name: Vendor(each, files.uri(document), files, options, lint=lint)
        for each in sorted(folder.iterdir())
        if (document := openapi_path(each)) is not None
    }
    if not found:
        reason = "no vendor in this folder: each needs a subfolder with an openapi.json"
        raise BrokenContract(reason, file=str(folder))
    return found


def openapi_path(folder: Path) -> Path | None:
    """Return the path of the OpenAPI document in a vendor's folder, or None without one."""
    paths = (folder / f"openapi{suffix}" for suffix in SUFFIXES)
    return next((path for path in paths if path.is_file()), None)
