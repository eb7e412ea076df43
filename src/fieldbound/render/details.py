"""What is shown of a limit and a violation besides the message: hint, source and note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import evidence_rank

from .escape import escaped

if TYPE_CHECKING:
    from fieldbound.model import Limit, Report, Violation

#: How much of a limit's value a sentence shows, in characters.
_VALUE_SHOWN: Final = 60


def name(report: Report) -> str:
    """Name what was judged, harmlessly: the file, or the contract for a value without one."""
    return escaped(report.contract if report.name is None else report.name)


def rule(limit: Limit) -> str:
    """Say a limit in short, such as `maxLength 150` or `required`."""
    import json

    if limit.value is True:
        return escaped(limit.keyword)

    value = json.dumps(limit.value, ensure_ascii=False, default=str)
    shown = value if len(value) <= _VALUE_SHOWN else value[: _VALUE_SHOWN - 1] + "…"
    return escaped(f"{limit.keyword} {shown}")


def cited(limit: Limit, told: set[Any] | None = None, *, address: bool = True) -> str | None:
    """Say where a limit is documented, such as `stated in "Title", https://…`, if anywhere.

    Without *address* by the title alone; so too where *told*, which grows, has the source already.
    """
    from fieldbound.model import citation

    source = limit.source
    if source is not None and source.address:
        address = address and _news((source.title, source.address), told)
    said = citation(limit, address=address)
    return None if said is None else escaped(said)


def details(violation: Violation, told: set[Any] | None = None) -> Iterator[tuple[str, str]]:
    """Say what stands below a violation's message, in order: what a line is about, the line.

    What *told* has, the addresses and notes said before, is not said again; it grows.
    """
    limit = violation.limit
    if violation.hint is not None:
        yield "hint", escaped(f"hint: {violation.hint}")
    if limit is None:
        return
    if said := cited(limit, told):
        yield "source", said
    if limit.note and _news(limit.location, told):
        yield "note", escaped(f"note: {limit.note}")
    if firmer := _firmest(violation.also, limit):
        said = cited(firmer, told)
        yield "also", f"also breaks {rule(firmer)}" + (f", {said}" if said else "")


def said(report: Report, violation: Violation) -> str:
    """Give a violation's message, with the HTTP message that it is in."""
    about = f" (in {report.about})" if report.about else ""
    return escaped(violation.message + about)


def _news(fact: Any, told: set[Any] | None) -> bool:
    if told is None:
        return True
    known = fact in told
    told.add(fact)
    return not known


def _firmest(also: tuple[Limit, ...], limit: Limit) -> Limit | None:
    firmer = [each for each in also if evidence_rank(each.says) < evidence_rank(limit.says)]
    return min(firmer, key=lambda each: evidence_rank(each.says), default=None)
