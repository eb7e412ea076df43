"""The output formats for bulk reports: one module each, and one table of them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from fieldbound.model import BulkReport
    from fieldbound.render.style import Style

#: The name of each format, and the module beside this file that has its `render`.
BULK_FORMATS: Final[dict[str, str]] = {"text": ".text", "json": ".json", "html": ".html"}


def render_bulk(
    format: str,  # noqa: A002
    reports: Iterable[BulkReport],
    style: Style,
    problems: Sequence[str] = (),
) -> Iterator[str]:
    """Give *reports* in the named format, piece by piece; `KeyError` if there is no such format.

    The format text gives each report as it comes; the others read all of them first. *problems*
    says of each file that could not be judged why; it is looked at after the last report.
    """
    module = import_module(BULK_FORMATS[format], __package__)
    chunks: Iterator[str] = module.render(reports, style, problems)
    return chunks
