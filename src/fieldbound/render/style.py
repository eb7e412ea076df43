"""How reports are shown, and the count of what was checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fieldbound.model import SAYS

if TYPE_CHECKING:
    from fieldbound.model import Report

#: The name of what was read from standard input: no file has it.
STDIN: Final = "stdin"


@dataclass(frozen=True, slots=True)
class Style:
    """How reports are shown: `fail_on` is one of `SAYS`, what is less firm is only a warning.

    *color* and *excerpts* (the offending line of the text) concern the text format alone; *quiet*
    leaves out the count and what was not judged; *ascii* draws charts without block characters.
    """

    fail_on: str = SAYS[-1]
    color: bool = False
    excerpts: bool = False
    quiet: bool = False
    ascii: bool = False


@dataclass(slots=True)
class Tally:
    """The count over reports: documents, those of them invalid, violations, mere warnings.

    *not_checked* is the number of what should have been judged and could not be, *messages* that of
    the documents that are HTTP messages.
    """

    documents: int = 0
    invalid: int = 0
    violations: int = 0
    warnings: int = 0
    not_checked: int = 0
    messages: int = 0

    def add(self, report: Report, fail_on: str) -> None:
        """Count *report* in."""
        self.documents += 1
        self.messages += report.about is not None
        self.invalid += not report.ok
        self.violations += len(report)
        self.warnings += sum(not violation.fails(fail_on) for violation in report)

    def __str__(self) -> str:
        return self._judged() + (
            f"; {self.not_checked} could not be judged" * bool(self.not_checked)
        )

    @property
    def _unit(self) -> str:
        return "message" if self.messages == self.documents > 0 else "document"

    def _judged(self) -> str:
        if not self.documents:
            return "no document judged"
        if not self.violations:
            return f"{self.documents} {self._unit}{'s' * (self.documents != 1)} valid"
        count = f"{self.violations} violation{'s' * (self.violations != 1)}"
        counted = f"{count} in {self.invalid} of {self.documents} {self._unit}s"
        if not self.warnings:
            return counted
        if self.warnings == self.violations:
            return f"{counted}, {'all ' * (self.warnings > 1)}only {_warn(self)}"
        return f"{counted}, {self.warnings} of them only {_warn(self)}"


def _warn(tally: Tally) -> str:
    return "a warning" if tally.warnings == 1 else "warnings"
