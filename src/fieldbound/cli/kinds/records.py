"""Files of records: each record is checked, and each file has one report."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from fieldbound.cli.selection import STDIN
from fieldbound.documents import is_same_file, os_error_reason
from fieldbound.model import FieldboundError
from fieldbound.render import BULK_FORMATS, STDIN as STDIN_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fieldbound.cli.selection import Selected
    from fieldbound.model import BulkReport
    from fieldbound.validation import Contract

    from . import Run

#: Options that only records have.
_OPTIONS: Final = ("workers", "samples", "key", "valid_out", "invalid_out", "column", "resume")
_INPUTS: Final = ("ndjson", "csv", "tsv")
_SAMPLES: Final = 5
#: Formats in which reports of records can follow those of documents.
_STREAMED: Final = (None, "text", "github")
_NOT_TOGETHER: Final = "check them in two runs, or as text on standard output"


class Records:
    """Checks files of records, one after the other, each with a progress bar."""

    renderer = "bulk"

    def __init__(self, run: Run) -> None:
        self._run = run
        self._contracts: dict[str, Contract] = {}
        self._forced = run.args.format == "html" or any(
            getattr(run.args, name) is not None for name in _OPTIONS
        )

    def accepts(self, file: Selected) -> bool:
        """Accept files of records, JSON arrays of objects; every file if an option is for records.

        An array of objects is a document if --contract accepts an array.
        """
        return file.contract is not None and (self._forced or self._holds_records(file))

    def conflict(self, files: Sequence[Selected], others: Sequence[Selected]) -> str | None:
        """Return why files cannot be checked together, or with documents; None if they can."""
        args, output = self._run.args, self._run.output
        if args.format is not None and args.format not in BULK_FORMATS:
            formats = ", ".join(BULK_FORMATS)
            return f"--format {args.format} is not available for records (choose from {formats})"
        if others and (output is not None or args.format not in _STREAMED):
            return f"{others[0].path} is a document, {files[0].path} has records: {_NOT_TOGETHER}"
        for option in ("valid_out", "invalid_out"):
            target = getattr(args, option)
            if target and output is not None and _is_same_file(output, target):
                return f"--output and --{option.replace('_', '-')} are both {output}: use two files"
        if len(files) > 1 and (args.valid_out or args.invalid_out):
            return f"--valid-out and --invalid-out take one FILE of records, not {len(files)}"
        return None

    def reports(self, file: Selected) -> Iterator[BulkReport]:
        """Yield the report of a file."""
        console = self._run.console
        try:
            report = self._report(file.path, str(file.contract))
        except FieldboundError as error:
            console.error(str(error), about=file.path)
        except OSError as error:
            is_target = error.filename in (self._run.args.valid_out, self._run.args.invalid_out)
            verb = (
                "" if error.filename is None else "cannot write " if is_target else "cannot read "
            )
            console.error(
                f"{verb}{error.filename or file.path}: {os_error_reason(error)}", about=file.path
            )
        else:
            if not report.records:
                console.error(f"{report.name}: no records, so nothing was checked")
            yield self._run.findings.records(file.path, report)

    def finish(self) -> None:
        """Do nothing."""

    def _holds_records(self, file: Selected) -> bool:
        from fieldbound.bulk import holds_array, is_records

        args = self._run.args
        if args.input is not None or file.path == STDIN:
            return args.input in _INPUTS
        if is_records(file.path):
            return True
        if args.contract is None or args.format not in (None, *BULK_FORMATS):
            return False
        try:
            return holds_array(file.path) and not _accepts_arrays(self._contract(args.contract))
        except (OSError, FieldboundError):
            return False  # reported when it is checked as a document

    def _contract(self, name: str) -> Contract:
        from fieldbound.catalog import contract

        if name not in self._contracts:
            self._contracts[name] = contract(
                name,
                self._run.folders,
                formats=self._run.args.formats,
                strict=self._run.args.strict,
            )
        return self._contracts[name]

    def _report(self, path: str, name: str) -> BulkReport:
        from fieldbound.bulk import Options, Run
        from fieldbound.cli.progress import Progress

        args = self._run.args
        options = Options(
            workers=args.workers,
            key=args.key,
            samples=_SAMPLES if args.samples is None else args.samples,
            valid_out=args.valid_out,
            invalid_out=args.invalid_out,
            resume=bool(args.resume),
            columns=None if args.column is None else dict(args.column),
            format=args.input,
            ignore=self._run.findings.ignore(path),
            fail_on=self._run.findings.severity.fail_on,
        )
        source: Any = path
        if path == STDIN:
            if sys.stdin is None:
                raise OSError("standard input is closed")
            source = sys.stdin.buffer
        contract = self._contract(name)
        for pointer, reason in contract.not_checked.items():
            self._run.console.note(f"not checked: {pointer or '(root)'} of {name} ({reason})")
        run = Run(source, contract, options)
        with Progress(run.size, args.quiet) as progress:
            run.on_progress = progress.update
            try:
                report = run.report()
            finally:
                progress.close()
                for note in run.notes:
                    self._run.console.note(note)
        return replace(report, name=STDIN_NAME) if path == STDIN else report


def _accepts_arrays(contract: Contract) -> bool:
    """Return whether a contract accepts an array."""
    types = [each.value for each in contract.limits if (each.pointer, each.keyword) == ("", "type")]
    return all("array" in each for each in types)


def _is_same_file(path: str, other: str) -> bool:
    """Return whether two paths are the same file, unless it is a device."""
    is_device = os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113
    return not is_device and is_same_file(path, other)


kind = Records
