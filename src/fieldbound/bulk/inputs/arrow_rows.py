"""A batch of rows of an Arrow table goes in; the records that its rows stand for come out.

What a row stands for:

- each column goes to the member of its name, or to its place by a mapping of columns to pointers
- a null is left out of its object, since a table has no other way to say that it is absent; one in
  a list or a map stays, since something was put there
- structs and maps are objects, lists of any kind arrays, whatever is encoded what it encodes
- decimals are exact: an integer, a float of just that number, or else a Decimal; a float of 32 bits
  is the shortest number that stands for it; NaN and the infinities are no JSON: `nonFinite`
- dates and times are ISO 8601 texts; an instant is given in UTC, with a Z, and what has no zone in
  the table has none in the text; a fraction of a second has the digits it needs
- bytes are UTF-8 texts, as older writers store them, or else no record: `encoding`
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from . import csv_records as columns_room
from .arrow_values import Flaws, Part, Path, Reader, objects_of, part_of, reader_of
from .blocks import Values
from .csv_records import Leaf

if TYPE_CHECKING:
    import pyarrow

    from fieldbound.validation import Contract

#: Rows that are made into records at a time, ...
ROWS: Final = 2048
#: ... and the bytes they may have in the table: as records they take many times as much.
_BYTES: Final = 1 << 20

#: Where columns go: to the members of an object, each the name of a column or an object or array.
Plan: TypeAlias = dict[Any, Any]


class Rows:
    """How the rows of tables of one *schema* become records.

    *plan* tells where columns go, as `plan_of` makes it; the table may have more than those. Raises
    FieldboundError for a column of a type that has no JSON value.
    """

    def __init__(self, schema: pyarrow.Schema, plan: Plan) -> None:
        self._plan = plan
        self._readers: dict[str, Reader] = {}
        for path, name in _leaves(plan, ()):
            self._readers[name] = reader_of(schema.field(name).type, path)

    def pieces(self, batch: pyarrow.RecordBatch) -> Iterator[Values]:
        """Yield the records of a batch, so many at a time that they take little memory."""
        step = max(1, min(ROWS, batch.num_rows * _BYTES // max(1, batch.nbytes)))
        for first in range(0, batch.num_rows, step):
            yield Values(self.records(batch.slice(first, step)))

    def records(self, batch: pyarrow.RecordBatch) -> list[Any]:
        """Return the records of a batch: a value, or a Flaw, for each of its rows."""
        flaws: Flaws = {}
        parts = self._parts(self._plan, batch, flaws)
        records: list[Any] = objects_of(parts, batch.num_rows)
        for row, flaw in flaws.items():
            records[row] = flaw
        return records

    def _parts(self, plan: Plan, batch: pyarrow.RecordBatch, flaws: Flaws) -> Iterator[Part | None]:
        """Yield what goes to each name, None where that is nothing at all."""
        for name, node in plan.items():
            if isinstance(node, str):
                yield part_of(name, self._readers[node], batch.column(node), flaws)
                continue
            inner: Plan = node if isinstance(node, dict) else dict(enumerate(node))
            found = objects_of(self._parts(inner, batch, flaws), batch.num_rows)
            if node is not inner:
                found = [list(each.values()) for each in found]
            yield Part(name, [each or None for each in found], True)


def plan_of(
    names: Sequence[str],
    columns: Mapping[str, str] | None = None,
    contract: Contract | None = None,
) -> Plan:
    """Return where each of the columns of these *names* goes in a record.

    *columns* maps names to JSON Pointers, as `columns.Plan` takes them. Raises FieldboundError.
    """
    return _named(columns_room.Plan(names, columns or {}, contract).root, names)


def _named(plan: Plan, names: Sequence[str]) -> Plan:
    """Return a plan that has the name of each column, and not what a text would be taken for."""
    found: Plan = {}
    for name, node in plan.items():
        if isinstance(node, Leaf):
            found[name] = names[node.column]
        elif isinstance(node, dict):
            found[name] = _named(node, names)
        else:
            found[name] = list(_named(dict(enumerate(node)), names).values())
    return found


def columns_of(plan: Plan) -> list[str]:
    """Return the names of the columns that a plan takes something from."""
    return [name for _, name in _leaves(plan, ())]


def _leaves(plan: Plan, at: Path) -> Iterator[tuple[Path, str]]:
    for name, node in plan.items():
        path = (*at, str(name))
        if isinstance(node, str):
            yield path, node
        else:
            yield from _leaves(node if isinstance(node, dict) else dict(enumerate(node)), path)
