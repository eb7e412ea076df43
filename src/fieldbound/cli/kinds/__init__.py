"""The kinds of input of `fieldbound check`: one module per kind, and a table of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import argparse
    import os
    from collections.abc import Iterator, Sequence

    from fieldbound.cli.console import Console
    from fieldbound.cli.findings import Findings
    from fieldbound.cli.selection import Selected
    from fieldbound.config import Config

#: The module of each kind; a file is checked by the first kind that accepts it.
KINDS: Final = (".recordings", ".records", ".documents")


class Run:
    """The options, configuration and contract folders of one run of `check`, and its *findings*."""

    def __init__(
        self,
        args: argparse.Namespace,
        config: Config,
        console: Console,
        folders: tuple[str | os.PathLike[str], ...],
        findings: Findings,
        output: str | None,
    ) -> None:
        self.args, self.config, self.console = args, config, console
        self.folders, self.findings, self.output = folders, findings, output


class Kind(Protocol):
    """A kind of input. Its module has a function `kind(run)` that returns one.

    *renderer* is the writer of its reports: "reports" or "bulk".
    """

    renderer: str

    def accepts(self, file: Selected) -> bool:
        """Return whether *file* is of this kind."""
        ...

    def conflict(self, files: Sequence[Selected], others: Sequence[Selected]) -> str | None:  # noqa: ARG002
        """Return why *files* cannot be checked with these options, or together with *others*."""
        return None

    def reports(self, file: Selected) -> Iterator[Any]:
        """Check a file and yield its reports. Raises FieldboundError or OSError if it cannot."""
        ...

    def finish(self) -> None:
        """Report what is known only when all files are checked."""


def assign(run: Run, files: Sequence[Selected]) -> dict[Kind, list[Selected]]:
    """Return the files of each kind, in the given order. A kind is imported when it is needed."""
    by_kind: dict[Kind, list[Selected]] = {}
    remaining = dict.fromkeys(files)
    for module in KINDS:
        if not remaining:
            break
        kind: Kind = import_module(module, __name__).kind(run)
        if accepted := {file for file in remaining if kind.accepts(file)}:
            by_kind[kind] = [file for file in files if file in accepted]
            remaining = {file: None for file in remaining if file not in accepted}
    return by_kind
