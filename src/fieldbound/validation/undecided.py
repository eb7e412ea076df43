"""Strings of which it takes too long to decide whether they match a pattern: they are not checked.

Such a pattern counts neither as met nor as broken: the instance is checked under both assumptions,
which share the steps of one check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from fieldbound.algebra import Undecided, Work, assuming, is_assumed
from fieldbound.model import Report, Violation, members

_LONGEST: Final = 60
#: Characters of names, times patterns, for which the engine goes back and forth in one check.
_MAX_NAMES: Final = 50_000
_VALUE: Final = "it takes too long to decide whether it matches {}"
_NAME: Final = "it takes too long to decide whether a property name matches {}"


class UndecidedError(ValueError):
    """The verdict depends on what is undecided, with the *work* of the check so far."""

    def __init__(self, work: Work | None = None) -> None:
        super().__init__()
        self.work = work


def deciding(accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return a verdict that raises UndecidedError where a pattern is undecided."""

    def accepts_or_raises(instance: Any) -> bool:
        work = Work()
        with assuming(True, work) as undecided:
            valid = accepts(instance)
        if undecided:
            raise UndecidedError(work)
        return valid

    return accepts_or_raises


def without_long_names(
    accepts: Callable[[Any], bool], patterns: frozenset[str]
) -> Callable[[Any], bool]:
    """Return a verdict that leaves names undecided where they are too many for some patterns.

    The engine looks for those in names by itself, and takes longer for them than for others.
    """

    def accepts_or_leaves(instance: Any) -> bool:
        if _names_are_long(instance, patterns):
            return True
        return accepts(instance)

    return accepts_or_leaves


def _names_are_long(instance: Any, patterns: frozenset[str]) -> bool:
    """Return whether the names of objects are too many, and note the patterns if they are."""
    left = _MAX_NAMES // len(patterns)
    pending = [instance]
    for part in pending:  # which grows
        if isinstance(part, dict):
            left -= sum([len(name) + 1 for name in part if isinstance(name, str)])
        if left < 0:
            for each in patterns:
                is_assumed(each, of_name=True)
            return True
        pending += [child for _, child in members(part) if isinstance(child, (dict, list))]
    return False


def check_undecided(
    check: Callable[[Any], Report], instance: Any, work: Work | None = None
) -> Report:
    """Return the report of an instance by a check, with what is undecided as not checked.

    *work* is that of a check so far.
    """
    work = work or Work()
    with assuming(True, work) as undecided:
        report = check(instance)
    if not undecided:
        return report
    with assuming(False, work):
        other = check(instance)
    reasons = _reasons(report, other, undecided)
    return replace(
        report,
        violations=() if any(each.of_name for each in undecided) else _certain(report, other),
        not_checked={**report.not_checked, **reasons},
    )


def _certain(report: Report, other: Report) -> tuple[Violation, ...]:
    """Return the violations under both assumptions; there are none if one makes it valid."""
    if report.ok or other.ok:
        return ()
    keys = {_key(each) for each in other}
    return tuple([each for each in report if _key(each) in keys]) or report.violations


def _key(violation: Violation) -> tuple[str, str, str | None]:
    limit = violation.limit
    return violation.code, violation.pointer, None if limit is None else limit.location


def _reasons(report: Report, other: Report, undecided: Iterable[Undecided]) -> Mapping[str, str]:
    """Return by pointer why a value is not checked; the document's, if it is not known which.

    Such a value breaks the pattern under one assumption alone.
    """
    patterns = {each.pattern for each in undecided if not each.of_name}
    certain = set(_broken_patterns(report))
    found: dict[str, str] = {}
    for pointer, pattern in _broken_patterns(other):
        if pattern in patterns and (pointer, pattern) not in certain:
            found.setdefault(pointer, _VALUE.format(_shown(pattern)))
    for each in sorted(undecided):
        if each.of_name or not found:
            found.setdefault("", (_NAME if each.of_name else _VALUE).format(_shown(each.pattern)))
    return found


def _broken_patterns(report: Report) -> Iterator[tuple[str, str]]:
    """Yield the pointer and the pattern of each that is broken."""
    for violation in report:
        for limit in (violation.limit, *violation.also):
            if limit is not None and limit.keyword == "pattern":
                yield violation.pointer, limit.value


def _shown(pattern: str) -> str:
    return pattern if len(pattern) <= _LONGEST else f"{pattern[: _LONGEST - 1]}…"
