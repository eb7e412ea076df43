"""Patterns become texts: of every length there is, and of no other."""

from __future__ import annotations

import re
from itertools import product
from random import Random

import pytest

from fieldbound import Contract
from fieldbound.algebra.automaton import Language
from fieldbound.algebra.regex_parser import NotRegular, conjuncts, parsed

PATTERNS = [
    "^[0-9]+$",
    "^[1-9][0-9]*$",
    "^ab?c{2,3}$",
    "a",
    "^(a|bc)*$",
    "^a|b$",
    "^[^ab]c$",
    "^(?:a(?:b|c)){2}$",
    "^(?<name>a)b$",
    "^a{2}|^b{3}$",
    "^(?=a)[abc]{2}$",
    "^(?!a)[abc]{2}$",
    "^(?=.*b)(?=.*c)[abc]{2,3}$",
    "^a(?![b])",
    "^a(?=c)",
    "^\\x61\\u0062\\x63?$",
    "^a+?b*?$",
    "^$",
    "",
    "^a.c$",
    "^[a-c\\-]+$",
]
SMALL = "abc-"


@pytest.mark.parametrize("pattern", PATTERNS)
def test_lengths_are_those_of_the_texts_there_are(pattern: str) -> None:
    """A length is told if and only if some text of a small alphabet, or of digits, has it."""
    alphabet = "019" if "0-9" in pattern else SMALL
    pythons = pattern.replace("(?<name>", "(?P<name>")
    there = {
        length
        for length in range(6)
        if any(re.search(pythons, "".join(text)) for text in product(alphabet, repeat=length))
    }
    assert set(Language([pattern]).lengths(0, 5)) == there


@pytest.mark.parametrize("pattern", PATTERNS)
def test_texts_match(pattern: str) -> None:
    """Whatever is chosen, a text has the length asked for, and the engine says that it matches."""
    contract = Contract({"type": "string", "pattern": pattern})
    language = Language([pattern])
    for seed in range(60):
        random = Random(seed)
        length = random.choice(language.lengths(0, 12))
        text = language.text(length, lambda _, n, r=random: r.randrange(n), real=seed % 2 == 0)
        assert len(text) == length
        assert contract.is_valid(text), text


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_is_to_be_avoided_is_avoided(pattern: str) -> None:
    """A text of the language of what does not match does not match."""
    contract = Contract({"pattern": pattern})
    language = Language([], [pattern])
    for length in language.lengths(0, 8):
        assert not contract.is_valid(language.text(length, lambda at, n: at % n))


def test_patterns_hold_together() -> None:
    """Several patterns are matched at once, with those to avoid."""
    language = Language(["^a", "c$", "b"], ["bb"])
    assert language.lengths(0, 4) == [3, 4]
    assert language.text(3, lambda _at, _n: 0) == "abc"


def test_the_plainest_text_is_made_of_the_first_choices() -> None:
    """With every first choice a text is of digits, or of the first letter there is."""
    assert Language(["^[0-9a-f]{4}$"]).text(4, lambda _at, _n: 0) == "0000"
    assert Language(["^[x-z]+$"]).text(3, lambda _at, _n: 0) == "xxx"


def test_long_bounds_are_reached() -> None:
    """The longest text of a pattern with a bound is found, however far it is."""
    assert Language(["^[a-z]{1,1500}$"]).lengths(0, 4000, few=2) == [1, 2, 1500]


@pytest.mark.parametrize(
    "pattern", [r"^(a)\1$", r"\bword\b", "(?<=a)b", "^a(?=b)b", "[a", "(", "a**"]
)
def test_what_no_automaton_follows_is_told(pattern: str) -> None:
    """A pattern that depends on what was matched elsewhere, or is none, is refused."""
    with pytest.raises(NotRegular):
        Language([pattern])


def test_too_large_a_pattern_is_told() -> None:
    """A pattern of too many states is refused, not followed for minutes."""
    with pytest.raises(NotRegular):
        Language(["^(((a{1,90}){1,90}){1,90})$"])


def test_lenient_leaves_out_what_cannot_be_followed() -> None:
    """A lenient language has texts of which some match."""
    language = Language([r"^\bab\b$"], lenient=True)
    assert language.text(2, lambda _at, _n: 0) == "ab"


def test_a_pattern_that_looks_ahead_from_the_start_comes_apart() -> None:
    """What has to follow the start is a pattern of its own; alternatives stay together."""
    assert conjuncts("^(?=.*[A-Z])(?!x)a+$") == (["^(?:.*[A-Z])", "^a+$"], ["^(?:x)"])
    assert conjuncts("^(?=a)b|c$") == (["^(?=a)b|c$"], [])
    with pytest.raises(NotRegular):
        parsed("^(?=a)b|c$")


def test_categories_of_characters_are_known() -> None:
    """Characters by their Unicode category are made, and those of none that is known refused."""
    text = Language([r"^\p{Lu}\p{Nd}$"]).text(2, lambda _at, _n: 0)
    assert text == "A0"
    with pytest.raises(NotRegular):
        Language([r"^\p{Script=Greek}$"])
