"""Violations: each is a broken limit, or an error in the syntax of a document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from .drafts import draft_of
from .evidence import SAYS
from .facts import Place, ViolationFacts
from .limits import Limit


@dataclass(frozen=True, slots=True)
class Violation(ViolationFacts):
    """A broken limit at a pointer, with what was found there.

    Its fields are those of `ViolationFacts`: *code*, *pointer*, *limit*, *actual*, *kind*, *place*,
    *also*, *known*, *detail*, *taken* and *text*. The message and the hint are derived from these
    alone.
    """

    @property
    def says(self) -> str | None:
        """The strongest evidence among the limits broken here; None if one of them has none."""
        limits = () if self.limit is None else (self.limit, *self.also)
        ranks = [SAYS.index(limit.says) for limit in limits if limit.says in SAYS]
        return SAYS[min(ranks)] if len(ranks) == len(limits) and ranks else None

    @property
    def message(self) -> str:
        """The violation in one sentence."""
        from .messages import message

        return message(self)

    @property
    def hint(self) -> str | None:
        """What to write instead, as JSON or in words, or None if that is not certain."""
        from .suggestions import hint

        return hint(self)

    def fails(self, fail_on: str = SAYS[-1]) -> bool:
        """Whether this fails a check: its evidence is at least as strong as *fail_on*."""
        return self.says is None or SAYS.index(self.says) <= SAYS.index(fail_on)


_ViolationDraft: Final = draft_of(Violation)


def violation_of(  # noqa: PLR0913, PLR0917 - the fields
    code: str,
    pointer: str,
    limit: Limit | None,
    actual: Any,
    kind: str | None,
    place: Place | None,
    also: tuple[Limit, ...],
    known: tuple[str, ...],
    detail: str | None,
    taken: tuple[str, ...],
    text: str | None,
    example: str | None,
) -> Violation:
    """Return the Violation of these fields, sooner than it makes itself."""
    made = _ViolationDraft()
    made.code, made.pointer, made.limit, made.actual = code, pointer, limit, actual
    made.kind, made.place, made.also, made.known = kind, place, also, known
    made.detail, made.taken, made.text, made.example = detail, taken, text, example
    made.__class__ = Violation
    found: Violation = made
    return found
