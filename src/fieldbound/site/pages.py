"""The site: a folder of HTML pages that needs no server and loads nothing from elsewhere."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from fieldbound.documents import atomic_write
from fieldbound.render import ascii_json, version

from .guides import TOPICS, Guide, guide
from .markdown import Rendered, rendered

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What the pages share: they are beside this module.
_SHARED: Final = ("style.css", "search.js")
_INDEX: Final = "index"
#: The levels of headings that the contents of a page list.
_LISTED: Final = (2, 3)
_TITLE: Final = "fieldbound"
_CURRENT: Final = ' aria-current="page"'
_INTRODUCTION: Final = """
<h1>fieldbound</h1>
<p>
fieldbound checks the data you send to a vendor's API against the limits that the vendor documents.
</p>
"""


def write_site(folder: str) -> str:
    """Write the pages into a folder, which is made if there is none; return the path of the first.

    Raises OSError for what cannot be written, and FieldboundError without the Markdown library.
    """
    pages = {each.topic: (each, rendered(each.text)) for each in map(guide, TOPICS)}
    titles = {topic: each.title for topic, (each, _) in pages.items()}
    template = Template(_shared("page.html"))
    texts = {name: _shared(name) for name in _SHARED}
    texts["search-index.js"] = f"const INDEX = {ascii_json(list(_search_entries(pages)))};\n"
    texts[f"{_INDEX}.html"] = _page(template, titles, _INDEX, _contents(pages))
    for topic, (_, page) in pages.items():
        texts[f"{topic}.html"] = _page(template, titles, topic, _article(page))
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with atomic_write(str(Path(folder) / name)) as stream:
            stream.write(text)
    return str(Path(folder) / f"{_INDEX}.html")


def _shared(name: str) -> str:
    return (files("fieldbound") / "site" / name).read_text("utf-8")


def _page(template: Template, titles: dict[str, str], topic: str, body: str) -> str:
    """Return a page: what all of them have, with a body, which is HTML already."""
    title = f"{titles[topic]} - {_TITLE}" if topic in titles else _TITLE
    links = (
        f'<li><a href="{each}.html"{_CURRENT * (each == topic)}>{escape(name)}</a></li>'
        for each, name in titles.items()
    )
    return template.substitute(
        title=escape(title), guides="\n".join(links), body=body, version=escape(version())
    )


def _article(page: Rendered) -> str:
    """Return a guide with the list of its sections below its title."""
    title, end, rest = page.html.partition("</h1>\n")
    links = "\n".join(
        f'<li class="level{each.level}"><a href="#{each.anchor}">{escape(each.title)}</a></li>'
        for each in page.sections
        if each.level in _LISTED
    )
    contents = f"<details><summary>On this page</summary>\n<ul>\n{links}\n</ul></details>\n"
    return f"{title}{end}{contents if links else ''}{rest}"


def _contents(pages: dict[str, tuple[Guide, Rendered]]) -> str:
    """Return the table of contents: each guide, what it is for, and its sections."""
    entries = []
    for topic, (each, page) in pages.items():
        sections = ", ".join(
            f'<a href="{topic}.html#{section.anchor}">{escape(section.title)}</a>'
            for section in page.sections
            if section.level == _LISTED[0]
        )
        entries.append(
            f'<dt><a href="{topic}.html">{escape(each.title)}</a></dt>\n'
            f"<dd>{escape(TOPICS[topic])}<br><small>{sections}</small></dd>"
        )
    return f"{_INTRODUCTION}<dl>\n" + "\n".join(entries) + "\n</dl>\n"


def _search_entries(pages: dict[str, tuple[Guide, Rendered]]) -> Iterator[list[str]]:
    """Yield of each section the address, the page, the title and the text."""
    for topic, (each, page) in pages.items():
        for section in page.sections:
            address = f"{topic}.html#{section.anchor}"
            yield [address, each.title, section.title, section.text]
