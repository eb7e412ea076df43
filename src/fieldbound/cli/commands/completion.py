"""`fieldbound completion`: print the completion of a shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fieldbound.cli.completion import SHELLS, shell_code
from fieldbound.cli.console import write_stdout

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = """\
Print what a shell needs to complete commands, options and names of contracts. It
needs the extra completion.

bash   eval "$(fieldbound completion bash)"       in ~/.bashrc
zsh    eval "$(fieldbound completion zsh)"        in ~/.zshrc, after compinit
fish   fieldbound completion fish | source        in ~/.config/fish/config.fish
"""
EXAMPLE: Final = "example: fieldbound completion bash"
#: No --folder is added.
USES_CONTRACTS: Final = False


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    parser.add_argument("shell", choices=SHELLS, help="the shell")


def run(args: argparse.Namespace, _console: Console) -> int:
    """Print the completion of a shell."""
    write_stdout(shell_code(args.shell).lstrip("\n"))
    return 0
