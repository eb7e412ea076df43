"""GitHub Actions workflow commands: an annotation for each violation, streamed.

Files are relative to GITHUB_WORKSPACE where they are below it. `%` and line ends, and in properties
`:` and `,`, have a meaning in a command, so they are percent-encoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .details import details, message_text
from .escape import escaped
from .style import Style
from .summary import Summary
from .unchecked import NotChecked
from .workspace import in_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield a command for each violation, then what was not checked, then the summary."""
    summary = Summary()
    not_checked = NotChecked()
    for report in reports:
        summary.add(report, style.fail_on)
        not_checked.add(report)
        file = None if report.name is None else escaped(in_workspace(report.name) or report.name)
        yield from (_command(file, report, each, style) for each in report)
    summary.not_checked = len(problems)
    if not style.quiet:
        yield from (f"{line}\n" for line in not_checked)
        yield f"{summary}\n"


def _command(file: str | None, report: Report, violation: Violation, style: Style) -> str:
    place = violation.place
    properties = {
        "file": file,
        "line": None if place is None else place.line,
        "col": None if place is None else place.column,
        "title": escaped(violation.code if violation.limit is None else violation.limit.id),
    }
    level = "error" if violation.fails(style.fail_on) else "warning"
    fields = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    lines = [message_text(report, violation), *(line for _, line in details(violation))]
    return f"::{level} {fields}::{_data(chr(10).join(lines))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
