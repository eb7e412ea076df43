"""JUnit XML: a suite for each contract, a test case for each violation and each valid document."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from fieldbound.model import escaped

from .details import details, message_text, pointer_text, report_name
from .listed import Listed, listed, sampled
from .style import Style
from .unchecked import NotChecked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation

#: The suite of what could not be checked.
_NOT_CHECKED: Final = "could not be checked"


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield all reports in one `testsuites` element.

    The name of a test case has no line, so that it is the same in the next run. One that only warns
    passes, with the warning in its system-out. How many violations are not listed is a test case,
    too, which fails if one of them does. The system-out of a suite lists what was not checked. What
    could not be checked is a suite of its own, each a test case with an error.
    """
    suites: dict[str, list[Report]] = {}
    for report in reports:
        suites.setdefault(report.contract, []).append(report)
    root = ET.Element("testsuites", name="fieldbound")
    for contract, own in suites.items():
        _suite(root, contract, own, style)
    if problems:
        _errors(root, problems)
    _count(root)
    ET.indent(root)
    # ASCII with character references is the same in whatever encoding the output is written.
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ET.tostring(root, encoding="us-ascii", xml_declaration=False).decode("ascii") + "\n"


def _suite(root: ET.Element, contract: str, reports: list[Report], style: Style) -> None:
    suite = ET.SubElement(root, "testsuite", name=escaped(contract))
    for report in reports:
        _cases(suite, report, style)
    _count(suite)
    lines = list(NotChecked(reports))
    if lines:
        _system_out(suite, lines)


def _errors(root: ET.Element, problems: Sequence[str]) -> None:
    suite = ET.SubElement(root, "testsuite", name=_NOT_CHECKED)
    for problem in map(escaped, problems):
        case = ET.SubElement(suite, "testcase", classname=_NOT_CHECKED, name=problem)
        ET.SubElement(case, "error", message=problem, type="error").text = problem
    _count(suite)


def _count(element: ET.Element) -> None:
    """Enter how many test cases there are below an element, and how many fail."""
    for key, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        element.set(key, str(sum(1 for _ in element.iter(tag))))
    element.set("skipped", "0")


def _cases(suite: ET.Element, report: Report, style: Style) -> None:
    own = listed(report, style)
    for violation in own.violations:
        at = f"{violation.code} at {pointer_text(violation.pointer)}"
        case, lines = _case(suite, report, at), _lines(report, violation)
        if style.severity.fails(violation):
            _failure(case, violation.code, message_text(report, violation), lines)
        else:
            _system_out(case, [f"warning: {lines[0]}", *lines[1:]])
    if own.omitted:
        title = f"{own.omitted} more violations"
        case = _case(suite, report, "more violations")
        if _omits_failure(report, own, style):
            _failure(case, "notListed", title, own.lines)
        else:
            _system_out(case, own.lines)
    if report.ok:
        _case(suite, report)


def _omits_failure(report: Report, own: Listed, style: Style) -> bool:
    """Return whether a violation that is not listed fails."""
    fails = Counter(map(style.severity.fails, report))
    fails.subtract(map(style.severity.fails, own.violations))
    records = sampled(report)
    unseen = () if records is None else records.unlisted_tallies
    return bool(fails[True]) or any(map(style.severity.fails, unseen))


def _case(suite: ET.Element, report: Report, what: str = "") -> ET.Element:
    about = f" ({escaped(report.about)})" if report.about else ""
    name = report_name(report) + about + f": {what}" * bool(what)
    case = ET.SubElement(suite, "testcase", classname=escaped(report.contract), name=name)
    if report.name is not None:
        case.set("file", report_name(report))
    return case


def _failure(case: ET.Element, code: str, message: str, lines: Iterable[str]) -> None:
    ET.SubElement(case, "failure", message=message, type=code).text = "\n".join(lines)


def _lines(report: Report, violation: Violation) -> list[str]:
    at = "" if violation.place is None else f":{violation.place}"
    first = f"{report_name(report)}{at}: {violation.code}: {message_text(report, violation)}"
    return [first, *(f"    {line}" for _, line in details(violation))]


def _system_out(element: ET.Element, lines: Iterable[str]) -> None:
    ET.SubElement(element, "system-out").text = "\n".join(lines)
