"""Columns of SQL tables to attributes: their types, lengths and digits, by the dialect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fieldbound.importers.resources import Attribute, Evidence
from fieldbound.importers.values import integer, nullable, number, one_of, string, unspecified

_STRINGS: Final = frozenset(
    "CHAR NCHAR VARCHAR NVARCHAR VARCHAR2 NVARCHAR2 CHARACTER BPCHAR TEXT NTEXT TINYTEXT "
    "MEDIUMTEXT LONGTEXT STRING CLOB NCLOB NAME CITEXT".split()
) | {"CHARACTER VARYING", "NATIONAL CHARACTER VARYING"}
#: The bytes of the texts of MySQL.
_TEXT_BYTES: Final = {"TINYTEXT": 2**8 - 1, "TEXT": 2**16 - 1, "MEDIUMTEXT": 2**24 - 1}
_BITS: Final = {
    "TINYINT": 8,
    "SMALLINT": 16,
    "INT2": 16,
    "SMALLSERIAL": 16,
    "MEDIUMINT": 24,
    "INT": 32,
    "INTEGER": 32,
    "INT4": 32,
    "SERIAL": 32,
    "BIGINT": 64,
    "INT8": 64,
    "BIGSERIAL": 64,
}
#: The type of a column that is declared without one.
UNTYPED: Final = "none"
SERIALS: Final = frozenset(("SMALLSERIAL", "SERIAL", "BIGSERIAL"))
_DECIMALS: Final = frozenset("DECIMAL NUMERIC NUMBER DEC BIGDECIMAL".split())
_FLOATS: Final = frozenset("FLOAT DOUBLE REAL FLOAT4 FLOAT8".split()) | {"DOUBLE PRECISION"}
_MONEY: Final = frozenset(("MONEY", "SMALLMONEY"))
_TIMES: Final = frozenset(
    "TIME TIMETZ TIMESTAMP TIMESTAMPTZ TIMESTAMPLTZ TIMESTAMPNTZ TIMESTAMP_NTZ TIMESTAMP_LTZ "
    "TIMESTAMP_TZ DATETIME DATETIME2 DATETIMEOFFSET SMALLDATETIME INTERVAL".split()
)
_ANY_JSON: Final = frozenset("JSON JSONB VARIANT".split())
_BINARY: Final = frozenset(
    "BINARY VARBINARY BLOB BYTEA RAW IMAGE TINYBLOB MEDIUMBLOB LONGBLOB ROWVERSION".split()
)
#: Dialects whose integers have 38 digits.
_WIDE: Final = frozenset(("oracle", "snowflake"))
_NO_FORMAT: Final = "the format of a date and time is not asserted: databases read several"
_NO_CASE: Final = "Where the collation of the column ignores case, so does the list."


@dataclass
class Column:
    """A column of a table, by what its declaration, or a catalogue, says."""

    name: str
    type: str
    length: int | None = None
    is_in_bytes: bool = False
    precision: int | None = None
    scale: int | None = None
    is_unsigned: bool = False
    values: tuple[str, ...] = ()
    is_nullable: bool = True
    has_default: bool = False
    default: Any = None
    is_computed: bool = False
    comment: str | None = None
    #: Limits of CHECK constraints.
    checks: dict[str, Any] = field(default_factory=dict)


def attribute_of(column: Column, dialect: str, omit: Any) -> Attribute:
    """Return the attribute of a column; *omit* takes what no limit is made of, with the reason."""
    schema = _value(column, dialect, omit)
    evidence: dict[str, Evidence] = {}
    if column.is_in_bytes and "maxLength" in schema:
        size = schema["maxLength"]
        evidence["maxLength"] = Evidence("stated", f"At most {size} bytes as well: not checked.")
    _add_checks(schema, column.checks)
    if "enum" in schema and dialect in ("mysql", "tsql"):
        evidence["enum"] = Evidence("stated", _NO_CASE)
    schema = nullable(schema, unless=not column.is_nullable)
    if "enum" in schema and "type" not in schema and column.is_nullable:
        schema["enum"] = [*schema["enum"], None]
    if column.comment:
        schema = {"description": column.comment, **schema}
    if column.default is not None:
        schema["default"] = column.default
    is_given = not column.is_computed
    return Attribute(
        column.name,
        schema,
        required=is_given and not column.is_nullable and not column.has_default,
        create=is_given,
        update=is_given,
        evidence=evidence,
    )


def _add_checks(schema: dict[str, Any], checks: Mapping[str, Any]) -> None:
    for word, value in checks.items():
        tighter = min if word.lower().endswith(("maximum", "maxlength")) else max
        known = schema.get(word)
        schema[word] = value if known is None or word == "enum" else tighter(known, value)
    for word, outer in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if word in checks and outer in schema and outer not in checks:
            del schema[outer]  # that of the type, which the check is within


def _value(column: Column, dialect: str, omit: Any) -> dict[str, Any]:
    """Return the schema of a value that is not null."""
    kind = column.type
    if column.values:
        return one_of(column.values)
    if kind in _STRINGS:
        return _text(column, dialect)
    if kind == "BIT" or (kind == "TINYINT" and dialect == "mysql" and column.length == 1):
        return {"type": ["boolean", "integer"]}  # drivers give either
    if kind in _BITS:
        return _whole(column, dialect)
    if kind in _DECIMALS:
        return number(column.precision, column.scale)
    if kind in _FLOATS or kind in _MONEY:
        return {"type": "number"}
    return _other(column, dialect, omit)


def _other(column: Column, dialect: str, omit: Any) -> dict[str, Any]:
    kind = column.type
    if kind in ("BOOLEAN", "BOOL"):
        return {"type": "boolean"}
    if kind == "DATE" and dialect != "oracle":
        return {"type": "string", "format": "date"}
    if kind in ("UUID", "UNIQUEIDENTIFIER"):
        return {"type": "string", "format": "uuid"}
    if kind in _TIMES or kind == "DATE" or kind.startswith(("TIMESTAMP ", "TIME ")):
        omit(column.name, _NO_FORMAT)
        return {"type": "string"}
    if kind == "ARRAY":
        return {"type": "array"}
    if kind in _BINARY:
        omit(column.name, "a binary value: its size is not that of a text")
        return {"type": "string"}
    reason = "any JSON value" if kind in _ANY_JSON else f"the type {kind} is not known"
    if kind == UNTYPED:
        reason = "its type is not declared"
    omit(column.name, reason)
    return unspecified(reason)


def _text(column: Column, dialect: str) -> dict[str, Any]:
    if column.length:
        return string(column.length)
    if dialect == "mysql" and column.type in _TEXT_BYTES:
        column.is_in_bytes = True
        return string(_TEXT_BYTES[column.type])
    return string()


def _whole(column: Column, dialect: str) -> dict[str, Any]:
    if dialect in _WIDE:
        return integer(38)
    bits = _BITS[column.type]
    if column.is_unsigned or (column.type == "TINYINT" and dialect == "tsql"):
        return {"type": "integer", "minimum": 0, "maximum": 2**bits - 1}
    return {"type": "integer", "minimum": -(2 ** (bits - 1)), "maximum": 2 ** (bits - 1) - 1}
