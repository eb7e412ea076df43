"""Columns of tables: how the cells of a row are mapped to a record.

Each column is mapped to a JSON Pointer, explicitly or to the property of its name; a name that
begins with / is a pointer itself. Numbers in pointers make arrays. The schema says which type the
text of a cell is converted to: only a number, true or false as JSON writes them is converted. An
empty cell, quoted or not, is omitted from the record.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import compress, repeat
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from fieldbound.model import MAX_DEPTH, FieldboundError, pointer_of, tokens_of
from fieldbound.validation import Coercion, checker_of, coercion_of

from .blocks import RecordError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fieldbound.validation import Contract

_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)*")
_INDEX: Final = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_ABSENT: Final = object()
#: Types that the text of a cell is converted to where it may be a string as well.
_CONVERTED: Final = frozenset(("integer", "number", "boolean"))
#: Texts whose values are kept.
_MOST_CONVERSIONS: Final = 10_000
#: Names of columns that an error lists.
_MAX_LISTED: Final = 20


class Cell(NamedTuple):
    """A value in a record: its column, and how its text is converted, None for a string."""

    column: int
    coercion: Coercion | None


class Conversions(dict[str, Any]):
    """The values of texts, converted when they are first asked for."""

    def __init__(self, coercion: Coercion) -> None:
        super().__init__()
        self._coercion = coercion

    def __missing__(self, text: str) -> Any:
        value = self._coercion.cast_cell(text)
        if len(self) < _MOST_CONVERSIONS:
            self[text] = value
        return value

    def change(self, texts: Iterable[str]) -> bool:
        """Return whether any text becomes another value."""
        return any(self[text] is not text and self[text] != text for text in texts if text)

    def __reduce__(self) -> tuple[Any, ...]:
        return Conversions, (self._coercion,)


#: An object, an array, or a cell.
_Node: TypeAlias = "dict[str, _Node] | list[_Node] | Cell"


class ColumnMapping:
    """Converts the cells of rows to records, given the *header*.

    *columns* maps column names to JSON Pointers; "" omits a column. Raises FieldboundError for
    conflicting columns.
    """

    def __init__(
        self, header: Sequence[str], columns: Mapping[str, str], contract: Contract | None
    ) -> None:
        self.width = len(header)
        self._tree: dict[str, _Node] = {}
        found = Coercion()
        if contract is not None:
            references = checker_of(contract).references
            found = coercion_of(references, references.root)
        for index, pointer in enumerate(_pointers(header, columns)):
            if pointer:
                self._add(tokens_of(pointer), index, header)
        self.root = _resolved(self._tree, found, ())
        #: Name and conversion of each column, None for one that is omitted; if records are flat.
        self.flat = self._flattened()

    def _add(self, path: tuple[str, ...], column: int, header: Sequence[str]) -> None:
        """Add a column to the tree of those before it."""
        node = self._tree
        for depth, token in enumerate(path[:-1], 1):
            within = node.setdefault(token, {})
            if isinstance(within, Cell):
                raise _conflict(header[within.column], header[column], path[:depth], True)
            node = within  # type: ignore[assignment]
        existing = other = node.setdefault(path[-1], Cell(column, None))
        while isinstance(other, dict):
            other = next(iter(other.values()))
        if isinstance(other, Cell) and other.column != column:
            is_nested = isinstance(existing, dict)
            raise _conflict(header[other.column], header[column], path, is_nested)

    def _flattened(self) -> list[tuple[str, Conversions | None] | None] | None:
        found: list[tuple[str, Conversions | None] | None] = [None] * self.width
        for name, node in self.root.items():
            if not isinstance(node, Cell):
                return None
            found[node.column] = (name, Conversions(node.coercion) if node.coercion else None)
        return found

    def records(self, rows: Sequence[list[str] | RecordError]) -> list[Any]:
        """Return the record of each row."""
        cells = [row for row in rows if isinstance(row, list) and len(row) == self.width]
        if self.flat is None or len(cells) < len(rows) or None in self.flat:
            return [self._record(row) for row in rows]
        return self._flat_records(cells, [each for each in self.flat if each])

    def _flat_records(
        self, rows: Sequence[list[str]], columns: Sequence[tuple[str, Conversions | None]]
    ) -> list[dict[str, Any]]:
        """Return flat records: all at once takes a third of the time."""
        names = [name for name, _ in columns]
        records: list[dict[str, Any]] = [
            dict(compress(pairs, row))
            for pairs, row in zip(map(zip, repeat(names), rows), rows, strict=True)
        ]
        for column, (name, conversions) in enumerate(columns):
            if conversions is not None and conversions.change({row[column] for row in rows}):
                for record, row in zip(records, rows, strict=True):
                    if row[column]:
                        record[name] = conversions[row[column]]
        return records

    def _record(self, row: list[str] | RecordError) -> Any:
        if isinstance(row, RecordError):
            return row
        if len(row) != self.width:
            plural = "" if len(row) == 1 else "s"
            return RecordError(
                "syntax", f"{len(row)} cell{plural} where the header has {self.width}"
            )
        if self.flat is None:
            found = _cell_value(self.root, row)
            return {} if found is _ABSENT else found
        return {
            to[0]: cell if to[1] is None else to[1][cell]  # what converts is empty at first
            for cell, to in zip(row, self.flat, strict=True)
            if cell and to
        }


def _cell_value(node: _Node, row: list[str]) -> Any:
    """Return the value of a node, `_ABSENT` if all its cells are empty."""
    if isinstance(node, Cell):
        cell = row[node.column]
        return _ABSENT if not cell else node.coercion.cast_cell(cell) if node.coercion else cell
    if isinstance(node, list):
        items = [each for within in node if (each := _cell_value(within, row)) is not _ABSENT]
        return items or _ABSENT
    found = {
        name: each
        for name, within in node.items()
        if (each := _cell_value(within, row)) is not _ABSENT
    }
    return found or _ABSENT


def _pointers(header: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """Return the JSON Pointer of each column. Raises FieldboundError."""
    names = set(header)
    if len(names) < len(header):
        duplicates = sorted(name for name, count in Counter(header).items() if count > 1)
        raise FieldboundError(f"duplicate column names: {_listed(duplicates)}")
    if unknown := [name for name in columns if name not in names]:
        raise FieldboundError(
            f"unknown column {_listed(unknown)}: the columns are {_listed(header)}"
        )
    found = []
    for index, name in enumerate(header, 1):
        if not name and name not in columns:
            raise FieldboundError(
                f'column {index} has no name: name it, or map "" to "" to omit it'
            )
        pointer = columns.get(name, name if name[:1] == "/" else pointer_of((name,)))
        if not _POINTER.fullmatch(pointer):
            raise FieldboundError(
                f"column {name!r} must be mapped to a JSON Pointer such as /Address/City, or to "
                f"an empty string to omit it, not {pointer!r}"
            )
        if pointer.count("/") > MAX_DEPTH:
            raise FieldboundError(f"column {index} is nested deeper than {MAX_DEPTH} levels")
        found.append(pointer)
    return found


def _conflict(one: str, other: str, at: tuple[str, ...], is_nested: bool) -> FieldboundError:
    message = f"conflicting columns {one!r} and {other!r}"
    where = pointer_of(at)
    if is_nested:
        return FieldboundError(f"{message}: {where} cannot be both a value and a container")
    return FieldboundError(f"{message}: both are mapped to {where}")


def _listed(names: Sequence[str]) -> str:
    """Return names, the first ones of many."""
    listed = ", ".join(map(repr, names[:_MAX_LISTED]))
    more = len(names) - _MAX_LISTED
    return f"{listed} and {more:,} more" if more > 0 else listed


def _resolved(tree: Mapping[str, _Node], found: Coercion, at: tuple[str, ...]) -> dict[str, Any]:
    """Return the tree with conversions, and with arrays. Raises FieldboundError."""
    resolved: dict[str, Any] = {}
    for token, node in tree.items():
        within = _coercion_at(found, token)
        if isinstance(node, Cell):
            types = within.cell_types
            is_text = types is None or ("string" in types and types.isdisjoint(_CONVERTED))
            resolved[token] = Cell(node.column, None if is_text else within)
            continue
        assert isinstance(node, dict)  # noqa: S101 - arrays are made here
        part = _resolved(node, within, (*at, token))
        is_object = within.structure == "object" or not any(map(_INDEX.fullmatch, part))
        resolved[token] = part if is_object else _items(part, (*at, token))
    return resolved


def _coercion_at(found: Coercion, token: str) -> Coercion:
    """Return the shape of what is at a name or an index."""
    if token not in found.named and found.items and _INDEX.fullmatch(token):
        return found.items
    return found.of(token)


def _items(part: dict[str, Any], at: tuple[str, ...]) -> list[Any]:
    """Return the values of an object whose names are indices. Raises FieldboundError."""
    names = [name for name in part if not _INDEX.fullmatch(name)]
    where = pointer_of(at)
    if names:
        raise FieldboundError(
            f"conflicting columns: {where} has the property {names[0]!r}, and is an array by others"
        )
    for index in range(len(part)):
        if str(index) not in part:
            raise FieldboundError(
                f"no column is mapped to {where}/{index}, but one to a later item: the items of an "
                "array count from 0, without gaps"
            )
    return [part[str(index)] for index in range(len(part))]
