"""The types of the columns of a Spark DataFrame, as Arrow has them."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import FieldboundError

if TYPE_CHECKING:
    import pyarrow
    from pyspark.sql import DataFrame

#: Types of Spark that Arrow has as such. A variant is bytes of Spark's own there.
_KNOWN: Final = frozenset(
    (
        *("string", "char", "varchar", "binary", "boolean", "void", "udt"),
        *("byte", "short", "integer", "long", "float", "double", "decimal"),
        *("date", "time", "timestamp", "timestamp_ntz"),
        *("array", "map", "struct"),
    )
)


def arrow_schema(df: DataFrame) -> pyarrow.Schema:
    """Return the Arrow schema of a DataFrame. Raises FieldboundError for a type it cannot have."""
    from pyspark.sql.pandas.types import to_arrow_schema

    for field in df.schema.fields:
        unknown = _unknown(field.dataType)
        if unknown is not None:
            raise FieldboundError(
                f"column {field.name!r} has the type {unknown}, which is not supported: convert "
                "it to another type in the DataFrame, or omit the column"
            )
    if "timezone" in signature(to_arrow_schema).parameters:  # newer versions of Spark
        return to_arrow_schema(df.schema, timezone="UTC")
    return to_arrow_schema(df.schema)


def _unknown(kind: Any) -> str | None:
    """Return the type within a type, or itself, that is not known; None if there is none."""
    if kind.typeName() not in _KNOWN:
        return str(kind.simpleString())
    names = ("elementType", "keyType", "valueType")
    inner = [getattr(kind, name) for name in names if hasattr(kind, name)]
    inner += [field.dataType for field in getattr(kind, "fields", ())]
    return next((found for each in inner if (found := _unknown(each)) is not None), None)
