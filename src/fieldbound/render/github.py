"""Reports go in, GitHub's workflow commands come out: an annotation for each violation.

Each report is given as it comes, its file as seen from GITHUB_WORKSPACE if it lies below that. Of
a command, GitHub reads `%`, line ends, and in properties `:` and `,` as its own; these are
percent-encoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .details import details, said
from .escape import escaped
from .style import Style, Tally
from .unchecked import NotChecked
from .workspace import in_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Give `::error` for a violation, `::warning` for a mere warning, and the plain count last."""
    tally = Tally()
    unjudged = NotChecked()
    for report in reports:
        tally.add(report, style.fail_on)
        unjudged.add(report)
        file = None if report.name is None else escaped(in_workspace(report.name) or report.name)
        yield from (_command(file, report, each, style) for each in report)
    tally.not_checked = len(problems)
    if not style.quiet:
        yield from (f"{line}\n" for line in unjudged)
        yield f"{tally}\n"


def _command(file: str | None, report: Report, violation: Violation, style: Style) -> str:
    place = violation.place
    properties = {
        "file": file,
        "line": None if place is None else place.line,
        "col": None if place is None else place.column,
        "title": escaped(violation.code if violation.limit is None else violation.limit.id),
    }
    level = "error" if violation.fails(style.fail_on) else "warning"
    given = ",".join(f"{key}={_property(value)}" for key, value in properties.items() if value)
    lines = [said(report, violation), *(line for _, line in details(violation))]
    return f"::{level} {given}::{_data(chr(10).join(lines))}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str | int) -> str:
    return _data(str(value)).replace(":", "%3A").replace(",", "%2C")
