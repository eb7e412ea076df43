"""What a run of pytest exchanges over HTTP goes in; failed tests and a summary come out."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Generator, Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

import pytest

from fieldbound.catalog import is_path
from fieldbound.http import (
    MODES,
    ContractWarning,
    Guard,
    Hosts,
    Wiretap,
    clients_to_wrap,
    hosts_of,
    parted,
)
from fieldbound.model import FieldboundError, Invalid, Report, Where, caller, chain
from fieldbound.render import (
    Exchanges,
    exchanges_json,
    exchanges_summary,
    exchanges_text,
    first_violations,
)

from .xdist import FromWorkers

OFF: Final = "off"
_ALL: Final = (*MODES, OFF)
_NAME: Final = "fieldbound-vendor-traffic"
_WORKER: Final = "fieldbound_vendor_traffic"
_MARK: Final = "vendor_traffic"
_TITLE: Final = "vendor traffic"
_SHOWN: Final = 3


def begin(config: pytest.Config, file: str | None) -> None:
    """Begin to check what is exchanged, as is asked for; *file* is where to write the JSON."""
    mode = config.getoption("vendor_traffic") or config.getini("vendor_traffic")
    if not mode:
        raise pytest.UsageError(
            "--vendor-traffic-api and --vendor-traffic-json need a mode: give --vendor-traffic="
            + "|".join(MODES)
        )
    if mode not in _ALL:
        raise pytest.UsageError(f"--vendor-traffic: {_no_mode(mode)}")
    if not clients_to_wrap():
        raise pytest.UsageError(
            "--vendor-traffic: neither httpx nor requests is installed: there is no traffic"
        )
    run = _Run(config, mode, _hosts(config), file)
    config.pluginmanager.register(run, _NAME)
    run.tap.install()


def _no_mode(mode: Any) -> str:
    return f"{mode!r} is no mode: give {', '.join(_ALL[:-1])} or {_ALL[-1]}"


def _hosts(config: pytest.Config) -> Hosts:
    """Return the APIs that are named, by the options first; raises UsageError.

    A host that is named there is not looked for in the settings.
    """
    from fieldbound.config import load

    folder = config.inipath.parent if config.inipath else config.rootpath
    try:
        settings = load(config.rootpath)
        given = [_located(entry, folder) for entry in config.getini("vendor_traffic_apis")]
        named: dict[tuple[str, ...], list[str]] = {}
        for several in (config.getoption("vendor_traffic_api") or (), given, settings.apis):
            for host, entries in _by_host(several).items():
                named.setdefault(host, entries)
        hosts = hosts_of([each for entries in named.values() for each in entries], settings.folders)
        for each in hosts.apis:
            each.operations  # noqa: B018 - a document that is broken is told before any test
    except FieldboundError as error:
        raise pytest.UsageError(f"--vendor-traffic: {error}") from error
    if not named:
        raise pytest.UsageError(
            "--vendor-traffic: no API is named: map hosts to APIs in [tool.fieldbound.apis] of "
            "pyproject.toml, or name one with --vendor-traffic-api"
        )
    return hosts


def _by_host(entries: Iterable[str]) -> dict[tuple[str, ...], list[str]]:
    """Return entries by where their APIs are: several may be at one host."""
    found: dict[tuple[str, ...], list[str]] = {}
    for entry in entries:
        host, mark, name = entry.rpartition("=")
        found.setdefault(parted(host) if mark else (name,), []).append(entry)
    return found


def _located(entry: str, folder: Path) -> str:
    """Return an entry of a setting, whose path is seen from the folder of the settings."""
    host, mark, name = entry.rpartition("=")
    return f"{host}{mark}{os.path.relpath(folder / name)}" if is_path(name) else entry


# -- one run -------------------------------------------------------------------------------------


class _Run(FromWorkers):
    """One run of pytest, or one worker's part of it, in which exchanges are checked."""

    def __init__(self, config: pytest.Config, mode: str, hosts: Hosts, file: str | None) -> None:
        super().__init__(_WORKER)
        self._config = config
        self._is_worker = hasattr(config, "workerinput")
        self._usual = self._mode = mode
        self._file = file
        self.tap = Wiretap(self)
        self._guard = Guard(hosts, request="raise", response="raise")
        marks = {each.name: "#" if is_path(each.name) else "/" for each in hosts.apis}
        self.seen = Exchanges(
            {
                each.name: [f"{each.name}{marks[each.name]}{name}" for name in each.operations]
                for each in hosts.apis
            }
        )
        self._test: str | None = None
        self._place: Where | None = None  # of the test
        self._raised: list[tuple[Exception, str]] = []  # since this phase of the test began
        self._strays: list[str] = []  # raised where no test was to fail for it
        self._problems: list[str] = []
        self._lock = Lock()

    # -- messages

    def sent(self, request: Any) -> list[Exception]:
        """Check a request, and return what is to be raised."""
        return self._checked(self._guard.sent, request, is_request=True)

    def answered(self, response: Any, request: Any) -> list[Exception]:
        """Check a response, and return what is to be raised."""
        return self._checked(self._guard.answered, response, request)

    def _checked(
        self, check: Callable[..., Report | None], *messages: Any, is_request: bool = False
    ) -> list[Exception]:
        if self._mode == OFF:
            return []
        try:
            report = check(*messages)
        except Invalid as error:
            report = error.report
        except FieldboundError as error:  # the contract is broken where it is needed
            return self._unjudged(error, str(error), messages[-1])
        except Exception as error:  # noqa: BLE001 - a test never fails for what cannot be read
            return self._unjudged(error, f"it cannot be read: {type(error).__name__}")
        if report is None:
            return []
        with self._lock:
            self.seen.checked[report.contract] += is_request
            self.seen.add(report)
        return [] if report.ok else self._told(report)

    def _unjudged(self, error: Exception, why: str, message: Any = None) -> list[Exception]:
        with self._lock:
            self.seen.not_checked[f"a message ({why})"] += 1
            if message is None or self._mode != "raise":
                return []
            self._raised.append((error, why))
        return [error.with_traceback(None)]  # how it was found is no business of a test's

    def _told(self, report: Report) -> list[Exception]:
        file, line, module = caller(self._place)
        at = f"{self._shown(file)}:{line}"
        error = Invalid(report)
        with self._lock:
            self.seen.find(report, test=self._test, at=at, mode=self._mode)
            if self._mode == "raise":
                self._raised.append((error, f"{first_violations(report)}\n  at {at}"))
        if self._mode == "warn":
            warnings.warn_explicit(
                ContractWarning(first_violations(report)), None, file, line, module
            )
        return [error] if self._mode == "raise" else []

    def _shown(self, file: str) -> str:
        path = Path(file)
        root = self._config.rootpath
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name

    # -- tests

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watch over what a test sets up."""
        return (yield from self._watched(item, "setup"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watch over a test."""
        return (yield from self._watched(item, "call"))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Watch over what a test tears down."""
        return (yield from self._watched(item, "teardown"))

    def _watched(self, item: pytest.Item, when: str) -> Generator[None, Any, Any]:
        """Fail a test that caught what it should have failed with."""
        self._strays += self._lost()
        self._test, self._mode = item.nodeid, self._mode_of(item, when)
        self._place = str(item.path), (item.location[1] or 0) + 1, item.path.stem
        before, result = self._passed(), None
        try:
            result = yield
        except pytest.skip.Exception:
            if not self._raised:
                raise
        except BaseException as error:
            lost = self._lost(error)
            if lost:
                item.add_report_section(when, _TITLE, _first(lost))
            raise
        finally:
            if when == "call" and self._mode != OFF and self._passed() == before:
                self._say_what_is_replaced()
            self._test, self._mode, self._place = None, self._usual, None
        lost = self._lost()
        if lost:
            pytest.fail(_caught(lost), pytrace=False)
        return result

    def _passed(self) -> int:
        """Return how many messages were seen, to be told whether there were more."""
        return self.seen.messages + sum(self._guard.uncovered.values())

    def _say_what_is_replaced(self) -> None:
        with self._lock:
            for name in self.tap.replaced():
                self.seen.not_checked[f"whatever went to {name} (a test replaced it)"] += 1

    def _mode_of(self, item: pytest.Item, when: str) -> str:
        mark = item.get_closest_marker(_MARK)
        mode = self._usual if mark is None else mark.args[0] if len(mark.args) == 1 else None
        if mode in _ALL:
            return str(mode)
        if when == "setup":
            pytest.fail(f"@pytest.mark.{_MARK}: {_no_mode(mode)}", pytrace=False)
        return self._usual

    def _lost(self, error: BaseException | None = None) -> list[str]:
        """Forget what was raised, and return what of it a test does not fail with."""
        with self._lock:
            raised, self._raised = self._raised, []
        known = chain(error)
        told = {text for each, text in raised if any(each is other for other in known)}
        return list(dict.fromkeys(text for _, text in raised if text not in told))

    # -- after the run

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Hand over what was counted, or put it together, write it and decide."""
        self.tap.uninstall()
        self.seen.uncovered.update(self._guard.uncovered)
        self._strays += self._lost()
        if self._is_worker:
            told = {"seen": self.seen.counts(), "strays": self._strays}
            self._config.workeroutput[_WORKER] = told  # type: ignore[attr-defined]
            return
        for _, part in sorted(self._parts.items()):
            self.seen.take_in(part["seen"])
            self._strays += part["strays"]
        self._write()
        self._problems += [f"outside of any test: {each}" for each in dict.fromkeys(self._strays)]
        if self._problems and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_unconfigure(self) -> None:
        """Leave the clients as they were, whatever has happened."""
        self.tap.uninstall()

    def _write(self) -> None:
        from fieldbound.documents import reason, replacing

        if self._file is None:
            return
        name = self._config.getoption("vendor_traffic_json")
        try:
            with replacing(self._file) as stream:
                stream.write(exchanges_json(self.seen))
            self._notes.append(f"vendor traffic written to {name}")
        except OSError as error:
            self._problems.append(f"cannot write {name}: {reason(error)}")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print what was exchanged, the count, and what is amiss."""
        reporter = terminalreporter
        verbosity = self._config.get_verbosity()
        reporter.ensure_newline()
        if verbosity >= 0:
            reporter.section(_TITLE)
            for line in exchanges_text(self.seen, {"warn", "record"}, whole=verbosity > 0):
                reporter.write_line(line)
        reporter.write_line(exchanges_summary(self.seen))
        for line in dict.fromkeys(self._notes):
            reporter.write_line(line)
        for problem in self._problems:
            for line in f"FAILED: {problem}".split("\n"):
                reporter.write_line(line, red=True)


def _caught(lost: Sequence[str]) -> str:
    return (
        "a contract was broken, and the code under test caught the exception; if the test means "
        f'to, mark it @pytest.mark.{_MARK}("record"):\n{_first(lost)}'
    )


def _first(lost: Sequence[str]) -> str:
    """Say the first of what was raised: a test that tries many inputs may raise as many."""
    more = len(lost) - _SHOWN
    return "\n".join(lost[:_SHOWN]) + (f"\nand {more} more" if more > 0 else "")
