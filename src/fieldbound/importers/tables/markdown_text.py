"""The tables of a Markdown text as GitHub has them, each with the heading above it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fieldbound.importers.errors import BrokenSource
from fieldbound.importers.tables.grid import Grid, Row, cell

if TYPE_CHECKING:
    from markdown_it.token import Token


def markdown_grids(text: str, name: str) -> Iterator[Grid]:
    """Yield the tables of a text."""
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        reason = "reading it needs markdown-it-py: pip install 'fieldbound[import]'"
        raise BrokenSource(reason, name) from None
    title, rows, is_heading = None, list[Row](), False
    for token in MarkdownIt("commonmark", {"maxNesting": 20}).enable("table").parse(text):
        if token.type in ("heading_open", "heading_close"):
            is_heading = token.type == "heading_open"
        elif token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            rows.append(Row(f"line {(token.map or [0])[0] + 1}", ()))
        elif token.type == "inline" and is_heading:
            title = cell(_plain(token)).replace("\n", " ").replace("`", "") or None
        elif token.type == "inline" and rows:
            rows[-1] = Row(rows[-1].place, (*rows[-1].cells, cell(_plain(token))))
        elif token.type == "table_close":
            yield Grid(tuple(rows), title)
            rows = []


def _plain(token: Token) -> str:
    """Return the text of a cell without its markup; a value as code keeps what marks it."""
    found = ""
    for each in token.children or ():
        if each.type in ("text", "text_special"):
            found += each.content
        elif each.type == "code_inline":
            found += f"`{each.content}`"
        elif each.type in ("softbreak", "hardbreak") or each.content.startswith("<br"):
            found += "\n"
    return found
