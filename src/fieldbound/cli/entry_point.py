"""The command `fieldbound`: parse arguments, run one command, return its exit code.

0: valid. 1: violations. 2: usage error, unreadable input, broken contract, or nothing checked; 2
takes precedence over 1. 130: interrupted. 141: broken pipe.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, NoReturn

from fieldbound.model import FieldboundError

from .commands import COMMANDS, EXAMPLE
from .console import Console, columns, detach, write_stdout

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Options that are answered without a command.
_ANSWERED = ("-h", "--help", "-V", "--version")
#: The variable that a shell sets when it asks for completions.
_COMPLETION = "_ARGCOMPLETE"
#: How many characters of the message of an unexpected exception are shown.
_MAX_MESSAGE = 200
#: Objects made since the last collection of garbage before it starts: what a command imports and
#: reads stays until it ends, and to look through all of it again and again costs a short run more
#: than the garbage of a long one.
_GARBAGE_THRESHOLD = 50_000


def run() -> int:
    """Run the command line and return the exit code; never end in a traceback."""
    gc.set_threshold(_GARBAGE_THRESHOLD)
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
        from fieldbound.documents import os_error_reason

        Console().error(f"cannot write the output: {os_error_reason(error)}")
        code = 2
    except BaseException as error:  # noqa: BLE001 - a panic in Rust is a BaseException
        _report_internal_error(error)
        code = 2
    else:
        gc.freeze()  # the process ends: what is left is not looked through once more
        return code
    detach(sys.stdout)
    return code


def _report_internal_error(error: BaseException) -> None:
    from fieldbound.model import escaped

    if sys.stdout is not None:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
    if os.environ.get("FIELDBOUND_TRACEBACK") and sys.stderr is not None:
        import traceback

        for line in "".join(traceback.format_exception(error)).splitlines():
            sys.stderr.write(f"{escaped(line)}\n")
    text = escaped(str(error)[:_MAX_MESSAGE])[:_MAX_MESSAGE]
    Console().error(f"internal error: {type(error).__name__}: {text} (this is a bug in fieldbound)")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command that *argv* names, and return its exit code."""
    parser = parser_of_commands()
    if _COMPLETION in os.environ:
        from .completion import complete

        complete(parser)
    given = sys.argv[1:] if argv is None else argv
    try:
        if (first := _no_command(given)) is not None:
            parser.error(f"{first!r} is no command{_meant(first, given)}")
        args = parser.parse_args(given)
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


def _no_command(argv: Sequence[str]) -> str | None:
    """Return the first argument that is no option if it is no command, else None."""
    for each in argv:
        if not each.startswith("-"):
            return None if each in COMMANDS else each
        if each in _ANSWERED:
            break
    return None


def _meant(first: str, argv: Sequence[str]) -> str:
    """Return what was meant by arguments without a command: to check a file, or a misspelt one."""
    from shlex import join

    from fieldbound.model import closest_name

    similar = closest_name(first, COMMANDS)
    if similar is None and not (os.path.exists(first) or set(first) & set("./*")):  # noqa: PTH110
        return f" (choose from {', '.join(COMMANDS)})"
    command = f"check {join(argv)}" if similar is None else similar
    return f"; did you mean `fieldbound {command}`?"


# -- the parser ------------------------------------------------------------------------------------


class _Formatter(argparse.HelpFormatter):
    """Formats help at the width that argparse finds by a module that is slow to import."""

    def __init__(self, prog: str, **options: Any) -> None:
        super().__init__(prog, **{"width": columns() - 2, **options})


class _CommandFormatter(_Formatter, argparse.RawDescriptionHelpFormatter):
    """Formats the help of a command, whose description has its own line ends."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        from fieldbound.model import escaped

        self.exit(2, f"fieldbound: {escaped(message)}\n{self.format_usage()}")

    def print_help(self, file: Any = None) -> None:
        # argparse ignores an error in writing the help
        write_stdout(self.format_help()) if file is None else super().print_help(file)


class _CommandParser(_Parser):
    """The parser of one command, whose module is imported when it is used."""

    def __init__(self, *, module: str = "", **options: Any) -> None:
        self._module = module
        self._given = options

    def __getattr__(self, name: str) -> Any:
        if not self._make():
            raise AttributeError(name)
        return getattr(self, name)

    def _make(self) -> bool:
        """Make the parser once, when it is used: most commands are not, in a run."""
        options = self.__dict__.pop("_given", None)
        if options is not None:
            super().__init__(**options)
        return options is not None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Add the options of the command, then parse; unknown options are errors."""
        self._load()
        known, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unknown option {unknown[0]}{self._suggestion(unknown[0])}")
        return known, unknown

    def format_help(self) -> str:
        """Add the options of the command, then return its help."""
        self._load()
        return super().format_help()

    def _suggestion(self, option: str) -> str:
        from fieldbound.model import closest_name

        options = [each for action in self._actions for each in action.option_strings]
        similar = closest_name(option.partition("=")[0], options)
        return f"; did you mean {similar}?" if similar else ""

    def _load(self) -> None:
        self._make()
        if self._module:
            command = import_module(self._module, __package__)
            self._module = ""
            self.description, self.epilog = command.DESCRIPTION, command.EXAMPLE
            self.set_defaults(command=command.run)
            command.add_options(self)
            if getattr(command, "USES_CONTRACTS", True):
                self._add_folder()

    def _add_folder(self) -> None:
        self.add_argument(
            "--folder",
            action="append",
            default=[],
            metavar="DIR",
            help="folder with your own contracts, in addition to pyproject.toml; repeatable",
        )


def parser_of_commands() -> argparse.ArgumentParser:
    """Return the parser of the command line; each command adds its options when it is used."""
    parser = _Parser(
        prog="fieldbound",
        description="Check payloads against the limits that API vendors document.",
        epilog=EXAMPLE,
        allow_abbrev=False,
        formatter_class=_Formatter,
    )
    parser.add_argument("-V", "--version", action="store_true", help="print the version and exit")
    parser.set_defaults(command=None)
    commands = parser.add_subparsers(
        metavar="COMMAND", title="commands", parser_class=_CommandParser, prog=parser.prog
    )
    for name, summary in COMMANDS.items():
        commands.add_parser(
            name,
            help=summary,
            formatter_class=_CommandFormatter,
            allow_abbrev=False,
            module=f".commands.{name}{'_' * iskeyword(name)}",
        )
    return parser
