"""Shell completion, by argcomplete: commands, options, and the names of contracts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import argparse

SHELLS: Final = ("bash", "zsh", "fish")
#: Arguments that take the name of a contract.
_NAMES: Final = frozenset(("names", "name", "contract"))
_IDS: Final = "id"
_VENDORS: Final = "vendors"


def shell_code(shell: str) -> str:
    """Return what a shell has to evaluate to complete the command. Raises FieldboundError."""
    from fieldbound.model import FieldboundError

    try:
        import argcomplete
    except ImportError:
        raise FieldboundError(
            "completion needs argcomplete: pip install 'fieldbound[completion]'"
        ) from None
    return str(argcomplete.shellcode(["fieldbound"], shell=shell))


def complete(parser: argparse.ArgumentParser) -> None:
    """Print the completions that a shell asks for, and exit."""
    try:
        import argcomplete
    except ImportError:
        return
    words = os.environ.get("COMP_LINE", "").split()
    (commands,) = (each for each in parser._actions if isinstance(each.choices, dict))
    for name in words[1:2] if words[1:2] and words[1] in (commands.choices or ()) else ():
        command = dict(commands.choices or {})[name]
        command.format_help()  # adds its options
        for action in command._actions:
            if action.dest in _NAMES:
                action.completer = _contract_names
            elif action.dest == _IDS:
                action.completer = _ids
            elif action.dest == _VENDORS:
                action.completer = _vendors
    argcomplete.autocomplete(parser)


def _contract_names(prefix: str, **_: Any) -> list[str]:
    """Return the names of contracts, and of files that may be contracts."""
    from pathlib import Path

    from fieldbound.catalog import contracts
    from fieldbound.documents import SUFFIXES
    from fieldbound.model import FieldboundError

    try:
        names = contracts()
    except FieldboundError:
        names = contracts(())
    folder = Path(prefix.rpartition("/")[0] or ".")
    files = [each for each in folder.glob("*") if each.suffix in SUFFIXES or each.is_dir()]
    names += [f"{each}/" if each.is_dir() else str(each) for each in files]
    return [each for each in names if each.startswith(prefix)]


def _vendors(prefix: str, **_: Any) -> list[str]:
    """Return the names of vendors."""
    from fieldbound.catalog import vendor_names
    from fieldbound.model import FieldboundError

    try:
        names = vendor_names()
    except FieldboundError:
        names = vendor_names(())
    return [each for each in names if each.startswith(prefix)]


def _ids(prefix: str, **_: Any) -> list[str]:
    """Return the ids of the limits of a contract, else names of contracts and codes."""
    from fieldbound.catalog import contract
    from fieldbound.model import CODES, FieldboundError

    name, number_sign, _rest = prefix.rpartition("#")
    if not number_sign:
        return [*_contract_names(prefix), *(each for each in CODES if each.startswith(prefix))]
    try:
        return [each.id for each in contract(name).limits if each.id.startswith(prefix)]
    except FieldboundError:
        return []
