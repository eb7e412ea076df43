"""Patterns of limits."""

from __future__ import annotations

from fieldbound.policy import pattern_error
from fieldbound.policy.patterns import first_match
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
