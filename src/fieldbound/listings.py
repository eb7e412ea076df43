"""Names go in; contracts, their limits and cases for these are listed, or written to files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .console import Console, put, reason, replacing, width
from .render import ascii_json, escaped, not_judged
from .wording import counted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from .judge import Contract
    from .model import Case

#: How long the name of a file may be, before what makes it the only one of its name.
_LONGEST: Final = 100
_VERDICTS: Final = frozenset(("valid", "invalid"))
_INDEX: Final = "index.json"
_LINES: Final = "cases.ndjson"
#: Names that some systems keep for devices.
_RESERVED: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


def contracts(args: argparse.Namespace, _console: Console) -> int:
    """List the names of contracts."""
    names = _names(args, _folders(args), alone=False)
    if args.format == "json":
        put(ascii_json(names))
    else:
        put("".join(f"{escaped(name)}\n" for name in names))
    return 0


def limits(args: argparse.Namespace, _console: Console) -> int:
    """List what contracts demand."""
    from .catalog import contract

    folders = _folders(args)
    contracts = [contract(name, folders) for name in _names(args, folders, alone=True)]
    if args.format == "json":
        from .render.json import limit_object

        put(ascii_json([limit_object(limit) for each in contracts for limit in each.limits]))
    else:
        for number, each in enumerate(contracts):
            put("\n" * bool(number) + f"{escaped(each.name)}\n")
            _put_limits(each)
    return 0


def _put_limits(contract: Contract) -> None:
    from .render.table import limits as table

    if contract.limits:
        for line in table(contract.limits, width()):
            put(line)
    for line in not_judged({contract.name: dict(contract.unspecified)}):
        put(f"{line}\n")


def _names(args: argparse.Namespace, folders: tuple[str, ...], *, alone: bool) -> list[str]:
    """List the contracts that are named, and those whose names begin so; all if none is named.

    A contract that has just that name may stand *alone*.
    """
    from .catalog import contract
    from .catalog import contracts as known_contracts

    known = known_contracts(folders)
    if not args.names:
        return known
    named: dict[str, None] = {}
    for name in args.names:
        below = f"{name.rstrip('/')}/"
        found = [each for each in known if each == name or each.startswith(below)]
        if alone and name in known:
            found = [name]
        if not found:
            contract(name, folders)  # the path of a file, or no name at all
            found = [name]
        named.update(dict.fromkeys(found))
    return list(named)


def _folders(args: argparse.Namespace) -> tuple[str, ...]:
    from .config import load

    return (*args.folder, *load().folders)


# -- cases -----------------------------------------------------------------------------------------


def cases(args: argparse.Namespace, console: Console) -> int:
    """Write cases for the limits of contracts, or count them."""
    from .catalog import contract
    from .certified import cases as certified
    from .model import Unsatisfiable, Unspecified

    if args.out == "":
        console.error("--out names no folder")
        return 2
    folders = _folders(args)
    named = [contract(name, folders) for name in _names(args, folders, alone=True)]
    made = 0
    for each in named:
        try:
            found = certified(each)
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
            put("".join(_lines(found)))
        else:
            put(f"{_summary(each, found)}\n")
    if not made and not console.failed:
        console.error("no case was made: there is no limit in what is named")
    return 0


def _summary(contract: Contract, found: Sequence[Case]) -> str:
    """Say how many limits have cases, and why others have none."""
    reasons = {each.limit.id: each.reason for each in found if each.reason is not None}
    limits = len({each.limit.id for each in found})
    said = f"{escaped(contract.name)}: {counted(limits, 'limit')}, {counted(len(found), 'pair')}"
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
        console.note(f"{folder}: {counted(len(found), 'pair')} for {contract.name}")


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
