"""Output formats: one module per format, and a table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .brief import first_violations as first_violations
    from .bulk.charts import BLOCKS as BLOCKS
    from .bulk.formats import BULK_FORMATS as BULK_FORMATS, render_bulk as render_bulk
    from .coverage import (
        coverage_html as coverage_html,
        coverage_json as coverage_json,
        coverage_summary as coverage_summary,
        coverage_text as coverage_text,
    )
    from .escape import ascii_json as ascii_json, escaped as escaped
    from .exchanges import (
        Exchanges as Exchanges,
        exchanges_json as exchanges_json,
        exchanges_summary as exchanges_summary,
        exchanges_text as exchanges_text,
    )
    from .formats import FORMATS as FORMATS, render as render
    from .json import limit_object as limit_object
    from .product import version as version
    from .style import STDIN as STDIN, Style as Style
    from .summary import Summary as Summary
    from .table import limits_table as limits_table
    from .unchecked import not_checked as not_checked

__getattr__, __all__ = lazy(
    __name__,
    {
        ".brief": "first_violations",
        ".bulk.charts": "BLOCKS",
        ".bulk.formats": "BULK_FORMATS render_bulk",
        ".coverage": "coverage_html coverage_json coverage_summary coverage_text",
        ".escape": "ascii_json escaped",
        ".exchanges": "Exchanges exchanges_json exchanges_summary exchanges_text",
        ".formats": "FORMATS render",
        ".json": "limit_object",
        ".product": "version",
        ".style": "STDIN Style",
        ".summary": "Summary",
        ".table": "limits_table",
        ".unchecked": "not_checked",
    },
)
