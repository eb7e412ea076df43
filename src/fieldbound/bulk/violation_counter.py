"""Count what invalid records break: by limit, with samples, from violations or from verdicts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from fieldbound.documents import parse
from fieldbound.model import affected_field, evidence_rank
from fieldbound.validation import VALID

from .counts import MAX_ERRORS, InvalidRecord, LimitCount, limit_key
from .known_violations import NOTHING_KNOWN
from .samples import invalid_record_members

if TYPE_CHECKING:
    from fieldbound.model import Limit, Violation
    from fieldbound.validation import Verdict

    from .check_settings import CheckSettings
    from .counts import Counts, LimitKey
    from .ignored_limits import Remainder
    from .known_violations import KnownOfRecord
    from .samples import FoundRecord

#: Codes of violations whose message and hint have a number as the text writes it.
_CODES_WITH_TEXT: Final = frozenset(("type", "enum", "const"))
#: Larger integers may be told otherwise.
_LARGE: Final = 2**63
#: How 0 may be written that is read as an integer.
_MINUS_ZERO: Final = re.compile(rb"-0(?![0-9.eE])")


class ViolationCounter:
    """Counts the invalid records of one block; needs no samples of *fully_sampled* limits."""

    def __init__(
        self, settings: CheckSettings, fully_sampled: frozenset[LimitKey], counts: Counts
    ) -> None:
        self.counts = counts
        self._settings, self._fully_sampled = settings, fully_sampled
        #: Whether a verdict may be all that is counted of a record.
        self.counts_verdicts = settings.known is None and not settings.needs_violations
        # How often each verdict occurred of whose limits no more samples are needed.
        self._verdict_counts: Counter[Verdict] = Counter()
        self._sampled_verdicts: dict[Verdict, Remainder] = {}
        self._counted_verdicts: dict[Verdict, Remainder] = {}

    def finish(self) -> None:
        """Count the limits of all verdicts counted."""
        for verdict, times in self._verdict_counts.items():
            left = self._counted_verdicts[verdict]
            for pattern, number in left.ignored.items():
                self.counts.ignored[pattern] += number * times
            if left.broken:
                limits = [self._limit(limit.keyword, limit, rank) for limit, rank, _ in left.broken]
                self._count(limits, [field for _, _, field in left.broken], times)
        self._verdict_counts = Counter()
        for key in self._fully_sampled & self.counts.limits.keys():
            self.counts.limits[key].limit = None  # known to the parent, and slow to pickle

    def count_verdict(self, verdict: Verdict, times: int) -> bool:
        """Count so many records, counted as such already, by their verdict alone.

        Return False, and count nothing, where samples are needed of what it breaks.
        """
        left = self._sampled_verdicts.get(verdict)
        if left is None:
            left = self._settings.ignored_limits.remainder(verdict)
            if left is None or not all(self._is_sampled(limit) for limit, _, _ in left.broken):
                return False
            self._sampled_verdicts[verdict] = left
        self._counted_verdicts[verdict] = left
        self._verdict_counts[verdict] += times
        return True

    def count_verdict_of(self, value: Any, verdict: Verdict) -> Remainder | None:
        """Count a record by its verdict alone, and return what it breaks.

        Return None, and count nothing, where its violations are needed.
        """
        if verdict is VALID or self._settings.needs_violations:
            return None
        if self._settings.known is not None:
            known = self._settings.known.of(value)
            left = self._settings.ignored_limits.remainder(verdict)
            if left is None or not all(
                self._is_sampled(limit) or known.has(limit, limit.keyword, field)
                for limit, _, field in left.broken
            ):
                return None
            for limit, rank, field in left.broken:
                self._count_known(known, self._limit(limit.keyword, limit, rank), field)
            self._counted_verdicts[verdict] = left
            self._verdict_counts[verdict] += 1
            return left
        return self._sampled_verdicts[verdict] if self.count_verdict(verdict, 1) else None

    def count_invalid(self, found: FoundRecord, violations: Sequence[Violation]) -> None:
        """Count an invalid record, and report it."""
        text = found.location.text if self._settings.needs_violations and found.is_json else b""
        if text and any(_lacks_text(each, text) for each in violations):
            violations = self._settings.check(parse(text)).violations
        limits = self._limits_of(violations)
        known = NOTHING_KNOWN
        if self._settings.known is not None and found.readable:
            known = self._settings.known.of(found.value)
        self._report(found, limits, violations, known)
        fields = [affected_field(each.limit, each.pointer) for each in violations]
        for limit, field in zip(limits, fields, strict=True):
            self._count_known(known, limit, field)
        self._count(limits, fields)

    def _count_known(self, known: KnownOfRecord, limit: LimitCount, field: str | None) -> None:
        """Count a violation of a record among those that are found, and those that are known."""
        known.add_to(self.counts.found, limit.limit, limit.code, field)
        limit.known += known.has(limit.limit, limit.code, field)

    def _count(
        self, limits: Sequence[LimitCount], fields: Sequence[str | None], times: int = 1
    ) -> None:
        """Count invalid records that break these limits, each at a field."""
        self.counts.invalid += times
        for limit, field in zip(limits, fields, strict=True):
            limit.violations += times
            if field is not None:
                limit.count(field, times)
        distinct = {id(limit): limit for limit in limits}
        for limit in distinct.values():
            limit.records += times
        if len(distinct) == 1:
            limits[0].alone += times
        self.counts.violation_counts[min(len(limits), MAX_ERRORS)] += times

    def _is_sampled(self, limit: Limit) -> bool:
        """Return whether there are samples enough of a limit."""
        key = limit_key(limit.keyword, limit)
        known = self.counts.limits.get(key)
        samples = 0 if known is None else len(known.samples)
        return key in self._fully_sampled or samples >= self._settings.samples

    def _needs_samples(self, limit: LimitCount) -> bool:
        return len(limit.samples) < self._settings.samples and limit.key not in self._fully_sampled

    def _limits_of(self, violations: Sequence[Violation]) -> list[LimitCount]:
        return [self._limit(each.code, each.limit, evidence_rank(each.says)) for each in violations]

    def _limit(self, code: str, limit: Limit | None, rank: int) -> LimitCount:
        """Return the count of a limit that is broken with evidence of a rank."""
        keys = self._settings.limit_keys
        known = keys.get(id(limit)) if limit is not None else None
        if known is None:
            known = limit, limit_key(code, limit)
            if limit is not None:
                keys[id(limit)] = known
        count = self.counts.limits.get(known[1])
        if count is None:
            count = self.counts.limits[known[1]] = LimitCount(code, limit)
        count.evidence_rank = min(count.evidence_rank, rank)
        return count

    def _report(
        self,
        found: FoundRecord,
        limits: Sequence[LimitCount],
        violations: Sequence[Violation],
        known: KnownOfRecord,
    ) -> None:
        """Keep samples of an invalid record, and pass it on if it is to be written or reported.

        What is *known* of it is no sample.
        """
        settings, location = self._settings, found.location
        if settings.on_invalid is not None:
            settings.on_invalid(found.number, found.value, violations)
        if settings.split:
            members = invalid_record_members(found, violations)
            self.counts.invalid_records.append(
                InvalidRecord(found.number, location.offset, location.line, members)
            )
        unsampled = {
            id(limit): limit
            for limit, violation in zip(limits, violations, strict=True)
            if self._needs_samples(limit) and not _is_known(known, violation)
        }
        if not unsampled:
            return
        if found.is_json and not any(each.place for each in violations):
            violations = settings.check(parse(location.text)).violations
            limits = self._limits_of(violations)
        extractor = settings.key_extractor
        key = None if extractor is None else extractor.extract(found.value)
        for limit, violation in zip(limits, violations, strict=True):
            if not _is_known(known, violation) and unsampled.pop(id(limit), None) is not None:
                limit.samples.append(found.sample(violation, key and key.excerpt))


def _lacks_text(violation: Violation, text: bytes) -> bool:
    """Return whether a violation may be told otherwise than it is in the text of its record."""
    if violation.place is not None or violation.code not in _CODES_WITH_TEXT:
        return False
    number = violation.actual
    if number.__class__ is int:
        return abs(number) >= _LARGE or (number == 0 and _MINUS_ZERO.search(text) is not None)
    return number.__class__ is float


def _is_known(known: KnownOfRecord, violation: Violation) -> bool:
    limit = violation.limit
    return known.has(limit, violation.code, affected_field(limit, violation.pointer))
