"""`fieldbound cases`: make a valid and an invalid instance for each limit of contracts."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.names import add_names, contract_folders, matching_names
from fieldbound.documents import reason, replacing
from fieldbound.model import pluralize
from fieldbound.render import ascii_json, escaped

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from fieldbound.cli.console import Console
    from fieldbound.model import Case
    from fieldbound.validation import Contract

DESCRIPTION: Final = """\
Make a pair of instances for each limit of contracts: one at it, one just beyond it.
Both engines check every instance. Without --out, the pairs are counted.
"""
EXAMPLE: Final = "example: fieldbound cases axim-commerce/create-company --out cases"
#: How long the name of a file may be, before what makes it the only one of its name.
_LONGEST: Final = 100
_VERDICTS: Final = frozenset(("valid", "invalid"))
_INDEX: Final = "index.json"
_LINES: Final = "cases.ndjson"
#: Names that some systems keep for devices.
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
        console.error("--out names no folder")
        return 2
    folders = contract_folders(args)
    named = [contract(name, folders) for name in matching_names(args, folders, exact=True)]
    made = 0
    for each in named:
        try:
            found = cases(each)
        except (Unspecified, Unsatisfiable) as error:
            if each.name in args.names:
                console.error(str(error))
            else:
                console.note(str(error))  # one of those whose names begin so
            continue
        made += len(found)
        if args.out is not None:
            _write(each, found, Path(args.out), args.format, console)
        elif args.format == "ndjson":
            write_stdout("".join(_lines(found)))
        else:
            write_stdout(f"{_summary(each, found)}\n")
    if not made and not console.failed:
        console.error("no case was made: there is no limit in what is named")
    return 0


def _summary(contract: Contract, found: Sequence[Case]) -> str:
    """Say how many limits have cases, and why others have none."""
    reasons = {each.limit.id: each.reason for each in found if each.reason is not None}
    limits = len({each.limit.id for each in found})
    said = (
        f"{escaped(contract.name)}: {pluralize(limits, 'limit')}, {pluralize(len(found), 'pair')}"
    )
    told = [f"    {escaped(at.partition('#')[2])}: {escaped(why)}" for at, why in reasons.items()]
    return "\n".join([said, *told])


def _write(
    contract: Contract, found: Sequence[Case], out: Path, form: str, console: Console
) -> None:
    folder = out.joinpath(*(_slug(part) for part in contract.name.split("/")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        before = _indexed(folder, contract.name)
        if form == "ndjson":
            with replacing(str(folder / _LINES)) as stream:
                stream.writelines(_lines(found))
            now = {_LINES}
        else:
            now = {_INDEX, *_write_files(contract, found, folder)}
        for name in {*before, _INDEX, _LINES} - now:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        console.error(f"cannot write to {folder}: {reason(error)}")
    else:
        console.note(f"{folder}: {pluralize(len(found), 'pair')} for {contract.name}")


def _write_files(contract: Contract, found: Sequence[Case], folder: Path) -> set[str]:
    """Write each instance to a file, and to index.json which file is for which limit.

    Return the files; what an earlier run has written beside them would be wrong by now.
    """
    taken: dict[str, str] = {}
    for verdict in sorted(_VERDICTS):
        (folder / verdict).mkdir(exist_ok=True)
    rows = []
    for each in found:
        row = case_object(each)
        for verdict in sorted(_VERDICTS):
            if verdict in row:
                row[verdict] = _filed(folder, verdict, each, row[verdict], taken)
        rows.append(row)
    with replacing(str(folder / _INDEX)) as stream:
        stream.write(ascii_json({"contract": contract.name, "cases": rows}))
    return {*taken.values()}


def _indexed(folder: Path, contract: str) -> set[str]:
    """Return the files that an index names. Raises OSError if it is of another contract."""
    try:
        known = json.loads((folder / _INDEX).read_text("utf-8"))
        names = {
            str(each[verdict]) for each in known["cases"] for verdict in _VERDICTS & each.keys()
        }
    except (FileNotFoundError, ValueError, LookupError, TypeError, AttributeError):
        return set()
    if known.get("contract") != contract:
        raise OSError(f"it has the cases of {known.get('contract')!r}")
    return {name for name in names if re.fullmatch(r"(valid|invalid)/[A-Za-z0-9_.-]+\.json", name)}


def _filed(folder: Path, verdict: str, case: Case, instance: Any, taken: dict[str, str]) -> str:
    """Write an instance unless it is written already, and return the name of its file."""
    text = ascii_json(instance)
    key = f"{verdict} {text}"
    if key not in taken:
        stem = _slug(f"{case.limit.pointer.replace('*', 'any')[1:]}.{case.limit.keyword}")
        # some systems take names that differ in case alone for one
        names, name, number = {each.lower() for each in taken.values()}, f"{verdict}/{stem}.json", 1
        while name.lower() in names:
            number += 1
            name = f"{verdict}/{stem}.{number}.json"
        with replacing(str(folder / name)) as stream:
            stream.write(text)
        taken[key] = name
    return taken[key]


def _slug(text: str) -> str:
    """Return a text as the name of a file on any system."""
    clean = re.sub(r"[^A-Za-z0-9_.-]+", ".", text).strip(".")[-_LONGEST:] or "root"
    return f"x.{clean}" if _RESERVED.match(clean) else clean


def _lines(found: Sequence[Case]) -> Iterator[str]:
    return (f"{json.dumps(case_object(each))}\n" for each in found)


def case_object(case: Case) -> dict[str, Any]:
    """Give a pair as an object; what there is not has no name in it, for null is an instance."""
    limit, violation = case.limit, case.violation
    made: dict[str, Any] = {
        "limit": limit.id,
        "keyword": limit.keyword,
        "pointer": limit.pointer,
        "value": limit.value,
        "says": limit.says,
        "sources": [each.address or each.title for each in limit.sources],
    }
    if case.valid is not None or case.kept:
        made["valid"] = case.valid
    if violation is not None:
        made["invalid"] = case.invalid
        made["violation"] = {"code": violation.code, "pointer": violation.pointer}
        made["also"] = [each.id for each in violation.also]
    if case.reason is not None:
        made["reason"] = case.reason
    return made
