"""Concise text: `file:line:column: code: message [limit]`, a line for each violation, streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound.model import escaped

from .details import message_text, report_name
from .listed import Listed
from .style import Style
from .summary import with_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield a line for each violation, then what was not checked, then the summary."""

    def lines_of(report: Report, own: Listed) -> Iterator[str]:
        yield from (_line(report, each, style) for each in own.violations)
        yield from (f"{report_name(report)}: {line}" for line in own.lines)

    return with_summary(reports, style, problems, lines_of)


def _line(report: Report, violation: Violation, style: Style) -> str:
    at = "" if violation.place is None else f":{violation.place}"
    warning = "" if style.severity.fails(violation) else "warning: "
    limit = "" if violation.limit is None else f" [{escaped(violation.limit.id)}]"
    message = message_text(report, violation)
    return f"{report_name(report)}{at}: {warning}{violation.code}: {message}{limit}"
