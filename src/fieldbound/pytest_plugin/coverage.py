"""Limit coverage of a pytest run: a table, report files, and a minimum."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import pytest

from .xdist import WorkerResults

if TYPE_CHECKING:
    from fieldbound.coverage import Coverage

#: Selects the contracts that are used.
ANY: Final = "*"
_WORKER: Final = "fieldbound_limit_coverage"
_NAME: Final = "fieldbound-limit-coverage"
_TITLE: Final = "limit coverage"
_FULL: Final = 100


def start(
    config: pytest.Config, names: Sequence[str], output_path: Callable[[str, str], str]
) -> None:
    """Start counting the limits of these contracts; *output_path* checks an output file."""
    config.pluginmanager.register(_Run(config, names, output_path), _NAME)


class _Run(WorkerResults):
    """Limit coverage of one pytest process: the controller, or an xdist worker."""

    def __init__(
        self, config: pytest.Config, names: Sequence[str], output_path: Callable[[str, str], str]
    ) -> None:
        from fieldbound.coverage import Coverage, Recorder

        super().__init__(_WORKER)
        self._config = config
        self._output_path = output_path
        self._is_worker = hasattr(config, "workerinput")
        self._minimum: float | None = None
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
        """Check the options before any test runs. Raises UsageError."""
        from fieldbound.coverage import BrokenCoverage, load_coverage
        from fieldbound.model import FieldboundError, escaped

        option = self._config.getoption
        minimum = option("limit_coverage_fail_under")
        if minimum is None:
            minimum = self._config.getini("limit_coverage_fail_under")
        if minimum is not None:
            self._minimum = _percent(minimum)
        for name in ("limit_coverage_json", "limit_coverage_html"):
            if option(name) is not None:
                self._files[name] = self._output_path(name, option(name))
        try:
            self._earlier = [load_coverage(file) for file in option("limit_coverage_merge") or ()]
        except BrokenCoverage as error:
            raise pytest.UsageError(escaped(f"--limit-coverage-merge: {error}")) from error
        try:
            for name in names:
                self._list(name)
        except FieldboundError as error:
            raise pytest.UsageError(escaped(f"--limit-coverage: {error}")) from error

    def _list(self, name: str) -> None:
        """Add all limits of the contracts that a name selects. Raises UnknownName."""
        from fieldbound.catalog import contract, contracts
        from fieldbound.config import load
        from fieldbound.coverage import Coverage

        folders = load(self._config.rootpath).folders
        selected = Coverage([name])
        found = [each for each in contracts(folders) if selected.includes(each)]
        tests = os.path.isdir(name) or (name.endswith(".py") and os.path.exists(name))  # noqa: PTH110, PTH112
        if not found and tests:
            kind = "folder" if os.path.isdir(name) else "file"  # noqa: PTH112 - pathlib takes time
            raise pytest.UsageError(
                f"--limit-coverage: {name} is a {kind}, not the name of a contract: "
                f"to run its tests, write `{name} --limit-coverage`"
            )
        for each in found or [name]:
            self._listed.add_contract(contract(each, folders))

    # -- during the run

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send the counts to the controller, or merge them, write reports and check the minimum."""
        from fieldbound.model import pluralize

        self._recorder.uninstall()
        failures = self._recorder.failures
        self._notes += [
            f"not counted: {pluralize(number, 'instance')} ({kind})"
            for kind, number in sorted(failures.items())
        ]
        if self._is_worker:
            import json

            result = {"coverage": self.coverage.to_json(), "notes": self._notes}
            self._config.workeroutput[_WORKER] = json.dumps(result, default=str)  # type: ignore[attr-defined]
            return
        self._merge()
        self._write()
        self._check_minimum()
        if self._problems and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_unconfigure(self) -> None:
        """Stop recording, even if the run failed."""
        self._recorder.uninstall()

    # -- after the run

    def _merge(self) -> None:
        import json

        from fieldbound.coverage import Coverage

        merged = Coverage(self.coverage.names).merge(self._listed)
        for _, part in sorted(self._results.items()):
            result = json.loads(part)
            merged = merged.merge(Coverage.from_json(result["coverage"]))
            self._notes += result["notes"]
        merged = merged.merge(self.coverage)
        for each in self._earlier:
            merged, dropped = merged.merge_earlier(each)
            if dropped:
                self._notes.append(
                    f"ignored from an earlier run: {dropped} limits that no longer exist"
                )
        self.coverage = merged

    def _write(self) -> None:
        from fieldbound.documents import atomic_write, os_error_reason
        from fieldbound.render import coverage_html, coverage_json

        for name, render in (
            ("limit_coverage_json", coverage_json),
            ("limit_coverage_html", coverage_html),
        ):
            if name not in self._files:
                continue
            file = self._config.getoption(name)
            try:
                with atomic_write(self._files[name]) as stream:
                    stream.write(render(self.coverage))
                self._notes.append(f"limit coverage written to {file}")
            except OSError as error:
                self._problems.append(f"cannot write {file}: {os_error_reason(error)}")

    def _check_minimum(self) -> None:
        if self._minimum is not None and self.coverage.percent < self._minimum:
            # rounded down, so that it is never equal to the minimum
            percent = math.floor(self.coverage.percent * _FULL) / _FULL
            self._problems.append(
                f"limit coverage of {percent:g} % is below the minimum of {self._minimum:g} %"
            )

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the table, the totals, notes and failures."""
        from fieldbound.model import escaped
        from fieldbound.render import coverage_summary, coverage_text

        reporter = terminalreporter
        width = self._config.get_terminal_writer().fullwidth if reporter.isatty else None
        reporter.ensure_newline()
        if self._config.get_verbosity() >= 0:
            reporter.section(_TITLE)
            for line in coverage_text(self.coverage, width):
                for each in line.split("\n")[:-1]:  # pytest escapes a line that cannot be encoded
                    reporter.write_line(each)
            reporter.write_line("")
        reporter.write_line(coverage_summary(self.coverage))
        for line in dict.fromkeys(self._notes):
            reporter.write_line(escaped(line))
        for line in self._problems:
            reporter.write_line(escaped(f"FAILED: {line}"), red=True)


def _percent(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number <= _FULL:
        raise pytest.UsageError(
            f"--limit-coverage-fail-under: must be a number from 0 to 100, not {text!r}"
        )
    return number
