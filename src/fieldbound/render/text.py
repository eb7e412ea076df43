"""Text: `file:line:column: code: message` for each violation, with details below, streamed.

An excerpt is shown after its line number, so that data never starts a line: some readers of logs
take a line such as `::error::` for a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .details import details, message_text, report_name
from .escape import display_width, escaped
from .style import Style
from .summary import Summary
from .unchecked import NotChecked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation

#: How much of a line is shown around the column of a violation, in terminal cells.
_EXCERPT_WIDTH: Final = 100

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
    summary = Summary()
    shown: set[Any] = set()
    not_checked = NotChecked()
    for report in reports:
        summary.add(report, style.fail_on)
        not_checked.add(report)
        for violation in report:
            yield "".join(f"{line}\n" for line in _lines(report, violation, style, shown))
    summary.not_checked = len(problems)
    if not style.quiet:
        yield from (f"{line}\n" for line in not_checked)
        yield f"{summary}\n"


def _lines(report: Report, violation: Violation, style: Style, shown: set[Any]) -> Iterator[str]:
    def paint(role: str, text: str) -> str:
        return f"\033[{_COLORS[role]}m{text}\033[0m" if style.color else text

    at = "" if violation.place is None else f":{violation.place}"
    fails = violation.fails(style.fail_on)
    code = (
        paint("code", violation.code) if fails else paint("warning", f"warning: {violation.code}")
    )
    place = paint("place", f"{report_name(report)}{at}:")
    yield f"{place} {code}: {message_text(report, violation)}"
    if style.excerpts and (excerpt := _excerpt(report, violation)):
        number = str(violation.place and violation.place.line)
        line, caret = excerpt
        yield f"    {paint('note', f'{number} |')} {line}"
        yield f"    {paint('note', ' ' * len(number) + ' |')} {paint('caret', caret)}"
    yield from (f"    {paint(role, line)}" for role, line in details(violation, shown))


def _excerpt(report: Report, violation: Violation) -> tuple[str, str] | None:
    """Return the line of a violation and a caret below its column; None if it must not be shown."""
    at, limit = violation.place, violation.limit
    if at is None or at.line not in report.lines or (limit is not None and limit.sensitive):
        return None
    return _cut(report.lines[at.line], at.column)


def _cut(line: str, column: int) -> tuple[str, str]:
    near = _escaped_line(line[max(0, column - 1 - _EXCERPT_WIDTH) : column - 1 + _EXCERPT_WIDTH])
    shown = _EXCERPT_WIDTH * len(near) // max(1, display_width(near))
    start = max(0, min(column - 1 - shown // 2, len(line) - shown))
    before = ("…" if start else "") + _escaped_line(line[start : column - 1])
    after = _escaped_line(line[column - 1 : start + shown])
    rest = "…" if start + shown < len(line) else ""
    return f"{before}{after}{rest}", " " * display_width(before) + "^"


def _escaped_line(text: str) -> str:
    return escaped(text.replace("\t", " ").rstrip("\r\n"))
