"""A summary in Markdown, for the page of a CI job: a table of the violations, bounded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fieldbound.model import BulkReport, escaped, pluralize_large, summary_line

from .bulk.messages import impact, label
from .details import message_text, report_name
from .summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.model import LimitTally, Report, Violation
    from fieldbound.policy import Severity

#: How many rows the table has, and how many files are listed; GitHub takes 1 MiB.
_MAX_ROWS: Final = 100
_HEADER: Final = "| Place | Severity | Limit | Violation |\n| --- | --- | --- | --- |\n"


class StepSummary:
    """Collects the violations of reports of documents and of records."""

    def __init__(self, severity: Severity) -> None:
        self._severity = severity
        self._summary = Summary()
        self._files: list[str] = []
        self._rows: list[str] = []
        self._omitted = 0

    def add(self, report: Report | BulkReport) -> None:
        """Add a report."""
        if isinstance(report, BulkReport):
            self._files.append(escaped(summary_line(report)))
            name = escaped(report.name or report.contract)
            for tally in report.tallies:
                self._add_row(tally, self._place_of(name, tally), _text(report, tally))
            return
        self._summary.add(report, self._severity)
        for each in report:
            at = "" if each.place is None else f":{each.place}"
            self._add_row(each, f"{report_name(report)}{at}", message_text(report, each))

    def markdown(self, problems: Sequence[str]) -> str:
        """Return the summary, with what could not be checked, in ASCII line ends."""
        return "".join(f"{block}\n" for block in self._blocks(problems))

    def _blocks(self, problems: Sequence[str]) -> Iterator[str]:
        yield "### fieldbound\n"
        if self._summary.documents or not self._files:
            self._summary.not_checked = len(problems)
            yield f"{_cell(str(self._summary))}\n"
        if self._files:
            yield from _items(self._files)
        if self._rows:
            yield _HEADER + "".join(self._rows)
        if self._omitted:
            yield f"… and {pluralize_large(self._omitted, 'more row')}.\n"
        if problems:
            yield "Could not be checked:\n"
            yield from _items([escaped(problem) for problem in problems])

    def _add_row(self, found: Violation | LimitTally, place: str, text: str) -> None:
        if len(self._rows) == _MAX_ROWS:
            self._omitted += 1
            return
        level = "error" if self._severity.fails(found) else "warning"
        limit = escaped(found.code if found.limit is None else found.limit.id)
        cells = " | ".join(map(_cell, (place, level, limit, text)))
        self._rows.append(f"| {cells} |\n")

    @staticmethod
    def _place_of(name: str, tally: LimitTally) -> str:
        line = tally.samples[0].line if tally.samples else None
        return name if line is None else f"{name}:{line}"


def _text(report: BulkReport, tally: LimitTally) -> str:
    return f"{label(tally)}: {impact(tally, report.records)}"


def _items(lines: Sequence[str]) -> Iterator[str]:
    more = len(lines) - _MAX_ROWS
    shown = [f"- {_cell(line)}\n" for line in lines[:_MAX_ROWS]]
    yield "".join([*shown, f"- … and {more} more\n" * (more > 0)])


def _cell(text: str) -> str:
    """Return a text as Markdown that shows just that: no markup, no link, no end of a cell."""
    return re.sub(r"([!-,.:-@\[-`{-~])", r"\\\1", text)
