"""The severity of a violation: an error, which fails a check, a warning, or off."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from fieldbound.model import SAYS, Report, evidence_rank

from .patterns import first_match, identifier_of

if TYPE_CHECKING:
    from fieldbound.model import BulkReport, Limit, LimitTally, Violation

#: What a violation can be, the most severe first.
LEVELS: Final = ("error", "warning", "off")
_ERROR, _WARNING, OFF = LEVELS


class Severity:
    """Which violations fail: those with evidence at least as strong as *fail_on*, one of `SAYS`.

    *levels* pairs patterns of limits, or kinds of evidence, with one of `LEVELS`; the first pattern
    that matches a limit overrides *fail_on*. A value that breaks several limits has the most severe
    of their levels.
    """

    def __init__(self, fail_on: str = SAYS[-1], levels: tuple[tuple[str, str], ...] = ()) -> None:
        if fail_on not in SAYS:
            raise ValueError(f"fail_on must be one of {', '.join(SAYS)}, not {fail_on!r}")
        self.fail_on, self.levels = fail_on, levels

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Severity) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def __repr__(self) -> str:
        return f"Severity(fail_on={self.fail_on!r}, levels={self.levels!r})"

    @property
    def _key(self) -> tuple[object, ...]:
        return self.fail_on, self.levels

    def fails(self, found: Violation | LimitTally) -> bool:
        """Return whether a violation fails, or those of a limit that many records break."""
        from fieldbound.model import Violation  # slow to import

        if not isinstance(found, Violation):
            return not found.is_known and self._of(found.id, found.says) == _ERROR
        if not self.levels:
            return found.fails(self.fail_on)
        limits = (found.limit, *found.also)
        return any(self.level(each, found.code) == _ERROR for each in limits)

    def report_fails(self, report: Report | BulkReport) -> bool:
        """Return whether a report fails."""
        if isinstance(report, Report):
            return any(map(self.fails, report))
        return report.has_other_problems or any(map(self.fails, report.tallies))

    def level(self, limit: Limit | None, code: str) -> str:
        """Return the level of one limit, or of a code without a limit."""
        return self._of(identifier_of(limit, code), None if limit is None else limit.says)

    def off_pattern(self, limit: Limit | None, code: str) -> str | None:
        """Return the pattern that switches a limit off, or None."""
        if not self._has_off:
            return None
        says = None if limit is None else limit.says
        found = first_match(self._level_of, identifier_of(limit, code), says)
        return found if found is not None and self._level_of[found] == OFF else None

    def _of(self, identifier: str, says: str | None) -> str:
        found = first_match(self._level_of, identifier, says) if self.levels else None
        if found is not None:
            return self._level_of[found]
        return _ERROR if evidence_rank(says) <= evidence_rank(self.fail_on) else _WARNING

    @cached_property
    def _level_of(self) -> dict[str, str]:
        return dict(self.levels)

    @cached_property
    def _has_off(self) -> bool:
        return any(level == OFF for _, level in self.levels)
