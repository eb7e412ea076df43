"""Words on a command line go in; output, sentences on stderr and an exit code come out.

0: valid. 1: violations. 2: wrong usage, something unreadable, a broken contract, or nothing to
judge; 2 wins over 1. 130: stopped by Ctrl-C. 141: nobody reads the output any more.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from .console import Console, let_go, put, reason
from .model import SAYS, FieldboundError
from .render import FORMATS, escaped

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_STDIN = "-"
_TABLE = "[tool.fieldbound.files]"

#: How much of an unexpected exception's message is shown, in characters.
_FAULT_SHOWN = 200

_CHECK_HELP = f"""\
Judge JSON and YAML files, each by one contract: the one named with -c, or the
one to which {_TABLE} of pyproject.toml maps the file.
Judge recorded traffic (a HAR, a cassette of VCR, a log of exchanges in NDJSON),
each exchange by the API it belongs to: one named with --api, or in
[tool.fieldbound.apis]. A recording is what ends in .har, what `recordings` in
[tool.fieldbound] matches, and with --api every FILE.
Judge files of records, each record by the contract, and give one account.
Without a FILE, judge every file that is mapped, and all recordings.

Exit code: 0 valid, 1 violations, 2 wrong usage, unreadable input or a broken
contract.
"""
_RECORDS_HELP = """\
NDJSON (.ndjson, .jsonl), CSV and Parquet, a JSON array where the contract of
-c takes none, packed or not (.gz, .zst): each record is judged by itself.
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
    add(
        "--input",
        choices=("json", "yaml", "ndjson", "csv", "tsv"),
        help="what standard input is (default: json)",
    )
    add(
        "--format",
        choices=(*FORMATS, "html"),
        help="how to write (default: text; github in its Actions); html is for records",
    )
    _add_output(parser)
    _add_records(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    """Add the options of what is put out."""
    add = parser.add_argument
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


def _add_records(parser: argparse.ArgumentParser) -> None:
    """Add the options of files that have many records."""
    group = parser.add_argument_group("files of records", _RECORDS_HELP)
    add = group.add_argument
    add("--key", metavar="POINTER", help="what tells records apart: named in samples, once each")
    add("--accepted", metavar="FILE", help="write the valid records there, byte for byte")
    add("--refused", metavar="FILE", help="write the others there, each with its violations")
    add("--workers", type=_workers, metavar="N", help="processes (default: one a processor)")
    add("--samples", type=_samples, metavar="N", help="records to tell of a limit (default: 5)")
    add("--resume", action="store_true", default=None, help="go on with a run that was stopped")
    add(
        "--column",
        type=_column,
        action="append",
        metavar="NAME=POINTER",
        help="where the values of a column belong (default: /NAME); may be repeated",
    )


def _workers(text: str) -> int:
    return _whole(text, 1)


def _samples(text: str) -> int:
    return _whole(text, 0)


def _whole(text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least}")
    return int(text)


def _column(text: str) -> tuple[str, str]:
    name, mark, pointer = text.rpartition("=")
    if not mark or not name or (pointer and not pointer.startswith("/")):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not NAME=POINTER, such as Name=/InternalName"
        )
    return name, pointer


def _check(args: argparse.Namespace, console: Console) -> int:
    from .checking import check

    return check(args, console)
