"""GitHub Actions workflow commands: an annotation for each limit that records break, streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound.model import escaped, pluralize_large, printable, summary_line
from fieldbound.render.details import details
from fieldbound.render.github import command, file_of, not_checked_command

from .messages import impact, label, location, notes, problems as problems_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import BulkReport, LimitTally
    from fieldbound.render.style import Style


def render(
    reports: Iterable[BulkReport], style: Style, problems: Sequence[str] = ()
) -> Iterator[str]:
    """Yield the commands of each report, its notes and its summary, when it is complete.

    Each is at the first record that breaks the limit. How many limits are left out is a notice;
    what could not be checked is an error.
    """
    for report in reports:
        yield "".join(f"{line}\n" for line in _lines(report, style))
    yield from (f"{not_checked_command(problem)}\n" for problem in problems)


def _lines(report: BulkReport, style: Style) -> Iterator[str]:
    file = None if report.name is None else file_of(report.name)
    for problem in problems_of(report):
        first = f"{file}: " if file else ""
        yield command("error", {"file": file, "title": "records"}, [first + problem])
    new = [tally for tally in report.tallies if not tally.is_known]
    most = style.max_violations or len(new)
    yield from (_limit(file, report, tally, style) for tally in new[:most])
    if rest := new[most:]:
        count = sum(tally.violations for tally in rest)
        title = f"{count:,} more violations of {pluralize_large(len(rest), 'limit')}"
        yield command("notice", {"file": file, "title": title}, [title])
    if not style.quiet:
        yield from notes(report)
        yield escaped(summary_line(report))


def _limit(file: str | None, report: BulkReport, tally: LimitTally, style: Style) -> str:
    sample = tally.samples[0] if tally.samples else None
    place = None if sample is None else sample.violation.place
    line = None if sample is None else sample.line if place is None else place.line
    properties = {
        "file": file,
        "line": line,
        "col": None if place is None else place.column,
        "title": printable(tally.id),
    }
    at = f":{place or line}" if place or line else ""
    lines = [f"{file}{at}: " * bool(file) + f"{label(tally)}: {impact(tally, report.records)}"]
    if sample is not None:
        lines.append(f"record {location(sample)}: {escaped(sample.violation.message)}")
        lines += [text for _, text in details(sample.violation)]
    return command("error" if style.severity.fails(tally) else "warning", properties, lines)
