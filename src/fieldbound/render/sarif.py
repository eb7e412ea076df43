"""SARIF 2.1.0: one run, with a rule for each broken limit, whose id is the id of the limit."""

from __future__ import annotations

import os
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fieldbound.model import SYNTAX_CODES

from .details import limit_text, message_text, pointer_text, source_text
from .escape import ascii_json, escaped
from .product import version
from .style import Style
from .unchecked import NotChecked
from .workspace import in_workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report, Violation


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield all reports as one run."""
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
    lines = [("error", escaped(problem)) for problem in problems]
    lines += [("note", line) for line in NotChecked(reports)]
    notifications = [{"level": level, "message": {"text": text}} for level, text in lines]
    return {"executionSuccessful": not problems, "toolExecutionNotifications": notifications}


def _rule_id(violation: Violation) -> str:
    return violation.code if violation.limit is None else violation.limit.id


def _rule(violation: Violation) -> dict[str, Any]:
    limit = violation.limit
    if limit is None:
        kind = "invalid JSON" if violation.code in SYNTAX_CODES else "invalid document"
        return {"id": violation.code, "shortDescription": {"text": f"{kind}: {violation.code}"}}
    text = f"{limit_text(limit)} at {pointer_text(limit.pointer)}"
    rule: dict[str, Any] = {"id": limit.id, "shortDescription": {"text": text}}
    texts = filter(None, (source_text(limit), escaped(limit.note or "")))
    if help_ := ". ".join(texts):
        rule["help"] = {"text": help_}
    if limit.source is not None and limit.source.address:
        rule["helpUri"] = limit.source.address
    rule["properties"] = {"contract": limit.contract, "keyword": limit.keyword}
    if limit.says:
        rule["properties"]["says"] = limit.says
    return rule


def _result(report: Report, violation: Violation, style: Style) -> dict[str, Any]:
    properties = {"contract": report.contract, "pointer": violation.pointer}
    if violation.hint is not None:
        properties["hint"] = violation.hint
    return {
        "ruleId": _rule_id(violation),
        "level": "error" if violation.fails(style.fail_on) else "warning",
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


def _fingerprint(result: dict[str, Any], seen: Counter[str]) -> str:
    """Return a fingerprint unique to a result and independent of its line, so that it is stable."""
    locations = result["locations"]
    file = locations[0]["physicalLocation"]["artifactLocation"]["uri"] if locations else ""
    key = "\0".join((result["ruleId"], file, result["properties"]["pointer"]))
    seen[key] += 1
    numbered = f"{key}\0{seen[key]}"
    return sha256(numbered.encode("utf-8", "surrogatepass")).hexdigest()[:32]
