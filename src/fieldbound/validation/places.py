"""Where mistakes stand in the text of a document, and how it writes their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fieldbound.documents import Document
    from fieldbound.model import Place

    from .header_case import HeaderCase
    from .mistakes import Mistake


#: The codes of mistakes for which a number as it is written may be suggested as a string.
_CHOICES: Final = frozenset(("type", "enum", "const"))


def with_texts(
    mistakes: list[Mistake], document: Document | None, header_case: HeaderCase | None
) -> list[Mistake]:
    """Return mistakes with each number as the text of the document writes it."""
    numbers = [
        each.path
        for each in mistakes
        if each.code in _CHOICES and each.kind in ("integer", "number")
    ]
    if document is None or header_case is not None or not numbers:
        return mistakes
    texts = document.written(numbers)
    return [
        each._replace(text=texts.get(each.path)) if each.code in _CHOICES else each
        for each in mistakes
    ]


def places_of(
    mistakes: Sequence[Mistake], document: Document | None, header_case: HeaderCase | None
) -> list[Place | None]:
    """Return the place of each mistake in the document's text, None where there is no document."""
    if document is None:
        return [None] * len(mistakes)
    originals = {} if header_case is None else header_case.originals(document.value)
    wanted = [
        ((*(originals.get(name, name) for name in each.place[:1]), *each.place[1:]), each.of_name)
        for each in mistakes
    ]
    found = document.places(wanted)
    return [found[each] for each in wanted]
