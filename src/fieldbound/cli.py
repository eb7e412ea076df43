"""Words on a command line go in; output, sentences on stderr and an exit code come out.

0: valid. 1: violations. 2: wrong usage, something unreadable, a broken contract, or nothing to
judge; 2 wins over 1. 130: stopped by Ctrl-C. 141: nobody reads the output any more.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NoReturn

from .console import (
    Console,
    colored,
    is_same,
    is_terminal,
    let_go,
    put,
    reason,
    replacing,
)
from .model import SAYS, FieldboundError
from .render import FORMATS, STDIN, Style, Tally, escaped, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from .document import Document
    from .judge import Contract
    from .model import Report

_STDIN = "-"
_TABLE = "[tool.fieldbound.files]"

#: How much of an unexpected exception's message is shown, in characters.
_FAULT_SHOWN = 200

_CHECK_HELP = f"""\
Judge JSON and YAML files, each by one contract: the one named with -c, or the one to
which {_TABLE} of pyproject.toml maps the file.
Without a FILE, judge every file that is mapped.

Exit code: 0 valid, 1 violations, 2 wrong usage, unreadable input or a broken contract.
"""
_CHECK_EXAMPLE = "example: fieldbound check -c oracle-cx-sales/create-product-group payload.json"
_CONTRACTS_EXAMPLE = "example: fieldbound contracts oracle-cx-sales --folder contracts"
_LIMITS_EXAMPLE = "example: fieldbound limits oracle-cx-sales/create-product-group"
_CASES_EXAMPLE = "example: fieldbound cases axim-commerce/create-company --out cases"
_CASES_HELP = """\
Make a pair of instances for each limit of contracts: one just at it, one just beyond it.
Both engines have judged them. Without --out, the pairs are counted.
"""


def run() -> int:
    """Run the command for a console: nothing that a user can cause ends in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = main()
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = 130
    except BrokenPipeError:
        code = 141
    except OSError as error:
        Console().error(f"cannot write the output: {reason(error)}")
        code = 2
    except BaseException as error:  # noqa: BLE001 - a panic of the engine is no mere Exception
        _own_fault(error)
        code = 2
    else:
        return code
    let_go(sys.stdout)
    return code


def _own_fault(error: BaseException) -> None:
    if sys.stdout is not None:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
    if os.environ.get("FIELDBOUND_TRACEBACK") and sys.stderr is not None:
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__)
    said = escaped(str(error)[:_FAULT_SHOWN])[:_FAULT_SHOWN]
    Console().error(f"this is a fault of fieldbound itself: {type(error).__name__}: {said}")


def main(argv: Sequence[str] | None = None) -> int:
    """Do what *argv* asks for and return the exit code."""
    parser = parser_of_commands()
    try:
        args = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    if args.version:
        from .render import version

        put(f"fieldbound {version()}\n")
        return 0
    if args.command is None:
        parser.print_help(sys.stderr)
        return 2
    console = Console(getattr(args, "quiet", False))
    try:
        code: int = args.command(args, console)
    except FieldboundError as error:
        console.error(str(error))
        return 2
    return 2 if console.failed else code


# -- what can be said ------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"fieldbound: {escaped(message)}\n{self.format_usage()}")

    def print_help(self, file: Any = None) -> None:
        # As argparse's own, but whether the help can be written does not go unsaid.
        put(self.format_help()) if file is None else super().print_help(file)


def parser_of_commands() -> argparse.ArgumentParser:
    """Build the parser of every command and option."""
    parser = _Parser(
        prog="fieldbound",
        description="Every limit a vendor documents, enforced before the vendor does it for you.",
        epilog=_CHECK_EXAMPLE,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="show the version and exit")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    _add_check(_command(commands, "check", _CHECK_HELP, _CHECK_EXAMPLE))
    contracts = _command(
        commands, "contracts", "List the names of all contracts.", _CONTRACTS_EXAMPLE
    )
    contracts.set_defaults(command=_listing("contracts"))
    limits = _command(
        commands,
        "limits",
        "List what contracts demand, and where that is documented.",
        _LIMITS_EXAMPLE,
    )
    limits.set_defaults(command=_listing("limits"))
    for listing in (contracts, limits):
        listing.add_argument(
            "names",
            nargs="*",
            metavar="NAME",
            help="a contract, or how names begin, such as a vendor; all of them if none is given",
        )
        listing.add_argument(
            "--format",
            choices=("table", "json"),
            default="table",
            help="how to list (default: table)",
        )
    _add_cases(_command(commands, "cases", _CASES_HELP, _CASES_EXAMPLE))
    return parser


def _listing(name: str) -> Callable[[argparse.Namespace, Console], int]:
    """Return a command of the room of listings, which is imported when one is asked for."""

    def command(args: argparse.Namespace, console: Console) -> int:
        from . import listings

        done: int = getattr(listings, name)(args, console)
        return done

    return command


def _add_cases(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_listing("cases"))
    add = parser.add_argument
    add("names", nargs="+", metavar="NAME", help="a contract, or how names begin")
    add("--out", metavar="DIR", help="write them there, into a folder for each contract")
    add(
        "--format",
        choices=("json", "ndjson"),
        default="json",
        help="one file for each instance, or one line for each pair (default: json)",
    )


def _command(commands: Any, name: str, description: str, example: str) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=description.partition(".")[0].partition(",")[0],
        description=description,
        epilog=example,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--folder",
        action="append",
        default=[],
        metavar="DIR",
        help="a folder of own contracts, beside those that pyproject.toml names; may be repeated",
    )
    return parser


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_check)
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help=f"a file to judge; {_STDIN} is standard input")
    add("-c", "--contract", metavar="NAME", help="judge every FILE by this contract")
    add("--input", choices=("json", "yaml"), help="what standard input is (default: json)")
    add(
        "--format",
        choices=tuple(FORMATS),
        help="how to write (default: text; github in its Actions)",
    )
    add("--output", metavar="FILE", help="write there, all or nothing, not to standard output (-)")
    add(
        "--fail-on",
        choices=SAYS,
        help=f"what is less firmly known than this only warns (default: {SAYS[-1]}: all fails)",
    )
    add("--quiet", action="store_true", help="show violations only: no count and no notes")
    add(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="color text (default: auto, on a terminal)",
    )
    add(
        "--skip-unmapped",
        action="store_true",
        help=f"skip, not refuse, each FILE that {_TABLE} maps to no contract",
    )


# -- check -----------------------------------------------------------------------------------------


def _check(args: argparse.Namespace, console: Console) -> int:
    from .config import chosen_by, load

    config = load()
    fail_on = args.fail_on or config.fail_on
    output = None if args.output == _STDIN else args.output
    if args.input and _STDIN not in args.files:
        console.error(f"--input tells what standard input is: give {_STDIN} as a FILE")
        return 2
    chosen = chosen_by(config, args.files, args.contract, console, skip=args.skip_unmapped)
    if not chosen and console.failed:
        return 2
    files = {*args.files, *(path for path, _ in chosen)} - {_STDIN}
    if output is not None and any(is_same(output, path) for path in files):
        console.error(f"--output {output} is a file to judge: it would be lost")
        return 2
    folders = (*args.folder, *config.folders)
    judge = _Judge(console, folders, fail_on, args.input or "json")
    reports = judge.reports(chosen)
    first = list(islice(reports, 1))
    if not first and console.failed:
        return 2
    shows = args.color == "always" or (output is None and is_terminal(sys.stdout))
    style = Style(fail_on, colored(args.color, output), excerpts=shows, quiet=args.quiet)
    in_actions = output is None and os.environ.get("GITHUB_ACTIONS") == "true"
    named = args.format or ("github" if in_actions else "text")
    chunks = render(named, chain(first, reports), style, console.problems)
    if not _written(console, chunks, output):
        return 2
    if output is not None:
        judge.tally.unjudged = len(console.problems)
        console.note(f"{judge.tally}")
    return int(judge.failed)


def _written(console: Console, chunks: Iterator[str], output: str | None) -> bool:
    """Write to *output*, None being standard output; tell whether all could be written."""
    if output is None:
        for chunk in chunks:
            put(chunk)
        return True
    try:
        with replacing(output) as stream:
            stream.writelines(chunks)
    except OSError as error:
        console.error(f"cannot write {output}: {reason(error)}")
        return False
    return True


class _Judge:
    """Files in, reports out: one document at a time, each contract loaded once."""

    def __init__(
        self, console: Console, folders: tuple[str, ...], fail_on: str, stdin: str
    ) -> None:
        self._console = console
        self._folders = folders
        self._fail_on = fail_on
        self._stdin = stdin
        self._contracts: dict[str, Contract | FieldboundError] = {}
        self.tally = Tally()
        self.failed = False

    def reports(self, chosen: Iterable[tuple[str, str]]) -> Iterator[Report]:
        for path, name in chosen:
            report = self._report(path, name)
            if report is not None:
                self.tally.add(report, self._fail_on)
                self.failed = self.failed or report.fails(self._fail_on)
                yield report

    def _report(self, path: str, name: str) -> Report | None:
        try:
            return self._contract(name).check(self._document(path))
        except FieldboundError as error:
            self._console.error(str(error), about=path)
        except OSError as error:
            self._console.error(f"cannot read {path}: {reason(error)}")
        return None

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

        if path != _STDIN:
            return read(path)
        if sys.stdin is None:
            raise OSError("it is closed")
        return parse(sys.stdin.buffer.read(), name=STDIN, format=self._stdin)
