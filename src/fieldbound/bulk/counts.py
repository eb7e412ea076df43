"""Counts of some records go in, those of the records behind them are added to these.

Counts of a block know the numbers and lines of its records from the block's beginning alone: what
was before it is known when they are added to the counts of that. So blocks can be counted in any
order, by any process, if they are added in the order of the file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from fieldbound.model import FIELDS, SAYS, Limit, LimitTally, Place, Sample

from .lengths import Sizes

#: Records with so many violations, or more, are counted together.
MANY: Final = 10
#: Fields of one limit that are counted: the first so many that are found.
_FIELDS: Final = 1000


class Refused(NamedTuple):
    """A record that was refused: where it is, and the rest of the line that tells of it."""

    number: int
    offset: int | None
    line: int | None
    rest: bytes


class Row:
    """How often one limit is broken, as `LimitTally` has it, but growing."""

    __slots__ = (
        "alone",
        "code",
        "fields",
        "firmness",
        "key",
        "limit",
        "records",
        "samples",
        "violations",
    )

    def __init__(self, code: str, limit: Limit | None) -> None:
        self.code = code
        self.limit = limit
        self.key = key_of(code, limit)
        self.firmness = len(SAYS)
        self.violations = self.records = self.alone = 0
        self.samples: list[Sample] = []
        self.fields: dict[str, int] = {}

    def count(self, where: str, times: int) -> None:
        """Count violations at a field."""
        self.fields[where] = self.fields.get(where, 0) + times

    def tally(self) -> LimitTally:
        """Return what was counted."""
        says = SAYS[self.firmness] if self.firmness in range(len(SAYS)) else None
        fields = sorted(self.fields.items(), key=lambda each: (-each[1], each[0]))[:FIELDS]
        return LimitTally(
            self.code,
            self.limit,
            says,
            self.violations,
            self.records,
            self.alone,
            tuple(self.samples),
            tuple(fields),
        )


#: What tells the row of one limit from that of another.
Key = tuple[str, str]


@dataclass(slots=True)
class Counts:
    """What was counted of some records: in all, by limit, and what is to be done with them.

    *lines* is how many line ends the records had, where lines count from the block's beginning,
    and *cut_at* the last line, where that has neither an end nor a record that could be read.
    *keys* are of each record with a key its digest, number and excerpt. *valid* are the bytes
    of the records that are valid.
    """

    records: int = 0
    invalid: int = 0
    blank: int = 0
    lines: int = 0
    rows: dict[Key, Row] = field(default_factory=dict)
    wrong: Counter[int] = field(default_factory=Counter)
    sizes: Sizes = field(default_factory=Sizes)
    unspecified: Counter[str] = field(default_factory=Counter)
    keyless: int = 0
    cut_at: int | None = None
    keys: list[tuple[bytes, int, str | None]] = field(default_factory=list)
    valid: list[bytes] = field(default_factory=list)
    told: list[Refused] = field(default_factory=list)

    @property
    def violations(self) -> int:
        """How many violations there are in all."""
        return sum(row.violations for row in self.rows.values())

    def merge(self, other: Counts, samples: int) -> None:
        """Add the counts of the records behind, and keep so many *samples* of each limit."""
        for key, row in other.rows.items():
            self._merge_row(key, row, samples)
        if other.cut_at is not None:  # blocks behind it may have no record that begins there
            self.cut_at = other.cut_at + self.lines
        self.records += other.records
        self.invalid += other.invalid
        self.blank += other.blank
        self.lines += other.lines
        self.wrong.update(other.wrong)
        self.sizes.add(other.sizes)
        self.unspecified.update(other.unspecified)
        self.keyless += other.keyless

    def full(self, samples: int) -> frozenset[Key]:
        """Return the limits that need no more samples."""
        return frozenset(key for key, row in self.rows.items() if len(row.samples) >= samples)

    def _merge_row(self, key: Key, row: Row, samples: int) -> None:
        own = self.rows.get(key)
        if own is None:
            own = self.rows[key] = Row(row.code, row.limit)
        own.firmness = min(own.firmness, row.firmness)
        own.violations += row.violations
        own.records += row.records
        own.alone += row.alone
        # in an order of their own: in which they were found depends on which samples were wanted
        for where in sorted(row.fields):
            if where in own.fields or len(own.fields) < _FIELDS:
                own.count(where, row.fields[where])
        wanted = samples - len(own.samples)
        own.samples += [moved(each, self.records, self.lines) for each in row.samples[:wanted]]


def key_of(code: str, limit: Limit | None) -> Key:
    """Return what tells the row of a limit."""
    return (code, "") if limit is None else (limit.id, limit.location)


def moved(sample: Sample, records: int, lines: int) -> Sample:
    """Return a sample as of a file with so many more records and lines before it."""
    violation, line = sample.violation, sample.line
    if lines and line is not None:
        line += lines
        at = violation.place
        if at is not None:
            violation = replace(violation, place=Place(at.line + lines, at.column))
    return Sample(sample.number + records, violation, sample.offset, line, sample.key)


def line_of(refused: Refused, records: int, lines: int) -> bytes:
    """Return the JSON that tells of a refused record, behind so many records and lines."""
    at = [f'"number":{refused.number + records}']
    if refused.line is not None:
        at.append(f'"line":{refused.line + lines}')
    if refused.offset is not None:
        at.append(f'"offset":{refused.offset}')
    return f"{{{','.join(at)},".encode() + refused.rest + b"}"
