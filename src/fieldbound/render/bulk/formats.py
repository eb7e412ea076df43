"""The table of output formats that bulk reports have of their own.

All others are those of documents, which have its samples, as `sampled` says.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import BulkReport
    from fieldbound.render.style import Style

#: The name of each format, and the module beside this file that has its `render`.
BULK_FORMATS: Final[dict[str, str]] = {
    "text": ".text",
    "json": ".json",
    "html": ".html",
    "github": ".github",
}


def render_bulk(
    format: str,  # noqa: A002
    reports: Iterable[BulkReport],
    style: Style,
    problems: Sequence[str] = (),
) -> Iterator[str]:
    """Yield *reports* in a format, in chunks; KeyError for an unknown format.

    The formats text and github yield each report when it is complete; the others read all reports
    first.
    *problems* are the reasons for files that could not be checked, read after the last report.
    """
    module = import_module(BULK_FORMATS[format], __package__)
    chunks: Iterator[str] = module.render(reports, style, problems)
    return chunks
