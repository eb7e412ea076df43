"""The nouns: limits, violations, reports, exceptions, and the sentences made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .bulk_report import (
        BEYOND as BEYOND,
        FIELDS as FIELDS,
        NEAR as NEAR,
        PARTS as PARTS,
        BulkReport as BulkReport,
        Duplicate as Duplicate,
        Duplicates as Duplicates,
        Lengths as Lengths,
        LimitTally as LimitTally,
        Sample as Sample,
        impact as impact,
        percentage as percentage,
        pluralize_large as pluralize_large,
        problems as problems,
        summary_line as summary_line,
        truncation_warning as truncation_warning,
    )
    from .cases import Breach as Breach, Case as Case
    from .errors import (
        BrokenContract as BrokenContract,
        FieldboundError as FieldboundError,
        Inseparable as Inseparable,
        Invalid as Invalid,
        NotJSON as NotJSON,
        UnknownName as UnknownName,
        Unsatisfiable as Unsatisfiable,
        Unspecified as Unspecified,
    )
    from .facts import TEXT_CODES as TEXT_CODES, Place as Place
    from .limits import (
        SAYS as SAYS,
        Limit as Limit,
        Source as Source,
        evidence_rank as evidence_rank,
        field_of as field_of,
        shortened as shortened,
    )
    from .messages import (
        INSIDE_SENSITIVE as INSIDE_SENSITIVE,
        citation as citation,
        pluralize as pluralize,
        to_json as to_json,
    )
    from .pointers import (
        escape_token as escape_token,
        percent_decoded as percent_decoded,
        pointer_of as pointer_of,
        tokens_of as tokens_of,
    )
    from .subschemas import (
        DIALECTS as DIALECTS,
        DRAFT_4 as DRAFT_4,
        LIST_KEYWORDS as LIST_KEYWORDS,
        MAP_KEYWORDS as MAP_KEYWORDS,
        OPERATIONS_WITHOUT_PATH as OPERATIONS_WITHOUT_PATH,
        SCHEMA_KEYWORDS as SCHEMA_KEYWORDS,
        VALUE_KEYWORDS as VALUE_KEYWORDS,
        Node as Node,
        References as References,
        Schema as Schema,
        child_schemas as child_schemas,
        draft_of as draft_of,
        encode_uri as encode_uri,
        is_openapi_dialect as is_openapi_dialect,
        members as members,
        resolve_uri as resolve_uri,
        schema_members as schema_members,
    )
    from .suggestions import closest as closest
    from .tracebacks import (
        Where as Where,
        caller as caller,
        chain as chain,
        cut as cut,
        depth as depth,
    )
    from .values import (
        BACKTRACK_LIMIT as BACKTRACK_LIMIT,
        MAX_DEPTH as MAX_DEPTH,
        Path as Path,
        excerpt as excerpt,
        is_too_deep as is_too_deep,
        json_type as json_type,
        to_json_value as to_json_value,
    )
    from .violations import Report as Report, Violation as Violation

__getattr__, __all__ = lazy(
    __name__,
    {
        ".bulk_report": (
            "BEYOND BulkReport Duplicate Duplicates FIELDS Lengths LimitTally NEAR PARTS "
            "Sample impact percentage pluralize_large problems summary_line "
            "truncation_warning"
        ),
        ".cases": "Breach Case",
        ".errors": (
            "BrokenContract FieldboundError Inseparable Invalid NotJSON UnknownName "
            "Unsatisfiable Unspecified"
        ),
        ".facts": "Place TEXT_CODES",
        ".limits": "Limit SAYS Source evidence_rank field_of shortened",
        ".messages": "INSIDE_SENSITIVE citation pluralize to_json",
        ".pointers": "escape_token percent_decoded pointer_of tokens_of",
        ".subschemas": (
            "DIALECTS DRAFT_4 LIST_KEYWORDS MAP_KEYWORDS Node OPERATIONS_WITHOUT_PATH "
            "References SCHEMA_KEYWORDS Schema VALUE_KEYWORDS child_schemas draft_of "
            "encode_uri is_openapi_dialect members resolve_uri schema_members"
        ),
        ".suggestions": "closest",
        ".tracebacks": "Where caller chain cut depth",
        ".values": "BACKTRACK_LIMIT MAX_DEPTH Path excerpt is_too_deep json_type to_json_value",
        ".violations": "Report Violation",
    },
)
