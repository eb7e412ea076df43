"""Reports go in, JUnit XML comes out: a suite for each contract, a case for each document."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from . import Style, details, escaped, name, not_judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from fieldbound.model import Report, Violation


def render(reports: Iterable[Report], style: Style) -> Iterator[str]:
    """Give all reports in one `testsuites` element.

    A case has a failure for each violation; what is only a warning stands in its system-out, and
    what was not judged in the system-out of the suite.
    """
    suites: dict[str, list[Report]] = {}
    for report in reports:
        suites.setdefault(report.contract, []).append(report)
    root = ET.Element("testsuites", name="fieldbound")
    for contract, judged in suites.items():
        _suite(root, contract, judged, style)
    read = [report for judged in suites.values() for report in judged]
    _count(root, read, style)
    ET.indent(root)
    # ASCII with character references: the same in any encoding that the output may be given.
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ET.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii") + "\n"


def _suite(root: ET.Element, contract: str, reports: list[Report], style: Style) -> None:
    suite = ET.SubElement(root, "testsuite", name=escaped(contract))
    _count(suite, reports, style)
    for report in reports:
        _case(suite, report, style)
    unspecified: dict[str, str] = {}
    for report in reports:
        unspecified.update(report.unspecified)
    if unspecified:
        _say(suite, list(not_judged({contract: unspecified})))


def _count(element: ET.Element, reports: list[Report], style: Style) -> None:
    failures = sum(report.fails(style.fail_on) for report in reports)
    element.attrib.update(tests=str(len(reports)), failures=str(failures), errors="0", skipped="0")


def _case(suite: ET.Element, report: Report, style: Style) -> None:
    case = ET.SubElement(suite, "testcase", classname=escaped(report.contract), name=name(report))
    if report.name is not None:
        case.set("file", name(report))
    for violation in report:
        if violation.fails(style.fail_on):
            message = escaped(violation.message)
            failure = ET.SubElement(case, "failure", message=message, type=violation.code)
            failure.text = "\n".join(_lines(report, violation))
    warnings = [each for each in report if not each.fails(style.fail_on)]
    if warnings:
        _say(case, ["warning: " + "\n".join(_lines(report, each)) for each in warnings])


def _lines(report: Report, violation: Violation) -> list[str]:
    at = "" if violation.place is None else f":{violation.place}"
    said = f"{name(report)}{at}: {violation.code}: {escaped(violation.message)}"
    return [said, *(f"    {line}" for _, line in details(violation))]


def _say(element: ET.Element, lines: list[str]) -> None:
    ET.SubElement(element, "system-out").text = "\n".join(lines)
