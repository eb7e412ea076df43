"""The guides in, text for the terminal or a folder of HTML pages out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .guides import TOPICS as TOPICS, Guide as Guide, guide as guide
    from .pages import write_site as write_site
    from .vendors import vendor_page as vendor_page

__getattr__, __all__ = lazy(
    __name__,
    {
        ".guides": "Guide TOPICS guide",
        ".pages": "write_site",
        ".vendors": "vendor_page",
    },
)
