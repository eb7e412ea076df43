"""A check of many records that is stopped, however it is, can be gone on with to the same end."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

import fieldbound.bulk.run
from fieldbound import Contract, FieldboundError
from fieldbound.bulk import check
from fieldbound.bulk.inputs import blocks as pieces
from fieldbound.bulk.run import Options, Run
from support.line_by_line import ndjson

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
#: The command, in small blocks of which each is kept. It sends itself a signal at a call of any
#: function, counted from the first; with none to send, it says how many calls there were.
COMMAND = """\
import os, sys
from fieldbound import pieces, run
from fieldbound.cli import run as command

number, at = int(sys.argv.pop(1)), int(sys.argv.pop(1))
pieces.BLOCK, pieces.WINDOW, run.KEPT = 1000, 300, int(sys.argv.pop(1))
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


class Ran(NamedTuple):
    """What a run of the command left: its exit code, and what it said."""

    code: int
    err: str


Command = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("item.json").write_text(json.dumps(SCHEMA))
    Path("a.ndjson").write_bytes(lines(300))


def lines(number: int, seed: int = 1) -> bytes:
    """Return lines of records of which many are wrong, and some are no JSON."""
    random = Random(seed)
    found = []
    for at in range(number):
        record: dict[str, Any] = {"id": random.randrange(number), "name": "a" * (at % 7)}
        if at % 11 == 0:
            record["flag"] = "y"
        found.append(ndjson([record]) if at % 37 else b'{"id":\n\n')
    return b"".join(found)


def command(*more: str, number: int = 0, at: int = 0, path: str = "a.ndjson", kept: int = 1) -> Ran:
    """Run the command, which sends itself the signal of a *number* at a call.

    What it says is read until no process is there that could say more.
    """
    ran = subprocess.run(
        [
            *(sys.executable, "-c", COMMAND, str(number), str(at), str(kept)),
            *("check", path, "-c", "item.json", "--key", "/id", "--format", "json"),
            *("--output", "report.json", *more),
        ],
        check=False,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    return Ran(ran.returncode, ran.stderr)


def split(ending: str = "") -> list[str]:
    """Return the options that split records."""
    return ["--valid-out", f"ok{ending}", "--invalid-out", f"bad{ending}"]


def results(ending: str = "") -> list[bytes | None]:
    """Read and remove all that a run writes; None for what is not there."""
    found = []
    for name in (f"ok{ending}", f"bad{ending}", "report.json"):
        path = Path(name)
        found.append(path.read_bytes() if path.exists() else None)
        path.unlink(missing_ok=True)
    return found


def left() -> list[str]:
    """Name what a run has left beside what was there, and in the folder of what is kept.

    A report that was begun is not looked for: it has a name of its own in each run.
    """
    known = {"item.json", "a.ndjson", "a.ndjson.gz", "a.json", "cache"}
    kept = [each.name for each in Path("cache").rglob("*") if each.is_file()]
    here = [each.name for each in Path().iterdir() if not each.name.startswith(".report.json.")]
    return [name for name in here if name not in known] + kept


def undisturbed(*more: str, ending: str = "", **options: Any) -> tuple[list[bytes | None], int]:
    """Return what a run writes that nobody disturbs, and how many calls it takes."""
    ran = command(*more, *split(ending), **options)
    assert ran.code == 1
    found = results(ending)
    assert None not in found
    assert left() == []
    return found, int(ran.err.split()[-1])


# -- killed --------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    ("path", "ending", "workers"),
    [
        ("a.ndjson", "", "2"),
        ("a.ndjson", ".gz", "1"),
        ("a.ndjson.gz", "", "2"),
        ("a.json", "", "1"),
    ],
)
def test_a_killed_run_is_gone_on_with_to_the_same_end(
    path: str, ending: str, workers: str, seed: int
) -> None:
    """Killed at any moment, again and again, a run ends with the bytes of an undisturbed one."""
    if path == "a.ndjson.gz":
        Path(path).write_bytes(gzip.compress(Path("a.ndjson").read_bytes()))
    elif path == "a.json":
        found = [line for line in lines(300).splitlines() if line.endswith(b"}")]
        Path(path).write_bytes(b"[%s]" % b",\n".join(found))
    more: dict[str, Any] = {"path": path, "kept": 1 + seed % 3}
    whole, calls = undisturbed("--workers", workers, ending=ending, **more)
    random = Random(seed)
    ran = command(
        "--workers", workers, *split(ending), number=KILL, at=random.randrange(calls), **more
    )
    for _ in range(6):
        if ran.code == 1:
            break
        assert ran.code == -KILL
        assert not Path("report.json").exists()
        ran = command(
            *("--resume", "--workers", random.choice("123")),
            *split(ending),
            number=KILL,
            at=random.randrange(calls // 3, calls),
            **more,
        )
    else:
        ran = command("--resume", *split(ending), **more)
    assert ran.code == 1
    assert results(ending) == whole
    assert left() == []


@posix
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("seed", range(3))
def test_an_interrupted_run_leaves_no_half_file(workers: str, seed: int) -> None:
    """Ctrl-C ends a run with 130, what was there stays, no process is left, and it can go on."""
    whole, calls = undisturbed("--workers", workers)
    Path("ok").write_bytes(b"before")
    at = Random(seed).randrange(calls // 10, calls)
    ran = command("--workers", workers, *split(), number=INTERRUPT, at=at)
    if ran.code == 130:
        assert "Traceback" not in ran.err
        assert not Path("report.json").exists()
        assert Path("ok").read_bytes() in (b"before", whole[0])
        ran = command("--resume", *split())
    assert ran.code == 1
    assert results() == whole
    assert left() == []


# -- gone on with --------------------------------------------------------------------------------


class Stopped(KeyboardInterrupt):
    """What stops a run in the middle."""


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the state of a run after each of many blocks."""
    monkeypatch.setattr(pieces, "BLOCK", 1000)
    monkeypatch.setattr(pieces, "WINDOW", 300)
    monkeypatch.setattr(fieldbound.bulk.run, "KEPT", 1)


def stopped(contract: Contract, blocks: int = 3, path: str = "a.ndjson", **options: Any) -> None:
    """Run a check and stop it after so many blocks."""
    run = Run(path, contract, Options(**options))
    told: list[int] = []

    def stop(position: int, records: int, violations: int) -> None:
        assert position >= 0 <= violations <= records * 10
        told.append(position)
        if len(told) > blocks:
            raise Stopped

    run.on_progress = stop
    with pytest.raises(Stopped):
        run.report()


def resumed(contract: Contract, path: str = "a.ndjson", **options: Any) -> tuple[Any, list[str]]:
    """Go on with a check; return the account, and the notes."""
    run = Run(path, contract, Options(resume=True, **options))
    return run.report(), run.notes


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("key", [None, "/id"])
def test_what_was_judged_is_not_judged_again(key: str | None) -> None:
    """A run that is resumed begins where the other was, and ends as if nothing had been."""
    contract = Contract(SCHEMA)
    whole = check("a.ndjson", contract, key=key)
    stopped(contract, key=key)
    run = Run("a.ndjson", contract, Options(resume=True, key=key))
    told: list[int] = []
    run.on_progress = lambda position, *_: told.append(position)
    assert run.report() == whole
    assert told[0] == 1000 * 4
    assert run.notes == []
    assert left() == []


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("change", ["file", "contract", "samples"])
def test_what_has_changed_is_not_gone_on_with(change: str) -> None:
    """Where the file, the contract or an option is another one, a run begins anew, and says so."""
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
    assert notes == [f"{name} has changed since: the run begins with the first record"]
    assert left() == []


@pytest.mark.usefixtures("often")
def test_with_nothing_to_resume_a_run_begins_and_says_so() -> None:
    """What was never begun, or has ended, is judged from the first record on."""
    contract = Contract(SCHEMA)
    for _ in range(2):
        report, notes = resumed(contract)
        assert notes == ["there is no run to resume: it begins with the first record"]
        assert report == check("a.ndjson", contract)
    stopped(contract, key="/id")
    _, notes = resumed(contract)  # that was another run
    assert notes == ["there is no run to resume: it begins with the first record"]


@pytest.mark.usefixtures("often")
def test_only_a_file_is_gone_on_with() -> None:
    """Values and streams cannot be read again from where they were: that is refused."""
    with pytest.raises(FieldboundError, match="only the check of a file can be resumed"):
        Run([{"name": "a"}], Contract(SCHEMA), Options(resume=True))
    with pytest.raises(ValueError, match="format is of a file"):
        Run([{"name": "a"}], Contract(SCHEMA), Options(format="csv"))


@pytest.mark.parametrize("columns", [["a"], {"a": 5}, "a"])
def test_columns_are_texts_for_texts(columns: Any) -> None:
    """What maps columns otherwise than from a name to a pointer is refused."""
    with pytest.raises(TypeError, match="columns maps names"):
        Options(columns=columns)


@pytest.mark.usefixtures("often")
def test_two_may_check_the_same_at_once() -> None:
    """A check beside the same one finds the same, and only the one that began can be resumed."""
    contract, found = Contract(SCHEMA), []

    def beside(*_: int) -> None:
        if not found:
            found.append(check("a.ndjson", contract, key="/id"))
            with pytest.raises(BlockingIOError, match="another run of the same check is under way"):
                resumed(contract, key="/id")

    run = Run("a.ndjson", contract, Options(key="/id"))
    run.on_progress = beside
    assert [run.report()] == found
    assert left() == []


@pytest.mark.usefixtures("often")
def test_two_cannot_write_the_same_files_at_once() -> None:
    """A check that would write the files of the same one beside it is refused."""
    contract = Contract(SCHEMA)

    def beside(*_: int) -> None:
        with pytest.raises(BlockingIOError, match="another run of the same check is under way"):
            check("a.ndjson", contract, key="/id", valid_out="ok")

    run = Run("a.ndjson", contract, Options(key="/id", valid_out="ok"))
    run.on_progress = beside
    assert run.report().valid == len(Path("ok").read_bytes().splitlines())


@pytest.mark.usefixtures("often")
def test_a_run_without_resume_begins_anew() -> None:
    """What a stopped run has left does not count where nobody asks for it."""
    contract = Contract(SCHEMA)
    whole = check("a.ndjson", contract, key="/id")
    stopped(contract, key="/id", valid_out="ok")
    stopped(contract, 1, key="/id", valid_out="ok")
    assert check("a.ndjson", contract, key="/id", valid_out="ok") == whole
    Path("ok").unlink()
    assert left() == []


@pytest.mark.usefixtures("often")
def test_what_was_written_must_be_as_it_was_left() -> None:
    """Where the part of a file is gone, the run does not go on, and says what to do."""
    contract = Contract(SCHEMA)
    stopped(contract, valid_out="ok")
    (part,) = Path().glob(".ok*")
    part.write_bytes(b"")
    with pytest.raises(OSError, match="run again without --resume"):
        resumed(contract, valid_out="ok")
    assert not Path("ok").exists()


@pytest.mark.usefixtures("often")
def test_what_is_kept_stands_in_the_folder_of_the_user_alone() -> None:
    """The state of a run is in files that nobody else may read, and that go with the run."""
    stopped(Contract(SCHEMA), key="/id")
    kept = [each for each in Path("cache").rglob("*") if each.is_file()]
    assert {each.parent for each in kept} == {Path("cache/fieldbound")}
    assert os.name == "nt" or not any(each.stat().st_mode & 0o77 for each in kept)
    resumed(Contract(SCHEMA), key="/id")
    assert left() == []
