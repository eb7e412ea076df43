"""SARIF 2.1.0: one run, with a rule for each broken limit, whose id is the id of the limit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fieldbound.model import CODES, SYNTAX_CODES, escaped

from .details import limit_text, message_text, pointer_text, report_name, source_text
from .escape import ascii_json
from .excerpt import end_column
from .fingerprints import Fingerprints
from .listed import Listed, listed
from .product import address, version
from .style import Style
from .unchecked import NotChecked
from .workspace import in_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield all reports as one run; in its property bag, how many results are left out."""
    read = [(report, listed(report, style)) for report in reports]
    found = [(report, violation) for report, own in read for violation in own.violations]
    rules: dict[str, dict[str, Any]] = {}
    for _, violation in found:
        rules.setdefault(_rule_id(violation), _rule(violation))
    index = {each: number for number, each in enumerate(rules)}
    fingerprints = Fingerprints()
    results = []
    for report, violation in found:
        result = _result(report, violation, style)
        result["ruleIndex"] = index[result["ruleId"]]
        result["partialFingerprints"] = {"limitFilePointer/v1": _fingerprint(result, fingerprints)}
        results.append(result)
    yield ascii_json(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {"driver": {**_driver(), "rules": list(rules.values())}},
                    "columnKind": "unicodeCodePoints",
                    "invocations": [_invocation(read, problems)],
                    "results": results,
                    "properties": {
                        "omitted": sum(own.omitted for _, own in read),
                        "ignored": sum(sum(report.ignored.values()) for report, _ in read),
                        "known": sum(report.known for report, _ in read),
                    },
                }
            ],
        }
    )


def _driver() -> dict[str, Any]:
    driver = {"name": "fieldbound", "version": version()}
    home = address()
    return driver if home is None else {**driver, "informationUri": home}


def _invocation(
    reports: Sequence[tuple[Report, Listed]], problems: Sequence[str]
) -> dict[str, Any]:
    lines = [("error", escaped(problem)) for problem in problems]
    for report, own in reports:
        lines += [("note", f"{report_name(report)}: {line}") for line in own.lines]
    lines += [("note", line) for line in NotChecked(report for report, _ in reports)]
    notifications = [{"level": level, "message": {"text": text}} for level, text in lines]
    return {"executionSuccessful": not problems, "toolExecutionNotifications": notifications}


def _rule_id(violation: Violation) -> str:
    return violation.code if violation.limit is None else violation.limit.id


def _rule(violation: Violation) -> dict[str, Any]:
    limit = violation.limit
    if limit is None:
        kind = "invalid JSON" if violation.code in SYNTAX_CODES else "invalid document"
        return _described(violation.code, violation.code, f"{kind}: {violation.code}")
    text = f"{limit_text(limit)} at {pointer_text(limit.pointer)}"
    rule = _described(limit.id, limit.keyword, text)
    texts = filter(None, (source_text(limit), escaped(limit.note or "")))
    if help_ := ". ".join(texts):
        rule["help"] = {"text": help_}
    if limit.source is not None and limit.source.link:
        rule["helpUri"] = limit.source.link
    rule["properties"] = {"contract": limit.contract, "keyword": limit.keyword}
    if limit.says:
        rule["properties"]["says"] = limit.says
    return rule


def _described(identifier: str, code: str, text: str) -> dict[str, Any]:
    """Return a rule with its description in short, and what the code means and how it is mended."""
    name = "".join(filter(str.isalnum, code[:1].upper() + code[1:]))
    rule: dict[str, Any] = {"id": identifier, "name": name, "shortDescription": {"text": text}}
    if code in CODES:
        full = " ".join((f"{text}.", *CODES[code]))
        rule["fullDescription"] = {"text": full}
    return {**rule, "help": {"text": CODES[code][-1] if code in CODES else text}}


def _result(report: Report, violation: Violation, style: Style) -> dict[str, Any]:
    properties = {"contract": report.contract, "pointer": violation.pointer}
    if violation.hint is not None:
        properties["hint"] = violation.hint
    return {
        "ruleId": _rule_id(violation),
        "level": "error" if style.severity.fails(violation) else "warning",
        "message": {"text": message_text(report, violation)},
        "locations": _locations(report, violation),
        "properties": properties,
    }


def _locations(report: Report, violation: Violation) -> list[dict[str, Any]]:
    if report.name is None:
        return []
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(report.name)}}
    if violation.place is not None:
        place = violation.place
        physical["region"] = {"startLine": place.line, "startColumn": place.column}
        if (end := end_column(report, violation)) is not None:
            physical["region"] |= {"endLine": place.line, "endColumn": end}
    return [{"physicalLocation": physical}]


def _uri(name: str) -> str:
    """Return a file name as a URI: relative to GITHUB_WORKSPACE, or else to the working directory.

    It is absolute for a file that is below neither.
    """
    from pathlib import Path

    try:
        os.fsencode(name)
    except UnicodeEncodeError:  # not a valid file name
        name = name.encode("utf-8", "replace").decode()
    name = in_workspace(name) or name
    path = Path(os.path.normpath(name))
    if path.is_absolute():
        if not path.is_relative_to(Path.cwd()):
            return path.as_uri()
        path = path.relative_to(Path.cwd())
    return quote(os.fsencode(path.as_posix()))


def _fingerprint(result: dict[str, Any], fingerprints: Fingerprints) -> str:
    """Return a fingerprint unique to a result and independent of its line, so that it is stable."""
    locations = result["locations"]
    file = locations[0]["physicalLocation"]["artifactLocation"]["uri"] if locations else ""
    return fingerprints.of(result["ruleId"], file, result["properties"]["pointer"])
