"""Bulk reports go in, lines for a reader come out: what is wrong, and what to do first.

No line begins with what comes from a user's data, but for the name of the file.
"""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import impact, percentage, pluralize_large, summary_line
from fieldbound.render.details import details
from fieldbound.render.escape import escaped

from .charts import bar, beyond, run, sparkline
from .words import asides, field, fields, label, mended, total, warnings, where, wrongs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import BulkReport, Lengths, LimitTally
    from fieldbound.render.style import Style

#: How many limits are shown, and how many fields with their lengths.
SHOWN: Final = 20
_WIDTH: Final = 80
_COLORS: Final = {
    "head": "1",
    "fails": "31",
    "warning": "33",
    "bar": "36",
    "hint": "32",
    "source": "2",
    "note": "2",
    "also": "2",
}


def render(
    reports: Iterable[BulkReport], style: Style, problems: Sequence[str] = ()
) -> Iterator[str]:
    """Give each report as it comes, then the count of several files.

    If it is to be quiet, what is valid is not told of, nor what is good to know and no violation.
    """
    seen: list[BulkReport] = []
    for report in reports:
        if not (style.quiet and report.ok):
            yield from "\n" * bool(seen)
            yield from (f"{line}\n" for line in _Lines(report, style))
        seen.append(report)
    if not style.quiet and (len(seen) != 1 or problems):
        yield from "\n" * bool(seen)
        yield f"{total(seen, problems)}\n"


class _Lines:
    """The lines of one report."""

    def __init__(self, report: BulkReport, style: Style) -> None:
        self._report = report
        self._style = style
        self._told: set[Any] = set()
        self._shown = report.tallies[:SHOWN]
        self._lengths = {each.limit: each for each in report.lengths if each.measured}

    def __iter__(self) -> Iterator[str]:
        report = self._report
        yield self._paint("head", escaped(summary_line(report)))
        yield from (f"    {self._paint('fails', each)}" for each in warnings(report))
        if not self._style.quiet:
            yield from self._wrong()
            yield from (f"    {each}" for each in asides(report))
        if report.tallies:
            yield from self._ranking()
        if not self._style.quiet:
            yield from self._other_lengths()

    def _paint(self, role: str, text: str) -> str:
        return f"\033[{_COLORS[role]}m{text}\033[0m" if self._style.color else text

    def _wrong(self) -> Iterator[str]:
        rows = wrongs(self._report)
        if rows:
            (word, count), *others = rows
            rest = "".join(f", {count:,} {word}" for word, count in others)
            things = "thing" if word == "one" else "things"
            have = "has" if count == 1 else "have"
            yield f"    of the refused records {count:,} {have} {word} {things} wrong{rest}"

    def _ranking(self) -> Iterator[str]:
        yield ""
        said = None if self._style.quiet else mended(self._report)
        yield self._paint("head", "What to do first") + (f": {said}" if said else "")
        for number, tally in enumerate(self._shown, 1):
            yield from self._limit(number, tally)
        rest = self._report.tallies[SHOWN:]
        if rest:
            most = pluralize_large(rest[0].records, "record")
            yield f"and {pluralize_large(len(rest), 'more limit')}, each broken in {most} or fewer;"
            yield "the formats json and html have all"

    def _limit(self, number: int, tally: LimitTally) -> Iterator[str]:
        report, style = self._report, self._style
        name = label(tally)
        fails = tally.fails(style.fail_on)
        named = self._paint("fails", name) if fails else self._paint("warning", f"warning: {name}")
        yield f"{number:2}. {named}: {impact(tally, report.records)}"
        drawn = bar(tally.records, report.invalid, ascii=style.ascii)
        of = f"{percentage(tally.records, report.invalid)} of the refused records"
        yield f"    {self._paint('bar', drawn)} {of}"
        if tally.fields:
            yield from _wrapped("at", fields(tally))
        if tally.samples:
            first, *others = tally.samples
            yield f"    record {where(first)}: {escaped(first.violation.message)}"
            for role, line in details(first.violation, self._told):
                yield f"        {self._paint(role, line)}"
            if others:
                yield from _wrapped("also in", [where(each) for each in others])
        if tally.limit in self._lengths and tally.code == "maxLength" and not style.quiet:
            yield from self._distribution(self._lengths[tally.limit])

    def _distribution(self, lengths: Lengths) -> Iterator[str]:
        drawn = self._paint("bar", sparkline(lengths, ascii=self._style.ascii))
        yield f"    {drawn} {run(lengths)}, the limit | is {lengths.limit.value:,}"
        yield f"    {pluralize_large(lengths.measured, 'text')}, {beyond(lengths)}"

    def _other_lengths(self) -> Iterator[str]:
        """Give the lengths at limits not told of so far, those nearest to their limit first."""
        told = {tally.limit for tally in self._shown if tally.code == "maxLength"}
        others = [each for limit, each in self._lengths.items() if limit not in told]
        others.sort(key=lambda each: (each.longest or 0) / max(1, each.limit.value), reverse=True)
        if not others:
            return
        yield ""
        yield self._paint("head", "Lengths against the limit |, and the longest")
        for lengths in others[:SHOWN]:
            drawn = self._paint("bar", sparkline(lengths, ascii=self._style.ascii))
            longest = f"{lengths.longest or 0:,} of {lengths.limit.value:,}"
            heaped = ", heaped" if lengths.possible_truncation else ""
            yield f"    {drawn} {field(lengths.limit.pointer)}: {longest}{heaped}"
        if more := max(0, len(others) - SHOWN):
            yield f"and {pluralize_large(more, 'more field')}; the formats json and html have all"


def _wrapped(head: str, words: Sequence[str]) -> Iterator[str]:
    """Break a list between its words."""
    # A space that does not break stands for those within a word: `escaped` leaves none.
    whole = [word.replace(" ", "\xa0") for word in words]
    lines = wrap(
        f"{head} {', '.join(whole)}",
        _WIDTH,
        initial_indent=" " * 4,
        subsequent_indent=" " * 8,
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from (line.replace("\xa0", " ") for line in lines)
