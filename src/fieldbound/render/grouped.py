"""Text grouped by file: its name, and below it a table of its violations, streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .details import message_text, report_name
from .listed import Listed
from .style import Style
from .summary import with_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield the violations of each report, then what was not checked, then the summary."""

    def lines_of(report: Report, own: Listed) -> Iterator[str]:
        return _group(report, own, style) if own.violations else iter(())

    return with_summary(reports, style, problems, lines_of)


def _group(report: Report, own: Listed, style: Style) -> Iterator[str]:
    """Yield the name of a file, its violations in columns, and an empty line."""
    yield f"{report_name(report)}:"
    rows = [(*_start(each, style), message_text(report, each)) for each in own.violations]
    places, codes = (max(map(len, column)) for column in list(zip(*rows, strict=True))[:2])
    for place, code, message in rows:
        start = f"{place:<{places}}  " if places else ""
        yield f"  {start}{code:<{codes}}  {message}"
    yield from (f"  {line}" for line in own.lines)
    yield ""


def _start(violation: Violation, style: Style) -> tuple[str, str]:
    warning = "" if style.severity.fails(violation) else "warning: "
    return str(violation.place or ""), f"{warning}{violation.code}"
