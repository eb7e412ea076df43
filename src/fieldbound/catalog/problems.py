"""What is wrong in a schema, and what has to be taken out of it so that the rest can be used."""

from __future__ import annotations

from typing import Final, NamedTuple

from fieldbound.openapi import PointerTokens

INVALID_KEYWORD: Final = "invalid-keyword"


class Problem(NamedTuple):
    """A problem at a pointer in a file, and its *reason*.

    *remove* are the pointers to what cannot be used: the keyword itself where none are given. It
    *weakens* the schema where the rest accepts what the whole would not. What describes alone need
    not be *is_reported*: no limit is lost. *code* is that of the kind of problem.
    """

    tokens: PointerTokens
    reason: str
    weakens: bool = True
    remove: tuple[PointerTokens, ...] = ()
    is_reported: bool = True
    code: str = INVALID_KEYWORD

    @property
    def removed(self) -> tuple[PointerTokens, ...]:
        """The pointers to what cannot be used."""
        return self.remove or (self.tokens,)
