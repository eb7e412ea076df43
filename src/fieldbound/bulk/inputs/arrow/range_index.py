"""The index of a pandas data frame that is a range of numbers: a column which is only described.

Arrow and Parquet have it in their metadata. An index with other values is a column as any other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .arrays import integers

if TYPE_CHECKING:
    import pyarrow

_METADATA: Final = b"pandas"
_LARGEST: Final = (1 << 63) - 1


class RangeIndex(NamedTuple):
    """The column of a *name*, with these *numbers*: one for each row of a table."""

    name: str
    numbers: range

    def add_field(self, schema: pyarrow.Schema) -> pyarrow.Schema:
        """Return the schema of a table with the column: pandas has other indices last, too."""
        import pyarrow

        return schema.append(pyarrow.field(self.name, pyarrow.int64()))

    def add_column(self, batch: pyarrow.RecordBatch, before: int) -> pyarrow.RecordBatch:
        """Return a batch with the column, given how many rows of the table are *before* it."""
        numbers = self.numbers[before : before + batch.num_rows]
        return batch.append_column(self.name, integers(numbers))


def range_index(schema: pyarrow.Schema, rows: int) -> RangeIndex | None:
    """Return the index of a table with so many *rows*, if it is a range with a name.

    None if the rows are others than those of the data frame, such as some of them.
    """
    try:
        (index,) = json.loads((schema.metadata or {})[_METADATA])["index_columns"]
        name, numbers = index["name"], _numbers(index)
        has_all = len(numbers) == rows
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError):
        return None
    if not has_all or not isinstance(name, str) or name in schema.names:
        return None
    return RangeIndex(name, numbers)


def _numbers(index: dict[str, Any]) -> range:
    """Return the numbers of an index. Raises ValueError if some have more than 64 bits."""
    numbers = range(index["start"], index["stop"], index["step"])
    if any(abs(each) > _LARGEST for each in (numbers.start, numbers.stop)):
        raise ValueError
    return numbers
