"""Limit coverage: what is counted and reported, and that recording affects no call."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import fieldbound
from fieldbound.coverage.limit_coverage import BrokenCoverage, Coverage, Row, load_coverage
from fieldbound.coverage.recorder import Recorder
from fieldbound.render.coverage.status import percent
from fieldbound.render.coverage.text import (
    coverage_html,
    coverage_json,
    coverage_summary,
    coverage_text,
)
from fieldbound.validation import checker_of
from fieldbound.validation.contract import Contract
from support.tables import table

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
    """Return a recorder that is installed during a test."""
    recorder = Recorder(Coverage())
    recorder.install()
    yield recorder
    recorder.uninstall()


def counts(coverage: Coverage, contract: str = "schema") -> dict[str, tuple[int, Any, int]]:
    """Return the counts of each limit: inside, at, beyond."""
    return {
        f"{row.limit.pointer}:{row.limit.keyword}": (row.inside, row.reached, row.beyond)
        for row in coverage.contracts[contract]
    }


def test_values_are_counted_inside_at_and_beyond(recorder: Recorder) -> None:
    """Each value counts once for each of its limits: inside, at or beyond."""
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


def test_violations_are_counted_from_the_report(recorder: Recorder) -> None:
    """A missing, an unknown and a read-only property are beyond their limits."""
    Contract(SCHEMA).check({"other": 1, "id": 7})
    found = counts(recorder.coverage)
    assert found["/name:required"] == (0, None, 1)
    assert found[":additionalProperties"] == (0, None, 1)
    assert found["/id:readOnly"] == (0, None, 1)


def test_each_member_of_an_enumeration_is_counted(recorder: Recorder) -> None:
    """An enumeration is covered once every member has been seen."""
    contract = Contract(SCHEMA)
    row = None
    for flag, seen, covered in (("Y", 1, False), ("Y", 1, False), ("N", 2, True)):
        contract.check({"name": "", "flag": flag})
        row = next(r for r in recorder.coverage.contracts["schema"] if r.limit.keyword == "enum")
        assert (row.reached, row.covered) == (seen, covered)
    assert row is not None
    assert row.inside == 3


def test_items_are_counted_each(recorder: Recorder) -> None:
    """A limit on items is counted for each item, a limit on an array for the array."""
    Contract(SCHEMA).is_valid({"name": "", "items": [{"code": "ab"}, {"code": "abc"}]})
    found = counts(recorder.coverage)
    assert found["/items:maxItems"] == (0, 1, 0)
    assert found["/items/*:type"] == (2, None, 0)
    assert found["/items/*/code:minLength"] == (1, 1, 0)


@pytest.mark.parametrize("payload", [{"name": "abcde"}, {"name": "abcdef"}, {"name": ("x",)}])
@pytest.mark.parametrize("method", ["check", "is_valid", "validate"])
def test_a_call_counts_once(recorder: Recorder, method: str, payload: Any) -> None:
    """Each of the three methods counts once, whatever it calls internally."""
    contract = Contract(SCHEMA)
    try:
        getattr(contract, method)(payload)
    except fieldbound.Invalid:
        assert method == "validate"
    assert counts(recorder.coverage)["/name:required"] == (1, None, 0)
    assert sum(counts(recorder.coverage)["/name:type"][::2]) == 1


def test_a_document_counts_by_its_value(recorder: Recorder, tmp_path: Path) -> None:
    """A Document counts like its value; an unreadable one is not counted."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text('{"name": "abcde"}', "utf-8")
    bad.write_text('{"name": "abcde"', "utf-8")
    contract = Contract(SCHEMA)
    for file in (good, bad):
        contract.check(fieldbound.read(file))
    assert counts(recorder.coverage)["/name:maxLength"] == (0, 1, 0)


def test_headers_count_in_any_case(recorder: Recorder) -> None:
    """Header names are matched case-insensitively."""
    name = f"{NAME}/request.headers"
    headers = {"AUTHORIZATION": "Basic x", "upsert-mode": "true"}
    fieldbound.contract(name).check(headers)
    found = counts(recorder.coverage, name)
    assert found["/Authorization:required"] == (1, None, 0)
    assert found["/Upsert-Mode:enum"] == (1, 1, 0)


def test_internal_checks_are_not_counted(recorder: Recorder) -> None:
    """Checks that fieldbound makes for its own purposes are not counted."""
    contract = Contract(SCHEMA)
    checker_of(contract).is_valid({"name": "a"})
    checker_of(contract).check({"name": "a"})
    assert recorder.coverage.total == 0


def test_uninstall_restores_the_methods() -> None:
    """Contract has its original methods after uninstall; both calls are idempotent."""
    before = Contract.check, Contract.is_valid, Contract.validate
    recorder = Recorder(Coverage())
    recorder.install()
    recorder.install()
    assert Contract.check is not before[0]
    assert Contract.check.__doc__ == before[0].__doc__
    recorder.uninstall()
    recorder.uninstall()
    assert (Contract.check, Contract.is_valid, Contract.validate) == before


def test_an_error_in_counting_is_not_raised(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error while counting is in the failures of the recorder, not raised to the caller."""
    monkeypatch.setattr("fieldbound.coverage.recorder._ContractCounter.walk", lambda *_: 1 / 0)
    assert Contract(SCHEMA).is_valid({"name": "a"})
    assert recorder.failures == {"ZeroDivisionError": 1}


def test_exceptions_of_a_call_are_propagated(recorder: Recorder) -> None:
    """NotJSON is raised as without a recorder, and counts nothing."""
    with pytest.raises(fieldbound.NotJSON):
        Contract(SCHEMA).is_valid({"name": {1, 2}})
    assert recorder.coverage.total == 0
    assert Contract(SCHEMA).is_valid({"name": "a"})
    assert recorder.coverage.total > 0


def test_no_instance_is_stored(recorder: Recorder) -> None:
    """No value of an instance is in the reports."""
    Contract(SCHEMA).check({"name": "s3cret", "flag": "canary"})
    written = coverage_json(recorder.coverage) + "".join(coverage_text(recorder.coverage))
    assert not re.search("s3cret|canary", written + coverage_html(recorder.coverage))


@table(
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
    """A bound is covered at it or beyond, an enumeration by all members, others if exercised."""
    limit = fieldbound.Limit("schema", "/a", keyword, value, "https://x.invalid/")
    assert Row(limit, **counted).covered is covered


@table(
    ("names", "name", "included"),
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
def test_names_select_contracts(names: Any, name: str, included: bool) -> None:
    """A name selects a contract, and all contracts that it is a prefix of up to a slash."""
    assert Coverage(names).includes(name) is included


def test_two_runs_are_merged() -> None:
    """Two merged runs equal one run of both; JSON preserves all counts."""
    contract = Contract(SCHEMA)
    payloads = [{"name": "abcde", "flag": "Y"}, {"name": "a", "flag": "N"}, {"id": 1}]
    parts = [Recorder(Coverage()) for _ in range(3)]
    for recorder, instances in zip(parts, (payloads, payloads[:1], payloads[1:]), strict=True):
        for payload in instances:
            recorder.record(contract, payload, checker_of(contract).check(payload))
    both, one, two = (recorder.coverage for recorder in parts)
    assert one.merge(two).to_json() == two.merge(one).to_json() == both.to_json()
    again = Coverage.from_json(json.loads(coverage_json(both)))
    assert again.to_json() == both.to_json()
    assert counts(again)["/flag:enum"] == (2, 2, 0)


def test_merging_keeps_the_selected_contracts() -> None:
    """Merging ignores contracts that are not selected."""
    other = Coverage()
    other.add_contract(Contract(SCHEMA, name="b/c"))
    assert Coverage(["a"]).merge(other).total == 0
    assert Coverage(["b"]).merge(other).total == other.total > 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "invalid JSON"),
        ("[]", "not limit coverage"),
        (
            '{"format": "fieldbound limit coverage", "version": 9}',
            "version 9 is not supported: must be 1",
        ),
        ('{"format": "fieldbound limit coverage", "version": 1}', "corrupt limit coverage"),
        (
            '{"format": "fieldbound limit coverage", "version": 1, "contracts": {"a": [{}]}}',
            "corrupt limit coverage",
        ),
        (
            '{"format": "fieldbound limit coverage", "version": 1, "contracts": {"a": 1}}',
            "corrupt limit coverage",
        ),
    ],
)
def test_an_invalid_file_raises(tmp_path: Path, text: str, reason: str) -> None:
    """A file that is not limit coverage raises BrokenCoverage with its name and the reason."""
    file = tmp_path / "coverage.json"
    file.write_text(text, "utf-8")
    with pytest.raises(BrokenCoverage, match=f"coverage.json: .*{reason}"):
        load_coverage(str(file))


def test_without_checks_coverage_is_zero() -> None:
    """Without any check the percentage is 0, and the summary says why."""
    assert Coverage().percent == 0
    assert coverage_summary(Coverage()) == "limit coverage: no limits checked"


@table(
    ("part", "total", "expected"),
    [(0, 9, 0), (1, 999, 1), (61, 291, 21), (998, 999, 99), (9, 9, 100)],
)
def test_percent_is_not_rounded_to_0_or_100(part: int, total: int, expected: int) -> None:
    """100 % means all and 0 % means none, whatever the rounding."""
    assert percent(part, total) == expected


def test_the_table_lists_unreached_limits_with_their_sources() -> None:
    """A reached limit has its counts and what is missing, an unreached one its source."""
    recorder, contract = Recorder(Coverage()), fieldbound.contract(NAME)
    payload = {"ProdGroupName": "L", "InternalName": "L" * 150, "ActiveFlag": "Y"}
    recorder.record(contract, payload, True)
    text = "".join(coverage_text(recorder.coverage))
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert re.fullmatch(rf"{NAME}: \d+ of {len(contract.limits)} limits \(\d %\)", lines[0])
    assert "/InternalName maxLength 150 0 1 0" in lines
    assert '/ActiveFlag enum ["Y", "N"] 1 1/2 0 "N"' in lines
    assert "/ActiveFlag maxLength 1 0 1 0" in lines
    unreached = lines[lines.index("FIELD LIMIT SOURCE") + 1 :]
    assert lines[-len(unreached) - 3] == f"{len(unreached)} limits not reached by any test:"
    created = next(line for line in unreached if line.startswith("/CreatedBy readOnly "))
    assert created.split(" ", 2)[2].startswith(("stated in", "inferred from"))


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_fits_the_terminal(width: int) -> None:
    """No line is wider than the terminal."""
    recorder, contract = Recorder(Coverage()), fieldbound.contract(NAME)
    payload = {"ProdGroupName": "L", "InternalName": "L", "ActiveFlag": "Y"}
    recorder.record(contract, payload, True)
    assert max(map(len, "".join(coverage_text(recorder.coverage, width)).splitlines())) <= width


def test_the_page_is_self_contained_and_escaped() -> None:
    """The page is well formed, loads and runs nothing, and escapes hostile names."""
    schema = {"properties": {"<script>alert(1)</script>": {"maxLength": 5}, "b": {"minimum": 0}}}
    recorder, contract = Recorder(Coverage()), Contract(schema, name="<b>x</b>")
    recorder.record(contract, {"b": 0}, True)
    page = coverage_html(recorder.coverage)
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
    """Checks made while reading a folder of contracts are not counted."""
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


def test_removed_limits_of_an_earlier_run_are_dropped() -> None:
    """An earlier run counts only for limits that a known contract still has."""
    before, now = Coverage(), Coverage()
    before.add_contract(Contract({"type": "string", "maxLength": 3}, name="a"))
    now.add_contract(Contract({"type": "string", "maxLength": 4}, name="a"))
    merged, dropped = now.merge_earlier(before)
    assert dropped == 1
    assert [row.limit.value for row in merged.contracts["a"]] == ["string", 4]
