"""Limit coverage: what is counted, what is told, and that no call is hurt by it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.coverage.limit_coverage import BrokenCoverage, Coverage, Row, loaded
from fieldbound.coverage.recorder import Recorder
from fieldbound.render import coverage as room
from fieldbound.validation.contract import Contract

NAME = "oracle-cx-sales/create-product-group"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "maxLength": 5, "pattern": "^[a-z]*$"},
        "flag": {"enum": ["Y", "N"]},
        "size": {"type": "number", "exclusiveMaximum": 10},
        "id": {"readOnly": True, "not": {}},
        "items": {
            "type": "array",
            "maxItems": 2,
            "items": {"type": "object", "properties": {"code": {"minLength": 2}}},
        },
    },
}


@pytest.fixture(name="recorder")
def _recorder() -> Iterator[Recorder]:
    """Record while a test runs."""
    recorder = Recorder(Coverage())
    recorder.install()
    yield recorder
    recorder.uninstall()


def counts(coverage: Coverage, contract: str = "schema") -> dict[str, tuple[int, Any, int]]:
    """Return what was counted of each limit: inside, at, beyond."""
    return {
        f"{row.limit.pointer}:{row.limit.keyword}": (row.inside, row.reached, row.beyond)
        for row in coverage.contracts[contract]
    }


def test_values_are_counted_inside_at_and_beyond(recorder: Recorder) -> None:
    """Each value there is counts once for each limit on it: inside, at or beyond."""
    contract = Contract(SCHEMA)
    for name in ("abc", "abcde", "abcdef", "ABC"):
        contract.check({"name": name})
    found = counts(recorder.coverage)
    assert found["/name:maxLength"] == (2, 1, 1)
    assert found["/name:pattern"] == (3, None, 1)
    assert found["/name:required"] == (4, None, 0)
    assert found["/name:type"] == (4, None, 0)
    assert found[":additionalProperties"] == (4, None, 0)
    assert found["/flag:enum"] == (0, 0, 0)


def test_what_is_broken_is_what_the_report_says(recorder: Recorder) -> None:
    """A missing name, an unknown one, and one the server makes are beyond their limits."""
    Contract(SCHEMA).check({"other": 1, "id": 7})
    found = counts(recorder.coverage)
    assert found["/name:required"] == (0, None, 1)
    assert found[":additionalProperties"] == (0, None, 1)
    assert found["/id:readOnly"] == (0, None, 1)


def test_members_of_an_enumeration_are_counted_each(recorder: Recorder) -> None:
    """An enumeration is reached when every member has been seen."""
    contract = Contract(SCHEMA)
    row = None
    for flag, seen, covered in (("Y", 1, False), ("Y", 1, False), ("N", 2, True)):
        contract.check({"name": "", "flag": flag})
        row = next(r for r in recorder.coverage.contracts["schema"] if r.limit.keyword == "enum")
        assert (row.reached, row.covered) == (seen, covered)
    assert row is not None
    assert row.inside == 3


def test_items_are_counted_below_any_item(recorder: Recorder) -> None:
    """A limit on any item is counted for each item, one on an array for the array."""
    Contract(SCHEMA).is_valid({"name": "", "items": [{"code": "ab"}, {"code": "abc"}]})
    found = counts(recorder.coverage)
    assert found["/items:maxItems"] == (0, 1, 0)
    assert found["/items/*:type"] == (2, None, 0)
    assert found["/items/*/code:minLength"] == (1, 1, 0)


@pytest.mark.parametrize("payload", [{"name": "abcde"}, {"name": "abcdef"}, {"name": ("x",)}])
@pytest.mark.parametrize("method", ["check", "is_valid", "validate"])
def test_a_call_counts_once(recorder: Recorder, method: str, payload: Any) -> None:
    """Each of the three methods counts once, whatever it calls by itself."""
    contract = Contract(SCHEMA)
    try:
        getattr(contract, method)(payload)
    except fieldbound.Invalid:
        assert method == "validate"
    assert counts(recorder.coverage)["/name:required"] == (1, None, 0)
    assert sum(counts(recorder.coverage)["/name:type"][::2]) == 1


def test_a_document_counts_by_its_value(recorder: Recorder, tmp_path: Path) -> None:
    """A Document counts like the value in it; one that cannot be read counts for nothing."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text('{"name": "abcde"}', "utf-8")
    bad.write_text('{"name": "abcde"', "utf-8")
    contract = Contract(SCHEMA)
    for file in (good, bad):
        contract.check(fieldbound.read(file))
    assert counts(recorder.coverage)["/name:maxLength"] == (0, 1, 0)


def test_headers_count_in_any_case(recorder: Recorder) -> None:
    """Where the case of names does not count, a limit is reached under any spelling."""
    name = f"{NAME}/request.headers"
    headers = {"AUTHORIZATION": "Basic x", "upsert-mode": "true"}
    fieldbound.contract(name).check(headers)
    found = counts(recorder.coverage, name)
    assert found["/Authorization:required"] == (1, None, 0)
    assert found["/Upsert-Mode:enum"] == (1, 1, 0)


def test_what_is_judged_without_record_is_not_counted(recorder: Recorder) -> None:
    """What fieldbound judges for its own purposes counts for nothing."""
    contract = Contract(SCHEMA)
    contract.unrecorded_is_valid({"name": "a"})
    contract.unrecorded_check({"name": "a"})
    assert recorder.coverage.total == 0


def test_the_methods_are_as_before_in_the_end() -> None:
    """Contract has its own methods again when recording ends, however often that is said."""
    before = Contract.check, Contract.is_valid, Contract.validate
    recorder = Recorder(Coverage())
    recorder.install()
    recorder.install()
    assert Contract.check is not before[0]
    assert Contract.check.__doc__ == before[0].__doc__
    recorder.uninstall()
    recorder.uninstall()
    assert (Contract.check, Contract.is_valid, Contract.validate) == before


def test_an_error_in_counting_hurts_no_call(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong in counting is told by the recorder, and not raised to the caller."""
    monkeypatch.setattr("fieldbound.coverage.recorder._Plan.walk", lambda *_: 1 / 0)
    assert Contract(SCHEMA).is_valid({"name": "a"})
    assert recorder.failures == {"ZeroDivisionError": 1}


def test_what_a_call_raises_comes_through(recorder: Recorder) -> None:
    """What is no JSON value, and where there is nothing to judge by, is raised as ever."""
    with pytest.raises(fieldbound.NotJSON):
        Contract(SCHEMA).is_valid({"name": {1, 2}})
    assert recorder.coverage.total == 0
    assert Contract(SCHEMA).is_valid({"name": "a"})
    assert recorder.coverage.total > 0


def test_no_instance_is_kept(recorder: Recorder) -> None:
    """Nothing of an instance is in what is written."""
    Contract(SCHEMA).check({"name": "s3cret", "flag": "canary"})
    written = room.json(recorder.coverage) + "".join(room.text(recorder.coverage))
    assert not re.search("s3cret|canary", written + room.html(recorder.coverage))


@pytest.mark.parametrize(
    ("keyword", "value", "counted", "covered"),
    [
        ("maxLength", 5, {"inside": 9}, False),
        ("maxLength", 5, {"at": 1}, True),
        ("maxLength", 5, {"beyond": 1}, True),
        ("exclusiveMaximum", 5, {"inside": 9}, False),
        ("exclusiveMaximum", 5, {"beyond": 1}, True),
        ("enum", ["a", "b"], {"inside": 1, "members": {0}}, False),
        ("enum", ["a", "b"], {"inside": 2, "members": {0, 1}}, True),
        ("enum", ["a", "b"], {"beyond": 1}, True),
        ("pattern", "a", {"inside": 1}, True),
        ("readOnly", True, {"beyond": 1}, True),
        ("readOnly", True, {}, False),
    ],
)
def test_a_limit_is_covered(keyword: str, value: Any, counted: Any, covered: bool) -> None:
    """A bound is covered at it or beyond, an enumeration by all members, the rest if touched."""
    limit = fieldbound.Limit("schema", "/a", keyword, value, "https://x.invalid/")
    assert Row(limit, **counted).covered is covered


@pytest.mark.parametrize(
    ("names", "name", "taken"),
    [
        ((), "a/b", True),
        (("*",), "a/b", True),
        (("a",), "a/b", True),
        (("a/",), "a/b", True),
        (("a/b",), "a/b/request.headers", True),
        (("a/b",), "a/bc", False),
        (("a/b/c",), "a/b", False),
        (("x", "a/b"), "a/b", True),
    ],
)
def test_names_choose_contracts(names: Any, name: str, taken: bool) -> None:
    """A name stands for a contract's own, and for all that it begins up to a slash."""
    assert Coverage(names).takes(name) is taken


def test_two_runs_are_merged() -> None:
    """What two runs have seen together is what one would have seen; JSON keeps all of it."""
    contract = Contract(SCHEMA)
    payloads = [{"name": "abcde", "flag": "Y"}, {"name": "a", "flag": "N"}, {"id": 1}]
    parts = [Recorder(Coverage()) for _ in range(3)]
    for recorder, wanted in zip(parts, (payloads, payloads[:1], payloads[1:]), strict=True):
        for payload in wanted:
            recorder.record(contract, payload, contract.unrecorded_check(payload))
    whole, one, two = (recorder.coverage for recorder in parts)
    assert one.merged(two).to_json() == two.merged(one).to_json() == whole.to_json()
    again = Coverage.from_json(json.loads(room.json(whole)))
    assert again.to_json() == whole.to_json()
    assert counts(again)["/flag:enum"] == (2, 2, 0)


def test_merging_keeps_to_the_names_asked_for() -> None:
    """What another run has seen of other contracts is left out."""
    other = Coverage()
    other.enter(Contract(SCHEMA, name="b/c"))
    assert Coverage(["a"]).merged(other).total == 0
    assert Coverage(["b"]).merged(other).total == other.total > 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "this is no JSON"),
        ("[]", "this is no limit coverage"),
        ('{"format": "fieldbound limit coverage", "version": 9}', "this is version 9"),
        ('{"format": "fieldbound limit coverage", "version": 1}', "damaged"),
        (
            '{"format": "fieldbound limit coverage", "version": 1, "contracts": {"a": [{}]}}',
            "damaged",
        ),
        (
            '{"format": "fieldbound limit coverage", "version": 1, "contracts": {"a": 1}}',
            "damaged",
        ),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    """A file that holds no limit coverage is refused by its name, with the reason."""
    file = tmp_path / "coverage.json"
    file.write_text(text, "utf-8")
    with pytest.raises(BrokenCoverage, match=f"coverage.json: .*{reason}"):
        loaded(str(file))


def test_nothing_judged_is_no_coverage() -> None:
    """Where nothing was judged the percentage is 0, and the summary says why."""
    assert Coverage().percent == 0
    assert room.summary(Coverage()) == "limit coverage: no limit of any contract was judged by"


@pytest.mark.parametrize(
    ("part", "whole", "said"), [(0, 9, 0), (1, 999, 1), (61, 291, 21), (998, 999, 99), (9, 9, 100)]
)
def test_only_all_is_all(part: int, whole: int, said: int) -> None:
    """100 % is all of them and 0 % is none: no rounding says otherwise."""
    assert room.percent(part, whole) == said


def test_the_table_lists_what_no_test_touches_with_its_source() -> None:
    """A touched limit has its counts and what is open, an untouched one its source."""
    recorder, contract = Recorder(Coverage()), fieldbound.contract(NAME)
    payload = {"ProdGroupName": "L", "InternalName": "L" * 150, "ActiveFlag": "Y"}
    recorder.record(contract, payload, True)
    text = "".join(room.text(recorder.coverage))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert re.fullmatch(rf"{NAME}: \d+ of {len(contract.limits)} limits \(\d %\)", lines[0])
    assert "/InternalName maxLength 150 0 1 0" in lines
    assert '/ActiveFlag enum ["Y", "N"] 1 1/2 0 never "N"' in lines
    assert "/ActiveFlag maxLength 1 0 1 0" in lines
    untouched = lines[lines.index("FIELD LIMIT SOURCE") + 1 :]
    assert lines[-len(untouched) - 3] == f"no test touches {len(untouched)} of them:"
    created = next(line for line in untouched if line.startswith("/CreatedBy readOnly "))
    assert created.split(" ", 2)[2].startswith(("stated in", "inferred from"))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_keeps_to_the_terminal(width: int) -> None:
    """No line is wider than the terminal."""
    recorder, contract = Recorder(Coverage()), fieldbound.contract(NAME)
    payload = {"ProdGroupName": "L", "InternalName": "L", "ActiveFlag": "Y"}
    recorder.record(contract, payload, True)
    assert max(map(len, "".join(room.text(recorder.coverage, width)).splitlines())) <= width


def test_the_page_stands_alone_and_is_escaped() -> None:
    """The page is well formed, loads nothing, runs nothing, and shows hostile names as text."""
    schema = {"properties": {"<script>alert(1)</script>": {"maxLength": 5}, "b": {"minimum": 0}}}
    recorder, contract = Recorder(Coverage()), Contract(schema, name="<b>x</b>")
    recorder.record(contract, {"b": 0}, True)
    page = room.html(recorder.coverage)
    tags: list[tuple[str, dict[str, str | None]]] = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: tags.append((tag, dict(attrs)))  # type: ignore[method-assign]
    parser.feed(page)
    names = {tag for tag, _ in tags}
    assert names.isdisjoint({"script", "link", "img", "iframe", "b"})
    assert not any("src" in attrs for _, attrs in tags)
    assert "&lt;script&gt;" in page
    assert "prefers-color-scheme: dark" in page
    assert 'name="viewport"' in page


def test_reading_a_contract_counts_nothing(recorder: Recorder, tmp_path: Path) -> None:
    """What fieldbound judges to read a folder of contracts is none of the tests' instances."""
    folder = tmp_path / "acme"
    folder.mkdir()
    schema = {"type": "string", "maxLength": 3}
    body = {"content": {"application/json": {"schema": schema}}}
    post = {"operationId": "create", "requestBody": body, "responses": {}}
    api = {"openapi": "3.1.0", "info": {"title": "", "version": ""}, "paths": {"/": {"post": post}}}
    (folder / "openapi.json").write_text(json.dumps(api), "utf-8")
    (folder / "sources.json").write_text("{}", "utf-8")
    fieldbound.contract("acme/create", folders=[tmp_path]).check("abc")
    assert list(recorder.coverage.contracts) == ["acme/create"]


def test_limits_that_are_no_more_are_left_out_of_an_earlier_run() -> None:
    """Of a contract that is known, an earlier run counts for the limits it still has."""
    before, now = Coverage(), Coverage()
    before.enter(Contract({"type": "string", "maxLength": 3}, name="a"))
    now.enter(Contract({"type": "string", "maxLength": 4}, name="a"))
    whole, dropped = now.with_earlier(before)
    assert dropped == 1
    assert [row.limit.value for row in whole.contracts["a"]] == ["string", 4]
