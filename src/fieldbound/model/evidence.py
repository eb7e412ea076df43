"""The kinds of evidence for a limit."""

from __future__ import annotations

from typing import Final

#: The evidence for a limit, the strongest first: the choices of `--fail-on`.
SAYS: Final = ("stated", "observed", "example", "inferred")


def evidence_rank(says: str | None) -> int:
    """Return the rank of evidence, 0 for the strongest; -1 without any.

    The limits of a schema without sources outrank those that are `stated`.
    """
    return SAYS.index(says) if says in SAYS else -1
