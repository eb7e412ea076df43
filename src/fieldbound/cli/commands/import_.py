"""`fieldbound import`: a folder of contracts, made of what a vendor gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.reading import add_reading, reading

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console
    from fieldbound.importers import Draft, SourceDocument, Written

DESCRIPTION: Final = """\
Make contracts of a file that a vendor gives: the describe of a resource, a table
of limits, and others (--as lists the kinds). The vendor's folder is written, or
what is new is merged into it: limits that were changed by hand stay as they are.
Every limit cites the file. What no limit was made of is listed with the reason.

Nothing is fetched: save the file first. All files are written, or none.

Exit code: 0 written; 1 written, with limits that were changed by hand and by the
vendor, which stay as they are; 2 usage error, or a file that cannot be imported.
"""
EXAMPLE: Final = "example: fieldbound import account.json --vendor acme"
#: No --folder is added.
USES_CONTRACTS: Final = False
_FOLDER: Final = "contracts"
_STDIN: Final = "-"
_MAX_OMITTED: Final = 20
_MAX_VALUE: Final = 200  # characters


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add = parser.add_argument
    add("source", metavar="SOURCE", help=f"the file to import; {_STDIN} is standard input")
    add("--vendor", required=True, metavar="NAME", help="name of the vendor, and of its folder")
    add_reading(parser)
    add("--title", help="title of the document, which messages cite")
    add("--address", metavar="URL", help="address of the document, which messages cite")
    add(
        "--output",
        metavar="DIR",
        help="folder of contracts, in which the vendor's folder is written (default: the first "
        f"of the configuration, or {_FOLDER})",
    )


def run(args: argparse.Namespace, console: Console) -> int:
    """Import a file into the folder of a vendor."""
    from pathlib import Path

    from fieldbound.config import load
    from fieldbound.documents import os_error_reason
    from fieldbound.importers import read

    folders = [str(each) for each in load().folders]
    above = args.output or (folders[0] if folders else _FOLDER)
    draft = read(
        _stdin(args) if args.source == _STDIN else args.source,
        vendor=args.vendor,
        title=args.title,
        address=args.address,
        **reading(args),
    )
    try:
        written = draft.write(Path(above, args.vendor))
    except OSError as error:
        console.error(f"cannot write {error.filename}: {os_error_reason(error)}")
        return 2
    option = [] if above in folders else ["--folder", above]
    for line in (*_taken(draft, written), *_next(draft.imported.first, written.folder, option)):
        write_stdout(f"{line}\n")
    return int(bool(written.conflicts))


def _stdin(args: argparse.Namespace) -> SourceDocument:
    from fieldbound.cli.console import stdin_bytes
    from fieldbound.importers import SourceDocument

    return SourceDocument("stdin", stdin_bytes(), args.title, args.address)


def _taken(draft: Draft, written: Written) -> Iterator[str]:
    """Yield what was imported, what was omitted, and what was merged."""
    from fieldbound.model import escaped, pluralize

    found = draft.imported
    limits = ", ".join(f"{count} {says}" for says, count in found.limits.items())
    contracts = pluralize(len(found.contracts), "contract")
    took = f"took {pluralize(sum(found.limits.values()), 'limit')} in {contracts}"
    yield ": ".join(filter(None, [took, limits]))
    if draft.omitted:
        yield "no limit was made of:"
    for each in draft.omitted[:_MAX_OMITTED]:
        yield f"    {escaped(str(each))}"
    if len(draft.omitted) > _MAX_OMITTED:
        yield f"    and {len(draft.omitted) - _MAX_OMITTED} more"
    names = "new changed removed unchanged".split()
    files = ((name, getattr(written, name)) for name in names)
    told = "; ".join(f"{name}: {', '.join(each)}" for name, each in files if each)
    yield f"wrote {escaped(written.folder)} ({escaped(told)})"
    if written.kept:
        yield f"kept {pluralize(len(written.kept), 'change')} made by hand:"
        yield from (f"    {escaped(each)}" for each in written.kept)
    if written.conflicts:
        yield "changed by hand and by the vendor, kept as changed by hand:"
    for conflict in written.conflicts:
        both = f"{_text(conflict.kept)} is kept, the vendor has {_text(conflict.imported)}"
        yield f"    {escaped(conflict.limit)}: {both}"


def _text(value: Any) -> str:
    from fieldbound.model import escaped, to_json

    text = "nothing" if value is None else escaped(to_json(value))
    return text if len(text) <= _MAX_VALUE else f"{text[: _MAX_VALUE - 1]}…"


def _next(contract: str, folder: str, option: list[str]) -> Iterator[str]:
    """Yield the commands to go on with: three, where there is a contract."""
    from shlex import join

    yield "next:"
    yield f"    {join(['fieldbound', 'lint', folder])}"
    for command in ("limits", "cases") if contract else ():
        yield f"    {join(['fieldbound', command, contract, *option])}"
