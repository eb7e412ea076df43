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
    """Give *reports* in the named format, piece by piece; `KeyError` if there is no such format.

    The formats text and github give each report as it comes; the others read all of them first.
    *problems* says of each thing that could not be judged why; it is looked at after the last
    report, so that it may grow while the reports are made.
    """
    module = import_module(FORMATS[format], __package__)
    chunks: Iterator[str] = module.render(reports, style, problems)
    return chunks
