"""`fieldbound limits`: list the limits of contracts, and where each is documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import width, write_stdout
from fieldbound.cli.names import add_listing_format, add_names, contract_folders, matching_names
from fieldbound.render import ascii_json, escaped, not_checked

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console
    from fieldbound.validation import Contract

DESCRIPTION: Final = "List the limits of contracts, and where each is documented."
EXAMPLE: Final = "example: fieldbound limits oracle-cx-sales/create-product-group"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add_names(parser)
    add_listing_format(parser)


def run(args: argparse.Namespace, _console: Console) -> int:
    """List the limits of contracts."""
    from fieldbound.catalog import contract

    folders = contract_folders(args)
    contracts = [contract(name, folders) for name in matching_names(args, folders, exact=True)]
    if args.format == "json":
        from fieldbound.render import limit_object

        write_stdout(
            ascii_json([limit_object(limit) for each in contracts for limit in each.limits])
        )
        return 0
    for number, each in enumerate(contracts):
        write_stdout("\n" * bool(number) + f"{escaped(each.name)}\n")
        _write_limits(each)
    return 0


def _write_limits(contract: Contract) -> None:
    from fieldbound.render import limits_table

    if contract.limits:
        for line in limits_table(contract.limits, width()):
            write_stdout(line)
    for line in not_checked({contract.name: dict(contract.unspecified)}):
        write_stdout(f"{line}\n")
    for pointer, reason in contract.not_checked.items():
        write_stdout(f"not checked: {escaped(pointer or '(root)')} ({escaped(reason)})\n")
