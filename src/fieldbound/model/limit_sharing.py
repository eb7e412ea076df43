"""Limits that no document states and several places share: written once, and listed once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from .limits import Limit


class SharedLimit(NamedTuple):
    """A limit that no document states, written once, which applies at several places.

    *limit* is that of the first place, *ids* are those of all places, in order.
    """

    limit: Limit
    ids: tuple[str, ...]


def shared_limits(limits: Iterable[Limit]) -> tuple[SharedLimit, ...]:
    """Return the limits that apply at several places for one reason, in order.

    What is stated, or has no evidence, is never among them: it is said of each attribute.
    """
    found: dict[tuple[object, ...], list[Limit]] = {}
    for each in limits:
        if each.says not in (None, "stated"):
            reason = (
                each.says,
                each.location,
                repr(each.value),
                each.note,
                each.sources,
                each.condition,
            )
            found.setdefault(reason, []).append(each)
    return tuple(
        SharedLimit(same[0], ids)
        for same in found.values()
        if len(ids := tuple(dict.fromkeys(each.id for each in same))) > 1
    )
