"""Columns of a row group of Parquet whose values are all valid, by its statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fieldbound.validation import checker_of

from .arrow.proof import has_range

if TYPE_CHECKING:
    from pyarrow import DataType, Schema
    from pyarrow.parquet import RowGroupMetaData, Statistics

    from fieldbound.validation import Contract, Members

    from .arrow.rows import ColumnTree


def valid_columns(
    group: RowGroupMetaData, schema: Schema, tree: ColumnTree, contract: Contract
) -> tuple[str, ...]:
    """Return the columns that need not be read: no value in them is invalid, or counted.

    Those are columns without any value, and of integers between two that are valid. The values of
    required properties are always read.
    """
    checker = checker_of(contract)
    members, unchecked = checker.members, checker.undocumented.first_names
    if members is None or unchecked is None:
        return ()
    columns = {
        column.path_in_schema: column.statistics
        for column in (group.column(at) for at in range(group.num_columns))
    }
    found = []
    for name, node in tree.items():
        known = columns.get(node) if isinstance(node, str) else None
        if not isinstance(node, str) or name in members.required or name in unchecked:
            continue
        if _are_valid(known, schema.field(node).type, members, name):
            found.append(node)
    return tuple(found)


def _are_valid(known: Statistics | None, kind: DataType, members: Members, name: str) -> bool:
    from pyarrow import types

    if types.is_null(kind):
        return True
    if known is None or types.is_nested(kind):
        return False
    if known.has_null_count and not known.num_values:
        return True
    if not (known.has_min_max and types.is_signed_integer(kind)):
        return False
    part: Any = members.schema_of(name)
    limits = part if isinstance(part, dict) else {} if part is True else {"not": {}}
    return has_range(kind, limits) and members.are_valid(part)([known.min, known.max])
