"""Files of records: each record is checked, and each file has one report."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from fieldbound.cli.selection import STDIN
from fieldbound.documents import is_same_file, os_error_reason, why_unreadable
from fieldbound.model import FieldboundError
from fieldbound.render import STDIN as STDIN_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fieldbound.bulk import Options
    from fieldbound.cli.selection import Selected
    from fieldbound.model import BulkReport
    from fieldbound.policy import Digests
    from fieldbound.validation import Contract

    from . import Run

#: Options that only records have.
_OPTIONS: Final = ("workers", "samples", "key", "valid_out", "invalid_out", "column", "resume")
_INPUTS: Final = ("ndjson", "csv", "tsv")
_SAMPLES: Final = 5
#: Formats in which reports of records can follow those of documents.
_STREAMED: Final = (None, "text", "github")
_NOT_TOGETHER: Final = (
    "check them in two runs, as text on standard output, or in a format that has both, "
    "such as concise, sarif or junit"
)


class Records:
    """Checks files of records, one after the other, each with a progress bar."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.renderer = "bulk" if _has_own(run.args.format) else "reports"
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
        if self.renderer == "bulk" and others and (output or args.format not in _STREAMED):
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
            report = self._checked(file.path, str(file.contract))
        except FieldboundError as error:
            console.error(str(error), about=file.path)
        except OSError as error:
            is_target = error.filename in (self._run.args.valid_out, self._run.args.invalid_out)
            verb = (
                "" if error.filename is None else "cannot write " if is_target else "cannot read "
            )
            name = error.filename or file.path
            reason = why_unreadable(error, file.path) if not is_target else os_error_reason(error)
            console.error(f"{verb}{name}: {reason}", about=file.path)
        else:
            if not report.records:
                console.error(f"{report.name}: no records, so nothing was checked")
            yield report

    def finish(self) -> None:
        """Do nothing."""

    def _holds_records(self, file: Selected) -> bool:
        from fieldbound.bulk import holds_array, is_records

        args = self._run.args
        if args.input is not None or file.path == STDIN:
            return args.input in _INPUTS
        if is_records(file.path):
            return True
        if args.contract is None:
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

    def _checked(self, path: str, name: str) -> BulkReport:
        """Return the report of a file, with what is known of it."""
        findings, args = self._run.findings, self._run.args
        known = findings.known_records(path, args.key)
        options = self._options(path, known)
        report, found = self._report(path, name, options)
        if known is not None and _lacks_keys(report):
            raise FieldboundError(f"{report.name}: no record has a value of --key {args.key}")
        return findings.records(path, report, args.key, None if known is None else found)

    def _options(self, path: str, known: Mapping[str, frozenset[int]] | None) -> Options:
        from fieldbound.bulk import Options

        args = self._run.args
        return Options(
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
            known=known,
        )

    def _report(self, path: str, name: str, options: Options) -> tuple[BulkReport, Digests]:
        """Return the report of a file, and the records that break a limit."""
        from fieldbound.bulk import Run
        from fieldbound.cli.progress import Progress

        source: Any = path
        if path == STDIN:
            if sys.stdin is None:
                raise OSError("standard input is closed")
            source = sys.stdin.buffer
        contract = self._contract(name)
        for pointer, reason in contract.not_checked.items():
            self._run.console.note(f"not checked: {pointer or '(root)'} of {name} ({reason})")
        run = Run(source, contract, options)
        with Progress(run.size, self._run.args.quiet) as progress:
            run.on_progress = progress.update
            try:
                report = run.report()
            finally:
                progress.close()
                for note in run.notes:
                    self._run.console.note(note)
        return (replace(report, name=STDIN_NAME) if path == STDIN else report), run.found


def _has_own(format: str | None) -> bool:  # noqa: A002
    """Return whether reports of records have an output format of their own."""
    if format is None:
        return True
    from fieldbound.render import BULK_FORMATS  # slow to import

    return format in BULK_FORMATS


def _lacks_keys(report: BulkReport) -> bool:
    """Return whether no record has the key: it is misspelt, most likely."""
    keys = report.duplicates
    return keys is not None and 0 < report.records <= keys.missing


def _accepts_arrays(contract: Contract) -> bool:
    """Return whether a contract accepts an array."""
    types = [each.value for each in contract.limits if (each.pointer, each.keyword) == ("", "type")]
    return all("array" in each for each in types)


def _is_same_file(path: str, other: str) -> bool:
    """Return whether two paths are the same file, unless it is a device."""
    is_device = os.path.exists(path) and not os.path.isfile(path)  # noqa: PTH110, PTH113
    return not is_device and is_same_file(path, other)


kind = Records
