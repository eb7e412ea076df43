"""Automata of patterns: strings of every possible length, and of no other."""

from __future__ import annotations

import re
from functools import partial
from itertools import product
from random import Random

import pytest

from fieldbound import Contract
from fieldbound.algebra import Strings, StringSampler
from fieldbound.algebra.automaton import Automaton
from fieldbound.algebra.regex_translation import translated
from fieldbound.algebra.regular import NotRegular, regular, split_lookaheads, tree_of
from support.growth import growth
from support.tables import table

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


@table("pattern", PATTERNS)
def test_lengths_are_those_of_matching_strings(pattern: str) -> None:
    """A length is listed if and only if some string of a small alphabet, or of digits, has it."""
    alphabet = "019" if "0-9" in pattern else SMALL
    python_pattern = pattern.replace("(?<name>", "(?P<name>")
    expected = {
        length
        for length in range(6)
        if any(
            re.search(python_pattern, "".join(text)) for text in product(alphabet, repeat=length)
        )
    }
    assert set(Automaton([pattern]).lengths(0, 5)) == expected


@table("pattern", PATTERNS)
def test_strings_match(pattern: str) -> None:
    """Whatever is chosen, a string has the requested length and matches in the engine."""
    contract = Contract({"type": "string", "pattern": pattern})
    automaton = Automaton([pattern])
    for seed in range(60):
        random = Random(seed)
        length = random.choice(automaton.lengths(0, 12))
        text = automaton.string(
            length, lambda _, n, r=random: r.randrange(n), realistic=seed % 2 == 0
        )
        assert len(text) == length
        assert contract.is_valid(text), text


@table("pattern", PATTERNS)
def test_excluded_patterns_do_not_match(pattern: str) -> None:
    """A string of the automaton of an excluded pattern does not match it."""
    contract = Contract({"pattern": pattern})
    automaton = Automaton([], [pattern])
    for length in automaton.lengths(0, 8):
        assert not contract.is_valid(automaton.string(length, lambda at, n: at % n))


def test_several_patterns_match_at_once() -> None:
    """A string matches all patterns and no excluded one."""
    automaton = Automaton(["^a", "c$", "b"], ["bb"])
    assert automaton.lengths(0, 4) == [3, 4]
    assert automaton.string(3, lambda _at, _n: 0) == "abc"


def test_first_choices_give_the_plainest_string() -> None:
    """With every first choice a string has digits only, or the first letter of the pattern."""
    assert Automaton(["^[0-9a-f]{4}$"]).string(4, lambda _at, _n: 0) == "0000"
    assert Automaton(["^[x-z]+$"]).string(3, lambda _at, _n: 0) == "xxx"


@pytest.mark.parametrize("most", [400, pytest.param(1500, marks=pytest.mark.thorough)])
def test_the_longest_string_is_found(most: int) -> None:
    """The maximum length of a pattern with a bound is found, however large it is."""
    found = Automaton([f"^[a-z]{{1,{most}}}$"]).lengths(0, most * 5 // 2, count=2)
    assert found == [1, 2, most]


@table("pattern", [r"^(a)\1$", r"\bword\b", "x(?<=a)b", "^a(?=b)b", "(?m:^a)", "[a", "(", "a**"])
def test_irregular_and_invalid_patterns_raise(pattern: str) -> None:
    """A pattern with a back reference or a lookbehind within, or an invalid one, raises."""
    with pytest.raises(NotRegular):
        Automaton([pattern])


def test_a_too_large_pattern_raises() -> None:
    """A pattern with too many states raises rather than take minutes."""
    with pytest.raises(NotRegular):
        Automaton(["^(((a{1,90}){1,90}){1,90})$"])


def test_lenient_ignores_what_is_not_regular() -> None:
    """A lenient automaton has strings of which some match."""
    automaton = Automaton([r"^\bab\b$"], lenient=True)
    assert automaton.string(2, lambda _at, _n: 0) == "ab"


def test_leading_lookaheads_are_split_off() -> None:
    """A leading lookahead becomes a pattern of its own; alternatives are not split."""

    def split(pattern: str) -> list[list[str]]:
        return [[*map(translated, each)] for each in split_lookaheads(tree_of(pattern))]

    assert split("^(?=.*[A-Z])(?!x)a+$") == [
        ["^[^\n\r\u2028\u2029]*[A-Z]", "^a+$"],
        ["^x"],
    ]
    assert split("^(?=a)b|c$") == [["^(?=a)b|c$"], []]
    with pytest.raises(NotRegular):
        regular(tree_of("^(?=a)b|c$"))


def test_unicode_properties() -> None:
    """Characters of a Unicode property are generated; an unknown property raises."""
    text = Automaton([r"^\p{Lu}\p{Nd}$"]).string(2, lambda _at, _n: 0)
    assert text == "A0"
    assert Automaton([r"^\p{Script=Greek}$"]).string(1, lambda _at, _n: 0) == "Ͱ"
    assert Automaton([r"^\p{L}{1,200}$"]).lengths(0, 300)[-1] == 200
    with pytest.raises(NotRegular):
        Automaton([r"^\p{Foo}$"])


@pytest.mark.parametrize("pattern", ["(?<=a)b", "(?<!a)b$", "^a(?![b-y])"])
def test_a_lookaround_at_an_edge_is_regular(pattern: str) -> None:
    """A lookbehind at the start of a pattern asks for the characters before it."""
    automaton = Automaton([pattern])
    for length in automaton.lengths(0, 6):
        for choice in range(5):
            text = automaton.string(length, lambda at, n, c=choice: (at + c) % n)
            assert Contract({"pattern": pattern}).is_valid(text)


@table("pattern", ["^(ab)*$", "^(abc)*d?$", "^x(ab|cde)*$", "^a{5}$", "^[^@]+@[a-z]+$"])
def test_long_strings(pattern: str) -> None:
    """Which long lengths there are is known from short ones, and strings of them match."""
    automaton = Automaton([pattern])
    for length in automaton.lengths(3_000, None, count=6):
        text = automaton.string(length, lambda at, n: at % n)
        assert len(text) == length
        assert re.search(pattern, text)
    expected = [each for each in range(60, 72) if each in automaton.lengths(0, 72, count=99)]
    assert automaton.lengths(60, 71, count=99) == expected


@table("length", [200, 20_000, 1_000_000])
def test_no_string_as_long_as_a_format_needs(length: int) -> None:
    """A search for a string that no format allows tries the fewer the longer they are."""
    made = 0

    def string(_: Automaton, length: int, *_args: object, **_options: object) -> str:
        nonlocal made
        made += length
        return "a" * length

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Automaton, "string", string)
        assert not StringSampler(Strings(min_length=length, formats=("email",))).boundaries
    assert made <= 3_000_000


def test_lengths_recur() -> None:
    """The lengths of long strings take no more than those of short ones: their states recur."""
    assert growth(lambda size: partial(Automaton(["^(ab)*$"]).lengths, size, None, 3), 4_000) < 1.2
