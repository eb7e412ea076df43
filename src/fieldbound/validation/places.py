"""Where mistakes stand in the text of a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldbound.documents import Document
    from fieldbound.model import Place

    from .explain import Mistake
    from .header_case import HeaderCase


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
