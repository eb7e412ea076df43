"""pytest goes in; what a failed check found, and which limits the run reached, come out.

Every project that has fieldbound installed loads this file in every run of pytest: it imports
nothing that pytest has not loaded, and the rest only when it is needed.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from fieldbound.model import Report

_ANY: Final = "*"
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
        from .coverage import begin

        begin(config, [name for name in dict.fromkeys(names) if name], _writable)
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
        from .http_traffic import begin

        begin(config, None if file is None else _writable("vendor_traffic_json", file))


# -- failures ------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show of a failure what was found, in short, and nothing of fieldbound's own code."""
    if call.excinfo is None or "fieldbound.model" not in sys.modules:
        return (yield)
    from fieldbound.model import chain, cut

    found = None
    if not item.config.getoption("fulltrace", False):
        for error in chain(call.excinfo.value):
            if type(error).__module__.partition(".")[0] == "fieldbound":
                cut(error.__traceback__)
    if isinstance(call.excinfo.value, AssertionError):
        found = _asserted(call.excinfo)
    with _in_short():
        report = yield
    if found is not None and report.failed:
        from fieldbound.render import first_violations

        report.sections.append(("fieldbound", first_violations(found)))
    return report


def _asserted(excinfo: pytest.ExceptionInfo[BaseException]) -> Report | None:
    """Return the report of something invalid that a failed assertion is about, if it is.

    It is named in the statement, or stands among what pytest keeps of the statement's parts.
    """
    from fieldbound.model import Report

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
    from fieldbound.model import Invalid
    from fieldbound.render import first_violations

    whole = Invalid.__str__
    Invalid.__str__ = lambda self: first_violations(self.report)  # type: ignore[method-assign]
    try:
        yield
    finally:
        Invalid.__str__ = whole  # type: ignore[method-assign]


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
