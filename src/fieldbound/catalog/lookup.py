"""Contracts by name: of the bundled vendors, of folders, of installed packages, or of a file.

A folder has the layout of `schemas/`; a package offers one by an entry point of the group
`fieldbound.contracts`. The path of a JSON Schema, or of an OpenAPI document with `#operation`, is
a name as well.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from fieldbound.config import load
from fieldbound.documents import SUFFIXES

# What reads the files of contracts is imported when it has to: most of those that come with
# fieldbound are prepared.

if TYPE_CHECKING:
    from fieldbound.model import ContractEntry, Report
    from fieldbound.validation import Contract, Formats

    from .bundle import Options
    from .operation_contracts import OperationContracts

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
    if discriminator == "report" and formats == "assert":
        prepared = _prepared(name, folders)
        if prepared is not None:
            return prepared
    return _opened(name, folders, _options(strict, discriminator, formats), {})


def _opened(
    name: str, folders: Folders | None, options: Options, opened: dict[str, OperationContracts]
) -> Contract:
    """Return the contract of a name by its files, of which those of *opened* have been read."""
    if is_path(name):
        from .single_file import contract_of_file

        return contract_of_file(name, options, opened)
    from .vendors.vendor import find_vendors

    vendor_name, _, rest = name.partition("/")
    key = f"{vendor_name}/"
    found = opened.get(key) or find_vendors(folders_of(folders), vendor_name, options).get(
        vendor_name
    )
    if found is None or not rest:
        from fieldbound.model import UnknownName

        from .builder import close_matches

        raise UnknownName(name, close_matches(name, contracts(folders)))
    opened[key] = found
    return found.find_contract(name, rest)


def _prepared(name: str, folders: Folders | None) -> Contract | None:
    """Return the contract of a name where it is prepared, and nothing changes what it is."""
    overridden = _overridden(folders)
    if overridden is None or name in overridden:
        return None
    from .vendors.prepared import contract_named

    return contract_named(name)


def _overridden(folders: Folders | None) -> Collection[str] | None:
    """Return the contracts that the configuration changes; None where any may be another's."""
    return None if folders_of(folders) else [each.contract for each in load().overrides]


def reader(folders: Folders | None = None) -> Callable[[str], Contract]:
    """Return what returns the contract of a name, as `contract` does, for many of them.

    Everything is read once, and stays as it was then: the configuration, to look for which takes
    longer than to read a prepared contract, and the documents of the operations.
    """
    from .vendors.prepared import contract_named

    overridden = _overridden(folders)
    opened: dict[str, OperationContracts] = {}

    def read(name: str) -> Contract:
        prepared = None if overridden is None or name in overridden else contract_named(name)
        return prepared or _opened(name, folders, _options(False, "report", "assert"), opened)

    return read


def as_contract(contract_or_name: Contract | str) -> Contract:
    """Return a contract as it is given, or the one of a name, as `contract` does.

    Raises TypeError for anything else.
    """
    if isinstance(contract_or_name, str):
        return contract(contract_or_name)
    from fieldbound.validation import Contract

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
        from .single_file import operations_of_file

        return operations_of_file(name, options)
    from .vendors.vendor import find_vendors

    known = find_vendors(folders_of(folders), name, options)
    found = known.get(name)
    if found is None:
        from fieldbound.model import UnknownName

        from .builder import close_matches

        vendors = sorted(known)
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
    from .bundle import Options

    return Options(not strict, discriminator == "enforce", formats, load().overrides)


def contracts(folders: Folders | None = None) -> list[str]:
    """Return the names of all contracts: of fieldbound, of *folders*, of installed packages.

    *folders* is one folder, or several; by default, those of the configuration.
    """
    return [each.name for each in entries(folders)]


def entries(folders: Folders | None = None) -> list[ContractEntry]:
    """Return the names of all contracts, each with what it is of; *folders* as for `contracts`."""
    own = folders_of(folders)
    from .vendors.packages import package_folders
    from .vendors.prepared import entries as prepared_entries

    found = None if own or any(True for _ in package_folders()) else prepared_entries()
    if found is not None:
        return found
    from .vendors.vendor import find_vendors

    return sorted(each for vendor in find_vendors(own).values() for each in vendor.entries)


def folders_of(folders: Folders | None) -> tuple[str | os.PathLike[str], ...]:
    """Return folders as they are given: several, or one; those of the configuration for None."""
    if folders is None:
        return load().folders
    return (folders,) if isinstance(folders, (str, os.PathLike)) else tuple(folders)


def is_path(name: str) -> bool:
    """Return whether a contract's name is the path of a file."""
    return name.partition("#")[0].endswith(SUFFIXES)
