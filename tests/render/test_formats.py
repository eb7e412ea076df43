"""The formats: each is one function of the same reports, and none lets a user's data do harm.

`python tests/test_render.py` writes the saved outputs under tests/render/ anew.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator, validators

import fieldbound.render
from fieldbound.model.facts import Place
from fieldbound.model.limits import Limit, Source
from fieldbound.model.violations import Report, Violation
from fieldbound.render import FORMATS, Style, Tally, escaped, render, table, version
from fieldbound.render.escape import cells
from support.hostile_text import NASTY

SAVED = Path(__file__).with_name("expected")
SCHEMA = json.loads(Path(fieldbound.render.__file__).with_name("report.schema.json").read_text())
SUITES = os.environ.get("FIELDBOUND_SUITES")

PAGE = Source("create", "Create a product group", "https://docs.example/create", "2026-11-21")
BOOK = Source("book", "Getting started")
GROUPS = "oracle-cx-sales/create-product-group"
PARTS = "fortellis/create-parts-group"


def limit(
    pointer: str, keyword: str, value: Any, says: str | None = "stated", **more: Any
) -> Limit:
    """Make a limit of the contract GROUPS."""
    more = {"sources": (PAGE,) if says else (), **more}
    at = f"https://fieldbound.invalid/groups.json#{pointer}/{keyword}"
    return Limit(GROUPS, pointer, keyword, value, at, says, **more)


def reports() -> list[Report]:
    """Make reports that hold whatever a report can hold."""
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


#: What could not be judged.
PROBLEMS = ("cannot read missing.json: No such file or directory", "a.json: \x1b is no name")

#: The saved outputs: file -> format, style, reports (those of `reports`) and problems.
CASES: dict[str, tuple[Any, ...]] = {
    "plain.txt": ("text", Style()),
    "terminal.txt": ("text", Style(color=True, excerpts=True)),
    "warnings.txt": ("text", Style("stated"), None, PROBLEMS),
    "report.json": ("json", Style("stated"), None, PROBLEMS),
    "report.sarif": ("sarif", Style("stated"), None, PROBLEMS),
    "report.xml": ("junit", Style("stated"), None, PROBLEMS),
    "github.txt": ("github", Style("stated"), None, PROBLEMS),
}


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)


def shown(
    format: str,  # noqa: A002
    style: Style | None = None,
    given: list[Report] | None = None,
    problems: Sequence[str] = (),
) -> str:
    """Render reports, those of `reports` unless given, as one text."""
    judged = reports() if given is None else given
    text = "".join(render(format, judged, style or Style(), problems))
    return text.replace(f'"{version()}"', '"VERSION"')


def one(violation: Violation, **more: Any) -> list[Report]:
    """Make the reports of one document with one violation."""
    return [Report(GROUPS, (violation,), **{"name": "a.json", **more})]


@pytest.mark.parametrize("file", CASES)
def test_saved(file: str) -> None:
    """Each format gives the saved output, whole."""
    assert shown(*CASES[file]) == (SAVED / file).read_text(encoding="utf-8")


def test_every_format_has_a_saved_output() -> None:
    """No format goes without a saved output, and none of those without its case."""
    assert {name for name, *_ in CASES.values()} == set(FORMATS)
    assert {path.name for path in SAVED.iterdir()} == set(CASES)


# -- harm ------------------------------------------------------------------------------------------


def nasty_report(text: str) -> list[Report]:
    """Make a report that has *text* in whatever a user's data or contract can put it."""
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


@pytest.mark.parametrize("text", NASTY, ids=ascii)
@pytest.mark.parametrize("format", FORMATS)
def test_no_harm(format: str, text: str) -> None:  # noqa: A002
    """Whatever stands in data, file names and contracts, output is printable lines and no more."""
    output = shown(format, Style(excerpts=True), nasty_report(text), [text])
    assert output.replace("\n", "").isprintable()
    output.encode()


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_no_harm_by_lines(text: str) -> None:
    """Line ends in data start no line: text shows a known beginning, github a known command."""
    quiet = Style(excerpts=True, quiet=True)
    name = escaped(text.replace("\x00", ""))
    for line in shown("text", quiet, nasty_report(text)).splitlines():
        assert line.startswith((f"{name}.json:", "    "))
    commands = shown("github", quiet, nasty_report(text)).splitlines()
    assert len(commands) == 2
    for command in commands:
        _, properties, _ = command.split("::", 2)
        given = dict(each.split("=", 1) for each in properties.removeprefix("error ").split(","))
        assert list(given) == ["file", "line", "col", "title"]


@pytest.mark.parametrize("text", NASTY, ids=ascii)
def test_machines_can_read_it(text: str) -> None:
    """What machines read parses, by strict readers, whatever stands in the data."""
    import jiter

    for name in ("json", "sarif"):
        assert jiter.from_json(shown(name, given=nasty_report(text), problems=[text]).encode())
    root = ET.fromstring(shown("junit", given=nasty_report(text), problems=[text]))  # noqa: S314
    assert root.tag == "testsuites"


def test_excerpt_starts_no_line() -> None:
    """A line of the text is shown after its number: at a line's start it might be a command."""
    given = one(Violation("syntax", "", place=Place(1, 1)), lines={1: "::stop-commands::x"})
    assert "\n    1 | ::stop-commands::x\n" in shown("text", Style(excerpts=True), given)


def test_sensitive_line_is_not_shown() -> None:
    """The line in which a sensitive value stands is shown in no format."""
    for name in FORMATS:
        assert "secret" not in shown(name, Style(excerpts=True))


# -- text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
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
    """The caret stands below the column as a terminal shows it: wide, joined and made harmless."""
    given = one(Violation("type", "/a", place=Place(1, column)), lines={1: line})
    _, source, caret, *_ = shown("text", Style(excerpts=True), given).splitlines()
    assert caret == "      | " + " " * before + "^"
    assert source.isprintable() or any(map(unicodedata.combining, source))


@pytest.mark.parametrize("column", [1, 20, 99, 150, 500, 1000])
@pytest.mark.parametrize("char", ["x", "名"])
def test_long_line_is_cut(column: int, char: str) -> None:
    """Of a long line about 100 cells are shown, with the column among them and marked cuts."""
    line = char * (column - 1) + "*" + char * (1000 - column)
    given = one(Violation("type", "/a", place=Place(1, column)), lines={1: line})
    _, source, caret, *_ = shown("text", Style(excerpts=True), given).splitlines()
    assert cells(source) <= 112
    assert cells(source.partition("*")[0]) == len(caret) - 1
    assert source.endswith("…") == (column < 900)
    assert ("| …" in source) == (column > 60)


def test_no_line_no_excerpt() -> None:
    """Without the line at hand, or without a place, only the sentence is shown."""
    given = one(Violation("type", "/a", place=Place(9, 9))) + one(Violation("type", "/a"))
    first, second, _ = shown("text", Style(excerpts=True), given).splitlines()
    assert first.startswith("a.json:9:9: type: ")
    assert second.startswith("a.json: type: ")


def test_value_without_file_is_named_by_contract() -> None:
    """A plain value has no file: its contract's name stands there."""
    given = one(Violation("type", "/a"), name=None)
    assert shown("text", Style(), given).startswith(f"{GROUPS}: type: ")


@pytest.mark.parametrize(
    ("also", "told"),
    [
        (("stated", "observed"), 'also breaks maxLength 1, stated in "Create a product group"'),
        (("observed",), 'also breaks maxLength 1, observed in "Create a product group"'),
        ((None,), "also breaks maxLength 1\n"),
        (("inferred",), None),
        (("example",), None),
        ((), None),
    ],
)
def test_firmer_limit_is_told(also: tuple[str | None, ...], told: str | None) -> None:
    """Of the other limits broken, the firmest is told, if it is firmer than the first."""
    others = tuple(limit("/a", "maxLength", 1, says) for says in also)
    given = one(Violation("type", "/a", limit("/a", "type", "string", "example"), also=others))
    text = shown("text", Style(), given)
    assert ("also" in text) == (told is not None)
    assert (told or "") in text


def test_long_limit_is_cut() -> None:
    """A limit's long value is shown in part."""
    many = limit("/a", "enum", [f"value {each}" for each in range(1000)], None)
    given = one(Violation("type", "/a", limit("/a", "type", "string"), also=(many,)))
    also = next(line for line in shown("text", Style(), given).splitlines() if "also" in line)
    assert len(also) < 100
    assert also.endswith("…")


@pytest.mark.parametrize(
    ("tally", "text"),
    [
        (Tally(), "no document judged"),
        (Tally(1), "1 document valid"),
        (Tally(3), "3 documents valid"),
        (Tally(1, 1, 2), "2 violations in 1 of 1 documents"),
        (Tally(3, 1, 1), "1 violation in 1 of 3 documents"),
        (Tally(3, 2, 5, 1), "5 violations in 2 of 3 documents, 1 of them only a warning"),
        (Tally(3, 2, 5, 2), "5 violations in 2 of 3 documents, 2 of them only warnings"),
        (Tally(3, 2, 5, 5), "5 violations in 2 of 3 documents, all only warnings"),
        (Tally(1, 1, 1, 1), "1 violation in 1 of 1 documents, only a warning"),
        (Tally(2, not_checked=1), "2 documents valid; 1 could not be judged"),
        (Tally(4, 2, 3, 0, 2), "3 violations in 2 of 4 documents; 2 could not be judged"),
    ],
)
def test_count(tally: Tally, text: str) -> None:
    """The count is a sentence, in the singular and in the plural."""
    assert str(tally) == text


@pytest.mark.parametrize("format", ["text", "github"])
def test_count_ends_the_output_unless_quiet(format: str) -> None:  # noqa: A002
    """What was not judged, once for each contract, and then the count end it, but not if quiet."""
    loud = shown(format, problems=PROBLEMS)
    quiet = shown(format, Style(quiet=True), problems=PROBLEMS)
    assert loud.removeprefix(quiet).splitlines() == [
        f"not judged, for the vendor does not document it: /data of {GROUPS} (its page is empty)",
        "5 violations in 3 of 4 documents; 2 could not be judged",
    ]


def repeated(count: int) -> list[Report]:
    """Make reports of one limit, broken by each of some items in each of two documents."""
    broken = limit("/*/a", "type", "string", "inferred", note="Seen once.")
    also = limit("/*/a", "enum", ["Y"])
    items = [Violation("type", f"/{each}/a", broken, 1, also=(also,)) for each in range(count)]
    return [Report(GROUPS, tuple(items), name) for name in ("a.json", "b.json")]


def test_address_and_note_are_told_once() -> None:
    """In a run, text has a source's address and a limit's note where they are first told, alone."""
    lines = shown("text", given=repeated(300)).splitlines()
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


def test_notes_of_two_limits_are_both_told() -> None:
    """A note is that of a limit's location: another limit's is told, be it the same sentence."""
    first = limit("/a", "type", "string", note="Seen once.", sources=(BOOK,))
    second = limit("/b", "type", "string", note="Seen once.", sources=(PAGE,))
    given = one(Violation("type", "/a", first)) + one(Violation("type", "/b", second))
    text = shown("text", given=given)
    assert text.count("note: Seen once.") == 2
    assert f'"Create a product group", {PAGE.address}' in text


@pytest.mark.parametrize("format", ["github", "junit"])
def test_what_stands_alone_is_whole(format: str) -> None:  # noqa: A002
    """An annotation, or a failure, is read without the others: it has its address and note."""
    text = shown(format, given=repeated(3))
    assert text.count("note: Seen once.") == 6
    assert text.count(f'inferred from "Create a product group", {PAGE.address}') == 6


def test_order_of_a_violation() -> None:
    """The sentence comes first, then the line, what to do, and where all that is documented."""
    lines = shown("text", Style(excerpts=True)).splitlines()
    begins = ["payloads/new", "    7 | ", "      | ", "    hint: ", "    inferred ", "    note: "]
    at = next(number for number, line in enumerate(lines) if ":7:28:" in line)
    for line, begin in zip(lines[at:], [*begins, "    also breaks "], strict=False):
        assert line.startswith(begin)


@pytest.mark.parametrize("format", FORMATS)
def test_problems_may_come_with_the_reports(format: str) -> None:  # noqa: A002
    """What cannot be judged is looked at after the last report: it may turn up while they come."""
    problems: list[str] = []

    def giving() -> Iterator[Report]:
        yield Report(GROUPS, (), "a.json")
        problems.append(PROBLEMS[0])

    late = "".join(render(format, giving(), Style(), problems))
    early = "".join(render(format, [Report(GROUPS, (), "a.json")], Style(), PROBLEMS[:1]))
    assert late == early
    assert late != "".join(render(format, [Report(GROUPS, (), "a.json")], Style()))


@pytest.mark.parametrize("format", ["text", "github"])
def test_streams(format: str) -> None:  # noqa: A002
    """A report is shown before the next is asked for, so that one document is held at a time."""
    asked = []

    def giving() -> Iterator[Report]:
        for number in range(3):
            asked.append(number)
            yield from one(Violation("type", "/a"), name=f"{number}.json")

    chunks = render(format, giving(), Style())
    for number in range(3):
        assert f"{number}.json" in next(chunks)
        assert asked == list(range(number + 1))


# -- what machines read ----------------------------------------------------------------------------


def test_schema_is_sound_and_strict() -> None:
    """The published schema is one, and takes no object with a member it does not name."""
    Draft202012Validator.check_schema(SCHEMA)
    objects = [SCHEMA, *SCHEMA["$defs"].values()]
    for each in objects:
        if "properties" in each:
            assert each["additionalProperties"] is False
            assert each["required"] == list(each["properties"])


@pytest.mark.parametrize(
    "given",
    [reports(), [], [Report(GROUPS)], *map(nasty_report, NASTY)],
    ids=lambda given: ascii(given[0].name) if given else "none",
)
def test_json_keeps_its_schema(given: list[Report]) -> None:
    """Every JSON output is valid by the published schema, and names it."""
    output = json.loads(shown("json", given=given, problems=NASTY))
    validator = Draft202012Validator(SCHEMA)
    assert [error.message for error in validator.iter_errors(output)] == []
    assert output["$schema"] == SCHEMA["$id"]


def test_json_has_the_facts() -> None:
    """The JSON output has each fact of each report, as it is."""
    output = json.loads(shown("json", Style("stated")))
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


def test_nothing_judged_is_not_ok() -> None:
    """No document judged is no pass."""
    assert json.loads(shown("json", given=[]))["ok"] is False


def test_json_has_what_could_not_be_judged() -> None:
    """What could not be judged is an error in the output, and nothing is ok."""
    output = json.loads(shown("json", given=[Report(GROUPS)], problems=PROBLEMS))
    assert (output["ok"], output["errors"]) == (False, list(PROBLEMS))
    output = json.loads(shown("json", given=[Report(GROUPS)]))
    assert (output["ok"], output["errors"]) == (True, [])


@pytest.mark.parametrize("actual", [float("inf"), float("nan"), 10**60, 1.5, None])
def test_json_numbers(actual: Any) -> None:
    """A number that JSON lacks becomes null; every other stays itself."""
    found = json.loads(shown("json", given=one(Violation("type", "/a", actual=actual))))
    expected = None if isinstance(actual, float) and actual != 1.5 else actual
    assert found["reports"][0]["violations"][0]["actual"] == expected


@pytest.mark.skipif(SUITES is None, reason="FIELDBOUND_SUITES names no folder of public suites")
@pytest.mark.parametrize(
    "given",
    [reports(), [], *map(nasty_report, NASTY)],
    ids=lambda given: ascii(given[0].name) if given else "none",
)
def test_sarif_keeps_its_schema(given: list[Report]) -> None:
    """Every SARIF output is valid by the schema of SARIF 2.1.0."""
    schema = json.loads(Path(SUITES or "", "formats", "sarif-2.1.0.json").read_text())
    validator = validators.validator_for(schema)(schema)
    output = json.loads(shown("sarif", given=given, problems=NASTY))
    assert [error.message for error in validator.iter_errors(output)] == []


def sarif_run(given: list[Report]) -> dict[str, Any]:
    """Render as SARIF and return the one run."""
    (run,) = json.loads(shown("sarif", Style("stated"), given))["runs"]
    found: dict[str, Any] = run
    return found


def test_sarif_rules_are_limits() -> None:
    """A result's rule is the limit's id; each rule is told once, with its source."""
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
    """A file's URI is relative where it lies below the working directory, and percent-encoded."""
    (result,) = sarif_run(one(Violation("syntax", "", place=Place(1, 2)), name=name))["results"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": uri},
                "region": {"startLine": 1, "startColumn": 2},
            }
        }
    ]


def test_sarif_tells_what_could_not_be_judged() -> None:
    """What could not be judged is an error of the invocation, which then was no success."""
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
def test_file_as_seen_from_the_workspace(
    workspace: str | None,
    name: str,
    seen: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What GitHub reads names a file below GITHUB_WORKSPACE as seen from there."""
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
    """In a workspace a violation has one fingerprint, whatever folder the command was run in."""
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


def test_sarif_fingerprints_last() -> None:
    """A fingerprint stays when lines move or others come and go; no two are the same."""
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
    root = ET.fromstring(shown("junit", Style("stated")))  # noqa: S314
    suites = root.findall("testsuite")
    assert [suite.get("name") for suite in suites] == [GROUPS, PARTS]
    assert [(suite.get("tests"), suite.get("failures")) for suite in suites] == [
        ("3", "2"),
        ("1", "1"),
    ]
    cases = suites[0].findall("testcase")
    assert [len(case.findall("failure")) for case in cases] == [2, 0, 1]
    warning = cases[2].findtext("system-out")
    assert warning is not None
    assert warning.startswith("warning: payloads/übung.json:3:3: minLength: ")


def test_junit_has_what_could_not_be_judged() -> None:
    """What could not be judged is a suite with an error for each."""
    root = ET.fromstring(shown("junit", problems=PROBLEMS[:1]))  # noqa: S314
    suite = root.findall("testsuite")[-1]
    for element, tests in ((root, "5"), (suite, "1")):
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
    """Where there is room, a limit is a line, with its source's title and address."""
    for width in (None, 200):
        assert list(table.limits(ROWS, width))[1] == (
            f'/InternalName  maxLength 150    stated in "{PAGE.title}", {PAGE.address}\n'
        )


@pytest.mark.parametrize("width", [45, 60, 79, 90])
def test_narrow_table(width: int) -> None:
    """In a narrow one the address goes first, and what a source says is wrapped, never cut."""
    lines = [line.rstrip("\n") for line in table.limits(ROWS, width)]
    assert all(cells(line) <= width for line in lines)
    start = lines[0].index("SOURCE")
    taken = [cells(line) - len(line) for line in lines]  # by wide letters, one cell more for each
    said = [line[start - more :] for line, more in zip(lines, taken, strict=True)]
    assert " ".join(said) == (
        f'SOURCE stated in "{PAGE.title}" inferred from "{BOOK.title}" '
        "inferred: As long as a name can be."
    )


def test_narrowest_table_cuts_fields_last() -> None:
    """Only what no wrapping makes fit is cut, and marked so."""
    assert not any("…" in line for line in table.limits(ROWS, 60))
    assert any("…" in line for line in table.limits(ROWS, 45))


if __name__ == "__main__":
    SAVED.mkdir(exist_ok=True)
    for saved, case in CASES.items():
        (SAVED / saved).write_text(shown(*case), encoding="utf-8")
