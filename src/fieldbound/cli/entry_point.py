"""The command `fieldbound`: parses arguments, runs one command, returns its exit code.

0: valid. 1: violations. 2: usage error, unreadable input, a broken contract, or nothing to check;
2 wins over 1. 130: stopped by Ctrl-C. 141: the reader of the output is gone.
"""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from fieldbound.documents import reason
from fieldbound.model import FieldboundError
from fieldbound.render import escaped

from .commands import COMMANDS, EXAMPLE
from .console import Console, detach, write_stdout

if TYPE_CHECKING:
    from collections.abc import Sequence

#: How much of an unexpected exception's message is shown, in characters.
_ERROR_SHOWN = 200


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
    except BaseException as error:  # noqa: BLE001 - a panic of the engine is no Exception
        _report_internal_error(error)
        code = 2
    else:
        return code
    detach(sys.stdout)
    return code


def _report_internal_error(error: BaseException) -> None:
    if sys.stdout is not None:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
    if os.environ.get("FIELDBOUND_TRACEBACK") and sys.stderr is not None:
        import traceback

        traceback.print_exception(type(error), error, error.__traceback__)
    text = escaped(str(error)[:_ERROR_SHOWN])[:_ERROR_SHOWN]
    Console().error(f"internal error: {type(error).__name__}: {text} (this is a bug in fieldbound)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that *argv* names, and return its exit code."""
    parser = parser_of_commands()
    try:
        args = parser.parse_args(argv)
    except SystemExit as stop:
        return int(stop.code or 0)
    if args.version:
        from fieldbound.render import version

        write_stdout(f"fieldbound {version()}\n")
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


# -- the parser ------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"fieldbound: {escaped(message)}\n{self.format_usage()}")

    def print_help(self, file: Any = None) -> None:
        # As argparse's own, but an error in writing the help is not swallowed.
        write_stdout(self.format_help()) if file is None else super().print_help(file)


class _CommandParser(_Parser):
    """The parser of a command, whose module is imported when the command is used."""

    def __init__(self, *, module: str = "", **options: Any) -> None:
        super().__init__(**options)
        self._module = module

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Add the options of the command, then parse."""
        if self._module:
            command = import_module(self._module, __package__)
            self._module = ""
            self.description, self.epilog = command.DESCRIPTION, command.EXAMPLE
            self.set_defaults(command=command.run)
            command.add_options(self)
            self.add_argument(
                "--folder",
                action="append",
                default=[],
                metavar="DIR",
                help="folder of your own contracts, beside those of pyproject.toml; repeatable",
            )
        return super().parse_known_args(args, namespace)


def parser_of_commands() -> argparse.ArgumentParser:
    """Build the parser of every command; each adds its options when it is used."""
    parser = _Parser(
        prog="fieldbound",
        description="Every limit a vendor documents, enforced before the vendor does it for you.",
        epilog=EXAMPLE,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(
        metavar="COMMAND", title="commands", parser_class=_CommandParser
    )
    for name, summary in COMMANDS.items():
        commands.add_parser(
            name,
            help=summary,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            module=f".commands.{name}",
        )
    return parser
