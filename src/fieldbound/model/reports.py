"""The report of one document: its violations, or none, which takes no more than this module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from fieldbound._rendering import Rendered

from .drafts import draft_of
from .escape import escaped
from .evidence import SAYS, citation

if TYPE_CHECKING:
    from .violations import Violation

#: How many violations the repr of a report lists.
_MAX_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, repr=False)
class Report(Rendered):
    """All violations of one instance, in the order of the document, or none.

    *name* is the file the instance was read from. *unspecified* has, by pointer, the reason why
    something was not checked: the vendor does not document it. *lines* are the lines of the text
    with violations, for display; they are not compared. For an HTTP message, *about* says which it
    is, and *not_checked* has, by pointer, the reason why a part of it could not be checked; for the
    pointers in *undocumented* the reason is that the vendor does not document it. *ignored* counts
    the violations that were left out, by the pattern that ignores their limits, and *known* those
    that a baseline has.
    """

    contract: str
    violations: tuple[Violation, ...] = ()
    name: str | None = None
    unspecified: Mapping[str, str] = field(default_factory=dict, hash=False)
    lines: Mapping[int, str] = field(default_factory=dict, repr=False, compare=False)
    about: str | None = None
    not_checked: Mapping[str, str] = field(default_factory=dict, hash=False)
    undocumented: tuple[str, ...] = ()
    ignored: Mapping[str, int] = field(default_factory=dict, hash=False)
    known: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong with what was checked: *is_complete* is whether that is all."""
        return not self.violations

    @property
    def is_complete(self) -> bool:
        """Whether all was checked of what the vendor documents: no part was left unread, say."""
        return self.not_checked.keys() <= set(self.undocumented)

    def fails(self, fail_on: str = SAYS[-1]) -> bool:
        """Whether any violation has evidence at least as strong as *fail_on*."""
        return any(violation.fails(fail_on) for violation in self.violations)

    def __repr__(self) -> str:
        shown = [
            f"{each.code} at {each.pointer or '(root)'}" for each in self.violations[:_MAX_SHOWN]
        ]
        more = f" and {len(self) - _MAX_SHOWN} more" if len(self) > _MAX_SHOWN else ""
        found = ", ".join(shown) + more or _verdict(self)
        return escaped(f"<Report {self.name or self.contract}: {found}>")

    def __bool__(self) -> bool:
        return self.ok

    def __len__(self) -> int:
        return len(self.violations)

    def __iter__(self) -> Iterator[Violation]:
        return iter(self.violations)

    def __str__(self) -> str:
        return "\n".join(map(escaped, _lines(self)))


_ReportDraft: Final = draft_of(Report)


def report_of(
    contract: str,
    violations: tuple[Violation, ...],
    unspecified: Mapping[str, str],
    not_checked: Mapping[str, str],
) -> Report:
    """Return the Report of these fields, sooner than it makes itself."""
    made = _ReportDraft()
    made.contract, made.violations = contract, violations
    made.unspecified, made.not_checked = unspecified, not_checked
    made.name = made.about = None
    made.lines, made.undocumented, made.ignored, made.known = {}, (), {}, 0
    made.__class__ = Report
    found: Report = made
    return found


def _verdict(report: Report) -> str:
    if not report.ok:
        return "invalid"
    if not report.is_complete:
        return "not checked in full"
    return "valid where checked" if report.not_checked else "valid"


def _lines(report: Report) -> Iterator[str]:
    """Yield the verdict, each violation with source and hint, and what was not checked."""
    about = f", {report.about}" if report.about else ""
    yield f"{report.name or report.contract}: {_verdict(report)}{about}"
    for violation in report:
        place = f"{violation.place}: " if violation.place else ""
        yield f"  {place}{violation.code}: {violation.message}"
        if violation.limit is not None and (source := citation(violation.limit)):
            yield f"      {source}"
        if violation.hint is not None:
            yield f"      hint: {violation.hint}"
    for pointer, reason in report.not_checked.items():
        yield f"  not checked: {pointer or '(root)'} ({reason})"
