"""Which form of a table a document is, and the grids in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.source import SourceDocument
from fieldbound.importers.tables.delimited import csv_grid, text_grid
from fieldbound.importers.tables.grid import Grid
from fieldbound.importers.tables.html_page import html_grids
from fieldbound.importers.tables.markdown_text import markdown_grids
from fieldbound.importers.tables.workbook import workbook_grids

_SUFFIXES: Final = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
_ZIP: Final = b"PK\x03\x04"
_TABLE_TAG: Final = re.compile(r"<table[\s>]", re.IGNORECASE)
_GAPS: Final = re.compile(r"\S {2,}\S")
#: Where a text is not UTF-8, it is most often of Windows.
_FALLBACK: Final = "cp1252"


def form_of(document: SourceDocument) -> str | None:
    """Return the form of a document by its name and start: None if it is no table."""
    if document.start.startswith(_ZIP):
        return "xlsx" if b"xl/" in document.data else None
    if (named := _SUFFIXES.get(document.suffix)) is not None:
        return None if named == "xlsx" else named
    start = document.start.replace(b"\0", b"").decode("latin-1")
    if document.suffix not in ("", ".txt", ".text", ".asc") or start.lstrip()[:1] in ("{", "["):
        return None
    if _TABLE_TAG.search(start):
        return "html"
    if any(map(_is_rule, start.splitlines())):
        return "markdown"
    return "text" if "\t" in start or _GAPS.search(start) else "csv"


def _is_rule(line: str) -> bool:
    """Return whether a line is the one below the headings of a table in Markdown."""
    return {"|", "-"} <= {*line.strip()} <= {*"|-: "}


def grids_of(document: SourceDocument) -> tuple[list[Grid], str | None]:
    """Return the tables of a document, and what has to be said of its encoding."""
    form = form_of(document)
    if form == "xlsx":
        return list(workbook_grids(document)), None
    if form is None and document.suffix in (".xlsx", ".xlsm"):
        raise BrokenSource("no workbook of Excel: it is no ZIP archive", document.name)
    text, note = decoded(document)
    found: Iterable[Grid]
    if form == "html":
        found = html_grids(text, document.name)
    elif form == "markdown":
        found = markdown_grids(text, document.name)
    else:
        found = [text_grid(text) if form == "text" else csv_grid(text, document.name)]
    return list(found), note


def decoded(document: SourceDocument) -> tuple[str, str | None]:
    """Return the text of a document, and a note where its encoding is not certain."""
    data = document.data
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16"), None
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(_FALLBACK), "not UTF-8: read as Windows-1252"
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = "neither UTF-8 nor Windows-1252: save the file as UTF-8"
        raise BrokenSource(reason, document.name, f"line {line}") from None
