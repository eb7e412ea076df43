"""A choice among limits: by evidence, by field, by keyword."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

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
