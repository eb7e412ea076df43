"""The contracts of operations: as lines, as a table, as objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from .columns import columns

if TYPE_CHECKING:
    from fieldbound.model import ContractEntry


def operations_table(entries: Sequence[ContractEntry], width: int | None) -> Iterator[str]:
    """Yield a line for each contract, with the operation that it is of."""
    rows = [("CONTRACT", "OPERATION")]
    rows += ((each.name, f"{each.method} {each.path}".strip()) for each in entries)
    return columns(rows, width)


def operation_object(entry: ContractEntry) -> dict[str, Any]:
    """Return a contract as an object."""
    return {
        "name": entry.name,
        "operation": entry.operation or None,
        "part": entry.part or None,
        "method": entry.method or None,
        "path": entry.path or None,
    }
