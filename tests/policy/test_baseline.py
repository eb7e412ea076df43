"""The baseline: what it has, what it knows, and what is gone from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fieldbound import Contract, bulk
from fieldbound.documents import loads
from fieldbound.model import BulkReport, Report
from fieldbound.policy import NOTHING_IGNORED, Baseline, BrokenBaseline, Ignore

CONTRACT = Contract(
    {
        "type": "object",
        "properties": {
            "name": {"maxLength": 3},
            "items": {"items": {"properties": {"qty": {"maximum": 9}}}},
            "secret": {"x-sensitive": True, "additionalProperties": False},
        },
        "additionalProperties": False,
    },
    name="own",
)
NO_BASELINE = "is no baseline of fieldbound: write one with --write-baseline, to a new file"
NAME, QTY, CLOSED = "own#/name:maxLength", "own#/items/*/qty:maximum", "own#:additionalProperties"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def items(*quantities: int) -> dict[str, Any]:
    """Return a document with items of these quantities."""
    return {"items": [{"qty": each} for each in quantities]}


def baseline(**files: dict[str, int]) -> Baseline:
    """Return a baseline with what is known of files."""
    return Baseline("known.json", files)


def left(known: Baseline, *instances: Any, file: str = "a", ignore: str = "*:format") -> list[Any]:
    """Return pointers and number of known violations of the reports of a file's documents."""
    reports = map(CONTRACT.check, instances)
    applied = known.applied(file, reports, Ignore.of(ignore))
    return [([each.pointer for each in report], report.known) for report in applied]


def learned(file: str, *reports: Report) -> dict[str, Any]:
    """Return what a baseline has that learns the reports of a file."""
    new = Baseline.read("new.json", learns=True)
    assert all(report.ok for report in new.applied(file, reports, NOTHING_IGNORED))
    new.write()
    document: dict[str, Any] = json.loads(Path("new.json").read_text("utf-8"))["violations"]
    Path("new.json").unlink()
    return document


# -- what it has -----------------------------------------------------------------------------------


def test_it_counts_by_file_and_limit() -> None:
    """A baseline has how often each file breaks each limit; an undocumented name is named."""
    instance = {**items(10, 5, 11), "name": "long", "b": 1, "a": 2}
    assert learned("sub/x.json", CONTRACT.check(instance)) == {
        "sub/x.json": {QTY: 2, NAME: 1, f"{CLOSED} a": 1, f"{CLOSED} b": 1}
    }


def test_it_has_no_values() -> None:
    """No value of a document is in a baseline, and no name within what is sensitive."""
    found = learned("x.json", CONTRACT.check({"name": "hidden", "secret": {"hidden": 1}}))
    assert found
    assert "hidden" not in json.dumps(found)


def test_it_is_stable() -> None:
    """The file is sorted, and the same whatever the order of files, lines and items was."""
    texts = []
    for file, instance in (("b", {"z": 1, "y": 2}), ("b", {"y": 2, "z": 1})):
        new = Baseline.read(f"{len(texts)}.json", learns=True)
        for each in (file, "a"):
            list(new.applied(each, [CONTRACT.check({**instance, **items(10)})], NOTHING_IGNORED))
        new.write()
        texts.append(Path(new.path).read_text("utf-8"))
    assert texts[0] == texts[1]
    assert list(json.loads(texts[0])["violations"]) == ["a", "b"]


def test_files_are_relative_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The paths of files are relative to the folder of the baseline, from any working directory."""
    Path("sub").mkdir()
    known = Baseline("sub/known.json", {"../a": {NAME: 1}})
    assert left(known, {"name": "long"}) == [([], 1)]
    monkeypatch.chdir("sub")
    known = Baseline("known.json", {"../a": {NAME: 1}})
    assert left(known, {"name": "long"}, file=str(tmp_path / "a")) == [([], 1)]


def test_any_name_can_be_read_again() -> None:
    """Names that are no valid Unicode are written so that they can be read again."""
    bad = "\udcff.json"
    assert learned(bad, CONTRACT.check({"name": "long"})) == {"\\udcff.json": {NAME: 1}}


# -- what it knows ---------------------------------------------------------------------------------


def test_known_violations_are_left_out() -> None:
    """What the baseline has of a file is no violation, wherever in the file it is."""
    known = baseline(a={QTY: 1, f"{CLOSED} old": 1})
    assert left(known, {"old": 1, **items(1, 10)}) == [([], 2)]
    assert left(known, {"new": 1, **items(10)}) == [(["/new"], 1)]
    assert left(known, items(10), file="b") == [(["/items/0/qty"], 0)]


def test_more_than_known_are_all_reported() -> None:
    """If a file breaks a limit more often than known, all of these violations are reported."""
    known = baseline(a={QTY: 1})
    assert left(known, items(10, 11)) == [(["/items/0/qty", "/items/1/qty"], 0)]
    assert known.grown == [("a", QTY, 1, 2)]


def test_the_reports_of_a_file_are_counted_together() -> None:
    """Several reports of one file, such as those of a recording, have what is known together."""
    assert left(baseline(a={QTY: 2}), items(10), {}, items(11)) == [([], 1), ([], 0), ([], 1)]
    assert left(baseline(a={QTY: 1}), items(10), items(11))[1] == (["/items/0/qty"], 0)


def test_each_limit_of_a_value_must_be_known() -> None:
    """A value that breaks several limits is known if each of these is."""
    contract = Contract({"maxLength": 3, "pattern": "^[A-Z]*$"}, name="own")
    both = {"own#:maxLength": 1, "own#:pattern": 1}
    for known, passes in (
        (both, True),
        ({"own#:pattern": 1}, False),
        ({"own#:maxLength": 1}, False),
    ):
        (report,) = baseline(a=known).applied("a", [contract.check("long")], NOTHING_IGNORED)
        assert report.ok == passes


def test_what_cannot_be_parsed_is_never_known() -> None:
    """A text that cannot be parsed fails always: nothing of it was checked."""
    report = CONTRACT.check(loads("{"))
    (left_of_it,) = baseline(a={"syntax": 1}).applied("a", [report], NOTHING_IGNORED)
    assert not left_of_it.ok
    (left_of_it,) = Baseline("x", {}, learns=True).applied("a", [report], NOTHING_IGNORED)
    assert not left_of_it.ok


def records(known: Baseline, *instances: Any) -> BulkReport:
    """Return the report of records after the baseline."""
    return known.applied_to_records("a", bulk.check(list(instances), CONTRACT), NOTHING_IGNORED)


def test_records_are_known_by_their_number() -> None:
    """A limit that records break as often as is known, or less, does not fail; more often does."""
    long = {"name": "long"}
    report = records(baseline(a={NAME: 2}), long, {}, long)
    assert (report.invalid, report.tallies[0].known, report.fails()) == (2, 2, False)
    report = records(baseline(a={NAME: 2}), long, long, long)
    assert (report.invalid, report.tallies[0].known, report.fails()) == (3, 2, True)
    assert records(baseline(), long).tallies[0].known == 0


def test_undocumented_columns_are_known_by_their_name() -> None:
    """Of records, too, an undocumented property is known by its name."""
    assert not records(baseline(a={f"{CLOSED} old": 2}), {"old": 1}, {"old": 2}).fails()
    assert records(baseline(a={f"{CLOSED} old": 2}), {"new": 1}, {"old": 2}).fails()
    known = Baseline("new.json", {}, learns=True)
    records(known, *({f"x{number}": 1} for number in range(30)))
    assert known.write() == 30


# -- what is gone ----------------------------------------------------------------------------------


def test_what_no_longer_occurs_is_told() -> None:
    """What a checked file no longer breaks is gone, and what a file had that is deleted."""
    Path("unchecked").touch()
    known = baseline(a={QTY: 3, NAME: 1}, unchecked={NAME: 1}, deleted={NAME: 2})
    left(known, items(10))
    assert known.gone() == {"a": {QTY: 2, NAME: 1}, "deleted": {NAME: 2}}


def test_what_is_ignored_is_not_gone() -> None:
    """What is ignored in a file is not told to be gone: it is not known whether it occurs."""
    for pattern in ("*:maxLength", "stated"):
        known = baseline(a={NAME: 1, f"{CLOSED} old": 1})
        left(known, {}, ignore=pattern)
        assert NAME not in known.gone().get("a", {})
    known = baseline(a={NAME: 1, f"{CLOSED} old": 1})
    left(known, {}, ignore="*:additionalProperties")
    assert known.gone() == {"a": {NAME: 1}}


def test_pruning_keeps_what_still_occurs() -> None:
    """Pruning removes what is gone, adds nothing, and keeps what was not checked."""
    Path("unchecked").touch()
    known = baseline(a={QTY: 3}, unchecked={NAME: 1}, deleted={NAME: 1})
    left(known, {"name": "long", **items(10)})
    assert known.write(prune=True) == 2
    counts = json.loads(Path("known.json").read_text("utf-8"))["violations"]
    assert counts == {"a": {QTY: 1}, "unchecked": {NAME: 1}}


def test_writing_again_keeps_what_was_not_checked() -> None:
    """A baseline that is written again has what was found now, and what it had of other files."""
    Path("unchecked").touch()
    baseline(a={QTY: 3}, unchecked={NAME: 1}, deleted={NAME: 1}).write(prune=True)
    Path("a").touch()
    new = Baseline.read("known.json", learns=True)
    list(new.applied("a", [CONTRACT.check({"name": "long"})], NOTHING_IGNORED))
    new.write()
    counts = json.loads(Path("known.json").read_text("utf-8"))["violations"]
    assert counts == {"a": {NAME: 1}, "unchecked": {NAME: 1}}


# -- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", NO_BASELINE),
        ("[]", NO_BASELINE),
        ('{"gift": "Y"}', NO_BASELINE),
        ('{"fieldbound-baseline": 2}', "is a baseline of another version: write it again"),
        ('{"fieldbound-baseline": 1}', '"violations" must have counts by file and limit'),
        (
            '{"fieldbound-baseline": 1, "violations": {"a": {"x": 0}}}',
            '"violations" must have counts by file and limit',
        ),
        (
            '{"fieldbound-baseline": 1, "violations": {"a": 1}}',
            '"violations" must have counts by file and limit',
        ),
    ],
)
def test_another_file_is_no_baseline(text: str, reason: str) -> None:
    """A file that is no baseline is an error, also where it would be overwritten."""
    Path("x.json").write_text(text, "utf-8")
    for learns in (False, True):
        with pytest.raises(BrokenBaseline) as caught:
            Baseline.read("x.json", learns=learns)
        assert str(caught.value) == f"x.json: {reason}"


def test_a_missing_baseline_is_an_error() -> None:
    """A baseline that does not exist is an error that says how to write it."""
    with pytest.raises(BrokenBaseline, match=r"x.json: no such .* --write-baseline x.json"):
        Baseline.read("x.json")
    with pytest.raises(BrokenBaseline, match="cannot be read"):
        Baseline.read(".", learns=True)
