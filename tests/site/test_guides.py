"""The guides: a file for each topic, its title, its first sentence, and where its links lead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import fieldbound
from fieldbound.model import FieldboundError
from fieldbound.site import TOPICS, guide
from support.paths import ROOT, SOURCE
from support.tables import table

FOLDER = Path(fieldbound.__file__).parent / "guides"
#: A link, or an image, that leads to another file or to a heading.
LINK = re.compile(r"\]\((?!https://)([^)#]*)(#[^)]*)?\)")
README = "README.md"


def anchors(text: str) -> set[str]:
    """Return the anchors of the headings of a page, as GitHub makes them."""
    without_blocks = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.*)$", without_blocks, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def page(name: str) -> str:
    """Return the text of the README, or of a guide."""
    return (ROOT / name if name == README else FOLDER / name).read_text("utf-8")


def test_every_guide_has_a_topic() -> None:
    """Every file is a topic, and every topic but the API reference has a file."""
    assert {each.stem for each in FOLDER.iterdir()} == {*TOPICS} - {"api"}


@table("topic", TOPICS)
def test_a_guide_says_what_it_is_for(topic: str) -> None:
    """A guide has one title, and opens with what it is for."""
    title, text = guide(topic)[1:]
    assert title == re.findall(r"^# (.*)$", re.sub(r"^```.*?^```$", "", text, flags=16 | 8), 8)[0]
    assert text.startswith(f"# {title}\n\nThis guide ")


@pytest.mark.parametrize("name", [README, *sorted(each.name for each in FOLDER.iterdir())])
def test_links_resolve(name: str) -> None:
    """A link between guides, or of the README, leads to a file and a heading that are there."""
    for target, anchor in LINK.findall(page(name)):
        if target.startswith("src/fieldbound/guides/"):
            other = target.removeprefix("src/fieldbound/guides/")
        elif name == README:
            assert (SOURCE / target).exists() or not (SOURCE / "src").is_dir(), target
            continue
        else:
            other = target or name
        assert (FOLDER / other).is_file(), target
        assert anchor.removeprefix("#") in {"", *anchors(page(other))}, anchor


def test_the_readme_lists_the_guides() -> None:
    """The README links to every guide."""
    listed = re.findall(r"src/fieldbound/guides/([\w-]+)\.md\)", page(README))
    assert {*listed} == {*TOPICS} - {"api"}


@pytest.mark.parametrize(
    ("topic", "advice"),
    [("htp", "did you mean http?"), ("../README", "must be one of import, your-own-vendor, ")],
)
def test_an_unknown_topic(topic: str, advice: str) -> None:
    """A topic that there is not is an error that names a similar one, or all."""
    with pytest.raises(FieldboundError, match="there is no guide") as caught:
        guide(topic)
    assert advice in str(caught.value)
