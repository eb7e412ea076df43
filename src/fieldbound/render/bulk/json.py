"""Bulk reports as one JSON object, valid against `bulk-report.schema.json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fieldbound.render.escape import ascii_json
from fieldbound.render.json import limit_object, violation_object
from fieldbound.render.product import version

from .messages import length_ranges

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import BulkReport, Duplicates, Lengths, LimitTally
    from fieldbound.render.style import Style

#: The `$id` of bulk-report.schema.json.
SCHEMA: Final = "https://fieldbound.invalid/bulk-report.schema.json"


def render(
    reports: Iterable[BulkReport], style: Style, problems: Sequence[str] = ()
) -> Iterator[str]:
    """Yield one object with all reports, and the reasons for files that could not be checked."""
    read = list(reports)
    records = sum(report.records for report in read)
    yield ascii_json(
        {
            "$schema": SCHEMA,
            "fieldbound": version(),
            # without records, or with files that could not be checked, the result is not ok
            "ok": records > 0 and not problems and all(report.ok for report in read),
            "records": records,
            "invalid": sum(report.invalid for report in read),
            "violations": sum(report.violations for report in read),
            "errors": list(problems),
            "reports": [report_object(report, style) for report in read],
        }
    )


def report_object(report: BulkReport, style: Style) -> dict[str, Any]:
    """Return a report as an object of the schema."""
    return {
        "name": report.name,
        "contract": report.contract,
        "ok": report.ok,
        "fails": style.severity.report_fails(report),
        "failOn": report.fail_on,
        "records": report.records,
        "valid": report.valid,
        "invalid": report.invalid,
        "violations": report.violations,
        "limits": [_tally(tally, style) for tally in report.tallies],
        "wrong": [
            {"violations": many, "records": records} for many, records in report.violation_counts
        ],
        "measured": report.measured,
        "lengths": [_lengths(lengths) for lengths in report.lengths],
        "unspecified": [
            {"pointer": pointer, "records": records, "reason": reason}
            for pointer, (records, reason) in report.unspecified.items()
        ],
        "notChecked": [
            {"pointer": pointer, "records": records, "reason": reason}
            for pointer, reason, records in report.not_checked
        ],
        "blank": report.blank,
        "cutOff": report.cut_off,
        "ignored": dict(report.ignored),
        "duplicates": None if report.duplicates is None else _duplicates(report.duplicates),
    }


def _tally(tally: LimitTally, style: Style) -> dict[str, Any]:
    return {
        "id": tally.id,
        "code": tally.code,
        "limit": None if tally.limit is None else limit_object(tally.limit),
        "says": tally.says,
        "fails": style.severity.fails(tally),
        "violations": tally.violations,
        "records": tally.records,
        "alone": tally.alone,
        "known": tally.known,
        "fields": [{"pointer": at, "violations": number} for at, number in tally.fields],
        "samples": [
            {
                "number": sample.number,
                "offset": sample.offset,
                "line": sample.line,
                "key": sample.key,
                "violation": violation_object(sample.violation, style),
            }
            for sample in tally.samples
        ],
    }


def _lengths(lengths: Lengths) -> dict[str, Any]:
    limit = int(lengths.limit.value)
    return {
        "limit": limit_object(lengths.limit),
        "measured": lengths.measured,
        "over": lengths.over,
        "at": lengths.at,
        "heaped": lengths.possible_truncation,
        "shortest": lengths.shortest,
        "longest": lengths.longest,
        "spans": [
            {"first": first, "last": last, "texts": strings}
            for first, last, strings in length_ranges(lengths)
        ],
        "near": [
            {"length": limit - len(lengths.near) + number, "texts": strings}
            for number, strings in enumerate(lengths.near)
        ],
    }


def _duplicates(found: Duplicates) -> dict[str, Any]:
    return {
        "pointer": found.pointer,
        "keys": found.keys,
        "records": found.records,
        "missing": found.missing,
        "samples": [
            {"key": each.key, "records": each.records, "numbers": list(each.numbers)}
            for each in found.samples
        ],
    }
