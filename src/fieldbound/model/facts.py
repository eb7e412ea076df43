"""What is known of a violation before any sentence is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from .limits import Limit

#: Codes of JSON and YAML syntax errors. Every other code is the keyword that was broken.
TEXT_CODES: Final = (
    "syntax",
    "encoding",
    "byteOrderMark",
    "duplicateKey",
    "nonFinite",
    "loneSurrogate",
    "trailingData",
    "depth",
)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a text: *line* and *column* count from 1, columns in code points."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class ViolationFacts:
    """What a check found at a pointer: the limit broken there, and the value.

    *code* is the keyword broken, or one of `TEXT_CODES`; *limit* is None only for the latter.
    *actual* is what was measured: a length or a count for the keywords that bound one, else the
    value found, of which at most a short excerpt is kept (None if the limit is sensitive);
    *kind* is its JSON type. *also* holds the other limits that the same value breaks, and
    *known* the names the contract knows where an unknown one was found. *detail* is what only
    the judge could tell, such as what a text lacks at its place.
    """

    code: str
    pointer: str
    limit: Limit | None = None
    actual: Any = field(default=None, hash=False)
    kind: str | None = None
    place: Place | None = None
    also: tuple[Limit, ...] = ()
    known: tuple[str, ...] = ()
    detail: str | None = None
