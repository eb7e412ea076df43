"""Benchmark of the command: whole processes, beside check-jsonschema.

The command is the one that is installed beside this Python: an editable install has nothing
prepared, and starts more slowly than what users have.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rows import Row, at_most, ratio

import fieldbound
from validation import EXAMPLE, NAME, TWO_VIOLATIONS

#: Commands that list, and their maximum.
LISTINGS = (("--help", 0.08), ("contracts", 0.12), ("limits NAME", 0.2))
#: Milliseconds that the traffic switch may add to the start of a pytest run.
MOST_FOR_TRAFFIC = 150
BIG = 50_000_000
#: Both sides cache their bytecode, as an installed command does.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
SCRIPTS = Path(sys.executable).parent
COMMAND = str(SCRIPTS / "fieldbound")
#: The native tool of sourcemeta, as npm installs it; a command of this name is also in PyPI.
NATIVE = "jsonschema"
PEER = [str(SCRIPTS / "check-jsonschema"), "--schemafile", "schema.json"]


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of whole processes."""
    rounds = 5 if quick else 15
    if not (SCRIPTS / "check-jsonschema").exists():
        yield Row("the command", "needs check-jsonschema, which is not installed here")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from starts(rounds, folder)
        yield from listings(rounds, folder)
        yield from traffic(rounds, folder)
        if not quick:
            yield from large(folder)


def processes(rounds: int, *commands: Sequence[str], cwd: Path) -> list[list[float]]:
    """Return the CPU seconds of each run of each command, run alternately."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds + 1):
        for seconds, command in zip(times, commands, strict=True):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, cwd=cwd, env=ENVIRONMENT, capture_output=True, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            seconds.append(spent)
    return [seconds[1:] for seconds in times]  # the first run fills the caches


def starts(rounds: int, folder: Path) -> Iterator[Row]:
    """Compare an import, and checks of one file and of a thousand."""
    (folder / "schema.json").write_text(json.dumps(fieldbound.contract(NAME).schema))
    names = [f"payload-{number}.json" for number in range(1000)]
    for name in names:
        (folder / name).write_text(json.dumps(EXAMPLE, indent=2))
    check = [COMMAND, "check", "-c", NAME]
    python = sys.executable
    importing, bare = processes(
        rounds, [python, "-c", "import fieldbound"], [python, "-c", "pass"], cwd=folder
    )
    more = 1000 * (statistics.median(importing) - statistics.median(bare))
    yield at_most("`import fieldbound`, over bare Python", more, 30, "ms")
    one = processes(rounds, [*check, names[0]], [*PEER, names[0]], cwd=folder)
    yield at_most("`fieldbound check`, one file, check-jsonschema", ratio(*one), 0.2)
    many = processes(max(3, rounds // 3), [*check, *names], [*PEER, *names], cwd=folder)
    yield at_most("`fieldbound check`, 1,000 files, check-jsonschema", ratio(*many), 0.06)
    native = native_tool()
    if native is None:
        yield Row("`fieldbound check`, one file, sourcemeta", "not installed here")
        return
    other = [native, "validate", "schema.json", names[0]]
    both = processes(rounds, [*check, names[0]], other, cwd=folder)
    yield Row("`fieldbound check`, one file, sourcemeta", f"{ratio(*both):.3g} x")


def native_tool() -> str | None:
    """Return the path of the native tool, None if it is not installed."""
    found = shutil.which(NATIVE)
    if found is None:
        return None
    version = subprocess.run([found, "version"], capture_output=True, check=False)
    return None if version.returncode else found


def listings(rounds: int, folder: Path) -> Iterator[Row]:
    """Compare commands that list with a check of one file."""
    peer = [*PEER, "payload-0.json"]
    commands = [(COMMAND, "--help"), (COMMAND, "contracts"), (COMMAND, "limits", NAME)]
    *listed, beside = processes(rounds, *commands, peer, cwd=folder)
    for (label, bound), times in zip(LISTINGS, listed, strict=True):
        what = f"`fieldbound {label}`, check-jsonschema of one file"
        yield at_most(what, ratio(times, beside), bound)
    every = processes(max(2, rounds // 5), [COMMAND, "limits"], peer, cwd=folder)
    yield at_most("`fieldbound limits`, check-jsonschema of one file", ratio(*every), 1)


def traffic(rounds: int, folder: Path) -> Iterator[Row]:
    """Compare runs of pytest of an empty test, with the traffic switch on and without."""
    test = folder / "traffic"
    test.mkdir()
    (test / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    off = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    switch = ["--vendor-traffic=raise", "--vendor-traffic-api=oracle-cx-sales"]
    without, checked = processes(rounds, off, [*off, *switch], cwd=test)
    more = 1000 * (min(checked) - min(without))
    what = "a pytest run with the traffic switch on, over one without"
    yield at_most(what, more, MOST_FOR_TRAFFIC, "ms")


def large(folder: Path) -> Iterator[Row]:
    """Check an array of 50 MB whose last item is invalid; compare memory with the file size."""
    schema = {"type": "array", "items": fieldbound.contract(NAME).schema}
    (folder / "array.schema.json").write_text(json.dumps(schema))
    item = json.dumps(EXAMPLE)
    invalid = json.dumps(TWO_VIOLATIONS)
    text = "[" + ",\n".join([item] * (BIG // len(item)) + [invalid]) + "]"
    path = folder / "array.json"
    path.write_text(text)
    argv = [COMMAND, "check", "-c", "array.schema.json", "array.json"]
    started = time.perf_counter()
    with subprocess.Popen(argv, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 1
    seconds = time.perf_counter() - started
    times = used.ru_maxrss * 1024 / path.stat().st_size
    yield at_most("memory of a check of 50 MB, against the size of the file", times, 8)
    yield Row("time of the same check, whose last item is invalid", f"{seconds:.1f} s")
