"""`fieldbound cases`: generate a valid and an invalid instance for each limit of contracts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.names import add_names, contract_folders, matching_names
from fieldbound.documents import atomic_write, os_error_reason
from fieldbound.model import pluralize
from fieldbound.render import ascii_json, escaped

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from fieldbound.cli.console import Console
    from fieldbound.model import Case
    from fieldbound.validation import Contract

DESCRIPTION: Final = """\
Generate test cases for each limit of contracts: an instance at the limit, and
one just beyond it. Every instance is verified by two validators. Without --out,
print how many there are.
"""
EXAMPLE: Final = "example: fieldbound cases axim-commerce/create-company --out cases"
#: The longest name of a file, without a number that makes it unique and the suffix.
_MAX_NAME: Final = 100
_FOLDERS: Final = frozenset(("valid", "invalid"))
_INDEX: Final = "index.json"
_NDJSON: Final = "cases.ndjson"
#: Names that Windows reserves for devices.
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add_names(parser, optional=False)
    add = parser.add_argument
    add("--out", metavar="DIR", help="write the instances to DIR, a folder for each contract")
    add(
        "--format",
        choices=("json", "ndjson"),
        default="json",
        help="one file per instance, or one line per pair (default: json)",
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Write cases for the limits of contracts, or count them."""
    from fieldbound.catalog import contract
    from fieldbound.generation import cases
    from fieldbound.model import Unsatisfiable, Unspecified

    if args.out == "":
        console.error("--out must be a folder, not ''")
        return 2
    folders = contract_folders(args)
    named = [contract(name, folders) for name in matching_names(args, folders, exact=True)]
    total = 0
    for each in named:
        try:
            found = cases(each)
        except (Unspecified, Unsatisfiable) as error:
            if each.name in args.names:
                console.error(str(error))
            else:
                console.note(str(error))  # one of several that match a name
            continue
        total += len(found)
        if args.out is not None:
            _write(each, found, Path(args.out), args.format, console)
        elif args.format == "ndjson":
            write_stdout("".join(_lines(found)))
        else:
            write_stdout(f"{_summary(each, found)}\n")
    if not total and not console.failed:
        console.error("no cases: the contracts have no limits")
    return 0


def _summary(contract: Contract, found: Sequence[Case]) -> str:
    """Return how many limits have cases, and why others have none."""
    reasons = {each.limit.id: each.reason for each in found if each.reason is not None}
    limits = len({each.limit.id for each in found})
    first = (
        f"{escaped(contract.name)}: {pluralize(limits, 'limit')}, {pluralize(len(found), 'pair')}"
    )
    rest = [
        f"    {escaped(id_.partition('#')[2])}: {escaped(reason)}"
        for id_, reason in reasons.items()
    ]
    return "\n".join([first, *rest])


def _write(
    contract: Contract, found: Sequence[Case], out: Path, format_: str, console: Console
) -> None:
    folder = out.joinpath(*(_slug(part) for part in contract.name.split("/")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        old = _listed_files(folder, contract.name)
        if format_ == "ndjson":
            with atomic_write(str(folder / _NDJSON)) as stream:
                stream.writelines(_lines(found))
            new = {_NDJSON}
        else:
            new = {_INDEX, *_write_files(contract, found, folder)}
        for name in {*old, _INDEX, _NDJSON} - new:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        console.error(f"cannot write to {folder}: {os_error_reason(error)}")
    else:
        console.note(f"{folder}: {pluralize(len(found), 'pair')} for {contract.name}")


def _write_files(contract: Contract, found: Sequence[Case], folder: Path) -> set[str]:
    """Write each instance to a file, and index.json with the files of each limit.

    Return the names of the files, so that those of an earlier run can be deleted.
    """
    names: dict[str, str] = {}
    for key in sorted(_FOLDERS):
        (folder / key).mkdir(exist_ok=True)
    rows = []
    for each in found:
        row = case_object(each)
        for key in sorted(_FOLDERS):
            if key in row:
                row[key] = _write_instance(folder, key, each, row[key], names)
        rows.append(row)
    with atomic_write(str(folder / _INDEX)) as stream:
        stream.write(ascii_json({"contract": contract.name, "cases": rows}))
    return {*names.values()}


def _listed_files(folder: Path, contract: str) -> set[str]:
    """Return the files listed in an index. Raises OSError if it is of another contract."""
    try:
        index = json.loads((folder / _INDEX).read_text("utf-8"))
        names = {str(each[key]) for each in index["cases"] for key in _FOLDERS & each.keys()}
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError):
        return set()
    if index.get("contract") != contract:
        raise OSError(f"it has the cases of {index.get('contract')!r}")
    return {name for name in names if re.fullmatch(r"(valid|invalid)/[A-Za-z0-9_.-]+\.json", name)}


def _write_instance(
    folder: Path, key: str, case: Case, instance: Any, names: dict[str, str]
) -> str:
    """Write an instance, unless an equal one is written, and return the name of its file."""
    text = ascii_json(instance)
    content = f"{key} {text}"
    if content not in names:
        stem = _slug(f"{case.limit.pointer.replace('*', 'any')[1:]}.{case.limit.keyword}")
        # some file systems ignore case
        used, name, number = {each.lower() for each in names.values()}, f"{key}/{stem}.json", 1
        while name.lower() in used:
            number += 1
            name = f"{key}/{stem}.{number}.json"
        with atomic_write(str(folder / name)) as stream:
            stream.write(text)
        names[content] = name
    return names[content]


def _slug(text: str) -> str:
    """Return *text* as a file name that is valid on any system."""
    clean = re.sub(r"[^A-Za-z0-9_.-]+", ".", text).strip(".")[-_MAX_NAME:] or "root"
    return f"x.{clean}" if _RESERVED.match(clean) else clean


def _lines(found: Sequence[Case]) -> Iterator[str]:
    return (f"{json.dumps(case_object(each))}\n" for each in found)


def case_object(case: Case) -> dict[str, Any]:
    """Return a case as an object; a missing instance is omitted, because null is an instance."""
    limit, violation = case.limit, case.violation
    row: dict[str, Any] = {
        "limit": limit.id,
        "keyword": limit.keyword,
        "pointer": limit.pointer,
        "value": limit.value,
        "says": limit.says,
        "sources": [each.address or each.title for each in limit.sources],
    }
    if case.valid is not None or case.has_valid:
        row["valid"] = case.valid
    if violation is not None:
        row["invalid"] = case.invalid
        row["violation"] = {"code": violation.code, "pointer": violation.pointer}
        row["also"] = [each.id for each in violation.also]
    if case.reason is not None:
        row["reason"] = case.reason
    return row
