"""The sheets of a workbook of Excel: values as they are shown, and merged cells in each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.source import SourceDocument
from fieldbound.importers.tables.grid import Grid, Row, cell, require_few

if TYPE_CHECKING:
    from openpyxl import Workbook

_MAX_UNPACKED: Final = 256 * 2**20
_DECLARATIONS: Final = ("<!DOCTYPE", "<!ENTITY")
_PIECE: Final = 2**16
#: What has a range in a sheet, or in its comments, that is read cell by cell.
_WITH_RANGE: Final = ("mergeCell", "hyperlink", "comment")
_MAX_COLUMNS: Final = 2**14
_MAX_ROWS: Final = 2**20
_GENERIC: Final = ("sheet", "tabelle", "feuil", "hoja", "foglio", "table")


def workbook_grids(document: SourceDocument) -> Iterator[Grid]:
    """Yield the sheets that have cells. Raises BrokenSource."""
    _hold_harmless(document)
    book = _opened(document)
    for sheet in book.worksheets:
        height, width = sheet.max_row, sheet.max_column  # each looks at every cell
        require_few(height * width, document.name, f"sheet {sheet.title}")
        merged = {
            (row, column): sheet.cell(area.min_row, area.min_col).value
            for area in sheet.merged_cells.ranges
            for row in range(area.min_row, min(area.max_row, height) + 1)
            for column in range(area.min_col, min(area.max_col, width) + 1)
        }
        rows = [
            Row(
                f"sheet {sheet.title}, row {number}",
                tuple(
                    cell(_text(merged.get((number, column), each.value)))
                    for column, each in enumerate(cells, 1)
                ),
            )
            for number, cells in enumerate(sheet.iter_rows(), 1)
        ]
        yield Grid(tuple(rows), None if _is_generic(sheet.title) else sheet.title)


def _opened(document: SourceDocument) -> Workbook:
    import warnings

    try:
        from openpyxl import load_workbook
    except ImportError:
        reason = "reading it needs openpyxl: pip install 'fieldbound[import]'"
        raise BrokenSource(reason, document.name) from None
    _hold_ranges_small(document)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is in it beside cells
            return load_workbook(io.BytesIO(document.data), data_only=True, keep_links=False)
    except Exception as error:  # noqa: BLE001 - a broken part of it may raise anything
        raise BrokenSource(f"no workbook of Excel: {error}", document.name) from None


def _hold_harmless(document: SourceDocument) -> None:
    """Raise BrokenSource for a file that unpacks to very much, or has declarations of entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(document.data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _MAX_UNPACKED:
                reason = f"unpacks to more than {_MAX_UNPACKED // 2**20} MiB"
                raise BrokenSource(reason, document.name)
            for each in archive.infolist():
                if each.filename.endswith((".xml", ".rels")):
                    with archive.open(each) as stream:
                        _hold_undeclared(stream, document.name, each.filename)
    except BrokenSource:
        raise
    except Exception as error:  # noqa: BLE001 - a broken archive may raise anything
        raise BrokenSource(f"no workbook of Excel: {error}", document.name) from None


def _hold_undeclared(stream: Any, name: str, part: str) -> None:
    words = [each.encode(code) for each in _DECLARATIONS for code in ("ascii", "utf-16-le")]
    before = b""
    while piece := stream.read(_PIECE):
        if any(word in before + piece for word in words):
            reason = "it has a document type declaration, in which entities are: not read"
            raise BrokenSource(reason, name, part)
        before = piece[-32:]


def _hold_ranges_small(document: SourceDocument) -> None:
    """Raise TooLarge for ranges of very many cells, all of which openpyxl makes as it loads them.

    Every part is read, as any may be a sheet, up to its first error, as openpyxl does.
    """
    cells = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal cells
        if tag.rpartition(":")[2] in _WITH_RANGE and attributes.get("ref"):
            cells += _cells_of(attributes["ref"])

    with zipfile.ZipFile(io.BytesIO(document.data)) as archive:
        for part in archive.infolist():
            parser = expat.ParserCreate()
            parser.StartElementHandler = start
            with suppress(Exception), archive.open(part) as stream:
                parser.ParseFile(stream)
            require_few(cells, document.name, part.filename)


def _cells_of(area: str) -> int:
    """Return how many cells a range has, such as A1:B2, or A:B, which is whole columns."""
    from openpyxl.utils import range_boundaries

    try:
        left, top, right, bottom = range_boundaries(area.rpartition("!")[2])
    except ValueError:
        return 0  # no range: openpyxl makes no cells of it either
    columns = (right or _MAX_COLUMNS) - (left or 1) + 1
    rows = (bottom or _MAX_ROWS) - (top or 1) + 1
    return max(columns, 0) * max(rows, 0)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _is_generic(title: str) -> bool:
    """Return whether a sheet has the name that it gets by itself, as in Sheet1."""
    return title.lower().rstrip("0123456789 ") in _GENERIC
