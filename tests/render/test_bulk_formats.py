"""How the account of many records is shown: complete, ranked, and without harm to who reads it.

`python tests/test_render_bulk.py` writes the saved outputs under tests/render_bulk/ anew.
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
from fieldbound.bulk.lengths import Ruler, Sizes
from fieldbound.cli import console
from fieldbound.model.bulk_report import (
    FIELDS,
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
from fieldbound.render import Style, version
from fieldbound.render.bulk import charts
from fieldbound.render.bulk.formats import BULK_FORMATS as FORMATS, render_bulk as render
from fieldbound.render.bulk.words import fields as fields_of, label, mended, spans, where, wrongs
from fieldbound.render.escape import cells
from support import bulk_reports as tallied
from support.hostile_text import NASTY

SAVED = Path(__file__).with_name("expected_bulk")
BULK = Path(fieldbound.render.bulk.__file__)
SCHEMA = json.loads(BULK.with_name("bulk-report.schema.json").read_text("utf-8"))
ONE = json.loads(BULK.parent.with_name("report.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
PROBLEMS = ("cannot read missing.ndjson: No such file or directory",)

#: The saved outputs: file -> format, style, problems.
CASES: dict[str, tuple[Any, ...]] = {
    "plain.txt": ("text", Style()),
    "terminal.txt": ("text", Style("stated", color=True)),
    "ascii.txt": ("text", Style(ascii=True), PROBLEMS),
    "report.json": ("json", Style("stated"), PROBLEMS),
}


def shown(
    format: str,  # noqa: A002
    style: Style | None = None,
    problems: tuple[str, ...] = (),
    reports: tuple[BulkReport, ...] | None = None,
) -> str:
    """Render reports, the rich one unless given, as one text."""
    judged = (tallied.rich(),) if reports is None else reports
    text = "".join(render(format, judged, style or Style(), problems))
    return text.replace(f'"{version()}"', '"VERSION"')


@pytest.mark.parametrize("file", CASES)
def test_saved(file: str) -> None:
    """Each format for streams gives the saved output, whole."""
    assert shown(*CASES[file]) == (SAVED / file).read_text(encoding="utf-8")


def test_unknown_format() -> None:
    """A format that there is not is a KeyError before anything is read."""
    with pytest.raises(KeyError):
        render("yaml", [], Style())


# -- words -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "whole", "said"),
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
def test_share(part: int, whole: int, said: str) -> None:
    """A share has two digits or more, and only nothing is 0 % and all 100 %."""
    assert percentage(part, whole) == said


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ((None, None, None), "12"),
        ((3301, 14, None), "12 (line 14, byte 3301)"),
        ((0, 1, '"A\n"'), '12 (line 1, byte 0, key "A\\n")'),
        ((None, None, "7"), "12 (key 7)"),
    ],
)
def test_where(facts: tuple[Any, ...], said: str) -> None:
    """A record is named by its number, and by what else is known of where it is."""
    assert where(Sample(12, Violation("syntax", ""), *facts)) == said


def test_one_wrong_and_many() -> None:
    """The last number stands for all above where there are such, and only there."""
    some = tallied.rich().tallies[:1]
    exact = replace(tallied.rich(), tallies=some, wrong=((1, 2_290), (2, 10)))
    assert wrongs(exact) == [("one", 2_290), ("two", 10)]
    assert wrongs(replace(exact, wrong=((1, 2_290), (2, 9)))) == [
        ("one", 2_290),
        ("two or more", 9),
    ]
    assert wrongs(tallied.bare(7)) == []


@given(st.lists(st.sets(st.integers(0, 5), min_size=1), min_size=1, max_size=60))
def test_mending_is_never_overrated(records: list[set[int]]) -> None:
    """What mending the first limits is said to save, it saves: counted record by record."""
    broken = Counter(each for record in records for each in record)
    alone = Counter(min(record) for record in records if len(record) == 1)
    ranked = [each for each, _ in broken.most_common()]
    limits = tallied.rich().tallies[0].limit
    found = tuple(
        LimitTally("type", limits, None, broken[each], broken[each], alone[each]) for each in ranked
    )
    said = mended(BulkReport("c", None, 100, len(records), found))
    if said is None:
        assert len(found) == 1 or sum(alone[each] for each in ranked[:-1]) < 0.8 * len(records)
        return
    first = said.removeprefix("mending the first ").partition(" ")[0]
    mended_ones = set(ranked[: 1 if first == "makes" else int(first)])
    saved = sum(record <= mended_ones for record in records)
    claimed = int(said.rpartition(", ")[2].partition(" of ")[0])
    assert 0.8 * len(records) <= claimed <= saved


def test_mending_texts_promises_nothing() -> None:
    """What was no proper JSON has not been judged, so mending it may bring up something else."""
    syntax = LimitTally("syntax", None, None, 90, 90, 90)
    other = tallied.rich().tallies[0]
    report = BulkReport("c", None, 100, 100, (syntax, replace(other, records=10, alone=10)))
    assert mended(report) is None


@given(st.integers(1, 300), st.lists(st.integers(0, 700), min_size=1))
def test_spans_are_those_counted(most: int, lengths: list[int]) -> None:
    """Each span of lengths has just the texts of these lengths, and no length is in two or none."""
    limit = replace(tallied.limit("/InternalName", "maxLength"), value=most)
    sizes = Sizes()
    sizes.count(0, lengths)
    sizes.settle([limit])
    (found,) = Ruler([limit]).lengths(sizes)
    start = 0
    for first, last, count in spans(found):
        assert first == start
        assert count == sum(first <= each and (last is None or each <= last) for each in lengths)
        start = -1 if last is None else last + 1
    assert start == -1


def test_str_of_a_report() -> None:
    """As a text a report has its verdict, the limits by rank, and what else is wrong."""
    lines = str(tallied.rich()).splitlines()
    assert lines[0].startswith("big.ndjson: 500,000 records by oracle-cx-sales/")
    assert lines[1] == (
        "  1. maxLength at /ProdGroupName: 2,310 records (0.46 %), 2,200 of them by this alone"
    )
    assert lines[2] == "     record 12: /ProdGroupName has 251 characters, the limit is 250"
    assert lines[-3].startswith("  the file is cut off: ")
    assert lines[-1].endswith("something upstream may cut them silently")
    assert "  and 20 more limits" in str(tallied.many(30))
    assert str(tallied.bare()) == f"no record judged by {tallied.GROUPS}"
    assert str(tallied.bare(7)) == f"7 records by {tallied.GROUPS}: all accepted"
    assert str(tallied.bare(1)) == f"1 record by {tallied.GROUPS}: accepted"


# -- text ------------------------------------------------------------------------------------------


@given(st.integers(0, 10**6), st.integers(1, 10**6), st.booleans())
def test_bar(part: int, whole: int, plain: bool) -> None:
    """A bar shows whatever is more than none, is full only for all, and has one width."""
    part = min(part, whole)
    drawn = charts.bar(part, whole, ascii=plain)
    inner = drawn.strip("[]").replace(".", " ")
    assert len(inner) == charts.CELLS
    assert bool(inner.strip()) == (part > 0)
    assert (inner == ("#" if plain else "█") * charts.CELLS) == (part == whole)


def test_sparkline_has_the_limit_in_it() -> None:
    """Lengths within the limit stand before a stroke, those beyond behind it, none is lost."""
    over, _, heaped, *_ = tallied.lengths()
    drawn = charts.sparkline(over)
    assert drawn.index("|") == len(over.parts)
    assert len(drawn.strip()) == len(over.parts) + 1 + len(over.beyond)
    assert charts.sparkline(heaped).endswith("|    ")
    assert charts.sparkline(over, ascii=True).isascii()


def test_text_of_many_limits() -> None:
    """The first 20 limits are shown, and it is said how many more there are."""
    lines = shown("text", reports=(tallied.many(150),)).splitlines()
    assert sum(line[:4].strip().rstrip(".").isdigit() for line in lines) == 20
    assert "and 130 more limits, each broken in 130 records or fewer;" in lines


def test_fields_that_are_not_told_are_counted() -> None:
    """Where a limit is on more fields than are told apart, it is said how much the others have."""
    tally = tallied.rich().tallies[0]
    told = tuple((f"/a{number}", 1) for number in range(FIELDS))
    assert fields_of(replace(tally, violations=FIELDS, fields=told))[-1] == "/a19 (1)"
    assert fields_of(replace(tally, violations=2026, fields=told))[-1] == "elsewhere (2,006)"


def test_text_tells_warnings() -> None:
    """A limit less firm than asked for is marked as a warning."""
    firm, loose = (
        shown("text", Style(each), reports=(tallied.many(4),)) for each in ("stated", "inferred")
    )
    assert [line for line in firm.splitlines() if "warning: " in line] == [
        " 2. warning: additionalProperties false at the whole record: "
        "3 records (0.30 %), none of them by this alone; 200 violations"
    ]
    assert "warning" not in loose


def test_quiet_text() -> None:
    """If it is to be quiet nothing is said of what is valid, and no more than what is wrong."""
    quiet = Style(quiet=True)
    assert shown("text", quiet, reports=(tallied.bare(7),)) == ""
    assert shown("text", quiet, PROBLEMS, ()) == ""
    said = shown("text", quiet)
    assert "cut off" in said
    assert "more than once" in said
    assert "1. maxLength 250 at /ProdGroupName" in said
    for note in ("blank", "not judged", "Lengths", "exactly", "mending", "thing"):
        assert note not in said


@pytest.mark.parametrize(
    ("reports", "problems", "last"),
    [
        ((), (), "no record judged"),
        ((tallied.bare(),), (), f"no record judged by {tallied.GROUPS}"),
        ((tallied.bare(1),), (), f"1 record by {tallied.GROUPS}: accepted"),
        ((tallied.bare(7),) * 2, (), "2 files: 14 records, none refused"),
        (
            (tallied.many(9), tallied.bare(9)),
            PROBLEMS,
            "2 files: 1,009 records, 200 refused; 1 file could not be judged",
        ),
        ((), PROBLEMS, "no record judged; 1 file could not be judged"),
    ],
)
def test_text_ends_with_the_count(
    reports: tuple[BulkReport, ...], problems: tuple[str, ...], last: str
) -> None:
    """What became of several files, or could not be judged, ends the text."""
    assert shown("text", problems=problems, reports=reports).splitlines()[-1] == last


def test_text_is_given_as_it_comes() -> None:
    """The text of a report does not wait for the next one."""

    def reports() -> Iterator[BulkReport]:
        yield tallied.bare(7)
        pytest.fail("the next report was asked for")

    assert next(render("text", reports(), Style())).startswith("7 records by ")


def test_what_is_drawn_fits_a_narrow_terminal() -> None:
    """Bars, lengths and lists of records take 80 cells at most, and no line ends in a space."""
    lines = shown("text").splitlines()
    listed = [line for line in lines if line.startswith(("    also in ", "        2006 "))]
    drawn = [line for line in lines if {*line} & {*charts.BLOCKS} - {" "}]
    assert len(listed) == 10
    assert len(drawn) == 12
    assert all(cells(line) <= 80 for line in (*listed, *drawn))
    assert not any(line != line.rstrip() for line in lines)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "ascii", "cp437", "no such"])
def test_ascii_only(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are of ASCII where standard output can take no blocks; a file takes them."""

    class Stream:
        pass

    Stream.encoding = encoding  # type: ignore[attr-defined]
    monkeypatch.setattr(console.sys, "stdout", Stream())
    assert console.ascii_only(None) == (encoding != "utf-8")
    assert not console.ascii_only("report.txt")


# -- JSON ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reports", "problems", "ok"),
    [
        ((tallied.rich(),), (), False),
        ((tallied.many(150), tallied.rich(name=None, duplicates=None)), (), False),
        ((tallied.bare(7),), (), True),
        ((tallied.bare(7),), PROBLEMS, False),
        ((tallied.bare(),), (), False),
        ((), (), False),
        ((tallied.bare(7), tallied.bare(7)), (), True),
        ((replace(tallied.bare(7), cut_off="it ends"),), (), False),
        ((replace(tallied.bare(7), duplicates=Duplicates("/Id")),), (), True),
    ],
)
def test_json_follows_its_schema(
    reports: tuple[BulkReport, ...], problems: tuple[str, ...], ok: bool
) -> None:
    """Whatever the reports are, the schema describes the JSON; it is ok only if all is."""
    found = json.loads(shown("json", problems=problems, reports=reports))
    VALIDATOR.validate(found)
    assert found["ok"] == ok
    assert len(found["reports"]) == len(reports)


def test_the_schema_is_closed() -> None:
    """The schema is one, every object in it has all its members, and what it shares is shared."""
    Draft202012Validator.check_schema(SCHEMA)
    objects = [each for each in SCHEMA["$defs"].values() if each.get("type") == "object"]
    for each in (SCHEMA, *objects):
        assert each["additionalProperties"] is False
        assert each["required"] == list(each["properties"])
    for name in set(SCHEMA["$defs"]) & set(ONE["$defs"]) - {"report"}:
        assert SCHEMA["$defs"][name] == ONE["$defs"][name]


#: Other values, of what cannot just be one more or a word.
OTHERS: dict[str, Any] = {
    "limit": tallied.limit("/ModelName", "maxLength"),
    "violation": Violation("depth", "/x", place=Place(1, 2)),
    "duplicates": None,
    "fields": (("/Colour", 1),),
    "says": "example",
    "unspecified": {},
}


def other(noun: Any, name: str) -> Any:
    """Give a noun with another value of one fact."""
    value = getattr(noun, name)
    if name in OTHERS:
        return replace(noun, **{name: OTHERS[name]})
    if isinstance(value, int):
        return replace(noun, **{name: value + 1})
    if isinstance(value, tuple):
        return replace(noun, **{name: value[:-1]})
    return replace(noun, **{name: "other"})


@pytest.mark.parametrize(
    ("noun", "path"),
    [
        (BulkReport, ()),
        (LimitTally, ("tallies", 0)),
        (Sample, ("tallies", 0, "samples", 0)),
        (Lengths, ("lengths", 0)),
        (Duplicates, ("duplicates",)),
        (Duplicate, ("duplicates", "samples", 0)),
    ],
)
def test_json_leaves_no_fact_out(noun: type, path: tuple[Any, ...]) -> None:
    """Whatever fact of a report is another, the JSON is another."""

    def changed(part: Any, steps: tuple[Any, ...], name: str) -> Any:
        if not steps:
            return other(part, name)
        step, *rest = steps
        if isinstance(step, int):
            return (*part[:step], changed(part[step], tuple(rest), name), *part[step + 1 :])
        return replace(part, **{step: changed(getattr(part, step), tuple(rest), name)})

    before = shown("json")
    for fact in fields(noun):
        if (noun, fact.name) != (Lengths, "beyond"):  # of which there are always as many
            after = changed(tallied.rich(), path, fact.name)
            assert shown("json", reports=(after,)) != before, fact.name


# -- HTML ------------------------------------------------------------------------------------------

_VOID = {"meta", "line"}


class _Read(HTMLParser):
    """What stands in a page: every element with its attributes, and whether all are closed."""

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
        """All words of the page."""
        return " ".join(" ".join(self.words).replace("\xa0", " ").split())


#: Sets of reports, each as a page.
PAGES: dict[str, tuple[BulkReport, ...]] = {
    "rich": (tallied.rich(),),
    "several": (tallied.rich(), tallied.rich(), tallied.many(150), tallied.bare()),
    "valid": (tallied.bare(7),),
    "empty": (tallied.bare(),),
    "none": (),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_needs_nothing_beside_itself(name: str) -> None:
    """No script, no style, image or font from elsewhere; what it links to is a source or itself."""
    page = shown("html", Style("stated"), PROBLEMS, PAGES[name])
    read = _Read(page)
    tags = {tag for tag, _ in read.elements}
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
    ids = [facts["id"] for _, facts in read.elements if "id" in facts]
    assert len(ids) == len(set(ids))
    for _, facts in read.elements:
        assert not any(each == "src" or each.startswith("on") for each in facts)
        address = facts.get("href")
        if address is not None and address.startswith("#"):
            assert unquote(address[1:]) in ids
        elif address is not None:
            assert address.startswith("https://docs.oracle.com/")
    assert "@import" not in page
    assert all(part.startswith("#hatch-") for part in page.split("url(")[1:])


@pytest.mark.parametrize("name", PAGES)
def test_every_chart_speaks(name: str) -> None:
    """Each chart is an image with a title and what it shows in words, or hidden from all."""
    read = _Read(shown("html", reports=PAGES[name]))
    drawn = [index for index, (tag, _) in enumerate(read.elements) if tag == "svg"]
    for index in drawn:
        facts = read.elements[index][1]
        if facts.get("aria-hidden") == "true":
            continue
        assert facts["role"] == "img"
        assert [tag for tag, _ in read.elements[index + 1 : index + 3]] == ["title", "desc"]
    assert len(drawn) > 1 or name in ("valid", "empty", "none")


def test_the_page_has_the_ids_of_the_limits() -> None:
    """Each limit broken has a section whose anchor is its id; where it is taken, with a number."""
    read = _Read(shown("html", reports=PAGES["several"]))
    ids = {facts.get("id") for _, facts in read.elements}
    for report in PAGES["several"]:
        assert {tally.id for tally in report.tallies} <= ids
    assert {f"{tally.id}~2" for tally in tallied.rich().tallies} <= ids


def test_the_page_tells_all() -> None:
    """The verdict, each limit by rank, samples, lengths as numbers, and heaps are on the page."""
    text = _Read(shown("html", Style("stated"))).text
    report = tallied.rich()
    assert "500,000 records by oracle-cx-sales/create-product-group: 4,700 refused (0.94 %)" in text
    assert "Mending the first 2 makes at least 87 % of the refused records valid" in text
    places = [text.index(label(tally)) for tally in report.tallies]
    assert places == sorted(places)
    for tally in report.tallies:
        for sample in tally.samples:
            assert f"{sample.number}" in text
            assert sample.violation.message in text
    assert "2,326 texts are exactly 1,000 characters long" in text
    assert "951 to 1,000 2,412" in text
    assert "just 1,000, the limit 2,326" in text
    assert "301 and more 20" in text
    assert "the file is cut off" in text
    assert "three or more: 16" in text


def test_the_page_begins_with_what_was_found() -> None:
    """The first words of a page are the file's name and its verdict, then what is to be done."""
    read = _Read(shown("html"))
    tags = [tag for tag, _ in read.elements if tag in ("h1", "h2", "p")]
    assert tags[:2] == ["h1", "p"]
    assert read.text.index("records by") < read.text.index("What to do first")
    assert read.text.index("What to do first") < read.text.index("Limit by limit")


def test_the_page_tells_what_is_only_a_warning() -> None:
    """A limit less firm than asked for has a tag that says so."""
    reports = (tallied.many(4),)
    assert _Read(shown("html", Style("stated"), (), reports)).words.count("warning") == 2
    assert "warning" not in _Read(shown("html", Style(), (), reports)).words


# -- harm ------------------------------------------------------------------------------------------


def nasty(text: str) -> BulkReport:
    """Make a report that has *text* in whatever a user's data or contract can put it."""
    source = Source("k", text, "https://docs.example/" + text)
    at = f"https://fieldbound.invalid/x.json#/{text}"
    sizes = Limit("c" + text, "/" + text, "maxLength", 9, at, "stated", (source,), text)
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
            LimitTally("maxLength", sizes, "stated", 1, 1, 1, (Sample(2, broken, key=text),)),
            LimitTally("syntax", None, None, 1, 1, 1, (Sample(3, syntax),)),
        ),
        ((1, 3),),
        (Lengths(sizes, (0,) * 8 + (9,), (0,) * 9, 8, shortest=8, longest=9),),
        9,
        {"/" + text: (2, text)},
        1,
        text,
        Duplicates("/" + text, 2, 4, 1, (Duplicate(text, 2, (1, 2)),)),
    )


@pytest.mark.parametrize("text", NASTY, ids=ascii)
@pytest.mark.parametrize("format", FORMATS)
def test_no_harm(format: str, text: str) -> None:  # noqa: A002
    """Whatever stands in data, names and contracts, the output is printable lines and parses."""
    style = Style(color=False)
    output = shown(format, style, (text,), (nasty(text), tallied.bare()))
    assert output.replace("\n", "").isprintable()
    output.encode()
    if format == "json":
        VALIDATOR.validate(json.loads(output))
    if format == "html":
        assert {tag for tag, _ in _Read(output).elements} <= {
            tag
            for tag, _ in _Read(shown("html", style, ("x",), (nasty("x"), tallied.bare()))).elements
        }
    if format == "text":
        named = text.replace("\x00", "").encode("unicode_escape", "surrogatepass").decode()[:2]
        heads = ("    ", " 1.", " 2.", " 3.", "What to do", "Lengths", "no record", "2 files")
        for line in output.splitlines():
            assert not line or line.startswith((*heads, text[:1], named))


def test_sensitive_keys_are_not_shown() -> None:
    """A key that is sensitive is told of, and not shown, in every format."""
    keys = Duplicates("/Token", 1, 2, 0, (Duplicate(None, 2, (3, 4)),))
    report = tallied.rich(duplicates=keys)
    assert "one not shown in 3, 4" in shown("text", reports=(report,))
    assert "one not shown in 3, 4" in shown("html", reports=(report,))
    assert json.loads(shown("json", reports=(report,)))["reports"][0]["duplicates"]["samples"] == [
        {"key": None, "records": 2, "numbers": [3, 4]}
    ]


def test_a_table_has_no_lines_and_bytes() -> None:
    """Where there is no text, neither text nor page tells of lines and bytes."""
    first = tallied.rich().tallies[0]
    sample = replace(first.samples[0], line=None, offset=None, key=None)
    report = tallied.rich(tallies=(replace(first, samples=(sample,)),))
    assert "    record 12: /ProdGroupName has 251" in shown("text", reports=(report,))
    page = shown("html", reports=(report,))
    assert '<td class="n" data-of="record">12</td><td>' in page
    assert 'data-of="line"' not in page


if __name__ == "__main__":
    SAVED.mkdir(exist_ok=True)
    for saved, case in CASES.items():
        (SAVED / saved).write_text(shown(*case), encoding="utf-8")
