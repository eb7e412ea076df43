"""Checking the HTTP traffic of a pytest run: failed tests, warnings and a summary."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pytest

from fieldbound.catalog import is_path
from fieldbound.config import Config, load
from fieldbound.http import (
    MODES,
    UNDOCUMENTED,
    ContractWarning,
    Guard,
    Hosts,
    Interceptor,
    Undocumented,
    hosts_of,
    installed_clients,
    split_pattern,
)
from fieldbound.model import (
    CodeLocation,
    FieldboundError,
    Invalid,
    Report,
    caller_location,
    escaped,
    exception_chain,
)
from fieldbound.policy import NOTHING_IGNORED, Ignore, Severity
from fieldbound.render import (
    Exchanges,
    exchanges_json,
    exchanges_summary,
    exchanges_text,
    first_violations,
)

from .xdist import WorkerResults

OFF: Final = "off"
_ALL: Final = (*MODES, OFF)
_NAME: Final = "fieldbound-vendor-traffic"
_WORKER: Final = "fieldbound_vendor_traffic"
_MARK: Final = "vendor_traffic"
_TITLE: Final = "vendor traffic"
_MAX_SHOWN: Final = 3


def start(config: pytest.Config, file: str | None) -> None:
    """Start checking traffic; *file* is the path of the JSON report."""
    mode = config.getoption("vendor_traffic") or config.getini("vendor_traffic")
    if not mode:
        raise pytest.UsageError(
            "--vendor-traffic-api and --vendor-traffic-json require --vendor-traffic="
            + "|".join(MODES)
        )
    if mode not in _ALL:
        raise pytest.UsageError(f"--vendor-traffic: {_invalid_mode(mode)}")
    if not installed_clients():
        raise pytest.UsageError(
            "--vendor-traffic: none of httpx, httpx2 and requests is installed: no traffic"
        )
    try:
        settings = load(config.rootpath)
        hosts = _hosts(config, settings)
    except FieldboundError as error:
        raise pytest.UsageError(escaped(f"--vendor-traffic: {error}")) from error
    run = _Run(config, mode, hosts, file)
    run.ignore = Ignore(settings.ignore, _severity(config, settings))
    config.pluginmanager.register(run, _NAME)
    run.interceptor.install()


def _invalid_mode(mode: Any) -> str:
    return f"invalid mode {mode!r} (choose from {', '.join(_ALL)})"


def _hosts(config: pytest.Config, settings: Config) -> Hosts:
    """Return the APIs of options, ini-options and configuration. Raises UsageError.

    For each host, the first of these that maps it counts.
    """
    folder = config.inipath.parent if config.inipath else config.rootpath
    given = [_relative_entry(entry, folder) for entry in config.getini("vendor_traffic_apis")]
    by_host: dict[tuple[str, ...], list[str]] = {}
    for listed in (config.getoption("vendor_traffic_api") or (), given, settings.apis):
        for host, entries in _by_host(listed).items():
            by_host.setdefault(host, entries)
    if not by_host:
        raise pytest.UsageError(
            f"--vendor-traffic: no APIs: map hosts to APIs in {settings.table('apis')} of "
            f"{settings.file or 'pyproject.toml'}, or pass --vendor-traffic-api"
        )
    hosts = hosts_of(
        [each for entries in by_host.values() for each in entries],
        settings.folders,
        undocumented=_undocumented(config),
    )
    for each in hosts.apis:
        each.operations  # noqa: B018 - so that an invalid document is reported before any test
    return hosts


def _severity(config: pytest.Config, settings: Config) -> Severity:
    """Return which violations fail. Raises UsageError."""
    option = config.getoption("vendor_traffic_fail_on")
    fail_on = option or config.getini("vendor_traffic_fail_on") or settings.fail_on
    try:
        return Severity(fail_on, settings.levels)
    except ValueError as error:
        raise pytest.UsageError(f"--vendor-traffic-fail-on: {error}") from None


def _undocumented(config: pytest.Config) -> Undocumented:
    """Return what undocumented responses do. Raises UsageError."""
    option = config.getoption("vendor_traffic_undocumented")
    mode = option or config.getini("vendor_traffic_undocumented") or UNDOCUMENTED[0]
    for each in UNDOCUMENTED:
        if mode == each:
            return each
    choices = ", ".join(UNDOCUMENTED)
    raise pytest.UsageError(
        f"--vendor-traffic-undocumented: invalid mode {mode!r} (choose from {choices})"
    )


def _by_host(entries: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    """Group entries by host, or by name if they have none."""
    found: dict[tuple[str, ...], list[str]] = {}
    for entry in entries:
        host, separator, name = entry.rpartition("=")
        found.setdefault(split_pattern(host) if separator else (name,), []).append(entry)
    return found


def _relative_entry(entry: str, folder: Path) -> str:
    """Resolve a path in an entry of the ini-file against its folder."""
    host, separator, name = entry.rpartition("=")
    return f"{host}{separator}{os.path.relpath(folder / name)}" if is_path(name) else entry


# -- one run -------------------------------------------------------------------------------------


class _Run(WorkerResults):
    """Traffic of one pytest process: the controller, or an xdist worker."""

    def __init__(self, config: pytest.Config, mode: str, hosts: Hosts, file: str | None) -> None:
        super().__init__(_WORKER)
        self._notes += [note for each in hosts.apis for note in each.notes]
        self._config = config
        self._is_worker = hasattr(config, "workerinput")
        self._default_mode = self._mode = mode
        self._file = file
        self.interceptor = Interceptor(self)
        self._guard = Guard(hosts, request="raise", response="raise")
        self.ignore = NOTHING_IGNORED
        separators = {each.name: "#" if is_path(each.name) else "/" for each in hosts.apis}
        self.seen = Exchanges(
            {
                each.name: [f"{each.name}{separators[each.name]}{name}" for name in each.operations]
                for each in hosts.apis
            }
        )
        self._test: str | None = None
        self._place: CodeLocation | None = None  # of the current test
        self._raised: list[tuple[Exception, str]] = []  # in the current phase of the test
        self._outside_tests: list[str] = []  # raised while no test was running
        self._problems: list[str] = []
        self._lock = Lock()

    # -- messages

    def check_request(self, request: Any) -> list[Exception]:
        """Check a request, and return the exceptions to raise."""
        return self._checked(self._guard.check_request, request, is_request=True)

    def check_response(self, response: Any, request: Any) -> list[Exception]:
        """Check a response, and return the exceptions to raise."""
        return self._checked(self._guard.check_response, response, request)

    def _checked(
        self, check: Callable[..., Report | None], *messages: Any, is_request: bool = False
    ) -> list[Exception]:
        if self._mode == OFF:
            return []
        try:
            report = check(*messages)
        except Invalid as error:
            report = error.report
        except FieldboundError as error:  # an invalid operation in the document
            return self._not_checked(error, str(error), messages[-1])
        except Exception as error:  # noqa: BLE001 - never fail a test for an unreadable message
            return self._not_checked(error, f"it cannot be read: {type(error).__name__}")
        if report is None:
            return []
        report = self.ignore.applied(report)
        with self._lock:
            self.seen.checked[report.contract] += is_request
            self.seen.add(report)
        return [] if report.ok else self._report_invalid(report)

    def _not_checked(self, error: Exception, why: str, message: Any = None) -> list[Exception]:
        with self._lock:
            self.seen.not_checked[f"a message ({why})"] += 1
            if message is None or self._mode != "raise":
                return []
            self._raised.append((error, escaped(why)))
        return [error.with_traceback(None)]  # the frames are of no interest to the test

    def _report_invalid(self, report: Report) -> list[Exception]:
        file, line, module = caller_location(self._place)
        at = escaped(f"{self._shown(file)}:{line}")
        error = Invalid(report)
        mode = self._mode if self.ignore.severity.report_fails(report) else "record"
        with self._lock:
            self.seen.keep(report, test=self._test, at=at, mode=mode)
            if mode == "raise":
                self._raised.append((error, f"{first_violations(report)}\n  at {at}"))
        if mode == "warn":
            warnings.warn_explicit(
                ContractWarning(first_violations(report)), None, file, line, module
            )
        return [error] if mode == "raise" else []

    def _shown(self, file: str) -> str:
        path = Path(file)
        root = self._config.rootpath
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name

    # -- tests

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watch the setup of a test."""
        return (yield from self._run_phase(item, "setup"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watch a test."""
        return (yield from self._run_phase(item, "call"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watch the teardown of a test."""
        return (yield from self._run_phase(item, "teardown"))

    def _run_phase(self, item: pytest.Item, when: str) -> Generator[None, Any, Any]:
        """Run a phase of a test, and fail it if it caught an exception raised for its traffic."""
        self._outside_tests += self._take_caught()
        self._test, self._mode = item.nodeid, self._mode_of(item, when)
        self._place = str(item.path), (item.location[1] or 0) + 1, item.path.stem
        before, result = self._seen_messages(), None
        try:
            result = yield
        except pytest.skip.Exception:
            if not self._raised:
                raise
        except BaseException as error:
            caught = self._take_caught(error)
            if caught:
                item.add_report_section(when, _TITLE, _first_texts(caught))
            raise
        finally:
            if when == "call" and self._mode != OFF and self._seen_messages() == before:
                self._note_replaced_methods()
            self._test, self._mode, self._place = None, self._default_mode, None
        caught = self._take_caught()
        if caught:
            pytest.fail(_caught_message(caught), pytrace=False)
        return result

    def _seen_messages(self) -> int:
        """Return the number of messages seen so far."""
        return self.seen.messages + sum(self._guard.uncovered.values())

    def _note_replaced_methods(self) -> None:
        with self._lock:
            for name in self.interceptor.replaced_methods():
                self.seen.not_checked[f"calls of {name} (replaced by a test)"] += 1

    def _mode_of(self, item: pytest.Item, when: str) -> str:
        mark = item.get_closest_marker(_MARK)
        mode = self._default_mode if mark is None else mark.args[0] if len(mark.args) == 1 else None
        if mode in _ALL:
            return str(mode)
        if when == "setup":
            pytest.fail(f"@pytest.mark.{_MARK}: {_invalid_mode(mode)}", pytrace=False)
        return self._default_mode

    def _take_caught(self, error: BaseException | None = None) -> list[str]:
        """Clear the raised exceptions; return the texts of those that *error* does not contain."""
        with self._lock:
            raised, self._raised = self._raised, []
        known = exception_chain(error)
        shown = {text for each, text in raised if any(each is other for other in known)}
        return list(dict.fromkeys(text for _, text in raised if text not in shown))

    # -- after the run

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Send the counts to the controller, or merge them and write the report."""
        self.interceptor.uninstall()
        self.seen.uncovered.update(self._guard.uncovered)
        self._outside_tests += self._take_caught()
        if self._is_worker:
            result = {"seen": self.seen.counts(), "outside_tests": self._outside_tests}
            self._config.workeroutput[_WORKER] = result  # type: ignore[attr-defined]
            return
        for _, part in sorted(self._results.items()):
            self.seen.merge(part["seen"])
            self._outside_tests += part["outside_tests"]
        self._write()
        self._problems += [
            f"outside any test: {each}" for each in dict.fromkeys(self._outside_tests)
        ]
        if self._problems and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_unconfigure(self) -> None:
        """Restore the clients, even if the run failed."""
        self.interceptor.uninstall()

    def _write(self) -> None:
        from fieldbound.documents import atomic_write, os_error_reason

        if self._file is None:
            return
        name = self._config.getoption("vendor_traffic_json")
        try:
            with atomic_write(self._file) as stream:
                stream.write(exchanges_json(self.seen))
            self._notes.append(f"vendor traffic written to {name}")
        except OSError as error:
            self._problems.append(f"cannot write {name}: {os_error_reason(error)}")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the traffic, the totals, notes and failures."""
        reporter = terminalreporter
        verbosity = self._config.get_verbosity()
        reporter.ensure_newline()
        if verbosity >= 0:
            reporter.section(_TITLE)
            for line in exchanges_text(self.seen, {"warn", "record"}, full=verbosity > 0):
                reporter.write_line(line)
        reporter.write_line(exchanges_summary(self.seen))
        for line in dict.fromkeys(self._notes):
            reporter.write_line(escaped(line))
        for problem in self._problems:
            for line in f"FAILED: {problem}".split("\n"):
                reporter.write_line(escaped(line), red=True)


def _caught_message(caught: Sequence[str]) -> str:
    return (
        "invalid traffic, and the code under test caught the exception; if the test does this on "
        f'purpose, mark it @pytest.mark.{_MARK}("record"):\n{_first_texts(caught)}'
    )


def _first_texts(texts: Sequence[str]) -> str:
    """Return the first texts: a property test may have many."""
    more = len(texts) - _MAX_SHOWN
    return "\n".join(texts[:_MAX_SHOWN]) + (f"\nand {more} more" if more > 0 else "")
