"""The options by which a command says how a vendor's document is to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Add the options of how a document is read."""
    from fieldbound.importers import KINDS

    kinds = "; ".join(f"{name}: {what}" for name, what in KINDS.items())
    parser.add_argument(
        "--resource",
        action="append",
        default=[],
        metavar="NAME",
        help="resource to take, of several in the file; repeatable (default: all)",
    )
    parser.add_argument(
        "--as",
        dest="kind",
        metavar="KIND",
        help=f"kind of the file, by default the one that it is recognised as ({kinds})",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="MEANING=HEADING",
        help="heading of the column of a table that has the name, the type, the maxLength, and so "
        "on; repeatable (default: recognised by the usual headings)",
    )


def reading(args: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of `importers.read` that the options give."""
    columns = dict(map(_column, args.column))
    return {"kind": args.kind, "resource": args.resource, "columns": columns}


def _column(text: str) -> tuple[str, str]:
    meaning, equals, heading = text.partition("=")
    if not equals or not meaning or not heading:
        from fieldbound.model import FieldboundError

        reason = "must be MEANING=HEADING, such as name=Feldname"
        raise FieldboundError(f"--column {text}: {reason}")
    return meaning, heading
