"""The kinds of input that `fieldbound check` takes: one module per kind, and one table of them."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from fieldbound.cli.console import Console
    from fieldbound.cli.selection import Selected
    from fieldbound.config import Config

#: The module of each kind; the first kind that takes a file checks it.
KINDS: Final = (".recordings", ".records", ".documents")


@dataclass(frozen=True)
class Run:
    """What one run of `check` was asked for: its options, configuration and contract folders."""

    args: argparse.Namespace
    config: Config
    console: Console
    folders: tuple[str, ...]
    fail_on: str
    output: str | None


class Kind(Protocol):
    """A kind of input. Its module has a function `kind(run)` that returns one.

    *renderer* names the table of formats that shows its reports: "reports" or "bulk". *failed* is
    whether a report of it fails the run.
    """

    renderer: str
    failed: bool

    def takes(self, file: Selected) -> bool:
        """Return whether *file* is of this kind."""
        ...

    def conflict(self, files: Sequence[Selected], others: Sequence[Selected]) -> str | None:
        """Return what keeps *files* from being checked with these options and beside *others*."""
        ...

    def reports(self, file: Selected) -> Iterator[Any]:
        """Check a file, and yield its reports; what cannot be read goes to the console."""
        ...

    def finish(self) -> None:
        """Do what is left when all files are checked."""
        ...


def assign(run: Run, files: Sequence[Selected]) -> dict[Kind, list[Selected]]:
    """Return the files of each kind, in the order given. A kind is imported when it is reached."""
    by_kind: dict[Kind, list[Selected]] = {}
    left = list(files)
    for module in KINDS:
        if not left:
            break
        kind: Kind = import_module(module, __name__).kind(run)
        if taken := [file for file in left if kind.takes(file)]:
            by_kind[kind] = taken
            left = [file for file in left if file not in taken]
    return by_kind
