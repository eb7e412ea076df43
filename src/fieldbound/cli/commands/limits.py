"""`fieldbound limits`: list the limits of contracts, and where each is documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import width
from fieldbound.cli.names import add_listing_format, add_names, contract_folders
from fieldbound.cli.pager import add_no_pager, page
from fieldbound.model import (
    CODES,
    SAYS,
    Field,
    FieldboundError,
    chosen_limits,
    closest_name,
    escaped,
    shared_limits,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from fieldbound.cli.console import Console
    from fieldbound.model import Limit, SharedLimit
    from fieldbound.validation import Contract

DESCRIPTION: Final = """\
List the limits of contracts, and where each is documented; or with --fields
their fields: title, type, default, and the limits of each.

Of contracts that are not named in full, such as those of a vendor, a limit that
no document states and several places share is listed once, at the end; with --each,
it is listed at every place.
"""
EXAMPLE: Final = "example: fieldbound limits oracle-cx-sales/create-product-group --field '*Name'"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add_names(parser)
    parser.add_argument("--fields", action="store_true", help="list fields, each with its limits")
    parser.add_argument(
        "--each",
        action="store_true",
        help="list at every place, too, what no document states and several places share",
    )
    add = parser.add_argument_group("filters").add_argument
    add(
        "--says",
        choices=SAYS,
        action="append",
        default=[],
        help="only limits with this evidence; repeatable",
    )
    add(
        "--field",
        metavar="GLOB",
        action="append",
        default=[],
        help="only limits of fields whose name or pointer matches GLOB; repeatable",
    )
    add(
        "--keyword",
        metavar="KEYWORD",
        action="append",
        default=[],
        help="only limits by this keyword, such as maxLength; repeatable",
    )
    add_listing_format(parser)
    add_no_pager(parser)


def run(args: argparse.Namespace, console: Console) -> int:
    """List the limits of contracts."""
    from fieldbound.render import ascii_json, shared_limits_table

    for word in args.keyword:
        _check_keyword(word)
    found = list(_found(args, console))
    by_beginning = [each for each in found if each[0].name not in args.names]
    shared = {} if args.each else _shared(by_beginning)
    if args.format == "json":
        page(ascii_json(list(_objects(found, shared))), no_pager=args.no_pager)
        return 0
    blocks = ["".join(_block(args, contract, rows, shared)) for contract, rows in found]
    blocks = [each for each in blocks if each]
    once = list(dict.fromkeys(shared.values()))
    if once:
        blocks.append("".join(shared_limits_table(once, width())))
    if _is_filtered(args) and not any(rows for _, rows in found):
        console.note("no limit matches")
    page("\n".join(blocks), no_pager=args.no_pager)
    return 0


def _shared(
    found: Sequence[tuple[Contract, Sequence[Limit | Field]]],
) -> dict[tuple[str, str], SharedLimit]:
    """Return the limits that several places of the contracts share, by id and location."""
    limits = (each for _, rows in found for each in rows if not isinstance(each, Field))
    shared = shared_limits(limits)
    return {(name, each.limit.location): each for each in shared for name in each.ids}


def _objects(
    found: Sequence[tuple[Contract, Sequence[Limit | Field]]],
    shared: Mapping[tuple[str, str], SharedLimit],
) -> Iterator[dict[str, Any]]:
    """Yield an object for each limit or field; for a shared limit at its first place alone."""
    from fieldbound.render import field_object, limit_object, shared_limit_object

    for contract, rows in found:
        for each in rows:
            if isinstance(each, Field):
                yield field_object(each, contract.name)
            elif (same := shared.get((each.id, each.location))) is None:
                yield limit_object(each)
            elif each.id == same.limit.id:
                yield shared_limit_object(same)


def _check_keyword(word: str) -> None:
    if word not in CODES:
        meant = closest_name(word, CODES)
        suggestion = f"; did you mean {meant}?" if meant else ""
        raise FieldboundError(f"--keyword {word}: no limit has this keyword{suggestion}")


def _is_filtered(args: argparse.Namespace) -> bool:
    return bool(args.says or args.field or args.keyword)


def _found(
    args: argparse.Namespace, console: Console
) -> Iterator[tuple[Contract, Sequence[Limit | Field]]]:
    """Yield the contracts, each with the limits or fields that are chosen."""
    from fieldbound.catalog import contract, matching_entries

    folders = contract_folders(args)
    for entry in matching_entries(args.names, folders, exact=True):
        try:
            found = contract(entry.name, folders)
        except FieldboundError as error:
            if entry.name in args.names:
                raise
            console.error(str(error))  # one of several in a document
            continue
        limits = chosen_limits(found.limits, args.says, args.field, args.keyword)
        if not args.fields:
            yield found, limits
            continue
        pointers = {each.pointer for each in limits}
        fields = found.fields if not _is_filtered(args) else ()
        yield found, fields or [each for each in found.fields if each.pointer in pointers]


def _block(
    args: argparse.Namespace,
    contract: Contract,
    rows: Sequence[Limit | Field],
    shared: Mapping[tuple[str, str], SharedLimit],
) -> Iterator[str]:
    """Yield the lines of one contract; nothing where no limit of it is chosen."""
    from fieldbound.render import fields_table, limits_table, not_checked

    if _is_filtered(args) and not rows:
        return
    yield f"{escaped(contract.name)}\n"
    fields = [each for each in rows if isinstance(each, Field)]
    every = [each for each in rows if not isinstance(each, Field)]
    limits = [each for each in every if (each.id, each.location) not in shared]
    if fields:
        yield from fields_table(fields, contract.name, width())
    if limits:
        yield from limits_table(limits, width())
    if len(limits) < len(every):
        yield f"and {len(every) - len(limits)} of those at the end\n"
    if _is_filtered(args):
        return
    for line in not_checked({contract.name: dict(contract.unspecified)}):
        yield f"{line}\n"
    for pointer, reason in contract.not_checked.items():
        yield f"not checked: {escaped(pointer or '(root)')} ({escaped(reason)})\n"
