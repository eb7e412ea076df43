"""Recorded HTTP traffic: each exchange is checked by the API that its request belongs to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fieldbound.cli.console import stdin_bytes
from fieldbound.cli.selection import STDIN
from fieldbound.documents import reason
from fieldbound.model import FieldboundError
from fieldbound.render import STDIN as STDIN_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.cli.selection import Selected
    from fieldbound.http import Hosts
    from fieldbound.model import Report
    from fieldbound.recordings import Recording

    from . import Run


class Recordings:
    """Checks recordings, and reports what of them was skipped.

    A recording that was named has to have an exchange to check; of those that the configuration
    lists, one of all is enough. --skip-unmapped lets both go.
    """

    renderer = "reports"

    def __init__(self, run: Run) -> None:
        self._run = run
        self._empty: list[str] = []
        self._checked = self.failed = False

    def takes(self, file: Selected) -> bool:
        """Take every file without a contract."""
        return file.contract is None

    def conflict(self, files: Sequence[Selected], others: Sequence[Selected]) -> str | None:  # noqa: ARG002
        """Return None: recordings go with every option."""
        return None

    def reports(self, file: Selected) -> Iterator[Report]:
        """Yield the reports of a recording, of requests and responses in turn."""
        try:
            for report in self._reports(self._recording(file.path)):
                self.failed = self.failed or report.fails(self._run.fail_on)
                yield report
        except FieldboundError as error:
            self._run.console.error(str(error), about=file.path)
        except OSError as error:
            self._run.console.error(f"cannot read {file.path}: {reason(error)}")

    def finish(self) -> None:
        """Report that no recording had an exchange to check, if none had."""
        args = self._run.args
        if self._empty and not (self._checked or args.files or args.skip_unmapped):
            self._run.console.error(
                f"nothing was checked: no exchange of {len(self._empty)} recordings is of an API"
            )

    def _recording(self, path: str) -> Recording:
        from fieldbound.recordings import Recording

        if path == STDIN:
            return Recording(STDIN_NAME, stdin_bytes(), self._run.args.input or "json")
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            return Recording(path, file.read())

    def _reports(self, recording: Recording) -> Iterator[Report]:
        from fieldbound.recordings import Traffic

        console = self._run.console
        before = len(console.problems)
        traffic = Traffic(self._hosts, console.error)
        yield from traffic.reports(recording)
        summary = traffic.summary()
        if traffic.judged:
            self._checked = True
            if summary:
                console.note(f"{recording.name}: {summary}")
        elif len(console.problems) == before:
            must_have = self._run.args.files and not self._run.args.skip_unmapped
            (console.error if must_have else console.note)(
                f"{recording.name}: nothing was checked: {summary or 'it has no exchanges'}"
            )
            self._empty.append(recording.name)

    @cached_property
    def _hosts(self) -> Hosts:
        from fieldbound.http import hosts_of

        return hosts_of(self._run.args.api or self._run.config.apis, self._run.folders)


kind = Recordings
