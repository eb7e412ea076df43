"""Limits, violations, reports and exceptions with their messages; JSON values and schemas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .base_error import FieldboundError as FieldboundError
    from .bulk_report import (
        LENGTH_BUCKETS as LENGTH_BUCKETS,
        LENGTHS_BELOW_LIMIT as LENGTHS_BELOW_LIMIT,
        MAX_FIELDS as MAX_FIELDS,
        OVER_LIMIT_RATIOS as OVER_LIMIT_RATIOS,
        BulkReport as BulkReport,
        Duplicate as Duplicate,
        Duplicates as Duplicates,
        Lengths as Lengths,
        LimitTally as LimitTally,
        Sample as Sample,
        impact as impact,
        other_problems as other_problems,
        percentage as percentage,
        pluralize_large as pluralize_large,
        summary_line as summary_line,
        truncation_warning as truncation_warning,
    )
    from .cases import Breach as Breach, Case as Case
    from .cited_documents import (
        ChangedLimit as ChangedLimit,
        CitedDocument as CitedDocument,
        Verification as Verification,
    )
    from .codes import CODES as CODES, CodeDescription as CodeDescription
    from .contract_entry import ContractEntry as ContractEntry
    from .diagnostics import Diagnostic as Diagnostic
    from .discriminators import Selection as Selection, selection_of as selection_of
    from .errors import (
        BrokenContract as BrokenContract,
        Inseparable as Inseparable,
        Invalid as Invalid,
        NotJSON as NotJSON,
        UnknownName as UnknownName,
        UnreadableContract as UnreadableContract,
        Unsatisfiable as Unsatisfiable,
        Unspecified as Unspecified,
    )
    from .escape import escaped as escaped, printable as printable
    from .evidence import (
        SAYS as SAYS,
        citation as citation,
        evidence_rank as evidence_rank,
        uncited as uncited,
    )
    from .facts import Place as Place
    from .fields import Field as Field
    from .limit_lists import (
        SharedLimit as SharedLimit,
        chosen_limits as chosen_limits,
        shared_limits as shared_limits,
    )
    from .limits import (
        ALTERNATIVE as ALTERNATIVE,
        Limit as Limit,
        Source as Source,
        affected_field as affected_field,
        is_web_address as is_web_address,
        limit_of as limit_of,
        shorten_pointer as shorten_pointer,
    )
    from .messages import (
        ALTERNATIVES as ALTERNATIVES,
        DOCUMENTED_PATHS as DOCUMENTED_PATHS,
        ENDS_TOO_EARLY as ENDS_TOO_EARLY,
        INSIDE_SENSITIVE as INSIDE_SENSITIVE,
        TYPE_PHRASES as TYPE_PHRASES,
        UNITS as UNITS,
        join_or as join_or,
        pluralize as pluralize,
        to_json as to_json,
    )
    from .pointers import (
        escape_token as escape_token,
        percent_decoded as percent_decoded,
        pointer_of as pointer_of,
        tokens_of as tokens_of,
    )
    from .reports import Report as Report, report_of as report_of
    from .subschemas import (
        DIALECTS as DIALECTS,
        DRAFT_4 as DRAFT_4,
        LIST_KEYWORDS as LIST_KEYWORDS,
        MAP_KEYWORDS as MAP_KEYWORDS,
        NOT_CHECKED as NOT_CHECKED,
        OPERATIONS_WITHOUT_PATH as OPERATIONS_WITHOUT_PATH,
        SCHEMA_KEYWORDS as SCHEMA_KEYWORDS,
        VALUE_KEYWORDS as VALUE_KEYWORDS,
        Node as Node,
        Schema as Schema,
        SchemaRegistry as SchemaRegistry,
        child_schemas as child_schemas,
        draft_of as draft_of,
        encode_uri as encode_uri,
        is_openapi_dialect as is_openapi_dialect,
        members as members,
        put_subschema as put_subschema,
        resolve_uri as resolve_uri,
        schema_members as schema_members,
        type_names as type_names,
    )
    from .suggestions import closest_name as closest_name
    from .tracebacks import (
        CodeLocation as CodeLocation,
        caller_location as caller_location,
        caller_stacklevel as caller_stacklevel,
        exception_chain as exception_chain,
        trim_traceback as trim_traceback,
    )
    from .values import (
        BACKTRACK_LIMIT as BACKTRACK_LIMIT,
        MAX_DEPTH as MAX_DEPTH,
        SYNTAX_CODES as SYNTAX_CODES,
        Path as Path,
        count_values as count_values,
        excerpt as excerpt,
        has_long_integer as has_long_integer,
        is_too_deep as is_too_deep,
        json_type as json_type,
        max_digits as max_digits,
        to_json_value as to_json_value,
        too_many_digits as too_many_digits,
    )
    from .violations import Violation as Violation, violation_of as violation_of

__getattr__, __all__ = lazy(
    __name__,
    {
        ".base_error": "FieldboundError",
        ".bulk_report": (
            "BulkReport Duplicate Duplicates LENGTHS_BELOW_LIMIT LENGTH_BUCKETS Lengths "
            "LimitTally MAX_FIELDS OVER_LIMIT_RATIOS Sample impact other_problems percentage "
            "pluralize_large summary_line truncation_warning"
        ),
        ".cases": "Breach Case",
        ".cited_documents": "ChangedLimit CitedDocument Verification",
        ".codes": "CODES CodeDescription",
        ".contract_entry": "ContractEntry",
        ".diagnostics": "Diagnostic",
        ".discriminators": "Selection selection_of",
        ".errors": (
            "BrokenContract Inseparable Invalid NotJSON UnknownName "
            "UnreadableContract Unsatisfiable Unspecified"
        ),
        ".escape": "escaped printable",
        ".evidence": "SAYS citation evidence_rank uncited",
        ".facts": "Place",
        ".fields": "Field",
        ".limit_lists": "SharedLimit chosen_limits shared_limits",
        ".limits": (
            "ALTERNATIVE Limit Source affected_field is_web_address limit_of shorten_pointer"
        ),
        ".messages": (
            "ALTERNATIVES DOCUMENTED_PATHS ENDS_TOO_EARLY INSIDE_SENSITIVE TYPE_PHRASES UNITS "
            "join_or pluralize to_json"
        ),
        ".pointers": "escape_token percent_decoded pointer_of tokens_of",
        ".reports": "Report report_of",
        ".subschemas": (
            "DIALECTS DRAFT_4 LIST_KEYWORDS MAP_KEYWORDS NOT_CHECKED Node OPERATIONS_WITHOUT_PATH "
            "SCHEMA_KEYWORDS Schema SchemaRegistry VALUE_KEYWORDS child_schemas draft_of "
            "encode_uri is_openapi_dialect members put_subschema resolve_uri schema_members "
            "type_names"
        ),
        ".suggestions": "closest_name",
        ".tracebacks": (
            "CodeLocation caller_location caller_stacklevel exception_chain trim_traceback"
        ),
        ".values": (
            "BACKTRACK_LIMIT MAX_DEPTH Path SYNTAX_CODES count_values excerpt has_long_integer "
            "is_too_deep json_type max_digits to_json_value too_many_digits"
        ),
        ".violations": "Violation violation_of",
    },
)
