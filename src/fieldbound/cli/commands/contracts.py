"""`fieldbound contracts`: list the contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.names import add_listing_format, add_names, contract_folders, matching_names
from fieldbound.render import ascii_json, escaped

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = "List the names of contracts."
EXAMPLE: Final = "example: fieldbound contracts oracle-cx-sales --folder contracts"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add_names(parser)
    add_listing_format(parser)


def run(args: argparse.Namespace, _console: Console) -> int:
    """List the names of contracts."""
    names = matching_names(args, contract_folders(args), exact=False)
    if args.format == "json":
        write_stdout(ascii_json(names))
    else:
        write_stdout("".join(f"{escaped(name)}\n" for name in names))
    return 0
