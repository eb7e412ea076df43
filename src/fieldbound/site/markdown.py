"""Markdown to HTML: headings with anchors, links between guides, sections for the search."""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fieldbound.model import FieldboundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it.token import Token

#: A link to another guide, perhaps to a heading there.
_GUIDE_LINK: Final = re.compile(r"^([\w-]+)\.md(#.*)?$")
_MISSING: Final = "pages need a Markdown library: pip install 'fieldbound[docs]'"


class Section(NamedTuple):
    """A heading of a page with what is below it: *level*, *title*, *anchor*, *text*."""

    level: int
    title: str
    anchor: str
    text: str


class Rendered(NamedTuple):
    """A page: its *html*, and its *sections* in order; the first one is the page's title."""

    html: str
    sections: tuple[Section, ...]


def rendered(text: str) -> Rendered:
    """Return Markdown as HTML. Tags in it are shown as text. Raises FieldboundError without it."""
    try:
        from markdown_it import MarkdownIt
    except ImportError:
        raise FieldboundError(_MISSING) from None
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("fence", _fence)
    tokens = parser.parse(text)
    sections = tuple(_sections(tokens))
    headings = (each for each in tokens if each.type == "heading_open")
    for heading, section in zip(headings, sections, strict=True):
        heading.attrSet("id", section.anchor)
    for token in _all(tokens):
        if token.type == "link_open":
            token.attrSet("href", _GUIDE_LINK.sub(r"\1.html\2", str(token.attrGet("href")), 1))
    html = parser.renderer.render(tokens, parser.options, {})
    wide = html.replace("<table>", '<div class="wide"><table>').replace(
        "</table>", "</table></div>"
    )
    return Rendered(wide, sections)


def _fence(_renderer: Any, tokens: Sequence[Token], index: int, _options: Any, _env: Any) -> str:
    """Return a block, below the name of its file if it is one."""
    _, _, name = tokens[index].info.strip().partition(" ")
    caption = f'<div class="file">{escape(name)}</div>\n' if name else ""
    return f"{caption}<pre><code>{escape(tokens[index].content)}</code></pre>\n"


def _sections(tokens: Sequence[Token]) -> Iterator[Section]:
    """Yield the sections, each with its text up to the next heading."""
    used: dict[str, int] = {}
    starts = [index for index, token in enumerate(tokens) if token.type == "heading_open"]
    for start, end in pairwise([*starts, len(tokens)]):
        title = _text(tokens[start + 1])
        inside = (_text(each) for each in tokens[start + 3 : end] if each.content)
        level = int(tokens[start].tag[1:])
        yield Section(level, title, _anchor(title, used), " ".join(inside))


def _anchor(title: str, used: dict[str, int]) -> str:
    """Return the anchor of a heading as GitHub makes it, so that links work there too."""
    anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
    used[anchor] = used.get(anchor, -1) + 1
    return f"{anchor}-{used[anchor]}" if used[anchor] else anchor


def _text(token: Token) -> str:
    """Return the text of a heading, a paragraph or a block, without its markup."""
    if token.children is None:
        return token.content
    return "".join(each.content or " " * (each.type == "softbreak") for each in token.children)


def _all(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from token.children or ()
