"""`fieldbound schema`: print the schema of a contract, or of what users write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.names import contract_folders
from fieldbound.model import FieldboundError

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = """\
Print the JSON Schema of a contract as one document, which other tools read: no
extensions, no references to other files. What is lost by that is in $comment.

With --of, print the schema of what you write yourself, for your editor:
[tool.fieldbound] or fieldbound.toml, the schema files of contracts, sources.json.
"""
EXAMPLE: Final = "example: fieldbound schema oracle-cx-sales/create-product-group --draft 7"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    from fieldbound.catalog import DRAFTS, PRODUCT_SCHEMAS

    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("name", nargs="?", metavar="NAME", help="name of a contract, or a file")
    what.add_argument(
        "--of", choices=PRODUCT_SCHEMAS, help="print the schema of what you write yourself"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--plain", action="store_true", help="without extensions, for other tools (the default)"
    )
    form.add_argument(
        "--whole", action="store_true", help="with sources and extensions, in its own draft"
    )
    parser.add_argument(
        "--draft", choices=DRAFTS, help=f"draft of the plain schema (default: {DRAFTS[0]})"
    )


def run(args: argparse.Namespace, _console: Console) -> int:
    """Print a schema."""
    from fieldbound.catalog import DRAFTS, contract, plain_schema, product_schema
    from fieldbound.render import ascii_json

    if args.draft and (args.whole or args.of):
        raise FieldboundError("--draft is for a plain schema: --whole and --of have their own")
    if args.of:
        schema = product_schema(args.of)
    else:
        found = contract(args.name, contract_folders(args))
        schema = found.schema if args.whole else plain_schema(found, args.draft or DRAFTS[0])
    write_stdout(ascii_json(schema))
    return 0
