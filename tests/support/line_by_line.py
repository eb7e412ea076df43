"""The expected report of NDJSON: the sum of the checks of its lines, one by one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from fieldbound import Contract
from fieldbound.documents.document import parse
from fieldbound.model.bulk_report import MAX_FIELDS, BulkReport, LimitTally, Sample
from fieldbound.model.evidence import SAYS
from fieldbound.model.facts import Place
from fieldbound.model.limits import affected_field
from fieldbound.model.pointers import tokens_of
from fieldbound.model.violations import Violation

MAX_ERRORS = 10
_BLANK = b" \t\r\n"


def expected_report(
    contract: Contract, data: bytes, *, samples: int = 5, key: str | None = None
) -> BulkReport:
    """Return the report of the lines of a text, without lengths and duplicates."""
    blank, cut_off = 0, None
    found: list[tuple[Violation, ...]] = []
    limits: dict[Any, _Limit] = {}
    unspecified: Counter[str] = Counter()
    offset = number = 0
    lines = data.split(b"\n")
    for line, raw in enumerate(lines, 1):
        start, offset = offset, offset + len(raw) + 1
        if not raw.strip(_BLANK):
            blank += line < len(lines) or bool(raw)
            continue
        number += 1
        document = parse(raw.rstrip(b"\r"))
        report = contract.check(document)
        if document.readable:
            unspecified.update(report.unspecified.keys())
        elif line == len(lines) and (
            raw.rstrip()[-1:] not in (b"}", b"]")
            or "syntax" in {each.code for each in report.violations}
        ):
            cut_off = f"line {line:,}, the last one, is incomplete"
        if not report.violations:
            continue
        found.append(report.violations)
        at = Sample(number, report.violations[0], start, line, key_of(document.value, key))
        _count(limits, report.violations, at, samples)
    tallies = sorted(
        (each.tally() for each in limits.values()),
        key=lambda each: (-each.records, -each.violations, each.id),
    )
    errors_per_record = Counter(min(len(each), MAX_ERRORS) for each in found)
    return BulkReport(
        contract.name,
        None,
        number,
        len(found),
        tuple(tallies),
        tuple(sorted(errors_per_record.items())),
        unspecified={at: (times, contract.unspecified[at]) for at, times in unspecified.items()},
        blank=blank,
        cut_off=cut_off,
    )


def key_of(value: Any, pointer: str | None) -> str | None:
    """Return the key of a record as in a sample."""
    for token in tokens_of(pointer or ""):
        if isinstance(value, dict):
            value = value.get(token)
        elif isinstance(value, list) and token in map(str, range(len(value))):
            value = value[int(token)]
        else:
            return None
    if pointer is None or value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


def bare(report: BulkReport) -> BulkReport:
    """Return a report without what is not counted line by line."""
    return replace(report, name=None, lengths=(), measured=0, duplicates=None)


def ndjson(values: Iterable[Any]) -> bytes:
    """Return values as NDJSON."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in values)


class _Limit:
    def __init__(self, violation: Violation) -> None:
        self.code, self.limit = violation.code, violation.limit
        self.says: list[str | None] = []
        self.violations = self.records = self.alone = 0
        self.samples: list[Sample] = []
        self.fields: Counter[str] = Counter()

    def tally(self) -> LimitTally:
        says = None if None in self.says else min(map(str, self.says), key=SAYS.index)
        return LimitTally(
            self.code,
            self.limit,
            says,
            self.violations,
            self.records,
            self.alone,
            tuple(self.samples),
            tuple(sorted(self.fields.items(), key=lambda each: (-each[1], each[0]))[:MAX_FIELDS]),
        )


def _count(
    limits: dict[Any, _Limit], violations: tuple[Violation, ...], at: Sample, samples: int
) -> None:
    """Count a record by its violations; the line and the offset are those of *at*."""
    distinct: dict[int, _Limit] = {}
    for each in violations:
        limit = each.limit
        key = (each.code, "") if limit is None else (limit.id, limit.location)
        count = limits.setdefault(key, _Limit(each))
        count.violations += 1
        count.says.append(each.says)
        if (field := affected_field(limit, each.pointer)) is not None:
            count.fields[field] += 1
        if id(count) not in distinct and len(count.samples) < samples:
            assert each.place is not None
            assert at.line is not None
            place = Place(at.line + each.place.line - 1, each.place.column)
            count.samples.append(replace(at, violation=replace(each, place=place)))
        distinct[id(count)] = count
    for count in distinct.values():
        count.records += 1
        count.alone += len(distinct) == 1
