"""What of reports was not checked, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from .escape import escaped

if TYPE_CHECKING:
    from fieldbound.model import Report


class NotChecked:
    """What of the reports added nobody judged."""

    def __init__(self, reports: Iterable[Report] = ()) -> None:
        self._unspecified: dict[str, dict[str, str]] = {}
        self._unread: dict[tuple[str, str, str], int] = {}
        for report in reports:
            self.add(report)

    def add(self, report: Report) -> None:
        """Note what of a report nobody judged."""
        self._unspecified.setdefault(report.contract, {}).update(report.unspecified)
        for pointer, reason in report.not_checked.items():
            key = report.contract, pointer, reason
            self._unread[key] = self._unread.get(key, 0) + 1

    def __iter__(self) -> Iterator[str]:
        yield from not_checked(self._unspecified)
        for (contract, pointer, reason), number in self._unread.items():
            times = f", {number} times" if number > 1 else ""
            yield escaped(f"not judged: {pointer or 'the whole'} of {contract}{times} ({reason})")


def not_checked(unspecified: dict[str, dict[str, str]]) -> Iterator[str]:
    """Say what nobody judged, a line each, of *unspecified*: contract -> pointer -> reason."""
    several = len(unspecified) > 1
    for contract, reasons in unspecified.items():
        of = f" of {contract}" if several else ""
        for pointer, reason in reasons.items():
            yield escaped(
                "not judged, for the vendor does not document it: "
                f"{pointer or 'the whole'}{of} ({reason})"
            )
