"""The lines below the message of a violation: hint, source, note, and the other limits broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import escaped, evidence_rank

if TYPE_CHECKING:
    from fieldbound.model import Limit, Report, Violation

#: How many characters of a limit's value are shown.
_MAX_VALUE: Final = 60


def report_name(report: Report) -> str:
    """Return the name of the file, or of the contract for a value without a file, escaped."""
    return escaped(report.contract if report.name is None else report.name)


def limit_text(limit: Limit) -> str:
    """Return a limit in short, such as `maxLength 150` or `required`."""
    import json

    if limit.value is True:
        return escaped(limit.keyword)

    value = json.dumps(value_of(limit), ensure_ascii=False, default=str)
    shown = value if len(value) <= _MAX_VALUE else value[: _MAX_VALUE - 1] + "…"
    return escaped(f"{limit.keyword} {shown}")


def value_of(limit: Limit) -> Any:
    """Return the value of a limit; of schemas, without the evidence of what is in them."""
    from fieldbound.model import uncited  # slow to import

    return limit.value if limit.keyword in ("enum", "const") else uncited(limit.value)


def pointer_text(pointer: str) -> str:
    """Return a JSON Pointer, escaped; the empty one, of the whole document, as `(root)`."""
    return escaped(pointer) or "(root)"


def source_text(limit: Limit, shown: set[Any] | None = None, *, address: bool = True) -> str | None:
    """Return where a limit is documented, such as `stated in "Title", https://…`, if anywhere.

    The address is omitted without *address*, and where *shown*, which is updated, has the source.
    """
    from fieldbound.model import citation

    source = limit.source
    if source is not None and source.address:
        address = address and _is_new((source.title, source.address), shown)
    text = citation(limit, address=address)
    return None if text is None else escaped(text)


def details(violation: Violation, shown: set[Any] | None = None) -> Iterator[tuple[str, str]]:
    """Yield the lines below the message of a violation, in order, each with its role.

    Addresses and notes in *shown*, which is updated, are not repeated.
    """
    limit = violation.limit
    if violation.hint is not None:
        yield "hint", escaped(f"hint: {violation.hint}")
    if limit is None:
        return
    if source := source_text(limit, shown):
        yield "source", source
    if limit.note and _is_new(limit.location, shown):
        yield "note", escaped(f"note: {limit.note}")
    if other := _stronger(violation.also, limit):
        source = source_text(other, shown)
        yield "also", f"also breaks {limit_text(other)}" + (f", {source}" if source else "")


def message_text(report: Report, violation: Violation) -> str:
    """Return the message of a violation, with the HTTP message that it is in."""
    about = f" (in {report.about})" if report.about else ""
    return escaped(violation.message + about)


def _is_new(fact: Any, shown: set[Any] | None) -> bool:
    if shown is None:
        return True
    is_new = fact not in shown
    shown.add(fact)
    return is_new


def _stronger(also: tuple[Limit, ...], limit: Limit) -> Limit | None:
    """Return the limit of *also* with the strongest evidence, if it is stronger than *limit*'s."""
    stronger = [each for each in also if evidence_rank(each.says) < evidence_rank(limit.says)]
    return min(stronger, key=lambda each: evidence_rank(each.says), default=None)
