"""JUnit XML: a suite for each contract, a test case for each document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from .details import details, message_text, report_name
from .escape import escaped
from .style import Style
from .unchecked import NotChecked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation

#: The suite of what could not be checked.
_NOT_CHECKED: Final = "could not be checked"


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield all reports in one `testsuites` element.

    A test case has a failure for each violation, and warnings in its system-out. The system-out of
    a suite lists what was not checked. What could not be checked is a suite of its own, each a test
    case with an error.
    """
    suites: dict[str, list[Report]] = {}
    for report in reports:
        suites.setdefault(report.contract, []).append(report)
    root = ET.Element("testsuites", name="fieldbound")
    for contract, own in suites.items():
        _suite(root, contract, own, style)
    read = [report for own in suites.values() for report in own]
    if problems:
        _errors(root, problems)
    _count(root, read, style, len(problems))
    ET.indent(root)
    # ASCII with character references is the same in whatever encoding the output is written.
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ET.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii") + "\n"


def _suite(root: ET.Element, contract: str, reports: list[Report], style: Style) -> None:
    suite = ET.SubElement(root, "testsuite", name=escaped(contract))
    _count(suite, reports, style)
    for report in reports:
        _case(suite, report, style)
    lines = list(NotChecked(reports))
    if lines:
        _system_out(suite, lines)


def _errors(root: ET.Element, problems: Sequence[str]) -> None:
    count = str(len(problems))
    suite = ET.SubElement(
        root, "testsuite", name=_NOT_CHECKED, tests=count, failures="0", errors=count, skipped="0"
    )
    for problem in map(escaped, problems):
        case = ET.SubElement(suite, "testcase", classname=_NOT_CHECKED, name=problem)
        ET.SubElement(case, "error", message=problem, type="error").text = problem


def _count(element: ET.Element, reports: list[Report], style: Style, errors: int = 0) -> None:
    counts = {
        "tests": len(reports) + errors,
        "failures": sum(report.fails(style.fail_on) for report in reports),
        "errors": errors,
        "skipped": 0,
    }
    element.attrib.update({key: str(count) for key, count in counts.items()})


def _case(suite: ET.Element, report: Report, style: Style) -> None:
    case = ET.SubElement(suite, "testcase", classname=escaped(report.contract), name=_name(report))
    if report.name is not None:
        case.set("file", report_name(report))
    for violation in report:
        if violation.fails(style.fail_on):
            message = message_text(report, violation)
            failure = ET.SubElement(case, "failure", message=message, type=violation.code)
            failure.text = "\n".join(_lines(report, violation))
    warnings = [each for each in report if not each.fails(style.fail_on)]
    if warnings:
        _system_out(case, ["warning: " + "\n".join(_lines(report, each)) for each in warnings])


def _name(report: Report) -> str:
    about = f" ({escaped(report.about)})" if report.about else ""
    return report_name(report) + about


def _lines(report: Report, violation: Violation) -> list[str]:
    at = "" if violation.place is None else f":{violation.place}"
    first = f"{report_name(report)}{at}: {violation.code}: {message_text(report, violation)}"
    return [first, *(f"    {line}" for _, line in details(violation))]


def _system_out(element: ET.Element, lines: list[str]) -> None:
    ET.SubElement(element, "system-out").text = "\n".join(lines)
