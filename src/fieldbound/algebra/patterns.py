"""Patterns of ECMA-262: whether a text is one, and which strings have a match of it.

What the engine matches in linear time is left to it. Any other pattern is taken apart into such
ones where that is possible (`(?<=a+)b`), or else matched step by step. It is left undecided where
that takes too many steps, those of all strings in one check counted together.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, lru_cache
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

import jsonschema_rs

from .pattern_errors import NotECMA, NotSupported, PatternError
from .regex_parser import parse_pattern
from .regex_split import Conditions, conditions, ways_as_it_is
from .regex_translation import python_text as python_dialect, translated
from .regex_tree import BackReference, Lookaround, Node, WordBoundary, has_any
from .regex_weight import byte_weight, has_lines, longest_text

if TYPE_CHECKING:
    from .regex_program import Program

#: The most ways that the engine may have to follow at once for its time to count as linear.
_MAX_WAYS: Final = 30
#: Steps of all matches in one check; of one of them by the engine, and by steps.
_STEPS_OF_A_CHECK: Final = 750_000
_STEPS_OF_THE_ENGINE: Final = 500_000
_STEPS_OF_A_MATCH: Final = 250_000
#: Steps to find the first faults of all strings in one check, and of one of them.
_STEPS_TO_EXPLAIN: Final = 100_000
_STEPS_OF_A_FAULT: Final = 10_000
#: Ways that the engine follows by a character in the time of a step.
_WAYS_PER_STEP: Final = 20
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
        #: Whether the engine decides it on any string, in a time that grows with the string.
        self.is_linear = ways_as_it_is(self.tree) <= _MAX_WAYS and _compiles(
            self.engine_text, byte_weight(self.tree)
        )
        if not self.is_linear and self._conditions is None:
            _ = self.program  # raises NotSupported for one too large

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
    def _conditions(self) -> _EngineConditions | None:
        """What the engine can decide it by; None if it cannot."""
        found = conditions(self.tree, _WORD_BOUNDARY)
        if found is None or found.ways == inf:
            return None
        try:
            return _EngineConditions(found)
        except ValueError:  # too large
            return None

    def matches(self, string: str) -> bool | None:
        """Return whether a string has a match, None where that is undecided."""
        by_engine = self._conditions
        if by_engine is not None and by_engine.ways <= _MAX_WAYS:
            return by_engine.is_valid(string)
        known, key = _work().known, (self.text, string)
        if key not in known:
            known[key] = self._costly_match(string)
        return known[key]

    def _costly_match(self, string: str) -> bool | None:
        by_engine, work = self._conditions, _work()
        if len(string) > longest_text(self.tree):
            return False
        steps = 0 if by_engine is None else int(by_engine.ways * len(string)) // _WAYS_PER_STEP
        if by_engine is not None and steps <= min(_STEPS_OF_THE_ENGINE, work.steps_left):
            work.steps_left -= steps
            return by_engine.is_valid(string)
        return match_by_steps(self.text, string)


class _EngineConditions:
    """The conditions that a pattern stands for, as a validator of the engine.

    *ways* is how many ways the engine follows at once, at most.
    """

    def __init__(self, found: Conditions) -> None:
        options = jsonschema_rs.RegexOptions()
        made = jsonschema_rs.validator_for(found.schema, offline=True, pattern_options=options)
        self.is_valid: Callable[[str], bool] = made.is_valid
        self.ways = found.ways


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


def match_by_steps(pattern: str, string: str) -> bool | None:
    """Return whether a string has a match of a pattern without the engine, None if undecided.

    Its steps count to the check that it is part of.
    """
    work = _work()
    try:
        program = pattern_of(pattern).program
    except NotSupported:
        return None
    if program.has_references:
        from .back_references import search
    else:
        from .regex_matcher import search
    found, taken = search(program, string, min(_STEPS_OF_A_MATCH, work.steps_left))
    work.steps_left -= taken
    return found


def first_fault(pattern: str, string: str) -> int | None:
    """Return the index of the first character with which a string ceases to be like a match.

    It is the length of the string where that ends too early, and None where no character is at
    fault: a match may start anywhere, or depends on what is around it.
    """
    from .regex_matcher import farthest

    found, work = pattern_of(pattern), _work()
    kinds = (Lookaround, BackReference, WordBoundary)
    if len(string) > _LONGEST_EXPLAINED or has_any(found.tree, kinds) or has_lines(found.tree):
        return None
    if not found.program.anchored:
        return None
    fault, taken = farthest(found.program, string, min(_STEPS_OF_A_FAULT, work.steps_to_explain))
    work.steps_to_explain -= taken
    return fault


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


class Work:
    """The steps that are left to the matches of one check, and what is decided already.

    The check may ask more than once: what it has decided stays decided.
    """

    __slots__ = ("known", "steps_left", "steps_to_explain")

    def __init__(self) -> None:
        self.steps_left = _STEPS_OF_A_CHECK
        self.steps_to_explain = _STEPS_TO_EXPLAIN
        self.known: dict[tuple[str, str], bool | None] = {}


class _Check(threading.local):
    """The check in this thread: what is assumed of an undecided string, and its work.

    Where there is none, each match has steps of its own.
    """

    assumed = False
    undecided: set[Undecided] | None = None
    work: Work | None = None


_CHECK: Final = _Check()


def _work() -> Work:
    return _CHECK.work or Work()


@contextmanager
def assuming(match: bool, work: Work | None = None) -> Iterator[set[Undecided]]:
    """Take undecided strings for matching ones or not, and collect what is undecided.

    All within is one check, which goes on with the *work* of another one if that is given.
    """
    before = _CHECK.assumed, _CHECK.undecided, _CHECK.work
    undecided: set[Undecided] = set()
    _CHECK.assumed, _CHECK.undecided, _CHECK.work = match, undecided, work or Work()
    try:
        yield undecided
    finally:
        _CHECK.assumed, _CHECK.undecided, _CHECK.work = before


class SharingWork:
    """Takes all within for one check, unless it is part of one already."""

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        self._before = _CHECK.work
        if self._before is None:
            _CHECK.work = Work()

    def __exit__(self, *raised: object) -> None:
        _CHECK.work = self._before


def is_assumed(pattern: str, *, of_name: bool = False) -> bool:
    """Return whether an undecided string is taken for a matching one, and note the pattern."""
    if _CHECK.undecided is not None:
        _CHECK.undecided.add(Undecided(pattern, of_name))
    return _CHECK.assumed
