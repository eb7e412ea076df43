"""Files of records go in, as `check` names them; their accounts are put out."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from .catalog import contract as contract_named
from .console import ascii_only, is_same, reason, written
from .model import FieldboundError
from .progress import Progress
from .render import STDIN, Style
from .render.bulk import FORMATS, render
from .run import Options, Run
from .sources import holds_array, is_records

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from .console import Console
    from .judge import Contract
    from .tallies import BulkReport

    Chosen = Sequence[tuple[str, str | None]]
    Folders = tuple[str, ...]

_STDIN: Final = "-"
#: Options that are about records alone.
_OWN: Final = ("workers", "samples", "key", "accepted", "refused", "column", "resume")
_INPUTS: Final = ("ndjson", "csv", "tsv")
_SAMPLES: Final = 5
_APART: Final = "check them in two runs, or as text on standard output"


def parted(chosen: Chosen, args: argparse.Namespace, folders: Folders) -> tuple[Chosen, Chosen]:
    """Part the files that are documents from those that have many records.

    A file of JSON has them if it is an array of objects, its contract, named with -c, takes no
    array, and the format is one for records; so has every file if an option is given that is about
    records alone.
    """
    asked = any(getattr(args, name) is not None for name in _OWN) or args.format == "html"
    documents: list[tuple[str, str | None]] = []
    records: list[tuple[str, str | None]] = []
    for path, name in chosen:
        many = name is not None and (asked or _has_many(path, args, folders))
        (records if many else documents).append((path, name))
    return documents, records


def _has_many(path: str, args: argparse.Namespace, folders: Folders) -> bool:
    if path == _STDIN:
        return args.input in _INPUTS
    if is_records(path):
        return True
    if args.contract is None or args.format not in (None, *FORMATS):
        return False
    try:
        return holds_array(path) and not _takes_array(args, folders)
    except (OSError, FieldboundError):
        return False  # it is told when it is judged as a document


def _is_one_file(path: str, other: str) -> bool:
    """Whether two paths lead to one file; a device takes whatever is written to it."""
    is_device = os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113
    return not is_device and is_same(path, other)


def _takes_array(args: argparse.Namespace, folders: Folders) -> bool:
    limits = contract_named(args.contract, folders).limits
    kinds = [limit.value for limit in limits if not limit.pointer and limit.keyword == "type"]
    return all("array" in each for each in kinds)


class Many:
    """Files of records in, accounts out: each with a progress bar while it is made."""

    def __init__(self, args: argparse.Namespace, console: Console, folders: Folders) -> None:
        self._args, self._console, self._folders = args, console, folders
        self._contracts: dict[str, Contract] = {}
        self.failed = False

    def check(self, chosen: Chosen, style: Style, output: str | None) -> bool:
        """Judge the files and put out their accounts; return whether all could be put out."""
        named = self._args.format or "text"
        style = replace(style, ascii=ascii_only(output))
        return written(
            self._console,
            render(named, self._reports(chosen, style), style, self._console.problems),
            output,
        )

    def refusal(self, chosen: Chosen, documents: Chosen, output: str | None) -> str | None:
        """Return what keeps the files from being judged together, if anything does."""
        args = self._args
        if args.format is not None and args.format not in FORMATS:
            formats = ", ".join(FORMATS)
            return f"--format {args.format} is for documents: records are told as {formats}"
        if documents and (output is not None or args.format not in (None, "text")):
            return f"{documents[0][0]} is a document, {chosen[0][0]} has records: {_APART}"
        for name in ("accepted", "refused"):
            target = getattr(args, name)
            if target and output is not None and _is_one_file(output, target):
                return f"--output and --{name} are both {output}: name two files"
        if len(chosen) > 1 and (args.accepted or args.refused):
            return f"--accepted and --refused take the records of one FILE, not of {len(chosen)}"
        return None

    def _reports(self, chosen: Chosen, style: Style) -> Iterator[BulkReport]:
        for path, name in chosen:
            report = self._told(path, str(name))
            if report is not None:
                if not report.records:
                    self._console.error(f"{report.name}: it has no record, so nothing was judged")
                self.failed = self.failed or report.fails(style.fail_on)
                yield report

    def _told(self, path: str, name: str) -> BulkReport | None:
        """Return the account of a file, or tell why there is none."""
        try:
            return self._report(path, name)
        except FieldboundError as error:
            self._console.error(str(error), about=path)
        except OSError as error:
            target = error.filename in (self._args.accepted, self._args.refused)
            does = "" if error.filename is None else "cannot write " if target else "cannot read "
            said = f"{does}{error.filename or path}: {reason(error)}"
            self._console.error(said, about=path)
        return None

    def _report(self, path: str, name: str) -> BulkReport:
        args = self._args
        if name not in self._contracts:
            self._contracts[name] = contract_named(name, self._folders)
        options = Options(
            workers=args.workers,
            key=args.key,
            samples=_SAMPLES if args.samples is None else args.samples,
            accepted=args.accepted,
            refused=args.refused,
            resume=bool(args.resume),
            columns=None if args.column is None else dict(args.column),
            format=args.input if path == _STDIN else None,
        )
        given: Any = path
        if path == _STDIN:
            if sys.stdin is None:
                raise OSError("standard input is closed")
            given = sys.stdin.buffer
        run = Run(given, self._contracts[name], options)
        with Progress(run.size, args.quiet) as progress:
            run.on_progress = progress.update
            try:
                report = run.report()
            finally:
                progress.close()
                for note in run.notes:
                    self._console.note(note)
        return replace(report, name=STDIN) if path == _STDIN else report
