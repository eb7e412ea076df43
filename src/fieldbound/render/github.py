"""GitHub Actions workflow commands: an annotation for each violation, streamed.

The message begins with the place, as the log of a job shows nothing else of an annotation.
Files are relative to GITHUB_WORKSPACE where they are below it. `%` and line ends, and in properties
`:` and `,`, have a meaning in a command, so they are percent-encoded; nothing else need be escaped
there to be no command of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.model import printable

from .details import details, message_text
from .listed import Listed
from .style import Style
from .summary import with_summary
from .workspace import in_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from fieldbound.model import Report, Violation

_NOT_CHECKED: Final = "could not be checked"


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield a command for each violation, then what was not checked, then the summary.

    How many violations of a document are not listed is a notice; what could not be checked is an
    error.
    """

    def lines_of(report: Report, own: Listed) -> Iterator[str]:
        file = None if report.name is None else file_of(report.name)
        yield from (_violation(file, report, each, style) for each in own.violations)
        if own.omitted:
            title = f"{own.omitted} more violations"
            yield command("notice", {"file": file, "title": title}, own.lines)

    return with_summary(reports, style, problems, lines_of, problem_line=not_checked_command)


def not_checked_command(problem: str) -> str:
    """Return the command for what could not be checked."""
    return command("error", {"title": _NOT_CHECKED}, [printable(problem)])


def file_of(name: str) -> str:
    """Return a file name as annotations have it."""
    return printable(in_workspace(name) or name)


def _violation(file: str | None, report: Report, violation: Violation, style: Style) -> str:
    place = violation.place
    properties: dict[str, str | int | None] = {
        "file": file,
        "line": None if place is None else place.line,
        "col": None if place is None else place.column,
        "title": printable(violation.code if violation.limit is None else violation.limit.id),
    }
    level = "error" if style.severity.fails(violation) else "warning"
    at = "" if place is None else f":{place}"
    first = f"{file}{at}: " if file else ""
    lines = (first + message_text(report, violation), *(line for _, line in details(violation)))
    return command(level, properties, lines)


def command(level: str, properties: Mapping[str, str | int | None], lines: Iterable[str]) -> str:
    """Return a command: a *level*, its *properties*, of which None is omitted, and its message."""
    fields = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    return f"::{level} {fields}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
