"""Patterns mean what ECMA-262 says, by every matcher here; held to regress and to Node.js."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest
import regress
from hypothesis import given, settings, strategies as st

from fieldbound.algebra import (
    first_fault,
    is_pattern,
    match_by_steps,
    matches,
    pattern_error,
    pattern_of,
    python_text,
)
from support.effort import is_thorough
from support.examples import drawn
from support.patterns import (
    REGULAR,
    TEXTS,
    WITH_LOOKAROUNDS,
    WITH_REFERENCES,
    node,
    node_matches,
    regress_matches,
)
from support.tables import table

PATTERNS = st.one_of(REGULAR, WITH_LOOKAROUNDS, WITH_REFERENCES)
#: How many patterns are tried, by the other implementations of the standard and by our own.
BY_OTHERS, BY_OURS = (4_000, 1_000) if is_thorough() else (250, 100)
SOME_TEXTS = st.lists(TEXTS, min_size=8, max_size=8)


@settings(max_examples=BY_OTHERS)
@given(PATTERNS, SOME_TEXTS)
def test_every_matcher_agrees_with_regress(pattern: str, texts: list[str]) -> None:
    """Step by step and by the engine, a string matches exactly where regress finds a match."""
    for text in texts:
        expected = regress_matches(pattern, text)
        assert match_by_steps(pattern, text) is expected, (pattern, text)
        assert pattern_of(pattern).matches(text) is expected, (pattern, text)


@pytest.mark.skipif(node() is None, reason="there is no Node.js")
def test_every_matcher_agrees_with_node() -> None:
    """A string matches exactly where Node.js finds a match, with the flag u."""
    patterns = drawn(PATTERNS, BY_OTHERS)
    texts = drawn(TEXTS, BY_OTHERS)
    pairs = [
        (pattern, texts[(at * 7 + step) % len(texts)])
        for at, pattern in enumerate(patterns)
        for step in range(6)
    ]
    for (pattern, text), expected in zip(pairs, node_matches(pairs), strict=True):
        assert match_by_steps(pattern, text) is expected, (pattern, text)
        assert pattern_of(pattern).matches(text) is expected, (pattern, text)


#: Lookaheads at the start, as rules for passwords have them: the engine takes them as they are.
LED = st.lists(st.tuples(st.sampled_from(("(?=", "(?!")), REGULAR), min_size=1, max_size=2)


@settings(max_examples=BY_OURS)
@given(LED, REGULAR, SOME_TEXTS)
def test_the_engine_decides_what_is_linear(
    looks: list[tuple[str, str]], rest: str, texts: list[str]
) -> None:
    """A pattern that the engine is given as it is matches where regress finds a match."""
    pattern = "^" + "".join([f"{sign}{inner})" for sign, inner in looks]) + f"(?:{rest})"
    found = pattern_of(pattern)
    if found.is_linear:
        options = jsonschema_rs.FancyRegexOptions(backtrack_limit=2_000)
        schema = {"pattern": found.engine_text}
        engine = jsonschema_rs.validator_for(schema, pattern_options=options, offline=True)
        for text in texts:
            assert engine.is_valid(text) is regress_matches(pattern, text), text
    else:
        assert re.search(r"\\[bB]", pattern)


@table(
    ("pattern", "expected"),
    [
        (r"^[\s\S]{1,4000}$", True),
        ("^(?:.{1,100}\n){0,40}$", True),
        ("^[a-z]{1,64}@[a-z]{1,255}$", True),
        (f"^(?:{'|'.join(f'application/x-{each}' for each in range(300))})$", True),
        ("^[A-Z].{0,98}[A-Z]$", True),
        (r"^(?=.*[a-z])(?=.*[0-9])(?!.*\s).{8,64}$", True),
        ("[0-9]{4}-[0-9]{2}", True),
        ("^(?:(?=a)[ab])*$", False),
        ("(?<!a)b", False),
        (r"\bword\b", False),
        (r"^(a)\1$", False),
        ("^[ab]{0,99}a{0,99}$", False),
        ("^(?:[ab]{0,50}a{0,50}){50}$", False),
        ("^(?:a?){50}a{50}$", False),
        ("a.{99}b", False),
    ],
)
def test_what_the_engine_decides_in_linear_time(pattern: str, expected: bool) -> None:
    """It follows a few ways at once: one character decides, or where in the text it stands."""
    assert pattern_of(pattern).is_linear is expected


@settings(max_examples=BY_OURS)
@given(st.one_of(REGULAR, WITH_LOOKAROUNDS), SOME_TEXTS)
def test_a_translation_is_the_same_pattern(pattern: str, texts: list[str]) -> None:
    """What the engine is given is itself a pattern of ECMA-262, and of the same meaning."""
    written = pattern_of(pattern).engine_text
    for text in texts:
        assert match_by_steps(written, text) is match_by_steps(pattern, text)


@settings(max_examples=BY_OURS)
@given(st.one_of(REGULAR, WITH_LOOKAROUNDS), SOME_TEXTS)
def test_python_reads_its_own_dialect_alike(pattern: str, texts: list[str]) -> None:
    """A pattern in Python's dialect matches the same; some lookbehinds Python does not take."""
    try:
        compiled = re.compile(python_text(pattern))
    except re.error:
        assert "(?<" in pattern
        return
    for text in texts:
        assert (compiled.search(text) is not None) is match_by_steps(pattern, text)


@settings(max_examples=BY_OURS)
@given(st.text(st.sampled_from("ab()[]{}?*+|^$.\\<>=!:-,0123kupPxdwbB&'Pi#"), max_size=12))
def test_what_regress_takes_is_a_pattern(text: str) -> None:
    """Whatever is a pattern with the flag u is one here; what is none by Annex B is none."""
    if _compiles(text, "u"):
        assert is_pattern(text), text
    elif not _compiles(text, ""):
        assert not is_pattern(text), text


def _compiles(text: str, flags: str) -> bool:
    try:
        regress.Regex(text, flags)
    except regress.RegressError:
        return False
    return True


@table(
    ("pattern", "text"),
    [
        (r"^a\<b\>$", "a<b>"),
        (r"^\-\_\"\@\#\%\&\'\,\:\;\=\~\`\!\ $", "-_\"@#%&',:;=~`! "),
        (r"^[\w-.]+$", "a-."),
        (r"^[a-\d]$", "-"),
        (r"^{[a-f]+}$", "{abc}"),
        (r"^\[.]$", "[a]"),
        (r"^a{$", "a{"),
        (r"^x{a}$", "x{a}"),
        (r"^\é$", "é"),
        (r"^(?!\.)+[a.]+(?=b)*$", "a."),
    ],
)
def test_annex_b_where_the_flag_u_would_refuse(pattern: str, text: str) -> None:
    """What the flag u refuses though it is plain means what it does without the flag."""
    assert not _compiles(pattern, "u")
    assert regress_matches(pattern, text, "")
    assert matches(pattern, text)


@table(
    ("pattern", "message"),
    [
        ("ab(?i)", "inline flag `(?i)` at character 3: write both cases, such as [Aa]"),
        ("(?x)a", "inline flag `(?x)` at character 1: remove it"),
        ("xya++b", "possessive quantifier `a++` at character 3: write + alone"),
        ("a*+", "possessive quantifier `a*+` at character 1: write * alone"),
        ("[ab]{2}+", "possessive quantifier `[ab]{2}+` at character 1: write {2} alone"),
        ("(?>a)", "atomic group `(?>` at character 1: write (?:...)"),
        (r"a\pL", r"Unicode property `\pL` at character 2: write \p{L}"),
        (r"\p{Alnum}", r"unknown Unicode property `\p{Alnum}` at character 1: such as \p{L}"),
        (r"\x{41}", r"escape `\x{41}` at character 1: write \u{41}"),
        ("[[:alpha:]]", "POSIX class `[:alpha:]` at character 2: write its characters, such as"),
        (r"\h+", r"horizontal white space `\h` at character 1: write [ \t]"),
        (r"a\z", r"end of the text `\z` at character 2: write $"),
        (r"a\Z", r"end of the text `\Z` at character 2: write $"),
        (r"\Aa", r"start of the text `\A` at character 1: write ^"),
        (r"\Ga", r"end of the last match `\G` at character 1: remove it"),
        (r"\Qa.b\E", r"quoted text `\Q` at character 1: escape each character"),
        ("(?P<n>a)", "named group of Python `(?P<n>` at character 1: write (?<name>...)"),
        ("(?P=n)", r"back reference of Python `(?P=n)` at character 1: write \k<name>"),
        ("a(?#c)", "comment `(?#c)` at character 2: remove it"),
        ("(?(1)a)", "conditional group `(?(1` at character 1: write the alternatives out"),
        ("(?R)", "recursion `(?R)` at character 1: write the pattern out"),
        ("(?|a)", "branch reset group `(?|` at character 1: write (?:...)"),
        ("a{,3}", "quantifier without a minimum `{,3}` at character 2: write {0,3}"),
        ("a{3,2}", "quantifier out of order `{3,2}` at character 2"),
        ("*a", "nothing to repeat before `*` at character 1"),
        ("a**", "nothing to repeat before `*` at character 3"),
        ("^*", "nothing to repeat before `*` at character 2"),
        ("(?<=a)*", "nothing to repeat before `*` at character 7"),
        ("(a", "group without its end `(a` at character 1"),
        ("a)", "unmatched `)` at character 2"),
        ("[a", "class without its end `[a` at character 1"),
        ("[]a]", r"empty class `[]` at character 1: a bracket within a class is written \]"),
        ("[z-a]", "range out of order `z-a` at character 2"),
        (r"\1", r"back reference to no group `\1` at character 1"),
        (r"\k<n>", r"back reference to no group `\k<n>` at character 1"),
        (r"(?<n>a)(?<n>b)", "second group of the name `n` at character 8"),
        (r"\07", r"octal escape `\0` at character 1: write \x and two digits"),
        (r"\u12", r"escape `\u` at character 1: it needs four digits"),
        (r"\u{110000}", r"code point out of range `\u{110000}` at character 1"),
        (r"\c1", r"escape `\c` at character 1: a letter from A to Z has to follow"),
        (r"\q", r"escape `\q` at character 1: write q"),
        ("a\\", "backslash `\\` at character 2: write \\\\ for the character itself"),
    ],
)
def test_what_ecma_262_does_not_have_is_refused_by_name(pattern: str, message: str) -> None:
    """The reason names the part of the pattern, where it stands, and what to write instead."""
    reason = pattern_error(pattern)
    assert reason is not None
    assert reason.startswith(f"not an ECMA-262 pattern: {message}")
    assert not is_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [r"\p{Changes_When_NFKC_Casefolded}", "(" * 150 + ")" * 150, "(?:(?:ab){1,65535}){9}"],
)
def test_what_is_too_much_is_not_supported(pattern: str) -> None:
    """A valid pattern that nothing here can decide is reported as not supported."""
    assert is_pattern(pattern)
    assert str(pattern_error(pattern)).startswith("not supported: ")


@table(
    ("pattern", "text"),
    [
        ("^(?i:straße)$", "STRAßE"),
        ("^(?i:[a-z]+)$", "K\u017fZ"),
        ("(?m:^b$)", "a\u2028b\rc"),
        ("^(?s:.)$", "\n"),
        ("^(?i:a(?-i:b))$", "Ab"),
    ],
)
def test_flags_of_a_group(pattern: str, text: str) -> None:
    """A group may have flags of its own, as in ECMA-262 since 2025."""
    assert regress_matches(pattern, text)
    assert matches(pattern, text)
    assert match_by_steps(pattern, text)


def test_a_name_may_occur_in_each_alternative() -> None:
    """A back reference to a name of several groups is to the one that took part."""
    for text, expected in (("aa", True), ("bb", True), ("ab", False)):
        assert matches(r"^(?:(?<y>a)|(?<y>b))\k<y>$", text) is expected


@table(
    ("pattern", "text", "expected"),
    [
        ("(?<=a+)b", "a" * 100_000, False),
        ("(?<=a+)b", "a" * 100_000 + "b", True),
        ("(?:a{1,65535}){1,65535}", "a" * 100_000, True),
        ("^(?:a{1,65535}){1,65535}$", "a" * 100_000 + "b", False),
        ("^(?=a)(a|aa)+(?!b)$", "a" * 60 + "c", False),
        ("^(a+)+$", "a" * 50_000 + "b", False),
        (r"^[\s\S]{0,65535}$", "a" * 65_535, True),
        (r"^[\s\S]{0,65535}$", "a" * 65_536, False),
        (r"^\p{L}{1,1000}$", "é" * 1_000, True),
        (r"^\p{L}{1,1000}$", "é" * 1_001, False),
        ("^(?!.*<)(?=.*[0-9]).*$", "a" * 1_000_000 + "1", True),
        (r"\bword\b", "é" * 100_000 + "word", True),
        ("[a-z]{1,1000}b", "a" * 5_000_000, False),
        (".*a{0,500}b.*", "a" * 1_000_000 + "b", True),
        ("(?<=a+)b", "a" * 5_000_000, False),
        ("^[ab]{0,2500}a{0,2499}$", "a" * 100_000, False),
        (r"^(a|b|ab)*\1c$", "ab" * 60, None),
        ("(?=(a+))a*b\\1", "a" * 20_000, None),
        ("(?:a|b)*a(?:a|b){3000}c(?=d)", "ab" * 50_000, None),
    ],
)
def test_any_pattern_on_any_text_comes_to_an_end(
    pattern: str, text: str, expected: bool | None
) -> None:
    """The steps of a match are bounded; what takes more is undecided."""
    assert pattern_of(pattern).matches(text) is expected


@table(
    ("pattern", "text", "expected"),
    [
        ("^[a-z]*$", "ab-c", 2),
        ("^[0-9]{4}$", "12a4", 2),
        ("^[0-9]{4}$", "123", 3),
        ("^[0-9]{4}$", "12345", 4),
        ("^(?:cat|dog)$", "cow", 1),
        ("^(a|ab)c$", "abd", 2),
        ("[0-9]", "abc", None),
        ("^a(?!b)", "ab", None),
        (r"^a\b", "aa", None),
    ],
)
def test_the_first_fault(pattern: str, text: str, expected: int | None) -> None:
    """The first character at fault is the one with which no match can go on."""
    assert first_fault(pattern, text) == expected
