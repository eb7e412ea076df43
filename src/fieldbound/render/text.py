"""Text: `file:line:column: code: message` for each violation, with details below, streamed.

An excerpt is shown after its line number, so that data never starts a line: some readers of logs
take a line such as `::error::` for a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .details import details, message_text, report_name
from .listed import Listed
from .style import Style
from .summary import with_summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation

_COLORS: Final = {
    "place": "1",
    "code": "31",
    "warning": "33",
    "caret": "31",
    "source": "2",
    "note": "2",
    "also": "2",
    "hint": "32",
}


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield the violations of each report, then what was not checked, then the summary.

    The address of a source, and the note of a limit, are shown the first time only.
    """
    shown: set[Any] = set()

    def lines_of(report: Report, own: Listed) -> Iterator[str]:
        for violation in own.violations:
            yield from _lines(report, violation, style, shown)
        yield from (f"{report_name(report)}: {line}" for line in own.lines)

    return with_summary(reports, style, problems, lines_of, brief=True)


def _lines(report: Report, violation: Violation, style: Style, shown: set[Any]) -> Iterator[str]:
    def paint(role: str, text: str) -> str:
        return f"\033[{_COLORS[role]}m{text}\033[0m" if style.color else text

    at = "" if violation.place is None else f":{violation.place}"
    fails = style.severity.fails(violation)
    code = (
        paint("code", violation.code) if fails else paint("warning", f"warning: {violation.code}")
    )
    place = paint("place", f"{report_name(report)}{at}:")
    yield f"{place} {code}: {message_text(report, violation)}"
    if style.excerpts:
        from .excerpt import excerpt  # slow to import

        if shown_line := excerpt(report, violation, style.width):
            margin, line, underline = shown_line
            yield paint("note", margin) + line
            yield paint("note", f"{' ' * (len(margin) - 2)}| ") + paint("caret", underline)
    yield from (f"    {paint(role, line)}" for role, line in details(violation, shown))
