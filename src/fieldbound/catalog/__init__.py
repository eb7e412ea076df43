"""Contracts by name, file or folder, and the lint of contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .builder import close_matches as close_matches
    from .contract_files import is_contract_file as is_contract_file
    from .lookup import contract as contract, contracts as contracts, operations as operations
    from .operation_contracts import OperationContracts as OperationContracts
    from .schema_files import SUFFIXES as SUFFIXES
    from .single_file import is_path as is_path

__getattr__, __all__ = lazy(
    __name__,
    {
        ".builder": "close_matches",
        ".contract_files": "is_contract_file",
        ".lookup": "contract contracts operations",
        ".operation_contracts": "OperationContracts",
        ".schema_files": "SUFFIXES",
        ".single_file": "is_path",
    },
)
