"""JSON: one object, whose schema is `report.schema.json` beside this file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .escape import ascii_json
from .listed import listed
from .product import version
from .style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Limit, Report, Violation

#: The `$id` of report.schema.json.
SCHEMA: Final = "https://fieldbound.invalid/report.schema.json"


def render(reports: Iterable[Report], style: Style, problems: Sequence[str] = ()) -> Iterator[str]:
    """Yield one object with all reports, and what could not be checked."""
    read = list(reports)
    yield ascii_json(
        {
            "$schema": SCHEMA,
            "fieldbound": version(),
            # Nothing checked is not ok, and neither is a document that could not be checked.
            "ok": bool(read) and not problems and all(report.ok for report in read),
            "documents": len(read),
            "violations": sum(map(len, read)),
            "ignored": sum(sum(report.ignored.values()) for report in read),
            "known": sum(report.known for report in read),
            "errors": list(problems),
            "reports": [report_object(report, style) for report in read],
        }
    )


def limit_object(limit: Limit) -> dict[str, Any]:
    """Return a limit as an object of the schema."""
    return {
        "id": limit.id,
        "pointer": limit.pointer,
        "keyword": limit.keyword,
        "value": limit.value,
        "location": limit.location,
        "says": limit.says,
        "sources": [
            {"key": each.key, "title": each.title, "address": each.address, "read": each.read}
            for each in limit.sources
        ],
        "note": limit.note,
        "condition": limit.condition,
        # that of a contract is its name
        "title": None if limit.title == limit.contract else limit.title,
    }


def violation_object(violation: Violation, style: Style) -> dict[str, Any]:
    """Return a violation as an object of the schema."""
    place = violation.place
    return {
        "code": violation.code,
        "pointer": violation.pointer,
        "message": violation.message,
        "hint": violation.hint,
        "actual": violation.actual,
        "kind": violation.kind,
        "place": None if place is None else {"line": place.line, "column": place.column},
        "says": violation.says,
        "fails": style.severity.fails(violation),
        "limit": None if violation.limit is None else limit_object(violation.limit),
        "also": [limit_object(limit) for limit in violation.also],
    }


def report_object(report: Report, style: Style) -> dict[str, Any]:
    """Return a report as an object of the schema."""
    own = listed(report, style)
    return {
        "name": report.name,
        "contract": report.contract,
        "ok": report.ok,
        "unspecified": dict(report.unspecified),
        "about": report.about,
        "unjudged": dict(report.not_checked),
        "violations": [violation_object(each, style) for each in own.violations],
        "omitted": own.omitted,
        "omittedByLimit": dict(own.more),
        "ignored": dict(report.ignored),
        "known": report.known,
    }
