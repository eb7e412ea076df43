"""The Source of records: of a path, a stream or values, in the format that is detected or given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias

from fieldbound.model import FieldboundError

from .blocks import OutputFormat, values_blocks
from .compression import ByteInput
from .detection import FORMAT_OF, suffix_of, uncompressed
from .json_array import JsonArraySource
from .json_document import DocumentSource, layout_of
from .ndjson import NdjsonSource, NdjsonStreamSource
from .tables import is_table, table_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fieldbound.validation import Contract

    from .blocks import Block, Source

Input: TypeAlias = "str | os.PathLike[str] | BinaryIO | Iterable[Any]"

_YAML: Final = (".yaml", ".yml")
FORMATS: Final = ("ndjson", "json", "csv", "tsv", "parquet")
_PARQUET: Final = b"PAR1"
_IS_YAML: Final = (
    "{} is YAML, which is not read as records: check it as a document, without the options of "
    "records, or convert it to NDJSON"
)
_IS_LINES: Final = (
    "{} is not one JSON value: its first line is a complete value, and another line follows; with "
    "one record per line, its format is ndjson"
)


def source_of(
    records: Input,
    *,
    format: str | None = None,  # noqa: A002 - as it is called everywhere
    columns: Mapping[str, str] | None = None,
    contract: Contract | None = None,
    split: bool = False,
) -> Source:
    """Return the source of records: a file by its path, a binary stream, values, or a table.

    *format* is one of `FORMATS`; without it, it is detected by the name of a file or its first
    bytes. "json" is an array of records, or one record; YAML is never read as records. *columns*
    maps column names to JSON Pointers; the *contract* has the types that CSV cells are converted
    to, and with *split* the records are to be written. Raises OSError for a file that cannot be
    read, FieldboundError for one without records, TypeError and ValueError for invalid arguments.
    """
    if format == "yaml":
        raise FieldboundError(_IS_YAML.format("the input"))
    if format is not None and format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(FORMATS)}, not {format!r}")
    if isinstance(records, (str, os.PathLike)):
        path = os.fspath(records)
        if not isinstance(path, str):
            raise TypeError("path must be str, not bytes")
        return _file_source(path, format, columns, contract, split=split)
    if callable(getattr(records, "read", None)) and not is_table(records):
        return _bytes_source(ByteInput(records), format, columns, contract)  # type: ignore[arg-type]
    is_values = isinstance(records, Iterable) and not isinstance(
        records, (bytes, bytearray, Mapping)
    )
    if not (is_values or is_table(records)):
        raise TypeError(
            "records must be the path of a file, a binary stream, an iterable of records or a "
            "table, not "
            f"{type(records).__name__}"
        )
    if is_table(records):
        return ValuesSource(table_blocks(records, columns, contract))
    _no_columns(columns, format or "values")
    return ValuesSource(values_blocks(records))


def _file_source(
    path: str,
    format: str | None,  # noqa: A002
    columns: Mapping[str, str] | None,
    contract: Contract | None,
    *,
    split: bool,
) -> Source:
    if os.path.isdir(path):  # noqa: PTH112 - pathlib is slow to import
        from .parquet import ParquetSource

        return ParquetSource(path, columns, contract, split=split)
    data = ByteInput(path)
    detected = format or FORMAT_OF.get(suffix_of(uncompressed(path)[0])) or _detected(data)
    if detected == "parquet" and data.is_seekable:
        from .parquet import ParquetSource

        return ParquetSource(path, columns, contract, split=split)
    if detected == "ndjson" and data.is_seekable:
        _no_columns(columns, "NDJSON")
        return NdjsonSource(path)
    return _bytes_source(data, detected, columns, contract)


def _bytes_source(
    data: ByteInput,
    format: str | None,  # noqa: A002
    columns: Mapping[str, str] | None,
    contract: Contract | None,
) -> Source:
    detected = format or _detected(data)
    if detected == "parquet":
        raise FieldboundError(
            f"{data.name} is Parquet, which is only read from the path of an uncompressed file"
        )
    if detected in ("csv", "tsv"):
        from .csv_records import CsvSource

        return CsvSource(data, columns, contract, "\t" if detected == "tsv" else None)
    _no_columns(columns, "NDJSON" if detected == "ndjson" else "JSON")
    if detected == "ndjson":
        return NdjsonStreamSource(data)
    layout = layout_of(data) if detected == "json" else detected
    if layout == "lines":
        raise FieldboundError(_IS_LINES.format(data.name))
    return JsonArraySource(data) if layout == "array" else DocumentSource(data)


def _detected(data: ByteInput) -> str:
    """Return the format that is detected by the first bytes, or the layout of JSON.

    Raises FieldboundError for YAML.
    """
    if suffix_of(uncompressed(data.name)[0]) in _YAML:
        raise FieldboundError(_IS_YAML.format(data.name))
    if data.peek(len(_PARQUET)) == _PARQUET:
        return "parquet"
    layout = layout_of(data)
    return layout if layout in ("array", "document") else "ndjson"


def _no_columns(columns: Mapping[str, str] | None, format_name: str) -> None:
    if columns:
        raise FieldboundError(f"columns are only mapped for CSV and Parquet, not for {format_name}")


class ValuesSource:
    """A Source of records that are in memory: values, or the rows of a table."""

    name: str | None = None
    size: int | None = None
    position = 0
    valid_format = invalid_format = OutputFormat()
    cut_off: str | None = None

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = blocks

    def blocks(self, skip: int = 0) -> Iterator[Block]:
        """Return the blocks."""
        return islice(iter(self._blocks), skip, None)
