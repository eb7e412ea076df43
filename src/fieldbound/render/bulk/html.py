"""Bulk reports go in, a page comes out that needs nothing beside itself, not even a script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from fieldbound.model import impact, percentage, pluralize_large, summary_line, truncation_warning
from fieldbound.render.details import details, rule
from fieldbound.render.escape import escaped
from fieldbound.render.page import source_of
from fieldbound.render.product import version

from . import charts
from .look import PAGE, STYLE
from .words import asides, field, fields, label, mended, spans, title, total, warnings, wrongs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import BulkReport, Lengths, LimitTally, Sample, Violation
    from fieldbound.render.style import Style


def render(
    reports: Iterable[BulkReport], style: Style, problems: Sequence[str] = ()
) -> Iterator[str]:
    """Give one page of all reports."""
    read = list(reports)
    anchors = _Anchors()
    pages = [_Page(report, style, anchors) for report in read]
    body = "".join("".join(page) for page in pages)
    if len(read) != 1 or problems:
        body = f"<h1>{_shown(total(read, problems))}</h1>\n{_index(pages, problems)}{body}"
    name = escaped(summary_line(read[0])) if len(read) == 1 else total(read, problems)
    yield PAGE.format(
        title=_shown(name),
        style=STYLE,
        patterns=charts.PATTERNS,
        body=body,
        version=_shown(version()),
    )


class _Anchors:
    """Names of places in the page: the id of a limit, and a number with it where it is taken."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def name(self, wanted: str) -> str:
        """Give a place its name."""
        name, number = escaped(wanted), 1
        while name in self._taken:
            number += 1
            name = f"{escaped(wanted)}~{number}"
        self._taken.add(name)
        return name


class _Page:
    """The part of the page that is about one report."""

    def __init__(self, report: BulkReport, style: Style, anchors: _Anchors) -> None:
        self.report = report
        self.anchor = anchors.name("report")
        self._style = style
        self._ids = [anchors.name(tally.id) for tally in report.tallies]
        self._lengths = {each.limit: each for each in report.lengths if each.measured}

    def __iter__(self) -> Iterator[str]:
        report = self.report
        yield f'<article id="{_attribute(self.anchor)}">\n<h1>{_shown(title(report))}</h1>\n'
        said = summary_line(report).removeprefix(f"{report.name}: ")
        yield f'<p class="lead">{_shown(said)}.</p>\n'
        yield from _notes(report)
        if report.invalid:
            yield f'<div class="pair">\n{_split(report)}{_wrong(report)}</div>\n'
        if report.tallies:
            yield from self._ranking()
            yield "<h2>Limit by limit</h2>\n"
            for number, tally in enumerate(report.tallies, 1):
                yield from self._limit(number, tally)
        yield from self._other_lengths()
        yield "</article>\n"

    def _ranking(self) -> Iterator[str]:
        report = self.report
        yield '<h2>What to do first</h2>\n<div class="card">\n'
        if said := mended(report):
            yield f"<p>{_shown(said[0].upper() + said[1:])}.</p>\n"
        yield (
            '<p class="legend small dim"><span><i class="in"></i>by this alone</span> '
            '<span><i class="part"></i>with others</span></p>\n<ol class="ranking">\n'
        )
        for number, (tally, anchor) in enumerate(zip(report.tallies, self._ids, strict=True), 1):
            link = f'<a href="#{_attribute(quote(anchor))}">{_shown(label(tally))}</a>'
            yield (
                f'<li><span class="rank">{number}</span><div>{link}{self._tag(tally)}\n'
                f"{charts.ranked(tally, report.invalid)}"
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
        return "" if tally.fails(self._style.fail_on) else '<span class="tag">warning</span>'

    def _other_lengths(self) -> Iterator[str]:
        told = {tally.limit for tally in self.report.tallies if tally.code == "maxLength"}
        others = [each for limit, each in self._lengths.items() if limit not in told]
        heaped = [each for each in others if each.possible_truncation]
        calm = [each for each in others if not each.possible_truncation]
        if heaped:
            yield "<h2>Heaped exactly at the limit</h2>\n"
            yield from map(_field, heaped)
        if calm:
            yield "<h2>Lengths of the other fields</h2>\n"
            yield f"<details><summary>{_shown(pluralize_large(len(calm), 'field'))}</summary>\n"
            yield from map(_field, calm)
            yield "</details>\n"


def _index(pages: Sequence[_Page], problems: Sequence[str]) -> str:
    """List the files judged, each with a link, and those that could not be."""
    items = [
        f'<li><a href="#{_attribute(quote(page.anchor))}">{_shown(summary_line(page.report))}</a></li>\n'
        for page in pages
    ]
    items += [f'<li class="bad"><b>not judged:</b> {_shown(each)}</li>\n' for each in problems]
    return f'<ul class="notes">\n{"".join(items)}</ul>\n' if items else ""


def _notes(report: BulkReport) -> Iterator[str]:
    heaped = {escaped(truncation_warning(lengths)) for lengths in report.possible_truncations}
    items = [f'<li class="bad"><b>wrong:</b> {_shown(each)}</li>\n' for each in warnings(report)]
    for each in asides(report):
        kind, word = (' class="heaped"', "<b>heaped:</b> ") if each in heaped else ("", "")
        items.append(f"<li{kind}>{word}{_shown(each)}</li>\n")
    if items:
        yield f'<ul class="notes">\n{"".join(items)}</ul>\n'


def _split(report: BulkReport) -> str:
    of = [("ok", "accepted", report.valid), ("over", "refused", report.invalid)]
    legend = " ".join(
        f'<span><i class="{kind}"></i>{count:,} {word} ({percentage(count, report.records)})</span>'
        for kind, word, count in of
    )
    return (
        f'<figure class="card"><figcaption>Records</figcaption>\n{charts.split(report)}'
        f'<figcaption class="legend">{legend}</figcaption></figure>\n'
    )


def _wrong(report: BulkReport) -> str:
    rows = wrongs(report)
    if not rows:
        return ""
    said = "How many things are wrong in a refused record"
    return f'<figure class="card"><figcaption>{said}</figcaption>\n{charts.wrong(rows)}</figure>\n'


def _heading(tally: LimitTally) -> str:
    if tally.limit is None:
        return _shown(label(tally))
    where = _shown(field(tally.limit.pointer))
    return f"<code>{where}</code> {_shown(rule(tally.limit))}"


def _example(violation: Violation) -> Iterator[str]:
    yield f'<p class="message">{_shown(violation.message)}</p>\n'
    for role, line in details(violation):
        if role == "source" and violation.limit is not None:
            yield f'<p class="small dim">{source_of(violation.limit)}</p>\n'
        else:
            yield f'<p class="small{" dim" * (role != "hint")}">{_shown(line)}</p>\n'


def _samples(samples: Sequence[Sample]) -> Iterator[str]:
    """Give a table of records, with the columns that any of them has."""
    columns: dict[str, list[Any]] = {
        "record": [each.number for each in samples],
        "line": [each.line for each in samples],
        "byte": [each.offset for each in samples],
        "key": [each.key for each in samples],
    }
    there = [name for name, facts in columns.items() if any(fact is not None for fact in facts)]
    kinds = {name: "" if name == "key" else ' class="n"' for name in there}
    head = "".join(f"<th{kinds[name]}>{name}</th>" for name in there)
    yield '<table class="samples"><caption>The first records</caption>\n'
    yield f"<thead><tr>{head}<th>what is wrong</th></tr></thead>\n<tbody>\n"
    for row, sample in enumerate(samples):
        facts = ((name, columns[name][row]) for name in there)
        cells = "".join(
            f'<td{kinds[name]} data-of="{name}">{"" if fact is None else _shown(fact)}</td>'
            for name, fact in facts
        )
        yield f"<tr>{cells}<td>{_shown(sample.violation.message)}</td></tr>\n"
    yield "</tbody></table>\n"


def _field(lengths: Lengths) -> str:
    name = _shown(field(lengths.limit.pointer))
    rules = _shown(rule(lengths.limit))
    source = (
        f'<p class="small dim">{source_of(lengths.limit)}</p>\n'
        if lengths.possible_truncation
        else ""
    )
    return (
        f'<section class="limit">\n<h3><code>{name}</code> {rules}</h3>\n{source}'
        f"{_histogram(lengths)}</section>\n"
    )


def _histogram(lengths: Lengths) -> str:
    legend = '<span><i class="in"></i>within the limit</span> '
    if lengths.possible_truncation:
        legend += '<span><i class="heap"></i>exactly at it</span> '
    if lengths.over:
        legend += '<span><i class="over"></i>longer</span>'
    told = ""
    if lengths.possible_truncation:
        told = f'<p class="heaped">{_shown(truncation_warning(lengths))}</p>{charts.close(lengths)}'
    return (
        f"<figure>{charts.histogram(lengths)}"
        f'<figcaption><div class="legend">{legend}</div>{_shown(charts.described(lengths))}'
        f"{told}</figcaption>\n<details><summary>the numbers</summary>\n{_numbers(lengths)}"
        "</details></figure>\n"
    )


def _numbers(lengths: Lengths) -> str:
    """Give the chart as a table."""
    rows = [
        (f"{first:,} and more" if last is None else _span(first, last), count)
        for first, last, count in spans(lengths)
    ]
    start = int(lengths.limit.value) - len(lengths.near)
    near = [(f"just {start + at:,}", count) for at, count in enumerate(lengths.near)]
    near.append((f"just {int(lengths.limit.value):,}, the limit", lengths.at))
    body = "".join(
        f'<tr><td>{_shown(name)}</td><td class="n">{count:,}</td></tr>\n'
        for name, count in (*rows, *near)
    )
    head = '<thead><tr><th>length</th><th class="n">texts</th></tr></thead>'
    return f'<table class="narrow">{head}<tbody>\n{body}</tbody></table>\n'


def _span(first: int, last: int) -> str:
    return f"{first:,}" if first == last else f"{first:,} to {last:,}"


def _shown(value: Any) -> str:
    return escape(escaped(str(value)), quote=False).replace(" %", "&nbsp;%")


def _attribute(text: str) -> str:
    return escape(escaped(text), quote=True)
