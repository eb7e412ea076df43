"""Names on the command line: of contracts, or how names of contracts begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_names(parser: argparse.ArgumentParser, *, optional: bool = True) -> None:
    """Add the argument that takes names."""
    parser.add_argument(
        "names",
        nargs="*" if optional else "+",
        metavar="NAME",
        help="a contract or the beginning of names, such as a vendor"
        + (" (default: all contracts)" if optional else ""),
    )


def add_listing_format(parser: argparse.ArgumentParser) -> None:
    """Add the option of commands that list."""
    parser.add_argument(
        "--format",
        choices=("table", "json"),
        default="table",
        help="output format (default: table)",
    )


def matching_names(args: argparse.Namespace, folders: tuple[str, ...], *, exact: bool) -> list[str]:
    """Return the names of contracts that args.names match; all if it is empty.

    A name matches itself and the names below it, *exact* only itself where there is such a
    contract. Raises UnknownName for a name that matches nothing.
    """
    from fieldbound.catalog import contract, contracts as known_contracts

    known = known_contracts(folders)
    if not args.names:
        return known
    named: dict[str, None] = {}
    for name in args.names:
        below = f"{name.rstrip('/')}/"
        found = [each for each in known if each == name or each.startswith(below)]
        if exact and name in known:
            found = [name]
        if not found:
            contract(name, folders)  # the path of a file, or no name at all
            found = [name]
        named.update(dict.fromkeys(found))
    return list(named)


def contract_folders(args: argparse.Namespace) -> tuple[str, ...]:
    """Return the folders of contracts: of --folder, and of the configuration."""
    from fieldbound.config import load

    return (*args.folder, *load().folders)
