"""GitLab's Code Quality report: a JSON array with an object for each violation.

Files are relative to CI_PROJECT_DIR where they are below it, else to the working directory. The
fingerprint is of the file and of what a baseline counts: the limit, neither lines nor indices.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import escaped
from fieldbound.policy import baseline_key

from .details import message_text
from .escape import ascii_json
from .fingerprints import Fingerprints
from .listed import listed
from .style import STDIN, Style
from .workspace import in_folder, in_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report

#: The severities of violations that fail, of those that only warn, and of what was not checked.
_FAILS, _WARNS, _UNREADABLE = "major", "minor", "blocker"
_NOT_CHECKED: Final = "notChecked"


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield all violations, and how many more there are, then what could not be checked."""
    fingerprints = Fingerprints()
    issues = [each for report in reports for each in _issues(report, style, fingerprints)]
    for problem in map(escaped, problems):
        fingerprint = fingerprints.of(_NOT_CHECKED, problem)
        issues.append(_issue(problem, _NOT_CHECKED, fingerprint, _UNREADABLE, "."))
    yield ascii_json(issues)


def _issues(report: Report, style: Style, fingerprints: Fingerprints) -> Iterator[dict[str, Any]]:
    path = report.contract if report.name is None else _path(report.name)
    own = listed(report, style)
    for each in own.violations:
        yield _issue(
            message_text(report, each),
            each.code if each.limit is None else each.limit.id,
            fingerprints.of(path, baseline_key(each)),
            _FAILS if style.severity.fails(each) else _WARNS,
            path,
            1 if each.place is None else each.place.line,
        )
    for line in own.lines:
        yield _issue(line, "notListed", fingerprints.of(path, "notListed"), "info", path)


def _issue(
    description: str, check: str, fingerprint: str, severity: str, path: str, line: int = 1
) -> dict[str, Any]:
    return {
        "description": description,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    }


def _path(name: str) -> str:
    """Return a file name relative to the root of the repository, in valid Unicode."""
    root = in_workspace(name, "CI_PROJECT_DIR")
    path = name if name == STDIN else root or in_folder(name, os.curdir) or name
    return path.encode(errors="backslashreplace").decode()
