"""Reports go in, lines for a reader come out: `file:line:column: code: message`, details below.

Each report is given as it comes. A line of the text is shown after its number, so that nothing
from a user's data ever starts a line: some who read a log take such a line as a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .details import details, name, said
from .escape import cells, escaped
from .style import Style, Tally
from .unchecked import NotChecked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation

#: How much of a line is shown around the column of a violation, in cells of the terminal.
_SHOWN: Final = 100

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
    """Give the violations of each report, then what was not judged, then the count.

    The address of a source is given where it is first told of, a note at its limit's first.
    """
    tally = Tally()
    told: set[Any] = set()
    unjudged = NotChecked()
    for report in reports:
        tally.add(report, style.fail_on)
        unjudged.add(report)
        for violation in report:
            yield "".join(f"{line}\n" for line in _lines(report, violation, style, told))
    tally.not_checked = len(problems)
    if not style.quiet:
        yield from (f"{line}\n" for line in unjudged)
        yield f"{tally}\n"


def _lines(report: Report, violation: Violation, style: Style, told: set[Any]) -> Iterator[str]:
    def paint(role: str, text: str) -> str:
        return f"\033[{_COLORS[role]}m{text}\033[0m" if style.color else text

    at = "" if violation.place is None else f":{violation.place}"
    fails = violation.fails(style.fail_on)
    code = (
        paint("code", violation.code) if fails else paint("warning", f"warning: {violation.code}")
    )
    yield f"{paint('place', f'{name(report)}{at}:')} {code}: {said(report, violation)}"
    if style.excerpts and (excerpt := _excerpt(report, violation)):
        number = str(violation.place and violation.place.line)
        line, caret = excerpt
        yield f"    {paint('note', f'{number} |')} {line}"
        yield f"    {paint('note', ' ' * len(number) + ' |')} {paint('caret', caret)}"
    yield from (f"    {paint(role, line)}" for role, line in details(violation, told))


def _excerpt(report: Report, violation: Violation) -> tuple[str, str] | None:
    """Give the line that a violation stands in and a caret below its column, if it may be shown."""
    at, limit = violation.place, violation.limit
    if at is None or at.line not in report.lines or (limit is not None and limit.sensitive):
        return None
    return _cut(report.lines[at.line], at.column)


def _cut(line: str, column: int) -> tuple[str, str]:
    near = _harmless(line[max(0, column - 1 - _SHOWN) : column - 1 + _SHOWN])
    shown = _SHOWN * len(near) // max(1, cells(near))
    start = max(0, min(column - 1 - shown // 2, len(line) - shown))
    before = ("…" if start else "") + _harmless(line[start : column - 1])
    after = _harmless(line[column - 1 : start + shown])
    rest = "…" if start + shown < len(line) else ""
    return f"{before}{after}{rest}", " " * cells(before) + "^"


def _harmless(text: str) -> str:
    return escaped(text.replace("\t", " ").rstrip("\r\n"))
