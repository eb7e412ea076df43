"""A draft: the files of a vendor's folder as an import makes them, before they are written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from .source import SourceDocument

if TYPE_CHECKING:
    from .writing import Imported, Written


class Omitted(NamedTuple):
    """What a source has that no limit was made of: where it is there, and the reason."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True)
class Draft:
    """The files of a vendor's folder, by name, each a JSON value.

    Limits cite the *document* by *key*, and *others* that it refers to by theirs. *omitted* is what
    could not be said as a limit.
    """

    vendor: str
    key: str
    files: Mapping[str, Any] = field(repr=False)
    omitted: tuple[Omitted, ...]
    document: SourceDocument
    others: Mapping[str, SourceDocument] = field(default_factory=dict, repr=False)

    @cached_property
    def imported(self) -> Imported:
        """The contracts, as they are without a folder. Raises BrokenSource if one is broken."""
        from .writing import opened

        return opened(self.vendor, self.files, self.document.name)

    def write(self, folder: str | os.PathLike[str]) -> Written:
        """Write the files to a vendor's folder, or merge them with those that are there.

        All files are written, or none. What people changed since the last import stays as they
        have it. Raises BrokenSource if the contracts would be broken, OSError if a file cannot be
        read or written.
        """
        from .writing import write

        documents = {self.key: self.document, **self.others}
        return write(self.files, self.key, documents, folder, self._opened)

    def _opened(self, vendor: str, files: Mapping[str, Any]) -> Imported:
        """Return the contracts of a folder: those of the draft, unless more is in the folder."""
        from .writing import opened, undated

        if vendor == self.vendor and undated(files) == undated(self.files):
            return self.imported
        return opened(vendor, files, self.document.name)
