"""The documents that limits cite: a table of each vendor's, or one object for each document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from fieldbound.model import escaped

from .columns import columns

if TYPE_CHECKING:
    from datetime import date

    from fieldbound.model import CitedDocument

_HEAD = ("KEY", "READ", "AGE", "LIMITS", "DIGEST", "TITLE", "ADDRESS")
#: Characters of a digest that tell it from others.
_DIGEST = 16


def sources_table(
    documents: Sequence[CitedDocument], today: date, width: int | None
) -> Iterator[str]:
    """Yield a line for each document of one vendor, after the vendor's name."""
    if documents:
        yield f"{escaped(documents[0].vendor)}\n"
        rows = (
            (
                each.key,
                "no date" if each.read is None else each.read.isoformat(),
                "" if (age := each.age(today)) is None else f"{age}d",
                str(each.limits),
                (each.digest or "")[:_DIGEST],
                each.title,
                each.address or "no address",
            )
            for each in documents
        )
        yield from columns((_HEAD, *rows), width)


def source_object(document: CitedDocument, today: date) -> dict[str, Any]:
    """Return a document as an object; `age` is in days, null where no date is known."""
    return {
        "vendor": document.vendor,
        "key": document.key,
        "title": document.title,
        "address": document.address,
        "read": None if document.read is None else document.read.isoformat(),
        "age": document.age(today),
        "limits": document.limits,
        "digest": document.digest,
    }
