"""Check the records of a block, and count their violations, samples, lengths and keys."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from fieldbound.documents import parse
from fieldbound.model import Limit, NotJSON, Place, Violation, affected_field, evidence_rank
from fieldbound.validation import VALID

from .check_settings import CheckSettings
from .counts import MAX_ERRORS, Counts, InvalidRecord, LimitCount, limit_key
from .known_violations import NOTHING_KNOWN, KnownOfRecord
from .samples import FoundRecord, RecordLocation, dump_record, invalid_record_members

if TYPE_CHECKING:
    from fieldbound.documents import Document
    from fieldbound.model import Report
    from fieldbound.validation import Verdict

    from .counts import LimitKey
    from .ignored_limits import Remainder
    from .inputs.blocks import RecordError

#: How a complete record ends.
_CLOSING: Final = (b"}", b"]")
#: Types whose values every JSON parser reads alike.
_EXACT_TYPES: Final = frozenset((str, bool, int, type(None)))


class RecordChecker:
    """Checks the records of one block, and counts; needs no samples of *fully_sampled* limits.

    While *measures_lengths* is set, the lengths of strings are counted.
    """

    def __init__(self, settings: CheckSettings, fully_sampled: frozenset[LimitKey]) -> None:
        self.counts = Counts()
        self.measures_lengths = True
        self._settings, self._fully_sampled = settings, fully_sampled
        # How often each verdict occurred of whose limits no more samples are needed.
        self._verdict_counts: Counter[Verdict] = Counter()
        self._sampled_verdicts: dict[Verdict | None, Remainder] = {}
        self._counted_verdicts: dict[Verdict, Remainder] = {}

    def finish(self) -> Counts:
        """Return the counts of all records checked."""
        self.counts.keys.sort(key=_number)  # of rows of tables, those that are valid came first
        for verdict, times in self._verdict_counts.items():
            left = self._counted_verdicts[verdict]
            for pattern, number in left.ignored.items():
                self.counts.ignored[pattern] += number * times
            if left.broken:
                limits = [self._limit(limit.keyword, limit, rank) for limit, rank, _ in left.broken]
                self._count(limits, [field for _, _, field in left.broken], times)
        self._verdict_counts = Counter()
        self.counts.lengths.cap(self._settings.length_counter.limits)
        for key in self._fully_sampled & self.counts.limits.keys():
            self.counts.limits[key].limit = None  # known to the parent, and slow to pickle
        return self.counts

    def check_text(self, location: RecordLocation) -> bool:
        """Check the text of one record, and return whether it is truncated."""
        document = parse(location.text)
        number = self._next_number()
        if document.readable:
            self._count_values([document.value], [number])
        if self._is_valid(document, number, location):
            self.keep_valid(location)
            return False
        ends = not any(each.code == "syntax" for each in document.errors)
        return not (document.readable or (ends and document.data.rstrip().endswith(_CLOSING)))

    def reject(
        self, error: RecordError, location: RecordLocation, number: int | None = None
    ) -> None:
        """Count what could not be read as a record; its *number*, if it is counted already."""
        place = None if location.line is None else Place(1, 1)
        violation = Violation(error.code, "", place=place, detail=error.detail)
        found = FoundRecord(number or self._next_number(), None, location, readable=False)
        self._count_invalid(found, (violation,))

    def check_values(
        self,
        values: Sequence[Any],
        location_of: Callable[[int], RecordLocation],
        names: Set[str] | None = None,
        *,
        numbers: Sequence[int] | None = None,
        exact_text: bytes | None = None,
    ) -> list[int]:
        """Check values, count the invalid ones, and return their indices.

        *names* are those of all properties, if the values are objects from `FastReader.objects`,
        *exact_text* is the text of nested ones. *numbers* are those of records counted already.
        """
        numbers = numbers or self._next_numbers(len(values))
        invalid = []
        documents: dict[int, Document] = {}
        flat, is_exact = names is not None, exact_text is not None
        suspects = self._suspects(values, numbers, flat=flat, is_exact=is_exact)
        for index, verdict, inexact in suspects:
            number = numbers[index]
            if inexact:  # the verdict is on a value that the strict parser may read differently
                location = location_of(index)
                documents[index] = parse(location.text)
                if not self._is_valid(documents[index], number, location):
                    invalid.append(index)
            elif (
                verdict is not None and (left := self._counted(verdict, values[index])) is not None
            ):
                if left.broken:
                    invalid.append(index)
            elif verdict is not VALID:
                with record_index_in_errors(number - 1):
                    found = FoundRecord(number, values[index], location_of(index))
                    if self._is_invalid(found, verdict):
                        invalid.append(index)
        if documents:
            values, numbers = _as_parsed(values, numbers, documents)
        self._count_values(values, numbers, names, exact_text)
        return invalid

    def keep_valid(self, location: RecordLocation, value: Any = None) -> None:
        """Keep the bytes of a valid record, if records are split."""
        if self._settings.split:
            raw = dump_record(value) + b"\n" if location.raw is None else location.raw
            self.counts.valid.append(raw)

    def _next_number(self) -> int:
        self.counts.records += 1
        return self.counts.records

    def _next_numbers(self, count: int) -> Sequence[int]:
        first = self.counts.records + 1
        self.counts.records += count
        return range(first, first + count)

    # -- the verdict ---------------------------------------------------------------------------

    def _is_valid(self, document: Document, number: int, location: RecordLocation) -> bool:
        """Return whether a parsed record is valid, and count it if it is not."""
        checker = self._settings.checker
        if not document.errors and checker.is_certainly_valid(document.value):
            return True
        report = self._settings.check(document, self.counts.ignored)
        self._count_undecided(report)
        if not report.ok:
            found = FoundRecord(number, document.value, location, document.readable)
            self._count_invalid(found, report.violations)
        return report.ok

    def _is_invalid(self, found: FoundRecord, verdict: Verdict | None) -> bool:
        """Return whether a record is invalid, and count it if it is."""
        report = self._settings.check(found.value, self.counts.ignored)
        self._count_undecided(report)
        if not report.ok:
            self._count_invalid(found, report.violations)
        if verdict is not None and not self._settings.needs_violations:
            left = self._settings.ignored_limits.remainder(verdict)
            if left is not None:
                limits = [self._limit(limit.keyword, limit, rank) for limit, rank, _ in left.broken]
                if not any(map(self._needs_samples, limits)):
                    self._sampled_verdicts[verdict] = left
        return not report.ok

    def _counted(self, verdict: Verdict, value: Any) -> Remainder | None:
        """Count a record by its verdict alone, and return what it breaks.

        Return None, and count nothing, where its violations are needed.
        """
        settings, left = self._settings, self._sampled_verdicts.get(verdict)
        if left is None and (
            settings.known is None or settings.needs_violations or verdict is VALID
        ):
            return None
        if settings.known is not None:
            known = settings.known.of(value)
            left = left or self._known_remainder(verdict, known)
            if left is None:
                return None
            for limit, rank, field in left.broken:
                self._count_known(known, self._limit(limit.keyword, limit, rank), field)
        if left is not None:
            self._counted_verdicts[verdict] = left
            self._verdict_counts[verdict] += 1
        return left

    def _known_remainder(self, verdict: Verdict, known: KnownOfRecord) -> Remainder | None:
        """Return what a verdict breaks, or None if any of it is not known of the record."""
        left = self._settings.ignored_limits.remainder(verdict)
        if left is None or not left.broken:
            return None
        is_known = all(known.has(limit, limit.keyword, field) for limit, _, field in left.broken)
        return left if is_known else None

    def _suspects(
        self, values: Sequence[Any], numbers: Sequence[int], *, flat: bool, is_exact: bool
    ) -> Iterator[tuple[int, Verdict | None, bool]]:
        """Yield the index of each value that may be invalid, its verdict, and if it is inexact.

        The verdict is None where it takes a full check. A *flat* value is inexact if the fast
        parser may have read it in another way than the strict one.
        """
        batch = self._settings.batch
        if batch.simple:
            try:
                suspects = (
                    batch.unsure(values)
                    if flat
                    else batch.invalid(values, may_be_long=not is_exact)
                )
                chosen = [values[at] for at in suspects]
                verdicts = batch.broken(chosen)
            except ValueError:  # the engine does not take one of them as it is
                pass
            else:
                yield from zip(suspects, verdicts, _inexact(chosen, flat=flat), strict=True)
                return
        inexact = _inexact(values, flat=flat)
        for index, value in enumerate(values):
            with record_index_in_errors(numbers[index] - 1):
                suspect = inexact[index] or not self._settings.checker.is_certainly_valid(value)
            if suspect:
                yield index, None, inexact[index]

    # -- counts --------------------------------------------------------------------------------

    def _count_values(
        self,
        values: Sequence[Any],
        numbers: Sequence[int],
        names: Set[str] | None = None,
        text: bytes | None = None,
    ) -> None:
        """Count what is counted of every record that has a value, valid or not.

        *numbers* are those of the records; *names*, if known, the names of their properties; *text*
        is theirs, if no name in it is escaped.
        """
        settings, undocumented = self._settings, self._settings.undocumented
        first_names = undocumented.first_names
        if names is None and (self.measures_lengths or first_names):
            names = set().union(*values) if set(map(type, values)) == {dict} else None
        if self.measures_lengths:
            settings.length_counter.measure(values, self.counts.lengths, names)
        if (first_names is None or not first_names.isdisjoint(names or first_names)) and (
            # to walk nested records for what is not in their text took half of the time
            text is None or undocumented.may_be_in(text)
        ):
            for value in values:
                found = undocumented.within(value)
                if found:
                    self.counts.unspecified.update(found.keys())
        if settings.key_extractor is not None:
            for number, value in zip(numbers, values, strict=True):
                self.counts.add_key(settings.key_extractor.extract(value), number)

    def _count_undecided(self, report: Report) -> None:
        """Count what could not be checked of this record, though it can be of others."""
        of_any = self._settings.contract.not_checked
        for pointer, reason in report.not_checked.items():
            if of_any.get(pointer) != reason:
                self.counts.not_checked[json.dumps([pointer, reason])] += 1

    def _count_invalid(self, found: FoundRecord, violations: Sequence[Violation]) -> None:
        """Count an invalid record, and report it."""
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


def _number(key: tuple[bytes, int, str | None]) -> int:
    return key[1]


def _is_known(known: KnownOfRecord, violation: Violation) -> bool:
    limit = violation.limit
    return known.has(limit, violation.code, affected_field(limit, violation.pointer))


@contextmanager
def record_index_in_errors(index: int) -> Iterator[None]:
    """Put the index of the record before the pointer of a NotJSON error."""
    try:
        yield
    except NotJSON as error:
        raise replace(error, pointer=f"/{index}{error.pointer}") from None


def _as_parsed(
    values: Sequence[Any], numbers: Sequence[int], documents: Mapping[int, Document]
) -> tuple[list[Any], list[int]]:
    """Return values and numbers of records, where *documents* by index replace the values.

    A record whose document is not readable has no value, and is omitted.
    """
    pairs = [
        (documents[index].value if index in documents else value, number)
        for index, (value, number) in enumerate(zip(values, numbers, strict=True))
        if index not in documents or documents[index].readable
    ]
    return [value for value, _ in pairs], [number for _, number in pairs]


def _inexact(values: Sequence[Any], *, flat: bool) -> Sequence[bool]:
    """Return of each value whether it has to be parsed again, to be exact."""
    types = map(type, chain.from_iterable(map(dict.values, values))) if flat else ()
    if _EXACT_TYPES.issuperset(types):
        return [False] * len(values)
    return [not _EXACT_TYPES.issuperset(map(type, value.values())) for value in values]
