"""Tables in memory, such as data frames: the records of their rows.

A table is what has columns: iterating it would give their names, or their values, and not its rows.
A cell without a value is omitted from its record, as it is from those of a Parquet file.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from inspect import getattr_static
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import FieldboundError

from .blocks import values_blocks

if TYPE_CHECKING:
    from fieldbound.validation import Contract

    from .blocks import Block

#: Methods of the Arrow PyCapsule protocol.
_ARROW: Final = ("__arrow_c_stream__", "__arrow_c_array__")
#: Methods of what reads its rows when they are requested: a dataset of pyarrow, and its scanner.
_UNREAD: Final = ("scanner", "to_reader")
_OF_ONE_TYPE: Final = ("dtype", "type")
_SEQUENCES: Final = (list, tuple, Mapping)
_PASS_ROWS: Final = "pass its rows as dicts"


def is_table(records: object) -> bool:
    """Return whether records are a table: by the protocol of Arrow, or by its columns.

    An array or a series, of one type, is no table, but a sequence of values.
    """
    columns = getattr_static(records, "columns", None)
    if columns is not None and not callable(columns) and not isinstance(records, _SEQUENCES):
        return True
    if _is_arrow(records):
        return not any(hasattr(records, each) for each in _OF_ONE_TYPE)
    return not isinstance(records, Iterable) and _is_unread(records)


def table_blocks(
    table: Any, columns: Mapping[str, str] | None, contract: Contract | None
) -> Iterator[Block]:
    """Return the rows of a table, in blocks.

    Raises TypeError for a table whose rows cannot be read, FieldboundError for conflicting columns.
    """
    kind = type(table).__name__
    if kind == "LazyFrame" and not hasattr(table, "collect_batches"):  # of an older polars
        table = table.collect()
    if _is_arrow(table) or _is_unread(table) or kind == "LazyFrame":
        from .arrow.rows import stream_blocks

        try:
            return stream_blocks(table, columns, contract)
        except FieldboundError:
            raise
        except ImportError:
            raise TypeError(
                f"to read the rows of a {kind}, install fieldbound[parquet], or {_PASS_ROWS}"
            ) from None
        except (TypeError, ValueError, OverflowError, NotImplementedError) as error:
            raise TypeError(f"cannot read the rows of the {kind}: {error}; {_PASS_ROWS}") from None
    if columns:
        raise FieldboundError(f"columns are only mapped for CSV, Parquet and Arrow, not a {kind}")
    try:
        rows = table.to_dict(orient="records")
    except (AttributeError, TypeError, ValueError):
        raise TypeError(
            f"records must be rows, not a {kind}, which has columns: {_PASS_ROWS}"
        ) from None
    return values_blocks(map(_without_missing, rows))


def _is_arrow(table: object) -> bool:
    return any(callable(getattr(type(table), name, None)) for name in _ARROW)


def _is_unread(table: object) -> bool:
    return any(callable(getattr(type(table), name, None)) for name in _UNREAD)


def _without_missing(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without None and NaN, by which a data frame says that there is no value."""
    return {
        name: value
        for name, value in row.items()
        if not (value is None or (isinstance(value, float) and math.isnan(value)))
    }
