"""What the formats of bulk reports share: names, places and notes, each harmless on any line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.model import (
    BEYOND,
    FIELDS,
    percentage,
    pluralize_large,
    problems,
    truncation_warning,
)
from fieldbound.render.details import rule
from fieldbound.render.escape import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.model import BulkReport, Duplicate, Lengths, LimitTally, Sample

#: The first limits are named that make so much of the refused records valid.
_MOST: Final = 0.8
_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def title(report: BulkReport) -> str:
    """Name what was judged, harmlessly: the file, or the contract for records without one."""
    return escaped(report.contract if report.name is None else report.name)


def label(tally: LimitTally) -> str:
    """Name what is broken in short, such as `maxLength 150 at /InternalName`."""
    if tally.limit is None:
        return escaped(f"{tally.code}, no proper JSON")
    return f"{rule(tally.limit)} at {field(tally.limit.pointer)}"


def fields(tally: LimitTally) -> list[str]:
    """Say of each field of a limit how many violations are there, and how many at others."""
    more = tally.violations - sum(number for _, number in tally.fields)
    rest = [f"elsewhere ({more:,})"] if more > 0 and len(tally.fields) == FIELDS else []
    return [f"{field(pointer)} ({number:,})" for pointer, number in tally.fields] + rest


def field(pointer: str) -> str:
    """Give a pointer to show."""
    return escaped(pointer) or "the whole record"


def where(sample: Sample) -> str:
    """Say where a record is, such as `12 (line 12, byte 3301, key "A")`.

    What a reader looks for by its number has no commas in it.
    """
    facts = {"line": sample.line, "byte": sample.offset, "key": sample.key}
    told = ", ".join(f"{name} {fact}" for name, fact in facts.items() if fact is not None)
    return escaped(f"{sample.number} ({told})" if told else f"{sample.number}")


def mended(report: BulkReport) -> str | None:
    """Say what mending the first limits does, if that is much and can be told.

    A record that breaks one limit alone is valid once that is mended; of a record that breaks
    several it takes all of them. What was no proper JSON has not been judged by the contract.
    """
    saved = 0
    for number, tally in enumerate(report.tallies[:-1], 1):
        saved += 0 if tally.limit is None else tally.alone
        if saved >= _MOST * report.invalid:
            first = "first" if number == 1 else f"first {number}"
            part = f"{percentage(saved, report.invalid)} of the refused records valid"
            return f"mending the {first} makes at least {part}, {saved:,} of {report.invalid:,}"
    return None


def wrongs(report: BulkReport) -> list[tuple[str, int]]:
    """Give how many records have one thing wrong, how many two and so on, the number in words."""
    told = sum(number * records for number, records in report.wrong)
    rows = []
    for number, records in report.wrong:
        last = number == report.wrong[-1][0] and told < report.violations
        word = _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"
        rows.append((f"{word} or more" if last else word, records))
    return rows


def warnings(report: BulkReport) -> list[str]:
    """Say what is wrong beside broken limits, harmlessly."""
    twice = report.duplicates
    samples = () if twice is None else twice.samples
    more = 0 if twice is None else twice.keys - len(samples)
    rest = [f"and {pluralize_large(more, 'more key')}"] if samples and more > 0 else []
    said = [escaped(each) for each in problems(report)]
    if samples:
        said[-1] += ": " + "; ".join([*map(repeated, samples), *rest])
    return said


def repeated(key: Duplicate) -> str:
    """Say which records have a key, such as `"A" in 3, 7 and 2 more`."""
    numbers = ", ".join(map(str, key.numbers))
    more = key.records - len(key.numbers)
    named = "one not shown" if key.key is None else key.key
    return escaped(f"{named} in {numbers}{f' and {more:,} more' if more > 0 else ''}")


def asides(report: BulkReport) -> Iterator[str]:
    """Say what else there is to know, harmlessly, a sentence each."""
    yield from (escaped(truncation_warning(lengths)) for lengths in report.possible_truncations)
    if report.lengths and report.measured < report.records:
        yield f"lengths are those of texts in {report.measured:,} of the records"
    if report.blank:
        are = "line is no record" if report.blank == 1 else "lines are no records"
        yield f"{report.blank:,} blank {are}"
    keys = report.duplicates
    if keys is not None and keys.missing:
        have = "has" if keys.missing == 1 else "have"
        yield f"{pluralize_large(keys.missing, 'record')} {have} no key at {field(keys.pointer)}"
    if keys is not None and not keys.keys and report.records > keys.missing:
        yield f"no key at {field(keys.pointer)} is there more than once"
    for pointer, (records, reason) in report.unspecified.items():
        yield escaped(
            "not judged, for the vendor does not document it: "
            f"{pointer or 'the whole'} in {pluralize_large(records, 'record')} ({reason})"
        )


def spans(lengths: Lengths) -> Iterator[tuple[int, int | None, int]]:
    """Give the first and the last length of each part, within the limit and beyond, and its count.

    The last is None where there is no end.
    """
    limit, number = int(lengths.limit.value), len(lengths.parts)
    first = 0
    for part, count in enumerate(lengths.parts, 1):
        last = limit * part // number
        yield first, last, count
        first = last + 1
    ends = [int(limit * (1 + each)) for each in BEYOND]
    first = limit + 1
    for end, count in zip([*ends, None], lengths.beyond, strict=True):
        if end is None or end >= first or count:  # a share of a short limit may hold no length
            yield first, end, count
            first = first if end is None else end + 1


def total(reports: Sequence[BulkReport], problems: Sequence[str]) -> str:
    """Say in one line what became of several files."""
    records, refused = (sum(getattr(each, of) for each in reports) for of in ("records", "invalid"))
    counts = (
        f"{pluralize_large(records, 'record')}, {f'{refused:,}' if refused else 'none'} refused"
    )
    said = f"{pluralize_large(len(reports), 'file')}: {counts}" if records else "no record judged"
    return said + (
        f"; {pluralize_large(len(problems), 'file')} could not be judged" if problems else ""
    )
