"""Parts of operations that a document says nothing of: a folder has to say that of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from fieldbound.catalog import operations
from fieldbound.model import NOT_CHECKED, BrokenContract, percent_decoded, tokens_of

if TYPE_CHECKING:
    from fieldbound.catalog import OperationContracts
    from fieldbound.model import ContractEntry
    from fieldbound.openapi import SpecNode

_REASON: Final = "The source has no limit of it."
_MAX_REFERENCES: Final = 20


def mark_unlimited(vendor: str, files: Mapping[str, Any], write: Callable[[str], Path]) -> None:
    """Mark the schemas of the parts of operations that have no limit as not checked.

    *write* writes the files to a folder of the vendor in a folder.
    """
    with TemporaryDirectory() as above:
        write(above)
        found = operations(vendor, above)
        keys = {each: found.schema_key(each) for each in found.entries}
        first = {key: each for each, key in keys.items()}  # one of each schema is opened
        limited = {key: _has_limits(found, each) for key, each in first.items()}
        sites = [
            site
            for each, key in keys.items()
            if not limited[key]
            for site in _sites(found.openapi.parts(each.operation)[each.part])
        ]
    for site in sites:
        name = percent_decoded(site.uri.rpartition("/")[2])
        _mark(files, name, site.tokens)


def _has_limits(found: OperationContracts, entry: ContractEntry) -> bool:
    try:
        found.contract(entry.operation, entry.part)
    except BrokenContract as error:
        return "has no constraints" not in error.reason
    return True


def _sites(part: Any) -> list[SpecNode]:
    if part.body is not None:
        return [part.body]
    return [schema for each in part.parameters for schema in each.schemas][:1]


def _mark(files: Mapping[str, Any], name: str, tokens: tuple[str, ...]) -> None:
    for _ in range(_MAX_REFERENCES):
        holder = files[name]
        for token in tokens[:-1]:
            holder = holder[int(token)] if isinstance(holder, list) else holder[token]
        value = holder
        key: Any = None
        if tokens:
            key = int(tokens[-1]) if isinstance(holder, list) else tokens[-1]
            value = holder[key]
        reference = value.get("$ref") if isinstance(value, dict) else None
        if not isinstance(reference, str):
            break
        file, _, fragment = reference.partition("#")
        name = percent_decoded(file) or name
        tokens = tokens_of(percent_decoded(fragment))
    if isinstance(value, dict):
        value.setdefault(NOT_CHECKED, [_REASON])
    elif key is not None:
        holder[key] = {NOT_CHECKED: [_REASON]}
