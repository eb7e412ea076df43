"""Patterns of ECMA-262: whether a text is one, and which strings have a match of it.

What the engine matches in linear time is left to it. Any other pattern is taken apart into such
ones where that is possible (`^(?=.*[0-9])(?!a).+$`), or else matched step by step, and left
undecided where that takes too many steps: the verdict depends on the pattern and the string alone.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from math import inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import jsonschema_rs

from .pattern_errors import NotECMA, NotSupported, PatternError
from .regex_parser import parse_pattern
from .regex_translation import python_text as python_dialect, translated
from .regex_tree import BackReference, Lookaround, Node, WordBoundary, has_any
from .regex_weight import byte_weight, has_lines, is_bounded, weight

if TYPE_CHECKING:
    from .regex_program import Program

#: The most characters that a pattern may ask for at once for the engine to match it as it is, ...
_MAX_WEIGHT: Final = 30
#: ... and where the characters that it can match at all are bounded.
_MAX_BOUNDED_WEIGHT: Final = 5_000
#: How often so many characters, times those of a string, are matched by the engine.
_MAX_WORK: Final = 10_000_000
#: A pattern that takes less memory than this is known to compile.
_SURELY_COMPILES: Final = 10_000
#: Strings longer than this are not explained.
_LONGEST_EXPLAINED: Final = 5_000
#: How the engine writes a boundary of ASCII words, where it has no lookaround.
_WORD_BOUNDARY: Final = r"(?-u:\b)"


class Pattern:
    """One pattern. Raises PatternError for a text that is none, or that is not supported."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._program: Program | None = None
        self.tree: Node = parse_pattern(text)
        #: The same pattern as the engine reads it; with lookarounds it takes it to backtrack.
        self.engine_text = translated(self.tree)
        self._weight = weight(self.tree)
        #: Whether the engine decides it on any string, in a time that grows with the string.
        self.is_linear = self._is_linear()
        if not self.is_linear and self._conditions is None:
            _ = self.program  # raises NotSupported for one too large

    def _is_linear(self) -> bool:
        kinds = (Lookaround, BackReference, WordBoundary)
        if has_any(self.tree, kinds) or has_lines(self.tree):
            return False
        most = _MAX_BOUNDED_WEIGHT if is_bounded(self.tree) else _MAX_WEIGHT
        return self._weight <= most and _compiles(self.engine_text, byte_weight(self.tree))

    @cached_property
    def compiles(self) -> bool:
        """Whether the engine takes it, be it to backtrack."""
        kinds = (Lookaround, BackReference, WordBoundary)
        size = inf if has_any(self.tree, kinds) else byte_weight(self.tree)
        return _compiles(self.engine_text, size)

    @property
    def program(self) -> Program:
        """The instructions of the matcher that counts its steps."""
        if self._program is None:
            from .regex_program import Program

            self._program = Program(self.tree)
        return self._program

    @cached_property
    def _conditions(self) -> Any:
        """What the engine can decide it by, a validator; None if it cannot."""
        from .regex_split import conditions

        schema = conditions(self.tree, _WORD_BOUNDARY)
        if schema is None or self._weight > _MAX_BOUNDED_WEIGHT:
            return None
        try:
            options = jsonschema_rs.RegexOptions()
            return jsonschema_rs.validator_for(schema, offline=True, pattern_options=options)
        except ValueError:  # too large
            return None

    def matches(self, string: str) -> bool | None:
        """Return whether a string has a match, None where that is undecided."""
        by_engine = self._conditions
        if by_engine is not None and self._weight * len(string) <= _MAX_WORK:
            valid: bool = by_engine.is_valid(string)
            return valid
        return match_by_steps(self.text, string)


@lru_cache(maxsize=4096)
def _compiles(engine_text: str, size: float) -> bool:
    if size <= _SURELY_COMPILES:
        return True
    try:
        jsonschema_rs.validator_for({"pattern": engine_text}, offline=True)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def pattern_of(text: str) -> Pattern:
    """Return the pattern that a text is. Raises PatternError, which says what is wrong with it."""
    return Pattern(text)


def pattern_error(text: str) -> str | None:
    """Return why a text is no pattern, or one that is not supported; None if nothing is wrong."""
    try:
        pattern_of(text)
    except PatternError as error:
        return str(error)
    return None


def is_pattern(text: object) -> bool:
    """Return whether a text is a pattern of ECMA-262, supported or not."""
    try:
        parse_pattern(str(text))
    except NotECMA:
        return False
    except NotSupported:
        return True
    return True


@lru_cache(maxsize=16)  # one check may ask several times
def match_by_steps(pattern: str, string: str) -> bool | None:
    """Return whether a string has a match of a pattern without the engine, None if undecided."""
    try:
        program = pattern_of(pattern).program
    except NotSupported:
        return None
    if program.has_references:
        from .back_references import search_with_groups

        return search_with_groups(program, string)
    from .regex_matcher import search

    return search(program, string)


def first_fault(pattern: str, string: str) -> int | None:
    """Return the index of the first character with which a string ceases to be like a match.

    It is the length of the string where that ends too early, and None where no character is at
    fault: a match may start anywhere, or depends on what is around it.
    """
    from .regex_matcher import farthest

    found = pattern_of(pattern)
    kinds = (Lookaround, BackReference, WordBoundary)
    if len(string) > _LONGEST_EXPLAINED or has_any(found.tree, kinds) or has_lines(found.tree):
        return None
    return farthest(found.program, string) if found.program.anchored else None


def python_text(pattern: str) -> str:
    """Return a pattern in the dialect of Python's `re`."""
    return python_dialect(pattern_of(pattern).tree)


def matches(pattern: str, string: str) -> bool:
    """Return whether a string has a match of a pattern, and that is certain."""
    try:
        return pattern_of(pattern).matches(string) is True
    except PatternError:
        return False


class Undecided(NamedTuple):
    """A pattern of which it is undecided whether a string, or a name, has a match."""

    pattern: str
    of_name: bool = False


class _Assumption(threading.local):
    """What is assumed, in this thread, of a string of which it is undecided whether it matches."""

    matches = False
    undecided: set[Undecided] | None = None


_ASSUMPTION: Final = _Assumption()


@contextmanager
def assuming(match: bool) -> Iterator[set[Undecided]]:
    """Take undecided strings for matching ones or not, and collect what is undecided."""
    before = _ASSUMPTION.matches, _ASSUMPTION.undecided
    _ASSUMPTION.matches, _ASSUMPTION.undecided = match, set()
    try:
        yield _ASSUMPTION.undecided
    finally:
        _ASSUMPTION.matches, _ASSUMPTION.undecided = before


def is_assumed(pattern: str, *, of_name: bool = False) -> bool:
    """Return whether an undecided string is taken for a matching one, and note the pattern."""
    if _ASSUMPTION.undecided is not None:
        _ASSUMPTION.undecided.add(Undecided(pattern, of_name))
    return _ASSUMPTION.matches
