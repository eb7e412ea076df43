"""Tables that fit the terminal."""

from __future__ import annotations

import pytest

from fieldbound.render.escape import display_width
from fieldbound.render.listings.columns import columns

ROWS = (
    ("FIELD", "TITLE", "NOTE"),
    ("/a", "", "short"),
    ("/a-name-that-is-long", "", "a text of some words that goes on and on"),
)


def test_full_width() -> None:
    """Without a width nothing is cut; a column without text is left out."""
    assert "".join(columns(ROWS, None)) == (
        "FIELD                 NOTE\n"
        "/a                    short\n"
        "/a-name-that-is-long  a text of some words that goes on and on\n"
    )


@pytest.mark.parametrize("width", [60, 46, 40, 34])
def test_narrow(width: int) -> None:
    """The last column is wrapped, and then the others are cut; every word is still there."""
    lines = list(columns(ROWS, width))
    assert all(display_width(line.rstrip("\n")) <= width for line in lines)
    words = " ".join(line.strip() for line in lines).replace("…", "").split()
    assert {*"a text of some words that goes on and on".split()} <= {*words}


def test_one_column() -> None:
    """A single column has no gap before it."""
    assert list(columns((("A",), ("b",)), 10)) == ["A\n", "b\n"]
    assert list(columns((("A", "B"), ("b", "")), None)) == ["A\n", "b\n"]


def test_escapes() -> None:
    """What a terminal would obey is written as an escape sequence."""
    assert list(columns((("A",), ("\x1b[31m",)), None)) == ["A\n", "\\x1b[31m\n"]
