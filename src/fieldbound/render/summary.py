"""The summary line below the reports: how many documents were checked, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .listed import Listed, listed, sampled
from .unchecked import NotChecked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from fieldbound.model import Report
    from fieldbound.policy import Severity

    from .bulk.sampled import SampledReport
    from .style import Style


class Summary:
    """Counts over reports; as text, the summary line.

    *documents* were checked, *messages* of them are HTTP messages, *records* of them are records,
    *invalid* of them have violations; *warnings* are those violations that do not fail. *partial*
    were not checked in full, *undocumented* are not fully documented. *not_checked* counts what
    could not be checked, *omitted* the violations that are not listed. None of them are *ignored*
    or *known*.
    """

    def __init__(
        self,
        documents: int = 0,
        invalid: int = 0,
        violations: int = 0,
        warnings: int = 0,
        not_checked: int = 0,
    ) -> None:
        self.documents, self.invalid, self.violations = documents, invalid, violations
        self.warnings, self.not_checked = warnings, not_checked
        self.messages = self.records = self.partial = self.undocumented = 0
        self.omitted = self.ignored = self.known = 0

    def add(self, report: Report, severity: Severity) -> None:
        """Count *report*."""
        if (records := sampled(report)) is not None:
            self._add_records(records, severity)
            return
        self.documents += 1
        self.messages += report.about is not None
        self.invalid += not report.ok
        self.partial += not report.is_complete
        self.undocumented += bool(report.undocumented)
        self.violations += len(report)
        self.ignored += sum(report.ignored.values())
        self.known += report.known
        self.warnings += sum(not severity.fails(violation) for violation in report)

    def _add_records(self, report: SampledReport, severity: Severity) -> None:
        """Count the records that a report has samples of."""
        of = report.of
        new = [(tally, tally.violations - tally.known) for tally in of.tallies]
        self.documents += of.records
        self.records += of.records
        self.invalid += of.invalid if any(count for _, count in new) else 0
        self.partial += sum(count for _, _, count in of.not_checked)
        self.violations += sum(count for _, count in new)
        self.ignored += sum(of.ignored.values())
        self.known += report.known
        self.warnings += sum(count for tally, count in new if not severity.fails(tally))

    def __str__(self) -> str:
        return self._checked() + (
            f"; {self.ignored} ignored" * bool(self.ignored)
            + f"; {self.known} in the baseline" * bool(self.known)
            + f"; {self.omitted} not listed ({self._more})" * bool(self.omitted)
            + f"; {self.partial} not checked in full" * bool(self.partial)
            + f"; {self.undocumented} not fully documented" * bool(self.undocumented)
            + f"; {self.not_checked} could not be checked" * bool(self.not_checked)
        )

    @property
    def _more(self) -> str:
        return "--samples N lists more" if self.records else "--max-violations 0 lists all"

    @property
    def _units(self) -> str:
        if 0 < self.records < self.documents:
            return "documents and records"
        names = {self.records: "records", self.messages: "messages"}
        return names.get(self.documents, "documents") if self.documents else "documents"

    def _checked(self) -> str:
        if not self.documents:
            return "no documents checked"
        many = f"{self.documents} {self._units if self.documents != 1 else self._units[:-1]}"
        if not self.violations and self.known:
            return f"no new violations in {many}"
        if not self.violations:
            return f"{many} valid"
        count = f"{self.violations} violation{'s' * (self.violations != 1)}"
        found = f"{count} in {self.invalid} of {self.documents} {self._units}"
        if not self.warnings:
            return found
        warnings = "a warning" if self.warnings == 1 else "warnings"
        if self.warnings == self.violations:
            return f"{found}, {'all ' * (self.warnings > 1)}only {warnings}"
        return f"{found}, {self.warnings} of them only {warnings}"


def with_summary(
    reports: Iterable[Report],
    style: Style,
    problems: Sequence[str],
    lines_of: Callable[[Report, Listed], Iterable[str]],
    *,
    brief: bool = False,
    problem_line: Callable[[str], str] | None = None,
) -> Iterator[str]:
    """Yield the lines of each report, then what was not checked, then the summary.

    *lines_of* has those of a report, of which the listed violations are given; *problem_line* has
    that of what could not be checked, which else is only counted.
    """
    summary = Summary()
    not_checked = NotChecked()
    for report in reports:
        summary.add(report, style.severity)
        not_checked.add(report)
        own = listed(report, style, brief=brief)
        summary.omitted += own.omitted
        if lines := "".join(f"{line}\n" for line in lines_of(report, own)):
            yield lines
    summary.not_checked = len(problems)
    if problem_line is not None:
        yield from (f"{problem_line(problem)}\n" for problem in problems)
    if not style.quiet:
        yield from (f"{line}\n" for line in not_checked)
        yield f"{summary}\n"
