"""Bulk reports as text: the top errors with samples, and string lengths.

No line begins with user data, except for the name of the file.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import escaped, percentage, pluralize_large, summary_line
from fieldbound.render.details import details, pointer_text

from .charts import bar, length_range, over_limit, sparkline
from .messages import (
    fields,
    fix_summary,
    impact,
    label,
    location,
    notes,
    problems as problems_of,
    status,
    totals,
    violation_counts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import BulkReport, Lengths, LimitTally
    from fieldbound.render.style import Style

#: Limits that are shown, and fields of which the lengths are shown.
MAX_SHOWN: Final = 20
_WIDTH: Final = 80
_COLORS: Final = {
    "head": "1",
    "fails": "31",
    "warning": "33",
    "known": "2",
    "bar": "36",
    "hint": "32",
    "source": "2",
    "note": "2",
    "also": "2",
}


def render(
    reports: Iterable[BulkReport], style: Style, problems: Sequence[str] = ()
) -> Iterator[str]:
    """Yield each report when it is complete, then the totals of several files.

    If *style* is quiet, valid files, notes and lengths are omitted.
    """
    seen: list[BulkReport] = []
    for report in reports:
        if not (style.quiet and report.ok):
            yield from "\n" * bool(seen)
            yield from (f"{line}\n" for line in _Lines(report, style))
        seen.append(report)
    if not style.quiet and (len(seen) != 1 or problems):
        yield from "\n" * bool(seen)
        yield f"{totals(seen, problems)}\n"


class _Lines:
    """The lines of one report."""

    def __init__(self, report: BulkReport, style: Style) -> None:
        self._report = report
        self._style = style
        self._addresses_shown: set[Any] = set()
        self._shown = report.tallies[:MAX_SHOWN]
        self._lengths = {each.limit: each for each in report.lengths if each.measured}

    def __iter__(self) -> Iterator[str]:
        report = self._report
        yield self._paint("head", escaped(summary_line(report)))
        yield from (f"    {self._paint('fails', each)}" for each in problems_of(report))
        if not self._style.quiet:
            yield from self._violation_counts()
            yield from (f"    {each}" for each in notes(report))
        if report.tallies:
            yield from self._top_errors()
        if not self._style.quiet:
            yield from self._other_lengths()

    def _paint(self, role: str, text: str) -> str:
        return f"\033[{_COLORS[role]}m{text}\033[0m" if self._style.color else text

    def _violation_counts(self) -> Iterator[str]:
        counts = violation_counts(self._report)
        if counts:
            listed = ", ".join(f"{number} in {records:,}" for number, records in counts)
            yield f"    errors per invalid record: {listed}"

    def _top_errors(self) -> Iterator[str]:
        yield ""
        yield self._paint("head", "Top errors")
        if not self._style.quiet and (summary := fix_summary(self._report)):
            yield f"    {summary}"
        for number, tally in enumerate(self._shown, 1):
            yield from self._limit(number, tally)
        rest = self._report.tallies[MAX_SHOWN:]
        if rest:
            most = pluralize_large(rest[0].records, "record")
            more = pluralize_large(len(rest), "more limit")
            yield f"and {more}, each in at most {most}; --format json and html show all"

    def _limit(self, number: int, tally: LimitTally) -> Iterator[str]:
        report, style = self._report, self._style
        name = label(tally)
        of_tally = status(tally, style.severity)
        named = self._paint(of_tally or "fails", f"{of_tally}: {name}" if of_tally else name)
        yield f"{number:2}. {named}: {impact(tally, report.records)}"
        if tally.is_known:
            return
        drawn = bar(tally.records, report.invalid, ascii=style.ascii)
        of = f"{percentage(tally.records, report.invalid)} of the invalid records"
        yield f"    {self._paint('bar', drawn)} {of}"
        if tally.fields:
            yield from _wrapped("at", fields(tally))
        if tally.samples:
            first, *others = tally.samples
            yield f"    record {location(first)}: {escaped(first.violation.message)}"
            for role, line in details(first.violation, self._addresses_shown):
                yield f"        {self._paint(role, line)}"
            if others:
                yield from _wrapped("also in", [location(each) for each in others])
        if tally.limit in self._lengths and tally.code == "maxLength" and not style.quiet:
            yield from self._distribution(self._lengths[tally.limit])

    def _distribution(self, lengths: Lengths) -> Iterator[str]:
        drawn = self._paint("bar", sparkline(lengths, ascii=self._style.ascii))
        yield f"    {drawn} {length_range(lengths)}, limit {lengths.limit.value:,} at |"
        yield f"    {pluralize_large(lengths.measured, 'string')}, {over_limit(lengths)}"

    def _other_lengths(self) -> Iterator[str]:
        """Yield the lengths at limits that were not shown, those closest to the limit first."""
        shown = {tally.limit for tally in self._shown if tally.code == "maxLength"}
        others = [each for limit, each in self._lengths.items() if limit not in shown]
        others.sort(key=lambda each: (each.longest or 0) / max(1, each.limit.value), reverse=True)
        if not others:
            return
        yield ""
        yield self._paint("head", "String lengths up to the limit (|), and the longest")
        for lengths in others[:MAX_SHOWN]:
            drawn = self._paint("bar", sparkline(lengths, ascii=self._style.ascii))
            longest = f"{lengths.longest or 0:,} of {lengths.limit.value:,}"
            note = " (truncated?)" if lengths.possible_truncation else ""
            yield f"    {drawn} {pointer_text(lengths.limit.pointer)}: {longest}{note}"
        if more := max(0, len(others) - MAX_SHOWN):
            yield f"and {pluralize_large(more, 'more field')}; --format json and html show all"


def _wrapped(head: str, words: Sequence[str]) -> Iterator[str]:
    """Yield a list in lines that are broken between its items."""
    # no-break spaces, of which `escaped` leaves none, stand for the spaces within an item
    items = [word.replace(" ", "\xa0") for word in words]
    lines = wrap(
        f"{head} {', '.join(items)}",
        _WIDTH,
        initial_indent=" " * 4,
        subsequent_indent=" " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from (line.replace("\xa0", " ") for line in lines)
