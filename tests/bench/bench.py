"""Time fieldbound side by side with its peers, and print the ratios as a Markdown table.

Both sides of a ratio run in turn, in this one process or as whole processes one after the other,
so that a ratio holds where the machine's speed does not. `--fast` takes fewer rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema_rs

import fieldbound

NAME = "oracle-cx-sales/create-product-group"
EXAMPLE = {
    "ProdGroupName": "Laptops",
    "ProdGroupDescription": "Laptops of all brands",
    "InternalName": "Laptops",
    "StartDate": "2016-12-19T01:00:00-07:00",
    "EndDate": "2017-12-19T01:00:00-07:00",
    "ActiveFlag": "Y",
    "AllowDuplicateContentFlag": "N",
    "UsageRootFlag": "Y",
}
TWO_VIOLATIONS = {**EXAMPLE, "InternalName": "x" * 151, "ActiveFlag": True}
BIG = 50_000_000
#: Both sides keep their compiled modules, as an installed command does.
CACHING = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

Row = tuple[str, str, str]


def in_turn(rounds: int, number: int, **calls: Callable[[], Any]) -> dict[str, float]:
    """Return the least seconds a call of each took, the calls timed in turn."""
    least = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            share = max(1, number // 100) if name.startswith("slow") else number
            least[name] = min(least[name], timeit.timeit(call, number=share) / share)
    return least


def processes(rounds: int, *commands: Sequence[str], cwd: Path) -> list[list[float]]:
    """Return the CPU seconds of each command's runs, the commands run in turn."""
    taken: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds + 1):
        for seconds, command in zip(taken, commands, strict=True):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, cwd=cwd, env=CACHING, stdout=subprocess.DEVNULL, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            seconds.append(spent)
    return [seconds[1:] for seconds in taken]  # the first run warms the caches


def ratio(ours: list[float], theirs: list[float]) -> float:
    """Return the median of the ratios of runs that followed each other."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def judging(rounds: int) -> list[Row]:
    """Compare is_valid and check with the raw engine and with jsonschema."""
    contract = fieldbound.contract(NAME)
    raw = jsonschema_rs.validator_for(contract.schema, validate_formats=True, offline=True)
    reference = contract.jsonschema_validator()
    valid = in_turn(
        rounds,
        20_000,
        ours=lambda: contract.is_valid(EXAMPLE),
        raw=lambda: raw.is_valid(EXAMPLE),
        slow=lambda: reference.is_valid(EXAMPLE),
    )
    report = in_turn(
        rounds,
        5_000,
        ours=lambda: contract.check(TWO_VIOLATIONS),
        raw=lambda: list(raw.iter_errors(TWO_VIOLATIONS)),
        slow=lambda: list(reference.iter_errors(TWO_VIOLATIONS)),
    )
    return [
        row("`is_valid`, raw jsonschema-rs", valid["ours"] / valid["raw"], 1.1),
        row("`is_valid`, jsonschema", valid["ours"] / valid["slow"], 1 / 50),
        row("`check`, two violations, raw `iter_errors`", report["ours"] / report["raw"], 3),
        row("`check`, two violations, jsonschema", report["ours"] / report["slow"], 1 / 3),
    ]


def starting(rounds: int, folder: Path) -> list[Row]:
    """Compare whole processes: an import, a check of one file, of a thousand."""
    python = sys.executable
    beside = Path(python).parent
    (folder / "schema.json").write_text(json.dumps(fieldbound.contract(NAME).schema))
    names = [f"payload-{number}.json" for number in range(1000)]
    for name in names:
        (folder / name).write_text(json.dumps(EXAMPLE, indent=2))
    ours = [str(beside / "fieldbound"), "check", "-c", NAME]
    theirs = [str(beside / "check-jsonschema"), "--schemafile", "schema.json"]
    imported, bare = processes(
        rounds, [python, "-c", "import fieldbound"], [python, "-c", "pass"], cwd=folder
    )
    one = processes(rounds, [*ours, names[0]], [*theirs, names[0]], cwd=folder)
    many = processes(max(3, rounds // 3), [*ours, *names], [*theirs, *names], cwd=folder)
    more = 1000 * (statistics.median(imported) - statistics.median(bare))
    return [
        ("`import fieldbound`, over bare Python", f"{more:.0f} ms", "30 ms"),
        row("`fieldbound check`, one file, check-jsonschema", ratio(*one), 0.35),
        row("`fieldbound check`, 1,000 files, check-jsonschema", ratio(*many), 0.4),
    ]


def large(folder: Path) -> list[Row]:
    """Check an array of 50 MB whose last item is wrong, and compare its memory with its size."""
    schema = {"type": "array", "items": fieldbound.contract(NAME).schema}
    (folder / "array.schema.json").write_text(json.dumps(schema))
    item = json.dumps(EXAMPLE)
    wrong = json.dumps(TWO_VIOLATIONS)
    text = "[" + ",\n".join([item] * (BIG // len(item)) + [wrong]) + "]"
    path = folder / "array.json"
    path.write_text(text)
    command = [
        str(Path(sys.executable).parent / "fieldbound"),
        *("check", "-c", "array.schema.json", "array.json"),
    ]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 1
    taken = time.perf_counter() - started
    times = used.ru_maxrss * 1024 / path.stat().st_size
    return [
        row("memory of a check of 50 MB, size of the file", times, 8),
        ("the same: seconds until the last item's mistakes are placed", f"{taken:.1f} s", "-"),
    ]


def row(what: str, measured: float, most: float) -> Row:
    """Return one row of the table: what was compared, the ratio, the most it may be."""
    return what, f"{measured:.3g} x", f"{most:.2g} x"


def main() -> None:
    """Run everything and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--fast", action="store_true", help="fewer rounds")
    rounds = 5 if parser.parse_args().fast else 15
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [*judging(rounds), *starting(rounds, folder), *large(folder)]
    versions = f"jsonschema-rs {_version('jsonschema_rs')}, jsonschema {_version('jsonschema')}"
    out = sys.stdout
    out.write(f"Python {sys.version.split()[0]}, {versions}\n\n")
    out.write("| fieldbound against | measured | must be at most |\n|---|---|---|\n")
    out.writelines(f"| {what} | {measured} | {most} |\n" for what, measured, most in rows)


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


if __name__ == "__main__":
    main()
