"""Reports go in, one SARIF 2.1.0 log comes out: a rule for each limit broken, named by its id."""

from __future__ import annotations

import os
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fieldbound.model import TEXT_CODES

from .details import cited, rule, said
from .escape import ascii_json, escaped
from .product import version
from .style import Style
from .unchecked import NotChecked
from .workspace import in_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Give all reports as one run."""
    read = list(reports)
    found = [(report, violation) for report in read for violation in report]
    rules: dict[str, dict[str, Any]] = {}
    for _, violation in found:
        rules.setdefault(_rule_id(violation), _rule(violation))
    index = {each: number for number, each in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = []
    for report, violation in found:
        result = _result(report, violation, style)
        result["ruleIndex"] = index[result["ruleId"]]
        result["partialFingerprints"] = {"limitFilePointer/v1": _fingerprint(result, seen)}
        results.append(result)
    yield ascii_json(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [
                {
                    "tool": {
                        "driver": {
                            "name": "fieldbound",
                            "version": version(),
                            "rules": list(rules.values()),
                        }
                    },
                    "columnKind": "unicodeCodePoints",
                    "invocations": [_invocation(read, problems)],
                    "results": results,
                }
            ],
        }
    )


def _invocation(reports: list[Report], problems: Sequence[str]) -> dict[str, Any]:
    told = [("error", escaped(problem)) for problem in problems]
    told += [("note", line) for line in NotChecked(reports)]
    notifications = [{"level": level, "message": {"text": text}} for level, text in told]
    return {"executionSuccessful": not problems, "toolExecutionNotifications": notifications}


def _rule_id(violation: Violation) -> str:
    return violation.code if violation.limit is None else violation.limit.id


def _rule(violation: Violation) -> dict[str, Any]:
    limit = violation.limit
    if limit is None:
        kind = "not proper JSON" if violation.code in TEXT_CODES else "invalid"
        text = {"text": f"The text is {kind}: {violation.code}"}
        return {"id": violation.code, "shortDescription": text}
    at = escaped(limit.pointer) or "the whole"
    given: dict[str, Any] = {"id": limit.id, "shortDescription": {"text": f"{rule(limit)} at {at}"}}
    words = ". ".join(each for each in (cited(limit), escaped(limit.note or "")) if each)
    if words:
        given["help"] = {"text": words}
    if limit.source is not None and limit.source.address:
        given["helpUri"] = limit.source.address
    given["properties"] = {"contract": limit.contract, "keyword": limit.keyword}
    if limit.says:
        given["properties"]["says"] = limit.says
    return given


def _result(report: Report, violation: Violation, style: Style) -> dict[str, Any]:
    properties = {"contract": report.contract, "pointer": violation.pointer}
    if violation.hint is not None:
        properties["hint"] = violation.hint
    return {
        "ruleId": _rule_id(violation),
        "level": "error" if violation.fails(style.fail_on) else "warning",
        "message": {"text": said(report, violation)},
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
    return [{"physicalLocation": physical}]


def _uri(name: str) -> str:
    """Give a file's name as a URI: relative to GITHUB_WORKSPACE, or else the working directory.

    It is absolute for a file that lies below neither.
    """
    from pathlib import Path

    try:
        os.fsencode(name)
    except UnicodeEncodeError:  # no name of a file, be it well encoded or not
        name = name.encode("utf-8", "replace").decode()
    name = in_workspace(name) or name
    path = Path(os.path.normpath(name))
    if path.is_absolute():
        if not path.is_relative_to(Path.cwd()):
            return path.as_uri()
        path = path.relative_to(Path.cwd())
    return quote(os.fsencode(path.as_posix()))


def _fingerprint(result: dict[str, Any], seen: Counter[str]) -> str:
    """Tell a violation from every other, but not by its line: the same after lines have moved."""
    locations = result["locations"]
    file = locations[0]["physicalLocation"]["artifactLocation"]["uri"] if locations else ""
    key = "\0".join((result["ruleId"], file, result["properties"]["pointer"]))
    seen[key] += 1
    counted = f"{key}\0{seen[key]}"
    return sha256(counted.encode("utf-8", "surrogatepass")).hexdigest()[:32]
