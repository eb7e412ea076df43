"""What is left of the verdict on a record without the limits that are ignored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from fieldbound.model import tokens_of
from fieldbound.validation import priority

if TYPE_CHECKING:
    from fieldbound.model import Limit
    from fieldbound.policy import Ignore
    from fieldbound.validation import Mark, Verdict


class Remainder(NamedTuple):
    """What a record still breaks, and how many violations were *ignored*, by pattern."""

    broken: tuple[Mark, ...]
    ignored: Mapping[str, int]


class IgnoredLimits:
    """The limits of a contract that are ignored; works out what is left of a verdict once."""

    def __init__(self, ignore: Ignore, limits: Sequence[Limit]) -> None:
        self._ignore = ignore
        self._limits = limits if ignore.matches_any(limits) else ()
        self._known: dict[Verdict, Remainder | None] = {}

    def remainder(self, verdict: Verdict) -> Remainder | None:
        """Return what is left of a verdict, or None if only the violations can tell.

        A verdict names one limit of each value: the first of those that the value may break.
        """
        if not self._limits:
            return Remainder(verdict.broken, {})
        if verdict not in self._known:
            self._known[verdict] = self._remainder(verdict.broken)
        return self._known[verdict]

    def _remainder(self, broken: tuple[Mark, ...]) -> Remainder | None:
        left: list[Mark] = []
        ignored: dict[str, int] = {}
        for mark in broken:
            limit = mark[0]
            pattern = self._pattern(limit)
            if any(
                (self._pattern(each) is None) != (pattern is None) for each in self._after(limit)
            ):
                return None
            if pattern is None:
                left.append(mark)
            else:
                ignored[pattern] = ignored.get(pattern, 0) + 1
        return Remainder(tuple(left), ignored)

    def _pattern(self, limit: Limit) -> str | None:
        return self._ignore.pattern_of(limit, limit.keyword)

    def _after(self, limit: Limit) -> Iterator[Limit]:
        """Yield the other limits that a value may break that is reported to break this one."""
        rank, tokens = priority(limit), tokens_of(limit.pointer)
        for each in self._limits:
            if each is not limit and each.keyword != "required" and priority(each) >= rank:
                others = tokens_of(each.pointer)
                if len(others) == len(tokens) and all(map(_may_be_equal, tokens, others)):
                    yield each


def _may_be_equal(token: str, other: str) -> bool:
    return "*" in (token, other) or token == other
