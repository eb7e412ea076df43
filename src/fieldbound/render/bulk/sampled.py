"""A report of many records as one of a document: its samples are the violations.

So the formats for documents have records, too, with a bounded number of violations of each limit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import BulkReport, Place, Report, Violation

from .messages import impact, label, problems

if TYPE_CHECKING:
    from fieldbound.model import LimitTally, Sample


_NOTHING: Final = BulkReport("", None, records=0, invalid=0)


@dataclass(frozen=True, slots=True)
class SampledViolation(Violation):
    """A violation of one *record*, named where its line does not, or else all of those of a limit.

    The latter have a *sentence* instead of what was found.
    """

    record: str = ""
    sentence: str = ""

    @property
    def message(self) -> str:
        """The violation in one sentence."""
        own = self.sentence or super(SampledViolation, self).message
        return f"{own} ({self.record})" if self.record else own

    @property
    def hint(self) -> str | None:
        """What to write instead."""
        return None if self.sentence else super(SampledViolation, self).hint


@dataclass(frozen=True, slots=True, repr=False)
class SampledReport(Report):
    """The samples *of* a report of records, which has *more* violations of limits, by their id."""

    of: BulkReport = _NOTHING
    more: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def unlisted_tallies(self) -> tuple[LimitTally, ...]:
        """The limits that *more* violations break."""
        return tuple(each for each in self.of.tallies if each.id in self.more)


def as_report(report: BulkReport) -> SampledReport:
    """Return the samples of a report of records as the violations of one document.

    What is known is left out. What is wrong besides broken limits is a violation without a limit.
    """
    new = [tally for tally in report.tallies if not tally.is_known]
    samples = sorted(
        (each for tally in new for each in tally.samples), key=lambda each: each.number
    )
    unspecified = {pointer: reason for pointer, (_, reason) in report.unspecified.items()}
    return SampledReport(
        report.contract,
        (*_problems(report), *map(_violation, samples), *_without_samples(new, report)),
        report.name,
        unspecified,
        not_checked={pointer: reason for pointer, reason, _ in report.not_checked},
        ignored=report.ignored,
        known=sum(tally.known for tally in report.tallies),
        of=report,
        more=_more(new),
    )


def _problems(report: BulkReport) -> Iterator[SampledViolation]:
    codes = ["truncatedFile"] * bool(report.cut_off) + ["duplicateRecord"]
    for code, problem in zip(codes, problems(report), strict=False):
        yield SampledViolation(code, "", sentence=problem)


def _without_samples(
    tallies: Iterable[LimitTally], report: BulkReport
) -> Iterator[SampledViolation]:
    for tally in tallies:
        if not tally.samples:
            pointer = "" if tally.limit is None else tally.limit.pointer
            sentence = f"{label(tally)}: {impact(tally, report.records)}"
            yield SampledViolation(tally.code, pointer, tally.limit, sentence=sentence)


def _violation(sample: Sample) -> SampledViolation:
    violation = sample.violation
    facts: dict[str, Any] = {each.name: getattr(violation, each.name) for each in fields(violation)}
    if violation.place is None and sample.line is not None:
        facts["place"] = Place(sample.line, 1)
    names = [f"record {sample.number}"] * (sample.line is None)
    names += [f"key {sample.key}"] * (sample.key is not None)
    return SampledViolation(**facts, record=", ".join(names))


def _more(tallies: list[LimitTally]) -> dict[str, int]:
    """Return how many violations of each limit are neither samples nor known."""
    more: dict[str, int] = {}
    for tally in tallies:
        rest = tally.violations - tally.known - max(1, len(tally.samples))
        if rest > 0:
            more[tally.id] = more.get(tally.id, 0) + rest
    return more
