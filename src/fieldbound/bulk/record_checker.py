"""Check the records of a block, and count their violations, lengths and keys."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from fieldbound.documents import parse
from fieldbound.model import NotJSON, Place, Violation
from fieldbound.validation import VALID

from .check_settings import CheckSettings
from .counts import Counts
from .samples import FoundRecord, RecordLocation, dump_record
from .violation_counter import ViolationCounter

if TYPE_CHECKING:
    from fieldbound.documents import Document
    from fieldbound.model import Report
    from fieldbound.validation import Verdict

    from .counts import LimitKey
    from .inputs.blocks import RecordError

#: How a complete record ends.
_CLOSING: Final = (b"}", b"]")
#: Types whose values every JSON parser reads alike.
_EXACT_TYPES: Final = frozenset((str, bool, int, type(None)))


class RecordChecker:
    """Checks the records of one block, and counts; *violations* counts what they break.

    No samples are needed of *fully_sampled* limits. While *measures_lengths* is set, the lengths of
    strings are counted.
    """

    def __init__(self, settings: CheckSettings, fully_sampled: frozenset[LimitKey]) -> None:
        self.counts = Counts()
        self.measures_lengths = True
        self._settings = settings
        self.violations = ViolationCounter(settings, fully_sampled, self.counts)

    def finish(self) -> Counts:
        """Return the counts of all records checked."""
        self.counts.keys.sort(key=_number)  # of rows of tables, those that are valid came first
        self.violations.finish()
        self.counts.lengths.cap(self._settings.length_counter.limits)
        return self.counts

    def count_valid(self, values: Sequence[Any], others: Sequence[int]) -> None:
        """Count flat objects that are valid; of *others*, by their indices, the numbers alone."""
        numbers: Sequence[int] = self._next_numbers(len(values))
        skip = frozenset(others)
        values = [value for at, value in enumerate(values) if at not in skip]
        if self._settings.key_extractor is not None:
            numbers = [number for at, number in enumerate(numbers) if at not in skip]
        self._count_values(values, numbers, set().union(*values))

    def check_text(self, location: RecordLocation, number: int | None = None) -> bool:
        """Check the text of one record, and return whether it is truncated.

        Its *number* is given if it is counted already.
        """
        document = parse(location.text)
        number = number or self._next_number()
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
        self.violations.count_invalid(found, (violation,))

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
            number, location = numbers[index], partial(location_of, index)
            if inexact:  # the verdict is on a value that the strict parser may read differently
                documents[index] = parse(location().text)
                is_valid = self._is_valid(documents[index], number, location())
            else:
                is_valid = not self._is_invalid(values[index], verdict, number, location)
            if not is_valid:
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
            self.violations.count_invalid(found, report.violations)
        return report.ok

    def _is_invalid(
        self,
        value: Any,
        verdict: Verdict | None,
        number: int,
        location: Callable[[], RecordLocation],
    ) -> bool:
        """Return whether a record is invalid, by its verdict or a check, and count it if it is."""
        if verdict is VALID:
            return False
        left = None if verdict is None else self.violations.count_verdict_of(value, verdict)
        if left is not None:
            return bool(left.broken)
        with record_index_in_errors(number - 1):
            found = FoundRecord(number, value, location())
            return self.count_report(found, self._settings.check(value))

    def count_report(self, found: FoundRecord, report: Report) -> bool:
        """Count a record by its report, and return whether it is invalid."""
        self.counts.ignored.update(report.ignored)
        self._count_undecided(report)
        if not report.ok:
            self.violations.count_invalid(found, report.violations)
        return not report.ok

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
                inexact = _inexact(chosen, flat=flat)
                yield from self._uncounted(list(zip(suspects, verdicts, inexact, strict=True)))
                return
        inexact = _inexact(values, flat=flat)
        for index, value in enumerate(values):
            with record_index_in_errors(numbers[index] - 1):
                suspect = inexact[index] or not self._settings.checker.is_certainly_valid(value)
            if suspect:
                yield index, None, inexact[index]

    def _uncounted(
        self, suspects: list[tuple[int, Verdict | None, bool]]
    ) -> list[tuple[int, Verdict | None, bool]]:
        """Count the records at once whose verdicts need no more samples, and return the others.

        One by one, that took as long as to find what they break.
        """
        if not self.violations.counts_verdicts:
            return suspects
        found = Counter(verdict for _, verdict, inexact in suspects if not inexact)
        counted = {
            verdict
            for verdict, times in found.items()
            if verdict not in (None, VALID) and self.violations.count_verdict(verdict, times)
        }
        if not counted:
            return suspects
        return [each for each in suspects if each[2] or each[1] not in counted]

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


def _number(key: tuple[bytes, int, str | None]) -> int:
    return key[1]


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
