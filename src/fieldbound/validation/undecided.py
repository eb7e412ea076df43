"""Strings of which it takes too long to decide whether they match a pattern: they are not checked.

Such a pattern counts neither as met nor as broken: the instance is checked under both assumptions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from fieldbound.algebra import Undecided, assuming
from fieldbound.model import Report, Violation

_LONGEST: Final = 60
_VALUE: Final = "it takes too long to decide whether it matches {}"
_NAME: Final = "it takes too long to decide whether a property name matches {}"


class UndecidedError(ValueError):
    """The verdict depends on what is undecided."""


def deciding(accepts: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return a verdict that raises UndecidedError where a pattern is undecided."""

    def accepts_or_raises(instance: Any) -> bool:
        with assuming(True) as undecided:
            valid = accepts(instance)
        if undecided:
            raise UndecidedError
        return valid

    return accepts_or_raises


def check_undecided(check: Callable[[Any], Report], instance: Any) -> Report:
    """Return the report of an instance by a check, with what is undecided as not checked."""
    with assuming(True) as undecided:
        report = check(instance)
    if not undecided:
        return report
    with assuming(False):
        other = check(instance)
    reasons = _reasons(other.violations, undecided)
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


def _reasons(violations: Iterable[Violation], undecided: Iterable[Undecided]) -> Mapping[str, str]:
    """Return by pointer why a value is not checked; the document's, if it is not known which."""
    patterns = {each.pattern for each in undecided if not each.of_name}
    found: dict[str, str] = {}
    for violation in violations:
        for limit in (violation.limit, *violation.also):
            if limit is not None and limit.keyword == "pattern" and limit.value in patterns:
                found.setdefault(violation.pointer, _VALUE.format(_shown(limit.value)))
    for each in sorted(undecided):
        if each.of_name or not found:
            found.setdefault("", (_NAME if each.of_name else _VALUE).format(_shown(each.pattern)))
    return found


def _shown(pattern: str) -> str:
    return pattern if len(pattern) <= _LONGEST else f"{pattern[: _LONGEST - 1]}…"
