"""Text and links of HTML pages, escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from fieldbound.model import escaped

from .details import source_text

if TYPE_CHECKING:
    from fieldbound.model import Limit


def html_text(value: Any) -> str:
    """Return *value* as text of an HTML page, unprintable characters escaped as well."""
    return escape(escaped(str(value)))


def source_link(limit: Limit) -> str:
    """Return where a limit is documented, as a link if it has a web address."""
    text = html_text(source_text(limit, address=False) or "no source")
    address = limit.source.link if limit.source else None
    return text if address is None else f'<a href="{escape(address, quote=True)}">{text}</a>'
