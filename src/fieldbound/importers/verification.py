"""A fresh copy of a document that limits cite, held against its digest and the limits."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from fieldbound.catalog import Folders, cited_documents, contract, operations
from fieldbound.model import ChangedLimit, Limit, UnknownName, Verification, closest_name

from .errors import BrokenSource
from .reading import read
from .source import SourceDocument, read_source

#: The name under which a copy is imported: limits are compared without the vendor's.
_COPY: Final = "copy"


def verify(
    vendor: str,
    key: str,
    file: str | os.PathLike[str],
    folders: Folders | None = None,
    **reading: Any,
) -> Verification:
    """Return how a fresh copy of the document that a vendor's limits cite by *key* differs.

    Nothing is fetched: the copy is a *file*. Limits are compared where its kind can be imported and
    its digest differs; *reading* are the `kind`, `resource` and `columns` of `read` for it. Raises
    UnknownName, or BrokenSource if the file cannot be read.
    """
    known = {each.key: each for each in cited_documents(vendor, folders)}
    if key not in known:
        meant = closest_name(key, known)
        reason = f"{vendor} has no source {key!r}" + (f"; did you mean {meant}?" if meant else "")
        raise UnknownName(key, reason=reason)
    copy = read_source(file)
    found = Verification(known[key], copy.digest)
    if found.is_same:
        return found
    try:
        imported = _imported(copy, **reading)
    except BrokenSource as error:
        if error.file is None:  # it is no fault of the copy, but of what it is read as
            raise
        return found._replace(not_compared=str(error))
    cited = _limits_citing(vendor, key, folders)
    shared = {name: limits for name, limits in cited.items() if name in imported}
    if not shared:
        reason = "no contract in it has the name of one whose limits cite the document"
        return found._replace(not_compared=reason)
    changed = [each for name in shared for each in _changed(shared[name], imported[name], key)]
    count = sum(any(each.key == key for each in one.sources) for one in _all(shared))
    return found._replace(compared=count, changed=tuple(changed))


def _imported(copy: SourceDocument, **reading: Any) -> dict[str, tuple[Limit, ...]]:
    """Return the limits of the contracts that a copy makes, by name without the vendor."""
    draft = read(copy, vendor=_COPY, **reading)
    with TemporaryDirectory() as above:
        draft.write(Path(above, _COPY))
        return _by_name(_COPY, above)


def _by_name(vendor: str, folders: Folders | None) -> dict[str, tuple[Limit, ...]]:
    names = operations(vendor, folders).names
    return {each.partition("/")[2]: contract(each, folders).limits for each in names}


def _limits_citing(vendor: str, key: str, folders: Folders | None) -> dict[str, tuple[Limit, ...]]:
    """Return the limits of the contracts in which some limit cites a document."""
    return {
        name: limits
        for name, limits in _by_name(vendor, folders).items()
        if any(source.key == key for each in limits for source in each.sources)
    }


def _all(limits: Mapping[str, Iterable[Limit]]) -> Iterable[Limit]:
    return (each for one in limits.values() for each in one)


def _changed(before: Iterable[Limit], after: Iterable[Limit], key: str) -> Iterable[ChangedLimit]:
    """Yield the limits that cite the document and differ, and those that are new in the copy."""
    old, new = _values(before), _values(after)
    cited = {
        _id(each): each.id for each in before if any(source.key == key for source in each.sources)
    }
    for short, limit_id in cited.items():
        if new.get(short) != old[short]:
            yield ChangedLimit(limit_id, old[short], new.get(short, ()))
    for short in new:
        if short not in old:
            yield ChangedLimit(f"{_contract(before)}#{short}", (), new[short])


def _contract(limits: Iterable[Limit]) -> str:
    return next(iter(limits)).contract


def _id(limit: Limit) -> str:
    """Return the id of a limit without the contract."""
    return f"{limit.pointer}:{limit.keyword}"


def _values(limits: Iterable[Limit]) -> dict[str, tuple[Any, ...]]:
    """Return the values of limits by their ids, without the contract."""
    found: dict[str, list[Any]] = {}
    for each in limits:
        found.setdefault(_id(each), []).append(each.value)
    return {name: tuple(sorted(values, key=repr)) for name, values in found.items()}
