"""Contracts by name, file or folder, and the lint of contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .builder import close_matches as close_matches
    from .contract_files import is_contract_file as is_contract_file
    from .export.plain_schema import DRAFTS as DRAFTS, plain_schema as plain_schema
    from .export.product_schemas import (
        PRODUCT_SCHEMAS as PRODUCT_SCHEMAS,
        product_schema as product_schema,
        pyproject_schema as pyproject_schema,
    )
    from .limit_lookup import (
        FoundLimits as FoundLimits,
        WrittenAt as WrittenAt,
        find_limits as find_limits,
        written_at as written_at,
    )
    from .linting.codes import LINT_CODES as LINT_CODES
    from .linting.paths import LintResult as LintResult, lint_paths as lint_paths
    from .listing import matching_entries as matching_entries
    from .lookup import (
        Folders as Folders,
        as_contract as as_contract,
        check as check,
        contract as contract,
        contracts as contracts,
        folders_of as folders_of,
        is_path as is_path,
        operations as operations,
        reader as reader,
    )
    from .operation_contracts import OperationContracts as OperationContracts
    from .payload_matching import PayloadMatch as PayloadMatch, match_payload as match_payload
    from .repairs import Repair as Repair, Repairs as Repairs
    from .schema_likeness import kind_of as kind_of
    from .single_file import files_of as files_of
    from .source_documents import (
        cited_documents as cited_documents,
        vendor_names as vendor_names,
    )

__getattr__, __all__ = lazy(
    __name__,
    {
        ".builder": "close_matches",
        ".contract_files": "is_contract_file",
        ".listing": "matching_entries",
        ".limit_lookup": "FoundLimits WrittenAt find_limits written_at",
        ".linting.codes": "LINT_CODES",
        ".lookup": (
            "Folders as_contract check contract contracts folders_of is_path operations reader"
        ),
        ".operation_contracts": "OperationContracts",
        ".linting.paths": "LintResult lint_paths",
        ".export.plain_schema": "DRAFTS plain_schema",
        ".export.product_schemas": "PRODUCT_SCHEMAS product_schema pyproject_schema",
        ".payload_matching": "PayloadMatch match_payload",
        ".repairs": "Repair Repairs",
        ".schema_likeness": "kind_of",
        ".single_file": "files_of",
        ".source_documents": "cited_documents vendor_names",
    },
)
