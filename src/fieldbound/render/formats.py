"""The output formats for reports of documents: one module each, and one table of them.

Of a report of many records, they have the samples.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from fieldbound.policy import Severity

from .style import Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import BulkReport, Report

#: The name of each format, and the module beside this file that has its `render`.
FORMATS: Final[dict[str, str]] = {
    "text": ".text",
    "concise": ".concise",
    "grouped": ".grouped",
    "json": ".json",
    "sarif": ".sarif",
    "junit": ".junit",
    "github": ".github",
    "gitlab": ".gitlab",
}


def rendered(report: Report | BulkReport, format: str | None) -> Any:  # noqa: A002
    """Return one report in a format, or as the object that the format "json" has of it.

    Raises ValueError for an unknown format.
    """
    from fieldbound.model import BulkReport

    from .bulk.formats import BULK_FORMATS, render_bulk
    from .bulk.sampled import as_report

    is_bulk = isinstance(report, BulkReport)
    severity = Severity(report.fail_on) if isinstance(report, BulkReport) else Severity()
    style = Style(severity, max_violations=0)
    if format is None:
        name = f".bulk{BULK_FORMATS['json']}" if is_bulk else FORMATS["json"]
        return import_module(name, __package__).report_object(report, style)
    formats = dict.fromkeys((*FORMATS, *BULK_FORMATS) if is_bulk else FORMATS)
    if format not in formats:
        raise ValueError(f"format must be one of {', '.join(formats)}, not {format!r}")
    if not isinstance(report, BulkReport):
        return "".join(render(format, [report], style))
    if format in BULK_FORMATS:
        return "".join(render_bulk(format, [report], style))
    return "".join(render(format, [as_report(report)], style))


def render(
    format: str,  # noqa: A002
    reports: Iterable[Report],
    style: Style,
    problems: Sequence[str] = (),
) -> Iterator[str]:
    """Yield *reports* in the named format, in pieces. Raises `KeyError` for an unknown format.

    The formats text, concise, grouped and github are streamed, report by report; the others need
    all reports.
    *problems* lists what could not be checked, and why; it is read after the last report, so it
    may grow while reports are made.
    """
    module = import_module(FORMATS[format], __package__)
    chunks: Iterator[str] = module.render(reports, style, problems)
    return chunks
