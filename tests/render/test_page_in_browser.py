"""The HTML of bulk reports in a headless browser: at any width, light and dark."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from typing import Any

import pytest

from fieldbound.model.bulk_report import BulkReport
from fieldbound.policy import Severity
from fieldbound.render import Style
from fieldbound.render.bulk.formats import render_bulk as render
from support import bulk_reports
from support.browser import MEASURING, OPTIONS, browser
from support.effort import sampled


def widths() -> Sequence[int]:
    """Return the widths of small and large phones, a tablet and a desktop, or some of them."""
    return sampled((320, 360, 414, 768, 1280))


#: What is measured of the page in each frame; the page itself has no script.
SCRIPT = """
const measured = frame => {
  const page = frame.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach(each => { each.open = true; });
  const box = each => each.getBoundingClientRect();
  const style = each => frame.contentWindow.getComputedStyle(each);
  const selector = "h1, h2, h3, p, li, td, th, a, b, summary, figcaption";
  const elements = [...page.querySelectorAll(selector)];
  const texts = [...page.querySelectorAll("svg text")];
  const charts = [...page.querySelectorAll("svg[role=img]")];
  const textOf = found => found.map(each => each.textContent);
  const overlap = (a, b) => a.left < b.right && b.left < a.right
    && a.top < b.bottom && b.top < a.bottom;
  return {
    width: Math.max(root.scrollWidth, page.body.scrollWidth),
    outside: textOf(elements.filter(each => box(each).right > frame.clientWidth + 0.5)),
    cut: textOf(texts.filter(each => box(each).right > box(each.ownerSVGElement).right + 1
      || box(each).left < box(each.ownerSVGElement).left - 1)),
    overlapping: textOf(texts.filter(each => texts.some(other => other !== each
      && other.ownerSVGElement === each.ownerSVGElement && overlap(box(each), box(other))))),
    small: textOf([...elements, ...texts].filter(each => parseFloat(style(each).fontSize) < 12)),
    lowContrast: textOf(elements.filter(each => each.textContent.trim()
      && contrast(style(each).color, background(each)) < 4.5)),
    empty: charts.flatMap(each => [...each.querySelectorAll("rect")])
      .filter(each => !box(each).width).length,
    charts: charts.filter(each => box(each).width > 100).length,
    background: style(page.body).backgroundColor,
    loaded: frame.contentWindow.performance.getEntriesByType("resource").length,
  };
};
addEventListener("load", () => {
  const found = [...document.querySelectorAll("iframe")].map(measured);
  document.getElementById("found").textContent = JSON.stringify(found);
});
"""


@pytest.fixture(scope="module")
def chromium() -> str:
    """Return the command of the browser."""
    found = browser()
    if found is None:
        pytest.skip("no Chromium on PATH, and CHROMIUM is not set")
    return found


def long_report() -> BulkReport:
    """Return a report with large numbers, and with long names that cannot be wrapped."""
    first, *others = bulk_reports.tallies()
    assert first.limit is not None
    at = "/" + "Wide" * 60
    wide = replace(first.limit, pointer=at, note="N" * 300)
    samples = tuple(replace(each, key='"' + "k" * 60 + '"', line=10**9) for each in first.samples)
    lengths = bulk_reports.lengths()
    return bulk_reports.full(
        name="n" * 200 + ".ndjson",
        records=10**9,
        invalid=10**8,
        violation_counts=((1, 10**8), (2, 10**7), (8, 99)),
        tallies=(replace(first, limit=wide, samples=samples), *others),
        lengths=tuple(replace(each, limit=replace(each.limit, pointer=at)) for each in lengths),
    )


PAGES = {
    "full": (bulk_reports.full(),),
    "long": (long_report(), long_report()),
    "many": (bulk_reports.many(150),),
    "valid": (bulk_reports.bare(7),),
}


#: What is measured of a page at each width.
Measured = list[dict[str, Any]]


def measured(chromium: str, folder: Path, names: Iterable[str], scheme: int) -> dict[str, Measured]:
    """Show pages in a frame of each width, and return the measurements.

    They are shown by one start of the browser, with the preferred color scheme of that number.
    """
    frames = [
        f'<iframe srcdoc="{shown(name)}" style="width:{wide}px;border:0"></iframe>'
        for name in names
        for wide in widths()
    ]
    wrapper = folder / "frames.html"
    parts = ("<!doctype html><meta charset=utf-8><pre id=found></pre>", *frames)
    wrapper.write_text("".join((*parts, f"<script>{MEASURING}{SCRIPT}</script>")), encoding="utf-8")
    options = (
        f"--user-data-dir={folder / 'profile'}",
        f"--blink-settings=preferredColorScheme={scheme}",
    )
    command = [chromium, *OPTIONS, *options, "--dump-dom", wrapper.as_uri()]
    done = subprocess.run(command, check=True, capture_output=True, timeout=120)
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout.decode("utf-8"), re.DOTALL)
    assert found is not None, done.stderr.decode("utf-8", "replace")
    of_frames: Measured = json.loads(unescape(found[1]))
    assert len(of_frames) == len(frames)
    each = len(widths())
    return {name: of_frames[at * each :][:each] for at, name in enumerate(names)}


def shown(name: str) -> str:
    """Return a page as the attribute of a frame."""
    problems = ("cannot read " + "x" * 200,) * (name == "long")
    return escape("".join(render("html", PAGES[name], Style(Severity("stated")), problems)))


@pytest.fixture(scope="module")
def light(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    """Return what is measured of each page in light colors."""
    return measured(chromium, tmp_path_factory.mktemp("light"), PAGES, 1)


@pytest.mark.parametrize("name", PAGES)
def test_the_page_fits_any_width(light: dict[str, Measured], name: str) -> None:
    """At any width, nothing is wider than the page, clipped, overlapping or too small."""
    for width, found in zip(widths(), light[name], strict=True):
        assert found["width"] <= width
        assert found["outside"] == []
        assert found["cut"] == []
        assert found["overlapping"] == []
        assert found["small"] == []
        assert found["empty"] == 0
        assert found["loaded"] == 0
        assert (found["charts"] > 2) == (name != "valid")


def test_light_and_dark_color_schemes(
    chromium: str, tmp_path: Path, light: dict[str, Measured]
) -> None:
    """The page follows the color scheme of the browser, with enough contrast."""
    dark = measured(chromium, tmp_path, ["full"], 0)
    for pages, is_dark in ((light, False), (dark, True)):
        for each in pages["full"]:
            assert each["lowContrast"] == []
            levels = [int(part) for part in re.findall(r"\d+", each["background"])]
            assert (max(levels) < 64) == is_dark
