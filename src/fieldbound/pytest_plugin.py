"""pytest goes in; what a failed check found, and which limits the run reached, come out.

Every project that has fieldbound installed loads this file in every run of pytest: it imports
nothing that pytest has not loaded, and the rest only when it is needed.
"""

from __future__ import annotations

import math
import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from .coverage import Coverage
    from .model import Report

_ANY: Final = "*"
_WORKER: Final = "fieldbound_limit_coverage"
_NAME: Final = "fieldbound-limit-coverage"
_TITLE: Final = "limit coverage"
_MOST: Final = 100
_OPTIONS: Final = {
    "limit_coverage_fail_under": "PERCENT",
    "limit_coverage_json": "FILE",
    "limit_coverage_html": "FILE",
    "limit_coverage_merge": "FILE",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, and the settings of the same meaning."""
    group = parser.getgroup("fieldbound", "limits of contracts")
    group.addoption(
        "--limit-coverage",
        action="append",
        nargs="?",
        const=_ANY,
        metavar="NAME,...",
        help="tell which limits the run reached: of the contracts of these names, or beginnings of "
        "names up to a slash, used or not; without a name, of those that are used",
    )
    group.addoption(
        "--limit-coverage-fail-under",
        metavar="PERCENT",
        help="fail if fewer limits are covered: at their bound or beyond it",
    )
    group.addoption("--limit-coverage-json", metavar="FILE", help="write the coverage as JSON")
    group.addoption("--limit-coverage-html", metavar="FILE", help="write the coverage as a page")
    group.addoption(
        "--limit-coverage-merge",
        action="append",
        metavar="FILE",
        help="take in the JSON of an earlier run (may be repeated)",
    )
    parser.addini(
        "limit_coverage", f"as --limit-coverage; {_ANY}: contracts that are used", "args", []
    )
    parser.addini("limit_coverage_fail_under", "as --limit-coverage-fail-under", default=None)
    _add_traffic(parser, group)


def _add_traffic(parser: pytest.Parser, group: pytest.OptionGroup) -> None:
    group.addoption(
        "--vendor-traffic",
        metavar="MODE",
        help="check what httpx and requests exchange with the APIs in [tool.fieldbound.apis], or "
        "their fakes: raise what is invalid, warn of it, record it, or off",
    )
    group.addoption(
        "--vendor-traffic-api",
        action="append",
        metavar="[HOST=]NAME",
        help="name an API beside those of the configuration, and where it is (may be repeated)",
    )
    group.addoption(
        "--vendor-traffic-json", metavar="FILE", help="write what was exchanged as JSON"
    )
    parser.addini("vendor_traffic", "as --vendor-traffic", default="")
    parser.addini("vendor_traffic_apis", "as --vendor-traffic-api, one a line", "linelist", [])


def pytest_configure(config: pytest.Config) -> None:
    """Begin to record, if that is asked for."""
    asked = config.getoption("limit_coverage") or config.getini("limit_coverage")
    others = any(config.getoption(name) is not None for name in _OPTIONS)
    others = others or config.getini("limit_coverage_fail_under") is not None
    if (asked or others) and not config.getoption("collectonly", False):
        names = [name.strip() for each in asked or [_ANY] for name in each.split(",")]
        run = _Run(config, [name for name in dict.fromkeys(names) if name])
        config.pluginmanager.register(run, _NAME)
    _configure_traffic(config)


def _configure_traffic(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "vendor_traffic(mode): the test's own mode of --vendor-traffic: raise, warn, ..."
    )
    file = config.getoption("vendor_traffic_json")
    others = config.getoption("vendor_traffic_api") or file is not None
    mode = config.getoption("vendor_traffic") or config.getini("vendor_traffic")
    asked = (mode or others) and mode != "off"
    if asked and not config.getoption("collectonly", False):
        from .pytest_traffic import begin

        begin(config, None if file is None else _writable("vendor_traffic_json", file))


# -- failures ------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show of a failure what was found, in short, and nothing of fieldbound's own code."""
    if call.excinfo is None or "fieldbound.model" not in sys.modules:
        return (yield)
    from .tracebacks import chain, cut

    found = None
    if not item.config.getoption("fulltrace", False):
        for error in chain(call.excinfo.value):
            if type(error).__module__.startswith("fieldbound."):
                cut(error.__traceback__)
    if isinstance(call.excinfo.value, AssertionError):
        found = _asserted(call.excinfo)
    with _in_short():
        report = yield
    if found is not None and report.failed:
        from .render.brief import brief

        report.sections.append(("fieldbound", brief(found)))
    return report


def _asserted(excinfo: pytest.ExceptionInfo[BaseException]) -> Report | None:
    """Return the report of something invalid that a failed assertion is about, if it is.

    It is named in the statement, or stands among what pytest keeps of the statement's parts.
    """
    from .model import Report

    for entry in reversed(excinfo.traceback):
        reports = {
            name: value
            for name, value in entry.frame.f_locals.items()
            if isinstance(value, Report) and not value.ok
        }
        if reports:
            words = set(re.findall(r"\w+", str(entry.statement)))
            for name, report in reports.items():
                if name.startswith("@") or name in words:
                    return report
    return None


@contextmanager
def _in_short() -> Iterator[None]:
    """Have exceptions tell their first violations alone."""
    from .model import Invalid
    from .render.brief import brief

    whole = Invalid.__str__
    Invalid.__str__ = lambda self: brief(self.report)  # type: ignore[method-assign]
    try:
        yield
    finally:
        Invalid.__str__ = whole  # type: ignore[method-assign]


# -- limit coverage ------------------------------------------------------------------------------


class _Run:
    """One run of pytest, or one worker's part of it, in which limits are counted."""

    def __init__(self, config: pytest.Config, names: Sequence[str]) -> None:
        from .coverage import Coverage
        from .recording import Recorder

        self._config = config
        self._is_worker = hasattr(config, "workerinput")
        self._least: float | None = None
        self._listed = Coverage()
        self._notes: list[str] = []
        self._problems: list[str] = []
        self._parts: dict[str, str] = {}  # of the workers, by their names
        self._earlier: list[Coverage] = []
        self._files: dict[str, str] = {}
        if not self._is_worker:
            self._prepare([name for name in names if name != _ANY])
        self.coverage = Coverage(() if _ANY in names else names)
        self._recorder = Recorder(self.coverage)
        self._recorder.install()

    # -- before the run

    def _prepare(self, names: Sequence[str]) -> None:
        """Refuse what is asked for amiss, before any test runs."""
        from .coverage import BrokenCoverage, loaded
        from .model import FieldboundError

        option = self._config.getoption
        least = option("limit_coverage_fail_under")
        if least is None:
            least = self._config.getini("limit_coverage_fail_under")
        if least is not None:
            self._least = _percent(least)
        for name in ("limit_coverage_json", "limit_coverage_html"):
            if option(name) is not None:
                self._files[name] = _writable(name, option(name))
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
        from .catalog import contract, contracts
        from .config import load
        from .coverage import Coverage

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

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Take in what a worker of xdist has counted."""
        part = getattr(node, "workeroutput", {}).get(_WORKER)
        if part is None:
            self._notes.append(f"the counts of {node.gateway.id} are lost: {error or 'it crashed'}")
        else:
            self._parts[node.gateway.id] = part

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

        from .coverage import Coverage

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
        from .console import reason, replacing
        from .render import coverage as room

        for name, made in (("limit_coverage_json", room.json), ("limit_coverage_html", room.html)):
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
        from .console import width
        from .render import coverage as room

        reporter = terminalreporter
        reporter.ensure_newline()
        if self._config.get_verbosity() >= 0:
            reporter.section(_TITLE)
            for line in room.text(self.coverage, width()):
                for each in line.split("\n")[:-1]:  # a terminal may not take what is in one
                    reporter.write_line(each)
            reporter.write_line("")
        reporter.write_line(room.summary(self.coverage))
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


def _writable(name: str, file: str) -> str:
    """Return the whole path of a file, for tests change folders; refuse what cannot be written."""
    if not file:
        raise pytest.UsageError(f"--{name.replace('_', '-')}: no file is named")
    whole = os.path.abspath(file)  # noqa: PTH100
    folder = os.path.dirname(whole)  # noqa: PTH120
    why = None
    if os.path.isdir(file):  # noqa: PTH112
        why = "it is a folder"
    elif not os.path.isdir(folder):  # noqa: PTH112
        why = "its folder is not there"
    elif not os.access(folder, os.W_OK):
        why = "its folder cannot be written to"
    if why:
        raise pytest.UsageError(f"--{name.replace('_', '-')}: cannot write {file}: {why}")
    return whole
