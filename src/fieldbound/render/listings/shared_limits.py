"""Limits that no document states and several places share: a line, or an object, for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from fieldbound.model import pluralize
from fieldbound.render.details import limit_text, source_text

from .columns import columns

if TYPE_CHECKING:
    from fieldbound.model import SharedLimit

_HEAD = ("WRITTEN AT", "LIMIT", "PLACES", "SOURCE")


def shared_limits_table(shared: Sequence[SharedLimit], width: int | None) -> Iterator[str]:
    """Yield a line for each limit, with where it is written and how many places share it."""
    yield f"{pluralize(len(shared), 'limit')} that no document states, at several places each\n"
    rows = [
        (
            _written_at(each.limit.location),
            limit_text(each.limit),
            str(len(each.ids)),
            source_text(each.limit) or "",
        )
        for each in shared
    ]
    yield from columns((_HEAD, *rows), width)


def shared_limit_object(shared: SharedLimit) -> dict[str, Any]:
    """Return the limit of the first place as an object, with the ids of all `places`."""
    from fieldbound.render.json import limit_object  # slow to import

    return {**limit_object(shared.limit), "places": list(shared.ids)}


def _written_at(location: str) -> str:
    """Return the vendor's file, and the pointer in it, without the keyword that LIMIT names."""
    uri, _, pointer = location.partition("#")
    return f"{'/'.join(uri.split('/')[-2:])}#{pointer.rpartition('/')[0]}"
