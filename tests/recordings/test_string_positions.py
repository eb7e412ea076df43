"""Characters inside quoted strings: each is found where it is written, or nothing is."""

from __future__ import annotations

import json
import random

import pytest
import yaml

from fieldbound.documents.document import parse
from fieldbound.documents.positions import PositionTree
from fieldbound.recordings.string_positions import found_inside

STYLES = ("json", "plain", "'", '"', "|", ">")
PIECES = (
    *("a", "b", " ", "  ", "\n", "\n\n", "\t", '"', "'", "\\", "é", "😀", "{", ":", "#"),
    *("x" * 30, "\x85", "\u2028", "\0", "<", ">", "|", "- ", ": ", "\r", "/"),
)


def quoted(value: str, style: str, chance: random.Random) -> tuple[str, str]:
    """Write a string in one style, inside something else; return the text and its format."""
    whole, ascii_only = {"k": ["before", value]}, chance.random() < 0.5
    if style == "json":
        return json.dumps(whole, ensure_ascii=ascii_only, indent=chance.choice((None, 2))), "json"
    style_ = None if style == "plain" else style
    width = chance.choice((20, 80))
    return yaml.dump(whole, default_style=style_, allow_unicode=not ascii_only, width=width), "yaml"


def offsets(text: str, format: str) -> tuple[bytes | str, dict[int, int] | None, str]:  # noqa: A002
    """Find every character of the string at /k/1."""
    document = parse(text, format=format)
    value = document.value["k"][1]
    wanted = PositionTree()
    wanted.add(("k", 1))
    whole = document.locate(wanted)
    at = wanted.offset(("k", 1), False)
    return whole, found_inside(whole, at, value, range(len(value) + 1)), value


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", range(5))
def test_each_character_is_found(style: str, seed: int) -> None:
    """A letter is found where it stands, in any style that YAML and JSON are written in."""
    chance = random.Random(seed)
    found = looked = 0
    for _ in range(200):
        value = "".join(chance.choice(PIECES) for _ in range(chance.randrange(25)))
        text, format_ = quoted(value, style, chance)
        if not parse(text, format=format_).readable:
            continue  # what a text may hold is the business of who reads it
        looked += 1
        whole, places, read = offsets(text, format_)
        if places is None:
            continue
        found += 1
        assert sorted(places) == list(range(len(read) + 1))
        assert sorted(places.values()) == [places[index] for index in range(len(read) + 1)]
        for index, char in enumerate(read):
            if char.isascii() and char.isalpha():
                assert whole[places[index] : places[index] + 1] in (char, char.encode())
    assert looked > 150
    # A folded block has ways to keep a line end that are not read: it is told as a whole.
    assert found == looked or (style == ">" and found > 0.9 * looked)


def test_escapes_count_as_what_they_stand_for() -> None:
    r"""An escape, also one of two halves, is one character: what follows it is found."""
    text = '{"k": [0, "\\u00e9\\ud83d\\ude00\\n\\"x"]}'
    whole, places, _ = offsets(text, "json")
    assert places is not None
    assert isinstance(whole, bytes)
    assert [whole[places[index] :][:2] for index in range(5)] == [
        b"\\u",
        b"\\u",
        b"\\n",
        b'\\"',
        b'x"',
    ]
    assert whole[places[5] :] == b'"]}'


def test_an_alias_is_not_looked_into() -> None:
    """What an alias stands for is written elsewhere: nothing is found at the alias."""
    _, places, value = offsets("a: &a text\nk:\n- 0\n- *a\n", "yaml")
    assert (value, places) == ("text", None)


def test_a_plain_scalar_in_brackets_ends_where_it_ends() -> None:
    """A plain scalar ends before a comma or bracket: the end of the string is found there."""
    whole, places, _ = offsets("k: [0, text]", "yaml")
    assert places is not None
    assert whole[places[4] :] == "]"
