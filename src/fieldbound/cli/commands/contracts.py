"""`fieldbound contracts`: list the contracts, and the operations they are of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import width
from fieldbound.cli.names import add_names, contract_folders
from fieldbound.cli.pager import add_no_pager, page
from fieldbound.model import escaped

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = """\
List the names of contracts. With a NAME, such as a vendor or an OpenAPI
document, list the operation of each, too.
"""
EXAMPLE: Final = "example: fieldbound contracts oracle-cx-sales openapi.yaml --folder contracts"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add_names(parser)
    parser.add_argument(
        "--format",
        choices=("names", "table", "json"),
        help="output format (default: table with a NAME, else names)",
    )
    add_no_pager(parser)


def run(args: argparse.Namespace, _console: Console) -> int:
    """List the names of contracts."""
    from fieldbound.catalog import matching_entries

    found = matching_entries(args.names, contract_folders(args))
    choice = args.format or ("table" if args.names else "names")
    if choice == "json":
        from fieldbound.render import ascii_json, operation_object

        text = ascii_json([operation_object(each) for each in found])
    elif choice == "table":
        from fieldbound.render import operations_table

        text = "".join(operations_table(found, width()))
    else:
        text = "".join(f"{escaped(each.name)}\n" for each in found)
    page(text, no_pager=args.no_pager)
    return 0
