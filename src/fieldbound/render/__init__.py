"""Output formats: one module per format, and a table of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .brief import first_violations as first_violations
    from .bulk.charts import BLOCKS as BLOCKS
    from .bulk.formats import BULK_FORMATS as BULK_FORMATS, render_bulk as render_bulk
    from .bulk.sampled import as_report as as_report
    from .coverage.text import (
        coverage_html as coverage_html,
        coverage_json as coverage_json,
        coverage_summary as coverage_summary,
        coverage_text as coverage_text,
    )
    from .escape import ascii_json as ascii_json
    from .exchanges import (
        Exchanges as Exchanges,
        exchanges_json as exchanges_json,
        exchanges_summary as exchanges_summary,
        exchanges_text as exchanges_text,
    )
    from .formats import FORMATS as FORMATS, render as render, rendered as rendered
    from .json import limit_object as limit_object
    from .listings.configuration import configuration_text as configuration_text
    from .listings.explanation import (
        code_text as code_text,
        explanation_object as explanation_object,
        limit_explanation as limit_explanation,
    )
    from .listings.fields import field_object as field_object, fields_table as fields_table
    from .listings.lint import lint_json as lint_json, lint_text as lint_text
    from .listings.operations import (
        operation_object as operation_object,
        operations_table as operations_table,
    )
    from .listings.shared_limits import (
        shared_limit_object as shared_limit_object,
        shared_limits_table as shared_limits_table,
    )
    from .listings.sources import (
        source_object as source_object,
        sources_table as sources_table,
    )
    from .listings.verification import (
        verification_object as verification_object,
        verification_text as verification_text,
    )
    from .product import version as version
    from .step_summary import StepSummary as StepSummary
    from .style import MAX_VIOLATIONS as MAX_VIOLATIONS, STDIN as STDIN, Style as Style
    from .summary import Summary as Summary
    from .table import limits_table as limits_table
    from .unchecked import not_checked as not_checked

__getattr__, __all__ = lazy(
    __name__,
    {
        ".brief": "first_violations",
        ".bulk.charts": "BLOCKS",
        ".bulk.formats": "BULK_FORMATS render_bulk",
        ".bulk.sampled": "as_report",
        ".coverage.text": "coverage_html coverage_json coverage_summary coverage_text",
        ".escape": "ascii_json",
        ".exchanges": "Exchanges exchanges_json exchanges_summary exchanges_text",
        ".formats": "FORMATS render rendered",
        ".json": "limit_object",
        ".listings.configuration": "configuration_text",
        ".listings.explanation": "code_text explanation_object limit_explanation",
        ".listings.fields": "field_object fields_table",
        ".listings.lint": "lint_json lint_text",
        ".listings.operations": "operation_object operations_table",
        ".listings.shared_limits": "shared_limit_object shared_limits_table",
        ".listings.sources": "source_object sources_table",
        ".listings.verification": "verification_object verification_text",
        ".product": "version",
        ".step_summary": "StepSummary",
        ".style": "MAX_VIOLATIONS STDIN Style",
        ".summary": "Summary",
        ".table": "limits_table",
        ".unchecked": "not_checked",
    },
)
