"""`fieldbound sources`: list the documents that limits cite, and verify a fresh copy of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import width
from fieldbound.cli.names import add_listing_format, contract_folders
from fieldbound.cli.pager import add_no_pager, page
from fieldbound.cli.reading import add_reading, reading
from fieldbound.model import FieldboundError, pluralize

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from datetime import date

    from fieldbound.cli.console import Console
    from fieldbound.model import CitedDocument

DESCRIPTION: Final = """\
List the documents that the limits of a vendor cite: title, address, the date on
which the limits were last compared with it, its age in days, and how many limits
rest on it: 0 where it is cited for something else, such as a status or null. With
--max-age, fail if one is older, or has no true date.

With --verify, hold a fresh copy of a document against the digest that is recorded,
and list the limits that changed where the copy is of a kind that `fieldbound import`
reads, as --as, --resource and --column say. Nothing is fetched: download the copy
first.

Exit code: 0 nothing is older, or the copy says the same; 1 a document is older than
--max-age, or the copy differs or cannot be compared; 2 usage error.
"""
EXAMPLE: Final = "example: fieldbound sources oracle-cx-sales --max-age 180d"
#: The age, in days, from which --stale lists documents if --max-age says nothing else.
_STALE: Final = 180
_MAX_KEYS: Final = 5
_AGE: Final = re.compile(r"([0-9]{1,6})d?")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add = parser.add_argument
    add("vendors", nargs="*", metavar="VENDOR", help="name of a vendor (default: all vendors)")
    add(
        "--max-age",
        metavar="DAYS",
        help="fail if a document was read longer ago, such as 180d, or no true date says when",
    )
    add(
        "--stale",
        action="store_true",
        help=f"list only documents that are older than --max-age (default: {_STALE}d)",
    )
    add(
        "--verify",
        metavar="KEY=FILE",
        action="append",
        default=[],
        help="hold a copy of the document with this key against it; repeatable",
    )
    add_reading(parser)
    add_listing_format(parser)
    add_no_pager(parser)


def run(args: argparse.Namespace, console: Console) -> int:
    """List the documents that limits cite, or verify copies of them."""
    from datetime import datetime, timezone

    from fieldbound.catalog import cited_documents, vendor_names

    if args.verify:
        return _verify(args)
    if any(reading(args).values()):
        raise FieldboundError("--as, --resource and --column say how --verify reads a copy")
    folders = contract_folders(args)
    days = None if args.max_age is None else _days(args.max_age)
    today = datetime.now(timezone.utc).astimezone().date()
    limit = _STALE if days is None else days
    names = args.vendors or vendor_names(folders)
    found = [list(cited_documents(each, folders)) for each in names]
    old = [each for documents in found for each in documents if each.is_older(limit, today)]
    if args.stale:
        found = [[each for each in documents if each in old] for documents in found]
    _print(args, found, today)
    if days is None or not old:
        return 0
    keys = ", ".join(f"{each.vendor} {each.key}" for each in old[:_MAX_KEYS])
    more = f" and {len(old) - _MAX_KEYS} more, which --stale lists" if len(old) > _MAX_KEYS else ""
    documents = pluralize(len(old), "document")
    console.failure(f"{documents} not read within {pluralize(days, 'day')}: {keys}{more}")
    return 1


def _print(args: argparse.Namespace, found: Sequence[Sequence[CitedDocument]], today: date) -> None:
    from fieldbound.render import ascii_json, source_object, sources_table

    if args.format == "json":
        text = ascii_json([source_object(each, today) for one in found for each in one])
    else:
        blocks = ("".join(sources_table(each, today, width())) for each in found)
        text = "\n".join(filter(None, blocks))
    page(text, no_pager=args.no_pager)


def _verify(args: argparse.Namespace) -> int:
    from fieldbound.importers import verify
    from fieldbound.render import ascii_json, verification_object, verification_text

    if len(args.vendors) != 1 or args.max_age is not None or args.stale:
        raise FieldboundError("--verify needs one VENDOR, and neither --max-age nor --stale")
    found = []
    for each in args.verify:
        key, equals, file = each.partition("=")
        if not equals or not key or not file:
            raise FieldboundError(f"--verify {each}: must be KEY=FILE, such as post=page.html")
        found.append(verify(args.vendors[0], key, file, contract_folders(args), **reading(args)))
    if args.format == "json":
        text = ascii_json([verification_object(each) for each in found])
    else:
        text = "".join(line for each in found for line in verification_text(each))
    page(text, no_pager=args.no_pager)
    return int(not all(each.ok for each in found))


def _days(text: str) -> int:
    """Return the days of an age such as `180d`. Raises FieldboundError."""
    found = _AGE.fullmatch(text.strip())
    if found is None:
        raise FieldboundError(f"--max-age {text}: must be a number of days, such as 180d")
    return int(found[1])
