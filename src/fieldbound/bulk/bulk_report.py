"""The report of all records that were counted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from fieldbound.model import BulkReport

if TYPE_CHECKING:
    from fieldbound.model import Duplicates

    from .check_settings import CheckSettings
    from .counts import Counts

_TRUNCATED: Final = "line {:,}, the last one, is incomplete"


def bulk_report(
    settings: CheckSettings,
    counts: Counts,
    name: str | None,
    duplicates: Duplicates | None = None,
    cut_off: str | None = None,
) -> BulkReport:
    """Return the report of all records of a *name*, which may be *cut_off*."""
    tallies = sorted(
        (each.tally() for each in counts.limits.values()),
        key=lambda each: (-each.records, -each.violations, each.id),
    )
    reasons = settings.contract.unspecified
    last_line = counts.truncated_at
    return BulkReport(
        settings.contract.name,
        name,
        counts.records,
        counts.invalid,
        tuple(tallies),
        tuple(sorted(counts.violation_counts.items())),
        settings.length_counter.lengths(counts.lengths),
        counts.lengths.records,
        {at: (number, reasons[at]) for at, number in sorted(counts.unspecified.items())},
        counts.blank,
        cut_off or (None if last_line is None else _TRUNCATED.format(last_line)),
        duplicates,
        tuple([(*json.loads(at), many) for at, many in sorted(counts.not_checked.items())]),
        dict(sorted(counts.ignored.items())),
    )
