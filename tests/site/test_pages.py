"""The pages: every link and anchor is there, nothing is loaded from elsewhere, text is escaped."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from fieldbound.site import TOPICS, write_site
from support.tables import table

pytest.importorskip("markdown_it", reason="the extra docs is not installed")

from fieldbound.site.markdown import rendered

VOID = {"meta", "link", "input", "br", "img", "hr"}


class Page(HTMLParser):
    """The tags of a page: its ids, what it links to, what it loads, its title and headings."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.tags: list[str] = []
        self.title = ""
        self._open: list[str] = []
        self.feed(path.read_text("utf-8"))
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, with what it refers to."""
        found = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self._open += [tag] * (tag not in VOID)
        self.ids += [found["id"]] if "id" in found else []
        target = found.get("href", found.get("src"))
        if target is not None:
            (self.links if tag == "a" else self.loaded).append(target)
        assert not any(name.startswith("on") or name == "style" for name in found)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag, which must be the last one that is open."""
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note the title."""
        if self._open[-1:] == ["title"]:
            self.title += data


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "new" / "folder"
    assert write_site(str(folder)) == str(folder / "index.html")
    return folder


@pytest.fixture(name="pages", scope="module")
def _pages(site: Path) -> dict[str, Page]:
    return {each.name: Page(each) for each in site.glob("*.html")}


def test_a_page_for_each_topic(site: Path, pages: dict[str, Page]) -> None:
    """There is a page for each topic, the table of contents, and what they share: nothing else."""
    assert {*pages} == {"index.html", *(f"{topic}.html" for topic in TOPICS)}
    shared = {each.name for each in site.iterdir()} - {*pages}
    assert shared == {"style.css", "search.js", "search-index.js"}


def test_every_page_has_one_title(pages: dict[str, Page]) -> None:
    """Every page has a title of its own, and one heading of the first level."""
    titles = [page.title for page in pages.values()]
    assert all(titles)
    assert len({*titles}) == len(pages)
    assert {page.tags.count("h1") for page in pages.values()} == {1}


def test_every_link_resolves(pages: dict[str, Page]) -> None:
    """Every link leads to a page and an anchor that are there, or to a web address."""
    for name, page in pages.items():
        assert len(page.ids) == len({*page.ids})
        for link in page.links:
            if not link.startswith("https://"):
                target, _, anchor = link.partition("#")
                assert target or anchor, name
                assert not anchor or anchor in pages[target or name].ids, link
                assert (target or name) in pages, link


def test_nothing_is_loaded_from_elsewhere(site: Path, pages: dict[str, Page]) -> None:
    """A page loads the files beside it alone, and those load nothing."""
    shared = {"style.css", "search.js", "search-index.js", "data:,"}
    assert {each for page in pages.values() for each in page.loaded} == shared
    for name in ("style.css", "search.js"):
        assert not re.search(r"https?:|url\(|@import|fetch|innerHTML", (site / name).read_text())


def test_every_section_is_in_the_search(site: Path, pages: dict[str, Page]) -> None:
    """The index of the search has every heading, with an address that is there."""
    text = (site / "search-index.js").read_text("utf-8")
    entries = json.loads(text.removeprefix("const INDEX = ").removesuffix(";\n"))
    for address, *texts in entries:
        target, _, anchor = address.partition("#")
        assert anchor in pages[target].ids
        assert all(isinstance(each, str) for each in texts)
    headings = sum(len(re.findall(r"^h[1-4]$", "\n".join(page.tags), 8)) for page in pages.values())
    assert len(entries) == headings - 1  # that of the table of contents


def test_written_again_nothing_changes(site: Path) -> None:
    """The pages are the same each time, and replace those that are there."""
    before = {each.name: each.read_bytes() for each in site.iterdir()}
    write_site(str(site))
    assert {each.name: each.read_bytes() for each in site.iterdir()} == before


@table(
    ("text", "html"),
    [
        ("<b onclick=x>", "&lt;b onclick=x&gt;"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("```json a<b.json\n<b>\n```", '<div class="file">a&lt;b.json</div>\n<pre><code>&lt;b&gt;'),
        ("[a](javascript:x)", "[a](javascript:x)"),
        ("[a](http.md)", '<a href="http.html">a</a>'),
        ("[a](http.md#in-a-client)", '<a href="http.html#in-a-client">a</a>'),
        ("[a](https://a.example/b.md)", '<a href="https://a.example/b.md">a</a>'),
        ("## A `b` (c)\n## A b c", '<h2 id="a-b-c">A <code>b</code> (c)</h2>\n<h2 id="a-b-c-1">'),
    ],
)
def test_markdown(text: str, html: str) -> None:
    """Tags and unsafe links are text; links between guides lead to pages; headings have anchors."""
    assert html in rendered(text).html
