"""Patterns of limits."""

from __future__ import annotations

import re

from hypothesis import given, settings, strategies as st

from fieldbound.policy import pattern_error
from fieldbound.policy.patterns import first_match
from support.effort import examples
from support.tables import table

ID = "acme/create-order#/items/*/qty:maximum"


@table(
    "pattern",
    [
        ID,
        "*",
        "*:maximum",
        "acme/*",
        "acme/create-order#/items/*/qty:*",
        "acme/create-order#/items/*:maximum",
        "*/qty:maximum",
        "*items*",
        "stated",
    ],
)
def test_what_matches(pattern: str) -> None:
    """A star stands for any characters, also for slashes and for another star."""
    assert pattern_error(pattern) is None
    assert first_match([pattern], ID, "stated") == pattern


@table(
    "pattern",
    ["acme/create-order", "*:minimum", "*:Maximum", "ACME/*", "*maxim", "[a]*", "?*", "inferred"],
)
def test_what_does_not_match(pattern: str) -> None:
    """The whole id has to match, with its case, and no character but the star is special."""
    assert first_match([pattern], ID, "stated") is None


def test_other_characters_stand_for_themselves() -> None:
    """Brackets, dots and spaces of a pointer are characters as any other."""
    assert first_match(["*/filter[x.y]*"], "acme/list/request.query#/filter[x.y]:type", None)
    assert first_match(["*/filter[x.y]*"], "acme/list/request.query#/filterxzy:type", None) is None


def test_the_first_one_is_returned() -> None:
    """Of several patterns that match, the first is returned."""
    assert first_match(["x*", "*:maximum", "*"], ID, None) == "*:maximum"


@table(
    ("pattern", "end", "matches"),
    [
        ("*" * 40, "", True),
        ("*" * 40 + "#!", "", False),
        ("*a" * 40 + "*b", "", False),
        ("*a" * 40 + "*b", "b", True),
        ("*aa" * 40 + "*#!", "#", False),
    ],
)
def test_many_stars_are_matched_in_turn(pattern: str, end: str, matches: bool) -> None:
    """Many stars take no longer than one: what is between them is searched for once."""
    assert bool(first_match([pattern], "a" * 2000 + end, None)) is matches


@settings(max_examples=examples(300))
@given(st.text("ab*?[]!#.\n"), st.data())
def test_only_the_star_is_special(pattern: str, data: st.DataObject) -> None:
    """A pattern matches what a regular expression does that has `.*` for each star."""
    plain = ".*".join(map(re.escape, pattern.split("*")))
    some = data.draw(st.from_regex(re.compile(plain, re.DOTALL), fullmatch=True))
    for text in (some, some[1:], data.draw(st.text("ab?[]!#.\n"))):
        found = re.fullmatch(plain, text, re.DOTALL)
        assert first_match([pattern], text, None) == (pattern if found else None)


@table(
    ("pattern", "meant"),
    [
        ("acme/create-order", "acme/create-order#*"),
        ("maxLength", "*:maxLength"),
        (":enum", "*:enum"),
        ("infered", "inferred"),
        ("duplicateKeys", "duplicateKey"),
    ],
)
def test_what_can_match_nothing_is_an_error(pattern: str, meant: str) -> None:
    """A pattern that no id, code or evidence can match is an error, with what was meant."""
    assert str(pattern_error(pattern)).endswith(f"did you mean {meant!r}?")
