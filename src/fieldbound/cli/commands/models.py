"""`fieldbound models`: typed Python of a contract's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.names import contract_folders

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = """\
Write the values of a contract as typed Python: lengths, choices, defaults, names
that are no identifiers, and with each field the limits and their sources. What is
read-only is left out of requests. The limits that a style does not hold are listed
at the top: check these with fieldbound.

pydantic, msgspec   check the limits when a value is read or made
dataclass           is written for JSON by its function `payload`
typeddict           has the types alone, for Python 3.11 or later
"""
EXAMPLE: Final = (
    "example: fieldbound models oracle-cx-sales/create-product-group --style pydantic "
    "--output product_group.py"
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    from fieldbound.codegen import STYLES

    add = parser.add_argument
    add("name", metavar="NAME", help="name of a contract, or a file")
    styles = tuple(STYLES)
    add("--style", choices=styles, default=styles[0], help=f"style (default: {styles[0]})")
    add("--output", metavar="FILE", help="write to FILE instead of standard output")


def run(args: argparse.Namespace, console: Console) -> int:
    """Write the models of a contract."""
    from fieldbound.catalog import contract, is_contract_file
    from fieldbound.codegen import model_code
    from fieldbound.documents import atomic_write, os_error_reason

    folders = contract_folders(args)
    code = model_code(contract(args.name, folders), args.style)
    if args.output is None:
        write_stdout(code)
        return 0
    if is_contract_file(args.output, [args.name], folders):
        console.error(f"--output {args.output} is a file of a contract and would be overwritten")
        return 2
    try:
        with atomic_write(args.output) as stream:
            stream.write(code)
    except OSError as error:
        console.error(f"cannot write {args.output}: {os_error_reason(error)}")
        return 2
    return 0
