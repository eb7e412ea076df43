"""A report goes in, its first violations come out: as much of it as a failed test should show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .details import details, name
from .escape import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldbound.model import Report

#: How many violations are told one by one.
MOST: Final = 10
_TOLD: Final = ("hint", "source")


def first_violations(report: Report, most: int = MOST) -> str:
    """Say the first violations of a report with hint and source, and how many more there are."""
    return "\n".join(_lines(report, most))


def _lines(report: Report, most: int) -> Iterator[str]:
    from fieldbound.model import pluralize

    about = f" in {escaped(report.about)}" if report.about else ""
    yield f"{name(report)}: {pluralize(len(report), 'violation')}{about}"
    told: set[Any] = set()
    for violation in report.violations[:most]:
        place = f"{violation.place}: " if violation.place else ""
        yield f"  {place}{violation.code}: {escaped(violation.message)}"
        for role, line in details(violation, told):
            if role in _TOLD:
                yield f"      {line}"
    if len(report) > most:
        yield f"  and {len(report) - most} more"
