"""Ignoring violations: reports without them, and with their number."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from fieldbound.model import SAYS, SYNTAX_CODES

from .patterns import first_match, identifier_of, pattern_error
from .severity import OFF, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fieldbound.model import Limit, Report, Violation

#: Syntax errors after which there still is a value to check. No other can be ignored, because
#: nothing would be checked.
_IGNORABLE: Final = frozenset(("byteOrderMark", "duplicateKey"))
NEVER_IGNORED: Final = frozenset(SYNTAX_CODES) - _IGNORABLE


class Ignore:
    """The limits that are not enforced: those of *patterns*, and those off by *severity*."""

    def __init__(self, patterns: tuple[str, ...] = (), severity: Severity | None = None) -> None:
        self.patterns = patterns
        self.severity = Severity() if severity is None else severity

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ignore) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"Ignore(patterns={self.patterns!r}, severity={self.severity!r})"

    @property
    def _key(self) -> tuple[object, ...]:
        return self.patterns, self.severity

    @classmethod
    def of(cls, patterns: str | Iterable[str]) -> Ignore:
        """Return what ignores the limits of one pattern, or several.

        Raises ValueError for a pattern that no limit can match.
        """
        given = (patterns,) if isinstance(patterns, str) else tuple(patterns)
        if error := next(filter(None, map(pattern_error, given)), None):
            raise ValueError(f"ignore: {error}")
        return cls(given)

    def __bool__(self) -> bool:
        return bool(self.patterns) or bool(self.severity.levels)

    def matches_any(self, limits: Iterable[Limit]) -> bool:
        """Return whether any of the limits is ignored."""
        return any(self.pattern_of(limit, limit.keyword) is not None for limit in limits)

    def may_match(self, identifier: str) -> bool:
        """Return whether the limit of an id may be ignored, whatever its evidence is."""
        off = (pattern for pattern, level in self.severity.levels if level == OFF)
        patterns = (*self.patterns, *off)
        is_known = first_match(patterns, identifier, None) is not None
        return is_known or not set(patterns).isdisjoint(SAYS)

    def pattern_of(self, limit: Limit | None, code: str) -> str | None:
        """Return the pattern for which a limit is ignored, or a code without one; or None."""
        if limit is None and code in NEVER_IGNORED:
            return None
        key = identifier_of(limit, code), None if limit is None else limit.says
        if key not in self._known:
            self._known[key] = first_match(self.patterns, *key) or self.severity.off_pattern(
                limit, code
            )
        return self._known[key]

    def applied(self, report: Report) -> Report:
        """Return a report without the violations of limits that are ignored.

        Its *ignored* counts them by pattern. A value that breaks another limit, too, stays a
        violation, of that limit.
        """
        if not self or report.ok:
            return report
        ignored: Counter[str] = Counter()
        kept = [each for found in report if (each := self._kept(found, ignored)) is not None]
        return replace(report, violations=tuple(kept), ignored=dict(ignored)) if ignored else report

    def _kept(self, violation: Violation, ignored: Counter[str]) -> Violation | None:
        """Return what is left of a violation, and count what is ignored of it."""
        from fieldbound.model import ALTERNATIVES  # slow to import

        limits = (violation.limit, *violation.also)
        patterns = [self._pattern(each, violation.code) for each in limits]
        used = [each for each in patterns if each is not None]
        for pattern in used:
            ignored[pattern] += 0  # it is used, even if the value breaks another limit, too
        kept = [each for each, pattern in zip(limits, patterns, strict=True) if pattern is None]
        if not used:
            return violation
        if not kept or violation.detail == ALTERNATIVES:
            ignored[used[0]] += 1
            return None
        if kept[0] is violation.limit:
            return replace(violation, also=tuple(filter(None, kept[1:])))
        return _of_limits(violation, [each for each in kept if each is not None])

    def _pattern(self, limit: Limit | None, code: str) -> str | None:
        return self.pattern_of(limit, code if limit is None else limit.keyword)

    @cached_property
    def _known(self) -> dict[tuple[str, str | None], str | None]:
        return {}


#: What ignores nothing.
NOTHING_IGNORED: Final = Ignore()


def _of_limits(violation: Violation, limits: Sequence[Limit]) -> Violation:
    """Return the violation of the other limits that a value breaks.

    What was found there depends on the keyword, and is not known of another one.
    """
    from fieldbound.model import Violation  # slow to import

    limit, *also = limits
    pointer = violation.pointer
    if limit.keyword == "required":  # of the name that was misspelt
        pointer = f"{pointer.rpartition('/')[0]}/{limit.pointer.rpartition('/')[2]}"
    actual = violation.actual if limit.keyword == violation.code else None
    kind, place = violation.kind, violation.place
    return Violation(limit.keyword, pointer, limit, actual, kind, place, tuple(also))
