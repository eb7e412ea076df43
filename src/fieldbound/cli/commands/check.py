"""`fieldbound check`: check documents, recordings and records, and report their violations."""

from __future__ import annotations

import argparse
import os
import sys
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

from fieldbound.cli.console import ascii_only, colored, is_terminal, width, write
from fieldbound.cli.names import at_least
from fieldbound.cli.selection import FILES_TABLE, STDIN
from fieldbound.cli.step_summary import StepSummaryFile
from fieldbound.cli.written_files import overwritten
from fieldbound.documents import why_unreadable
from fieldbound.model import SAYS, FieldboundError, Report
from fieldbound.render import FORMATS, MAX_VIOLATIONS, STDIN as STDIN_NAME, Style, Summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fieldbound.cli.console import Console
    from fieldbound.cli.kinds import Kind, Run
    from fieldbound.cli.selection import Selected
    from fieldbound.model import BulkReport
    from fieldbound.policy import Severity

DESCRIPTION: Final = f"""\
Check files by contracts and report the violations. Without FILE, check every
file that pyproject.toml maps to a contract, and every recording it lists; of
a folder, check those in it. With --contract, check every JSON, YAML or NDJSON
file in a folder, but hidden ones.

documents   JSON and YAML. The contract is the one of --contract, or the one
            that {FILES_TABLE} of pyproject.toml maps the file to.
records     NDJSON, CSV, Parquet, and JSON arrays of objects. Each record is
            checked by the contract; a file has one report.
recordings  HTTP traffic: HAR files, VCR cassettes, and logs of exchanges as
            NDJSON. Each exchange is checked by the API at its host: one of
            --api, or of [tool.fieldbound.apis]. A FILE is a recording if it
            ends in .har, if `recordings` in [tool.fieldbound] matches it, or
            with --api.

Exit code: 0 valid; 1 violations; 2 usage error, unreadable input, broken
contract, or nothing checked.
"""
EXAMPLE: Final = "example: fieldbound check -c oracle-cx-sales/create-product-group groups.ndjson"
_RECORDS: Final = """\
NDJSON (.ndjson, .jsonl), CSV (.csv, .tsv), Parquet, and JSON arrays of
objects, unless the contract is for an array. All but Parquet may be
compressed (.gz, .zst).
"""
_BASELINE: Final = """\
A file of known violations, counted by file and limit, or with --key the
records that break a limit: only new ones fail.
"""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    parser.usage = "%(prog)s [OPTION ...] [FILE ...]"
    add = parser.add_argument
    add(
        "files",
        nargs="*",
        metavar="FILE",
        help=f"file, folder or glob to check; {STDIN} is standard input",
    )
    add("-c", "--contract", action=_Once, metavar="NAME", help="check every FILE by this contract")
    add(
        "--api",
        type=_api,
        action="append",
        default=[],
        metavar="[HOST=]NAME",
        help="check every FILE as a recording by this API, at any host or at HOST; repeatable",
    )
    add(
        "--input",
        choices=("json", "yaml", "ndjson", "csv", "tsv"),
        help="format of every FILE (default: by its name; json for standard input)",
    )
    add(
        "--skip-unmapped",
        action="store_true",
        help=f"skip each FILE that {FILES_TABLE} maps to no contract, instead of failing",
    )
    _add_limit_options(parser)
    _add_baseline_options(parser)
    _add_output_options(parser)
    _add_record_options(parser)


class _Once(argparse.Action):
    """An option that may be given once: of two contracts, none would be that of every file."""

    def __call__(self, _parser: Any, namespace: Any, values: Any, _option: Any = None) -> None:
        given = getattr(namespace, self.dest)
        if given is not None:
            reason = f"it is given twice, as {given} and {values}: check each in a run of its own"
            raise argparse.ArgumentError(self, reason)
        setattr(namespace, self.dest, values)


def _add_limit_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("limits").add_argument
    add(
        "--fail-on",
        choices=SAYS,
        help="weakest evidence that fails the check; limits with weaker evidence only warn "
        f"(default: {SAYS[-1]}, every limit fails)",
    )
    add(
        "--ignore",
        action="append",
        default=[],
        metavar="LIMIT",
        help="do not enforce a limit: its id, with * for any characters; repeatable",
    )
    add(
        "--fail-on-unused-ignores",
        action="store_true",
        help="fail if there is nothing to ignore for a limit of --ignore or, where every mapped "
        "file is checked, of pyproject.toml",
    )
    _add_strictness(add)
    add(
        "--fail-on-undocumented",
        action="store_true",
        help="fail recordings for responses that the vendor does not document, such as a status "
        "code or the media type of an error, instead of only reporting them",
    )


def _add_baseline_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("baseline", _BASELINE).add_argument
    add("--baseline", metavar="FILE", help="pass the violations that FILE has")
    add("--write-baseline", metavar="FILE", help="write every violation found to FILE, and pass")
    add(
        "--prune-baseline",
        action="store_true",
        help="remove the violations from the baseline that no longer occur",
    )


def _add_strictness(add: Callable[..., Any]) -> None:
    add(
        "--formats",
        choices=("assert", "annotate"),
        default="assert",
        help="whether formats such as date are limits, or annotations (default: assert)",
    )
    add(
        "--strict",
        action="store_true",
        help="fail where a schema or OpenAPI document has an error itself, instead of not "
        "checking that part of it",
    )


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("output").add_argument
    add(
        "--format",
        choices=(*FORMATS, "html"),
        help="output format (default: text; github in GitHub Actions); html is for records",
    )
    add("--output", metavar="FILE", help="write the report to FILE (default: standard output)")
    add(
        "--max-violations",
        type=at_least(0),
        default=MAX_VIOLATIONS,
        metavar="N",
        help="list at most N violations of a document, and of more the first of each limit; all "
        "are counted; 0 lists all (default: %(default)s)",
    )
    add("--quiet", action="store_true", help="print violations only, no summary and no notes")
    add(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="color the text output (default: auto, on a terminal)",
    )


def _add_record_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("records", _RECORDS).add_argument
    add(
        "--key", metavar="POINTER", help="JSON Pointer of the unique key; duplicates fail the check"
    )
    add("--valid-out", metavar="FILE", help="write the valid records to FILE, byte for byte")
    add(
        "--invalid-out",
        metavar="FILE",
        help="write the invalid records to FILE, each with its violations",
    )
    add(
        "--workers",
        type=at_least(1),
        metavar="N",
        help="number of processes (default: one per processor)",
    )
    add(
        "--samples",
        type=at_least(0),
        metavar="N",
        help="invalid records shown per limit (default: 5)",
    )
    add("--resume", action="store_true", default=None, help="resume a run that was interrupted")
    add(
        "--column",
        type=_column,
        action="append",
        metavar="NAME=POINTER",
        help="JSON Pointer of the values of a column (default: /NAME); empty skips the column; "
        "repeatable",
    )


def _api(text: str) -> str:
    host, equals, name = text.rpartition("=")
    if not name or (equals and not host):
        raise argparse.ArgumentTypeError(f"must be NAME or HOST=NAME, not {text!r}")
    return text


def _column(text: str) -> tuple[str, str]:
    name, equals, pointer = text.rpartition("=")
    if not equals or not name or (pointer and not pointer.startswith("/")):
        raise argparse.ArgumentTypeError(
            f"must be NAME=POINTER, such as Name=/InternalName, not {text!r}"
        )
    return name, pointer


def run(args: argparse.Namespace, console: Console) -> int:
    """Check the selected files, each by its kind of input."""
    from fieldbound.cli.findings import Findings
    from fieldbound.cli.kinds import Run, assign
    from fieldbound.cli.selection import Selection
    from fieldbound.config import load

    config = load()
    output = None if args.output == STDIN else args.output
    files = Selection(
        config,
        console,
        contract=args.contract,
        apis=bool(args.api),
        skip_unmapped=args.skip_unmapped,
    ).files(args.files)
    if not files and console.failed and not _is_annotated(args):
        return 2
    folders = (*args.folder, *config.folders)
    if error := overwritten(args, files, config, folders):
        console.error(error)
        return 2
    run = Run(args, config, console, folders, Findings(args, config, console), output)
    by_kind = assign(run, files)
    for kind, own in by_kind.items():
        accepted = set(own)
        others = [file for file in files if file not in accepted]
        if conflict := kind.conflict(own, others):
            console.error(conflict)
            return 2
    return _report(run, files, by_kind)


def _report(run: Run, files: Sequence[Selected], by_kind: dict[Kind, list[Selected]]) -> int:
    """Check the files and write their reports, grouped by renderer. Return the exit code.

    An empty report is written if there are no files, which is when all of them are skipped.
    """
    kind_of = {file: kind for kind, own in by_kind.items() for file in own}
    used = {kind.renderer for kind in by_kind} or {"reports"}
    summary = StepSummaryFile(run.findings.severity)
    for renderer, write_reports in _WRITERS.items():
        if renderer in used:
            kinds = [kind for kind in by_kind if kind.renderer == renderer]
            own = [(kind_of[file], file) for file in files if kind_of[file] in kinds]
            reports = summary.collected(_reports(own, kinds, run.console))
            if not write_reports(run, reports):
                return 2
            run.console.unreported = []
    summary.write(run.console)
    run.findings.finish(everything=not run.args.files)
    return int(run.findings.failed)


def _reports(
    files: Sequence[tuple[Kind, Selected]], kinds: Sequence[Kind], console: Console
) -> Iterator[Any]:
    for kind, file in files:
        name = STDIN_NAME if file.path == STDIN else file.path
        try:
            yield from kind.reports(file)
        except FieldboundError as error:
            console.error(str(error), about=name)
        except OSError as error:
            console.error(f"cannot read {name}: {why_unreadable(error, file.path)}")
    for kind in kinds:
        kind.finish()


def _style(run: Run, *, draws: bool = False) -> Style:
    """Return how reports are shown; of records, the text *draws* charts."""
    color = run.args.color
    excerpts = color == "always" or (run.output is None and is_terminal(sys.stdout))
    return Style(
        run.findings.severity,
        color=colored(color, run.output),
        excerpts=excerpts,
        ascii=draws and ascii_only(run.output),
        quiet=run.args.quiet,
        width=width() if run.output is None else None,
        max_violations=run.args.max_violations,
    )


def _format(args: argparse.Namespace) -> str:
    return args.format or ("github" if _is_annotated(args) else "text")


def _is_annotated(args: argparse.Namespace) -> bool:
    """Return whether the output is annotations, which also say what could not be checked."""
    in_actions = args.output in (None, STDIN) and os.environ.get("GITHUB_ACTIONS") == "true"
    return bool(args.format == "github" or (args.format is None and in_actions))


def _write_reports(run: Run, reports: Iterator[Any]) -> bool:
    """Write reports of documents and recordings, or samples of records; return if that worked."""
    from fieldbound.render import render

    console, summary = run.console, Summary()
    reports = _counted(map(_as_document, reports), summary, run.findings.severity)
    first = list(islice(reports, 1))
    if not first and console.failed and not _is_annotated(run.args):
        return False
    chunks = render(_format(run.args), chain(first, reports), _style(run), console.unreported)
    if not write(console, chunks, run.output):
        return False
    if run.output is not None:
        summary.not_checked = len(console.unreported)
        console.note(str(summary))
    return True


def _as_document(report: Report | BulkReport) -> Report:
    if isinstance(report, Report):
        return report
    from fieldbound.render import as_report  # slow to import

    return as_report(report)


def _counted(reports: Iterator[Any], summary: Summary, severity: Severity) -> Iterator[Any]:
    for report in reports:
        summary.add(report, severity)
        yield report


def _write_bulk(run: Run, reports: Iterator[Any]) -> bool:
    """Write reports of records; return whether that worked."""
    from fieldbound.render import render_bulk

    style = _style(run, draws=True)
    chunks = render_bulk(_format(run.args), reports, style, run.console.unreported)
    return write(run.console, chunks, run.output)


_WRITERS: Final = {"reports": _write_reports, "bulk": _write_bulk}
