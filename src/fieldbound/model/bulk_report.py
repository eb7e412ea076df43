"""The nouns of many records: how often each limit is broken, by which records, and how nearly.

They are frozen, compare by value, pickle, and know nothing of files, terminals or engines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .limits import SAYS, Limit
from .violations import Violation

#: Into how many parts the lengths up to a limit are sorted, at most.
PARTS: Final = 20
#: How many lengths just below a limit are counted one by one.
NEAR: Final = 10
#: How far beyond a limit lengths are sorted: by up to these shares of it, and further.
BEYOND: Final = (0.1, 0.5, 1.0)

#: Fields of one limit that are told apart.
FIELDS: Final = 20

#: Values of one length exactly at a limit count as heaped from so many on, ...
_HEAP: Final = 5
#: ... where they are so many times as many as the lengths just below have on average, ...
_TIMES: Final = 5
#: ... and are not nearly all that fit: such values have one length by nature, as codes do. Empty
#: ones, or nearly so, are left out, and longer ones, for these were not cut.
_ALL: Final = 0.9


@dataclass(frozen=True, slots=True)
class Sample:
    """One record that breaks a limit, and the *violation*, whose place is a place in the file.

    *number* counts records from 1. *offset* is the number of bytes before the record in the text,
    unpacked where it is packed, and *line* the line it begins on, from 1; both are None where there
    is no text. *key* is the record's own key as JSON, shortened, where one was asked for.
    """

    number: int
    violation: Violation
    offset: int | None = None
    line: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class LimitTally:
    """How often one limit is broken: by *violations*, in *records*, in *alone* of these only it.

    *limit* is None for texts that are no proper JSON, and *code* one of `TEXT_CODES` then. *says*
    is how firmly the firmest of the limits broken with it is known, or None: by decree. *samples*
    are the first of the records, in their order. Where a limit is on several fields, such as on all
    that are not known, *fields* tells these apart: pairs of a pointer and of how many violations
    are there, the most first, and `FIELDS` of them at most.
    """

    code: str
    limit: Limit | None
    says: str | None
    violations: int
    records: int
    alone: int
    samples: tuple[Sample, ...] = ()
    fields: tuple[tuple[str, int], ...] = ()

    @property
    def id(self) -> str:
        """The id of the limit, or the code where there is none."""
        return self.code if self.limit is None else self.limit.id

    def fails(self, fail_on: str = SAYS[-1]) -> bool:
        """Whether this counts when only limits at least as firm as *fail_on* do."""
        return self.says is None or SAYS.index(self.says) <= SAYS.index(fail_on)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the texts at one `maxLength` *limit* are, in code points.

    *parts* counts those within the limit by equal parts of it, `PARTS` or fewer; *near* those of
    each of the lengths just below the limit, the longest last, and *at* those exactly at it.
    *beyond* counts those over it by up to the shares of `BEYOND`, and further. *shortest* and
    *longest* are None where nothing was measured.
    """

    limit: Limit
    parts: tuple[int, ...]
    near: tuple[int, ...] = ()
    at: int = 0
    beyond: tuple[int, ...] = (0,) * (len(BEYOND) + 1)
    shortest: int | None = None
    longest: int | None = None

    @property
    def measured(self) -> int:
        """How many texts were measured."""
        return sum(self.parts) + sum(self.beyond)

    @property
    def over(self) -> int:
        """How many texts are longer than the limit."""
        return sum(self.beyond)

    @property
    def possible_truncation(self) -> bool:
        """Whether texts heap up exactly at the limit: something upstream cuts them silently."""
        usual = sum(self.near) / len(self.near) if self.near else 0.0
        empty = self.near[0] if len(self.near) == self.limit.value else sum(self.parts[:1])
        fitting = sum(self.parts) - empty
        return self.at >= _HEAP and self.at > _TIMES * usual and self.at < _ALL * fitting


@dataclass(frozen=True, slots=True)
class Duplicate:
    """One key that several *records* have, so many of them.

    *key* is its JSON, shortened, or None where it is sensitive, and *numbers* are those of the
    first of the records.
    """

    key: str | None
    records: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Duplicates:
    """What was found of keys: how many *keys* several records have, and how many *records* these.

    *pointer* is where the key is in a record, *missing* the number of records that have none there
    or null. *samples* are the first of the keys, by the first record that has it.
    """

    pointer: str
    keys: int = 0
    records: int = 0
    missing: int = 0
    samples: tuple[Duplicate, ...] = ()


@dataclass(frozen=True, slots=True)
class BulkReport:
    """The full account of many records, judged each by one contract.

    *tallies* has each limit that was broken, the one that most records break first. *wrong* tells
    apart records with one thing wrong from those with many: pairs of a number of violations and of
    how many records have just so many; the last number stands for itself and all above.
    *lengths* are those of texts that have a `maxLength`, of *measured* records. *unspecified* is
    how many records have something the vendor does not document, by pointer, with the reason.
    *blank* is the number of empty lines, which are no records. *cut_off* says how the file breaks
    off before its end, if it does. *duplicates* is None where no key was asked for.
    """

    contract: str
    name: str | None
    records: int
    invalid: int
    tallies: tuple[LimitTally, ...] = ()
    wrong: tuple[tuple[int, int], ...] = ()
    lengths: tuple[Lengths, ...] = ()
    measured: int = 0
    unspecified: Mapping[str, tuple[int, str]] = field(default_factory=dict, hash=False)
    blank: int = 0
    cut_off: str | None = None
    duplicates: Duplicates | None = None

    @property
    def valid(self) -> int:
        """How many records keep every limit."""
        return self.records - self.invalid

    @property
    def violations(self) -> int:
        """How many violations there are in all records together."""
        return sum(each.violations for each in self.tallies)

    @property
    def possible_truncations(self) -> tuple[Lengths, ...]:
        """The lengths that heap up exactly at their limit."""
        return tuple(each for each in self.lengths if each.possible_truncation)

    @property
    def ok(self) -> bool:
        """Whether there are records, every one is valid, none is cut off, and no key is twice."""
        return self.records > 0 and not self.fails()

    def fails(self, fail_on: str = SAYS[-1]) -> bool:
        """Whether anything is wrong, of limits those at least as firm as *fail_on*."""
        twice = self.duplicates is not None and self.duplicates.keys > 0
        return twice or bool(self.cut_off) or any(each.fails(fail_on) for each in self.tallies)

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return bulk_text(self)


# -- many records --------------------------------------------------------------------------------

#: Limits that the text of a bulk report names.
_MOST_NAMED: Final = 10
#: What is nearer to none or all than this many percent is not rounded to them.
_LEAST_SHARE: Final = 0.01


def bulk_text(report: BulkReport) -> str:
    """Return the verdict, the limits that most records break, and the other problems."""
    lines = [summary_line(report)]
    for number, tally in enumerate(report.tallies[:_MOST_NAMED], 1):
        at = "" if tally.limit is None else f" at {tally.limit.pointer or '(root)'}"
        lines.append(f"  {number}. {tally.code}{at}: {impact(tally, report.records)}")
        first = tally.samples[:1]
        lines += [f"     record {each.number}: {each.violation.message}" for each in first]
    more = len(report.tallies) - _MOST_NAMED
    lines += [f"  and {pluralize_large(more, 'more limit')}"] * (more > 0)
    others = (*problems(report), *map(truncation_warning, report.possible_truncations))
    return "\n".join([*lines, *(f"  {each}" for each in others)])


def summary_line(report: BulkReport) -> str:
    """Return in one line how many records were checked, and how many of them are invalid."""
    name = "" if report.name is None else f"{report.name}: "
    if not report.records:
        return f"{name}no records checked by {report.contract}"
    checked = f"{name}{pluralize_large(report.records, 'record')} checked by {report.contract}"
    if not report.invalid:
        return f"{checked}: {'all ' * (report.records > 1)}valid"
    limits = sum(tally.limit is not None for tally in report.tallies)
    broken = [f"violations of {pluralize_large(limits, 'limit')}"] * (limits > 0)
    broken += ["JSON syntax errors"] * (limits < len(report.tallies))
    invalid = f"{report.invalid:,} invalid ({percentage(report.invalid, report.records)})"
    return f"{checked}: {invalid}; {report.violations:,} {' and '.join(broken)}"


def problems(report: BulkReport) -> list[str]:
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


def impact(tally: LimitTally, whole: int) -> str:
    """Return how many records of the *whole* break a limit, and in how many nothing else does."""
    records = f"{pluralize_large(tally.records, 'record')} ({percentage(tally.records, whole)})"
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
    """Return a number that may be large with its unit, such as `1 record` or `5,012 records`."""
    return f"{number:,} {unit}{'s' * (number != 1)}"


def percentage(part: int, whole: int) -> str:
    """Return a part in percent, of two digits or more; only none is 0 % and only all is 100 %."""
    if part in (0, whole):
        return "100 %" if part else "0 %"
    percent = 100 * part / whole
    near = min(percent, 100 - percent)
    if near < _LEAST_SHARE:
        return "more than 99.99 %" if percent > near else "less than 0.01 %"
    return f"{percent:.{2 if near < 1 else 1 if near < 10 else 0}f} %"  # noqa: PLR2004
