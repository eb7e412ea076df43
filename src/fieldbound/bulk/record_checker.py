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
from fieldbound.policy import NOTHING_IGNORED, Ignore
from fieldbound.validation import VALID, checker_of

from .counts import MAX_ERRORS, Counts, InvalidRecord, LimitCount, limit_key
from .ignored_limits import IgnoredLimits
from .lengths import LengthCounter
from .samples import FoundRecord, RecordLocation, dump_record, invalid_record_members

if TYPE_CHECKING:
    from fieldbound.documents import Document
    from fieldbound.model import Report
    from fieldbound.validation import Batch, Contract, Verdict

    from .counts import LimitKey
    from .ignored_limits import Remainder
    from .inputs.blocks import RecordError
    from .keys import KeyExtractor

#: How a complete record ends.
_CLOSING: Final = (b"}", b"]")
#: Types whose values every JSON parser reads alike.
_EXACT_TYPES: Final = frozenset((str, bool, int, type(None)))


class CheckSettings:
    """The contract and the options that every block is checked with, as `BlockChecker` has them."""

    def __init__(
        self,
        contract: Contract,
        key_extractor: KeyExtractor | None,
        samples: int,
        split: bool,
        on_invalid: Callable[[int, Any, Sequence[Violation]], None] | None,
        *,
        ignore: Ignore = NOTHING_IGNORED,
    ) -> None:
        if type(samples) is not int or samples < 0:
            raise ValueError(f"samples must be an integer >= 0, not {samples!r}")
        self.checker = checker_of(contract)
        self.checker.is_valid({})  # raises Unspecified, and compiles the schema before a fork
        self.contract, self.key_extractor, self.samples = contract, key_extractor, samples
        self.split, self.on_invalid = split, on_invalid
        self.batch: Batch = self.checker.batch
        self.undocumented = self.checker.undocumented
        self.length_counter = LengthCounter(contract.limits if self.batch.simple else ())
        self.limit_keys: dict[int, tuple[Limit | None, LimitKey]] = {}
        self.ignore, self.ignored_limits = ignore, IgnoredLimits(ignore, contract.limits)
        self.needs_violations = split or on_invalid is not None

    def check(self, value: Any, ignored: Counter[str] | None = None) -> Report:
        """Check a value, and count what is *ignored* of it."""
        report = self.ignore.applied(self.checker.check(value))
        if ignored is not None:
            ignored.update(report.ignored)
        return report


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

    def finish(self) -> Counts:
        """Return the counts of all records checked."""
        for verdict, times in self._verdict_counts.items():
            left = self._sampled_verdicts[verdict]
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

    def reject(self, error: RecordError, location: RecordLocation) -> None:
        """Count what could not be read as a record."""
        place = None if location.line is None else Place(1, 1)
        violation = Violation(error.code, "", place=place, detail=error.detail)
        found = FoundRecord(self._next_number(), None, location, readable=False)
        self._count_invalid(found, (violation,))

    def check_values(
        self,
        values: Sequence[Any],
        location_of: Callable[[int], RecordLocation],
        names: Set[str] | None = None,
    ) -> list[int]:
        """Check values, count the invalid ones, and return their indices.

        *names* are those of all properties, if the values are objects from `FastReader.objects`.
        """
        base, flat = self.counts.records, names is not None
        self.counts.records += len(values)
        invalid = []
        documents: dict[int, Document] = {}
        for index, verdict, inexact in self._suspects(values, base, flat=flat):
            number = base + index + 1
            if inexact:  # the verdict is on a value that the strict parser may read differently
                location = location_of(index)
                documents[index] = parse(location.text)
                if not self._is_valid(documents[index], number, location):
                    invalid.append(index)
            elif verdict in self._sampled_verdicts:
                self._verdict_counts[verdict] += 1  # type: ignore[index]
                if self._sampled_verdicts[verdict].broken:
                    invalid.append(index)
            elif verdict is not VALID:
                with record_index_in_errors(base + index):
                    found = FoundRecord(number, values[index], location_of(index))
                    if self._is_invalid(found, verdict):
                        invalid.append(index)
        numbers: Sequence[int] = range(base + 1, base + 1 + len(values))
        if documents:
            values, numbers = _as_parsed(values, numbers, documents)
        self._count_values(values, numbers, names)
        return invalid

    def keep_valid(self, location: RecordLocation, value: Any = None) -> None:
        """Keep the bytes of a valid record, if records are split."""
        if self._settings.split:
            raw = dump_record(value) + b"\n" if location.raw is None else location.raw
            self.counts.valid.append(raw)

    def _next_number(self) -> int:
        self.counts.records += 1
        return self.counts.records

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

    def _suspects(
        self, values: Sequence[Any], base: int, *, flat: bool
    ) -> Iterator[tuple[int, Verdict | None, bool]]:
        """Yield the index of each value that may be invalid, its verdict, and if it is inexact.

        The verdict is None where it takes a full check. A *flat* value is inexact if the fast
        parser may have read it in another way than the strict one.
        """
        batch = self._settings.batch
        if batch.simple:
            try:
                suspects = batch.unsure(values) if flat else batch.invalid(values)
                chosen = [values[at] for at in suspects]
                verdicts = batch.broken(chosen)
            except ValueError:  # the engine does not take one of them as it is
                pass
            else:
                yield from zip(suspects, verdicts, _inexact(chosen, flat=flat), strict=True)
                return
        inexact = _inexact(values, flat=flat)
        for index, value in enumerate(values):
            with record_index_in_errors(base + index):
                suspect = inexact[index] or not self._settings.checker.is_certainly_valid(value)
            if suspect:
                yield index, None, inexact[index]

    # -- counts --------------------------------------------------------------------------------

    def _count_values(
        self, values: Sequence[Any], numbers: Sequence[int], names: Set[str] | None = None
    ) -> None:
        """Count what is counted of every record that has a value, valid or not.

        *numbers* are those of the records; *names*, if known, the names of their properties.
        """
        settings, first_names = self._settings, self._settings.undocumented.first_names
        needs_names = self.measures_lengths or first_names
        if names is None and needs_names and all(each.__class__ is dict for each in values):
            names = set().union(*values)
        if self.measures_lengths:
            settings.length_counter.measure(values, self.counts.lengths, names)
        if first_names is None or not first_names.isdisjoint(names or first_names):
            for value in values:
                self.counts.unspecified.update(settings.undocumented.within(value).keys())
        if settings.key_extractor is not None:
            for number, value in zip(numbers, values, strict=True):
                key = settings.key_extractor.extract(value)
                if key is None:
                    self.counts.missing_keys += 1
                else:
                    self.counts.keys.append((key.digest, number, key.excerpt))

    def _count_undecided(self, report: Report) -> None:
        """Count what could not be checked of this record, though it can be of others."""
        of_any = self._settings.contract.not_checked
        for pointer, reason in report.not_checked.items():
            if of_any.get(pointer) != reason:
                self.counts.not_checked[json.dumps([pointer, reason])] += 1

    def _count_invalid(self, found: FoundRecord, violations: Sequence[Violation]) -> None:
        """Count an invalid record, and report it."""
        limits = self._limits_of(violations)
        self._report(found, limits, violations)
        self._count(limits, [affected_field(each.limit, each.pointer) for each in violations])

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
        self, found: FoundRecord, limits: Sequence[LimitCount], violations: Sequence[Violation]
    ) -> None:
        """Keep samples of an invalid record, and pass it on if it is to be written or reported."""
        settings, location = self._settings, found.location
        if settings.on_invalid is not None:
            settings.on_invalid(found.number, found.value, violations)
        if settings.split:
            members = invalid_record_members(found, violations)
            self.counts.invalid_records.append(
                InvalidRecord(found.number, location.offset, location.line, members)
            )
        unsampled = {id(limit): limit for limit in limits if self._needs_samples(limit)}
        if not unsampled:
            return
        if found.is_json and not any(each.place for each in violations):
            violations = settings.check(parse(location.text)).violations
            limits = self._limits_of(violations)
        extractor = settings.key_extractor
        key = None if extractor is None else extractor.extract(found.value)
        for limit, violation in zip(limits, violations, strict=True):
            if unsampled.pop(id(limit), None) is not None:
                limit.samples.append(found.sample(violation, key and key.excerpt))


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
