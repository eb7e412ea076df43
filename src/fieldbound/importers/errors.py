"""The errors of an import: each says in which file, and where in it."""

from __future__ import annotations

from dataclasses import dataclass

from fieldbound.model import FieldboundError, Place


@dataclass(eq=False)
class BrokenSource(FieldboundError, ValueError):
    """A source document cannot be imported: the *reason*, the *file*, and the *place* in it.

    *place* is a line and column, or a text such as "sheet Limits, row 7".
    """

    reason: str
    file: str | None = None
    place: Place | str | None = None

    def __str__(self) -> str:
        separator = ": " if isinstance(self.place, str) else ":"
        where = separator.join(str(each) for each in (self.file, self.place) if each is not None)
        return f"{where}: {self.reason}" if where else self.reason
