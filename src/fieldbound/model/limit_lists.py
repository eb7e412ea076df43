"""Lists of limits: a choice among them, and what several places share, which is listed once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase
from typing import NamedTuple

from .limits import Limit
from .pointers import tokens_of


def chosen_limits(
    limits: Iterable[Limit],
    says: Collection[str] = (),
    fields: Collection[str] = (),
    keywords: Collection[str] = (),
) -> list[Limit]:
    """Return the limits with one of these evidences, fields and keywords; none given is any.

    *fields* are globs of the name of a field, or of its pointer.
    """
    return [
        each
        for each in limits
        if (not says or each.says in says)
        and (not keywords or each.keyword in keywords)
        and (not fields or any(_is_of(each.pointer, glob) for glob in fields))
    ]


def _is_of(pointer: str, glob: str) -> bool:
    name = (tokens_of(pointer) or ("",))[-1]
    return any(fnmatchcase(text, glob) for text in (pointer, pointer[1:], name))


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
