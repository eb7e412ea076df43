"""The pytest plugin: readable failures, limit coverage, checking of HTTP traffic.

pytest loads this module in every project that has fieldbound installed: it imports nothing that
pytest has not imported, and everything else only when it is needed.
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

_USED_CONTRACTS: Final = "*"
_OPTIONS: Final = {
    "limit_coverage_fail_under": "PERCENT",
    "limit_coverage_json": "FILE",
    "limit_coverage_html": "FILE",
    "limit_coverage_merge": "FILE",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the command-line options and the ini-options of the same names."""
    group = parser.getgroup("fieldbound", "fieldbound: limits of API contracts")
    group.addoption(
        "--limit-coverage",
        action="append",
        nargs="?",
        const=_USED_CONTRACTS,
        metavar="NAME,...",
        help="report which documented limits the tests reach: of the named contracts, whether used "
        "or not (a name, or its beginning up to a slash); by default of the contracts used",
    )
    group.addoption(
        "--limit-coverage-fail-under",
        metavar="PERCENT",
        help="fail if less than PERCENT of the limits are covered",
    )
    group.addoption(
        "--limit-coverage-json", metavar="FILE", help="write a JSON report of limit coverage"
    )
    group.addoption(
        "--limit-coverage-html", metavar="FILE", help="write an HTML report of limit coverage"
    )
    group.addoption(
        "--limit-coverage-merge",
        action="append",
        metavar="FILE",
        help="merge the JSON report of an earlier run (may be repeated)",
    )
    parser.addini(
        "limit_coverage",
        f"default of --limit-coverage ({_USED_CONTRACTS}: the contracts used)",
        "args",
        [],
    )
    parser.addini(
        "limit_coverage_fail_under", "default of --limit-coverage-fail-under", default=None
    )
    _add_traffic_options(parser, group)


def _add_traffic_options(parser: pytest.Parser, group: pytest.OptionGroup) -> None:
    group.addoption(
        "--vendor-traffic",
        metavar="MODE",
        help="check all traffic of httpx, httpx2 and requests, mocked or not, by the APIs in "
        "[tool.fieldbound.apis]; MODE is what invalid messages do: raise (fail the test), warn, "
        "record (in the summary only), or off",
    )
    group.addoption(
        "--vendor-traffic-api",
        action="append",
        metavar="[HOST=]NAME",
        help="check traffic by this API, too, optionally only at HOST (may be repeated)",
    )
    group.addoption(
        "--vendor-traffic-json", metavar="FILE", help="write a JSON report of the traffic"
    )
    group.addoption(
        "--vendor-traffic-undocumented",
        metavar="MODE",
        help="what a response does that the vendor does not document, such as a status code: "
        "report (in the summary only, the default), or fail (as invalid messages do)",
    )
    group.addoption(
        "--vendor-traffic-fail-on",
        metavar="EVIDENCE",
        help="weakest evidence of a limit that fails; messages that only violate others are in the "
        "summary (default: fail-on in [tool.fieldbound], or all)",
    )
    parser.addini("vendor_traffic", "default of --vendor-traffic", default="")
    parser.addini("vendor_traffic_fail_on", "default of --vendor-traffic-fail-on", default="")
    parser.addini(
        "vendor_traffic_undocumented", "default of --vendor-traffic-undocumented", default=""
    )
    parser.addini(
        "vendor_traffic_apis", "further --vendor-traffic-api, one per line", "linelist", []
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start limit coverage and traffic checks, if requested."""
    requested = config.getoption("limit_coverage") or config.getini("limit_coverage")
    others = any(config.getoption(name) is not None for name in _OPTIONS)
    others = others or config.getini("limit_coverage_fail_under") is not None
    if (requested or others) and not config.getoption("collectonly", False):
        names = [
            name.strip() for each in requested or [_USED_CONTRACTS] for name in each.split(",")
        ]
        from .coverage import start

        start(config, [name for name in dict.fromkeys(names) if name], _output_path)
    _configure_traffic(config)


def _configure_traffic(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        "vendor_traffic(mode): mode of --vendor-traffic for this test: raise, warn, record, off",
    )
    file = config.getoption("vendor_traffic_json")
    others = config.getoption("vendor_traffic_api") or file is not None
    mode = config.getoption("vendor_traffic") or config.getini("vendor_traffic")
    requested = (mode or others) and mode != "off"
    if requested and not config.getoption("collectonly", False):
        from .http_traffic import start

        start(config, None if file is None else _output_path("vendor_traffic_json", file))


# -- failures ------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the first violations of a failure, and no frames of fieldbound."""
    if call.excinfo is None or "fieldbound.model" not in sys.modules:
        return (yield)
    from fieldbound.model import exception_chain, trim_traceback

    found = None
    if not item.config.getoption("fulltrace", False):
        for error in exception_chain(call.excinfo.value):
            if type(error).__module__.partition(".")[0] == "fieldbound":
                trim_traceback(error.__traceback__)
    if isinstance(call.excinfo.value, AssertionError):
        found = _asserted_report(call.excinfo)
    with _short_invalid():
        report = yield
    if found is not None and report.failed:
        from fieldbound.render import first_violations

        report.sections.append(("fieldbound", first_violations(found)))
    return report


def _asserted_report(excinfo: pytest.ExceptionInfo[BaseException]) -> Report | None:
    """Return the invalid report that a failed assertion is about, or None.

    It is a variable in the statement, or one of the parts of the statement that pytest keeps.
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
def _short_invalid() -> Iterator[None]:
    """Shorten the message of Invalid to the first violations."""
    from fieldbound.model import Invalid
    from fieldbound.render import first_violations

    original = Invalid.__str__
    Invalid.__str__ = lambda self: first_violations(self.report)  # type: ignore[method-assign]
    try:
        yield
    finally:
        Invalid.__str__ = original  # type: ignore[method-assign]


def _output_path(name: str, file: str) -> str:
    """Return an absolute path, as tests change directories. Raises UsageError if not writable."""
    if not file:
        raise pytest.UsageError(f"--{name.replace('_', '-')}: expected a file name")
    path = os.path.abspath(file)  # noqa: PTH100
    folder = os.path.dirname(path)  # noqa: PTH120
    why = None
    if os.path.isdir(file):  # noqa: PTH112
        why = "it is a folder"
    elif not os.path.isdir(folder):  # noqa: PTH112
        why = "its folder does not exist"
    elif not os.access(folder, os.W_OK):
        why = "its folder is not writable"
    if why:
        raise pytest.UsageError(f"--{name.replace('_', '-')}: cannot write {file}: {why}")
    return path
