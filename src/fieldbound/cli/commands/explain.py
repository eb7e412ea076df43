"""`fieldbound explain`: explain a limit, or the code of a violation or of the lint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import width, write_stdout
from fieldbound.cli.names import add_listing_format, contract_folders
from fieldbound.model import CODES, FieldboundError, closest_name

if TYPE_CHECKING:
    import argparse

    from fieldbound.catalog import FoundLimits
    from fieldbound.cli.console import Console
    from fieldbound.model import Case, Limit

DESCRIPTION: Final = """\
Explain a limit: its value, evidence and sources, where it is written, a value
at it and one just beyond it. Or explain a code: what it means, and how it is
mended.

ID is the id of a limit, as reports and `limits --format json` have it, or the
beginning of one. Quote it: a shell may read # and * otherwise.
"""
EXAMPLE: Final = (
    "example: fieldbound explain 'oracle-cx-sales/create-product-group#/InternalName:maxLength'"
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    parser.add_argument("id", metavar="ID|CODE", help="id of a limit, or a code such as maxLength")
    add_listing_format(parser, "text")


def run(args: argparse.Namespace, _console: Console) -> int:
    """Explain a limit or a code."""
    from fieldbound.catalog import LINT_CODES, find_limits
    from fieldbound.render import ascii_json, code_text

    codes = {**LINT_CODES, **CODES}
    wanted = args.id.strip().strip("'\"`:")
    code = next((each for each in codes if each.lower() == wanted.lower()), None)
    if code is None and not set("#/.") & set(wanted) and (meant := closest_name(wanted, codes)):
        raise FieldboundError(f"there is no code {wanted!r}; did you mean {meant}?")
    if code is None:
        _explain(args, find_limits(args.id, contract_folders(args)))
    elif args.format == "json":
        write_stdout(ascii_json({"code": code, **codes[code]._asdict()}))
    else:
        for line in code_text(code, codes[code]):
            write_stdout(line)
    return 0


def _explain(args: argparse.Namespace, found: FoundLimits) -> None:
    from fieldbound.catalog import written_at
    from fieldbound.render import ascii_json, explanation_object, limit_explanation

    objects = []
    for number, limit in enumerate(found.limits):
        at = written_at(limit, contract_folders(args))
        case = _case(found, limit)
        if args.format == "json":
            place = None if at is None else (at.file, at.place.line, at.place.column)
            objects.append(explanation_object(limit, place, case))
            continue
        write_stdout("\n" * bool(number))
        shown = None if at is None else str(at)
        for line in limit_explanation(limit, shown, case, width()):
            write_stdout(line)
    if objects:
        write_stdout(ascii_json(objects))


def _case(found: FoundLimits, limit: Limit) -> Case | None:
    """Return the first case of a limit: none where the contract has no valid instance."""
    from fieldbound.generation import cases_of

    try:
        return next(cases_of(found.contract, limit), None)
    except FieldboundError:
        return None
