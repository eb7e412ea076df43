"""Contracts by name: of the bundled vendors, of folders, of installed packages, or of a file.

A folder has the layout of `schemas/`; a package offers one by an entry point of the group
`fieldbound.contracts`. The path of a JSON Schema, or of an OpenAPI document with `#operation`, is
a name as well.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from fieldbound.config import BrokenConfig, ConfiguredFolder, load
from fieldbound.documents import SUFFIXES
from fieldbound.model import BrokenContract, ContractEntry, Report, UnknownName
from fieldbound.validation import BASE_URI, Contract, Formats

from .builder import close_matches, require_limits
from .bundle import Bundle, Options
from .bundle_lint import lint_bundle
from .bundled_folder import bundled_folder
from .bundled_references import bundled_sources
from .operation_contracts import OperationContracts
from .schema_files import SchemaFiles
from .single_file import contract_of_file, is_path, operations_of_file

GROUP: Final = "fieldbound.contracts"
_MAX_PARTS: Final = 6
_DEFAULTS: Final = Options()
#: Whether a discriminator only selects the branch that is reported, or is a limit.
Discriminator = Literal["report", "enforce"]
#: One folder of contracts, or several.
Folders: TypeAlias = "str | os.PathLike[str] | Iterable[str | os.PathLike[str]]"


def contract(
    name: str,
    folders: Folders | None = None,
    *,
    formats: Formats = "assert",
    strict: bool = False,
    discriminator: Discriminator = "report",
) -> Contract:
    """Return the contract of that name, from fieldbound, *folders*, or installed packages.

    *folders* is one folder, or several; by default, those of the configuration.

    What is wrong in a document given by its path is not checked, which every report says, and all
    else is checked; where *strict*, it is an error, as it always is in a vendor's folder. A
    *discriminator* selects the branch that is reported, and "enforce" makes it a limit, too.
    Formats are limits, "assert", or "annotate".

    Raises UnknownName with the closest names, or BrokenContract with the error in the contract
    itself, its file and place.
    """
    options = _options(strict, discriminator, formats)
    if is_path(name):
        return contract_of_file(name, options)
    vendor_name, _, rest = name.partition("/")
    vendor = _find_vendors(folders, vendor_name, options).get(vendor_name)
    if vendor is None or not rest:
        raise UnknownName(name, close_matches(name, contracts(folders)))
    return vendor.find_contract(name, rest)


def as_contract(contract_or_name: Contract | str) -> Contract:
    """Return a contract as it is given, or the one of a name, as `contract` does.

    Raises TypeError for anything else.
    """
    if isinstance(contract_or_name, str):
        return contract(contract_or_name)
    if not isinstance(contract_or_name, Contract):
        kind = type(contract_or_name).__name__
        advice = "; Contract(schema) makes one of a schema" if kind in ("dict", "bool") else ""
        raise TypeError(f"contract must be a Contract or the name of one, not {kind}{advice}")
    return contract_or_name


def check(instance: Any, contract: Contract | str) -> Report:
    """Return the Report of an instance, a JSON value or a Document, by a contract or its name.

    It is `fieldbound.contract(name).check(instance)` in one call. Raises what these do.
    """
    return as_contract(contract).check(instance)


def operations(
    name: str,
    folders: Folders | None = None,
    formats: Formats = "assert",
    strict: bool = False,
    discriminator: Discriminator = "report",
) -> OperationContracts:
    """Return the operations of the vendor of that name, or of the OpenAPI document at that path.

    *folders*, *formats*, *strict* and *discriminator* are those of `contract`. Raises UnknownName,
    or BrokenContract for an invalid document.
    """
    options = _options(strict, discriminator, formats)
    if is_path(name):
        return operations_of_file(name, options)
    found = _find_vendors(folders, name, options).get(name)
    if found is None:
        vendors = sorted(_find_vendors(folders, name, options))
        raise UnknownName(
            name,
            close_matches(name, vendors),
            f"there is no vendor named {name!r}: must be one of {', '.join(vendors)}, or the path "
            "of an OpenAPI document in .json, .yaml or .yml",
        )
    return found


def _options(strict: bool, discriminator: str, formats: Formats) -> Options:
    if discriminator not in ("report", "enforce"):
        raise ValueError(f"discriminator must be 'report' or 'enforce', not {discriminator!r}")
    return Options(not strict, discriminator == "enforce", formats, load().overrides)


def contracts(folders: Folders | None = None) -> list[str]:
    """Return the names of all contracts: of fieldbound, of *folders*, of installed packages.

    *folders* is one folder, or several; by default, those of the configuration.
    """
    return [each.name for each in entries(folders)]


def entries(folders: Folders | None = None) -> list[ContractEntry]:
    """Return the names of all contracts, each with what it is of; *folders* as for `contracts`."""
    vendors = _find_vendors(folders).values()
    return sorted(each for vendor in vendors for each in vendor.entries)


# -- vendors -------------------------------------------------------------------------------------


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
            from .folder_lint import check_sources

            check_sources(document)
        sources: Mapping[str, Any] = document.value
        return sources

    def find_contract(self, name: str, rest: str) -> Contract:
        """Return the contract of a name; *rest* is what follows the vendor in it."""
        found = self._cache.get(name)
        if found is None:
            operation, part = self.openapi.split_name(rest)
            found = self.contract(operation, part, name)
            if found is None:
                suggestions = close_matches(name, self.names)
                raise UnknownName(name, suggestions, self._missing_part(operation, part))
            if not self.strict:
                self._cache[name] = found
        return found

    def _build(self, schema: dict[str, Any], bundle: Bundle, name: str) -> Contract:
        if not self.strict:
            bundle.build()
            return self._compile(schema, bundle, name)
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


def _find_vendors(
    folders: Folders | None = None,
    name: str | None = None,
    options: Options = _DEFAULTS,
) -> dict[str, Vendor]:
    """Return the vendors by name; those of installed packages only if *name* is in no folder.

    A folder of the configuration that cannot be read is an error only if *name* is in no other.
    """
    options = options._replace(lenient=False)
    vendors = dict(bundled_vendors(options))
    broken: list[BrokenConfig] = []
    for folder in folders_of(folders):
        _add(vendors, _vendors_unless_broken(folder, options, broken))
    if name is None or name not in vendors:
        for package in _package_folders():
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


def folders_of(folders: Folders | None) -> tuple[str | os.PathLike[str], ...]:
    """Return folders as they are given: several, or one; those of the configuration for None."""
    if folders is None:
        return load().folders
    return (folders,) if isinstance(folders, (str, os.PathLike)) else tuple(folders)


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
    if not folder.is_dir():
        raise BrokenContract("contracts folder not found", file=str(folder))
    inner = [each for each in folder.iterdir() if each.is_dir()]  # any may be a link
    base = f"{BASE_URI}{folder.name if lint else 'schemas'}/"
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


def _package_folders() -> Iterator[Path]:
    """Yield the contracts folders of installed packages, by their entry points."""
    from importlib.metadata import entry_points
    from importlib.util import find_spec

    for point in entry_points(group=GROUP):
        try:  # finding a subpackage imports its parent, which may raise anything
            spec = find_spec(point.module)
        except (Exception, SystemExit):  # noqa: BLE001
            spec = None
        locations = list(spec.submodule_search_locations or ()) if spec else []
        if not locations:
            raise BrokenContract(
                f"the entry point {point.name!r} of group {GROUP} names {point.value!r}, "
                "which is not an installed package"
            )
        yield Path(locations[0])
