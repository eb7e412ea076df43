"""A table of texts goes in, as CSV is; the records that its rows stand for come out.

The first row names the columns. Each goes to a place in the record: to the JSON Pointer that a
mapping gives it, or to the attribute of its name; a name that begins with / is a pointer itself.
Numbers in pointers make arrays. The contract says what the text of a cell is taken for, and only
what JSON writes as a number, true or false is taken for one. An empty cell is left out, with
quotation marks or without, since few who write CSV tell the two apart.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from fieldbound.model import FieldboundError, pointer_of, tokens_of
from fieldbound.validation import Shape, shape

from . import blocks as pieces, compression as packed
from .blocks import Flaw, Frame, Texts, Values
from .csv_rows import Ends, cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fieldbound.validation import Contract

    from .blocks import Block, Piece
    from .compression import Bytes, Feed

#: Rows that are judged at a time, fewer where they have more cells than these together.
_PIECE: Final = 1000
_CELLS: Final = 100_000
_MARK: Final = b"\xef\xbb\xbf"
#: What may stand between the cells of a row; of those that do so equally often, the first does.
_DELIMITERS: Final = ",;\t"
_IN_QUOTES: Final = re.compile(r'"[^"]*"')
_POINTER: Final = re.compile(r"(?:/(?:[^~/]|~[01])*)*")
_INDEX: Final = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_ABSENT: Final = object()
_OPEN: Final = 'the file ends within a cell that begins with ": the " that closes it is missing'


class Leaf(NamedTuple):
    """Where the text of a cell goes: its column, and what it is taken for, None for a text."""

    column: int
    shape: Shape | None


#: An object, an array, or what is in a cell.
_Node: TypeAlias = "dict[str, _Node] | list[_Node] | Leaf"


class Plan:
    """How the cells below a *header* become a record.

    *columns* maps names of columns to JSON Pointers; "" leaves one out. Raises FieldboundError for
    columns that cannot be.
    """

    def __init__(
        self, header: Sequence[str], columns: Mapping[str, str], contract: Contract | None
    ) -> None:
        self.width = len(header)
        self._tree: dict[str, _Node] = {}
        found = Shape()
        if contract is not None:
            found = shape(contract.references, contract.references.root)
        for index, pointer in enumerate(_pointers(header, columns)):
            if pointer:
                self._enter(tokens_of(pointer), index, header)
        self.root = _settled(self._tree, found, ())
        self._flat = self._flattened()

    def _enter(self, path: tuple[str, ...], column: int, header: Sequence[str]) -> None:
        """Enter where a column goes, beside the columns before it."""
        node = self._tree
        for depth, token in enumerate(path[:-1], 1):
            within = node.setdefault(token, {})
            if isinstance(within, Leaf):
                raise _contradiction(header[within.column], header[column], path[:depth], True)
            node = within  # type: ignore[assignment]
        there = other = node.setdefault(path[-1], Leaf(column, None))
        while isinstance(other, dict):
            other = next(iter(other.values()))
        if isinstance(other, Leaf) and other.column != column:
            within_it = isinstance(there, dict)
            raise _contradiction(header[other.column], header[column], path, within_it)

    def _flattened(self) -> list[tuple[str, Any] | None] | None:
        """Return name and reader for each column, if the record has no further level."""
        found: list[tuple[str, Any] | None] = [None] * self.width
        for name, node in self.root.items():
            if not isinstance(node, Leaf):
                return None
            found[node.column] = (name, node.shape and node.shape.cast)
        return found

    def records(self, rows: Sequence[list[str] | Flaw]) -> list[Any]:
        """Return the record of each row."""
        return [self._record(row) for row in rows]

    def _record(self, row: list[str] | Flaw) -> Any:
        if isinstance(row, Flaw):
            return row
        if len(row) != self.width:
            plural = "" if len(row) == 1 else "s"
            return Flaw("syntax", f"{len(row)} cell{plural} where the header has {self.width}")
        if self._flat is None:
            found = _value(self.root, row)
            return {} if found is _ABSENT else found
        return {
            to[0]: to[1](cell) if to[1] else cell
            for cell, to in zip(row, self._flat, strict=True)
            if cell and to
        }


def _value(node: _Node, row: list[str]) -> Any:
    """Return what cells make of a node; nothing of empty cells."""
    if isinstance(node, Leaf):
        cell = row[node.column]
        return _ABSENT if not cell else node.shape.cast(cell) if node.shape else cell
    if isinstance(node, list):
        items = [each for within in node if (each := _value(within, row)) is not _ABSENT]
        return items or _ABSENT
    found = {
        name: each for name, within in node.items() if (each := _value(within, row)) is not _ABSENT
    }
    return found or _ABSENT


def _pointers(header: Sequence[str], columns: Mapping[str, str]) -> list[str]:
    """Return where each column goes. Raises FieldboundError."""
    names = set(header)
    if len(names) < len(header):
        twice = sorted(name for name in names if header.count(name) > 1)
        raise FieldboundError(f"columns are named {_listed(twice)} more than once: name each once")
    if strange := [name for name in columns if name not in names]:
        raise FieldboundError(
            f"there is no column {_listed(strange)}: the columns are {_listed(header)}"
        )
    found = []
    for index, name in enumerate(header, 1):
        if not name and name not in columns:
            raise FieldboundError(
                f'column {index} has no name: name it, or map "" to "" to leave it out'
            )
        pointer = columns.get(name, name if name[:1] == "/" else pointer_of((name,)))
        if not _POINTER.fullmatch(pointer):
            raise FieldboundError(
                f"{pointer!r}, for the column {name!r}, is no JSON Pointer: write it as in "
                "/Address/City, or leave the column out by an empty text"
            )
        found.append(pointer)
    return found


def _contradiction(one: str, other: str, at: tuple[str, ...], is_within: bool) -> FieldboundError:
    said = f"the columns {one!r} and {other!r} contradict each other"
    where = pointer_of(at)
    if is_within:
        return FieldboundError(f"{said}: {where} cannot be a text and have more in it")
    return FieldboundError(f"{said}: both put something at {where}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))


def _settled(tree: Mapping[str, _Node], found: Shape, at: tuple[str, ...]) -> dict[str, Any]:
    """Return the tree with what each value is taken for, and its arrays. Raises FieldboundError."""
    settled: dict[str, Any] = {}
    for token, node in tree.items():
        within = _within(found, token)
        if isinstance(node, Leaf):
            is_text = within.kinds is None or within.kinds == {"string"}
            settled[token] = Leaf(node.column, None if is_text else within)
            continue
        assert isinstance(node, dict)  # noqa: S101 - arrays are made here
        part = _settled(node, within, (*at, token))
        is_object = within.structure == "object" or not any(map(_INDEX.fullmatch, part))
        settled[token] = part if is_object else _items(part, (*at, token))
    return settled


def _within(found: Shape, token: str) -> Shape:
    """Return the shape of what is at a name or an index."""
    if token not in found.named and found.items and _INDEX.fullmatch(token):
        return found.items
    return found.of(token)


def _items(part: dict[str, Any], at: tuple[str, ...]) -> list[Any]:
    """Return the members of an object whose names are indices. Raises FieldboundError."""
    names = [name for name in part if not _INDEX.fullmatch(name)]
    where = pointer_of(at)
    if names:
        raise FieldboundError(
            f"columns contradict each other: they put the name {names[0]!r} in {where}, which by "
            "others is an array"
        )
    for index in range(len(part)):
        if str(index) not in part:
            raise FieldboundError(
                f"no column puts anything at {where}/{index}, but one does further on: the items "
                "of an array count from 0, without a gap"
            )
    return [part[str(index)] for index in range(len(part))]


class Rows(NamedTuple):
    """A block of a table: whole rows, *data*, that begin at an *offset* on a *line*.

    *ends* are those of the rows, counted as *offset* is.
    """

    data: bytes
    offset: int
    line: int
    ends: Sequence[int]
    delimiter: str
    plan: Plan

    def read(self) -> Iterator[Piece]:
        """Read the rows; blank ones are none."""
        line, start = self.line, 0
        size = max(1, min(_PIECE, _CELLS // self.plan.width))
        for first in range(0, len(self.ends), size):
            cuts = [start, *(end - self.offset for end in self.ends[first : first + size])]
            raws = [self.data[begin:end] for begin, end in pairwise(cuts)]
            lines = []
            for raw in raws:
                lines.append(line)
                line += raw.count(b"\n")
            rows = cells_of(raws, self.delimiter)
            there = [index for index, row in enumerate(rows) if row]
            yield Values(
                self.plan.records([rows[index] for index in there]),
                [raws[index] for index in there],
                [self.offset + cuts[index] for index in there],
                [lines[index] for index in there],
            )
            start = cuts[-1]


class TooLong(NamedTuple):
    """A block that is one row, too long to be read."""

    offset: int
    line: int

    def read(self) -> Iterator[Piece]:
        """Say that it is too long."""
        yield Texts([None], [self.offset], [(self.line, 1)])


class Table:
    """A file of CSV: a Source, as `pieces` has it.

    What stands between cells is read off the header where no *delimiter* is given. The accepted
    rows are written below the header, each with the end of its line, the refused ones as NDJSON.
    Raises FieldboundError for a file without a header, and for *columns* that cannot be.
    """

    invalid = Frame()

    def __init__(
        self,
        given: Bytes,
        columns: Mapping[str, str] | None = None,
        contract: Contract | None = None,
        delimiter: str | None = None,
    ) -> None:
        self.name: str | None = given.name
        self.size = given.size
        self.cut_off: str | None = None
        self._given = given
        self._delimiter, raw, header = _header(given, delimiter)
        self._plan = Plan(header, columns or {}, contract)
        self._head = len(raw)
        self._line = 1 + raw.count(b"\n")
        self.valid = Frame(raw)

    def blocks(self, first: int = 0) -> Iterator[tuple[int, Block]]:
        """Cut the table into blocks of whole rows."""
        return self._given.blocks(self._cut, first)

    def _cut(self, feed: Feed) -> Iterator[Block]:
        held, start, line = bytearray(feed.read(self._head)), self._head, self._line
        held.clear()
        ends, found = Ends(self._delimiter), array("q")
        while data := feed.read(packed.READ):
            at = start + len(held)
            held += data
            found.extend(at + end for end in ends.within(data))
            last = found[-1] if found else start
            is_long = at + len(data) - last > pieces.LONGEST
            while found and (is_long or last - start >= pieces.BLOCK):
                count = bisect_left(found, start + pieces.BLOCK) + 1
                block = self._block(held, start, line, found[:count])
                yield block
                del held[: len(block.data)], found[:count]
                start, line = start + len(block.data), line + block.data.count(b"\n")
            if is_long:
                yield TooLong(start, line)
                rest = _rest(feed, ends, start + len(held), found)
                line += held.count(b"\n") + rest.breaks
                held, start = rest.held, rest.start
        if held:
            found.append(start + len(held))
            yield self._block(held, start, line, found)
        self.cut_off = feed.cut_off or (_OPEN if ends.is_open else None)

    def _block(self, held: bytearray, start: int, line: int, ends: array[int]) -> Rows:
        data = bytes(memoryview(held)[: ends[-1] - start])
        return Rows(data, start, line, ends, self._delimiter, self._plan)


class _Rest(NamedTuple):
    """What follows a row that is too long: text *held*, from *start*, so many line *breaks* on."""

    held: bytearray
    start: int
    breaks: int


def _rest(feed: Feed, ends: Ends, at: int, found: array[int]) -> _Rest:
    """Pass the rest of a row, up to *at* read already, and enter which ends are *found* behind."""
    breaks = 0
    while data := feed.read(packed.READ):
        behind = ends.within(data)
        breaks += data.count(b"\n", 0, behind[0] if behind else len(data))
        if behind:
            found.extend(at + end for end in behind[1:])
            return _Rest(bytearray(data[behind[0] :]), at + behind[0], breaks)
        at += len(data)
    return _Rest(bytearray(), at, breaks)


def _header(given: Bytes, delimiter: str | None) -> tuple[str, bytes, list[str]]:
    """Return what stands between cells, and the first row, as it stands and taken apart."""
    size = packed.READ
    while True:
        data = given.start(size)
        chosen = delimiter or _delimiter(data)
        ends = Ends(chosen).within(data)
        if ends or len(data) < size or size > pieces.LONGEST:
            break
        size *= 4
    raw = data[: ends[0]] if ends else data
    if not raw.removeprefix(_MARK).strip():
        raise FieldboundError(
            f"{given.name} {'begins with an empty line' if raw else 'is empty'}: the first row of "
            "CSV names the columns"
        )
    cells = cells_of([raw.removeprefix(_MARK)], chosen)[0]
    if isinstance(cells, Flaw):
        raise FieldboundError(f"{given.name}: the header is no CSV: {cells.detail}")
    return chosen, raw, cells


def _delimiter(data: bytes) -> str:
    """Return what stands most often between the cells of the first row."""
    end = data.find(b"\n")
    while end >= 0 and data.count(b'"', 0, end) % 2:
        end = data.find(b"\n", end + 1)
    line = _IN_QUOTES.sub("", data[: end if end >= 0 else len(data)].decode(errors="replace"))
    return max(_DELIMITERS, key=line.count)
