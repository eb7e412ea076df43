"""A run of pytest goes in; which limits it reached come out: a table, files, and a verdict."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import pytest

from .xdist import FromWorkers

if TYPE_CHECKING:
    from fieldbound.coverage import Coverage

#: What stands for the contracts that are used.
ANY: Final = "*"
_WORKER: Final = "fieldbound_limit_coverage"
_NAME: Final = "fieldbound-limit-coverage"
_TITLE: Final = "limit coverage"
_MOST: Final = 100


def begin(config: pytest.Config, names: Sequence[str], writable: Callable[[str, str], str]) -> None:
    """Begin to count the limits of contracts of these names; *writable* checks a file to write."""
    config.pluginmanager.register(_Run(config, names, writable), _NAME)


class _Run(FromWorkers):
    """One run of pytest, or one worker's part of it, in which limits are counted."""

    def __init__(
        self, config: pytest.Config, names: Sequence[str], writable: Callable[[str, str], str]
    ) -> None:
        from fieldbound.coverage import Coverage, Recorder

        super().__init__(_WORKER)
        self._config = config
        self._writable = writable
        self._is_worker = hasattr(config, "workerinput")
        self._least: float | None = None
        self._listed = Coverage()
        self._problems: list[str] = []
        self._earlier: list[Coverage] = []
        self._files: dict[str, str] = {}
        if not self._is_worker:
            self._prepare([name for name in names if name != ANY])
        self.coverage = Coverage(() if ANY in names else names)
        self._recorder = Recorder(self.coverage)
        self._recorder.install()

    # -- before the run

    def _prepare(self, names: Sequence[str]) -> None:
        """Refuse what is asked for amiss, before any test runs."""
        from fieldbound.coverage import BrokenCoverage, loaded
        from fieldbound.model import FieldboundError

        option = self._config.getoption
        least = option("limit_coverage_fail_under")
        if least is None:
            least = self._config.getini("limit_coverage_fail_under")
        if least is not None:
            self._least = _percent(least)
        for name in ("limit_coverage_json", "limit_coverage_html"):
            if option(name) is not None:
                self._files[name] = self._writable(name, option(name))
        try:
            self._earlier = [loaded(file) for file in option("limit_coverage_merge") or ()]
        except BrokenCoverage as error:
            raise pytest.UsageError(f"--limit-coverage-merge: {error}") from error
        try:
            for name in names:
                self._list(name)
        except FieldboundError as error:
            raise pytest.UsageError(f"--limit-coverage: {error}") from error

    def _list(self, name: str) -> None:
        """Take in all limits of the contracts that a name stands for; raises if there is none."""
        from fieldbound.catalog import contract, contracts
        from fieldbound.config import load
        from fieldbound.coverage import Coverage

        folders = load(self._config.rootpath).folders
        wanted = Coverage([name])
        found = [each for each in contracts(folders) if wanted.takes(each)]
        tests = os.path.isdir(name) or (name.endswith(".py") and os.path.exists(name))  # noqa: PTH110, PTH112
        if not found and tests:
            kind = "folder" if os.path.isdir(name) else "file"  # noqa: PTH112 - pathlib takes time
            raise pytest.UsageError(
                f"--limit-coverage: {name} is a {kind} and no contract's name: "
                f"write `{name} --limit-coverage` to run the tests in it"
            )
        for each in found or [name]:
            self._listed.enter(contract(each, folders))

    # -- during the run

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over what was counted, or put it together, write it and decide."""
        self._recorder.uninstall()
        failures = self._recorder.failures
        self._notes += [
            f"not counted: {number} judged instance{'s' * (number != 1)}, because of {kind}"
            for kind, number in sorted(failures.items())
        ]
        if self._is_worker:
            import json

            told = {"coverage": self.coverage.to_json(), "notes": self._notes}
            self._config.workeroutput[_WORKER] = json.dumps(told, default=str)  # type: ignore[attr-defined]
            return
        self._put_together()
        self._write()
        self._decide()
        if self._problems and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_unconfigure(self) -> None:
        """Leave Contract as it was, whatever has happened."""
        self._recorder.uninstall()

    # -- after the run

    def _put_together(self) -> None:
        import json

        from fieldbound.coverage import Coverage

        whole = Coverage(self.coverage.names).merged(self._listed)
        for _, part in sorted(self._parts.items()):
            told = json.loads(part)
            whole = whole.merged(Coverage.from_json(told["coverage"]))
            self._notes += told["notes"]
        whole = whole.merged(self.coverage)
        for each in self._earlier:
            whole, dropped = whole.with_earlier(each)
            if dropped:
                self._notes.append(f"left out of an earlier run: {dropped} limits that are no more")
        self.coverage = whole

    def _write(self) -> None:
        from fieldbound.documents import reason, replacing
        from fieldbound.render import coverage_html, coverage_json

        for name, made in (
            ("limit_coverage_json", coverage_json),
            ("limit_coverage_html", coverage_html),
        ):
            if name not in self._files:
                continue
            file = self._config.getoption(name)
            try:
                with replacing(self._files[name]) as stream:
                    stream.write(made(self.coverage))
                self._notes.append(f"limit coverage written to {file}")
            except OSError as error:
                self._problems.append(f"cannot write {file}: {reason(error)}")

    def _decide(self) -> None:
        if self._least is not None and self.coverage.percent < self._least:
            got = (
                math.floor(self.coverage.percent * _MOST) / _MOST
            )  # never up to what was asked for
            self._problems.append(
                f"limit coverage of {got:g} % is below the {self._least:g} % that is asked for"
            )

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the table, the count, and what is amiss."""
        from fieldbound.cli.console import width
        from fieldbound.render import coverage_summary, coverage_text

        reporter = terminalreporter
        reporter.ensure_newline()
        if self._config.get_verbosity() >= 0:
            reporter.section(_TITLE)
            for line in coverage_text(self.coverage, width()):
                for each in line.split("\n")[:-1]:  # a terminal may not take what is in one
                    reporter.write_line(each)
            reporter.write_line("")
        reporter.write_line(coverage_summary(self.coverage))
        for line in dict.fromkeys(self._notes):
            reporter.write_line(line)
        for line in self._problems:
            reporter.write_line(f"FAILED: {line}", red=True)


def _percent(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= _MOST:
        raise pytest.UsageError(
            f"--limit-coverage-fail-under: {text!r} is no percentage: give a number from 0 to 100"
        )
    return number
