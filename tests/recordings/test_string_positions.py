"""Positions of characters in strings of JSON and YAML: right, or none."""

from __future__ import annotations

import json
import random

import pytest
import yaml

from fieldbound.documents.document import parse
from fieldbound.documents.positions import PositionTree
from fieldbound.recordings.string_positions import find_characters

STYLES = ("json", "plain", "'", '"', "|", ">")
PIECES = (
    *("a", "b", " ", "  ", "\n", "\n\n", "\t", '"', "'", "\\", "é", "😀", "{", ":", "#"),
    *("x" * 30, "\x85", "\u2028", "\0", "<", ">", "|", "- ", ": ", "\r", "/"),
)


def dumped(value: str, style: str, rng: random.Random) -> tuple[str, str]:
    """Dump a document with a string in one style; return the text and its format."""
    document, ascii_only = {"k": ["before", value]}, rng.random() < 0.5
    if style == "json":
        return json.dumps(document, ensure_ascii=ascii_only, indent=rng.choice((None, 2))), "json"
    style_ = None if style == "plain" else style
    width = rng.choice((20, 80))
    return yaml.dump(
        document, default_style=style_, allow_unicode=not ascii_only, width=width
    ), "yaml"


def offsets(text: str, format: str) -> tuple[bytes | str, dict[int, int] | None, str]:  # noqa: A002
    """Return the text, the offsets of every character of the string at /k/1, and the string."""
    document = parse(text, format=format)
    value = document.value["k"][1]
    tree = PositionTree()
    tree.add(("k", 1))
    source = document.locate(tree)
    at = tree.offset(("k", 1), False)
    return source, find_characters(source, at, value, range(len(value) + 1)), value


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(each, marks=pytest.mark.thorough) for each in range(1, 5))]
)
def test_each_character_is_found(style: str, seed: int) -> None:
    """Each letter has its position, in every style of YAML and JSON."""
    rng = random.Random(seed)
    found = total = 0
    for _ in range(200):
        value = "".join(rng.choice(PIECES) for _ in range(rng.randrange(25)))
        text, format_ = dumped(value, style, rng)
        if not parse(text, format=format_).readable:
            continue  # not a matter of positions
        total += 1
        source, places, read = offsets(text, format_)
        if places is None:
            continue
        found += 1
        assert sorted(places) == list(range(len(read) + 1))
        assert sorted(places.values()) == [places[index] for index in range(len(read) + 1)]
        for index, char in enumerate(read):
            if char.isascii() and char.isalpha():
                assert source[places[index] : places[index] + 1] in (char, char.encode())
    assert total > 150
    # Some line ends of folded blocks are not supported: then there are no positions.
    assert found == total or (style == ">" and found > 0.9 * total)


def test_an_escape_is_one_character() -> None:
    r"""An escape, also a surrogate pair, is one character."""
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


def test_an_alias_has_no_positions() -> None:
    """The value of an alias is elsewhere: there are no positions at the alias."""
    _, places, value = offsets("a: &a text\nk:\n- 0\n- *a\n", "yaml")
    assert (value, places) == ("text", None)


def test_the_end_of_a_plain_scalar() -> None:
    """The end of a plain scalar is before a comma or bracket."""
    whole, places, _ = offsets("k: [0, text]", "yaml")
    assert places is not None
    assert whole[places[4] :] == "]"
