"""Runs that are killed or interrupted can be resumed, with the same result."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

import fieldbound.bulk.run
from fieldbound import Contract, FieldboundError
from fieldbound.bulk import check
from fieldbound.bulk.inputs import blocks
from fieldbound.bulk.run import Options, Run
from support.effort import is_thorough
from support.forked import forked
from support.line_by_line import ndjson
from support.running import Ran

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX signals")

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string", "maxLength": 5},
        "flag": {"enum": ["Y", "N"]},
    },
    "required": ["name"],
    "additionalProperties": False,
}
#: The command, with small blocks and a clock that ticks when it is read, so that a checkpoint is
#: saved after each block with an interval of 0, after some with a longer one. It sends itself a
#: signal at a given function call; without a signal, it prints the number of calls.
COMMAND = """\
import itertools, os, sys
from fieldbound.bulk import run, workers
from fieldbound.bulk.inputs import blocks
from fieldbound.cli import run as command

number, at = int(sys.argv.pop(1)), int(sys.argv.pop(1))
blocks.BLOCK_SIZE, blocks.CHUNK_SIZE, run.CHECKPOINT_INTERVAL = 1000, 300, int(sys.argv.pop(1))
run.monotonic, workers._PARENT_POLL = itertools.count().__next__, 0.02
main, calls = os.getpid(), 0

def count(frame, event, arg):
    global calls
    if os.getpid() == main and event in ("call", "c_call"):
        calls += 1
        if calls == at:
            os.kill(main, number)

sys.setprofile(count)
code = command()
sys.setprofile(None)
if not at:
    print(calls, file=sys.stderr)
sys.exit(code)
"""
KILL, INTERRUPT = 9, 2
TARGETS = ("ok", "bad", "report.json")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("item.json").write_text(json.dumps(SCHEMA))
    Path("a.ndjson").write_bytes(lines(300))


def lines(number: int, seed: int = 1) -> bytes:
    """Return lines of records, many of them invalid, and some not JSON."""
    random = Random(seed)
    found = []
    for at in range(number):
        record: dict[str, Any] = {"id": random.randrange(number), "name": "a" * (at % 7)}
        if at % 11 == 0:
            record["flag"] = "y"
        found.append(ndjson([record]) if at % 37 else b'{"id":\n\n')
    return b"".join(found)


def command(
    *more: str, number: int = 0, at: int = 0, path: str = "a.ndjson", interval: int = 0
) -> Ran:
    """Run the command, which sends itself the signal *number* at a call.

    Its standard error is read until all its processes have ended.
    """
    return forked(
        COMMAND,
        *(str(number), str(at), str(interval)),
        *("check", path, "-c", "item.json", "--key", "/id", "--format", "json"),
        *("--output", "report.json", *more),
    )


def output_options(suffix: str = "") -> list[str]:
    """Return the options for output files."""
    return ["--valid-out", f"ok{suffix}", "--invalid-out", f"bad{suffix}"]


def results(suffix: str = "") -> list[bytes | None]:
    """Read and remove the files that a run writes; None for a missing one."""
    found = []
    for name in (f"ok{suffix}", f"bad{suffix}", "report.json"):
        path = Path(name)
        found.append(path.read_bytes() if path.exists() else None)
        path.unlink(missing_ok=True)
    return found


def left() -> list[str]:
    """Return the names of the files that a run has left, also in the cache folder.

    A temporary report is ignored: its name differs in each run.
    """
    known = {"item.json", "a.ndjson", "a.ndjson.gz", "a.json", "cache"}
    cached = [each.name for each in Path("cache").rglob("*") if each.is_file()]
    here = [each.name for each in Path().iterdir() if not each.name.startswith(".report.json.")]
    return [name for name in here if name not in known] + cached


def uninterrupted(*more: str, suffix: str = "", **options: Any) -> tuple[list[bytes | None], int]:
    """Return the files of an uninterrupted run, and the number of function calls."""
    ran = command(*more, *output_options(suffix), **options)
    assert ran.code == 1
    found = results(suffix)
    assert None not in found
    assert left() == []
    return found, int(ran.err.split()[-1])


# -- killed --------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize(
    ("path", "suffix", "workers", "seed"),
    [
        ("a.ndjson", ".gz", "1", 0),
        ("a.ndjson.gz", "", "2", 0),
        *(
            pytest.param(*each, marks=pytest.mark.thorough)
            for each in (
                ("a.ndjson", "", "2", 1),
                ("a.json", "", "1", 1),
                ("a.ndjson", "", "2", 0),
                ("a.ndjson", "", "2", 2),
                ("a.ndjson", ".gz", "1", 1),
                ("a.ndjson.gz", "", "2", 1),
                ("a.json", "", "1", 0),
            )
        ),
    ],
)
def test_a_killed_run_is_resumed_with_the_same_result(
    path: str, suffix: str, workers: str, seed: int
) -> None:
    """A run that is killed repeatedly and resumed writes the bytes of an uninterrupted one."""
    if path == "a.ndjson.gz":
        Path(path).write_bytes(gzip.compress(Path("a.ndjson").read_bytes()))
    elif path == "a.json":
        found = [line for line in lines(300).splitlines() if line.endswith(b"}")]
        Path(path).write_bytes(b"[%s]" % b",\n".join(found))
    more: dict[str, Any] = {"path": path, "interval": seed % 3}
    whole, calls = uninterrupted("--workers", workers, suffix=suffix, **more)
    random = Random(seed)
    ran = command(
        "--workers",
        workers,
        *output_options(suffix),
        number=KILL,
        at=random.randrange(calls),
        **more,
    )
    for _ in range(6 if is_thorough() else 2):
        if ran.code == 1:
            break
        assert ran.code == -KILL
        assert not Path("report.json").exists()
        ran = command(
            *("--resume", "--workers", random.choice("123")),
            *output_options(suffix),
            number=KILL,
            at=random.randrange(calls // 3, calls),
            **more,
        )
    else:
        ran = command("--resume", *output_options(suffix), **more)
    assert ran.code == 1
    assert results(suffix) == whole
    assert left() == []


@posix
@pytest.mark.parametrize(
    ("workers", "seed"),
    [
        ("1", 1),
        ("2", 0),
        *(
            pytest.param(*each, marks=pytest.mark.thorough)
            for each in (("1", 0), ("1", 2), ("2", 1), ("2", 2))
        ),
    ],
)
def test_an_interrupted_run_can_be_resumed(workers: str, seed: int) -> None:
    """Ctrl-C ends a run with 130 and unchanged targets, and it can be resumed."""
    whole, calls = uninterrupted("--workers", workers)
    Path("ok").write_bytes(b"before")
    at = Random(seed).randrange(calls // 10, calls)
    ran = command("--workers", workers, *output_options(), number=INTERRUPT, at=at)
    if ran.code == 130:
        assert "Traceback" not in ran.err
        assert not Path("report.json").exists()
        assert Path("ok").read_bytes() in (b"before", whole[0])
        ran = command("--resume", *output_options())
    assert ran.code == 1
    assert results() == whole
    assert left() == []


# -- resumed -------------------------------------------------------------------------------------


class Stopped(KeyboardInterrupt):
    """Stops a run."""


@pytest.fixture
def frequent_checkpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save a checkpoint after each of many blocks."""
    monkeypatch.setattr(blocks, "BLOCK_SIZE", 1000)
    monkeypatch.setattr(blocks, "CHUNK_SIZE", 300)
    monkeypatch.setattr(fieldbound.bulk.run, "CHECKPOINT_INTERVAL", 0)


def stopped(contract: Contract, blocks: int = 3, path: str = "a.ndjson", **options: Any) -> None:
    """Start a check, and stop it after so many blocks."""
    run = Run(path, contract, Options(**options))
    positions: list[int] = []

    def stop(position: int, records: int, violations: int) -> None:
        assert position >= 0 <= violations <= records * 10
        positions.append(position)
        if len(positions) > blocks:
            raise Stopped

    run.on_progress = stop
    with pytest.raises(Stopped):
        run.report()


def resumed(contract: Contract, path: str = "a.ndjson", **options: Any) -> tuple[Any, list[str]]:
    """Resume a check; return the report, and the notes."""
    run = Run(path, contract, Options(resume=True, **options))
    return run.report(), run.notes


@pytest.mark.usefixtures("frequent_checkpoints")
@pytest.mark.parametrize("key", [None, "/id"])
def test_resume_starts_after_the_checkpoint(key: str | None) -> None:
    """A resumed run starts at the checkpoint, and returns the report of an uninterrupted one."""
    contract = Contract(SCHEMA)
    whole = check("a.ndjson", contract, key=key)
    stopped(contract, key=key)
    run = Run("a.ndjson", contract, Options(resume=True, key=key))
    positions: list[int] = []
    run.on_progress = lambda position, *_: positions.append(position)
    assert run.report() == whole
    assert positions[0] == 1000 * 4
    assert run.notes == []
    assert left() == []


@pytest.mark.usefixtures("frequent_checkpoints")
@pytest.mark.parametrize("change", ["file", "contract", "samples"])
def test_a_changed_file_contract_or_option_is_not_resumed(change: str) -> None:
    """If the file, the contract or an option has changed, a run starts again, with a note."""
    contract = Contract(SCHEMA, name="acme/item")
    stopped(contract)
    options: dict[str, Any] = {}
    if change == "file":
        Path("a.ndjson").write_bytes(lines(300, seed=2))
    elif change == "contract":
        contract = Contract({**SCHEMA, "maxProperties": 2}, name="acme/item")
    else:
        options["samples"] = 2
    report, notes = resumed(contract, **options)
    assert report == check("a.ndjson", contract, **options)
    name = {"file": "a.ndjson", "contract": "acme/item", "samples": "fieldbound"}[change]
    assert notes == [f"{name} has changed since the checkpoint: starting with the first record"]
    assert left() == []


@pytest.mark.usefixtures("frequent_checkpoints")
def test_without_a_checkpoint_a_run_starts_with_a_note() -> None:
    """A run without a checkpoint starts with the first record."""
    contract = Contract(SCHEMA)
    for _ in range(2):
        report, notes = resumed(contract)
        assert notes == ["no checkpoint to resume from: starting with the first record"]
        assert report == check("a.ndjson", contract)
    stopped(contract, key="/id")
    _, notes = resumed(contract)  # the options differ
    assert notes == ["no checkpoint to resume from: starting with the first record"]


@pytest.mark.usefixtures("frequent_checkpoints")
def test_only_files_can_be_resumed() -> None:
    """Values and streams cannot be resumed, and have no format."""
    with pytest.raises(FieldboundError, match="resume needs the path of a file"):
        Run([{"name": "a"}], Contract(SCHEMA), Options(resume=True))
    with pytest.raises(ValueError, match="format must be omitted for records in memory"):
        Run([{"name": "a"}], Contract(SCHEMA), Options(format="csv"))


@pytest.mark.parametrize("columns", [["a"], {"a": 5}, "a"])
def test_columns_must_be_strings(columns: Any) -> None:
    """Columns must map names to pointers."""
    with pytest.raises(TypeError, match="columns must map column names to JSON Pointers"):
        Options(columns=columns)


@pytest.mark.usefixtures("frequent_checkpoints")
def test_the_same_check_can_run_twice_at_once() -> None:
    """Two runs of the same check have the same report, and only the first can be resumed."""
    contract, found = Contract(SCHEMA), []

    def beside(*_: int) -> None:
        if not found:
            found.append(check("a.ndjson", contract, key="/id"))
            with pytest.raises(
                BlockingIOError, match="another run of the same check is in progress"
            ):
                resumed(contract, key="/id")

    run = Run("a.ndjson", contract, Options(key="/id"))
    run.on_progress = beside
    assert [run.report()] == found
    assert left() == []


@pytest.mark.usefixtures("frequent_checkpoints")
def test_two_runs_cannot_write_the_same_files() -> None:
    """A second run with the same output files is an error."""
    contract = Contract(SCHEMA)

    def beside(*_: int) -> None:
        with pytest.raises(BlockingIOError, match="another run of the same check is in progress"):
            check("a.ndjson", contract, key="/id", valid_out="ok")

    run = Run("a.ndjson", contract, Options(key="/id", valid_out="ok"))
    run.on_progress = beside
    assert run.report().valid == len(Path("ok").read_bytes().splitlines())


@pytest.mark.usefixtures("frequent_checkpoints")
def test_without_resume_a_run_starts_again() -> None:
    """The checkpoint of a stopped run is ignored without resume."""
    contract = Contract(SCHEMA)
    whole = check("a.ndjson", contract, key="/id")
    stopped(contract, key="/id", valid_out="ok")
    stopped(contract, 1, key="/id", valid_out="ok")
    assert check("a.ndjson", contract, key="/id", valid_out="ok") == whole
    Path("ok").unlink()
    assert left() == []


@pytest.mark.usefixtures("frequent_checkpoints")
def test_a_missing_part_file_is_an_error() -> None:
    """If a part file is missing, resuming raises an error that says what to do."""
    contract = Contract(SCHEMA)
    stopped(contract, valid_out="ok")
    (part,) = Path().glob(".ok*")
    part.write_bytes(b"")
    with pytest.raises(OSError, match="run again without --resume"):
        resumed(contract, valid_out="ok")
    assert not Path("ok").exists()


@pytest.mark.usefixtures("frequent_checkpoints")
def test_checkpoints_are_private() -> None:
    """Checkpoints are readable by the user only, and removed at the end of the run."""
    stopped(Contract(SCHEMA), key="/id")
    saved = [each for each in Path("cache").rglob("*") if each.is_file()]
    assert {each.parent for each in saved} == {Path("cache/fieldbound")}
    assert os.name == "nt" or not any(each.stat().st_mode & 0o77 for each in saved)
    resumed(Contract(SCHEMA), key="/id")
    assert left() == []
