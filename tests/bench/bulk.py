"""Time the check of many records beside bare loops over them, and print a Markdown table.

Both sides of a ratio run in turn, and a ratio is the median of those of runs that followed each
other. One process is measured by the time it computes, several are by the clock. Memory is the
highest that the system has seen of any of a command's processes; it is read on Linux alone. The
rows of Spark need the extra `spark`. `--fast` takes fewer records and fewer rounds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
from records import COUNT, OF_TABLES, records, write

import fieldbound
from bench import NAME, ratio
from fieldbound import bulk

#: So many lines are given to jsonschema, which takes minutes for all.
SLOW = 2_000
#: How many times as much the large file has.
COPIES = 8
#: Into how many files a table is parted, as Spark writes it.
PARTS = 4
#: A check in a process of its own, which prints the seconds that it took.
SCRIPT = """\
import sys, time
from fieldbound import bulk
started = time.perf_counter()
bulk.check(sys.argv[1], sys.argv[2], workers=2)
print(time.perf_counter() - started)
"""

Row = tuple[str, str, str]
Side = Callable[[], object]


class Files:
    """The files that are checked, in a *folder*, each of *count* records."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder, self.count = folder, count
        self.clean = write(folder / "clean.ndjson", count, 0)
        self.few = write(folder / "few.ndjson", count, 0.01)
        self.half = write(folder / "half.ndjson", count, 0.5)
        self.nested = write(folder / "nested.ndjson", count, 0.01, products=0.05)
        self.packed = folder / "few.ndjson.gz"
        with gzip.open(self.packed, "wb", compresslevel=1) as file:
            file.write(self.few.read_bytes())

    def large(self) -> Path:
        """Write eight times the records, none of which has the name of another."""
        path, text = self.folder / "large.ndjson", self.few.read_bytes()
        with path.open("wb") as file:
            for number in range(COPIES):
                file.write(text.replace(b'"InternalName":"', b'"InternalName":"%d ' % number))
        return path

    def table(self, parts: int) -> Path:
        """Write a folder of so many Parquet files, with mistakes that columns have room for."""
        import pyarrow
        from pyarrow import parquet

        folder = self.folder / f"parquet-{parts}"
        folder.mkdir(exist_ok=True)
        made = list(records(self.count, 0.01, mistakes=OF_TABLES))
        types = {name: type(value) for each in made for name, value in each.items()}
        kinds = {str: pyarrow.string(), int: pyarrow.int64()}
        schema = pyarrow.schema([(name, kinds[kind]) for name, kind in types.items()])
        for part in range(parts):
            table = pyarrow.Table.from_pylist(made[part::parts], schema)
            parquet.write_table(table, folder / f"part-{part}.parquet")
        return folder


def in_turn(rounds: int, clock: Callable[[], float], *sides: Side) -> list[list[float]]:
    """Return the seconds of each side's runs, but the first, which warms; they run in turn."""
    taken: list[list[float]] = [[] for _ in sides]
    for _ in range(rounds + 1):
        for seconds, side in zip(taken, sides, strict=True):
            started = clock()
            side()
            seconds.append(clock() - started)
    return [seconds[1:] for seconds in taken]


def checking(path: Path, workers: int = 1, **options: Any) -> Side:
    """Return what checks a file as a program does."""
    return lambda: bulk.check(path, NAME, workers=workers, **options)


def bare(path: Path) -> None:
    """Judge each line by the engine alone: the loop that the check is compared with."""
    schema = fieldbound.contract(NAME).schema
    engine = jsonschema_rs.validator_for(schema, validate_formats=True, offline=True)
    valid, loads = engine.is_valid, orjson.loads
    with path.open("rb") as file:
        for line in file:
            valid(loads(line))


def bare_twice(path: Path) -> None:
    """Judge each line by the engine alone, of all of a file in each of two processes at once."""
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=bare, args=(path,)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()


def slow(path: Path) -> None:
    """Judge the first lines by the json module and jsonschema."""
    valid = fieldbound.contract(NAME).jsonschema_validator().is_valid
    with path.open("rb") as file:
        for line in islice(file, SLOW):
            valid(json.loads(line))


def one_process(files: Files, rounds: int) -> Iterator[Row]:
    """Compare one process with loops, and records of which many are wrong with valid ones."""
    clock, few = time.process_time, files.few
    ours, engine = in_turn(rounds, clock, checking(few), lambda: bare(few))
    speed = files.count / statistics.median(ours) / 1000
    yield "one process, 1 % invalid: records a second", f"{speed:,.0f},000", "-"
    yield row("the same, bare loop of orjson and jsonschema-rs", ratio(engine, ours), 0.9)
    ours, reference = in_turn(max(3, rounds // 3), clock, checking(few), lambda: slow(few))
    share = SLOW / files.count
    yield row("the same, loop of json and jsonschema", ratio(reference, ours) / share, 25)
    nested = files.nested
    ours, engine = in_turn(rounds, clock, checking(nested), lambda: bare(nested))
    yield row("the same, one in 20 with products, bare loop", ratio(engine, ours), None)
    half, clean = in_turn(rounds, clock, checking(files.half), checking(files.clean))
    yield row("50 % invalid, all valid", ratio(clean, half), 0.35)


def two_processes(files: Files, rounds: int) -> Iterator[Row]:
    """Compare two processes with one, and how the bare loop does in two."""
    few = files.few
    one, two, bare_one, bare_two = in_turn(
        *(rounds, time.perf_counter, checking(few), checking(few, 2)),
        *(lambda: bare(few), lambda: bare_twice(few)),
    )
    yield row("two processes, one", ratio(one, two), 1.8)
    most = 2 * ratio(bare_one, bare_two)
    yield row("two bare loops at once, one: what this machine can", most, None)


def memory(files: Files, *, fast: bool) -> Iterator[Row]:
    """Tell the most memory that any process of a check takes, by what is checked."""
    if not Path("/proc/self/status").exists():
        yield "memory", "read on Linux alone", "-"
        return
    given = {"NDJSON": files.few, "gzip": files.packed}
    if not fast:
        given["NDJSON, eight times as much"] = files.large()
    if find_spec("pyarrow"):
        given["Parquet"] = files.table(1) / "part-0.parquet"
    outputs = [f"--{verdict}-out={files.folder / verdict}" for verdict in ("valid", "invalid")]
    for what, path in given.items():
        for options in ([], ["--key=/InternalName", *outputs]):
            named = " with --key, --valid-out, --invalid-out" if options else ""
            used = peak(["check", "-c", NAME, "--workers=2", *options, str(path)])
            size = path.stat().st_size / 1e6
            yield (
                f"memory of a process, {what} of {size:,.0f} MB{named}",
                f"{used:.0f} MB",
                "200 MB",
            )


def peak(command: Sequence[str]) -> float:
    """Run a command, and return the megabytes of the largest of its processes at its largest."""
    most = 0
    with subprocess.Popen(
        [sys.executable, "-m", "fieldbound", *command], stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            most = max(most, *map(highest, [process.pid, *children(process.pid)]))
            time.sleep(0.005)
    if process.returncode != 1:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return most / 1000


def children(parent: int) -> list[int]:
    """Return the processes that one has started."""
    try:
        return [
            int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        ]
    except OSError:  # it has ended
        return []


def highest(process: int) -> int:
    """Return the most memory that a process has taken, in thousands of bytes."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:  # it has ended
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 // 1000 if found else 0


def on_spark(files: Files, rounds: int) -> Iterator[Row]:
    """Compare Spark on two processors with two processes, of the same Parquet file."""
    if not find_spec("pyspark"):
        yield "Spark, two processes", "not installed here", "0.5 x"
        return
    from pyspark.sql import SparkSession

    from fieldbound.bulk import spark

    os.environ["PYSPARK_PYTHON"] = sys.executable
    path = str(files.table(PARTS))
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")

    def check() -> float:
        started = time.perf_counter()
        checked = spark.check(session.read.parquet(path), NAME)
        taken = time.perf_counter() - started
        checked.unpersist()
        return taken

    for _ in range(2):
        check()  # what is compiled and started is then
    both = [(check(), apart(path)) for _ in range(rounds)]
    session.stop()
    theirs, ours = ([pair[at] for pair in both] for at in range(2))
    yield row("Spark `local[2]`, two processes, of Parquet", ratio(ours, theirs), 0.5)


def apart(path: str) -> float:
    """Return the seconds of a check in two processes, beside none that Spark has started."""
    command = [sys.executable, "-c", SCRIPT, path, NAME]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def row(what: str, measured: float, least: float | None) -> Row:
    """Return one row of the table: what was compared, the ratio, the least it may be."""
    return what, f"{measured:.3g} x", "-" if least is None else f"{least:g} x"


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fast", action="store_true", help="fewer records and fewer rounds")
    fast = parser.parse_args().fast
    rounds = 3 if fast else 9
    count = COUNT // 5 if fast else COUNT
    out = sys.stdout
    out.write(f"Python {sys.version.split()[0]}, {count:,} records\n\n")
    out.write("| fieldbound against | measured | must be |\n|---|---|---|\n")
    with tempfile.TemporaryDirectory() as name:
        files = Files(Path(name), count)
        for what, measured, bound in chain(
            one_process(files, rounds),
            two_processes(files, rounds),
            memory(files, fast=fast),
            on_spark(files, rounds),
        ):
            out.write(f"| {what} | {measured} | {bound} |\n")
            out.flush()


if __name__ == "__main__":
    main()
