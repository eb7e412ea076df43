"""The pages in a headless browser: at any width, light and dark, and the search."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from fieldbound.site import TOPICS, write_site
from support.browser import MEASURING, OPTIONS, browser
from support.effort import sampled

pytest.importorskip("markdown_it", reason="the extra docs is not installed")

#: Every page on a small phone, and some on a large one and on a desktop.
FRAMES = (
    *((name, 320) for name in ("index", *TOPICS)),
    *((name, wide) for name in ("index", "http") for wide in (414, 1280)),
)
SEARCHED = "limit coverage"
#: What is measured of each frame, after something was searched there.
SCRIPT = """
const measured = async frame => {
  const page = frame.contentDocument, root = page.documentElement;
  page.querySelectorAll("details").forEach(each => { each.open = true; });
  const box = each => each.getBoundingClientRect();
  const style = each => frame.contentWindow.getComputedStyle(each);
  const isScrolled = each => each.closest("pre, .wide, #search");
  const elements = [...page.querySelectorAll("h1, h2, h3, h4, p, li, td, th, a, code, summary")];
  const textOf = found => found.map(each => each.textContent.slice(0, 60));
  const found = {
    width: Math.max(root.scrollWidth, page.body.scrollWidth),
    outside: textOf(elements.filter(each => !isScrolled(each)
      && box(each).right > frame.clientWidth + 0.5)),
    small: textOf(elements.filter(each => parseFloat(style(each).fontSize) < 12)),
    lowContrast: textOf(elements.filter(each => each.textContent.trim() && !isScrolled(each)
      && contrast(style(each).color, background(each)) < 4.5)),
    background: style(page.body).backgroundColor,
    loaded: frame.contentWindow.performance.getEntriesByType("resource").map(each => each.name),
  };
  const input = page.querySelector("input");
  input.value = "SEARCHED";
  input.dispatchEvent(new frame.contentWindow.Event("input"));
  const results = [...page.querySelectorAll("#search li")];
  found.results = results.map(each => each.querySelector("a").getAttribute("href"));
  found.resultsOutside = results.filter(each => box(each).right > frame.clientWidth
    || box(each).left < 0).length;
  return found;
};
addEventListener("load", async () => {
  const frames = [...document.querySelectorAll("iframe")];
  const found = await Promise.all(frames.map(measured));
  document.getElementById("found").textContent = JSON.stringify(found);
});
"""


@pytest.fixture(name="chromium", scope="module")
def _chromium() -> str:
    found = browser()
    if found is None:
        pytest.skip("no Chromium on PATH, and CHROMIUM is not set")
    return found


@pytest.fixture(name="site", scope="module")
def _site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_site(str(folder))
    return folder


def measured(
    chromium: str, site: Path, shown: Sequence[tuple[str, int]], *options: str
) -> list[dict[str, Any]]:
    """Show pages in frames, each of a width, and return the measurements."""
    frames = [
        f'<iframe src="{name}.html" style="width:{wide}px;height:600px;border:0"></iframe>'
        for name, wide in shown
    ]
    wrapper = site / "frames.html"
    script = MEASURING + SCRIPT.replace("SEARCHED", SEARCHED)
    parts = ("<!doctype html><meta charset=utf-8><pre id=found></pre>", *frames)
    wrapper.write_text("".join((*parts, f"<script>{script}</script>")), encoding="utf-8")
    profile = site / "profile"
    # a page of a file may look into the frame of another one
    more = ("--allow-file-access-from-files", f"--user-data-dir={profile}", *options)
    command = [chromium, *OPTIONS, *more, "--dump-dom", wrapper.as_uri()]
    try:
        done = subprocess.run(command, check=True, capture_output=True, timeout=120)
    finally:
        shutil.rmtree(profile, ignore_errors=True)
        wrapper.unlink()
    found = re.search(r'<pre id="found">(.*?)</pre>', done.stdout.decode("utf-8"), re.DOTALL)
    assert found is not None, done.stderr.decode("utf-8", "replace")
    frames_found: list[dict[str, Any]] = json.loads(unescape(found[1]))
    assert len(frames_found) == len(frames)
    return frames_found


@pytest.mark.parametrize(
    ("scheme", "dark"),
    [("0", True), pytest.param("1", False, marks=pytest.mark.thorough)],
)
def test_pages(chromium: str, site: Path, scheme: str, dark: bool) -> None:
    """At any width a page fits, follows the color scheme, and finds what is searched."""
    frames = sampled(FRAMES) if dark else FRAMES
    found = measured(chromium, site, frames, f"--blink-settings=preferredColorScheme={scheme}")
    for each, (_, width) in zip(found, frames, strict=True):
        assert each["width"] <= width
        assert each["outside"] == []
        assert each["small"] == []
        assert each["lowContrast"] == []
        levels = [int(part) for part in re.findall(r"\d+", each["background"])]
        assert (max(levels) < 64) == dark
        names = {name.rpartition("/")[2] for name in each["loaded"]}
        assert names <= {"style.css", "search.js", "search-index.js"}
        assert each["results"][0] == "property-tests.html#limit-coverage"
        assert each["resultsOutside"] == 0
