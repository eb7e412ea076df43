"""The documents that a vendor's limits cite: when each was read, and how many limits rest on it."""

from __future__ import annotations

from collections import Counter
from datetime import date

from fieldbound.model import CitedDocument, UnknownName

from .builder import close_matches
from .lookup import Folders, entries, operations, reader


def vendor_names(folders: Folders | None = None) -> list[str]:
    """Return the names of all vendors; *folders* as for `contracts`."""
    return sorted({each.name.partition("/")[0] for each in entries(folders)})


def cited_documents(vendor: str, folders: Folders | None = None) -> tuple[CitedDocument, ...]:
    """Return the documents in the sources.json of a vendor, in the order of the file.

    *folders* as for `contract`. Raises UnknownName, or BrokenContract for a broken folder.
    """
    known = vendor_names(folders)
    if vendor not in known:
        reason = f"there is no vendor named {vendor!r}: must be one of {', '.join(known)}"
        raise UnknownName(vendor, close_matches(vendor, known), reason)
    found, contract = operations(vendor, folders), reader(folders)
    counts = Counter(
        key
        for _, keys in {
            (limit.id, frozenset(each.key for each in limit.sources))
            for name in found.names
            for limit in contract(name).limits
        }
        for key in keys
    )
    return tuple(
        CitedDocument(
            vendor,
            key,
            source["title"],
            source.get("address"),
            date.fromisoformat(source["read"]) if source.get("read") else None,
            source.get("digest"),
            counts[key],
        )
        for key, source in found.sources.items()
    )
