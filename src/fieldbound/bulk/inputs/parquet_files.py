"""Files of Parquet: opened, with their columns, and the errors of those that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import FieldboundError

from .arrow.range_index import RangeIndex, range_index

if TYPE_CHECKING:
    from pyarrow import Schema
    from pyarrow.parquet import ParquetFile, RowGroupMetaData

#: Twice the bytes of all words of a dictionary, as writers limit it.
_WORDS: Final = 2 << 20
#: A column of strings with so many bytes a value, or fewer, in the file has few different ones. It
#: is read with its dictionary, so that each is checked once: that takes a third of the time.
_FEW_BYTES: Final = 5
#: Bytes of a column that are buffered; without this a whole row group would be in memory.
_BUFFER_SIZE: Final = 1 << 16
_MAGIC: Final = b"PAR1"
_ENCRYPTED: Final = b"PARE"
#: Errors of pyarrow for files that it cannot read.
_READ_ERRORS: Final = (OSError, ValueError, IndexError, NotImplementedError)


def parts_of(path: Path) -> list[Path]:
    """Return the files of a folder, or the one file."""
    if not path.is_dir():
        return [path]
    inside = sorted(each for each in path.iterdir() if each.name[0] not in "._")
    folders = [each.name for each in inside if each.is_dir()]
    if folders:
        raise FieldboundError(
            f"{path} has partition folders such as {folders[0]}, which are not supported: check "
            "them one by one"
        )
    parts = [each for each in inside if each.suffix == ".parquet"]
    if not parts:
        raise FieldboundError(f"{path} has no .parquet files")
    return parts


def row_groups(file: ParquetFile) -> list[RowGroupMetaData]:
    """Return the row groups of a file. Raises ValueError if their types are not those of the file.

    The statistics of such a group end the process.
    """
    groups = [file.metadata.row_group(at) for at in range(file.num_row_groups)]
    kinds = _physical_types(file)
    for each in groups:
        if kinds != [each.column(at).physical_type for at in range(each.num_columns)]:
            raise ValueError("the types of a row group are not those of the file")
    return groups


def _physical_types(file: ParquetFile) -> list[str]:
    return [file.schema.column(at).physical_type for at in range(len(file.schema.names))]


def few_values(group: RowGroupMetaData, schema: Schema, names: Sequence[str]) -> list[str]:
    """Return the columns of strings, of these *names*, that have few different values."""
    import pyarrow

    columns = [group.column(at) for at in range(group.num_columns)]
    return [
        each.path_in_schema
        for each in columns
        if each.path_in_schema in names
        and schema.field(each.path_in_schema).type in (pyarrow.string(), pyarrow.large_string())
        and each.has_dictionary_page
        and each.total_uncompressed_size <= _FEW_BYTES * each.num_values
    ]


def repeated(group: RowGroupMetaData) -> set[str]:
    """Return the columns that may have more bytes than the file, as their strings are repeated."""
    columns = [group.column(at) for at in range(group.num_columns)]
    return {
        each.path_in_schema.partition(".")[0]
        for each in columns
        if each.has_dictionary_page
        and each.physical_type == "BYTE_ARRAY"
        and each.total_uncompressed_size <= _WORDS + _FEW_BYTES * each.num_values
    }


def open_file(path: Path, encoded: Sequence[str] = ()) -> ParquetFile:
    """Open a file, of which some columns are read with their dictionary.

    Raises OSError or FieldboundError if it cannot be read.
    """
    try:
        from pyarrow import parquet
    except ImportError:
        raise FieldboundError(f"{path}: to read Parquet, install fieldbound[parquet]") from None
    with path.open("rb") as file:
        head = file.read(len(_MAGIC))
        file.seek(max(0, path.stat().st_size - len(_MAGIC)))
        tail = file.read()
    if head == _ENCRYPTED:
        raise FieldboundError(f"{path} is encrypted: decrypt it first")
    if head != _MAGIC:
        raise FieldboundError(f"{path} is not a Parquet file")
    if tail != _MAGIC:
        raise FieldboundError(f"{path} is truncated or still being written: its footer is missing")
    with errors_of(path):
        return parquet.ParquetFile(
            str(path),
            pre_buffer=False,
            buffer_size=_BUFFER_SIZE,
            coerce_int96_timestamp_unit="us",
            read_dictionary=list(encoded),
        )


@contextmanager
def errors_of(path: str | Path) -> Iterator[None]:
    """Raise errors of pyarrow as those of a file, which is corrupt; those of the system stay."""
    try:
        yield
    except _READ_ERRORS as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        message = str(error).strip().partition("\n")[0]
        raise FieldboundError(f"{path} is corrupt: {message}") from None


def index_of(file: ParquetFile) -> RangeIndex | None:
    """Return the index of the data frame that is in a file, if that is a range with a name."""
    return range_index(file.schema_arrow, file.metadata.num_rows)


def schema_of(file: ParquetFile) -> Schema:
    """Return the schema of a file, with its index, and INT96 timestamps as instants in UTC."""
    leaves = iter(_physical_types(file))
    schema = file.schema_arrow
    for at, each in enumerate(schema):
        kind = _with_instants(each.type, leaves)
        if kind != each.type:
            schema = schema.set(at, each.with_type(kind))
    index = index_of(file)
    return schema if index is None else index.add_field(schema)


def _with_instants(kind: Any, leaves: Iterator[str]) -> Any:
    import pyarrow

    if pyarrow.types.is_map(kind):
        key = _with_instants(kind.key_type, leaves)
        return pyarrow.map_(key, _with_instants(kind.item_type, leaves))
    parts = [kind.field(at) for at in range(kind.num_fields)]
    if parts:
        inner = [each.with_type(_with_instants(each.type, leaves)) for each in parts]
        return pyarrow.struct(inner) if pyarrow.types.is_struct(kind) else pyarrow.list_(inner[0])
    return pyarrow.timestamp("us", "UTC") if next(leaves) == "INT96" else kind
