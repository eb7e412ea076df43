"""A schema in, a Contract out, and from it the Report of an instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .batch import VALID as VALID, Batch as Batch, Verdict as Verdict
    from .checker import Checker as Checker
    from .coercion import Coercion as Coercion, coercion_of as coercion_of, json_value as json_value
    from .contract import Contract as Contract, checker_of as checker_of
    from .header_case import HeaderCase as HeaderCase
    from .keywords import BESIDE_REF as BESIDE_REF, LIMITS as LIMITS
    from .mistakes import priority as priority
    from .properties import Mark as Mark
    from .schema.base_uri import BASE_URI as BASE_URI, base_uri as base_uri
    from .schema.broken_parts import (
        KEYWORDS as KEYWORDS,
        misspellings as misspellings,
        misspelt_keywords as misspelt_keywords,
    )
    from .schema.formats import (
        FORMATS as FORMATS,
        OPENAPI_FORMATS as OPENAPI_FORMATS,
        Formats as Formats,
        why_not_checked as why_not_checked,
        with_format_limits as with_format_limits,
    )
    from .schema.ignored_keywords import ignored_keywords as ignored_keywords
    from .schema.impossible_names import (
        impossible_names as impossible_names,
        is_false_schema as is_false_schema,
    )
    from .schema.members import Members as Members
    from .schema.prepared import Prepared as Prepared, prepared_contract as prepared_contract
    from .schema.preparing import preparation_of as preparation_of
    from .trail import is_sensitive as is_sensitive

__getattr__, __all__ = lazy(
    __name__,
    {
        ".batch": "Batch VALID Verdict",
        ".coercion": "Coercion json_value coercion_of",
        ".checker": "Checker",
        ".contract": "Contract checker_of",
        ".schema.base_uri": "BASE_URI base_uri",
        ".schema.broken_parts": "KEYWORDS misspellings misspelt_keywords",
        ".schema.formats": "FORMATS Formats OPENAPI_FORMATS why_not_checked with_format_limits",
        ".schema.ignored_keywords": "ignored_keywords",
        ".schema.impossible_names": "impossible_names is_false_schema",
        ".schema.members": "Members",
        ".schema.prepared": "Prepared prepared_contract",
        ".schema.preparing": "preparation_of",
        ".header_case": "HeaderCase",
        ".keywords": "BESIDE_REF LIMITS",
        ".mistakes": "priority",
        ".properties": "Mark",
        ".trail": "is_sensitive",
    },
)
