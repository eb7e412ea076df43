"""The sheets of a workbook of Excel: values as they are shown, and merged cells in each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.source import SourceDocument
from fieldbound.importers.tables.grid import Grid, Row, cell, require_few

if TYPE_CHECKING:
    from openpyxl import Workbook

_MAX_UNPACKED: Final = 256 * 2**20
_DECLARATIONS: Final = ("<!DOCTYPE", "<!ENTITY")
_PIECE: Final = 2**16
_GENERIC: Final = ("sheet", "tabelle", "feuil", "hoja", "foglio", "table")


def workbook_grids(document: SourceDocument) -> Iterator[Grid]:
    """Yield the sheets that have cells. Raises BrokenSource."""
    _hold_harmless(document)
    book = _opened(document)
    for sheet in book.worksheets:
        require_few(sheet.max_row * sheet.max_column, document.name, f"sheet {sheet.title}")
        merged = {
            (row, column): sheet.cell(area.min_row, area.min_col).value
            for area in sheet.merged_cells.ranges
            for row in range(area.min_row, min(area.max_row, sheet.max_row) + 1)
            for column in range(area.min_col, min(area.max_col, sheet.max_column) + 1)
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
