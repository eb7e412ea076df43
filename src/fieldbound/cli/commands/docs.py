"""`fieldbound docs`: show the guides, write them as HTML pages, or make the page of a vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.names import contract_folders
from fieldbound.cli.pager import add_no_pager, page
from fieldbound.documents import os_error_reason

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = """\
Show a guide: in the pager on a terminal, as plain text otherwise. Without TOPIC,
list the guides. They are those of the installed version, and need no network.

With --vendor, print a page in Markdown that is made from the contracts of a vendor:
its operations, fields, limits with their evidence, what is not documented, and what
was decided. Write it to the README.md of the vendor's folder.
"""
EXAMPLE: Final = "example: fieldbound docs your-own-vendor"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    either = parser.add_mutually_exclusive_group()
    either.add_argument("topic", nargs="?", metavar="TOPIC", help="guide to show")
    either.add_argument(
        "--html",
        metavar="DIR",
        help="write all guides and the API reference to DIR as HTML pages, with a search; needs "
        "the extra docs",
    )
    either.add_argument(
        "--vendor",
        dest="vendors",
        metavar="NAME",
        help="print the page of a vendor, made from its contracts",
    )
    add_no_pager(parser)


def run(args: argparse.Namespace, console: Console) -> int:
    """Show, list or write the guides."""
    from fieldbound.site import TOPICS, guide, vendor_page, write_site

    if args.vendors is not None:
        page(vendor_page(args.vendors, contract_folders(args)), no_pager=args.no_pager)
        return 0
    if args.html is not None:
        try:
            console.note(f"wrote {write_site(args.html)}")
        except OSError as error:
            console.error(f"cannot write {args.html}: {os_error_reason(error)}")
        return 0
    if args.topic is None:
        width = max(map(len, TOPICS))
        for topic, summary in TOPICS.items():
            write_stdout(f"{topic:<{width}}  {summary}\n")
        return 0
    page(guide(args.topic).text, no_pager=args.no_pager)
    return 0
