"""`fieldbound cases`: generate a valid and an invalid instance for each limit of contracts."""

from __future__ import annotations

import json
import re
from collections import Counter, deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.names import add_names, contract_folders, matching_names
from fieldbound.cli.progress import ProgressLine
from fieldbound.documents import atomic_write, os_error_reason
from fieldbound.model import escaped, pluralize
from fieldbound.render import ascii_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from fieldbound.cli.console import Console
    from fieldbound.model import Case, Limit
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
    from fieldbound.catalog import reader
    from fieldbound.generation import cases
    from fieldbound.model import Unsatisfiable, Unspecified

    if args.out == "":
        console.error("--out must be a folder, not ''")
        return 2
    folders = contract_folders(args)
    named = [*map(reader(folders), matching_names(args, folders, exact=True))]
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
        with ProgressLine() as progress:
            account = _Account(each, found, progress)
            if args.out is not None:
                _write(account, Path(args.out), args.format, console)
            elif args.format == "ndjson":
                for line in _lines(account):
                    write_stdout(line)
            else:
                deque(account, 0)
                progress.close()
                write_stdout(f"{account.summary()}\n")
        total += account.pairs
    if not total and not console.failed:
        console.error("no cases: the contracts have no limits")
    return 0


class _Account:
    """Passes on the cases of a contract as they are made, counts them, and shows how many."""

    def __init__(self, contract: Contract, found: Iterator[Case], progress: ProgressLine) -> None:
        self.contract, self.pairs = contract, 0
        self._found, self._progress = found, progress
        self._limits: set[str] = set()
        self._reasons: dict[str, str] = {}

    def __iter__(self) -> Iterator[Case]:
        total = len(self.contract.limits)
        for case in self._found:
            self.pairs += 1
            self._limits.add(case.limit.id)
            if case.reason is not None:
                self._reasons[case.limit.id] = case.reason
            done = len(self._limits)
            parts = (pluralize(self.pairs, "pair"), f"{done:,} of {pluralize(total, 'limit')}")
            self._progress.show(parts, done / total)
            yield case

    def summary(self) -> str:
        """Return how many limits have cases, and why others have none."""
        counts = f"{pluralize(len(self._limits), 'limit')}, {pluralize(self.pairs, 'pair')}"
        rest = [
            f"    {escaped(id_.partition('#')[2])}: {escaped(reason)}"
            for id_, reason in self._reasons.items()
        ]
        return "\n".join([f"{escaped(self.contract.name)}: {counts}", *rest])


def _write(account: _Account, out: Path, format_: str, console: Console) -> None:
    contract = account.contract
    folder = out.joinpath(*(_slug(part) for part in contract.name.split("/")))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        old = _listed_files(folder, contract.name)
        if format_ == "ndjson":
            with atomic_write(str(folder / _NDJSON)) as stream:
                stream.writelines(_lines(account))
            new = {_NDJSON}
        else:
            new = {_INDEX, *_write_files(contract, list(account), folder)}
        for name in {*old, _INDEX, _NDJSON} - new:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        console.error(f"cannot write to {folder}: {os_error_reason(error)}")
    else:
        console.note(f"{folder}: {pluralize(account.pairs, 'pair')} for {contract.name}")


def _write_files(contract: Contract, found: Iterable[Case], folder: Path) -> set[str]:
    """Write each instance to a file, and index.json with the files of each limit.

    Return the names of the files, so that those of an earlier run can be deleted.
    """
    files = _Files(folder)
    rows = []
    for each in found:
        row = case_object(each)
        for key in sorted(_FOLDERS):
            if key in row:
                row[key] = files.write(key, each.limit, row[key])
        rows.append(row)
    with atomic_write(str(folder / _INDEX)) as stream:
        stream.write(ascii_json({"contract": contract.name, "cases": rows}))
    return {*files.names.values()}


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


class _Files:
    """Writes instances to a folder; *names* are those of the files, by what is in them."""

    def __init__(self, folder: Path) -> None:
        self.names: dict[str, str] = {}
        self._folder = folder
        self._used: set[str] = set()
        self._numbers: Counter[str] = Counter()
        for key in sorted(_FOLDERS):
            (folder / key).mkdir(exist_ok=True)

    def write(self, key: str, limit: Limit, instance: Any) -> str:
        """Write an instance, unless an equal one is written, and return the name of its file."""
        text = ascii_json(instance)
        content = f"{key} {text}"
        if content not in self.names:
            at = limit.pointer.replace("*", "any")[1:]
            name = self._new_name(f"{key}/{_slug(f'{at}.{limit.keyword}')}")
            with atomic_write(str(self._folder / name)) as stream:
                stream.write(text)
            self.names[content] = name
        return self.names[content]

    def _new_name(self, stem: str) -> str:
        while True:
            self._numbers[stem.lower()] += 1
            number = self._numbers[stem.lower()]
            name = f"{stem}.json" if number == 1 else f"{stem}.{number}.json"
            if name.lower() not in self._used:  # some file systems ignore case
                self._used.add(name.lower())
                return name


def _slug(text: str) -> str:
    """Return *text* as a file name that is valid on any system."""
    clean = re.sub(r"[^A-Za-z0-9_.-]+", ".", text).strip(".")[-_MAX_NAME:] or "root"
    return f"x.{clean}" if _RESERVED.match(clean) else clean


def _lines(found: Iterable[Case]) -> Iterator[str]:
    return (ascii_json(case_object(each), indent=None) for each in found)


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
