"""Recorded HTTP traffic: each exchange is checked by the API of its request."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from fieldbound.cli.console import stdin_bytes
from fieldbound.cli.selection import STDIN
from fieldbound.render import STDIN as STDIN_NAME

from . import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldbound.cli.selection import Selected
    from fieldbound.http import Hosts, Undocumented
    from fieldbound.model import Report
    from fieldbound.recordings import Recording

    from . import Run


class Recordings(Kind):
    """Checks recordings, and reports which exchanges were skipped.

    Each recording that is passed as FILE must have an exchange to check; of those that the
    configuration lists, at least one must. --skip-unmapped allows recordings without.
    """

    renderer = "reports"

    def __init__(self, run: Run) -> None:
        self._run = run
        self._empty: list[str] = []
        self._checked = False

    def accepts(self, file: Selected) -> bool:
        """Accept every file without a contract."""
        return file.contract is None

    def reports(self, file: Selected) -> Iterator[Report]:
        """Yield the reports of the requests and responses in a recording."""
        reports = self._reports(self._recording(file.path))
        yield from self._run.findings.reports(file.path, reports)

    def finish(self) -> None:
        """Report it if no recording had an exchange to check."""
        args = self._run.args
        if self._empty and not (self._checked or args.files or args.skip_unmapped):
            from fieldbound.model import pluralize  # slow to import

            self._run.console.error(
                f"nothing was checked: no exchange in {pluralize(len(self._empty), 'recording')} "
                "belongs to a known API"
            )

    def _recording(self, path: str) -> Recording:
        from fieldbound.recordings import Recording

        given = self._run.args.input or "json"
        if path == STDIN:
            return Recording(STDIN_NAME, stdin_bytes(), given)
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
            return Recording(path, file.read(), given)

    def _reports(self, recording: Recording) -> Iterator[Report]:
        from fieldbound.recordings import Traffic

        console = self._run.console
        before = len(console.problems)
        traffic = Traffic(self._hosts, console.error)
        yield from traffic.reports(recording)
        summary = traffic.summary()
        if traffic.checked:
            self._checked = True
            if summary:
                console.note(f"{recording.name}: {summary}")
        elif len(console.problems) == before:
            required = self._run.args.files and not self._run.args.skip_unmapped
            (console.error if required else console.note)(
                f"{recording.name}: nothing was checked: {summary or 'no exchanges'}"
            )
            self._empty.append(recording.name)

    @cached_property
    def _hosts(self) -> Hosts:
        from fieldbound.http import hosts_of

        args = self._run.args
        undocumented: Undocumented = "fail" if args.fail_on_undocumented else "report"
        entries = args.api or self._run.config.apis
        folders = self._run.folders
        hosts = hosts_of(entries, folders, args.formats, undocumented, args.strict)
        for api in hosts.apis:
            for note in api.notes:
                self._run.console.note(note)
        return hosts


kind = Recordings
