"""Names, locations and notes of bulk reports, escaped, for all output formats."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.model import (
    MAX_FIELDS,
    OVER_LIMIT_RATIOS,
    escaped,
    impact as general_impact,
    other_problems,
    percentage,
    pluralize_large,
    truncation_warning,
)
from fieldbound.render.details import limit_text, pointer_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.model import BulkReport, Duplicate, Lengths, LimitTally, Sample
    from fieldbound.policy import Severity

#: The first limits are counted that make this share of the invalid records valid.
_FIXED_SHARE: Final = 0.8


def report_name(report: BulkReport) -> str:
    """Return the name of the file, or of the contract for records without a file, escaped."""
    return escaped(report.contract if report.name is None else report.name)


def label(tally: LimitTally) -> str:
    """Return a limit in short, such as `maxLength 150 at /InternalName`."""
    if tally.limit is None:
        return escaped(f"invalid JSON: {tally.code}")
    return f"{limit_text(tally.limit)} at {pointer_text(tally.limit.pointer)}"


def status(tally: LimitTally, severity: Severity) -> str:
    """Return what the violations of a limit are, if they do not fail."""
    return "" if severity.fails(tally) else "known" if tally.is_known else "warning"


def impact(tally: LimitTally, total: int) -> str:
    """Return how many of *total* records break a limit, and how often that is known."""
    known = f"; {tally.known:,} known" if 0 < tally.known < tally.violations else ""
    return general_impact(tally, total) + known


def fields(tally: LimitTally) -> list[str]:
    """Return each field of a limit with its violations, and the number at other fields."""
    more = tally.violations - sum(number for _, number in tally.fields)
    rest = [f"other fields ({more:,})"] if more > 0 and len(tally.fields) == MAX_FIELDS else []
    return [f"{pointer_text(pointer)} ({number:,})" for pointer, number in tally.fields] + rest


def location(sample: Sample) -> str:
    """Return where a record is, such as `12 (line 12, byte 3301, key "A")`.

    Its numbers have no commas, so that they can be searched for.
    """
    facts = {"line": sample.line, "byte": sample.offset, "key": sample.key}
    listed = ", ".join(f"{name} {fact}" for name, fact in facts.items() if fact is not None)
    return escaped(f"{sample.number} ({listed})" if listed else f"{sample.number}")


def fix_summary(report: BulkReport) -> str | None:
    """Return how many records become valid if the first errors are fixed, if these are most.

    A record with one error is valid once that is fixed; those with several are not counted, nor
    those of invalid JSON, which are not checked by the contract yet.
    """
    fixed = 0
    for number, tally in enumerate(report.tallies[:-1], 1):
        fixed += 0 if tally.limit is None else tally.alone
        if fixed >= _FIXED_SHARE * report.invalid:
            first = "first" if number == 1 else f"first {number}"
            records = f"{fixed:,} of {report.invalid:,} invalid records valid"
            share = percentage(fixed, report.invalid)
            return f"Fixing the {first} makes at least {records} ({share})"
    return None


def violation_counts(report: BulkReport) -> list[tuple[str, int]]:
    """Return how many records have one violation, two, and so on, with the number as text."""
    counted = sum(number * records for number, records in report.violation_counts)
    rows = []
    for number, records in report.violation_counts:
        last = number == report.violation_counts[-1][0] and counted < report.violations
        rows.append((f"{number:,} or more" if last else f"{number:,}", records))
    return rows


def problems(report: BulkReport) -> list[str]:
    """Return what is wrong besides broken limits, escaped."""
    duplicates = report.duplicates
    samples = () if duplicates is None else duplicates.samples
    more = 0 if duplicates is None else duplicates.keys - len(samples)
    rest = [f"and {pluralize_large(more, 'more value')}"] if samples and more > 0 else []
    found = [escaped(each) for each in other_problems(report)]
    if samples:
        found[-1] += ": " + "; ".join([*map(duplicate, samples), *rest])
    return found


def duplicate(key: Duplicate) -> str:
    """Return which records have a key, such as `"A" in 3, 7 and 2 more`."""
    numbers = ", ".join(map(str, key.numbers))
    more = key.records - len(key.numbers)
    value = "a redacted value" if key.key is None else key.key
    return escaped(f"{value} in {numbers}{f' and {more:,} more' if more > 0 else ''}")


def notes(report: BulkReport) -> Iterator[str]:
    """Yield further notes, escaped."""
    yield from (escaped(truncation_warning(lengths)) for lengths in report.possible_truncations)
    if report.lengths and report.measured < report.records:
        yield f"string lengths are measured in {report.measured:,} of {report.records:,} records"
    if report.blank:
        yield f"{pluralize_large(report.blank, 'blank line')} skipped"
    if ignored := sum(report.ignored.values()):
        yield f"{pluralize_large(ignored, 'violation')} ignored"
    keys = report.duplicates
    if keys is not None and keys.missing:
        missing = pluralize_large(keys.missing, "record")
        yield f"{missing} without a value of {pointer_text(keys.pointer)}"
    if keys is not None and not keys.keys and report.records > keys.missing:
        yield f"no duplicate values of {pointer_text(keys.pointer)}"
    for pointer, (records, reason) in report.unspecified.items():
        yield escaped(
            "not checked, the vendor does not document it: "
            f"{pointer or '(root)'} in {pluralize_large(records, 'record')} ({reason})"
        )
    for pointer, reason, records in report.not_checked:
        where = f"{pointer or '(root)'} in {pluralize_large(records, 'record')}"
        yield escaped(f"not checked: {where} ({reason})")


def length_ranges(lengths: Lengths) -> Iterator[tuple[int, int | None, int]]:
    """Yield the first and the last length of each part, up to the limit and over it, and its count.

    The last length of the last part is None.
    """
    limit, number = int(lengths.limit.value), len(lengths.parts)
    first = 0
    for part, count in enumerate(lengths.parts, 1):
        last = limit * part // number
        yield first, last, count
        first = last + 1
    ends = [int(limit * (1 + each)) for each in OVER_LIMIT_RATIOS]
    first = limit + 1
    for end, count in zip([*ends, None], lengths.beyond, strict=True):
        if end is None or end >= first or count:  # a part of a short limit may have no length
            yield first, end, count
            first = first if end is None else end + 1


def totals(reports: Sequence[BulkReport], problems: Sequence[str]) -> str:
    """Return the records of all files in one line, and the files that could not be checked."""
    records = sum(each.records for each in reports)
    invalid = sum(each.invalid for each in reports)
    found = f"{invalid:,} invalid" if invalid else f"{'all ' * (records > 1)}valid"
    line = f"{pluralize_large(len(reports), 'file')}: {pluralize_large(records, 'record')}, {found}"
    if not records:
        line = "no records checked"
    return line + (
        f"; {pluralize_large(len(problems), 'file')} could not be checked" if problems else ""
    )
