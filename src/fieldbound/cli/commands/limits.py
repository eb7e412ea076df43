"""`fieldbound limits`: list the limits of contracts, and where each is documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import width
from fieldbound.cli.names import add_listing_format, add_names, contract_folders
from fieldbound.cli.pager import add_no_pager, page
from fieldbound.model import SAYS, FieldboundError, Limit, chosen_limits, escaped, shared_limits

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from fieldbound.cli.console import Console
    from fieldbound.model import Field, SharedLimit
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
    for word in args.keyword:
        _check_keyword(word)
    found = list(_found(args, console))
    by_beginning = [each for each in found if each[0].name not in args.names]
    once = () if args.each else _shared(by_beginning)
    shared = {(name, each.limit.location): each for each in once for name in each.ids}
    if args.format == "json":
        from fieldbound.render import ascii_json

        page(ascii_json(list(_objects(found, shared))), no_pager=args.no_pager)
        return 0
    blocks = ["".join(_block(args, contract, rows, shared)) for contract, rows in found]
    blocks = [each for each in blocks if each]
    if once:
        from fieldbound.render import shared_limits_table

        blocks.append("".join(shared_limits_table(once, width())))
    if _is_filtered(args) and not any(rows for _, rows in found):
        console.note("no limit matches")
    page("\n".join(blocks), no_pager=args.no_pager)
    return 0


def _shared(found: Sequence[tuple[Contract, Sequence[Limit | Field]]]) -> Sequence[SharedLimit]:
    """Return the limits that several places of the contracts share."""
    return shared_limits(each for _, rows in found for each in rows if isinstance(each, Limit))


def _objects(
    found: Sequence[tuple[Contract, Sequence[Limit | Field]]],
    shared: Mapping[tuple[str, str], SharedLimit],
) -> Iterator[dict[str, Any]]:
    """Yield an object for each limit or field; for a shared limit at its first place alone."""
    from fieldbound.render import field_object, limit_object, shared_limit_object

    for contract, rows in found:
        for each in rows:
            if not isinstance(each, Limit):
                yield field_object(each, contract.name)
            elif (same := shared.get((each.id, each.location))) is None:
                yield limit_object(each)
            elif each.id == same.limit.id:
                yield shared_limit_object(same)


def _check_keyword(word: str) -> None:
    from fieldbound.model import CODES, closest_name  # slow to import

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
    from fieldbound.catalog import matching_entries, reader

    folders = contract_folders(args)
    contract = reader(folders)
    for entry in matching_entries(args.names, folders, exact=True):
        try:
            found = contract(entry.name)
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
    if _is_filtered(args) and not rows:
        return
    yield f"{escaped(contract.name)}\n"
    fields = [each for each in rows if not isinstance(each, Limit)]
    every = [each for each in rows if isinstance(each, Limit)]
    limits = [each for each in every if (each.id, each.location) not in shared]
    if fields:
        from fieldbound.render import fields_table

        yield from fields_table(fields, contract.name, width())
    if limits:
        from fieldbound.render import limits_table

        yield from limits_table(limits, width())
    if len(limits) < len(every):
        yield f"and {len(every) - len(limits)} of those at the end\n"
    if _is_filtered(args):
        return
    from fieldbound.render import not_checked

    for line in not_checked({contract.name: dict(contract.unspecified)}):
        yield f"{line}\n"
    for pointer, reason in contract.not_checked.items():
        yield f"not checked: {escaped(pointer or '(root)')} ({escaped(reason)})\n"
