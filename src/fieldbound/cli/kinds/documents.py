"""JSON and YAML documents, each checked by one contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound.cli.console import stdin_bytes
from fieldbound.cli.selection import STDIN
from fieldbound.documents import parse, read
from fieldbound.model import FieldboundError
from fieldbound.render import STDIN as STDIN_NAME

from . import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldbound.cli.selection import Selected
    from fieldbound.documents import Document
    from fieldbound.model import Report
    from fieldbound.validation import Contract

    from . import Run


class Documents(Kind):
    """Checks one document at a time; each contract is loaded once."""

    renderer = "reports"

    def __init__(self, run: Run) -> None:
        self._run = run
        self._contracts: dict[str, Contract | FieldboundError] = {}

    def accepts(self, file: Selected) -> bool:
        """Accept every file that has a contract."""
        return file.contract is not None

    def reports(self, file: Selected) -> Iterator[Report]:
        """Yield the report of a document."""
        report = self._contract(str(file.contract)).check(self._document(file.path))
        yield from self._run.findings.reports(file.path, [report])

    def _contract(self, name: str) -> Contract:
        if name not in self._contracts:
            from fieldbound.catalog import contract

            try:
                self._contracts[name] = contract(
                    name,
                    self._run.folders,
                    formats=self._run.args.formats,
                    strict=self._run.args.strict,
                )
            except FieldboundError as error:
                self._contracts[name] = error
        loaded = self._contracts[name]
        if isinstance(loaded, FieldboundError):
            raise loaded
        return loaded

    def _document(self, path: str) -> Document:
        given = self._run.args.input
        if path != STDIN:
            return read(path, format=given)
        return parse(stdin_bytes(), name=STDIN_NAME, format=given or "json")


kind = Documents
