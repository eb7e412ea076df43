"""Strings sampled from a value set: shortest, longest, realistic, unusual, or at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import jsonschema_rs

from fieldbound.model import BACKTRACK_LIMIT

from .automaton import Automaton
from .engine_patterns import engine_schema
from .formats import BASE64_JSON, PATTERNS
from .patterns import matches
from .random_source import RandomSource
from .regular import NotRegular
from .value_sets import Strings

#: How much longer than the shortest a string is at most if its length has no bound.
_DEFAULT_SPAN: Final = 24
_SHORTEST: Final = 12
#: Maximum length of a string.
_MAX_LENGTH: Final = 1_000_000
#: Maximum length of a string of a pattern in every script, and of all that a search tries.
_MAX_STYLED: Final = 100_000
_MAX_SEARCHED: Final = 2_000_000
#: How far a cycle is shifted to choose a style, and to vary a string of a pattern.
_STYLE_SHIFT: Final = 3
_VARIATION_SHIFT: Final = 5
_TRIES: Final = 500
#: Keywords beside a pattern that an example takes into account, or that say nothing about it.
_EXPLAINED: Final = frozenset(
    "type pattern minLength maxLength title description default example examples deprecated "
    "readOnly writeOnly $comment".split()
)
#: The most states of an automaton for an example, and the longest one that is shown.
_EXAMPLE_STATES: Final = 300
_LONGEST_EXAMPLE: Final = 60
#: Alphabets for strings of any length.
_SCRIPTS: Final = (
    "0",
    "aÉñüß",
    "漢字かな",
    "\U0001f600\U0001f44d\U00020bb7",
    "e\u0301n\u0303",
    'O\'Brien & Söhne <b>"x"/\\',
)
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_REALISTIC: Final = (
    "a",
    " a ",
    "Ünïcödé",
    "漢字かな",
    "\U0001f600\U0001f44d",
    "e\u0301",
    "O'Brien & Söhne",
    "null",
    "true",
    "-1",
    "مرحبا",
    "a\tb",
)


def example_string(schema: Mapping[str, Any]) -> str | None:
    """Return a string with the pattern and the lengths of a schema, None if there is no short one.

    There is none either where other keywords say more about it.
    """
    if not all(name in _EXPLAINED or name.startswith("x-") for name in schema):
        return None
    least, most = schema.get("minLength", 0), schema.get("maxLength", _LONGEST_EXAMPLE)
    if not 0 <= least <= min(most, _LONGEST_EXAMPLE):
        return None
    return _example(schema["pattern"], int(least), int(min(most, _LONGEST_EXAMPLE)))


@lru_cache(maxsize=1024)
def _example(pattern: str, least: int, most: int) -> str | None:
    try:
        automaton = Automaton((pattern,), most_states=_EXAMPLE_STATES)
    except NotRegular:
        return None
    for length in automaton.lengths(max(least, 1), most, count=1)[:1]:
        string = automaton.string(length, _first)
        if matches(pattern, string):
            return string
    return None


def schema_of(strings: Strings) -> dict[str, Any]:
    """Return a schema that accepts exactly the strings of a value set."""
    schema: dict[str, Any] = {"type": "string", "minLength": strings.min_length}
    if strings.max_length is not None:
        schema["maxLength"] = strings.max_length
    schema["allOf"] = [
        *({"pattern": each} for each in strings.patterns),
        *({"format": each} for each in strings.formats),
        *({"not": {"pattern": each}} for each in strings.excluded_patterns),
        *({"not": {"format": each}} for each in strings.excluded_formats),
        *({"not": {"const": each}} for each in strings.excluded),
    ]
    for each in strings.encodings:
        schema["contentMediaType" if "/" in each else "contentEncoding"] = each
    if strings.encodings:
        schema["$schema"] = "http://json-schema.org/draft-07/schema#"
    return {name: each for name, each in schema.items() if each not in ([], 0)}


def _validator(strings: Strings) -> Any:
    written = engine_schema(schema_of(strings))
    return jsonschema_rs.validator_for(
        written.schema,
        validate_formats=True,
        offline=True,
        pattern_options=jsonschema_rs.FancyRegexOptions(backtrack_limit=BACKTRACK_LIMIT),
        **written.options,
    )


def intersection(one: Strings, other: Strings) -> Strings:
    """Return the strings that are in both value sets."""
    longest = [each for each in (one.max_length, other.max_length) if each is not None]
    return Strings(
        max(one.min_length, other.min_length),
        min(longest) if longest else None,
        tuple(dict.fromkeys((*one.patterns, *other.patterns))),
        tuple(dict.fromkeys((*one.excluded_patterns, *other.excluded_patterns))),
        (*one.formats, *other.formats),
        (*one.excluded_formats, *other.excluded_formats),
        (*one.encodings, *other.encodings),
        (*one.excluded, *other.excluded),
    )


class StringSampler:
    """Strings of one value set.

    *boundaries* begins with the plainest of the shortest and has the longest, in several scripts.
    It is empty if no string was found; if the search was *conclusive*, none exists.
    """

    def __init__(self, strings: Strings) -> None:
        if strings.max_length is not None and strings.max_length > _MAX_LENGTH:
            strings = replace(strings, max_length=None)  # never generated that long
        self._strings = strings
        self._automaton, exact = _automaton_of(strings)
        bound = (
            strings.min_length + _DEFAULT_SPAN if strings.max_length is None else strings.max_length
        )
        self.lengths = self._lengths(bound)
        self._accepts = _validator(strings).is_valid if self._is_checked() else None
        self.boundaries = self._boundaries()
        #: The shortest string, the longest ones in several scripts, and realistic ones.
        self.boundary_groups = self._boundary_groups()
        self.conclusive = (exact and strings.min_length <= _MAX_LENGTH) or bool(self.boundaries)

    def _is_checked(self) -> bool:
        strings = self._strings
        return bool(
            strings.patterns or strings.excluded_patterns or strings.formats
            or strings.excluded_formats or strings.excluded or strings.encodings
        )  # fmt: skip

    def _lengths(self, bound: int) -> list[int]:
        strings = self._strings
        if strings.min_length > _MAX_LENGTH:
            return []
        if self._automaton is not None:
            return self._automaton.lengths(strings.min_length, strings.max_length)
        shortest = range(strings.min_length, min(strings.min_length + _DEFAULT_SPAN, bound) + 1)
        return [*shortest, *([bound] if shortest and bound > shortest[-1] else [])]

    def _boundaries(self) -> tuple[str, ...]:
        if not self.lengths:
            return ()
        shortest, longest = self.lengths[0], self.lengths[-1]
        styled = longest if self._strings.max_length is not None else shortest
        found = [self._string(shortest, 0)] if styled != shortest else []
        found += self._in_every_style(styled)
        found += self._samples()
        if not self._accepts:
            return tuple(dict.fromkeys(found))
        accepted = tuple(dict.fromkeys(filter(self._accepts, found)))
        return accepted or tuple(self._search())

    def _search(self) -> Iterator[str]:
        """Yield a string that passes the check, for rules that no automaton can match."""
        tried = (
            self._numbered(length, count)
            for length in self.lengths[:_SHORTEST]
            for count in range(min(_TRIES, _MAX_SEARCHED // max(1, length * _SHORTEST)))
        )
        yield from islice(filter(self._accepts, tried), 1)

    def _boundary_groups(self) -> list[list[str]]:
        last = None if self._strings.max_length is None or not self.lengths else self.lengths[-1]
        longest = [each for each in self.boundaries if len(each) == last]
        others = [each for each in self.boundaries[1:] if each not in longest]
        return [each for each in ([*self.boundaries[:1]], longest, others) if each]

    def at_step(self, steps: int, cycle: int, _toward: str = "") -> str:
        """Return a string that many lengths above the shortest, in the style of a cycle."""
        if self._automaton is None:
            length = self._strings.min_length + steps
            if self._strings.max_length is not None and length > self._strings.max_length:
                return self.boundaries[0]
        elif steps < len(self.lengths):
            length = self.lengths[steps]
        else:
            return self.boundaries[0]
        string = self._string(
            length, (cycle >> _STYLE_SHIFT) % len(_SCRIPTS), cycle >> _VARIATION_SHIFT
        )
        return string if not self._accepts or self._accepts(string) else self.boundaries[0]

    def at_fraction(self, fraction: float, cycle: int, _toward: str = "") -> str:
        """Return a string at a fraction of the possible lengths."""
        span = len(self.lengths)
        if self._automaton is None:
            span = self.lengths[-1] - self._strings.min_length + 1
        return self.at_step(int(span * fraction), cycle)

    def _in_every_style(self, length: int) -> list[str]:
        is_slow = self._automaton is not None and length > _MAX_STYLED
        return [self._string(length, style) for style in range(1 if is_slow else len(_SCRIPTS))]

    def _string(self, length: int, style: int, variation: int = 0) -> str:
        """Return a string of a length in a style, 0 the plainest; *variation* changes it."""
        if self._automaton is None:
            script = _SCRIPTS[style]
            string = (script * (length // len(script) + 1))[:length]
            return string if style < len(_SCRIPTS) - 1 or length < 2 else f" {string[2:]} "  # noqa: PLR2004
        if style == variation == 0:
            return self._automaton.string(length, _first)

        def choose(at: int, of: int) -> int:
            return (at * (style + 2) + style + variation * (2 * at + 1)) % of

        return self._automaton.string(length, choose, realistic=style < len(_SCRIPTS) - 1)

    def _samples(self) -> Iterator[str]:
        strings = self._strings
        for name in (*strings.formats, *strings.encodings):
            yield from PATTERNS.get(name, ("", "", ()))[-1]
        if len(strings.encodings) > 1:
            yield from BASE64_JSON
        if not strings.formats:
            bound = (
                strings.min_length + _DEFAULT_SPAN
                if strings.max_length is None
                else strings.max_length
            )
            yield from (each for each in _REALISTIC if strings.min_length <= len(each) <= bound)

    def accepts(self, string: str) -> bool:
        """Return whether a string is in the value set."""
        strings = self._strings
        bounded = strings.min_length <= len(string) and (
            strings.max_length is None or len(string) <= strings.max_length
        )
        return bounded and (self._accepts is None or self._accepts(string))

    def draw(self, source: RandomSource) -> str:
        """Return a random string."""
        if self._automaton is None:
            longest = (
                self.lengths[-1]
                if self.lengths[-1] < self._strings.min_length + _DEFAULT_SPAN
                else None
            )
            string = source.string(
                self._strings.min_length, longest or self._strings.min_length + _DEFAULT_SPAN
            )
        else:
            length = self.lengths[source.integer(0, min(len(self.lengths), _SHORTEST) - 1)]
            drawn = source.bytes(min(length, 32)) or (0,)
            string = self._automaton.string(
                length,
                lambda at, n: drawn[at % len(drawn)] * n >> 8,
                realistic=drawn[0] < 200,  # noqa: PLR2004
            )
        return string if not self._accepts or self._accepts(string) else self.boundaries[0]

    def distinct(self, limit: int) -> Iterator[str]:
        """Yield distinct strings, at most that many."""
        found: dict[str, None] = dict.fromkeys(self.boundaries[:limit])
        yield from found
        for length in self.lengths:
            for count in range(self._most_numbered(length, limit * 2)):
                if len(found) >= limit:
                    return
                string = self._numbered(length, count)
                if string not in found and (not self._accepts or self._accepts(string)):
                    found[string] = None
                    yield string

    def _most_numbered(self, length: int, most: int) -> int:
        """Return how many numbers to try for strings of a length; a higher one repeats a string."""
        fits = self._automaton is None and length < most.bit_length()
        return min(most, len(_LETTERS) ** length) if fits else most

    def _numbered(self, length: int, count: int) -> str:
        remaining = count

        def choose(_: int, n: int) -> int:
            nonlocal remaining
            remaining, digit = divmod(remaining, n)
            return digit

        if self._automaton is not None:
            return self._automaton.string(length, choose)
        return "".join(_LETTERS[choose(at, len(_LETTERS))] for at in range(length))


def _first(_at: int, _of: int) -> int:
    return 0


@lru_cache(maxsize=1024)
def _try_automaton(
    patterns: tuple[str, ...], excluded_patterns: tuple[str, ...], lenient: bool
) -> Automaton | None:
    try:
        return Automaton(patterns, excluded_patterns, lenient)
    except NotRegular:
        return None


def _automaton_of(strings: Strings) -> tuple[Automaton | None, bool]:
    """Return the automaton of patterns and formats, and whether it is exact.

    None if there are only lengths, or if no automaton can match them.
    """
    names = [name for name in (*strings.formats, *strings.encodings) if name in PATTERNS]
    exact = not names and not strings.encodings and not strings.excluded_formats
    if not names and not strings.patterns and not strings.excluded_patterns:
        return None, exact
    for wide in (False, True) if names else (False,):
        patterns = (*strings.patterns, *(PATTERNS[name][wide] for name in names))
        found = _try_automaton(patterns, strings.excluded_patterns, False)
        if found is not None and (
            wide or not names or found.lengths(strings.min_length, strings.max_length, count=1)
        ):
            return found, exact
    for some, others in (
        (patterns, strings.excluded_patterns),
        (patterns, ()),
        (strings.patterns[:1], ()),
    ):
        if (found := _try_automaton(some, others, True)) is not None:
            return found, False
    return None, False
