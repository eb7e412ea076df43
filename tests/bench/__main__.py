"""Run the benchmarks: `python tests/bench [--quick] [GROUP...]` prints one Markdown table.

Both sides of a ratio run alternately, so that ratios can be compared between machines. A row that
misses its bound is marked, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import distributions
from itertools import chain

from rows import Row, write

#: The groups of rows, each with its module.
GROUPS = {
    "validation": "validation",
    "command": "command",
    "exchange": "exchange",
    "records": "bulk",
    "strategies": "strategies",
}
#: Packages whose versions matter.
PACKAGES = (
    *("jsonschema-rs", "jsonschema", "orjson", "pcre2", "msgspec", "openapi-core", "hypothesis"),
    *("check-jsonschema", "pyarrow", "polars", "duckdb", "schemathesis"),
)


def rows(group: str, *, quick: bool) -> Iterator[Row]:
    """Yield the rows of a group."""
    try:
        module = import_module(GROUPS[group])
    except ImportError as error:
        yield Row(group, f"needs {error.name}, which is not installed here")
    else:
        yield from module.rows(quick=quick)


def versions() -> str:
    """Return the versions of Python and of the packages that are installed."""
    found = {each.name.replace("_", "-"): each.version for each in distributions()}
    known = [f"{package} {found[package]}" for package in PACKAGES if package in found]
    return ", ".join([f"Python {sys.version.split()[0]}", *known])


def main() -> int:
    """Run the groups, all if none is given, and return 1 if a row misses its bound."""
    parser = argparse.ArgumentParser(prog="python tests/bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and fewer records")
    args = parser.parse_args()
    if unknown := set(args.groups) - GROUPS.keys():
        parser.error(f"unknown: {', '.join(sorted(unknown))}; groups are {', '.join(GROUPS)}")
    sys.stdout.write(f"{versions()}\n\n")
    found = (rows(group, quick=args.quick) for group in args.groups or GROUPS)
    return int(write(chain.from_iterable(found), sys.stdout) > 0)


if __name__ == "__main__":
    raise SystemExit(main())
