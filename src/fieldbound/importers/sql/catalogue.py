"""Exports of INFORMATION_SCHEMA.COLUMNS, as CSV or JSON, to columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.values import whole_number

from .types import Column

if TYPE_CHECKING:
    from fieldbound.importers.source import SourceDocument

_NAMES: Final = frozenset(("table_name", "column_name", "data_type"))
_YES: Final = frozenset(("yes", "y", "true", "1", "always"))
#: The names of types in catalogues that are not those of declarations.
_TYPES: Final = {
    "CHARACTER VARYING": "VARCHAR",
    "CHARACTER": "CHAR",
    "DOUBLE PRECISION": "DOUBLE",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ",
    "TIME WITHOUT TIME ZONE": "TIME",
    "TIME WITH TIME ZONE": "TIMETZ",
    "INTEGER": "INT",
}
_NATIONAL: Final = ("NCHAR", "NVARCHAR", "NTEXT")


def is_catalogue(document: SourceDocument) -> bool:
    """Return whether a document is an export of a catalogue of columns; never raises."""
    start = document.start.decode("utf-8-sig", "replace").lstrip().lower()
    if start.startswith("["):
        value = document.value if "column_name" in start else None
        first = value[0] if isinstance(value, list) and value else None
        return isinstance(first, dict) and {each.lower() for each in first} >= _NAMES
    names = {each.strip().strip('"') for each in start.partition("\n")[0].split(_comma(start))}
    return names >= _NAMES


def catalogue_tables(document: SourceDocument) -> tuple[dict[str, dict[str, Column]], str]:
    """Return the columns of each table, and the dialect. Raises BrokenSource with the row."""
    tables: dict[str, dict[str, Column]] = {}
    dialect = "postgres"
    for place, row in _rows(document):
        table, name = row.get("table_name", ""), row.get("column_name", "")
        if not table or not name or not row.get("data_type"):
            reason = "table_name, column_name and data_type are required"
            raise BrokenSource(reason, document.name, place)
        if "column_type" in row and "extra" in row:
            dialect = "mysql"
        columns = tables.setdefault(table, {})
        if name in columns:
            reason = f"the column {name} of {table} is there twice: export one schema alone"
            raise BrokenSource(reason, document.name, place)
        columns[name] = _column(name, row, document, place)
    return tables, dialect


def _rows(document: SourceDocument) -> Iterator[tuple[str, dict[str, str]]]:
    text = document.text
    if text.lstrip().startswith("["):
        for index, each in enumerate(document.require_value(), 1):
            if not isinstance(each, dict):
                raise document.error("a row must be an object", index - 1)
            yield f"row {index}", {str(key).lower(): _text(value) for key, value in each.items()}
        return
    reader = csv.reader(StringIO(text, newline=""), delimiter=_comma(text))
    try:
        names = [each.strip().lower() for each in next(reader)]
        for row in reader:
            if row:
                yield f"line {reader.line_num}", dict(zip(names, map(_text, row), strict=False))
    except csv.Error as error:
        raise BrokenSource(str(error), document.name, f"line {reader.line_num}") from None


def _comma(text: str) -> str:
    line = text.partition("\n")[0]
    return max(",;\t|", key=line.count)


def _text(value: Any) -> str:
    found = "" if value is None else str(value).strip()
    return "" if found.upper() in ("NULL", "\\N") else found


def _column(name: str, row: Mapping[str, str], document: SourceDocument, place: str) -> Column:
    kind = row["data_type"].upper()
    kind = _TYPES.get(kind, kind)
    kind, _, _ = kind.partition("(")
    column = Column(name, _TYPES.get(kind, kind))
    length = _size(row, "character_maximum_length", document, place)
    octets = _size(row, "character_octet_length", document, place)
    if length is not None and length < 2**31 - 1:
        column.length = length
        is_in_bytes = octets is not None and octets == length and kind not in _NATIONAL
        column.is_in_bytes = is_in_bytes
    column.precision = _size(row, "numeric_precision", document, place)
    column.scale = _size(row, "numeric_scale", document, place)
    if row.get("numeric_precision_radix") == "2":
        column.precision = None
    declared = row.get("column_type", "").lower()
    column.is_unsigned = "unsigned" in declared
    if declared.startswith("enum("):
        listed = next(csv.reader([declared_values(row["column_type"])], quotechar="'"), [])
        column.values = tuple(listed)
    column.is_nullable = row.get("is_nullable", "YES").lower() in _YES
    extra = row.get("extra", "").lower()
    column.has_default = bool(row.get("column_default")) or "auto_increment" in extra
    is_generated = row.get("is_generated", "").lower() in _YES or "generated" in extra.split()
    is_identity = row.get("is_identity", "").lower() in _YES
    column.has_default |= is_identity
    by_default = row.get("identity_generation", "").lower() == "by default"
    column.is_computed = is_generated or (is_identity and not by_default)
    column.comment = row.get("column_comment") or None
    return column


def declared_values(declared: str) -> str:
    """Return the list within `enum('a','b')`."""
    return declared[declared.index("(") + 1 :].rstrip(") ")


def _size(row: Mapping[str, str], name: str, document: SourceDocument, place: str) -> int | None:
    given = row.get(name, "")
    if given in ("", "-1"):  # SQL Server: any length
        return None
    found = whole_number(given.removesuffix(".0"))
    if found is None:
        try:
            return None if int(given) >= 10**9 else int(given)
        except ValueError:
            reason = f"{name} must be a whole number, not {given!r}"
            raise BrokenSource(reason, document.name, place) from None
    return found
