"""The summary in Markdown: its rows, its bounds, and what data may do to it."""

from __future__ import annotations

from html import unescape

from markdown_it import MarkdownIt

from fieldbound.model import Limit, Place, Report, Violation, escaped
from fieldbound.policy import Severity
from fieldbound.render import StepSummary
from support import bulk_reports
from support.hostile_text import COMMANDS, HOSTILE
from support.tables import table

CONTRACT = "acme/create-order"
LIMIT = Limit(CONTRACT, "/gift", "maxLength", 3, "x#/gift/maxLength", "inferred")
MARKDOWN = (
    "a | b",
    "`code`",
    "**bold** _it_ ~~no~~",
    "[link](https://example.com)",
    "<img src=x onerror=alert(1)>",
    "https://example.com www.example.com me@example.com",
    "&lt; \\| \\",
    "# - 1. ![image](a) $x$ @team #12",
)


def of(*reports: Report) -> StepSummary:
    """Return the summary of reports of documents, in which only what is stated fails."""
    summary = StepSummary(Severity("stated"))
    for report in reports:
        summary.add(report)
    return summary


def test_rows() -> None:
    """Each violation is a row: place, severity, limit and message, below the counts."""
    found = (
        Violation("maxLength", "/gift", LIMIT, 4, "string", Place(2, 9)),
        Violation("syntax", "", place=Place(3, 1), detail="oops"),
    )
    text = of(Report(CONTRACT, found, "a.json")).markdown(["cannot read b.json"])
    lines = [line.replace("\\", "") for line in text.splitlines()]
    assert lines[0] == "### fieldbound"
    assert lines[2].startswith(
        "2 violations in 1 of 1 documents, 1 of them only a warning; 1 could"
    )
    assert lines[6] == (
        f"| a.json:2:9 | warning | {CONTRACT}#/gift:maxLength | "
        "/gift has 4 characters, the limit is 3 |"
    )
    assert lines[7].startswith("| a.json:3:1 | error | syntax | ")
    assert lines[-2:] == ["- cannot read b.json", ""]


def test_records() -> None:
    """A limit that records break is a row at its first record, below the counts of the file."""
    report = bulk_reports.full()
    summary = StepSummary(Severity())
    summary.add(report)
    lines = [line.replace("\\", "") for line in summary.markdown([]).splitlines()]
    assert lines[2].startswith("- big.ndjson: 500,000 records checked by ")
    rows = [line for line in lines if line.startswith("| big.ndjson")]
    assert len(rows) == len(report.tallies)
    assert rows[0].startswith("| big.ndjson:12 | error | oracle-cx-sales/create-product-group#/")
    assert "2,310 records" in rows[0]
    assert not any("documents" in line for line in lines)


@table("text", [*MARKDOWN, *HOSTILE, *COMMANDS])
def test_data_is_no_markup(text: str) -> None:
    """Whatever is in data, the table has its four cells, and each shows just its text."""
    violation = Violation("syntax", "", place=Place(1, 1), detail=text)
    report = Report(CONTRACT, (violation,), f"{text}.json")
    markdown = of(report).markdown([text])
    html = MarkdownIt("commonmark", {"linkify": False}).enable("table").render(markdown)
    cells = [unescape(each.partition("</td>")[0]) for each in html.split("<td>")[1:]]
    place, message = f"{escaped(text)}.json:1:1", escaped(violation.message)
    assert cells == [each.strip() for each in (place, "error", "syntax", message)]
    assert "<a" not in html
    assert "<img" not in html
    assert html.count("<tr>") == 2
    assert html.count("<li>") == 1


def test_size_is_bounded() -> None:
    """At most 100 violations and 100 files are listed, with how many more there are."""
    found = tuple(Violation("maxLength", f"/{each}", LIMIT, 4) for each in range(150))
    problems = [f"cannot read {each}.json" for each in range(150)]
    text = of(Report(CONTRACT, found, "a.json")).markdown(problems)
    assert text.count("\n| a") == 100
    assert "… and 50 more rows" in text
    assert "… and 50 more\n" in text
