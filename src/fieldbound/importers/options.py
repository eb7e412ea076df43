"""What a user says of an import: the vendor, the resources, how a table is to be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Options:
    """What a kind needs beyond its document.

    *vendor* names the folder. *resources* are the names of those to take from a document that
    has several, none for all; where a document has no name for its one resource, the first is it.
    *columns* maps what a column of a table means to its heading.
    """

    vendor: str
    resources: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
