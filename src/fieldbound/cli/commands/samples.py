"""`fieldbound samples`: example payloads of a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.names import at_least, contract_folders

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = """\
Print example payloads of a contract: valid, and the same each time. Values are
taken from the examples, defaults and choices of its schema where it has these.
The first has everything, the second what is required, and others some of the rest.

Without -n and --at-limits one payload is printed as it is, else an array of them.
"""
EXAMPLE: Final = "example: fieldbound samples axim-commerce/create-company -n 3 --format ndjson"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add = parser.add_argument
    add("name", metavar="NAME", help="name of a contract, or a file")
    add(
        "-n",
        dest="count",
        metavar="N",
        type=at_least(1),
        help="how many payloads (default: 1)",
    )
    add(
        "--at-limits",
        action="store_true",
        help="payloads that are at a limit each (default of -n: one for every limit)",
    )
    add(
        "--format",
        choices=("json", "ndjson"),
        default="json",
        help="one JSON document, or one line per payload (default: json)",
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Print example payloads."""
    from itertools import islice

    from fieldbound.catalog import contract
    from fieldbound.generation import samples, samples_at_limits
    from fieldbound.model import FieldboundError, pluralize
    from fieldbound.render import ascii_json

    named = contract(args.name, contract_folders(args))
    if args.at_limits:
        found = list(islice(samples_at_limits(named), args.count))
    else:
        found = list(islice(samples(named), args.count or 1))
    if args.count is not None and len(found) < args.count:
        console.note(f"only {pluralize(len(found), 'different payload')} found")
    if not found:
        raise FieldboundError(f"{named.name}: there is no limit that a payload can be at")
    if args.format == "ndjson":
        for each in found:
            write_stdout(ascii_json(each, indent=None))
    else:
        is_alone = args.count is None and not args.at_limits
        write_stdout(ascii_json(found[0] if is_alone else found))
    return 0
