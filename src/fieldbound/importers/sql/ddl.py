"""CREATE TABLE statements to columns, read by sqlglot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from sqlglot import exp

from fieldbound.importers.draft import Omitted
from fieldbound.importers.errors import BrokenSource
from fieldbound.model import Place

from .alterations import Alteration, alteration_in
from .checks import limits_of_check
from .parser import Parser
from .statements import statements
from .types import SERIALS, UNTYPED, Column

if TYPE_CHECKING:
    from fieldbound.importers.source import SourceDocument

Tables = dict[str, dict[str, Column]]
_DIALECTS: Final = ("postgres", "mysql", "tsql", "oracle", "snowflake", "sqlite", "bigquery")
_NAMED: Final = re.compile(r"\s*--\s*dialect:\s*(\w+)", re.IGNORECASE)
#: What only one dialect has.
_MARKS: Final = (
    ("bigquery", re.compile(r"\b(int64|float64|bignumeric)\b|\bstruct\s*<", re.IGNORECASE)),
    ("mysql", re.compile(r"`|\bauto_increment\b|\bengine\s*=|\bunsigned\b", re.IGNORECASE)),
    ("oracle", re.compile(r"\bn?varchar2\b", re.IGNORECASE)),
    ("snowflake", re.compile(r"\bvariant\b|\bautoincrement\b|\btimestamp_(ntz|ltz|tz)\b|"
                             r"\btransient\s+table\b", re.IGNORECASE)),
    ("tsql", re.compile(r"\[\w+\]|\bidentity\s*\(|^[^\S\n]*go[^\S\n]*$|\bnvarchar\s*\(max|"
                        r"\bdatetime2\b|\buniqueidentifier\b|\bnvarchar\b",
                        re.IGNORECASE | re.MULTILINE)),
)  # fmt: skip

#: What together only Oracle has, each after the other.
_OF_ORACLE: Final = (
    re.compile(r"\bnumber\s*\(\d+(,\d+)?\)", re.IGNORECASE),
    re.compile(r"\bdate\b", re.IGNORECASE),
    re.compile(r"\benable\b", re.IGNORECASE),
)


def ddl_tables(document: SourceDocument, omitted: list[Omitted]) -> tuple[Tables, str]:
    """Return the columns of each table, and the dialect. Raises BrokenSource with the place."""
    dialect = _dialect(document)
    parser = Parser(dialect, document, omitted)
    found = [(each, parser.parsed(each)) for each in statements(document.text, dialect)]
    enums = {
        each.this.name.lower(): _texts(each.args["expression"].expressions)
        for _, each in found
        if isinstance(each, exp.Create) and isinstance(each.args.get("expression"), exp.DataType)
    }
    reader = _Reader(dialect, enums, omitted)
    tables: Tables = {}
    for statement, each in found:
        if isinstance(each, exp.Create) and isinstance(each.this, exp.Schema):
            name = each.this.this.name
            if name in tables:
                raise BrokenSource(f"the table {name} is there twice", document.name)
            if columns := reader.table(name, each.this.expressions):
                tables[name] = columns
        elif altered := alteration_in(statement.text):
            reader.alter(tables.get(altered.table, {}), altered, each)
    return tables, dialect


def _dialect(document: SourceDocument) -> str:
    text = document.text
    if named := _NAMED.match(text):
        name = named[1].lower()
        if name not in _DIALECTS:
            reason = f"the dialect {name!r} is not known: must be one of {', '.join(_DIALECTS)}"
            raise BrokenSource(reason, document.name, Place(1, 1))
        return name
    found = next((name for name, mark in _MARKS if mark.search(text)), "postgres")
    return "oracle" if found not in ("bigquery", "mysql") and _is_of_oracle(text) else found


def _is_of_oracle(text: str) -> bool:
    """Return whether a statement has a number, and after it in one line a date that is enabled."""
    number, date, enabled = _OF_ORACLE
    for statement in text.split(";"):
        first = number.search(statement)
        for line in statement[first.end() :].splitlines() if first else ():
            begin = date.search(line)
            if begin and enabled.search(line, begin.end()):
                return True
    return False


class _Reader:
    """Reads tables, and collects what is omitted."""

    def __init__(
        self, dialect: str, enums: dict[str, tuple[str, ...]], omitted: list[Omitted]
    ) -> None:
        self._dialect, self._enums, self._omitted = dialect, enums, omitted

    def table(self, name: str, parts: Iterable[Any]) -> dict[str, Column]:
        """Return the columns of a table."""
        parts = list(parts)
        columns = {
            each.name: self._column(each) for each in parts if isinstance(each, exp.ColumnDef)
        }
        for each in _constraints(parts):
            if isinstance(each, exp.PrimaryKey):
                for key in each.expressions:
                    if key.name in columns:
                        columns[key.name].is_nullable = False
            elif isinstance(each, exp.CheckColumnConstraint):
                self._check(name, each, columns)
        for each in parts:
            if isinstance(each, exp.ColumnDef):
                for check in each.find_all(exp.CheckColumnConstraint):
                    self._check(name, check, columns)
        return columns

    def alter(self, columns: dict[str, Column], given: Alteration, parsed: Any) -> None:
        """Read what is altered of the columns of a table."""
        names = {each.lower(): each for each in columns}
        if given.column.lower() in names:
            column = columns[names[given.column.lower()]]
            column.has_default = True
            column.is_computed = column.is_computed or given.is_computed
        elif isinstance(parsed, exp.Alter):
            for each in parsed.find_all(exp.CheckColumnConstraint):
                self._check(given.table, each, columns)
        if given.reason is not None:
            self._omitted.append(Omitted(given.table, given.reason))

    def _check(self, table: str, check: Any, columns: dict[str, Column]) -> None:
        found, unknown = limits_of_check(check.this, {*columns})
        for name, word, value in found:
            columns[name].checks[word] = value
        for each in unknown:
            self._omitted.append(Omitted(f"{table}: CHECK ({each})", "the condition is not read"))

    def _column(self, given: Any) -> Column:
        kind = given.args.get("kind")
        column = Column(given.name, UNTYPED)
        if isinstance(kind, exp.DataType):
            self._type(column, kind)
        for each in given.constraints:
            self._constraint(column, each.args.get("kind"))
        if column.type in SERIALS:
            column.has_default, column.is_nullable = True, False
        return column

    def _type(self, column: Column, kind: Any) -> None:
        name = kind.this.value.upper() if hasattr(kind.this, "value") else str(kind.this).upper()
        if name in ("USERDEFINED", "USER-DEFINED"):
            name = str(kind.args.get("kind")).upper()
            column.values = self._enums.get(name.rpartition(".")[2].lower().strip('"'), ())
        if name == "ENUM":
            column.values = _texts(kind.expressions)
        if name.startswith("U") and name.endswith(("INT", "DECIMAL")):
            name, column.is_unsigned = name[1:], True
        column.type = name
        column.is_computed = self._dialect == "tsql" and name in ("ROWVERSION", "TIMESTAMP")
        sizes = [each for each in kind.expressions if isinstance(each, exp.DataTypeParam)]
        numbers = [int(each.this.this) for each in sizes if each.this.is_int]
        if numbers:
            column.length = column.precision = numbers[0]
            column.scale = numbers[1] if len(numbers) > 1 else None
        unit = str(sizes[0].args.get("expression") or "").upper() if sizes else ""
        is_by_bytes = self._dialect in ("oracle", "tsql") and not name.startswith("N")
        column.is_in_bytes = unit == "BYTE" or (is_by_bytes and unit != "CHAR")

    def _constraint(self, column: Column, kind: Any) -> None:
        if isinstance(kind, exp.NotNullColumnConstraint):
            column.is_nullable = bool(kind.args.get("allow_null"))
        elif isinstance(kind, exp.PrimaryKeyColumnConstraint):
            column.is_nullable = False
        elif isinstance(kind, exp.DefaultColumnConstraint):
            column.has_default, column.default = True, _literal(kind.this)
        elif isinstance(kind, exp.GeneratedAsIdentityColumnConstraint):
            column.has_default = True
            column.is_computed = self._dialect == "tsql" or kind.this is True
        elif isinstance(kind, exp.AutoIncrementColumnConstraint):
            column.has_default = True
        elif isinstance(kind, exp.ComputedColumnConstraint):
            column.is_computed = True
        elif isinstance(kind, exp.CommentColumnConstraint):
            column.comment = kind.this.name


def _constraints(parts: Iterable[Any]) -> Iterator[Any]:
    """Yield the constraints of a table."""
    for each in parts:
        if isinstance(each, exp.Constraint):
            yield from each.expressions
        else:
            yield each


def _texts(expressions: Iterable[Any]) -> tuple[str, ...]:
    return tuple(each.name for each in expressions if isinstance(each, exp.Literal))


def _literal(given: Any) -> Any:
    """Return the value of a literal, None for an expression."""
    while isinstance(given, (exp.Paren, exp.Cast)):
        given = given.this
    if isinstance(given, exp.Boolean):
        return bool(given.this)
    if not isinstance(given, exp.Literal):
        return None
    return given.name if given.is_string else (int(given.name) if given.is_int else None)
