"""The kinds of evidence for a limit, and where it is documented, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .limits import Limit

#: The evidence for a limit, the strongest first: the choices of `--fail-on`.
SAYS: Final = ("stated", "observed", "example", "inferred")
#: The phrase before the title of a source, by evidence.
_EVIDENCE_PHRASES: Final = {
    "stated": "stated in",
    "observed": "observed in",
    "example": "example in",
    "inferred": "inferred from",
}


def evidence_rank(says: str | None) -> int:
    """Return the rank of evidence, 0 for the strongest; -1 without any.

    The limits of a schema without sources outrank those that are `stated`.
    """
    return SAYS.index(says) if says in SAYS else -1


def uncited(value: Any) -> Any:
    """Return a value without the evidence in it."""
    if isinstance(value, list):
        return [uncited(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: uncited(each) for name, each in value.items() if name != "x-source"}


def citation(limit: Limit, *, address: bool = True) -> str | None:
    """Return the source of a limit, such as `stated in "Create a product group", https://…`."""
    source = limit.source
    if source is None:
        return limit.says
    phrase = _EVIDENCE_PHRASES.get(limit.says or "", "see")
    if source.title == source.address:
        return f"{phrase} {source.address}"
    title = f'{phrase} "{source.title}"'
    return f"{title}, {source.address}" if address and source.address else title
