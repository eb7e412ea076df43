"""Counts of checked records, which can be added up in the order of the blocks.

The Counts of a block know numbers and lines from the beginning of the block alone; adding them to
the Counts of the blocks before shifts them. So blocks can be counted in any order and by any
process, if their Counts are added in the order of the file.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from fieldbound.model import MAX_FIELDS, SAYS, Limit, LimitTally, Place, Sample

from .known_violations import Found
from .lengths import LengthCounts

if TYPE_CHECKING:
    from .keys import Key

#: Records with so many violations or more are counted together.
MAX_ERRORS: Final = 10
#: Fields that are counted of one limit: the first so many that are found.
_MAX_FIELDS: Final = 1000


class InvalidRecord(NamedTuple):
    """An invalid record to be written: where it is, and its other JSON *members*."""

    number: int
    offset: int | None
    line: int | None
    members: bytes


class LimitCount:
    """How often one limit is broken: a mutable `LimitTally`."""

    __slots__ = (
        "alone",
        "code",
        "evidence_rank",
        "fields",
        "key",
        "known",
        "limit",
        "records",
        "samples",
        "violations",
    )

    def __init__(self, code: str, limit: Limit | None) -> None:
        self.code = code
        self.limit = limit
        self.key = limit_key(code, limit)
        self.evidence_rank = len(SAYS)
        self.violations = self.records = self.alone = self.known = 0
        self.samples: list[Sample] = []
        self.fields: dict[str, int] = {}

    def count(self, where: str, times: int) -> None:
        """Count violations at a field."""
        self.fields[where] = self.fields.get(where, 0) + times

    def tally(self) -> LimitTally:
        """Return the LimitTally."""
        says = SAYS[self.evidence_rank] if self.evidence_rank in range(len(SAYS)) else None
        fields = sorted(self.fields.items(), key=lambda each: (-each[1], each[0]))[:MAX_FIELDS]
        return LimitTally(
            self.code,
            self.limit,
            says,
            self.violations,
            self.records,
            self.alone,
            tuple(self.samples),
            tuple(fields),
            self.known,
        )


#: Identifies a limit: its id and its location, or the code of a JSON syntax error.
LimitKey = tuple[str, str]


@dataclass(slots=True)
class Counts:
    """Counts of some records: in all, by limit, and what is to be written of them.

    *lines* is the number of line ends, and *truncated_at* the last line of the text if it has
    neither an end nor a readable record. *not_checked* counts records by the pointer and the
    reason, as JSON, of what could not be checked, and *ignored* violations by the pattern for which
    they are. *keys* has digest, number and excerpt of each
    record's key, *found* the records that break a limit, where a baseline is used. *valid* has the
    bytes of the valid records.
    """

    records: int = 0
    invalid: int = 0
    blank: int = 0
    lines: int = 0
    limits: dict[LimitKey, LimitCount] = field(default_factory=dict)
    violation_counts: Counter[int] = field(default_factory=Counter)
    lengths: LengthCounts = field(default_factory=LengthCounts)
    unspecified: Counter[str] = field(default_factory=Counter)
    not_checked: Counter[str] = field(default_factory=Counter)
    ignored: Counter[str] = field(default_factory=Counter)
    missing_keys: int = 0
    truncated_at: int | None = None
    keys: list[tuple[bytes, int, str | None]] = field(default_factory=list)
    found: Found = field(default_factory=dict)
    valid: list[bytes] = field(default_factory=list)
    invalid_records: list[InvalidRecord] = field(default_factory=list)

    @property
    def violations(self) -> int:
        """The number of violations of all limits."""
        return sum(limit.violations for limit in self.limits.values())

    def add_key(self, key: Key | None, number: int) -> None:
        """Add the key of a record, None if it is missing."""
        if key is None:
            self.missing_keys += 1
        else:
            self.keys.append((key.digest, number, key.excerpt))

    def merge(self, other: Counts, samples: int) -> None:
        """Add the counts of the records that follow; keep so many *samples* of each limit."""
        for key, limit in other.limits.items():
            self._merge_limit(key, limit, samples)
        if other.truncated_at is not None:  # later blocks may have no records
            self.truncated_at = other.truncated_at + self.lines
        self.records += other.records
        self.invalid += other.invalid
        self.blank += other.blank
        self.lines += other.lines
        self.violation_counts.update(other.violation_counts)
        self.lengths.add(other.lengths)
        self.unspecified.update(other.unspecified)
        self.not_checked.update(other.not_checked)
        self.ignored.update(other.ignored)
        self.missing_keys += other.missing_keys
        for violation, digests in other.found.items():
            self.found.setdefault(violation, array("Q")).extend(digests)

    def fully_sampled(self, samples: int) -> frozenset[LimitKey]:
        """Return the limits that need no more samples."""
        return frozenset(key for key, limit in self.limits.items() if len(limit.samples) >= samples)

    def _merge_limit(self, key: LimitKey, other: LimitCount, samples: int) -> None:
        own = self.limits.get(key)
        if own is None:
            own = self.limits[key] = LimitCount(other.code, other.limit)
        own.evidence_rank = min(own.evidence_rank, other.evidence_rank)
        own.violations += other.violations
        own.records += other.records
        own.alone += other.alone
        own.known += other.known
        # sorted, as the order in which they are found depends on which samples were needed
        for where in sorted(other.fields):
            if where in own.fields or len(own.fields) < _MAX_FIELDS:
                own.count(where, other.fields[where])
        missing = samples - len(own.samples)
        own.samples += [shifted(each, self.records, self.lines) for each in other.samples[:missing]]


def limit_key(code: str, limit: Limit | None) -> LimitKey:
    """Return the LimitKey of a limit, or of the code of a JSON syntax error."""
    return (code, "") if limit is None else (limit.id, limit.location)


def shifted(sample: Sample, records: int, lines: int) -> Sample:
    """Return a sample as if so many more records and lines were before it."""
    violation, line = sample.violation, sample.line
    if lines and line is not None:
        line += lines
        at = violation.place
        if at is not None:
            violation = replace(violation, place=Place(at.line + lines, at.column))
    return Sample(sample.number + records, violation, sample.offset, line, sample.key)


def invalid_record_line(record: InvalidRecord, records: int, lines: int) -> bytes:
    """Return the JSON object of an invalid record, after so many records and lines."""
    at = [f'"number":{record.number + records}']
    if record.line is not None:
        at.append(f'"line":{record.line + lines}')
    if record.offset is not None:
        at.append(f'"offset":{record.offset}')
    return f"{{{','.join(at)},".encode() + record.members + b"}"
