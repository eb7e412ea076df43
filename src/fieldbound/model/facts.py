"""The data of a violation: the code, the pointer, the limit and the value found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .limits import Limit


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A position in a text: *line* and *column*, from 1; columns are code points."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class ViolationFacts:
    """What a check found at a pointer: the limit that is broken there, and the value.

    *code* is the keyword, or one of `SYNTAX_CODES`; *limit* is None only for the latter. *actual*
    is the length or count for keywords that limit one, else the value or a short excerpt of it
    (None if the limit is sensitive); *kind* is its JSON type. *also* are other limits that the
    same value breaks, *known* the documented names where a name is not one of them, without those
    that are there already, which *taken* has. *detail* is additional information of the validator
    or the parser, such as what was expected there. *text* is a number as the document writes it,
    *example* a string that the limit takes.
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
    taken: tuple[str, ...] = ()
    text: str | None = None
    example: str | None = None
