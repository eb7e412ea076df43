"""The first violations of a report, for exceptions and the output of failed tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import escaped

from .details import details, report_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldbound.model import Report

#: How many violations are listed.
MAX_VIOLATIONS: Final = 10
_DETAILS: Final = ("hint", "source")


def first_violations(report: Report, limit: int = MAX_VIOLATIONS) -> str:
    """Return the first violations of a report with hint and source, and how many more there are."""
    return "\n".join(_lines(report, limit))


def _lines(report: Report, limit: int) -> Iterator[str]:
    from fieldbound.model import pluralize

    about = f" in {escaped(report.about)}" if report.about else ""
    yield f"{report_name(report)}: {pluralize(len(report), 'violation')}{about}"
    shown: set[Any] = set()
    for violation in report.violations[:limit]:
        place = f"{violation.place}: " if violation.place else ""
        yield f"  {place}{violation.code}: {escaped(violation.message)}"
        for role, line in details(violation, shown):
            if role in _DETAILS:
                yield f"      {line}"
    if len(report) > limit:
        yield f"  and {len(report) - limit} more"
