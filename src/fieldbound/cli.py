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
    from .traffic import Recordings

_STDIN = "-"
_TABLE = "[tool.fieldbound.files]"

#: How much of an unexpected exception's message is shown, in characters.
_FAULT_SHOWN = 200

_CHECK_HELP = f"""\
Judge JSON and YAML files, each by one contract: the one named with -c, or the one to
which {_TABLE} of pyproject.toml maps the file.
Judge recorded traffic (a HAR, a cassette of VCR, a log of exchanges in NDJSON), each exchange
by the API it belongs to: one named with --api, or in [tool.fieldbound.apis]. A recording is
what ends in .har, what `recordings` in [tool.fieldbound] matches, and with --api every FILE.
Without a FILE, judge every file that is mapped, and all recordings.

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


def _api(text: str) -> str:
    host, mark, name = text.rpartition("=")
    if not name or (mark and not host):
        raise argparse.ArgumentTypeError(f"{text!r} is neither NAME nor HOST=NAME")
    return text


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(command=_check)
    add = parser.add_argument
    add("files", nargs="*", metavar="FILE", help=f"a file to judge; {_STDIN} is standard input")
    add("-c", "--contract", metavar="NAME", help="judge every FILE by this contract")
    add(
        "--api",
        type=_api,
        action="append",
        default=[],
        metavar="[HOST=]NAME",
        help="judge every FILE, a recording, by this API, at any host or at one; may be repeated",
    )
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
    skip, apis = args.skip_unmapped, args.api
    chosen = chosen_by(config, args.files, args.contract, console, skip=skip, apis=bool(apis))
    if not chosen and console.failed:
        return 2
    files = {*args.files, *(path for path, _ in chosen)} - {_STDIN}
    if output is not None and any(is_same(output, path) for path in files):
        console.error(f"--output {output} is a file to judge: it would be lost")
        return 2
    judge = _Judge(console, (*args.folder, *config.folders), fail_on, args.input or "json")
    judge.apis, judge.named, judge.skip = apis or config.apis, bool(args.files), skip
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
            self._console.error(str(error), about=path)
        except OSError as error:
            self._console.error(f"cannot read {path}: {reason(error)}")

    def _recorded(self, path: str) -> Iterator[Report]:
        from .traffic import Recording, Recordings

        if self._recordings is None:
            self._recordings = Recordings(
                self._console, self.apis, self._folders, each=self.named, skip=self.skip
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
