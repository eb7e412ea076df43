"""CSV, with any of the usual delimiters, and text whose columns are set apart by blanks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.tables.grid import Grid, Row, cell, require_few

_DELIMITERS: Final = ",;\t|"
_GAP: Final = re.compile(r" {2,}")
#: How many lines decide on the delimiter.
_SAMPLE: Final = 200


def csv_grid(text: str, name: str) -> Grid:
    """Return the rows of CSV or TSV. Raises BrokenSource with the line of a syntax error."""
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, count = [], 0
    try:
        start = 1
        for cells in reader:
            count += len(cells)
            require_few(count, name, f"line {start}")
            rows.append(Row(f"line {start}", tuple(map(cell, cells))))
            start = reader.line_num + 1
    except csv.Error as error:
        raise BrokenSource(f"no CSV: {error}", name, f"line {reader.line_num}") from None
    return Grid(tuple(rows))


def _delimiter(text: str) -> str:
    """Return the delimiter that most rows have as many of as the others: a comma if none is."""
    lines = text.splitlines()[:_SAMPLE]

    def even(delimiter: str) -> tuple[int, int]:
        try:
            rows = [*csv.reader(lines, delimiter=delimiter)]
        except csv.Error:
            return 0, 0
        widths = [len(row) for row in rows if len(row) > 1]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        return widths.count(usual) if usual else 0, usual

    return max(_DELIMITERS, key=even)


def text_grid(text: str) -> Grid:
    """Return the rows of a table that is set in text: columns by tabs, or by two blanks or more."""
    lines = text.splitlines()
    if any("\t" in line for line in lines):
        rows = [
            Row(f"line {number}", tuple(map(cell, line.split("\t"))))
            for number, line in enumerate(lines, 1)
        ]
        return Grid(tuple(rows))
    rows, broken = [], []
    starts: tuple[int, ...] = ()
    for number, line in enumerate(lines, 1):
        found = [*_cells(line)]
        place = f"line {number}"
        if len(found) == 1 and found[0][0] in starts[1:]:
            # What goes on with a cell of the row above, or a row without a name.
            rows.append(Row(place, tuple(dict(found).get(at, "") for at in starts)))
        elif len(found) <= 1 or not starts:
            # A title, a blank line, or the headings: these say where the columns are.
            starts = tuple(at for at, _ in found) if len(found) > 1 else ()
            rows.append(Row(place, tuple(text for _, text in found)))
        elif len(found) == len(starts):
            rows.append(Row(place, tuple(text for _, text in found)))
        elif {at for at, _ in found} <= {*starts}:
            by_start = dict(found)
            rows.append(Row(place, tuple(by_start.get(at, "") for at in starts)))
        else:
            reason = f"it has {len(found)} cells, and the headings are {len(starts)}"
            broken.append((place, reason))
    return Grid(tuple(rows), broken=tuple(broken))


def _cells(line: str) -> Iterator[tuple[int, str]]:
    """Yield the cells of a line, each with where it starts."""
    at = len(line) - len(line.lstrip(" "))
    line = line.rstrip()
    while at < len(line):
        gap = _GAP.search(line, at)
        end = gap.start() if gap else len(line)
        yield at, cell(line[at:end])
        at = gap.end() if gap else len(line)
