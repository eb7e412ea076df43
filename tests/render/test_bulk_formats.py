"""The output formats of bulk reports: complete, ranked and escaped.

`python -m tests.render.test_bulk_formats` writes the expected outputs in expected_bulk/.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, strategies as st
from jsonschema import Draft202012Validator

import fieldbound.render.bulk
from fieldbound.bulk.lengths import LengthCounter, LengthCounts
from fieldbound.cli import console
from fieldbound.model.bulk_report import (
    MAX_FIELDS,
    BulkReport,
    Duplicate,
    Duplicates,
    Lengths,
    LimitTally,
    Sample,
    percentage,
)
from fieldbound.model.facts import Place
from fieldbound.model.limits import Limit, Source
from fieldbound.model.violations import Violation
from fieldbound.policy import Severity
from fieldbound.render import Style, version
from fieldbound.render.bulk import charts
from fieldbound.render.bulk.formats import BULK_FORMATS as FORMATS, render_bulk as render
from fieldbound.render.bulk.messages import (
    fields as fields_of,
    fix_summary,
    label,
    length_ranges,
    location,
    violation_counts,
)
from fieldbound.render.escape import display_width
from support import bulk_reports
from support.hostile_text import COMMANDS, HOSTILE, commands
from support.tables import table

EXPECTED = Path(__file__).with_name("expected_bulk")
BULK = Path(fieldbound.render.bulk.__file__)
SCHEMA = json.loads(BULK.with_name("bulk-report.schema.json").read_text("utf-8"))
ONE = json.loads(BULK.parent.with_name("report.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
PROBLEMS = ("cannot read missing.ndjson: No such file or directory",)

#: The expected outputs: file -> format, style, problems.
CASES: dict[str, tuple[Any, ...]] = {
    "plain.txt": ("text", Style()),
    "terminal.txt": ("text", Style(Severity("stated"), color=True)),
    "ascii.txt": ("text", Style(ascii=True), PROBLEMS),
    "report.json": ("json", Style(Severity("stated")), PROBLEMS),
    "github.txt": ("github", Style(Severity("stated"), max_violations=6), PROBLEMS),
}


def rendered(
    format: str,  # noqa: A002
    style: Style | None = None,
    problems: tuple[str, ...] = (),
    reports: tuple[BulkReport, ...] | None = None,
) -> str:
    """Return the output of reports, by default of the full one."""
    chosen = (bulk_reports.full(),) if reports is None else reports
    text = "".join(render(format, chosen, style or Style(), problems))
    return text.replace(f'"{version()}"', '"VERSION"')


@pytest.mark.parametrize("file", CASES)
def test_expected_output(file: str) -> None:
    """The output of each text format is the expected file."""
    assert rendered(*CASES[file]) == (EXPECTED / file).read_text(encoding="utf-8")


def test_unknown_format_is_an_error() -> None:
    """An unknown format is a KeyError before any report is read."""
    with pytest.raises(KeyError):
        render("yaml", [], Style())


# -- messages --------------------------------------------------------------------------------------


@table(
    ("part", "whole", "expected"),
    [
        (0, 7, "0 %"),
        (7, 7, "100 %"),
        (1, 1_000_000, "less than 0.01 %"),
        (999_999, 1_000_000, "more than 99.99 %"),
        (46, 10_000, "0.46 %"),
        (9_954, 10_000, "99.54 %"),
        (1, 100, "1.0 %"),
        (97, 100, "97.0 %"),
        (1, 3, "33 %"),
    ],
)
def test_percentage(part: int, whole: int, expected: str) -> None:
    """A percentage has two digits or more, and only none is 0 % and all 100 %."""
    assert percentage(part, whole) == expected


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((None, None, None), "12"),
        ((3301, 14, None), "12 (line 14, byte 3301)"),
        ((0, 1, '"A\n"'), '12 (line 1, byte 0, key "A\\n")'),
        ((None, None, "7"), "12 (key 7)"),
    ],
)
def test_location(facts: tuple[Any, ...], expected: str) -> None:
    """The location of a record is its number, and line, byte and key if they are known."""
    assert location(Sample(12, Violation("syntax", ""), *facts)) == expected


def test_violation_counts() -> None:
    """The last number says "or more" only if there are records with more."""
    some = bulk_reports.full().tallies[:1]
    exact = replace(bulk_reports.full(), tallies=some, violation_counts=((1, 2_290), (2, 10)))
    assert violation_counts(exact) == [("1", 2_290), ("2", 10)]
    assert violation_counts(replace(exact, violation_counts=((1, 2_290), (2, 9)))) == [
        ("1", 2_290),
        ("2 or more", 9),
    ]
    assert violation_counts(bulk_reports.bare(7)) == []


@given(st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=60))
def test_fix_summary_is_a_lower_bound(records: list[set[int]]) -> None:
    """Fixing the first errors makes at least as many records valid as claimed."""
    broken = Counter(each for record in records for each in record)
    alone = Counter(min(record) for record in records if len(record) == 1)
    ranked = [each for each, _ in broken.most_common()]
    limits = bulk_reports.full().tallies[0].limit
    found = tuple(
        LimitTally("type", limits, None, broken[each], broken[each], alone[each]) for each in ranked
    )
    summary = fix_summary(BulkReport("c", None, 100, len(records), found))
    if summary is None:
        assert len(found) == 1 or sum(alone[each] for each in ranked[:-1]) < 0.8 * len(records)
        return
    first = summary.removeprefix("Fixing the first ").partition(" ")[0]
    fixed = set(ranked[: 1 if first == "makes" else int(first)])
    valid = sum(record <= fixed for record in records)
    claimed = int(summary.partition("at least ")[2].partition(" of ")[0])
    assert 0.8 * len(records) <= claimed <= valid


def test_fix_summary_ignores_invalid_json() -> None:
    """Records of invalid JSON are not checked yet, so they do not count as fixed."""
    syntax = LimitTally("syntax", None, None, 90, 90, 90)
    other = bulk_reports.full().tallies[0]
    report = BulkReport("c", None, 100, 100, (syntax, replace(other, records=10, alone=10)))
    assert fix_summary(report) is None


@given(st.integers(1, 300), st.lists(st.integers(0, 700), min_size=1))
def test_length_ranges_have_all_strings(most: int, lengths: list[int]) -> None:
    """Each range has the strings of its lengths, and each length is in one range."""
    limit = replace(bulk_reports.limit("/InternalName", "maxLength"), value=most)
    counts = LengthCounts()
    counts.count(0, lengths)
    counts.cap([limit])
    (found,) = LengthCounter([limit]).lengths(counts)
    start = 0
    for first, last, count in length_ranges(found):
        assert first == start
        assert count == sum(first <= each and (last is None or each <= last) for each in lengths)
        start = -1 if last is None else last + 1
    assert start == -1


def test_str_of_a_report() -> None:
    """str() of a report has its summary, the top errors, and other problems."""
    lines = str(bulk_reports.full()).splitlines()
    assert lines[0].startswith("big.ndjson: 500,000 records checked by oracle-cx-sales/")
    assert lines[1] == (
        "  1. maxLength at /ProdGroupName: 2,310 records (0.46 %), the only error in 2,200"
    )
    assert lines[2] == "     record 12: /ProdGroupName has 251 characters, the limit is 250"
    assert lines[-3].startswith("  the file is truncated: ")
    assert lines[-1].endswith("end exactly at the limit of 1,000 characters")
    assert "  and 20 more limits" in str(bulk_reports.many(30))
    assert str(bulk_reports.bare()) == f"no records checked by {bulk_reports.GROUPS}"
    assert str(bulk_reports.bare(7)) == f"7 records checked by {bulk_reports.GROUPS}: all valid"
    assert str(bulk_reports.bare(1)) == f"1 record checked by {bulk_reports.GROUPS}: valid"


# -- text ------------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.booleans())
def test_bar(part: int, whole: int, plain: bool) -> None:
    """A bar is empty only for none, full only for all, and has a constant width."""
    part = min(part, whole)
    drawn = charts.bar(part, whole, ascii=plain)
    inner = drawn.strip("[]").replace(".", " ")
    assert len(inner) == charts.CELLS
    assert bool(inner.strip()) == (part > 0)
    assert (inner == ("#" if plain else "█") * charts.CELLS) == (part == whole)


def test_sparkline() -> None:
    """All lengths up to the limit are before a |, those over it after it."""
    over, _, truncated, *_ = bulk_reports.lengths()
    drawn = charts.sparkline(over)
    assert drawn.index("|") == len(over.parts)
    assert len(drawn.strip()) == len(over.parts) + 1 + len(over.beyond)
    assert charts.sparkline(truncated).endswith("|    ")
    assert charts.sparkline(over, ascii=True).isascii()


def test_text_of_many_limits() -> None:
    """The first 20 limits are shown, and the number of further ones."""
    lines = rendered("text", reports=(bulk_reports.many(150),)).splitlines()
    assert sum(line[:4].strip().rstrip(".").isdigit() for line in lines) == 20
    assert (
        "and 130 more limits, each in at most 130 records; --format json and html show all" in lines
    )


def test_fields_that_are_not_shown_are_counted() -> None:
    """Violations at fields that are not shown are counted together."""
    tally = bulk_reports.full().tallies[0]
    shown = tuple((f"/a{number}", 1) for number in range(MAX_FIELDS))
    assert fields_of(replace(tally, violations=MAX_FIELDS, fields=shown))[-1] == "/a19 (1)"
    assert fields_of(replace(tally, violations=2026, fields=shown))[-1] == "other fields (2,006)"


def test_text_marks_warnings() -> None:
    """A limit with weaker evidence than --fail-on is marked as a warning."""
    stated, inferred = (
        rendered("text", Style(Severity(each)), reports=(bulk_reports.many(4),))
        for each in ("stated", "inferred")
    )
    assert [line for line in stated.splitlines() if "warning: " in line] == [
        " 2. warning: additionalProperties false at (root): "
        "3 records (0.30 %), always with other errors; 200 violations"
    ]
    assert "warning" not in inferred


def test_quiet_text() -> None:
    """A quiet style omits valid files, notes and lengths."""
    quiet = Style(quiet=True)
    assert rendered("text", quiet, reports=(bulk_reports.bare(7),)) == ""
    assert rendered("text", quiet, PROBLEMS, ()) == ""
    text = rendered("text", quiet)
    assert "truncated" in text
    assert "duplicate values of" in text
    assert "1. maxLength 250 at /ProdGroupName" in text
    for note in ("blank", "not checked", "lengths", "exactly", "Fixing", "errors per"):
        assert note not in text


@table(
    ("reports", "problems", "last"),
    [
        ((), (), "no records checked"),
        ((bulk_reports.bare(),), (), f"no records checked by {bulk_reports.GROUPS}"),
        ((bulk_reports.bare(1),), (), f"1 record checked by {bulk_reports.GROUPS}: valid"),
        ((bulk_reports.bare(7),) * 2, (), "2 files: 14 records, all valid"),
        (
            (bulk_reports.many(9), bulk_reports.bare(9)),
            PROBLEMS,
            "2 files: 1,009 records, 200 invalid; 1 file could not be checked",
        ),
        ((), PROBLEMS, "no records checked; 1 file could not be checked"),
    ],
)
def test_text_ends_with_the_totals(
    reports: tuple[BulkReport, ...], problems: tuple[str, ...], last: str
) -> None:
    """The text of several files ends with the totals and the files that could not be checked."""
    assert rendered("text", problems=problems, reports=reports).splitlines()[-1] == last


def test_text_is_yielded_report_by_report() -> None:
    """The text of a report does not wait for the next one."""

    def reports() -> Iterator[BulkReport]:
        yield bulk_reports.bare(7)
        pytest.fail("the next report was requested")

    assert next(render("text", reports(), Style())).startswith("7 records checked by ")


def test_charts_and_lists_fit_80_columns() -> None:
    """Charts and lists have 80 columns at most, and no line ends in a space."""
    lines = rendered("text").splitlines()
    listed = [line for line in lines if line.startswith(("    also in ", "        2006 "))]
    drawn = [line for line in lines if {*line} & {*charts.BLOCKS} - {" "}]
    assert len(listed) == 10
    assert len(drawn) == 12
    assert all(display_width(line) <= 80 for line in (*listed, *drawn))
    assert not any(line != line.rstrip() for line in lines)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii", "cp437", "no such"])
def test_ascii_only(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are drawn in ASCII if standard output cannot encode block characters."""

    class Stream:
        pass

    Stream.encoding = encoding  # type: ignore[attr-defined]
    monkeypatch.setattr(console.sys, "stdout", Stream())
    assert console.ascii_only(None) == (encoding != "utf-8")
    assert not console.ascii_only("report.txt")


# -- JSON ------------------------------------------------------------------------------------------


@table(
    ("reports", "problems", "ok"),
    [
        ((bulk_reports.full(),), (), False),
        ((bulk_reports.many(150), bulk_reports.full(name=None, duplicates=None)), (), False),
        ((bulk_reports.bare(7),), (), True),
        ((bulk_reports.bare(7),), PROBLEMS, False),
        ((bulk_reports.bare(),), (), False),
        ((), (), False),
        ((bulk_reports.bare(7), bulk_reports.bare(7)), (), True),
        ((replace(bulk_reports.bare(7), cut_off="it ends"),), (), False),
        ((replace(bulk_reports.bare(7), duplicates=Duplicates("/Id")),), (), True),
    ],
)
def test_json_is_valid_against_its_schema(
    reports: tuple[BulkReport, ...], problems: tuple[str, ...], ok: bool
) -> None:
    """The JSON of any reports is valid; it is ok only if all reports are."""
    found = json.loads(rendered("json", problems=problems, reports=reports))
    VALIDATOR.validate(found)
    assert found["ok"] == ok
    assert len(found["reports"]) == len(reports)


def test_the_schema_is_closed() -> None:
    """Every object of the schema is closed, and shared definitions equal those of documents."""
    Draft202012Validator.check_schema(SCHEMA)
    objects = [each for each in SCHEMA["$defs"].values() if each.get("type") == "object"]
    for each in (SCHEMA, *objects):
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])
    for name in set(SCHEMA["$defs"]) & set(ONE["$defs"]) - {"report"}:
        assert SCHEMA["$defs"][name] == ONE["$defs"][name]


#: Other values, where they cannot be an incremented number or another string.
OTHERS: dict[str, Any] = {
    "limit": bulk_reports.limit("/ModelName", "maxLength"),
    "violation": Violation("depth", "/x", place=Place(1, 2)),
    "duplicates": None,
    "fields": (("/Colour", 1),),
    "says": "example",
    "unspecified": {},
    "ignored": {},
}


def with_other_value(instance: Any, name: str) -> Any:
    """Return a dataclass instance with another value of one field."""
    value = getattr(instance, name)
    if name in OTHERS:
        return replace(instance, **{name: OTHERS[name]})
    if isinstance(value, int):
        return replace(instance, **{name: value + 1})
    if isinstance(value, tuple):
        return replace(instance, **{name: value[:-1]})
    return replace(instance, **{name: "other"})


@table(
    ("kind", "path"),
    [
        (BulkReport, ()),
        (LimitTally, ("tallies", 0)),
        (Sample, ("tallies", 0, "samples", 0)),
        (Lengths, ("lengths", 0)),
        (Duplicates, ("duplicates",)),
        (Duplicate, ("duplicates", "samples", 0)),
    ],
)
def test_json_has_every_field(kind: type, path: tuple[Any, ...]) -> None:
    """The JSON changes with any field of a report."""

    def changed(part: Any, steps: tuple[Any, ...], name: str) -> Any:
        if not steps:
            return with_other_value(part, name)
        step, *rest = steps
        if isinstance(step, int):
            return (*part[:step], changed(part[step], tuple(rest), name), *part[step + 1 :])
        return replace(part, **{step: changed(getattr(part, step), tuple(rest), name)})

    before = rendered("json")
    for field in fields(kind):
        if (kind, field.name) != (Lengths, "beyond"):  # its length is fixed
            after = changed(bulk_reports.full(), path, field.name)
            assert rendered("json", reports=(after,)) != before, field.name


# -- HTML ------------------------------------------------------------------------------------------

_VOID = {"meta", "line"}


class _Page(HTMLParser):
    """The elements of a page with their attributes, and its text; asserts that all are closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.within: list[tuple[str, ...]] = []
        self.feed(page)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.within.append(tuple(self._open))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.within.append(tuple(self._open))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        """The text of the page."""
        return " ".join(" ".join(self.words).replace("\xa0", " ").split())


#: Sets of reports, each as a page.
PAGES: dict[str, tuple[BulkReport, ...]] = {
    "rich": (bulk_reports.full(),),
    "several": (
        bulk_reports.full(),
        bulk_reports.full(),
        bulk_reports.many(150),
        bulk_reports.bare(),
    ),
    "valid": (bulk_reports.bare(7),),
    "empty": (bulk_reports.bare(),),
    "none": (),
}


@table("name", PAGES)
def test_the_page_is_self_contained(name: str) -> None:
    """The page has no scripts or external resources, and links only to sources and itself."""
    output = rendered("html", Style(Severity("stated")), PROBLEMS, PAGES[name])
    page = _Page(output)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {
        "script",
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "image",
        "use",
    }
    ids = [facts["id"] for _, facts in page.elements if "id" in facts]
    assert len(ids) == len(set(ids))
    for _, facts in page.elements:
        assert not any(each == "src" or each.startswith("on") for each in facts)
        address = facts.get("href")
        if address is not None and address.startswith("#"):
            assert unquote(address[1:]) in ids
        elif address is not None:
            assert address.startswith("https://docs.oracle.com/")
    assert "@import" not in output
    assert all(part.startswith("#hatch-") for part in output.split("url(")[1:])


@table("name", PAGES)
def test_charts_are_accessible(name: str) -> None:
    """Each chart is an image with a title and a description, or hidden."""
    page = _Page(rendered("html", reports=PAGES[name]))
    drawn = [index for index, (tag, _) in enumerate(page.elements) if tag == "svg"]
    for index in drawn:
        facts = page.elements[index][1]
        if facts.get("aria-hidden") == "true":
            continue
        assert facts["role"] == "img"
        assert [tag for tag, _ in page.elements[index + 1 : index + 3]] == ["title", "desc"]
    assert len(drawn) > 1 or name in ("valid", "empty", "none")


def test_anchors_are_the_ids_of_limits() -> None:
    """Each limit has a section with its id as anchor, numbered if it is used twice."""
    page = _Page(rendered("html", reports=PAGES["several"]))
    ids = {facts.get("id") for _, facts in page.elements}
    for report in PAGES["several"]:
        assert {tally.id for tally in report.tallies} <= ids
    assert {f"{tally.id}~2" for tally in bulk_reports.full().tallies} <= ids


def test_the_page_is_complete() -> None:
    """The page has the summary, the ranked limits, samples, lengths and warnings."""
    text = _Page(rendered("html", Style(Severity("stated")))).text
    report = bulk_reports.full()
    assert (
        "500,000 records checked by oracle-cx-sales/create-product-group: 4,700 invalid (0.94 %)"
        in text
    )
    assert "Fixing the first 2 makes at least 4,100 of 4,700 invalid records valid (87 %)" in text
    places = [text.index(label(tally)) for tally in report.tallies]
    assert places == sorted(places)
    for tally in report.tallies:
        for sample in tally.samples:
            assert f"{sample.number}" in text
            assert sample.violation.message in text
    assert "2,326 values of /ProdGroupDescription end exactly at the limit" in text
    assert "951 to 1,000 2,412" in text
    assert "exactly 1,000 (limit) 2,326" in text
    assert "301 and more 20" in text
    assert "the file is truncated" in text
    assert "3 or more: 16" in text


def test_the_page_begins_with_the_summary() -> None:
    """The page begins with file name and summary, then the top errors."""
    page = _Page(rendered("html"))
    tags = [tag for tag, _ in page.elements if tag in ("h1", "h2", "p")]
    assert tags[:2] == ["h1", "p"]
    assert page.text.index("records checked by") < page.text.index("Top errors")
    assert page.text.index("Top errors") < page.text.index("Details by limit")


def test_the_page_marks_warnings() -> None:
    """A limit with weaker evidence than --fail-on has a warning tag."""
    reports = (bulk_reports.many(4),)
    stated = Style(Severity("stated"))
    assert _Page(rendered("html", stated, (), reports)).words.count("warning") == 2
    assert "warning" not in _Page(rendered("html", Style(), (), reports)).words


# -- hostile text ----------------------------------------------------------------------------------


def hostile_report(text: str) -> BulkReport:
    """Return a report with *text* wherever data or a contract can have it."""
    source = Source("k", text, "https://docs.example/" + text)
    at = f"https://fieldbound.invalid/x.json#/{text}"
    length = Limit("c" + text, "/" + text, "maxLength", 9, at, "stated", (source,), text)
    const = Limit("c" + text, "/" + text, "const", text, at, "stated", (source,), text)
    broken = Violation("const", "/" + text, const, text, "string", Place(1, 2), (), (text,), text)
    syntax = Violation("syntax", "/" + text, detail=text)
    return BulkReport(
        "c" + text,
        text.replace("\x00", "") + ".ndjson",
        9,
        3,
        (
            LimitTally("const", const, "stated", 2, 2, 2, (Sample(1, broken, 0, 1, text),) * 2),
            LimitTally("maxLength", length, "stated", 1, 1, 1, (Sample(2, broken, key=text),)),
            LimitTally("syntax", None, None, 1, 1, 1, (Sample(3, syntax),)),
        ),
        ((1, 3),),
        (Lengths(length, (0,) * 8 + (9,), (0,) * 9, 8, shortest=8, longest=9),),
        9,
        {"/" + text: (2, text)},
        1,
        text,
        Duplicates("/" + text, 2, 4, 1, (Duplicate(text, 2, (1, 2)),)),
    )


@table("text", HOSTILE)
@table("format", FORMATS)
def test_hostile_text_is_escaped(format: str, text: str) -> None:  # noqa: A002
    """With any text in data, names and contracts, the output is printable and parses."""
    style = Style(color=False)
    output = rendered(format, style, (text,), (hostile_report(text), bulk_reports.bare()))
    assert output.replace("\n", "").isprintable()
    output.encode()
    if format == "json":
        VALIDATOR.validate(json.loads(output))
    if format == "html":
        assert {tag for tag, _ in _Page(output).elements} <= {
            tag
            for tag, _ in _Page(
                rendered("html", style, ("x",), (hostile_report("x"), bulk_reports.bare()))
            ).elements
        }
    if format == "text":
        named = text.replace("\x00", "").encode("unicode_escape", "surrogatepass").decode()[:2]
        heads = (
            "    ",
            " 1.",
            " 2.",
            " 3.",
            "Top errors",
            "String lengths",
            "no record",
            "2 files",
        )
        for line in output.splitlines():
            assert not line or line.startswith((*heads, text[:1], named))


def test_sensitive_keys_are_not_rendered() -> None:
    """A sensitive key is redacted in every format."""
    keys = Duplicates("/Token", 1, 2, 0, (Duplicate(None, 2, (3, 4)),))
    report = bulk_reports.full(duplicates=keys)
    assert "a redacted value in 3, 4" in rendered("text", reports=(report,))
    assert "a redacted value in 3, 4" in rendered("html", reports=(report,))
    assert json.loads(rendered("json", reports=(report,)))["reports"][0]["duplicates"][
        "samples"
    ] == [{"key": None, "records": 2, "numbers": [3, 4]}]


def test_locations_without_a_text() -> None:
    """Without a text, neither lines nor bytes are shown."""
    first = bulk_reports.full().tallies[0]
    sample = replace(first.samples[0], line=None, offset=None, key=None)
    report = bulk_reports.full(tallies=(replace(first, samples=(sample,)),))
    assert "    record 12: /ProdGroupName has 251" in rendered("text", reports=(report,))
    page = rendered("html", reports=(report,))
    assert '<td class="n" data-of="record">12</td><td>' in page
    assert 'data-of="line"' not in page


@table("text", COMMANDS)
@table("format", FORMATS)
def test_data_is_no_command(format: str, text: str) -> None:  # noqa: A002
    """No runner of CI jobs finds a command in data, names or contracts; github has its own."""
    given = (hostile_report(text), bulk_reports.bare())
    output = rendered(format, Style(), (text,), given)
    own = [each for each in commands(output) if each.startswith("::error ")]
    assert bool(own) == (format == "github")
    assert commands(output) == own
    assert commands(str(hostile_report(text))) == []


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    for file, case in CASES.items():
        (EXPECTED / file).write_text(rendered(*case), encoding="utf-8")
