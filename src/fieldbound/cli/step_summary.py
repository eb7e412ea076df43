"""The summary of a job of GitHub Actions: a file that each step appends Markdown to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldbound.policy import Severity

    from .console import Console


class StepSummaryFile:
    """Collects reports, and appends their summary to the file that GITHUB_STEP_SUMMARY names."""

    def __init__(self, severity: Severity) -> None:
        self._path = os.environ.get("GITHUB_STEP_SUMMARY")
        if self._path:
            from fieldbound.render import StepSummary

            self._summary = StepSummary(severity)

    def collected(self, reports: Iterator[Any]) -> Iterator[Any]:
        """Yield the reports, and collect them if there is such a file."""
        if not self._path:
            return reports
        return self._collected(reports)

    def _collected(self, reports: Iterator[Any]) -> Iterator[Any]:
        for report in reports:
            self._summary.add(report)
            yield report

    def write(self, console: Console) -> None:
        """Append the summary in one write, so that steps that run at a time are not mixed."""
        if not self._path:
            return
        from fieldbound.documents import os_error_reason

        data = self._summary.markdown(console.problems).encode(errors="backslashreplace")
        try:
            with open(self._path, "ab", buffering=0) as file:  # noqa: PTH123 - slow to import
                file.write(data)
        except OSError as error:
            console.note(f"cannot write {self._path}: {os_error_reason(error)}")
