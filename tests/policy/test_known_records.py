"""The records that a baseline knows: read, written, and told where they are gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fieldbound.model import BulkReport
from fieldbound.policy import NOTHING_IGNORED, Baseline, BrokenBaseline, Ignore
from fieldbound.policy.known_records import KnownRecords

FLAG, NAME = "own#/flag:enum", "own#/name:maxLength"
REPORT = BulkReport("own", "r.ndjson", 3, 0)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.ndjson").touch()


def known(**files: dict[str, list[int]]) -> Baseline:
    """Return a baseline with the records of files whose key is /id."""
    records = {f"{name}.ndjson": KnownRecords.of("/id", each) for name, each in files.items()}
    return Baseline("known.json", {"r.ndjson": {"own#:type": 1}} if not records else {}, records)


def seen(baseline: Baseline, found: dict[str, list[int]], ignore: Ignore = NOTHING_IGNORED) -> None:
    """Apply a baseline to a file in which records are found."""
    baseline.applied_to_keyed_records("r.ndjson", REPORT, ignore, "/id", found)


def written(baseline: Baseline, **options: bool) -> tuple[int, Any]:
    """Write a baseline, and return how many violations it has, and what was written."""
    return baseline.write(**options), json.loads(Path("known.json").read_text("utf-8"))


def test_what_is_written_is_read() -> None:
    """Digests are written sorted, each once, as 16 hexadecimal digits, and read as they were."""
    count, found = written(known(r={FLAG: [2**64 - 1, 1, 1], NAME: []}))
    assert (count, found["violations"]) == (2, {})
    digests = ["0000000000000001", "ffffffffffffffff"]
    assert found["records"] == {"r.ndjson": {"key": "/id", "violations": {FLAG: digests}}}
    baseline = Baseline.read("known.json")
    assert baseline.known_records("r.ndjson", "/id") == {FLAG: {1, 2**64 - 1}}
    assert written(baseline) == (2, found)


def test_without_records_nothing_is_written_of_them() -> None:
    """A baseline of documents alone has no records."""
    assert "records" not in written(Baseline("known.json", {"r.ndjson": {FLAG: 1}}))[1]


@pytest.mark.parametrize(
    "records",
    [
        *(
            [],
            None,
            {"r": 1},
            {"r": {}},
            {"r": {"key": "/id"}},
            {"r": {"key": 1, "violations": {}}},
        ),
        *({"r": {"key": "/id", "violations": each}} for each in (1, {FLAG: 1}, {FLAG: [1]})),
        *({"r": {"key": "/id", "violations": {FLAG: [each]}}} for each in ("", "1", "F" * 16)),
    ],
)
def test_a_malformed_baseline(records: Any) -> None:
    """Records of any other form are an error that names the file."""
    text = {"fieldbound-baseline": 1, "violations": {}, "records": records}
    Path("known.json").write_text(json.dumps(text), "utf-8")
    with pytest.raises(BrokenBaseline, match=r"^known\.json: .*records"):
        Baseline.read("known.json")


def test_records_are_known_by_one_key() -> None:
    """A run with another key, or with none, is an error; a file that is new has no records."""
    baseline = known(r={FLAG: [1]})
    for key in (None, "/other"):
        with pytest.raises(BrokenBaseline, match=r"records of r\.ndjson .* pass --key /id"):
            baseline.known_records("r.ndjson", key)
    assert baseline.known_records("new.ndjson", "/id") is None


def test_what_is_gone() -> None:
    """Gone are the records that no longer break a limit which was checked, and deleted files."""
    baseline = known(r={FLAG: [1, 2, 3], NAME: [1]}, deleted={NAME: [5, 6]})
    assert baseline.gone() == {"deleted.ndjson": {NAME: 2}}
    seen(baseline, {FLAG: [1, 1, 4]})
    assert baseline.gone() == {"r.ndjson": {FLAG: 2, NAME: 1}, "deleted.ndjson": {NAME: 2}}
    seen(baseline, {FLAG: [1]}, Ignore.of("*:maxLength"))
    assert baseline.gone() == {"r.ndjson": {FLAG: 2}, "deleted.ndjson": {NAME: 2}}


def test_pruning_removes_what_is_gone() -> None:
    """What is gone is removed, and nothing is added."""
    baseline = known(r={FLAG: [1, 2], NAME: [1]})
    seen(baseline, {FLAG: [1, 4]})
    count, found = written(baseline, prune=True)
    assert count == 1
    assert found["records"]["r.ndjson"]["violations"] == {FLAG: ["0000000000000001"]}


def test_counts_and_records_replace_each_other() -> None:
    """A file that is learnt with a key has no counts any more, and the other way round."""
    Path("known.json").write_text(
        json.dumps({"fieldbound-baseline": 1, "violations": {"r.ndjson": {FLAG: 2}}}), "utf-8"
    )
    baseline = Baseline.read("known.json", learns=True)
    assert baseline.known_records("r.ndjson", None) is None
    assert baseline.known_records("r.ndjson", "/id") == {}
    seen(baseline, {FLAG: [7]})
    assert written(baseline)[1]["violations"] == {}
    baseline = Baseline.read("known.json", learns=True)
    baseline.applied_to_records("r.ndjson", REPORT, NOTHING_IGNORED)
    assert written(baseline)[1] == {"fieldbound-baseline": 1, "violations": {}}
