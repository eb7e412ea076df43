"""Benchmark of validation and the command, against other tools: ratios as a Markdown table.

Both sides of a ratio run alternately, in this process or as separate processes, so that ratios can
be compared between machines. `--quick` runs fewer rounds. A row that misses its maximum is marked.

The command is the one that is installed beside this Python: an editable install has nothing
prepared, and starts more slowly than what users have.
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
#: Twelve alternatives, of which a property selects one.
TAGGED = {
    "oneOf": [
        {
            "type": "object",
            "properties": {
                "kind": {"const": f"kind-{number}"},
                "name": {"type": "string", "maxLength": 5},
                "count": {"type": "integer", "minimum": number},
            },
            "required": ["kind", "name"],
        }
        for number in range(12)
    ]
}
TOO_LONG = {"kind": "kind-7", "name": "too long", "count": 9}
#: Commands that list, and their maximum.
LISTINGS = (("--help", 0.08), ("contracts", 0.12), ("limits NAME", 0.2))
BIG = 50_000_000
#: Both sides cache their bytecode, as an installed command does.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}

Row = tuple[str, str, str]


def fastest(rounds: int, number: int, **calls: Callable[[], Any]) -> dict[str, float]:
    """Return the least seconds that one call of each took, timed alternately."""
    least = dict.fromkeys(calls, float("inf"))
    for _ in range(rounds):
        for name, call in calls.items():
            count = max(1, number // 100) if name.startswith("slow") else number
            least[name] = min(least[name], timeit.timeit(call, number=count) / count)
    return least


def processes(rounds: int, *commands: Sequence[str], cwd: Path) -> list[list[float]]:
    """Return the CPU seconds of each run of each command, run alternately."""
    times: list[list[float]] = [[] for _ in commands]
    for _ in range(rounds + 1):
        for seconds, command in zip(times, commands, strict=True):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(
                command, cwd=cwd, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=False
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            seconds.append(spent)
    return [seconds[1:] for seconds in times]  # the first run fills the caches


def ratio(fieldbound_times: list[float], peer_times: list[float]) -> float:
    """Return the median of the ratios of consecutive runs."""
    return statistics.median(a / b for a, b in zip(fieldbound_times, peer_times, strict=True))


def validation(rounds: int) -> list[Row]:
    """Compare is_valid and check with the raw engine and with jsonschema."""
    contract = fieldbound.contract(NAME)
    raw = jsonschema_rs.validator_for(contract.schema, validate_formats=True, offline=True)
    reference = contract.jsonschema_validator()
    valid = fastest(
        rounds,
        20_000,
        fieldbound=lambda: contract.is_valid(EXAMPLE),
        raw=lambda: raw.is_valid(EXAMPLE),
        slow=lambda: reference.is_valid(EXAMPLE),
    )
    report = fastest(
        rounds,
        5_000,
        valid=lambda: contract.check(EXAMPLE),
        raw_valid=lambda: list(raw.iter_errors(EXAMPLE)),
        fieldbound=lambda: contract.check(TWO_VIOLATIONS),
        raw=lambda: list(raw.iter_errors(TWO_VIOLATIONS)),
        slow=lambda: list(reference.iter_errors(TWO_VIOLATIONS)),
    )
    return [
        row("`is_valid`, raw jsonschema-rs", valid["fieldbound"] / valid["raw"], 1.1),
        row("`is_valid`, jsonschema", valid["fieldbound"] / valid["slow"], 1 / 50),
        row("`check`, valid, raw `iter_errors`", report["valid"] / report["raw_valid"], 1.3),
        row("`check`, two violations, raw `iter_errors`", report["fieldbound"] / report["raw"], 2),
        row("`check`, two violations, jsonschema", report["fieldbound"] / report["slow"], 1 / 3),
        row("`check`, one of 12 tagged alternatives, raw `iter_errors`", tagged(rounds), 2.5),
    ]


def tagged(rounds: int) -> float:
    """Compare check with the raw engine where one of several alternatives is meant."""
    contract = fieldbound.Contract(TAGGED)
    raw = jsonschema_rs.validator_for(TAGGED, validate_formats=True, offline=True)
    report = fastest(
        rounds,
        2_000,
        fieldbound=lambda: contract.check(TOO_LONG),
        raw=lambda: list(raw.iter_errors(TOO_LONG)),
    )
    return report["fieldbound"] / report["raw"]


def command(rounds: int, folder: Path) -> list[Row]:
    """Compare whole processes: an import, a check of one file, and of a thousand."""
    python = sys.executable
    scripts = Path(python).parent
    (folder / "schema.json").write_text(json.dumps(fieldbound.contract(NAME).schema))
    names = [f"payload-{number}.json" for number in range(1000)]
    for name in names:
        (folder / name).write_text(json.dumps(EXAMPLE, indent=2))
    check = [str(scripts / "fieldbound"), "check", "-c", NAME]
    peer = [str(scripts / "check-jsonschema"), "--schemafile", "schema.json"]
    importing, bare = processes(
        rounds, [python, "-c", "import fieldbound"], [python, "-c", "pass"], cwd=folder
    )
    one = processes(rounds, [*check, names[0]], [*peer, names[0]], cwd=folder)
    many = processes(max(3, rounds // 3), [*check, *names], [*peer, *names], cwd=folder)
    own = check[0]
    listings = [(own, "--help"), (own, "contracts"), (own, "limits", NAME)]
    *listed, beside = processes(rounds, *listings, [*peer, names[0]], cwd=folder)
    every = processes(max(2, rounds // 5), [own, "limits"], [*peer, names[0]], cwd=folder)
    more = 1000 * (statistics.median(importing) - statistics.median(bare))
    return [
        ("`import fieldbound`, over bare Python", f"{more:.0f} ms", "30 ms"),
        row("`fieldbound check`, one file, check-jsonschema", ratio(*one), 0.2),
        row("`fieldbound check`, 1,000 files, check-jsonschema", ratio(*many), 0.06),
        *(
            row(
                f"`fieldbound {label}`, check-jsonschema of one file", ratio(times, beside), maximum
            )
            for (label, maximum), times in zip(LISTINGS, listed, strict=True)
        ),
        row("`fieldbound limits`, check-jsonschema of one file", ratio(*every), 1),
    ]


def large(folder: Path) -> list[Row]:
    """Check an array of 50 MB whose last item is invalid; compare memory with the file size."""
    schema = {"type": "array", "items": fieldbound.contract(NAME).schema}
    (folder / "array.schema.json").write_text(json.dumps(schema))
    item = json.dumps(EXAMPLE)
    invalid = json.dumps(TWO_VIOLATIONS)
    text = "[" + ",\n".join([item] * (BIG // len(item)) + [invalid]) + "]"
    path = folder / "array.json"
    path.write_text(text)
    argv = [
        str(Path(sys.executable).parent / "fieldbound"),
        *("check", "-c", "array.schema.json", "array.json"),
    ]
    started = time.perf_counter()
    with subprocess.Popen(argv, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _, _, used = os.wait4(process.pid, 0)
        process.returncode = 1
    seconds = time.perf_counter() - started
    times = used.ru_maxrss * 1024 / path.stat().st_size
    return [
        row("memory of a check of 50 MB, against the size of the file", times, 8),
        ("time of the same check, whose last item is invalid", f"{seconds:.1f} s", "-"),
    ]


def row(label: str, measured: float, maximum: float) -> Row:
    """Return one row of the table: what was compared, the ratio, and its maximum."""
    missed = "" if measured <= maximum else " **missed**"
    return label, f"{measured:.3g} x{missed}", f"{maximum:.2g} x"


def main() -> None:
    """Run all benchmarks and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    rounds = 5 if parser.parse_args().quick else 15
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [*validation(rounds), *command(rounds, folder), *large(folder)]
    versions = f"jsonschema-rs {_version('jsonschema_rs')}, jsonschema {_version('jsonschema')}"
    out = sys.stdout
    out.write(f"Python {sys.version.split()[0]}, {versions}\n\n")
    out.write("| fieldbound against | measured | maximum |\n|---|---|---|\n")
    out.writelines(f"| {label} | {measured} | {maximum} |\n" for label, measured, maximum in rows)


def _version(package: str) -> str:
    from importlib.metadata import version

    return version(package)


if __name__ == "__main__":
    main()
