"""The report of many records: how often each limit is broken, with samples, and its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fieldbound._rendering import Rendered

from .escape import escaped
from .evidence import SAYS
from .limits import Limit
from .violations import Violation

#: The most buckets of the histogram of lengths up to a limit.
LENGTH_BUCKETS: Final = 20
#: How many lengths just below a limit are counted individually.
LENGTHS_BELOW_LIMIT: Final = 10
#: Buckets of lengths over a limit: up to these ratios of it, and one for the rest.
OVER_LIMIT_RATIOS: Final = (0.1, 0.5, 1.0)

#: The most fields that are counted individually for one limit.
MAX_FIELDS: Final = 20

#: Truncation is likely if at least so many values end exactly at the limit, ...
_MIN_AT_LIMIT: Final = 5
#: ... more than so many times the average of the lengths just below it, ...
_MIN_RATIO: Final = 5
#: ... and less than this share of all values within the limit, without (nearly) empty ones and
#: longer ones: values such as codes all have the same length.
_MAX_SHARE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Sample:
    """One record that breaks a limit, and the *violation*, whose place is a place in the file.

    *number* counts records from 1. *offset* is the byte offset of the record in the (decompressed)
    text, and *line* its first line, from 1; both are None for records without text. *key* is the
    record's key as JSON, shortened, if a key was configured.
    """

    number: int
    violation: Violation
    offset: int | None = None
    line: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class LimitTally:
    """How often one limit is broken: by *violations*, in *records*, as the only one in *alone*.

    *limit* is None for invalid JSON, and *code* is one of `SYNTAX_CODES` then. *says* is the
    strongest evidence among the limits broken with it, or None. *samples* are the first records, in
    order. For a limit on several fields, such as all undocumented ones, *fields* has pairs of a
    pointer and its number of violations, the most frequent first, at most `MAX_FIELDS`. So many of
    the violations are *known*: a baseline has them.
    """

    code: str
    limit: Limit | None
    says: str | None
    violations: int
    records: int
    alone: int
    samples: tuple[Sample, ...] = ()
    fields: tuple[tuple[str, int], ...] = ()
    known: int = 0

    @property
    def is_known(self) -> bool:
        """Whether all of the violations are known."""
        return 0 < self.violations <= self.known

    @property
    def id(self) -> str:
        """The id of the limit, or the code if there is none."""
        return self.code if self.limit is None else self.limit.id

    def fails(self, fail_on: str = SAYS[-1]) -> bool:
        """Whether this fails a check: it is not known, and its evidence as strong as *fail_on*."""
        is_strong = self.says is None or SAYS.index(self.says) <= SAYS.index(fail_on)
        return is_strong and not self.is_known


@dataclass(frozen=True, slots=True)
class Lengths:
    """The distribution of the lengths of strings at one `maxLength` *limit*, in code points.

    *parts* counts those within the limit in `LENGTH_BUCKETS` equal buckets or fewer; *near* those
    of each of the lengths just below the limit, the longest last, and *at* those exactly at it.
    *beyond* counts those over it in the buckets of `OVER_LIMIT_RATIOS`, and the rest. *shortest*
    and *longest* are None if nothing was measured.
    """

    limit: Limit
    parts: tuple[int, ...]
    near: tuple[int, ...] = ()
    at: int = 0
    beyond: tuple[int, ...] = (0,) * (len(OVER_LIMIT_RATIOS) + 1)
    shortest: int | None = None
    longest: int | None = None

    @property
    def measured(self) -> int:
        """How many strings were measured."""
        return sum(self.parts) + sum(self.beyond)

    @property
    def over(self) -> int:
        """How many strings are longer than the limit."""
        return sum(self.beyond)

    @property
    def possible_truncation(self) -> bool:
        """Whether so many strings end exactly at the limit that they were probably truncated."""
        average = sum(self.near) / len(self.near) if self.near else 0.0
        empty = self.near[0] if len(self.near) == self.limit.value else sum(self.parts[:1])
        within = sum(self.parts) - empty
        return (
            self.at >= _MIN_AT_LIMIT
            and self.at > _MIN_RATIO * average
            and self.at < _MAX_SHARE * within
        )


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that several *records* have.

    *key* is its JSON, shortened, or None if it is sensitive; *numbers* are those of the first
    records.
    """

    key: str | None
    records: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """The duplicate keys: how many *keys* occur in several records, and in how many *records*.

    *pointer* is that of the key in a record, *missing* the number of records in which it is absent
    or null. *samples* are the first of the keys, in the order of their first record.
    """

    pointer: str
    keys: int = 0
    records: int = 0
    missing: int = 0
    samples: tuple[Duplicate, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkReport(Rendered):
    """The report of many records, each checked against one contract.

    *tallies* has each limit that was broken, the one with the most records first.
    *violation_counts* has pairs of a number of violations and how many records have so many; the
    last number includes all above. *lengths* are those of strings with a `maxLength`, in *measured*
    records. *unspecified* is, by pointer, how many records have something the vendor does not
    document, with the reason. *blank* is the number of empty lines, which are no records. *cut_off*
    says how the file is truncated, if it is. *duplicates* is None if no key was configured.
    *not_checked* has pointer, reason and number of records of what could not be checked. *ignored*
    counts the violations that were left out, by the pattern that ignores their limits. Only limits
    with evidence at least as strong as *fail_on* fail.
    """

    contract: str
    name: str | None
    records: int
    invalid: int
    tallies: tuple[LimitTally, ...] = ()
    violation_counts: tuple[tuple[int, int], ...] = ()
    lengths: tuple[Lengths, ...] = ()
    measured: int = 0
    unspecified: Mapping[str, tuple[int, str]] = field(default_factory=dict, hash=False)
    blank: int = 0
    cut_off: str | None = None
    duplicates: Duplicates | None = None
    not_checked: tuple[tuple[str, str, int], ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict, hash=False)
    fail_on: str = SAYS[-1]

    @property
    def valid(self) -> int:
        """How many records are valid."""
        return self.records - self.invalid

    @property
    def violations(self) -> int:
        """How many violations all records have together."""
        return sum(each.violations for each in self.tallies)

    @property
    def possible_truncations(self) -> tuple[Lengths, ...]:
        """The lengths of fields whose strings were probably truncated."""
        return tuple(each for each in self.lengths if each.possible_truncation)

    @property
    def ok(self) -> bool:
        """Whether there are records, and nothing fails."""
        return self.records > 0 and not self.fails()

    @property
    def has_other_problems(self) -> bool:
        """Whether a key is duplicate or the file is truncated."""
        return bool(self.cut_off) or (self.duplicates is not None and self.duplicates.keys > 0)

    def fails(self, fail_on: str | None = None) -> bool:
        """Whether a tally fails, a key is duplicate or the file is truncated.

        *fail_on* replaces that of the report.
        """
        evidence = self.fail_on if fail_on is None else fail_on
        return self.has_other_problems or any(each.fails(evidence) for each in self.tallies)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return _bulk_text(self)


# -- text ----------------------------------------------------------------------------------------

#: The most limits in the text of a bulk report.
_MAX_TALLIES: Final = 10
#: The least percentage that is shown, and the least below 100.
_MIN_PERCENT: Final = 0.01


def _bulk_text(report: BulkReport) -> str:
    """Return the verdict, the limits that most records break, and the other problems."""
    lines = [summary_line(report)]
    for number, tally in enumerate(report.tallies[:_MAX_TALLIES], 1):
        at = "" if tally.limit is None else f" at {tally.limit.pointer or '(root)'}"
        lines.append(f"  {number}. {tally.code}{at}: {impact(tally, report.records)}")
        first = tally.samples[:1]
        lines += [f"     record {each.number}: {each.violation.message}" for each in first]
    more = len(report.tallies) - _MAX_TALLIES
    lines += [f"  and {pluralize_large(more, 'more limit')}"] * (more > 0)
    others = (*other_problems(report), *map(truncation_warning, report.possible_truncations))
    return "\n".join(map(escaped, [*lines, *(f"  {each}" for each in others)]))


def summary_line(report: BulkReport) -> str:
    """Return in one line how many records were checked, and how many of them are invalid."""
    name = "" if report.name is None else f"{report.name}: "
    if not report.records:
        return f"{name}no records checked by {report.contract}"
    checked = f"{name}{pluralize_large(report.records, 'record')} checked by {report.contract}"
    if not report.invalid:
        return f"{checked}: {'all ' * (report.records > 1)}valid"
    limits = sum(tally.limit is not None for tally in report.tallies)
    plural = "s" * (report.violations != 1)
    broken = [f"violation{plural} of {pluralize_large(limits, 'limit')}"] * (limits > 0)
    broken += [f"JSON syntax error{plural}"] * (limits < len(report.tallies))
    invalid = f"{report.invalid:,} invalid ({percentage(report.invalid, report.records)})"
    return f"{checked}: {invalid}; {report.violations:,} {' and '.join(broken)}"


def other_problems(report: BulkReport) -> list[str]:
    """Return what is wrong besides broken limits: a truncated file, duplicate keys."""
    found = [f"the file is truncated: {report.cut_off}"] * bool(report.cut_off)
    duplicates = report.duplicates
    if duplicates is not None and duplicates.keys:
        values = pluralize_large(duplicates.keys, "duplicate value")
        at = duplicates.pointer or "(root)"
        found.append(f"{values} of {at}, in {pluralize_large(duplicates.records, 'record')}")
    return found


def truncation_warning(lengths: Lengths) -> str:
    """Return the warning that strings may have been cut to the limit before they were sent."""
    at = lengths.limit.pointer or "(root)"
    length = pluralize_large(lengths.limit.value, "character")
    return (
        f"possible truncation: {pluralize_large(lengths.at, 'value')} of {at} end exactly at the "
        f"limit of {length}"
    )


def impact(tally: LimitTally, total: int) -> str:
    """Return how many of *total* records break a limit, and in how many it is the only error."""
    records = f"{pluralize_large(tally.records, 'record')} ({percentage(tally.records, total)})"
    if not tally.alone:
        alone = "always with other errors" if tally.records > 1 else "with other errors"
    elif tally.alone < tally.records:
        alone = f"the only error in {tally.alone:,}"
    else:
        alone = "the only error in each" if tally.records > 1 else "the only error"
    if tally.violations == tally.records:
        return f"{records}, {alone}"
    return f"{records}, {alone}; {pluralize_large(tally.violations, 'violation')}"


def pluralize_large(number: int, unit: str) -> str:
    """Return a number with its unit, such as `1 record` or `5,012 records`."""
    return f"{number:,} {unit}{'s' * (number != 1)}"


def percentage(part: int, total: int) -> str:
    """Return a part in percent, with two digits or more; only 0 is 0 % and only all is 100 %."""
    if part in (0, total):
        return "100 %" if part else "0 %"
    percent = 100 * part / total
    near = min(percent, 100 - percent)
    if near < _MIN_PERCENT:
        return "more than 99.99 %" if percent > near else "less than 0.01 %"
    return f"{percent:.{2 if near < 1 else 1 if near < 10 else 0}f} %"  # noqa: PLR2004
