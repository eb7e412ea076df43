"""Arguments and options that several commands have: names of contracts, formats, numbers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence


def add_names(parser: argparse.ArgumentParser, *, optional: bool = True) -> None:
    """Add the NAME argument."""
    parser.add_argument(
        "names",
        nargs="*" if optional else "+",
        metavar="NAME",
        help="name of a contract, the beginning of names, such as a vendor, or a file: a JSON "
        "Schema, or an OpenAPI document, with or without #operation"
        + (" (default: all contracts)" if optional else ""),
    )


def add_listing_format(parser: argparse.ArgumentParser, first: str = "table") -> None:
    """Add the --format option of a command that lists: *first* is the default."""
    parser.add_argument(
        "--format",
        choices=(first, "json"),
        default=first,
        help=f"output format (default: {first})",
    )


def matching_names(
    args: argparse.Namespace, folders: Sequence[str | os.PathLike[str]], *, exact: bool
) -> list[str]:
    """Return the names of the contracts that args.names match; all of them if it is empty."""
    from fieldbound.catalog import matching_entries

    return [each.name for each in matching_entries(args.names, folders, exact=exact)]


def at_least(least: int) -> Callable[[str], int]:
    """Return the type of an option whose value is an integer, this one or more."""

    def number(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"must be an integer >= {least}, not {text!r}")
        return int(text)

    return number


def contract_folders(args: argparse.Namespace) -> tuple[str | os.PathLike[str], ...]:
    """Return the contract folders of --folder and of the configuration."""
    from fieldbound.config import load

    return (*args.folder, *load().folders)
