"""Arguments that name contracts: a full name, or the beginning of names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_names(parser: argparse.ArgumentParser, *, optional: bool = True) -> None:
    """Add the NAME argument."""
    parser.add_argument(
        "names",
        nargs="*" if optional else "+",
        metavar="NAME",
        help="name of a contract, or the beginning of names, such as a vendor"
        + (" (default: all contracts)" if optional else ""),
    )


def add_listing_format(parser: argparse.ArgumentParser) -> None:
    """Add the --format option of a command that lists."""
    parser.add_argument(
        "--format",
        choices=("table", "json"),
        default="table",
        help="output format (default: table)",
    )


def matching_names(args: argparse.Namespace, folders: tuple[str, ...], *, exact: bool) -> list[str]:
    """Return the names of contracts that match args.names; all of them if it is empty.

    A name matches itself and the names below it; with *exact* only itself, if it is a contract.
    Raises UnknownName for a name without a match.
    """
    from fieldbound.catalog import contract, contracts as known_contracts

    known = known_contracts(folders)
    if not args.names:
        return known
    matching: dict[str, None] = {}
    for name in args.names:
        below = f"{name.rstrip('/')}/"
        found = [each for each in known if each == name or each.startswith(below)]
        if exact and name in known:
            found = [name]
        if not found:
            contract(name, folders)  # the path of a file; raises if it is neither
            found = [name]
        matching.update(dict.fromkeys(found))
    return list(matching)


def contract_folders(args: argparse.Namespace) -> tuple[str, ...]:
    """Return the contract folders of --folder and of the configuration."""
    from fieldbound.config import load

    return (*args.folder, *load().folders)
