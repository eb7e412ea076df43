"""Benchmark of checks of many records, beside plain loops and other readers of the same files.

Both sides of a ratio run alternately, and the ratio is the median over pairs of runs. One process
is measured by CPU time, several by wall-clock time. Memory is the peak of any process of a command,
on Linux only. The rows of Spark need the extra `spark`.
"""

from __future__ import annotations

import csv
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
from contextlib import suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
from records import COUNT, OF_TABLES, records, write
from rows import Row, alternate, at_least, at_most, ratio

import fieldbound
from fieldbound import bulk
from validation import NAME

#: Lines that are checked by jsonschema, which takes minutes for all.
REFERENCE_LINES = 2_000
#: How many copies the large file has.
COPIES = 8
#: The number of Parquet files of a table, as Spark writes it.
PARTS = 4
#: Checks after which Java has compiled what it runs, as it has in a session that is in use.
WARM_UPS = 10
#: A check in its own process, which prints its seconds.
SCRIPT = """\
import sys, time
from fieldbound import bulk
started = time.perf_counter()
bulk.check(sys.argv[1], sys.argv[2], workers=int(sys.argv[3]))
print(time.perf_counter() - started)
"""

Side = Callable[[], object]


class Files:
    """The input files, in a *folder*, each of *count* records."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder, self.count = folder, count
        self.clean = write(folder / "clean.ndjson", count, 0)
        self.few = write(folder / "few.ndjson", count, 0.01)
        self.half = write(folder / "half.ndjson", count, 0.5)
        self.nested = write(folder / "nested.ndjson", count, 0.01, products=0.05)
        self.all_nested = write(folder / "all-nested.ndjson", count, 0.01, products=1.0)
        self.all_invalid = write(folder / "all-invalid.ndjson", count, 1.0)
        self.compressed = folder / "few.ndjson.gz"
        with gzip.open(self.compressed, "wb", compresslevel=6) as file:  # as gzip does
            file.write(self.few.read_bytes())

    def texts(self) -> dict[str, tuple[Path, float]]:
        """Write the records with 1 % invalid in other formats: the file, and its greatest ratio."""
        every = list(records(self.count, 0.01))
        names = list(dict.fromkeys(name for each in every for name in each))
        array, indented, cells = (
            self.folder / name for name in ("few.json", "indented.json", "few.csv")
        )
        array.write_bytes(orjson.dumps(every))
        indented.write_text(json.dumps(every, indent=2))
        with cells.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(
                {name: as_cell(value) for name, value in each.items()} for each in every
            )
        found = {
            "JSON array": (array, 1.3),
            "JSON array, indented": (indented, 1.3),
            "CSV": (cells, 1.5),
            "gzip": (self.compressed, 1.2),
        }
        if zstd := zstd_module():
            path = self.folder / "few.ndjson.zst"
            path.write_bytes(zstd.compress(self.few.read_bytes()))
            found["zstd"] = path, 1.2
        return found

    def large(self) -> Path:
        """Write eight copies of the records, with unique names."""
        path, text = self.folder / "large.ndjson", self.few.read_bytes()
        with path.open("wb") as file:
            for number in range(COPIES):
                file.write(text.replace(b'"InternalName":"', b'"InternalName":"%d ' % number))
        return path

    def table(self, parts: int) -> Path:
        """Write a folder of Parquet files, with mistakes that are possible in columns."""
        import pyarrow
        from pyarrow import parquet

        folder = self.folder / f"parquet-{parts}"
        folder.mkdir(exist_ok=True)
        rows = list(records(self.count, 0.01, mistakes=OF_TABLES))
        types = {name: type(value) for each in rows for name, value in each.items()}
        kinds = {str: pyarrow.string(), int: pyarrow.int64()}
        schema = pyarrow.schema([(name, kinds[kind]) for name, kind in types.items()])
        for part in range(parts):
            table = pyarrow.Table.from_pylist(rows[part::parts], schema)
            parquet.write_table(table, folder / f"part-{part}.parquet")
        return folder


def as_cell(value: Any) -> str:
    """Return a value as the text of a cell."""
    return value if isinstance(value, str) else json.dumps(value)


def zstd_module() -> Any:
    """Return what compresses zstd, None if it is not installed."""
    for name in ("compression.zstd", "backports.zstd"):
        with suppress(ImportError):
            return import_module(name)
    return None


def bulk_check(path: Path, workers: int = 1, **options: Any) -> Side:
    """Return a function that checks a file."""
    return lambda: bulk.check(path, NAME, workers=workers, **options)


def plain_loop(path: Path) -> None:
    """Check each line by the engine only: the loop that the check is compared with."""
    schema = fieldbound.contract(NAME).schema
    engine = jsonschema_rs.validator_for(schema, validate_formats=True, offline=True)
    valid, loads = engine.is_valid, orjson.loads
    with path.open("rb") as file:
        for line in file:
            valid(loads(line))


def two_plain_loops(path: Path) -> None:
    """Run the plain loop over a file in two processes at once."""
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=plain_loop, args=(path,)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()


def reference_loop(path: Path) -> None:
    """Check the first lines by the json module and jsonschema."""
    valid = fieldbound.contract(NAME).jsonschema_validator().is_valid
    with path.open("rb") as file:
        for line in islice(file, REFERENCE_LINES):
            valid(json.loads(line))


def one_process(files: Files, rounds: int) -> Iterator[Row]:
    """Compare one process with loops, and invalid records with valid ones."""
    clock, few = time.process_time, files.few
    checked, engine = alternate(rounds, clock, bulk_check(few), lambda: plain_loop(few))
    speed = files.count / statistics.median(checked) / 1000
    yield Row("one process, 1 % invalid: records a second", f"{speed:,.0f},000")
    yield at_least("the same, plain loop of orjson and jsonschema-rs", ratio(engine, checked), 1.2)
    checked, reference = alternate(
        max(3, rounds // 3), clock, bulk_check(few), lambda: reference_loop(few)
    )
    share = REFERENCE_LINES / files.count
    yield at_least("the same, json and jsonschema", ratio(reference, checked) / share, 25)
    for what, path, least in (
        ("one in 20 with products", files.nested, 1.0),
        ("all with products", files.all_nested, 0.9),
        ("50 % invalid", files.half, 0.6),
        ("100 % invalid", files.all_invalid, 0.4),
    ):
        checked, engine = alternate(rounds, clock, bulk_check(path), partial(plain_loop, path))
        yield at_least(f"the same, {what}, plain loop", ratio(engine, checked), least)
    half, clean = alternate(rounds, clock, bulk_check(files.half), bulk_check(files.clean))
    yield at_least("50 % invalid, all valid", ratio(clean, half), 0.35)


def texts(files: Files, rounds: int) -> Iterator[Row]:
    """Compare other formats with NDJSON of the same records."""
    lines = bulk_check(files.few)
    for what, (path, most) in files.texts().items():
        checked, beside = alternate(rounds, time.process_time, bulk_check(path), lines)
        yield at_most(f"{what}, NDJSON of the same records", ratio(checked, beside), most)


def readers(files: Files, rounds: int) -> Iterator[Row]:
    """Compare a check with what others take to read the same file, without any limit."""
    path = files.few
    sides: dict[str, Side] = {}
    if find_spec("msgspec"):
        from msgspec.json import Decoder

        sides["msgspec"] = lambda: Decoder().decode_lines(path.read_bytes())
    if find_spec("polars"):
        import polars

        sides["polars"] = lambda: polars.read_ndjson(path)
    if find_spec("duckdb"):
        import duckdb

        query = f"select count(columns(*)) from read_ndjson('{path}')"  # noqa: S608 - of a benchmark
        sides["duckdb"] = lambda: duckdb.sql(query).fetchall()
    for name, side in sides.items():
        checked, reading = alternate(rounds, time.process_time, bulk_check(path), side)
        yield Row(f"one process, {name} only reading", f"{ratio(reading, checked):.3g} x")


def tables(files: Files, rounds: int) -> Iterator[Row]:
    """Compare tables with the plain loop over NDJSON of the same records."""
    if not find_spec("pyarrow"):
        yield Row("tables", "needs pyarrow, which is not installed here")
        return
    from pyarrow import parquet

    path, clock = files.table(1) / "part-0.parquet", time.process_time
    table = parquet.read_table(path)
    lines = write(files.folder / "table.ndjson", files.count, 0.01, mistakes=OF_TABLES)
    for what, side in (
        ("Parquet", bulk_check(path)),
        ("a table in memory", lambda: bulk.check(table, NAME)),
    ):
        checked, engine = alternate(rounds, clock, side, lambda: plain_loop(lines))
        yield at_least(f"{what}, 1 % invalid, plain loop over NDJSON", ratio(engine, checked), 4)


def two_processes(files: Files, rounds: int) -> Iterator[Row]:
    """Compare two processes with one, for the large file, and two plain loops with one."""
    few, large = files.few, str(files.large())
    pairs = [(separate_check(large, 1), separate_check(large)) for _ in range(rounds)]
    one, two = ([pair[at] for pair in pairs] for at in range(2))
    loop_one, loop_two = alternate(
        rounds, time.perf_counter, lambda: plain_loop(few), lambda: two_plain_loops(few)
    )
    yield at_least("two processes, one", ratio(one, two), 1.8)
    most = 2 * ratio(loop_one, loop_two)
    yield Row("two plain loops at once, one: the limit of this machine", f"{most:.3g} x")


def memory(files: Files) -> Iterator[Row]:
    """Yield the peak memory of any process of a check, by input."""
    if not Path("/proc/self/status").exists():
        yield Row("memory", "measured on Linux only")
        return
    inputs = {"NDJSON": files.few, "gzip": files.compressed}
    inputs["NDJSON, eight times as much"] = files.large()
    if find_spec("pyarrow"):
        inputs["Parquet"] = files.table(1) / "part-0.parquet"
    outputs = [f"--{verdict}-out={files.folder / verdict}" for verdict in ("valid", "invalid")]
    for what, path in inputs.items():
        for options in ([], ["--key=/InternalName", *outputs]):
            suffix = " with --key, --valid-out, --invalid-out" if options else ""
            used = peak(["check", "-c", NAME, "--workers=2", *options, str(path)])
            size = path.stat().st_size / 1e6
            yield at_most(f"memory of a process, {what} of {size:,.0f} MB{suffix}", used, 200, "MB")


def peak(command: Sequence[str]) -> float:
    """Run a command, and return the peak memory of its largest process, in megabytes."""
    most = 0
    with subprocess.Popen(
        [sys.executable, "-m", "fieldbound", *command], stdout=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            most = max(most, *map(peak_kilobytes, [process.pid, *children(process.pid)]))
            time.sleep(0.005)
    if process.returncode != 1:
        raise RuntimeError(f"{command} ended with {process.returncode}")
    return most / 1000


def children(parent: int) -> list[int]:
    """Return the child processes of a process."""
    try:
        return [
            int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        ]
    except OSError:  # it has ended
        return []


def peak_kilobytes(process: int) -> int:
    """Return the peak memory of a process, in kilobytes."""
    try:
        status = Path(f"/proc/{process}/status").read_text("utf-8")
    except OSError:  # it has ended
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 // 1000 if found else 0


def on_spark(files: Files, rounds: int) -> Iterator[Row]:
    """Compare Spark on two processors with two workers, for the same Parquet files."""
    if not find_spec("pyspark"):
        yield Row("Spark, two processes", "needs pyspark, which is not installed here")
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

    for _ in range(WARM_UPS):
        check()
    pairs = [(check(), separate_check(path)) for _ in range(rounds)]
    session.stop()
    on_session, in_processes = ([pair[at] for pair in pairs] for at in range(2))
    yield at_least(
        "Spark `local[2]`, two processes, of Parquet", ratio(in_processes, on_session), 0.9
    )


def separate_check(path: str, workers: int = 2) -> float:
    """Return the seconds of a check in a process of its own: with threads, workers start slowly."""
    command = [sys.executable, "-c", SCRIPT, path, NAME, str(workers)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def rows(*, quick: bool) -> Iterator[Row]:
    """Yield the rows of records: of files, of tables, of several processes, and of memory."""
    rounds, count = (3, COUNT // 10) if quick else (9, COUNT)
    with tempfile.TemporaryDirectory() as name:
        files = Files(Path(name), count)
        for group in (one_process, texts, readers, tables):
            yield from group(files, rounds)
        if not quick:
            yield from two_processes(files, rounds)
            yield from memory(files)
            yield from on_spark(files, rounds)
