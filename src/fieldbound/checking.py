"""The words of `check` go in; reports of the files named are put out, an exit code comes out."""

from __future__ import annotations

import os
import sys
from itertools import chain, islice
from typing import TYPE_CHECKING

from .config import chosen_by, load
from .console import colored, is_same, is_terminal, reason, written
from .many import Many, parted
from .model import FieldboundError
from .render import STDIN, Style, Tally, render

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator, Sequence

    from .console import Console
    from .document import Document
    from .judge import Contract
    from .model import Report
    from .traffic import Recordings

_STDIN = "-"


def check(args: argparse.Namespace, console: Console) -> int:
    """Judge the files that are named, each in the way of its kind."""
    config = load()
    fail_on = args.fail_on or config.fail_on
    output = None if args.output == _STDIN else args.output
    if args.input and _STDIN not in args.files:
        console.error(f"--input tells what standard input is: give {_STDIN} as a FILE")
        return 2
    skip, apis = args.skip_unmapped, args.api
    chosen = chosen_by(config, args.files, args.contract, console, skip=skip, apis=bool(apis))
    if not chosen and console.failed:
        return 2
    files = {*args.files, *(path for path, _ in chosen)} - {_STDIN}
    if output is not None and any(is_same(output, path) for path in files):
        console.error(f"--output {output} is a file to judge: it would be lost")
        return 2
    shows = args.color == "always" or (output is None and is_terminal(sys.stdout))
    style = Style(fail_on, colored(args.color, output), excerpts=shows, quiet=args.quiet)
    folders = (*args.folder, *config.folders)
    documents, records = parted(chosen, args, folders)
    many = Many(args, console, folders)
    if records and (refusal := many.refusal(records, documents, output)):
        console.error(refusal)
        return 2
    failed = False
    if documents or not records:
        judge = _Judge(console, folders, fail_on, args.input or "json")
        judge.apis, judge.named, judge.skip = apis or config.apis, bool(args.files), skip
        if not _judged(judge, documents, style, args.format, output):
            return 2
        failed = judge.failed
    if records and not many.check(records, style, output):
        return 2
    return int(failed or many.failed)


def _judged(
    judge: _Judge,
    documents: Sequence[tuple[str, str | None]],
    style: Style,
    format: str | None,  # noqa: A002
    output: str | None,
) -> bool:
    """Put out the reports of documents; tell whether there were any, and all could be written."""
    console = judge.console
    reports = judge.reports(documents)
    first = list(islice(reports, 1))
    if not first and console.failed:
        return False
    in_actions = output is None and os.environ.get("GITHUB_ACTIONS") == "true"
    named = format or ("github" if in_actions else "text")
    chunks = render(named, chain(first, reports), style, console.problems)
    if not written(console, chunks, output):
        return False
    if output is not None:
        judge.tally.unjudged = len(console.problems)
        console.note(f"{judge.tally}")
    return True


class _Judge:
    """Files in, reports out: one document at a time, each contract loaded once."""

    def __init__(
        self, console: Console, folders: tuple[str, ...], fail_on: str, stdin: str
    ) -> None:
        self.console = console
        self._folders = folders
        self._fail_on = fail_on
        self._stdin = stdin
        self._contracts: dict[str, Contract | FieldboundError] = {}
        self._recordings: Recordings | None = None
        self.apis: Sequence[str] = ()
        self.named = self.skip = False
        self.tally = Tally()
        self.failed = False

    def reports(self, chosen: Iterable[tuple[str, str | None]]) -> Iterator[Report]:
        for path, name in chosen:
            for report in self._reports(path, name):
                self.tally.add(report, self._fail_on)
                self.failed = self.failed or report.fails(self._fail_on)
                yield report
        if self._recordings is not None:
            self._recordings.end()

    def _reports(self, path: str, name: str | None) -> Iterator[Report]:
        try:
            if name is None:
                yield from self._recorded(path)
            else:
                yield self._contract(name).check(self._document(path))
        except FieldboundError as error:
            self.console.error(str(error), about=path)
        except OSError as error:
            self.console.error(f"cannot read {path}: {reason(error)}")

    def _recorded(self, path: str) -> Iterator[Report]:
        from .traffic import Recording, Recordings

        if self._recordings is None:
            self._recordings = Recordings(
                self.console, self.apis, self._folders, each=self.named, skip=self.skip
            )
        name, format_ = (STDIN, self._stdin) if path == _STDIN else (path, "json")
        return self._recordings.reports(Recording(name, self._data(path), format_))

    def _contract(self, name: str) -> Contract:
        if name not in self._contracts:
            from .catalog import contract

            try:
                self._contracts[name] = contract(name, self._folders)
            except FieldboundError as error:
                self._contracts[name] = error
        loaded = self._contracts[name]
        if isinstance(loaded, FieldboundError):
            raise loaded
        return loaded

    def _document(self, path: str) -> Document:
        from .document import parse, read

        return (
            read(path)
            if path != _STDIN
            else parse(self._data(path), name=STDIN, format=self._stdin)
        )

    def _data(self, path: str) -> bytes:
        if path != _STDIN:
            with open(path, "rb") as file:  # noqa: PTH123 - pathlib is slow to import
                return file.read()
        if sys.stdin is None:
            raise OSError("it is closed")
        return sys.stdin.buffer.read()
