"""The summary line below the reports: how many documents were checked, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fieldbound.model import Report


@dataclass(slots=True)
class Summary:
    """Counts over reports; as text, the summary line.

    *documents* were checked, *messages* of them are HTTP messages, *invalid* of them have
    violations; *warnings* are those violations that do not fail. *partial* were not checked in
    full, *undocumented* are not fully documented. *not_checked* counts what could not be checked.
    """

    documents: int = 0
    invalid: int = 0
    violations: int = 0
    warnings: int = 0
    not_checked: int = 0
    messages: int = 0
    partial: int = 0
    undocumented: int = 0

    def add(self, report: Report, fail_on: str) -> None:
        """Count *report*."""
        self.documents += 1
        self.messages += report.about is not None
        self.invalid += not report.ok
        self.partial += len(report.not_checked) > len(report.undocumented)
        self.undocumented += bool(report.undocumented)
        self.violations += len(report)
        self.warnings += sum(not violation.fails(fail_on) for violation in report)

    def __str__(self) -> str:
        return self._checked() + (
            f"; {self.partial} not checked in full" * bool(self.partial)
            + f"; {self.undocumented} not fully documented" * bool(self.undocumented)
            + f"; {self.not_checked} could not be checked" * bool(self.not_checked)
        )

    @property
    def _unit(self) -> str:
        return "message" if self.messages == self.documents > 0 else "document"

    def _checked(self) -> str:
        if not self.documents:
            return "no documents checked"
        if not self.violations:
            return f"{self.documents} {self._unit}{'s' * (self.documents != 1)} valid"
        count = f"{self.violations} violation{'s' * (self.violations != 1)}"
        found = f"{count} in {self.invalid} of {self.documents} {self._unit}s"
        if not self.warnings:
            return found
        warnings = "a warning" if self.warnings == 1 else "warnings"
        if self.warnings == self.violations:
            return f"{found}, {'all ' * (self.warnings > 1)}only {warnings}"
        return f"{found}, {self.warnings} of them only {warnings}"
