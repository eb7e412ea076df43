"""Bulk reports as one HTML page, without scripts or other files."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fieldbound.model import (
    escaped,
    percentage,
    pluralize_large,
    summary_line,
    truncation_warning,
)
from fieldbound.render.details import details, limit_text, pointer_text
from fieldbound.render.html import source_link
from fieldbound.render.product import version

from . import charts
from .messages import (
    fields,
    fix_summary,
    impact,
    label,
    length_ranges,
    notes,
    problems as problems_of,
    report_name,
    status,
    totals,
    violation_counts,
)
from .page_template import PAGE, STYLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import BulkReport, Lengths, LimitTally, Sample, Violation
    from fieldbound.render.style import Style


def render(
    reports: Iterable[BulkReport], style: Style, problems: Sequence[str] = ()
) -> Iterator[str]:
    """Yield one page with all reports."""
    read = list(reports)
    anchors = _Anchors()
    pages = [_Page(report, style, anchors) for report in read]
    body = "".join("".join(page) for page in pages)
    if len(read) != 1 or problems:
        body = f"<h1>{_shown(totals(read, problems))}</h1>\n{_index(pages, problems)}{body}"
    name = escaped(summary_line(read[0])) if len(read) == 1 else totals(read, problems)
    yield PAGE.format(
        title=_shown(name),
        style=STYLE,
        patterns=charts.PATTERNS,
        body=body,
        version=_shown(version()),
    )


class _Anchors:
    """Unique anchors in the page: the id of a limit, with a number if it is used already."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def unique(self, preferred: str) -> str:
        """Return a unique anchor."""
        name, number = escaped(preferred), 1
        while name in self._used:
            number += 1
            name = f"{escaped(preferred)}~{number}"
        self._used.add(name)
        return name


class _Page:
    """The article of one report."""

    def __init__(self, report: BulkReport, style: Style, anchors: _Anchors) -> None:
        self.report = report
        self.anchor = anchors.unique("report")
        self._style = style
        self._ids = [anchors.unique(tally.id) for tally in report.tallies]
        self._lengths = {each.limit: each for each in report.lengths if each.measured}

    def __iter__(self) -> Iterator[str]:
        report = self.report
        yield f'<article id="{_attribute(self.anchor)}">\n<h1>{_shown(report_name(report))}</h1>\n'
        summary = summary_line(report).removeprefix(f"{report.name}: ")
        yield f'<p class="lead">{_shown(summary)}</p>\n'
        yield from _notes(report)
        if report.invalid:
            yield f'<div class="pair">\n{_records_figure(report)}{_errors_figure(report)}</div>\n'
        if report.tallies:
            yield from self._top_errors()
            yield "<h2>Details by limit</h2>\n"
            for number, tally in enumerate(report.tallies, 1):
                yield from self._limit(number, tally)
        yield from self._other_lengths()
        yield "</article>\n"

    def _top_errors(self) -> Iterator[str]:
        report = self.report
        yield '<h2>Top errors</h2>\n<div class="card">\n'
        if summary := fix_summary(report):
            yield f"<p>{_shown(summary)}</p>\n"
        yield (
            '<p class="legend small dim"><span><i class="in"></i>the only error</span> '
            '<span><i class="part"></i>with other errors</span></p>\n<ol class="ranking">\n'
        )
        for number, (tally, anchor) in enumerate(zip(report.tallies, self._ids, strict=True), 1):
            link = f'<a href="#{_attribute(quote(anchor))}">{_shown(label(tally))}</a>'
            yield (
                f'<li><span class="rank">{number}</span><div>{link}{self._tag(tally)}\n'
                f"{charts.limit_share(tally, report.invalid)}"
                f'<p class="small dim">{_shown(impact(tally, report.records))}</p></div></li>\n'
            )
        yield "</ol>\n</div>\n"

    def _limit(self, number: int, tally: LimitTally) -> Iterator[str]:
        anchor = _attribute(self._ids[number - 1])
        yield f'<section class="limit" id="{anchor}">\n<h3><span class="rank">{number}.</span> '
        yield f"{_heading(tally)}{self._tag(tally)}</h3>\n"
        yield f"<p>{_shown(impact(tally, self.report.records))}</p>\n"
        if tally.fields:
            yield f'<p class="small">at {_shown(", ".join(fields(tally)))}</p>\n'
        if tally.samples:
            yield from _example(tally.samples[0].violation)
        if tally.limit in self._lengths and tally.code == "maxLength":
            yield _histogram(self._lengths[tally.limit])
        if tally.samples:
            yield from _samples(tally.samples)
        yield "</section>\n"

    def _tag(self, tally: LimitTally) -> str:
        text = status(tally, self._style.severity)
        return f'<span class="tag">{text}</span>' if text else ""

    def _other_lengths(self) -> Iterator[str]:
        shown = {tally.limit for tally in self.report.tallies if tally.code == "maxLength"}
        others = [each for limit, each in self._lengths.items() if limit not in shown]
        truncated = [each for each in others if each.possible_truncation]
        rest = [each for each in others if not each.possible_truncation]
        if truncated:
            yield "<h2>Possible truncation</h2>\n"
            yield from map(_field, truncated)
        if rest:
            yield "<h2>Lengths of the other fields</h2>\n"
            yield f"<details><summary>{_shown(pluralize_large(len(rest), 'field'))}</summary>\n"
            yield from map(_field, rest)
            yield "</details>\n"


def _index(pages: Sequence[_Page], problems: Sequence[str]) -> str:
    """Return a list of the files, with links, and of those that could not be checked."""
    links = [(quote(page.anchor), summary_line(page.report)) for page in pages]
    items = [f'<li><a href="#{_attribute(to)}">{_shown(line)}</a></li>\n' for to, line in links]
    items += [f'<li class="bad"><b>not checked:</b> {_shown(each)}</li>\n' for each in problems]
    return f'<ul class="notes">\n{"".join(items)}</ul>\n' if items else ""


def _notes(report: BulkReport) -> Iterator[str]:
    truncations = {escaped(truncation_warning(each)) for each in report.possible_truncations}
    items = [
        f'<li class="bad"><b>problem:</b> {_shown(each)}</li>\n' for each in problems_of(report)
    ]
    for each in notes(report):
        is_warning = each in truncations
        kind, word = (' class="truncation"', "<b>warning:</b> ") if is_warning else ("", "")
        items.append(f"<li{kind}>{word}{_shown(each)}</li>\n")
    if items:
        yield f'<ul class="notes">\n{"".join(items)}</ul>\n'


def _records_figure(report: BulkReport) -> str:
    parts = [("ok", "valid", report.valid), ("over", "invalid", report.invalid)]
    legend = " ".join(
        f'<span><i class="{kind}"></i>{count:,} {word} ({percentage(count, report.records)})</span>'
        for kind, word, count in parts
    )
    return (
        f'<figure class="card"><figcaption>Records</figcaption>\n{charts.valid_and_invalid(report)}'
        f'<figcaption class="legend">{legend}</figcaption></figure>\n'
    )


def _errors_figure(report: BulkReport) -> str:
    counts = violation_counts(report)
    if not counts:
        return ""
    return (
        '<figure class="card"><figcaption>Errors per invalid record</figcaption>\n'
        f"{charts.violation_counts(counts)}</figure>\n"
    )


def _heading(tally: LimitTally) -> str:
    if tally.limit is None:
        return _shown(label(tally))
    where = _shown(pointer_text(tally.limit.pointer))
    return f"<code>{where}</code> {_shown(limit_text(tally.limit))}"


def _example(violation: Violation) -> Iterator[str]:
    yield f'<p class="message">{_shown(violation.message)}</p>\n'
    for role, line in details(violation):
        if role == "source" and violation.limit is not None:
            yield f'<p class="small dim">{source_link(violation.limit)}</p>\n'
        else:
            yield f'<p class="small{" dim" * (role != "hint")}">{_shown(line)}</p>\n'


def _samples(samples: Sequence[Sample]) -> Iterator[str]:
    """Yield a table of records, with the columns that any of them has."""
    columns: dict[str, list[Any]] = {
        "record": [each.number for each in samples],
        "line": [each.line for each in samples],
        "byte": [each.offset for each in samples],
        "key": [each.key for each in samples],
    }
    used = [name for name, facts in columns.items() if any(fact is not None for fact in facts)]
    kinds = {name: "" if name == "key" else ' class="n"' for name in used}
    head = "".join(f"<th{kinds[name]}>{name}</th>" for name in used)
    yield '<table class="samples"><caption>First records</caption>\n'
    yield f"<thead><tr>{head}<th>violation</th></tr></thead>\n<tbody>\n"
    for row, sample in enumerate(samples):
        facts = ((name, columns[name][row]) for name in used)
        cells = "".join(
            f'<td{kinds[name]} data-of="{name}">{"" if fact is None else _shown(fact)}</td>'
            for name, fact in facts
        )
        yield f"<tr>{cells}<td>{_shown(sample.violation.message)}</td></tr>\n"
    yield "</tbody></table>\n"


def _field(lengths: Lengths) -> str:
    name = _shown(pointer_text(lengths.limit.pointer))
    limit = _shown(limit_text(lengths.limit))
    source = (
        f'<p class="small dim">{source_link(lengths.limit)}</p>\n'
        if lengths.possible_truncation
        else ""
    )
    return (
        f'<section class="limit">\n<h3><code>{name}</code> {limit}</h3>\n{source}'
        f"{_histogram(lengths)}</section>\n"
    )


def _histogram(lengths: Lengths) -> str:
    legend = '<span><i class="in"></i>within the limit</span> '
    if lengths.possible_truncation:
        legend += '<span><i class="at-limit"></i>exactly at it</span> '
    if lengths.over:
        legend += '<span><i class="over"></i>over the limit</span>'
    warning = ""
    if lengths.possible_truncation:
        text = _shown(truncation_warning(lengths))
        warning = f'<p class="truncation">{text}</p>{charts.near_limit(lengths)}'
    return (
        f"<figure>{charts.histogram(lengths)}"
        f'<figcaption><div class="legend">{legend}</div>{_shown(charts.describe(lengths))}'
        f"{warning}</figcaption>\n<details><summary>table</summary>\n{_numbers(lengths)}"
        "</details></figure>\n"
    )


def _numbers(lengths: Lengths) -> str:
    """Return the histogram as a table."""
    rows = [
        (f"{first:,} and more" if last is None else _span(first, last), count)
        for first, last, count in length_ranges(lengths)
    ]
    start = int(lengths.limit.value) - len(lengths.near)
    near = [(f"exactly {start + at:,}", count) for at, count in enumerate(lengths.near)]
    near.append((f"exactly {int(lengths.limit.value):,} (limit)", lengths.at))
    body = "".join(
        f'<tr><td>{_shown(name)}</td><td class="n">{count:,}</td></tr>\n'
        for name, count in (*rows, *near)
    )
    head = '<thead><tr><th>length</th><th class="n">strings</th></tr></thead>'
    return f'<table class="narrow">{head}<tbody>\n{body}</tbody></table>\n'


def _span(first: int, last: int) -> str:
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"


def _shown(value: Any) -> str:
    return escape(escaped(str(value)), quote=False).replace(" %", "&nbsp;%")


def _attribute(text: str) -> str:
    return escape(escaped(text), quote=True)
