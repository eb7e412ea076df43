"""What was not checked in the documents of reports, with the reason: one line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from fieldbound.model import escaped

from .details import pointer_text

if TYPE_CHECKING:
    from fieldbound.model import Report


class NotChecked:
    """Collects what was not checked from reports, and yields its lines."""

    def __init__(self, reports: Iterable[Report] = ()) -> None:
        self._unspecified: dict[str, dict[str, str]] = {}
        self._counts: Counter[tuple[str, str, str]] = Counter()
        for report in reports:
            self.add(report)

    def add(self, report: Report) -> None:
        """Collect what was not checked of one report."""
        self._unspecified.setdefault(report.contract, {}).update(report.unspecified)
        for pointer, reason in report.not_checked.items():
            self._counts[report.contract, pointer, reason] += 1

    def __iter__(self) -> Iterator[str]:
        yield from not_checked(self._unspecified)
        for (contract, pointer, reason), count in self._counts.items():
            times = f", {count} times" if count > 1 else ""
            yield f"not checked: {pointer_text(pointer)} of " + escaped(
                f"{contract}{times} ({reason})"
            )


def not_checked(unspecified: dict[str, dict[str, str]]) -> Iterator[str]:
    """Yield a line for each undocumented part: *unspecified* is contract -> pointer -> reason."""
    several = len(unspecified) > 1
    for contract, reasons in unspecified.items():
        of = f" of {escaped(contract)}" if several else ""
        for pointer, reason in reasons.items():
            yield (
                f"not checked, the vendor does not document it: {pointer_text(pointer)}{of} "
                f"({escaped(reason)})"
            )
