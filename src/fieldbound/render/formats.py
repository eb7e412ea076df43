"""The output formats for reports of documents: one module each, and one table of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import Report

    from .style import Style

#: The name of each format, and the module beside this file that has its `render`.
FORMATS: Final[dict[str, str]] = {
    "text": ".text",
    "json": ".json",
    "sarif": ".sarif",
    "junit": ".junit",
    "github": ".github",
}


def render(
    format: str,  # noqa: A002
    reports: Iterable[Report],
    style: Style,
    problems: Sequence[str] = (),
) -> Iterator[str]:
    """Yield *reports* in the named format, in pieces. Raises `KeyError` for an unknown format.

    The formats text and github are streamed, report by report; the others need all reports.
    *problems* lists what could not be checked, and why; it is read after the last report, so it
    may grow while reports are made.
    """
    module = import_module(FORMATS[format], __package__)
    chunks: Iterator[str] = module.render(reports, style, problems)
    return chunks
