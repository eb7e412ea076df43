"""A name, a file or a folder in, a Contract out; and the lint of contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .builder import offered as offered
    from .lookup import contract as contract, contracts as contracts, operations as operations
    from .operation_contracts import Operations as Operations
    from .schema_files import SUFFIXES as SUFFIXES
    from .single_file import is_path as is_path

__getattr__, __all__ = lazy(
    __name__,
    {
        ".builder": "offered",
        ".lookup": "contract contracts operations",
        ".operation_contracts": "Operations",
        ".schema_files": "SUFFIXES",
        ".single_file": "is_path",
    },
)
