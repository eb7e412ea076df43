"""The output formats: expected output, escaping of hostile data, and published schemas.

`python tests/render/test_formats.py` rewrites the expected output in tests/render/expected.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator, Sequence
from email.message import Message
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator, validators

import fieldbound.render
from fieldbound.model import escaped
from fieldbound.model.errors import Invalid
from fieldbound.model.facts import Place
from fieldbound.model.limits import Limit, Source
from fieldbound.model.reports import Report
from fieldbound.model.violations import Violation
from fieldbound.policy import Severity
from fieldbound.render import (
    FORMATS,
    Style,
    Summary,
    first_violations,
    limits_table,
    render,
    version,
)
from fieldbound.render.escape import display_width
from support.hostile_text import COMMANDS, HOSTILE, commands
from support.tables import table

EXPECTED = Path(__file__).with_name("expected")
SCHEMA = json.loads(Path(fieldbound.render.__file__).with_name("report.schema.json").read_text())
SUITES = os.environ.get("FIELDBOUND_SUITES")

PAGE = Source("create", "Create a product group", "https://docs.example/create", "2026-11-21")
BOOK = Source("book", "Getting started")
GROUPS = "oracle-cx-sales/create-product-group"
PARTS = "fortellis/create-parts-group"


def limit(
    pointer: str, keyword: str, value: Any, says: str | None = "stated", **more: Any
) -> Limit:
    """Return a limit of the contract GROUPS."""
    more = {"sources": (PAGE,) if says else (), **more}
    at = f"https://fieldbound.invalid/groups.json#{pointer}/{keyword}"
    return Limit(GROUPS, pointer, keyword, value, at, says, **more)


def reports() -> list[Report]:
    """Return reports with every field that a report can have."""
    name = limit("/InternalName", "maxLength", 150)
    flag = limit(
        "/ActiveFlag",
        "type",
        "string",
        "inferred",
        note="Its example is a string.",
        sources=(BOOK,),
    )
    either = limit("/ActiveFlag", "enum", ["Y", "N"])
    token = limit("/Token", "minLength", 8, "observed", sensitive=True)
    lines = {4: '  "InternalName": "' + "x" * 151 + '",', 7: '\t"名前": "é", "ActiveFlag": true'}
    return [
        Report(
            GROUPS,
            (
                Violation("maxLength", "/InternalName", name, 151, "string", Place(4, 19)),
                Violation("type", "/ActiveFlag", flag, True, "boolean", Place(7, 28), (either,)),
            ),
            "payloads/new group.json",
            {"/data": "its page is empty"},
            lines,
        ),
        Report(GROUPS, (), "payloads/good.json", {"/data": "its page is empty"}),
        Report(
            GROUPS,
            (
                Violation("duplicateKey", "/a~1b", place=Place(2, 3)),
                Violation("minLength", "/Token", token, None, "string", Place(3, 3)),
            ),
            "payloads/übung.json",
            lines={2: '  "a/b": 2', 3: '  "Token": "secret"'},
        ),
        Report(
            PARTS,
            (Violation("type", "", Limit(PARTS, "", "type", "object", "x#/type"), 1, "integer"),),
        ),
    ]


#: What could not be checked.
PROBLEMS = ("cannot read missing.json: No such file or directory", "a.json: \x1b is no name")

#: The expected outputs: file -> format, style, reports (those of `reports`) and problems.
CASES: dict[str, tuple[Any, ...]] = {
    "plain.txt": ("text", Style()),
    "terminal.txt": ("text", Style(color=True, excerpts=True)),
    "warnings.txt": ("text", Style(Severity("stated")), None, PROBLEMS),
    "report.json": ("json", Style(Severity("stated")), None, PROBLEMS),
    "report.sarif": ("sarif", Style(Severity("stated")), None, PROBLEMS),
    "report.xml": ("junit", Style(Severity("stated")), None, PROBLEMS),
    "github.txt": ("github", Style(Severity("stated")), None, PROBLEMS),
    "concise.txt": ("concise", Style(Severity("stated")), None, PROBLEMS),
    "grouped.txt": ("grouped", Style(Severity("stated")), None, PROBLEMS),
    "gitlab.json": ("gitlab", Style(Severity("stated")), None, PROBLEMS),
}


@pytest.fixture(autouse=True)
def _no_workspace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


def shown(
    format: str,  # noqa: A002
    style: Style | None = None,
    given: list[Report] | None = None,
    problems: Sequence[str] = (),
) -> str:
    """Return reports, those of `reports` by default, in a format."""
    checked = reports() if given is None else given
    text = "".join(render(format, checked, style or Style(), problems))
    return text.replace(f'"{version()}"', '"VERSION"')


def one(violation: Violation, **more: Any) -> list[Report]:
    """Return the reports of one document with one violation."""
    return [Report(GROUPS, (violation,), **{"name": "a.json", **more})]


@pytest.mark.parametrize("file", CASES)
def test_expected_output(file: str) -> None:
    """The output of each format is the expected one."""
    assert shown(*CASES[file]) == (EXPECTED / file).read_text(encoding="utf-8")


def test_every_format_has_an_expected_output() -> None:
    """Every format has an expected output, and every expected output a case."""
    assert {name for name, *_ in CASES.values()} == set(FORMATS)
    assert {path.name for path in EXPECTED.iterdir()} == set(CASES)


# -- escaping --------------------------------------------------------------------------------------


def hostile_report(text: str) -> list[Report]:
    """Return a report that has *text* wherever data or a contract can put it."""
    source = Source("k", text, "https://docs.example/" + text)
    broken = limit("/" + text, "const", text, "inferred", sources=(source,), note=text)
    also = limit("/" + text, "pattern", text)
    return [
        Report(
            GROUPS,
            (
                Violation(
                    "const", "/" + text, broken, text, "string", Place(1, 2), (also,), (text,), text
                ),
                Violation("syntax", "/" + text, detail=text, place=Place(2, 1)),
            ),
            text.replace("\x00", "") + ".json",
            {"/" + text: text},
            {1: text, 2: text},
        )
    ]


@table("text", HOSTILE)
@table("format", FORMATS)
def test_output_is_printable(format: str, text: str) -> None:  # noqa: A002
    """The output is printable, whatever is in data, file names and contracts."""
    output = shown(format, Style(excerpts=True), hostile_report(text), [text])
    assert output.replace("\n", "").isprintable()
    output.encode()


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_data_starts_no_line(text: str) -> None:
    """Line ends in data are escaped: no line of text or github begins with data."""
    quiet = Style(excerpts=True, quiet=True)
    name = escaped(text.replace("\x00", ""))
    for format_ in ("text", "concise", "grouped"):
        for line in shown(format_, quiet, hostile_report(text)).splitlines():
            assert line.startswith((f"{name}.json:", "  ")) or not line
    commands = shown("github", quiet, hostile_report(text)).splitlines()
    assert len(commands) == 2
    for command in commands:
        _, properties, _ = command.split("::", 2)
        given = dict(each.split("=", 1) for each in properties.removeprefix("error ").split(","))
        assert list(given) == ["file", "line", "col", "title"]


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
def test_output_can_be_parsed(text: str) -> None:
    """JSON, SARIF, GitLab's JSON and JUnit XML can be parsed, whatever is in the data."""
    import jiter

    for name in ("json", "sarif", "gitlab"):
        assert jiter.from_json(shown(name, given=hostile_report(text), problems=[text]).encode())
    root = ET.fromstring(shown("junit", given=hostile_report(text), problems=[text]))  # noqa: S314
    assert root.tag == "testsuites"


@table("text", COMMANDS)
@table("format", FORMATS)
def test_data_is_no_command(format: str, text: str) -> None:  # noqa: A002
    """No runner of CI jobs finds a command in data, names or contracts; github has its own."""
    output = shown(format, Style(excerpts=True), hostile_report(text), [text])
    own = [each for each in commands(output) if each.startswith("::error ")]
    assert len(own) == (3 if format == "github" else 0)
    assert commands(output) == own


@pytest.mark.parametrize("text", COMMANDS, ids=ascii)
def test_text_of_a_report_has_no_command(text: str) -> None:
    """No runner of CI jobs finds a command in the text of a report, or in that of an exception."""
    (report,) = hostile_report(text)
    assert commands(f"{report}\n{report!r}\n{Invalid(report)}\n{first_violations(report)}") == []


@pytest.mark.parametrize("text", COMMANDS, ids=ascii)
def test_table_has_no_command(text: str) -> None:
    """No line of a table begins with a command, wherever its cells are wrapped."""
    source = Source("k", f"x {text}", "https://docs.example/" + text)
    listed = limit("/a", "const", text, sources=(source,), condition=f"/a is {text}")
    for width in (None, *range(20, 60)):
        assert commands("".join(limits_table([listed], width))) == []


@pytest.mark.parametrize("format", ["json", "sarif"])
def test_commands_in_json_are_the_same_text(format: str) -> None:  # noqa: A002
    """What could be a command is escaped in JSON as JSON does it: the text is the same."""
    given = one(Violation("type", "/##[error]x"))
    assert "##[error]x" not in shown(format, given=given)
    assert "/##[error]x" in str(json.loads(shown(format, given=given)))


@table("column", range(1, 12))
def test_excerpt_is_no_command(column: int) -> None:
    """An excerpt is shown after its line number, without a command, the caret below its column."""
    given = one(Violation("syntax", "", place=Place(1, column)), lines={1: "::a ##[b]c"})
    output = shown("text", Style(excerpts=True), given)
    _, source, caret, *_ = output.splitlines()
    assert source == r"    1 | ::a \x23#[b]c"
    assert len(caret) == len("    1 | ") + column + 3 * (column > 5)
    assert commands(output) == []


def test_sensitive_line_is_not_shown() -> None:
    """The line of a sensitive value is shown in no format."""
    for name in FORMATS:
        assert "secret" not in shown(name, Style(excerpts=True))


# -- text ------------------------------------------------------------------------------------------


@table(
    ("line", "column", "before"),
    [
        ('{"a": 1}', 7, 6),
        ('\t\t"a": 1', 8, 7),
        ('"名前": 1', 7, 8),
        ('"👍": 1', 6, 6),
        ('"e\u0301": 1', 7, 5),
        ('"\x1b": 1', 6, 8),
        ("", 1, 0),
        ("{", 2, 1),
    ],
)
def test_caret(line: str, column: int, before: int) -> None:
    """The caret is below the column as a terminal shows it: wide, combined or escaped."""
    given = one(Violation("type", "/a", place=Place(1, column)), lines={1: line})
    _, source, caret, *_ = shown("text", Style(excerpts=True), given).splitlines()
    assert caret == "      | " + " " * before + "^"
    assert source.isprintable() or any(map(unicodedata.combining, source))


@table("column", [1, 20, 99, 150, 500, 1000])
@table("char", ["x", "名"])
def test_long_line_is_cut(column: int, char: str) -> None:
    """About 100 cells of a long line are shown around the column, with … where it is cut."""
    line = char * (column - 1) + "*" + char * (1000 - column)
    given = one(Violation("type", "/a", place=Place(1, column)), lines={1: line})
    _, source, caret, *_ = shown("text", Style(excerpts=True), given).splitlines()
    assert display_width(source) <= 112
    assert display_width(source.partition("*")[0]) == len(caret) - 1
    assert source.endswith("…") == (column < 900)
    assert ("| …" in source) == (column > 60)


@table(
    ("line", "column", "value"),
    [
        ('{"a": 1}', 7, "1"),
        ('{"a": -1.5e+3, "b": 2}', 7, "-1.5e+3"),
        ('  "a": false', 8, "false"),
        (r'{"a": "x\"}, y", "b": 1}', 7, r'"x\"}, y"'),
        ('{"a": 1}', 2, '"a"'),
        ('{"a": [1, {"b": "]"}], "c": 1}', 7, '[1, {"b": "]"}]'),
        ('{"a": {', 7, "{"),
        ('{"a": "not closed', 7, '"'),
        ("a: some words, and more # why", 4, "some words, and more"),
        ("a: 12 apples", 4, "12 apples"),
        ("a: it''s", 4, "it''s"),
        ("a: 'it''s' # why", 4, "'it''s'"),
        ("a name: 1", 1, "a name"),
        ("a: [one two, b]", 5, "one two"),
        ("a: [1], b", 9, "b"),
        ("a: |", 4, "|"),
        ("a: ", 4, ""),
    ],
)
def test_value_is_underlined(line: str, column: int, value: str) -> None:
    """The whole value or name is underlined, or the place if the value does not end on its line."""
    given = one(Violation("type", "/a", place=Place(1, column)), lines={1: line})
    _, source, caret, *_ = shown("text", Style(excerpts=True), given).splitlines()
    assert caret == "      | " + " " * (column - 1) + "^" * max(1, len(value))
    start = len("    1 | ") + column - 1
    assert source[start : start + len(value)] == value


def test_place_of_a_syntax_error_has_no_width() -> None:
    """Of a syntax error just the place is marked: what follows it has not been read."""
    given = one(Violation("syntax", "", place=Place(1, 2)), lines={1: "{true}"})
    _, _, caret, *_ = shown("text", Style(excerpts=True), given).splitlines()
    assert caret == "      |  ^"


@table("width", [40, 79, 80, 200])
@table("column", [1, 20, 150, 1000])
@table("char", ["x", "名", "\x1b", "e\u0301"])
def test_excerpt_fits_the_terminal(width: int, column: int, char: str) -> None:
    """No line of an excerpt is wider than the terminal, and the value is below its column."""
    line = char * (column - 1) + '"value"' + char * 1000
    at = len(char) * (column - 1) + 1
    given = one(Violation("type", "/a", place=Place(7, at)), lines={7: line})
    _, source, caret, *_ = shown("text", Style(excerpts=True, width=width), given).splitlines()
    assert display_width(source) <= width
    assert display_width(source) >= min(width, 100) - 12
    assert len(caret) <= width
    assert caret.index("^") == display_width(source.partition('"value"')[0])
    assert caret.count("^") == len('"value"')


def test_no_line_no_excerpt() -> None:
    """Without the line or without a place, only the message is shown."""
    given = one(Violation("type", "/a", place=Place(9, 9))) + one(Violation("type", "/a"))
    first, second, _ = shown("text", Style(excerpts=True), given).splitlines()
    assert first.startswith("a.json:9:9: type: ")
    assert second.startswith("a.json: type: ")


def test_value_without_file_is_named_by_contract() -> None:
    """A plain value has no file, so the name of its contract is shown."""
    given = one(Violation("type", "/a"), name=None)
    assert shown("text", Style(), given).startswith(f"{GROUPS}: type: ")


@table(
    ("also", "expected"),
    [
        (("stated", "observed"), 'also breaks maxLength 1, stated in "Create a product group"'),
        (("observed",), 'also breaks maxLength 1, observed in "Create a product group"'),
        ((None,), "also breaks maxLength 1\n"),
        (("inferred",), None),
        (("example",), None),
        ((), None),
    ],
)
def test_limit_with_stronger_evidence(also: tuple[str | None, ...], expected: str | None) -> None:
    """Of the other broken limits, the one with the strongest evidence is shown, if stronger."""
    others = tuple(limit("/a", "maxLength", 1, says) for says in also)
    given = one(Violation("type", "/a", limit("/a", "type", "string", "example"), also=others))
    text = shown("text", Style(), given)
    assert ("also" in text) == (expected is not None)
    assert (expected or "") in text


def test_long_limit_is_cut() -> None:
    """A long value of a limit is shortened."""
    many = limit("/a", "enum", [f"value {each}" for each in range(1000)], None)
    given = one(Violation("type", "/a", limit("/a", "type", "string"), also=(many,)))
    also = next(line for line in shown("text", Style(), given).splitlines() if "also" in line)
    assert len(also) < 100
    assert also.endswith("…")


@table(
    ("summary", "text"),
    [
        (Summary(), "no documents checked"),
        (Summary(1), "1 document valid"),
        (Summary(3), "3 documents valid"),
        (Summary(1, 1, 2), "2 violations in 1 of 1 documents"),
        (Summary(3, 1, 1), "1 violation in 1 of 3 documents"),
        (Summary(3, 2, 5, 1), "5 violations in 2 of 3 documents, 1 of them only a warning"),
        (Summary(3, 2, 5, 2), "5 violations in 2 of 3 documents, 2 of them only warnings"),
        (Summary(3, 2, 5, 5), "5 violations in 2 of 3 documents, all only warnings"),
        (Summary(1, 1, 1, 1), "1 violation in 1 of 1 documents, only a warning"),
        (Summary(2, not_checked=1), "2 documents valid; 1 could not be checked"),
        (Summary(4, 2, 3, 0, 2), "3 violations in 2 of 4 documents; 2 could not be checked"),
    ],
)
def test_summary(summary: Summary, text: str) -> None:
    """The summary line has singular and plural."""
    assert str(summary) == text


@pytest.mark.parametrize("format", ["text", "concise", "grouped", "github"])
def test_summary_ends_the_output_unless_quiet(format: str) -> None:  # noqa: A002
    """What was not checked, once per contract, and the summary end the output, unless quiet."""
    loud = shown(format, problems=PROBLEMS)
    quiet = shown(format, Style(quiet=True), problems=PROBLEMS)
    assert loud.removeprefix(quiet).splitlines() == [
        f"not checked, the vendor does not document it: /data of {GROUPS} (its page is empty)",
        "5 violations in 3 of 4 documents; 2 could not be checked",
    ]


def repeated(count: int) -> list[Report]:
    """Return reports of one limit, broken by *count* items in each of two documents."""
    broken = limit("/*/a", "type", "string", "inferred", note="Seen once.")
    also = limit("/*/a", "enum", ["Y"])
    items = [Violation("type", f"/{each}/a", broken, 1, also=(also,)) for each in range(count)]
    return [Report(GROUPS, tuple(items), name) for name in ("a.json", "b.json")]


def test_address_and_note_are_shown_once() -> None:
    """The text format shows the address of a source and the note of a limit the first time only."""
    lines = shown("text", Style(max_violations=0), repeated(300)).splitlines()
    inferred, also = 'inferred from "Create a product group"', 'also breaks enum ["Y"], stated in'
    assert lines[1:5] == [
        '    hint: "Y"',
        f"    {inferred}, {PAGE.address}",
        "    note: Seen once.",
        f'    {also} "Create a product group"',
    ]
    assert lines.count(f"    {inferred}") == 599
    assert sum("https://" in line for line in lines) == 1
    assert sum("Seen once" in line for line in lines) == 1


def test_notes_of_two_limits_are_both_shown() -> None:
    """The notes of two limits are both shown, even if they are equal."""
    first = limit("/a", "type", "string", note="Seen once.", sources=(BOOK,))
    second = limit("/b", "type", "string", note="Seen once.", sources=(PAGE,))
    given = one(Violation("type", "/a", first)) + one(Violation("type", "/b", second))
    text = shown("text", given=given)
    assert text.count("note: Seen once.") == 2
    assert f'"Create a product group", {PAGE.address}' in text


@pytest.mark.parametrize("format", ["github", "junit"])
def test_annotations_are_complete(format: str) -> None:  # noqa: A002
    """Every annotation and every failure has the address and the note of its limit."""
    text = shown(format, given=repeated(3))
    assert text.count("note: Seen once.") == 6
    assert text.count(f'inferred from "Create a product group", {PAGE.address}') == 6


def test_order_of_details() -> None:
    """The message comes first, then the excerpt, the hint, the source, the note, other limits."""
    lines = shown("text", Style(excerpts=True)).splitlines()
    begins = ["payloads/new", "    7 | ", "      | ", "    hint: ", "    inferred ", "    note: "]
    at = next(number for number, line in enumerate(lines) if ":7:28:" in line)
    for line, begin in zip(lines[at:], [*begins, "    also breaks "], strict=False):
        assert line.startswith(begin)


@table("format", FORMATS)
def test_problems_may_come_with_the_reports(format: str) -> None:  # noqa: A002
    """Problems are read after the last report, so they may be added while reports are made."""
    problems: list[str] = []

    def giving() -> Iterator[Report]:
        yield Report(GROUPS, (), "a.json")
        problems.append(PROBLEMS[0])

    late = "".join(render(format, giving(), Style(), problems))
    early = "".join(render(format, [Report(GROUPS, (), "a.json")], Style(), PROBLEMS[:1]))
    assert late == early
    assert late != "".join(render(format, [Report(GROUPS, (), "a.json")], Style()))


@pytest.mark.parametrize("format", ["text", "concise", "grouped", "github"])
def test_streams(format: str) -> None:  # noqa: A002
    """A report is written before the next is read, so one document is in memory at a time."""
    read = []

    def giving() -> Iterator[Report]:
        for number in range(3):
            read.append(number)
            yield from one(Violation("type", "/a"), name=f"{number}.json")

    chunks = render(format, giving(), Style())
    for number in range(3):
        assert f"{number}.json" in next(chunks)
        assert read == list(range(number + 1))


# -- JSON, SARIF and JUnit -------------------------------------------------------------------------


def test_schema_is_valid_and_strict() -> None:
    """The published schema is valid, and its objects allow no other properties."""
    Draft202012Validator.check_schema(SCHEMA)
    objects = [SCHEMA, *SCHEMA["$defs"].values()]
    for each in objects:
        if "properties" in each:
            assert each["additionalProperties"] is False
            assert each["required"] == list(each["properties"])


@table(
    "given",
    [reports(), [], [Report(GROUPS)], *map(hostile_report, HOSTILE)],
)
def test_json_is_valid_by_its_schema(given: list[Report]) -> None:
    """Every JSON output is valid by the published schema, and has its `$id`."""
    output = json.loads(shown("json", given=given, problems=HOSTILE))
    validator = Draft202012Validator(SCHEMA)
    assert [error.message for error in validator.iter_errors(output)] == []
    assert output["$schema"] == SCHEMA["$id"]


def test_json_has_the_facts() -> None:
    """The JSON output has every field of every report."""
    output = json.loads(shown("json", Style(Severity("stated"))))
    assert (output["ok"], output["documents"], output["violations"]) == (False, 4, 5)
    for found, report in zip(output["reports"], reports(), strict=True):
        assert (found["name"], found["contract"]) == (report.name, report.contract)
        assert found["ok"] == report.ok
        assert found["unspecified"] == report.unspecified
        for each, violation in zip(found["violations"], report, strict=True):
            for fact in ("code", "pointer", "message", "hint", "actual", "kind", "says"):
                assert each[fact] == getattr(violation, fact)
            assert each["fails"] == violation.fails("stated")
            broken = None if violation.limit is None else violation.limit.id
            assert (each["limit"] and each["limit"]["id"]) == broken
            assert [other["id"] for other in each["also"]] == [other.id for other in violation.also]


def test_nothing_checked_is_not_ok() -> None:
    """Without any document, `ok` is false."""
    assert json.loads(shown("json", given=[]))["ok"] is False


def test_json_has_what_could_not_be_checked() -> None:
    """What could not be checked is in `errors`, and `ok` is false."""
    output = json.loads(shown("json", given=[Report(GROUPS)], problems=PROBLEMS))
    assert (output["ok"], output["errors"]) == (False, list(PROBLEMS))
    output = json.loads(shown("json", given=[Report(GROUPS)]))
    assert (output["ok"], output["errors"]) == (True, [])


@table("actual", [float("inf"), float("nan"), 10**60, 1.5, None])
def test_json_numbers(actual: Any) -> None:
    """NaN and infinity become null; every other number is kept."""
    found = json.loads(shown("json", given=one(Violation("type", "/a", actual=actual))))
    expected = None if isinstance(actual, float) and actual != 1.5 else actual
    assert found["reports"][0]["violations"][0]["actual"] == expected


@pytest.mark.skipif(SUITES is None, reason="FIELDBOUND_SUITES names no folder of public suites")
@table(
    "given",
    [reports(), [], *map(hostile_report, HOSTILE)],
)
def test_sarif_is_valid_by_its_schema(given: list[Report]) -> None:
    """Every SARIF output is valid by the schema of SARIF 2.1.0, formats asserted."""
    schema = json.loads(Path(SUITES or "", "formats", "sarif-2.1.0.json").read_text())
    cls = validators.validator_for(schema)
    validator = cls(schema, format_checker=cls.FORMAT_CHECKER)
    output = json.loads(shown("sarif", given=given, problems=HOSTILE))
    assert [error.message for error in validator.iter_errors(output)] == []


def sarif_run(given: list[Report]) -> dict[str, Any]:
    """Return the run of the SARIF output."""
    (run,) = json.loads(shown("sarif", Style(Severity("stated")), given))["runs"]
    found: dict[str, Any] = run
    return found


def test_sarif_region_has_an_end() -> None:
    """A region ends after its value if that is known, and is not sensitive."""
    results = sarif_run(reports())["results"]
    regions = [each["locations"][0]["physicalLocation"]["region"] for each in results[:4]]
    start = {"startLine": 4, "startColumn": 19}
    assert regions[0] == {**start, "endLine": 4, "endColumn": 19 + len('"' + "x" * 151 + '"')}
    assert regions[3] == {"startLine": 3, "startColumn": 3}


@pytest.mark.parametrize(
    "urls", [[], ["Source, https://code.example/f", "Docs, https://d.example"]]
)
def test_sarif_has_an_address_only_if_there_is_one(
    urls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address of the tool is the first one of the metadata; without any there is none."""
    metadata = Message()
    for url in urls:
        metadata["Project-URL"] = url
    monkeypatch.setattr("importlib.metadata.metadata", lambda _name: metadata)
    driver = sarif_run([])["tool"]["driver"]
    assert driver.get("informationUri") == ("https://code.example/f" if urls else None)


def gitlab(given: list[Report], **more: Any) -> list[dict[str, Any]]:
    """Return the issues of GitLab's Code Quality report."""
    found: list[dict[str, Any]] = json.loads(shown("gitlab", given=given, **more))
    return found


def test_gitlab_has_what_gitlab_reads() -> None:
    """Every issue has the five attributes that GitLab reads; no two have the same fingerprint."""
    issues = gitlab(reports() * 2, problems=PROBLEMS)
    for each in issues:
        assert set(each) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert each["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert each["location"]["lines"]["begin"] >= 1
    assert len(issues) == 12
    assert len({each["fingerprint"] for each in issues}) == 12


def test_gitlab_fingerprint_is_stable() -> None:
    """A fingerprint stays when lines or items are moved, and differs by file, limit and name."""

    def prints(file: str, *found: tuple[Limit, str, int]) -> list[str]:
        violations = [
            Violation(broken.keyword, pointer, broken, place=Place(line, 1))
            for broken, pointer, line in found
        ]
        return [each["fingerprint"] for each in gitlab([Report(GROUPS, tuple(violations), file)])]

    item, closed = limit("/*/a", "maxLength", 3), limit("/*", "additionalProperties", False)
    before = prints("a.json", (item, "/0/a", 2), (closed, "/0/b", 3))
    assert prints("a.json", (item, "/5/a", 20), (closed, "/5/b", 30)) == before
    assert prints("a.json", (closed, "/0/c", 3)) != before[1:]
    assert not {*prints("b.json", (item, "/0/a", 2), (closed, "/0/b", 3))} & {*before}


def test_gitlab_path_is_relative_to_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file is relative to CI_PROJECT_DIR, elsewhere to the working directory."""
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)
    for name, path in (("./a.json", "a.json"), (str(tmp_path / "sub" / "a.json"), "a.json")):
        (issue,) = gitlab(one(Violation("type", "/a"), name=name))
        assert issue["location"]["path"] == path
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path))
    for name, path in (("a.json", "sub/a.json"), ("stdin", "stdin")):
        (issue,) = gitlab(one(Violation("type", "/a"), name=name))
        assert issue["location"]["path"] == path


def test_sarif_rules_are_limits() -> None:
    """The rule of a result is the id of its limit; each rule is listed once, with its source."""
    run = sarif_run(reports() * 2)
    rules = run["tool"]["driver"]["rules"]
    violations = [violation for report in reports() * 2 for violation in report]
    for result, violation in zip(run["results"], violations, strict=True):
        expected = violation.code if violation.limit is None else violation.limit.id
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"] == expected
        assert result["level"] == ("error" if violation.fails("stated") else "warning")
    assert len({rule["id"] for rule in rules}) == len(rules) == 5
    assert rules[0]["helpUri"] == PAGE.address
    assert rules[0]["shortDescription"] == {"text": "maxLength 150 at /InternalName"}


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("stdin", "stdin"),
        ("a b.json", "a%20b.json"),
        ("./a/../b.json", "b.json"),
        ("a:b.json", "a%3Ab.json"),
        ("100%#?.json", "100%25%23%3F.json"),
        ("ü.json", "%C3%BC.json"),
        ("\udcff.json", "%FF.json"),
        (str(Path.cwd() / "in" / "c.json"), "in/c.json"),
        (str(Path(Path.cwd().anchor) / "elsewhere" / "c d.json"), "file:///elsewhere/c%20d.json"),
    ],
)
@pytest.mark.skipif(os.name == "nt", reason="the paths are those of POSIX")
def test_sarif_uri(name: str, uri: str) -> None:
    """The URI of a file below the working directory is relative, and percent-encoded."""
    (result,) = sarif_run(one(Violation("syntax", "", place=Place(1, 2)), name=name))["results"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": uri},
                "region": {"startLine": 1, "startColumn": 2},
            }
        }
    ]


def test_sarif_has_what_could_not_be_checked() -> None:
    """What could not be checked is an error of the invocation, which is not successful."""
    (run,) = json.loads(shown("sarif", problems=PROBLEMS[:1]))["runs"]
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0] == {
        "level": "error",
        "message": {"text": PROBLEMS[0]},
    }
    assert sarif_run(reports())["invocations"][0]["executionSuccessful"] is True


@pytest.mark.parametrize(
    ("workspace", "name", "seen"),
    [
        ("", "a b.json", "repo/sub/a b.json"),
        ("", "../a.json", "repo/a.json"),
        ("repo", "a.json", "sub/a.json"),
        ("repo/sub", "a.json", "a.json"),
        ("repo/sub", "../a.json", "../a.json"),
        ("link", "a.json", "sub/a.json"),
        ("elsewhere", "a.json", "a.json"),
        (None, "a.json", "a.json"),
        ("repo", "stdin", "stdin"),
    ],
)
def test_file_is_relative_to_the_workspace(
    workspace: str | None,
    name: str,
    seen: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In github and sarif, a file below GITHUB_WORKSPACE is relative to it."""
    (tmp_path / "repo" / "sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to("repo")
    monkeypatch.chdir(tmp_path / "repo" / "sub")
    if workspace is not None:
        monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / workspace))
    given = one(Violation("type", "/a"), name=name)
    assert shown("github", given=given).startswith(f"::error file={seen},title=")
    (result,) = sarif_run(given)["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == seen.replace(" ", "%20")


def test_fingerprint_is_the_same_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a workspace the fingerprint does not depend on the working directory."""
    (tmp_path / "sub").mkdir()
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    prints = set()
    for folder, name in (
        (".", "sub/a.json"),
        ("sub", "a.json"),
        ("sub", str(tmp_path / "sub/a.json")),
    ):
        monkeypatch.chdir(tmp_path / folder)
        (result,) = sarif_run(one(Violation("type", "/a"), name=name))["results"]
        prints.add(result["partialFingerprints"]["limitFilePointer/v1"])
    assert len(prints) == 1


def test_sarif_region_needs_a_place() -> None:
    """Without a place there is no region, without a file no location."""
    (result,) = sarif_run(one(Violation("syntax", "")))["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]
    (result,) = sarif_run(one(Violation("syntax", ""), name=None))["results"]
    assert result["locations"] == []


def test_sarif_fingerprints_are_stable() -> None:
    """Fingerprints are unique, and stable when lines move or other results come and go."""
    twice = Violation("duplicateKey", "/a", place=Place(1, 1))
    other = Violation("type", "/b", limit("/b", "type", "string"), place=Place(2, 1))
    moved = Violation("duplicateKey", "/a", place=Place(7, 3))

    def prints(*violations: Violation) -> list[dict[str, str]]:
        given = [Report(GROUPS, violations, "a.json")]
        return [result["partialFingerprints"] for result in sarif_run(given)["results"]]

    first, second, third = prints(twice, twice, other)
    assert len({str(each) for each in (first, second, third)}) == 3
    assert prints(moved) == [first]
    assert prints(other, moved, moved) == [third, first, second]


def test_junit_counts() -> None:
    """A suite for each contract, a case for each document, a failure for each violation."""
    root = ET.fromstring(shown("junit", Style(Severity("stated"))))  # noqa: S314
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == [GROUPS, PARTS]
    assert [(suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("5", "3"),
        ("1", "1"),
    ]
    cases = suites[0].findall("testcase")
    assert [len(case.findall("failure")) for case in cases] == [1, 1, 0, 1, 0]
    warning = cases[4].findtext("system-out")
    assert warning is not None
    assert warning.startswith("warning: payloads/übung.json:3:3: minLength: ")


def test_junit_has_what_could_not_be_checked() -> None:
    """What could not be checked is a suite with an error for each."""
    root = ET.fromstring(shown("junit", problems=PROBLEMS[:1]))  # noqa: S314
    suite = root.findall("testsuite")[-1]
    for element, tests in ((root, "7"), (suite, "1")):
        assert (element.get("tests"), element.get("errors")) == (tests, "1")
    (error,) = suite.findall("testcase/error")
    assert (error.get("message"), error.text) == (PROBLEMS[0], PROBLEMS[0])


# -- tables ----------------------------------------------------------------------------------------

ROWS = [
    limit("/InternalName", "maxLength", 150),
    limit("/ActiveFlag", "enum", ["Y", "N"], "inferred", sources=(BOOK,)),
    limit("/名前", "required", True, "inferred", sources=(), note="As long as a name can be."),
]


def test_wide_table() -> None:
    """If the terminal is wide enough a limit is one line, with title and address of its source."""
    for width in (None, 200):
        assert list(limits_table(ROWS, width))[1] == (
            f'/InternalName  maxLength 150    stated in "{PAGE.title}", {PAGE.address}\n'
        )


@pytest.mark.parametrize("width", [45, 60, 79, 90])
def test_narrow_table(width: int) -> None:
    """On a narrow terminal the address is omitted, and the source is wrapped, never cut."""
    lines = [line.rstrip("\n") for line in limits_table(ROWS, width)]
    assert all(display_width(line) <= width for line in lines)
    start = lines[0].index("SOURCE")
    wide = [display_width(line) - len(line) for line in lines]  # characters that take two cells
    sources = [line[start - count :] for line, count in zip(lines, wide, strict=True)]
    assert " ".join(sources) == (
        f'SOURCE stated in "{PAGE.title}" inferred from "{BOOK.title}" '
        "inferred: As long as a name can be."
    )


def test_narrowest_table_cuts_fields_last() -> None:
    """Fields and limits are cut, with …, only if wrapping is not enough."""
    assert not any("…" in line for line in limits_table(ROWS, 60))
    assert any("…" in line for line in limits_table(ROWS, 45))


if __name__ == "__main__":
    EXPECTED.mkdir(exist_ok=True)
    for name, case in CASES.items():
        (EXPECTED / name).write_text(shown(*case), encoding="utf-8")
